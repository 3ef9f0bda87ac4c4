"""TOML with every mistake in one run: each with its line and what to write instead.

    reading.decode → tomllib ──────────────────────────► Document     a file without mistakes goes no further
                        └► typography → statements → mending → builder ─► Document

A mistake is mended for the rest of the run where it is plain what was meant, so that it hides no other.
"""

from crosspost.files.toml.document import Document, parse_toml, read_toml
from crosspost.files.toml.positions import KeyPath

__all__ = ["Document", "KeyPath", "parse_toml", "read_toml"]
