"""The terminal preview: lines that fit, characters that stay whole, and right-to-left text that can be read."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crosspost.cli.lines import graphemes, laid_out, visible, visual, width_of, wrap
from crosspost.cli.preview import Look, render_preview
from crosspost.desk.report import Entry, Platform
from crosspost.domain.bidi import bare, readable
from crosspost.domain.content import REPOST, Content, ContentMedium, ContentPart
from crosspost.domain.network import Network
from crosspost.domain.planned import Origin
from crosspost.domain.schedule import parse_time

ARABIC = "تحتفل فرنسا في 14 تموز/يوليو بعيدها الوطني: https://france.example/fete"
CHINESE = "致旅居海外的法国公民：请最迟于2027年3月6日办妥领事登记。登记免费，可在线办理（“领事登记”）。"

#: What ministries write: several scripts, accents apart from their letters, joiners, flags, double width.
SCRIPTS = "aé e\u0301 çñ 法国。「」 한국 アー عربي مٌ فارسی\u200c עברית (1,5 %) 14/7 🇫🇷 ❤️ 👩‍💻 – « »"
TEXTS = st.lists(st.sampled_from([*graphemes(SCRIPTS), " ", " "]), max_size=60).map("".join)


#: Brackets are turned round with the text: here both hands count as one.
MIRROR = str.maketrans(")»」", "(«「")


@given(TEXTS, st.integers(2, 40))
@example("a「法", 3)
def test_no_line_is_wider_than_the_terminal(text: str, width: int) -> None:
    assert all(width_of(line) <= width for line in wrap(text, width))


@given(TEXTS, st.integers(2, 40))
def test_wrapping_loses_nothing_but_spaces_and_tears_no_character(text: str, width: int) -> None:
    kept = [g for line in wrap(text, width) for g in graphemes(line) if g != " "]

    assert kept == [g for g in graphemes(text) if g != " "]


@given(TEXTS, st.booleans())
def test_reordering_tears_no_character_and_keeps_the_width(text: str, rtl: bool) -> None:
    shown = visual(text, right_to_left=rtl)

    assert width_of(shown) == width_of(text)
    assert Counter(graphemes(shown.translate(MIRROR))) == Counter(graphemes(text.translate(MIRROR)))


def test_words_stay_whole_where_they_fit() -> None:
    assert wrap("Liberté, Égalité, Fraternité", 18) == ["Liberté, Égalité,", "Fraternité"]


def test_a_word_that_fills_more_than_a_line_is_broken() -> None:
    assert wrap("https://france.example", 10) == ["https://fr", "ance.examp", "le"]


def test_no_line_of_chinese_begins_with_a_closing_mark_or_ends_with_an_opening_one() -> None:
    for width in range(8, 40):
        lines = wrap(CHINESE, width)
        assert all(line[0] not in "。，：）”" for line in lines)
        assert all(line[-1] not in "（“" for line in lines)


def test_korean_is_broken_at_its_spaces() -> None:
    assert wrap("전 세계의 동반자 벗들과", 12) == ["전 세계의", "동반자", "벗들과"]


def test_right_to_left_text_reads_from_the_right_with_numbers_and_addresses_as_they_are() -> None:
    (line,) = laid_out(ARABIC, 90, right_to_left=True, reorder=True)

    assert line.startswith(" ")
    assert width_of(line) == 90
    assert line.endswith("لفتحت")
    assert "https://france.example/fete" in line
    assert " 14 " in line


def test_each_line_of_a_wrapped_text_is_turned_round_by_itself() -> None:
    first, second = laid_out("אבג דהו", 4, right_to_left=True, reorder=True)

    assert (first, second) == (" גבא", " והד")


def test_brackets_are_mirrored_where_text_is_turned_round() -> None:
    assert visual("(אב) ג", right_to_left=True) == "ג (בא)"
    assert visual("א (France)", right_to_left=True) == "(France) א"


def test_an_accent_stays_behind_its_letter() -> None:
    assert visual("قيمٌ", right_to_left=True) == "مٌيق"


def test_two_flags_side_by_side_are_not_mixed_up() -> None:
    assert visual("א 🇫🇷🇷🇺", right_to_left=True) == "🇫🇷🇷🇺 א"


def test_a_terminal_that_reorders_by_itself_gets_the_text_as_it_is_written() -> None:
    assert laid_out(ARABIC, 90, right_to_left=True, reorder=False) == [ARABIC]


def test_a_text_cannot_take_over_the_terminal() -> None:
    assert visible("a\x1b[2Jb\r\nc\td\x9b") == "a [2Jb \nc d "


@pytest.fixture
def entry() -> Entry:
    time = parse_time("2027-07-14 09:00 local").instant("Africa/Cairo")
    return Entry(
        id="fete/wishes/cairo/paper/ar",
        post="wishes",
        slot="ar",
        content=Content(
            "cairo/paper", "ar", ARABIC, "https://france.example/x", (ContentMedium("0", "image/png", 91762, "علم"),)
        ),
        words=ARABIC,
        time=time,
        expires=time.utc + timedelta(hours=4),
        length=72,
        limit=280,
        origins=(Origin("text", "cairo", "ar", "*"), Origin("time", "ministry", "*", "*")),
    )


PLATFORMS = {"paper": Platform("paper", "Paper")}


def test_a_frame_says_who_what_when_how_long_and_whose_words(entry: Entry, small_network: Network) -> None:
    lines = list(render_preview([entry], small_network, PLATFORMS, Look(width=80)))

    assert lines[0].startswith("┌─ @cairo · Paper · Arabic ─")
    assert f"│ {ARABIC}" in lines
    assert "│ → https://france.example/x" in lines
    assert "│ ▣ image 1: 92 kB, described as" in lines
    assert "│ علم" in lines
    assert "│ Wed 2027-07-14 09:00 Africa/Cairo · Wed 08:00 Paris · Wed 06:00 UTC" in lines
    assert "│ 72/280 characters" in lines
    assert "│ text: cairo; time: ministry" in lines
    assert lines[-2].startswith("└─ fete/wishes/cairo/paper/ar ─")


JOINED = (ContentPart("fr", "Bonjour (1)."), ContentPart("ar", "\u200f\u2067قمة \u2068#COP31\u2069.\u2069"))


@pytest.fixture
def joined(entry: Entry) -> Entry:
    """A post in French and Arabic, with its link and one image described in both."""
    text = "\n\n".join(part.text for part in JOINED)
    media = (ContentMedium("0", "image/png", 91762, "Un drapeau.\nعلم."),)
    content = Content("cairo/paper", "fr", text, "https://france.example/x", media, parts=JOINED)
    return replace(entry, slot="*", content=content, words=f"{text}\nhttps://france.example/x")


def test_a_joined_post_is_shown_part_by_part_each_in_its_own_direction(joined: Entry, small_network: Network) -> None:
    lines = list(render_preview([joined], small_network, PLATFORMS, Look(width=60, bidi=True)))

    assert lines[0].startswith("┌─ @cairo · Paper · French + Arabic ─")
    assert lines[1:3] == ["│ Bonjour (1).", "│"]
    assert lines[3].endswith("  .#COP31 ةمق")
    assert lines[4].endswith("  https://france.example/x")
    assert "│ Un drapeau." in lines
    assert any(line.endswith("  .ملع") for line in lines)
    assert all(width_of(line) <= 60 for line in lines[1:-2])


def test_what_is_already_reordered_has_no_controls_left_in_it(joined: Entry, small_network: Network) -> None:
    text = "\n".join(render_preview([joined], small_network, PLATFORMS, Look(width=60, bidi=True)))

    assert bare(text) == text


def test_a_repost_says_first_that_it_is_one(entry: Entry, small_network: Network) -> None:
    content = replace(entry.content, action=REPOST, original="fete/wishes/ministry/paper/ar")
    because = f"reposts {content.original}, which says the same and comes first; moved from 08:00"

    lines = list(
        render_preview([replace(entry, content=content, because=because)], small_network, PLATFORMS, Look(140))
    )

    assert lines[1] == f"│ ↻ {because}"
    assert sum(because in line for line in lines) == 1


def test_the_words_of_a_joined_post_are_its_passages(joined: Entry) -> None:
    first, second = joined.passages

    assert (first.language, first.words) == ("fr", "Bonjour (1).")
    assert (second.language, second.words) == ("ar", f"{JOINED[1].text}\nhttps://france.example/x")


def test_a_number_that_a_line_break_cuts_still_reads_from_left_to_right() -> None:
    lines = laid_out(readable("התקשרו +33 1 43 17 53 53", "he"), 18, right_to_left=True, reorder=True)

    assert [line.split() for line in lines] == [["+33", "1", "43", "17", "ורשקתה"], ["53", "53"]]


def test_an_embargo_set_on_the_clock_of_paris_is_shown_on_the_missions_own(
    entry: Entry, small_network: Network
) -> None:
    set_in_paris = replace(entry, time=parse_time("2027-03-08 15:00 Europe/Paris").instant("Africa/Cairo"))

    lines = list(render_preview([set_in_paris], small_network, PLATFORMS, Look(width=80)))

    assert "│ Mon 2027-03-08 16:00 Africa/Cairo · Mon 15:00 Paris · Mon 14:00 UTC" in lines


def test_an_image_without_a_description_says_so(entry: Entry, small_network: Network) -> None:
    bare = replace(entry, content=replace(entry.content, media=(ContentMedium("0", "image/png", 2_500_000),)))

    lines = list(render_preview([bare], small_network, PLATFORMS, Look()))

    assert "│ ▣ image 1: 2.5 MB, described as" in lines
    assert "│ (no description)" in lines


@pytest.mark.parametrize("width", [24, 60, 96])
@pytest.mark.parametrize("bidi", [True, False])
def test_a_frame_keeps_to_its_width(entry: Entry, small_network: Network, width: int, bidi: bool) -> None:
    lines = list(render_preview([entry], small_network, PLATFORMS, Look(width, bidi)))

    inner = [line for line in lines if line.startswith("│")]
    assert max(width_of(line) for line in inner) <= width


def test_a_plain_preview_has_no_styles_and_a_styled_one_says_the_same(entry: Entry, small_network: Network) -> None:
    import click

    plain = list(render_preview([entry], small_network, PLATFORMS, Look()))
    styled = list(render_preview([entry], small_network, PLATFORMS, Look(styled=True)))

    assert not any("\x1b" in line for line in plain)
    assert [click.unstyle(line) for line in styled] == plain


def test_an_account_that_left_the_network_is_named_by_its_id(entry: Entry, small_network: Network) -> None:
    gone = replace(entry, content=replace(entry.content, account="gone/paper"))

    lines = list(render_preview([gone], small_network, PLATFORMS, Look()))

    assert lines[0].startswith("┌─ gone/paper · Paper")
    assert datetime(2027, 7, 14, 6, tzinfo=UTC) == gone.time.utc
