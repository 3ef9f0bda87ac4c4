"""An adapter from outside: installed by pip, found by its entry point, kept to the contract, in other processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("hatchling", reason="the sample distribution is built with hatchling")

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = Path(__file__).with_name("thirdparty")

LIST = """
import json, sys
from crosspost.plugins import adapter_names, load_adapter
found = {info.name: [info.distribution, info.version] for info in adapter_names()}
imported = "crosspost_telegraph" in sys.modules
print(json.dumps({"found": found, "imported": imported, "title": load_adapter("telegraph").title}))
"""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's source, in a folder of its own."""
    return Path(shutil.copytree(SAMPLE, tmp_path_factory.mktemp("sample") / "telegraph"))


@pytest.fixture(scope="module")
def environment(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the sample is installed beside crosspost, from files on this machine alone."""
    site = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", "install"]
    run([*pip, "--no-deps", "--no-build-isolation", "--no-index", "--target", str(site), str(sample)], dict(os.environ))
    path = os.pathsep.join([str(site), str(ROOT / "src"), str(ROOT / "adapters")])
    return {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def run(command: list[str], environment: dict[str, str], folder: Path = ROOT) -> str:
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_listed_without_being_imported_and_loaded_when_asked_for(environment: dict[str, str]) -> None:
    told = json.loads(run([sys.executable, "-c", LIST], environment))

    assert told["found"]["telegraph"] == ["crosspost-telegraph", "1.2.3"]
    assert not told["imported"]
    assert told["title"] == "Telegraph"


def test_it_keeps_the_contract_where_it_is_installed(environment: dict[str, str], sample: Path) -> None:
    said = run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], environment, sample)

    assert " passed" in said
    assert "failed" not in said
