"""The person's own editor, as $VISUAL or $EDITOR names it."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from crosspost.errors import UsageError


def edited(text: str) -> str | None:
    """Return what the person made of a text in their editor, or None where they left it as it was.

    Raises:
        UsageError: when the editor cannot be started, or ends with a failure.
    """
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "words.txt"
        file.write_text(text, "utf-8")
        try:
            done = subprocess.run([*command, str(file)], check=False)  # noqa: S603 - the person's own choice
        except OSError as error:
            raise UsageError(f"{command[0]} cannot be started: set $EDITOR, or give the words with --text") from error
        if done.returncode:
            raise UsageError(f"{command[0]} ended with {done.returncode}: nothing was changed")
        written = file.read_text("utf-8")
    return None if written == text else written
