"""Real distributions, written into folders of their own, and a fresh interpreter that has them installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"


class Machine:
    """A machine on which distributions are installed. The built-in one is always there, with what it is given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: list[str] = []
        self.install(
            "crosspost", {"twitter": "builtin_twitter:Twitter"}, {"builtin_twitter": self.paper("twitter", "Ours")}
        )

    @staticmethod
    def paper(name: str, title: str = "A stranger") -> str:
        """Return the source of a module whose adapter keeps the contract."""
        return (
            "from crosspost.testing.paper import PaperAdapter\n"
            f"class {name.title()}(PaperAdapter):\n"
            f"    title = '{title} for {name}'\n"
            f"    def __init__(self): super().__init__({name!r})\n"
        )

    def install(self, distribution: str, doors: dict[str, str], modules: dict[str, str], version: str = "1.0") -> None:
        """Install a distribution with its entry points and modules; an earlier one of that name no longer counts."""
        site = self._folder / f"site-{len(self._path)}"
        info = site / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n", "utf-8")
        lines = [f"{name} = {value}\n" for name, value in doors.items()]
        (info / "entry_points.txt").write_text("[crosspost.adapters]\n" + "".join(lines), "utf-8")
        for name, source in modules.items():
            (site / f"{name}.py").write_text(source, "utf-8")
        self._path.insert(0, str(site))

    def run(self, code: str) -> Any:
        """Return what the code leaves in `result`, or `PluginError: …` where it raises one."""
        script = (
            "import json, sys\n"
            "from crosspost.errors import PluginError\n"
            "from crosspost.plugins import Doors, adapter_names, load_adapter\n"
            "try:\n" + "".join(f"    {line}\n" for line in code.splitlines()) + "except PluginError as error:\n"
            "    result = f'PluginError: {error}'\n"
            "print(json.dumps(result))\n"
        )
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*self._path, str(SOURCE)])}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)
