"""Where each key and list element of a TOML file stands. It costs tree-sitter (45 ms): asked only for findings."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

#: The way to a value: names of tables and keys, and the numbers of list elements, from 0.
KeyPath = tuple[str | int, ...]

#: Line and column, both from 1; the column counts letters.
Position = tuple[int, int]

#: Values that lie deeper than this have the place of what they lie in.
_DEEPEST = 8


def positions(text: str) -> dict[KeyPath, Position]:
    """Return the position of every heading, key and list element of a well-formed text; of two the first."""
    import tree_sitter
    import tree_sitter_toml

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))
    walk = _Walk(text.encode())
    walk.document(parser.parse(walk.data).root_node)
    return {**walk.implied, **walk.found}


class _Walk:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.found: dict[KeyPath, Position] = {}
        self.implied: dict[KeyPath, Position] = {}  # tables that only stand in the headings of those within them
        self._lines = data.split(b"\n")
        self._lists: dict[KeyPath, int] = {}

    def document(self, root: Node) -> None:
        path: KeyPath
        for node in root.named_children:
            if node.type == "pair":
                self._pair(node, (), 0)
            elif node.type in {"table", "table_array_element"}:
                keys = _keys(node.named_children[0]) if node.named_children else []
                path = self._within_lists(keys, is_element=node.type == "table_array_element")
                self._note(path, node)
                for length in range(1, len(path)):
                    self.implied.setdefault(path[:length], self.found[path])
                for child in node.named_children[1:]:
                    if child.type == "pair":
                        self._pair(child, path, 0)

    def _within_lists(self, keys: list[str], *, is_element: bool) -> KeyPath:
        """Return the path that a heading opens, with the number of the element where a part of it is a list."""
        path: KeyPath = ()
        for index, key in enumerate(keys):
            path = (*path, key)
            if is_element and index == len(keys) - 1:
                self._lists[path] = self._lists.get(path, -1) + 1
            if path in self._lists:
                path = (*path, self._lists[path])
        return path

    def _pair(self, node: Node, path: KeyPath, depth: int) -> None:
        if len(node.named_children) < 2:
            return
        key, value = node.named_children[:2]
        for name in _keys(key):
            path = (*path, name)
            self._note(path, node)
        self._value(value, path, depth + 1)

    def _value(self, node: Node, path: KeyPath, depth: int) -> None:
        if depth > _DEEPEST:
            return
        if node.type == "inline_table":
            for child in _only(node, "pair"):
                self._pair(child, path, depth)
        elif node.type == "array":
            elements = (child for child in node.named_children if child.type != "comment")
            for index, child in enumerate(elements):
                self._note((*path, index), child)
                self._value(child, (*path, index), depth + 1)

    def _note(self, path: KeyPath, node: Node) -> None:
        row, column = node.start_point
        letters = len(self._lines[row][:column].decode("utf-8", errors="replace"))
        self.found.setdefault(path, (row + 1, letters + 1))


def _only(node: Node, kind: str) -> Iterator[Node]:
    return (child for child in node.named_children if child.type == kind)


def _keys(node: Node) -> list[str]:
    """Return the names of a key, which may be dotted or quoted."""
    if node.type == "dotted_key":
        return [name for child in node.named_children for name in _keys(child)]
    written = (node.text or b"").decode()
    return [next(iter(tomllib.loads(f"{written} = 0")))] if node.type == "quoted_key" else [written]
