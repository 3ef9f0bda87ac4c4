from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.files.toml import Document, parse_toml, read_toml


def told(text: str) -> list[str]:
    """The findings of a text: line, column and rule of each."""
    return [f"{f.place.line}:{f.place.column} {f.rule}" for f in parse_toml(text, "c.toml").findings if f.place]


@pytest.mark.parametrize(
    ("line", "finding", "value"),
    [
        ("a = “Fête”", "1:5 curly-quote", "Fête"),
        ("a = «Fête»", "1:5 curly-quote", "Fête"),
        ("a = ‘Fête’", "1:5 curly-quote", "Fête"),
        ('a = "Fête”', "1:5 curly-quote", "Fête"),
        ("a = “le “mot” dit”", "1:5 curly-quote", "le “mot” dit"),
        ("“a” = 1", "1:1 curly-quote", 1),
        ("a\u00a0= 1", "1:2 no-break-space", 1),
        ("\u202aa = 1", "1:1 invisible", 1),
        ("\u061ca = 1", "1:1 invisible", 1),
        ("a\u200b = 1", "1:2 invisible", 1),
        ("a = [1، 2]", "1:7 foreign-sign", [1, 2]),
        ("a ＝ 1", "1:3 foreign-sign", 1),
        ("a = ٢٠", "1:5 foreign-sign", 20),
        ('a = "Fête', "1:1 unclosed-quote", "Fête"),
        ("a = 'Fête", "1:1 unclosed-quote", "Fête"),
        ('a = ["b", "c]', "1:1 unclosed-quote", ["b", "c"]),
        ('a = ["b", "c"', "1:1 unclosed-bracket", ["b", "c"]),
        ('a = ["b" "c"]', "1:1 comma", ["b", "c"]),
        ('a "Fête"', "1:1 equals-sign", "Fête"),
        ('a: "Fête"', "1:1 equals-sign", "Fête"),
        ("a = Fête du 14", "1:1 unquoted", "Fête du 14"),
        ("a = 2027-03-01 09:00 local", "1:1 unquoted", "2027-03-01 09:00 local"),
        ("a = oui", "1:1 true-or-false", True),
        ("a = False", "1:1 true-or-false", False),
        ('a = "dire "oui" à tous"', "1:1 inner-quote", 'dire "oui" à tous'),
        ('a = "C:\\dossier"', "1:1 backslash", "C:\\dossier"),
        ('a = "x\x07y"', "1:1 control-character", "x y"),
    ],
)
def test_a_slip_is_told_where_it_is_and_read_as_it_was_meant(line: str, finding: str, value: object) -> None:
    document = parse_toml(f"{line}\nlast = 1\n", "c.toml")

    assert [f"{f.place.line}:{f.place.column} {f.rule}" for f in document.findings if f.place][:1] == [finding]
    assert document.data == {"a": value, "last": 1}
    assert all(f.remedy for f in document.findings)


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("a = 2027-02-30", "1:1 date"),
        ("a = 06/03/2027", "1:1 date"),
        ("a =", "1:1 no-value"),
        ("nonsense", "1:1 no-value"),
        ("[]", "1:1 heading"),
        ("a = [[[[", "1:1 syntax"),
    ],
)
def test_what_cannot_be_mended_is_told_and_left_out(line: str, finding: str) -> None:
    document = parse_toml(f"first = 1\n{line}\n", "c.toml")

    assert told(f"{line}\n") == [finding]
    assert document.data == {"first": 1}


def test_a_value_that_could_not_be_read_is_known_to_be_there() -> None:
    document = parse_toml("[posts.a]\nat = 2027-02-30\n", "c.toml")

    assert document.broken == {("posts", "a", "at")}


def test_a_day_first_date_is_told_as_it_should_be_written() -> None:
    (finding,) = parse_toml("a = 6/3/2027\n", "c.toml").findings

    assert finding.remedy == "Write 2027-03-06"


def test_a_text_that_is_not_closed_ends_before_the_next_one() -> None:
    document = parse_toml('fr = """\nBonjour\n\nen = """\nHello\n"""\n[posts.b]\nx = 1\n', "c.toml")

    assert [f"{f.place} {f.rule}" for f in document.findings] == ["c.toml:1:1 unclosed-text"]
    assert document.data == {"fr": "Bonjour", "en": "Hello\n", "posts": {"b": {"x": 1}}}


@pytest.mark.parametrize(("opening", "closing"), [("“““", "”””"), ('"""', "”””"), ("“““", '"""'), ("«««", "»»»")])
def test_curly_marks_around_a_text_of_several_lines_are_mended(opening: str, closing: str) -> None:
    document = parse_toml(f'ar = {opening}\nسلام، «عالم» “x”\n{closing}\nen = "Hello"\n', "c.toml")

    assert [f.rule for f in document.findings] == ["curly-quote"]
    assert document.data == {"ar": "سلام، «عالم» “x”\n", "en": "Hello"}


def test_signs_of_typography_within_texts_and_comments_are_the_authors_own() -> None:
    text = '# “x”\u00a0،\u200f\nfr = "« Bonjour\u00a0! »"\nar = """\n\u200fسلام،\n"""\n'

    assert told(text) == []
    assert told(text + "broken\n") == ["6:1 no-value"]


def test_a_name_that_is_there_twice_is_told_with_both_lines() -> None:
    document = parse_toml("[a]\nx = 1\nx = 2\n[b]\n[a]\ny = 3\n[a.x]\n", "c.toml")

    assert [str(f.place) for f in document.findings] == ["c.toml:3:1", "c.toml:5:1", "c.toml:7:1"]
    assert "the first is on line 2" in document.findings[0].message
    assert "the first is on line 1" in document.findings[1].message
    assert document.data == {"a": {"x": 1, "y": 3}, "b": {}}


def test_a_heading_without_its_bracket_is_mended() -> None:
    document = parse_toml("[posts.a\nx = 1\n[[posts.a.media]\nfile = 'b'\n", "c.toml")

    assert [f.rule for f in document.findings] == ["heading", "heading"]
    assert document.data == {"posts": {"a": {"x": 1, "media": [{"file": "b"}]}}}


def test_a_table_in_braces_over_several_lines_is_mended() -> None:
    document = parse_toml('text = {\n  fr = "Bonjour",\n  en = "Hello",\n}\nlast = 1\n', "c.toml")

    assert [f.rule for f in document.findings] == ["spread-table"]
    assert document.data == {"text": {"fr": "Bonjour", "en": "Hello"}, "last": 1}


def test_two_mistakes_in_one_line_are_told_together() -> None:
    (finding,) = parse_toml('a = ["b" "c"\nb = 1\n', "c.toml").findings

    assert "not closed" in finding.message
    assert "comma" in finding.message


PLACES = """\
title = "é" # comment
list = [
  "one",  # comment
  "two",
]
inline = { fr = "é", "zh-Hans" = "b" }
[posts.a]
dotted.key = 1
[[posts.a.media]]
file = "x"
[[posts.a.media]]
[posts.a.media.alt]
fr = "y"
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("title",), "c.toml:1:1"),
        (("list", 1), "c.toml:4:3"),
        (("inline", "zh-Hans"), "c.toml:6:22"),
        (("posts", "a"), "c.toml:7:1"),
        (("posts", "a", "dotted", "key"), "c.toml:8:1"),
        (("posts", "a", "media", 0, "file"), "c.toml:10:1"),
        (("posts", "a", "media", 1, "alt", "fr"), "c.toml:13:1"),
        (("posts", "a", "media", 1, "file"), "c.toml:11:1"),
        (("nothing",), "c.toml"),
    ],
)
@pytest.mark.parametrize("broken", ["", "at the end = “\n"])
def test_every_value_has_its_place_also_in_a_file_with_mistakes(
    path: tuple[str | int, ...], place: str, broken: str
) -> None:
    assert str(parse_toml(PLACES + broken, "c.toml").place(path)) == place


def test_windows_line_ends_and_a_byte_order_mark_are_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_bytes('\ufeffa = "é"\r\nb = """\r\nx\r\n"""\r\n'.encode())

    document = read_toml(file)

    assert (document.findings, document.data) == ((), {"a": "é", "b": "x\n"})


@pytest.mark.parametrize(("encoding", "line", "name"), [("cp1252", 2, "Windows-1252"), ("utf-16", 1, "UTF-16")])
def test_another_encoding_is_told_and_read(tmp_path: Path, encoding: str, line: int, name: str) -> None:
    file = tmp_path / "c.toml"
    file.write_bytes('a = 1\nb = "Fête"\n'.encode(encoding))

    document = read_toml(file)

    assert [(f.rule, f.place.line) for f in document.findings if f.place] == [("encoding", line)]
    assert name in document.findings[0].message
    assert document.data == {"a": 1, "b": "Fête"}


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff", "encoding"),
        (b"a = 1\n" * 900_000, "file-size"),
        (b"a = " + b"[" * 100_000, "syntax"),
        (b"a = 9" + b"9" * 10_000, "unquoted"),
    ],
)
def test_what_is_no_text_or_too_much_is_a_finding(tmp_path: Path, data: bytes, rule: str) -> None:
    file = tmp_path / "c.toml"
    file.write_bytes(data)

    assert rule in [f.rule for f in read_toml(file).findings]


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    assert [f.rule for f in read_toml(tmp_path / "none.toml").findings] == ["file-missing"]
    assert [f.rule for f in read_toml(tmp_path).findings] == ["file-missing"]


def test_a_file_of_nothing_but_mistakes_is_not_read_to_its_end() -> None:
    document = parse_toml("nonsense\n" * 1000, "c.toml")

    assert len(document.findings) == 201
    assert document.findings[-1].rule == "too-many"


def test_a_name_of_a_hundred_thousand_parts_is_not_read() -> None:
    document = parse_toml(f"first = 1\n{'a.' * 100_000}a = 1\nlast = 1\n", "c.toml")

    assert [f"{f.place} {f.rule}" for f in document.findings] == ["c.toml:2 dots"]
    assert document.data == {"first": 1, "last": 1}


def test_a_long_unclosed_text_takes_no_time_to_give_up_on() -> None:
    document = parse_toml('a = """' + 'x "y"\n' * 100_000, "c.toml")

    assert [f.rule for f in document.findings] == ["syntax"]


def test_a_good_file_does_not_cost_tree_sitter() -> None:
    program = (
        "import sys; from crosspost.files.toml import parse_toml; parse_toml('a = 1', 'c');"
        "assert 'tree_sitter' not in sys.modules; parse_toml('a = 1', 'c').place(('a',));"
        "assert 'tree_sitter' in sys.modules"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


VALID = Path(__file__).parents[2].joinpath("campaigns", "consular-register", "campaign.toml").read_text("utf-8")[:6000]


@given(st.lists(st.tuples(st.integers(0, len(VALID)), st.sampled_from(list("\"'[]{}=#\n.،“”\u200f\u00a0\\ a1")))))
@settings(max_examples=60, deadline=None)
def test_letters_put_anywhere_into_a_good_file_never_raise(slips: list[tuple[int, str]]) -> None:
    text = VALID
    for at, sign in slips:
        text = text[:at] + sign + text[at:]

    document = parse_toml(text, "c.toml")

    assert document.findings or document.data == tomllib.loads(text)
    assert all(f.place and f.place.line <= text.count("\n") + 1 for f in document.findings)
    assert document.place(("posts", "register")).file == "c.toml"


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_values_or_a_finding(text: str) -> None:
    document: Document = parse_toml(text, "c.toml")
    try:
        expected = tomllib.loads(text.replace("\r\n", "\n"))
    except ValueError:
        assert document.findings
    else:
        assert document.data == expected
