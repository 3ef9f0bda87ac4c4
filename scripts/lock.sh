#!/bin/sh
# Write requirements.lock anew from pyproject.toml: what crosspost runs on, what tests and checks it, and what
# builds it, for every Python from 3.11 on. Versions already locked stay, unless an argument says otherwise.
#   scripts/lock.sh [--upgrade | --upgrade-package NAME]
set -eu
cd "$(dirname "$0")/.."

python=$(sh scripts/find_python.sh ${PYTHON:+"$PYTHON"})
[ -x build/uv/bin/uv ] || {
    "$python" -m venv build/uv
    build/uv/bin/python -m pip install -qq --disable-pip-version-check uv
}

lock=build/requirements.lock
cp requirements.lock "$lock" 2>/dev/null || rm -f "$lock"
"$python" -c '
import pathlib, tomllib
print(*tomllib.loads(pathlib.Path("pyproject.toml").read_text("utf-8"))["build-system"]["requires"], sep="\n")' |
    build/uv/bin/uv --no-config pip compile pyproject.toml - --group dev --universal --python-version 3.11 \
        --generate-hashes --no-header --quiet --output-file "$lock" "$@"

{
    echo "# Every package of a crosspost checkout, with the hash of each file it is published as. Written by \`make lock\`."
    cat "$lock"
} > requirements.lock
echo "requirements.lock pins $(grep -c '==' requirements.lock) packages"
