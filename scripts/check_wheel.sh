#!/bin/sh
# Build the sdist, the wheel from it, and try the wheel where nothing else is: in a virtual environment of its own,
# away from this checkout, with only the packages that the wheel itself asks for.
#   scripts/check_wheel.sh [INTERPRETER]     an interpreter that has hatchling; .venv's when left out
set -eu
cd "$(dirname "$0")/.."
checkout=$PWD
python=${1:-$checkout/.venv/bin/python}
pip="-m pip --quiet --quiet --disable-pip-version-check --no-input"

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

echo "» Building the sdist, and the wheel from the sdist"
"$python" -m hatchling build --target sdist --directory "$room" >"$room/log" 2>&1 || { cat "$room/log"; exit 1; }
# shellcheck disable=SC2086 # pip is a command and its options
"$python" $pip wheel --no-deps --no-build-isolation --wheel-dir "$room" "$room"/crosspost-*.tar.gz
wheel=$(ls "$room"/crosspost-*.whl)

echo "» Looking into $(basename "$wheel")"
"$python" - "$wheel" <<'PYTHON'
import re, sys, zipfile

names = zipfile.ZipFile(sys.argv[1]).namelist()
strange = [n for n in names if not re.match(r"crosspost(_\w+)?/|crosspost-[\w.]+\.dist-info/", n)]
strange += [n for n in names if "/tests/" in n or n.endswith((".pyc", ".db", ".sqlite3"))]
wanted = ["crosspost/py.typed", "crosspost/shipped/config.example.toml"]
missing = [n for n in wanted if n not in names]
missing += [] if any(n.startswith("crosspost/shipped/campaigns/") for n in names) else ["crosspost/shipped/campaigns/"]
if strange or missing:
    sys.exit(f"the wheel holds what it should not: {strange}\nand lacks: {missing}")
PYTHON

echo "» Installing it in a fresh environment, with the versions of requirements.lock"
"$python" -m venv "$room/venv"
grep -o '^[a-z0-9._-]*==[^ ;]*' requirements.lock > "$room/versions.txt"
# shellcheck disable=SC2086
"$room/venv/bin/python" $pip install --constraint "$room/versions.txt" "$wheel"
"$room/venv/bin/python" -m pip check

echo "» Trying it in an empty folder"
mkdir "$room/empty"
cd "$room/empty"
PATH="$room/venv/bin:$PATH"
crosspost --help >/dev/null
crosspost init demo </dev/null
crosspost adapters
[ -n "$(ls campaigns)" ] || { echo "crosspost init copied no campaign" >&2; exit 1; }
echo "» The wheel works"
