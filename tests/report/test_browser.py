"""The page in a real browser, where one is installed: on a phone, in print, and with nothing asked of the network."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from crosspost.cli.report import render_page
from crosspost.desk.report import ReportData
from crosspost.desk.world import Busiest, Departure, Going, World
from crosspost.domain.bidi import readable
from crosspost.domain.campaign import ANY, TEXT, Variant

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")

pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no chromium with its driver on this machine")

QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars"),
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    options = ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in (*QUIET, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(str(DRIVER)))
    yield driver
    driver.quit()


@pytest.fixture
def shown(browser: Any, data: ReportData, tmp_path: Path) -> Any:
    page = tmp_path / "report.html"
    page.write_text(render_page(data), "utf-8")
    browser.get(page.as_uri())
    return browser


def _as_wide_as(browser: Any, width: int) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_never_scrolls_sideways(shown: Any, width: int) -> None:
    _as_wide_as(shown, width)

    assert shown.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 1280])
def test_no_mark_of_the_world_view_hides_another(browser: Any, data: ReportData, tmp_path: Path, width: int) -> None:
    nine = datetime(2027, 7, 14, 7, tzinfo=UTC)
    departures = tuple(
        Departure(Going("cairo/paper", "wishes", nine + timedelta(hours=hours), "Africa/Cairo"), closed)
        for hours in (0, 0.1, 1, 1.5, 9, 19)
        for closed in ("", "weekend in EG")
    )
    page = tmp_path / "world.html"
    page.write_text(render_page(replace(data, world=World(departures, (), Busiest(nine, {"paper": 2})))), "utf-8")
    browser.get(page.as_uri())
    _as_wide_as(browser, width)

    boxes = browser.execute_script(
        "return [...document.querySelectorAll('.lane .mark')].map(m => m.getBoundingClientRect())"
    )
    assert len(boxes) == 8  # what is alike and within the half-hour is one
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    for one, other in combinations(boxes, 2):
        beside = one["right"] <= other["left"] or other["right"] <= one["left"]
        assert beside or one["bottom"] <= other["top"] or other["bottom"] <= one["top"]


def test_arabic_stands_at_the_right_of_its_frame(shown: Any) -> None:
    align = "return getComputedStyle(document.querySelector('.text:lang(ar)')).textAlign"

    assert shown.execute_script(align) == "right"


#: What stands in each line of the right-to-left texts, from left to right, as the browser has placed it.
PLACED = """
const said = [];
for (const text of document.querySelectorAll('.text[dir=rtl]')) {
  const nodes = document.createTreeWalker(text, NodeFilter.SHOW_TEXT), lines = new Map();
  while (nodes.nextNode()) for (let at = 0; at < nodes.currentNode.length; at++) {
    const one = document.createRange();
    one.setStart(nodes.currentNode, at); one.setEnd(nodes.currentNode, at + 1);
    const box = one.getBoundingClientRect(), row = Math.round(box.top / 12);
    if (box.width) lines.set(row, [...(lines.get(row) ?? []), [box.left, nodes.currentNode.data[at]]]);
  }
  for (const line of lines.values()) said.push(line.sort((a, b) => a[0] - b[0]).map(([, c]) => c).join(''));
}
return said.join('\\n')
"""


def test_numbers_and_names_in_right_to_left_text_stand_in_their_own_order(
    browser: Any, prospective: Callable[..., ReportData], tmp_path: Path
) -> None:
    words = "@francediplo (#COP31).\nهاتف +33 1 43 17 53 53!\nمن 2027-07-14.\nفي ٢٠٢٧-٠٧-١٤.\nمن 10:00–12:00."
    page = tmp_path / "arabic.html"
    page.write_text(render_page(prospective(Variant("cairo", TEXT, "ar", ANY, words))), "utf-8")
    browser.get(page.as_uri())
    _as_wide_as(browser, 1280)

    placed = browser.execute_script(PLACED)

    for run in ("@francediplo", "#COP31", "+33 1 43 17 53 53", ".2027-07-14", ".٢٠٢٧-٠٧-١٤", ".10:00–12:00"):
        assert run in placed


def test_a_browser_that_chooses_the_direction_itself_takes_that_of_the_language(browser: Any, tmp_path: Path) -> None:
    lines = ["@francediplo: مرحبا", "#COP31 – مرحبا.", "COP31 تبدأ اليوم", "(10:00) مرحبا"]
    page = tmp_path / "auto.html"
    page.write_text("".join(f"<p dir=auto>{readable(line, 'ar')}</p>" for line in lines), "utf-8-sig")
    browser.get(page.as_uri())

    chosen = browser.execute_script(
        "return [...document.querySelectorAll('p')].map(p => getComputedStyle(p).direction)"
    )

    assert chosen == ["rtl"] * len(lines)


def test_the_image_is_drawn_and_the_policy_stops_nothing(shown: Any) -> None:
    size = "return document.querySelector('.picture').clientHeight"

    assert shown.execute_script(size) > 100
    assert [entry["message"] for entry in shown.get_log("browser")] == []


def test_what_is_folded_on_the_screen_lies_open_in_print(shown: Any) -> None:
    shown.execute_script("for (const d of document.querySelectorAll('details')) d.open = false")
    seen = "return document.querySelector('.frame').checkVisibility()"
    on_screen = shown.execute_script(seen)
    shown.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    on_paper = shown.execute_script(seen)
    shown.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})

    assert (on_screen, on_paper) == (False, True)


def test_a_mark_in_the_coverage_opens_the_frame_that_it_leads_to(shown: Any) -> None:
    shown.execute_script("for (const d of document.querySelectorAll('.mission')) d.open = false")
    shown.execute_script("document.querySelector('.matrix tbody a').click()")

    assert shown.execute_script("return document.querySelector('.frame:target').closest('details').open")
