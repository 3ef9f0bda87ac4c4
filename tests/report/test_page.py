"""The page, by its structure: what stands in it, that it stands alone, and that everybody can read it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from importlib import resources
from itertools import pairwise

import pytest

from crosspost.cli.report import render_page
from crosspost.desk.report import Entry, QueuedAs, ReportData
from crosspost.domain.campaign import ANY, TEXT, Variant
from crosspost.domain.content import REPOST, ContentPart
from crosspost.domain.network import Account, Mission, Network
from crosspost.domain.planned import Origin

VOID = {"meta", "link", "img", "br", "hr", "input"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    inner: list[Element | str] = field(default_factory=list)

    def every(self) -> Iterator[Element]:
        for part in self.inner:
            if isinstance(part, Element):
                yield part
                yield from part.every()

    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text() for part in self.inner)

    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())


class Tree(HTMLParser):
    """Reads a page into elements, and insists that every element is closed where it was opened."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root = Element("root", {})
        self.open = [self.root]
        self.feed(page)
        assert self.open == [self.root], f"not closed: {[element.tag for element in self.open[1:]]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inner.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].inner.append(data)


def tree(page: str) -> Element:
    return Tree(page).root


def of(element: Element, tag: str, name: str = "") -> list[Element]:
    return [e for e in element.every() if e.tag == tag and (not name or name in e.classes())]


def frame(page: Element, label: str) -> Element:
    return next(e for e in of(page, "article") if e.attributes["aria-label"].startswith(label))


@pytest.fixture
def page(data: ReportData) -> Element:
    return tree(render_page(data))


def test_the_page_runs_no_script_and_loads_nothing(data: ReportData) -> None:
    page = render_page(data)
    elements = list(tree(page).every())

    assert not {e.tag for e in elements} & {"script", "link", "iframe", "object", "embed", "img", "base", "form"}
    assert not [name for e in elements for name in e.attributes if name.startswith("on") or name in {"src", "srcset"}]
    assert all(target.startswith('"data:image/jpeg;base64,') for target in re.findall(r"url\((.{30})", page))
    assert "@import" not in page


def test_the_page_forbids_everything_but_its_own_style_and_images(page: Element) -> None:
    policies = [m for m in of(page, "meta") if m.attributes.get("http-equiv") == "Content-Security-Policy"]

    assert [m.attributes["content"] for m in policies] == [
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    ]


def test_every_text_says_its_language_and_direction(page: Element) -> None:
    texts = of(page, "p", "text")

    spoken = Counter((t.attributes["lang"], t.attributes["dir"]) for t in texts)
    assert set(spoken) == {("fr", "ltr"), ("ja", "ltr"), ("ar", "rtl"), ("pt", "ltr")}
    assert len(texts) == len(of(page, "article"))


def test_every_image_has_its_description_for_the_ear_and_for_the_eye(page: Element) -> None:
    for figure in of(page, "figure"):
        (image,) = of(figure, "div", "picture")
        (caption,) = of(figure, "figcaption")
        assert image.attributes["role"] == "img"
        assert image.attributes["aria-label"] in caption.text()
        assert caption.attributes["lang"]
    assert len(of(page, "figure")) == len(of(page, "article"))


def test_an_image_without_a_description_says_so(data: ReportData) -> None:
    def without(entry: Entry) -> Entry:
        media = tuple(replace(m, alt="") for m in entry.content.media)
        return replace(entry, content=replace(entry.content, media=media))

    page = tree(render_page(replace(data, entries=tuple(without(e) for e in data.entries))))

    assert all("no description" in caption.text() for caption in of(page, "figcaption"))
    assert all(image.attributes["aria-label"] for image in of(page, "div", "picture"))


def test_an_image_that_the_media_store_has_lost_is_named_as_lost(data: ReportData) -> None:
    page = tree(render_page(replace(data, images={})))

    assert not of(page, "div", "picture")
    assert all("no longer in the media store" in figure.text() for figure in of(page, "figure"))


def test_headings_go_down_one_level_at_a_time(page: Element) -> None:
    levels = [int(e.tag[1]) for e in page.every() if re.fullmatch(r"h[1-6]", e.tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_header_says_what_it_heads(page: Element) -> None:
    assert {e.attributes.get("scope") for e in of(page, "th")} == {"col", "row", "rowgroup"}


def test_every_link_within_the_page_leads_somewhere(page: Element) -> None:
    ids = [e.attributes["id"] for e in page.every() if "id" in e.attributes]
    targets = {e.attributes["href"][1:] for e in of(page, "a") if e.attributes["href"].startswith("#")}

    assert len(ids) == len(set(ids))
    assert targets <= set(ids)


def test_a_keyboard_finds_the_way_past_the_head(page: Element) -> None:
    first = next(e for e in page.every() if e.tag == "a")

    assert first.attributes["href"] == "#main"
    assert of(page, "main")[0].attributes["id"] == "main"


def test_a_state_is_never_said_by_colour_alone(data: ReportData, page: Element) -> None:
    for entry in data.entries:
        assert any(e.attributes["aria-label"].endswith(f": {entry.state}") for e in of(page, "article"))
    for chip in of(page, "span", "chip"):
        assert re.search(r"[a-z]{4}", chip.text())
    for mark in [e for table in of(page, "details", "matrix") for e in of(table, "a")]:
        assert mark.attributes["aria-label"].partition(": ")[2]
        assert len(mark.text()) == 2


def test_each_entry_is_shown_once_word_for_word(data: ReportData, page: Element) -> None:
    shown = Counter(of(article, "p", "text")[0].text() for article in of(page, "article"))

    assert shown == Counter(entry.words for entry in data.entries)


@pytest.fixture
def joined(data: ReportData) -> Element:
    """The page where Cairo's paper says one post in Arabic and Japanese, with its image described in both."""
    said = next(entry for entry in data.entries if entry.account == "cairo/paper")
    parts = (ContentPart("ar", "قمة \u2068#COP31\u2069."), ContentPart("ja", "日本語。"))
    text = "\n\n".join(part.text for part in parts)
    media = tuple(replace(medium, alt="علم.\n三色旗。") for medium in said.content.media)
    content = replace(said.content, language="ar", text=text, parts=parts, media=media)
    origins = (Origin("text", "cairo", "ar", ANY), Origin("text", "ministry", "ja", ANY))
    one = replace(said, slot="*", content=content, words=f"{text}\n{content.link}", origins=origins)
    return tree(render_page(replace(data, entries=(one,), skipped=())))


def test_each_part_of_a_joined_post_says_its_language_and_direction(joined: Element) -> None:
    said = frame(joined, "Cairo, Paper, Arabic + Japanese")

    texts = [(t.attributes["lang"], t.attributes["dir"], t.text()) for t in of(said, "p", "text")]
    assert texts == [
        ("ar", "rtl", "قمة \u2068#COP31\u2069."),
        ("ja", "ltr", "日本語。\nhttps://france.example/fete"),
    ]


def test_a_description_in_several_languages_goes_line_by_line(joined: Element) -> None:
    (caption,) = of(joined, "figcaption")

    assert "lang" not in caption.attributes
    assert [s.text() for s in of(caption, "span", "lines")] == ["علم.\n三色旗。"]


def test_a_joined_post_counts_in_each_of_its_languages_and_names_whose_words_they_are(joined: Element) -> None:
    said = frame(joined, "Cairo, Paper, Arabic + Japanese").text()

    assert "text (ar): cairo (override); text (ja): ministry" in said
    assert {"Arabic (ar)", "Japanese (ja)"} <= {th.text() for th in of(joined, "th")}
    assert [abbr.text() for abbr in of(joined, "abbr")] == ["ja", "ar"]


def test_a_repost_is_told_as_one_and_leads_to_its_original(data: ReportData) -> None:
    original, *others = data.entries
    content = replace(others[0].content, action=REPOST, original=original.id)
    repost = replace(others[0], content=content, because=f"reposts {original.id}", reason=f"reposts {original.id}")
    page = tree(render_page(replace(data, entries=(original, repost))))

    (link,) = [a for a in of(page, "a") if a.text() == "The original"]
    ids = {article.attributes["id"]: article for article in of(page, "article")}
    (told,) = [article for article in ids.values() if "· repost" in article.text()]
    assert link in of(told, "a")
    assert ids[link.attributes["href"].removeprefix("#")] is not told
    assert "1 of them a repost of what another account says" in page.text()


def test_an_address_within_right_to_left_text_keeps_its_own_direction(page: Element) -> None:
    (arabic, *_) = [t for t in of(page, "p", "text") if t.attributes["lang"] == "ar"]
    (address,) = of(arabic, "bdi")

    assert address.attributes["dir"] == "ltr"
    assert address.text() == "https://france.example/fete"


def test_the_full_stop_after_an_address_belongs_to_the_sentence(prospective: Callable[..., ReportData]) -> None:
    words = "見よ https://france.example/a(b). (https://france.example/c)"

    page = tree(render_page(prospective(Variant("tokyo", TEXT, "ja", ANY, words))))

    shown = [b.text() for b in of(of(frame(page, "Tokyo, Paper, Japanese"), "p", "text")[0], "bdi")]
    assert shown[1:] == ["https://france.example/c", "https://france.example/fete"]
    assert not shown[0].endswith(".")


def test_the_time_is_the_missions_own_with_paris_and_utc(page: Element) -> None:
    said = frame(page, "Tokyo, Paper, French").text()

    assert "Wed 14 Jul 2027, 09:00 Tokyo" in " ".join(said.replace("Wed 02:00", " Wed 02:00").split())
    assert "Wed 02:00 Paris · Wed 00:00 UTC" in said


def test_an_override_is_told_apart_from_the_centres_words(page: Element) -> None:
    (source,) = [d for d in of(frame(page, "Tokyo, Paper, Japanese"), "dd") if "override" in d.text()]

    assert source.text() == "text: tokyo (override); link, image description, time: ministry"
    assert "override" not in frame(page, "Tokyo, Paper, French").text()


def test_a_text_that_stands_in_for_a_variety_goes_by_its_own_language(page: Element) -> None:
    assert frame(page, "Praia, Paper, Portuguese")


def test_length_and_limit_are_in_the_platforms_unit(data: ReportData, page: Element) -> None:
    entry = next(e for e in data.entries if e.account == "praia/paper")

    assert f"{entry.length} of 280 characters" in frame(page, "Praia").text()


def test_what_needs_somebody_stands_first_with_its_reason(page: Element) -> None:
    (attention,) = of(page, "section", "attention")

    assert "3 posts will go no further" in attention.text()
    for state in ("failed", "unknown", "held"):
        assert f"because of {state}" in attention.text()


def test_a_quiet_campaign_has_no_such_section(prospective: Callable[..., ReportData]) -> None:
    assert not of(tree(render_page(prospective())), "section", "attention")


def test_a_receipt_is_a_link_that_gives_nothing_away(page: Element) -> None:
    receipts = [e for article in of(page, "article") for e in of(article, "a")]

    assert receipts
    assert all(e.attributes["rel"] == "noreferrer" for e in receipts)


def test_a_receipt_that_is_no_web_address_is_no_link(data: ReportData) -> None:
    entries = tuple(replace(e, url="javascript:alert(1)") for e in data.entries)

    page = tree(render_page(replace(data, entries=entries)))

    assert not [e for e in of(page, "a") if e.attributes["href"].startswith("javascript")]


def test_markup_in_a_text_is_shown_and_not_obeyed(prospective: Callable[..., ReportData]) -> None:
    attack = "<script>alert(1)</script> & <b>"

    page = tree(render_page(prospective(Variant("tokyo", TEXT, "ja", ANY, attack))))

    assert not of(page, "script")
    assert attack in frame(page, "Tokyo, Paper, Japanese").text()


def test_what_is_not_planned_is_listed_by_its_reason(page: Element) -> None:
    skipped = next(e for e in of(page, "section") if e.attributes.get("id") == "skipped")

    assert "Opted out 1" in " ".join(skipped.text().split())
    assert "seoul opted out: we say this in September" in skipped.text()


def test_coverage_shows_each_mission_under_its_region(page: Element) -> None:
    (table,) = [t for d in of(page, "details", "matrix") for t in of(d, "table")]
    heads = [h.text() for h in of(table, "th") if h.attributes["scope"] in {"row", "rowgroup"}]

    assert heads == ["Ministry", "Ministry", "Asia", "Tokyo", "Seoul", "Africa", "Cairo", "Praia"]
    assert [h.text() for h in of(table, "th") if h.attributes["scope"] == "col"] == [
        *["Mission", "fr", "ja", "ar", "pt", "Not planned"]
    ]


def test_the_mode_is_said_before_anything_else(data: ReportData) -> None:
    (sandbox,) = of(tree(render_page(data)), "p", "mode")
    (live,) = of(tree(render_page(replace(data, mode="live"))), "p", "mode")

    assert "imitated" in sandbox.text()
    assert "real platforms" in live.text()


def test_the_head_names_the_revision_who_queued_it_and_when(data: ReportData) -> None:
    queued = QueuedAs(3, data.at, "claire", rushed=True, status="withdrawn")

    said = of(tree(render_page(replace(data, queued=queued))), "header")[0].text()

    assert "3, by claire, Tue 13 Jul 2027, 14:00 Paris, sent at once, since withdrawn" in said


def test_a_report_of_nothing_is_a_page_all_the_same(data: ReportData) -> None:
    page = tree(render_page(replace(data, entries=(), skipped=(), platforms={}, images={})))

    assert "No account says anything." in page.text()


def test_an_account_that_left_the_network_keeps_its_posts_in_the_report(data: ReportData) -> None:
    missions = {m: mission for m, mission in data.network.missions.items() if m != "tokyo"}
    accounts = {a: account for a, account in data.network.accounts.items() if account.mission != "tokyo"}

    page = tree(render_page(replace(data, network=Network(missions, accounts))))

    assert "No longer in the network" in [h.text() for h in of(page, "h3")]
    assert "tokyo/paper" in frame(page, "tokyo, Paper").text()


def test_a_thousand_posts_share_one_copy_of_their_image_and_stay_below_three_megabytes(data: ReportData) -> None:
    many = _enlarged(data, 1000)

    page = render_page(many)

    assert len(many.entries) >= 1000
    assert page.count("data:image/jpeg") == 1
    assert len(page.encode()) < 3_000_000


def test_of_many_missions_only_those_lie_open_that_need_somebody(data: ReportData) -> None:
    many = _enlarged(data, 200)

    missions = of(tree(render_page(many)), "details", "mission")

    assert len(missions) == 200
    assert [m.attributes.get("open") is not None for m in missions].count(True) == 2


def _enlarged(data: ReportData, number: int) -> ReportData:
    """The report of so many embassies that each say what Cairo says; the last one's post has failed."""
    missions, accounts = dict(data.network.missions), {}
    said = next(entry for entry in data.entries if entry.content.language == "ar")
    entries = []
    for n in range(number):
        name = f"embassy-{n}"
        missions[name] = Mission(name, "africa", "embassy", f"City {n}", "EG", "Africa/Cairo", ("ar",))
        accounts[f"{name}/paper"] = Account(name, "paper", f"@{name}")
        content = replace(said.content, account=f"{name}/paper")
        state = "failed" if n == number - 1 else "sent"
        said_here = replace(said, content=content, state=state, reason="", url="")
        entries.append(replace(said_here, id=f"fete/wishes/{name}", needs_somebody=state == "failed"))
    return replace(data, network=Network(missions, accounts), entries=tuple(entries), skipped=())


def _colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", css))


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(ink: str, paper: str) -> float:
    light, dark = sorted((_luminance(ink), _luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_ink_stands_out_from_its_paper(scheme: str) -> None:
    css = resources.files("crosspost.cli.report").joinpath("templates/style.css").read_text("utf-8")
    light, _, dark = css.partition("@media screen and (prefers-color-scheme: dark)")
    colours = _colours(light) if scheme == "light" else _colours(light) | _colours(dark.partition("\n}")[0])
    states = ("sent", "queued", "planned", "held", "sending", "unknown", "failed", "cancelled", "expired", "skipped")
    pairs = [(ink, paper) for ink in ("ink", "soft", "accent", *states) for paper in ("paper", "ground")]
    pairs += [("mode-ink", "mode-paper"), ("live-ink", "live-paper"), ("paper", "ink")]

    pale = [pair for pair in pairs if _contrast(colours[pair[0]], colours[pair[1]]) < 4.5]

    assert not pale
