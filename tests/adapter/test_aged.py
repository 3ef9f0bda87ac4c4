"""A library that has aged is imported as if its world were still there, and leaves no trace of it."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from crosspost.adapter.aged import load

library = load("twitter_text")
assert "pkg_resources" not in sys.modules
assert library.parse_tweet("Bonjour 👋").weightedLength == 10
print("read")
"""


def test_a_library_that_needs_pkg_resources_is_imported_without_it():
    done = subprocess.run([sys.executable, "-W", "error", "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("read\n", "")
