"""What the folders promise, read from the source itself: import-linter keeps the floors, this keeps the rest."""

from __future__ import annotations

import ast
import tomllib
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[1]
ADAPTERS = sorted(path for path in (ROOT / "adapters").glob("crosspost_*") if path.is_dir())
CORE = sorted((ROOT / "src").rglob("*.py"))

OPEN_TO_ADAPTERS = ("crosspost.adapter", "crosspost.domain", "crosspost.errors")
OPEN_TO_THEIR_TESTS = (*OPEN_TO_ADAPTERS, "crosspost.testing", "crosspost.sandbox")
LONGEST_FILE = 450
LONGEST_FUNCTION = 60

each_adapter = pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda path: path.name)


def test_pyproject_names_every_adapter_folder_and_no_other() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    doors = pyproject["project"]["entry-points"]["crosspost.adapters"]

    named = sorted(door.partition(":")[0] for door in doors.values())

    assert named == [adapter.name for adapter in ADAPTERS]


@each_adapter
def test_an_adapter_comes_with_a_readme_and_tests(adapter: Path) -> None:
    assert (adapter / "README.md").is_file()
    assert list((adapter / "tests").glob("test_*.py"))


@each_adapter
def test_an_adapter_leans_only_on_the_contract_and_the_domain(adapter: Path) -> None:
    shipped, tests = _sources(adapter)

    strays = [*_strays(shipped, OPEN_TO_ADAPTERS), *_strays(tests, OPEN_TO_THEIR_TESTS)]

    assert not strays, "\n".join(strays)


@each_adapter
def test_an_adapter_knows_no_other_adapter(adapter: Path) -> None:
    others = [other.name for other in ADAPTERS if other != adapter]

    seen = [
        f"{place} imports {name}"
        for place, name in _imports(chain(*_sources(adapter)))
        if any(_is_within(name, other) for other in others)
    ]

    assert not seen, "\n".join(seen)


def test_every_module_says_in_its_first_line_what_it_is_for() -> None:
    shipped = chain(CORE, *(_sources(adapter)[0] for adapter in ADAPTERS))

    silent = [_place(path) for path in shipped if not ast.get_docstring(_parse(path))]

    assert not silent, "\n".join(silent)


def test_no_file_is_longer_than_a_person_reads_in_one_sitting() -> None:
    lengths = {_place(path): len(path.read_text("utf-8").splitlines()) for path in CORE}

    long = [f"{place}: {length} lines" for place, length in lengths.items() if length > LONGEST_FILE]

    assert not long, "\n".join(long)


def test_no_function_is_longer_than_a_screen() -> None:
    shipped = chain(CORE, *(_sources(adapter)[0] for adapter in ADAPTERS))
    # A migration is one long list of tables and columns, and is never edited once it is out.
    functions = chain(*(_functions(path) for path in shipped if "migrations" not in path.parts))

    long = [f"{place}: {lines} lines" for place, lines in functions if lines > LONGEST_FUNCTION]

    assert not long, "\n".join(long)


def _sources(adapter: Path) -> tuple[list[Path], list[Path]]:
    """The files of an adapter: those that are shipped, and its tests."""
    files = sorted(adapter.rglob("*.py"))
    tests = adapter / "tests"
    return [path for path in files if tests not in path.parents], [path for path in files if tests in path.parents]


def _strays(files: Iterable[Path], doors: tuple[str, ...]) -> Iterator[str]:
    """Each import from crosspost that passes through none of the doors."""
    for place, name in _imports(files):
        if _is_within(name, "crosspost") and not any(_is_within(name, door) for door in doors):
            yield f"{place} imports {name}; open are {', '.join(doors)}"


def _imports(files: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Where each import stands and the full name of what it asks for, imports within functions included."""
    for path in files:
        for node in ast.walk(_parse(path)):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                # `from crosspost import store` asks for crosspost.store.
                names = [f"{node.module or ''}.{alias.name}" for alias in node.names]
            else:
                continue
            yield from ((f"{_place(path)}:{node.lineno}", name) for name in names)


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function of a file and how many lines it has, signature and docstring included."""
    for node in ast.walk(_parse(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield f"{_place(path)}:{node.lineno} {node.name}", lines


def _is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
