#!/bin/sh
# Print the first interpreter that can run crosspost; say what is missing when there is none.
#   scripts/find_python.sh [INTERPRETER ...]     without names: python3.13, python3.12, python3.11, python3
set -eu
[ $# -gt 0 ] || set -- python3.13 python3.12 python3.11 python3

reasons=""
refuse() { reasons="$reasons
  $1: $2"; }

for python in "$@"; do
    # It is run, not only looked for: a version manager's shim may exist for a version that is switched off.
    if ! version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null); then
        refuse "$python" "not found, or does not start"
    elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        refuse "$python" "is Python $version, and 3.11 is needed"
    elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        refuse "$python" "lacks venv or ensurepip (Debian, Ubuntu: apt install python$version-venv)"
    elif ! "$python" -c 'import sqlite3, ssl' 2>/dev/null; then
        refuse "$python" "was built without sqlite3 or ssl"
    else
        echo "$python"
        exit 0
    fi
done

echo "crosspost needs Python 3.11 or newer, with venv, ensurepip, sqlite3 and ssl. Looked at:$reasons" >&2
echo "Install one, or name one: make PYTHON=/path/to/python3.12 ..." >&2
exit 1
