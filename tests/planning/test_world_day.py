"""The national day on the shipped network, 14 July 2027, where each mission says it when it next works.

What is expected is worked out anew: from the network's own file, the holidays library, and nothing of crosspost's.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest

from crosspost.calendars import Calendar
from crosspost.desk.desk import Adapters
from crosspost.domain.hours import ClosedPolicy
from crosspost.domain.network import Network
from crosspost.domain.planned import Plan
from crosspost.files.campaign import Known, load_campaign
from crosspost.files.network import read_network
from crosspost.planning import Hours, Situation, plan
from crosspost.shipped import shipped
from crosspost.templating import render

NATIONAL_DAY = date(2027, 7, 14)
CAMPAIGN = Path(__file__).parents[2] / "campaigns" / "national-day"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, str]]:
    """The missions as their file has them."""
    with as_file(shipped("network.csv")) as path, path.open(encoding="utf-8", newline="") as file:
        return {row["mission_id"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def network() -> Network:
    with as_file(shipped("network.csv")) as path:
        return read_network(path).network


@pytest.fixture(scope="module")
def made(network: Network) -> Plan:
    known = Known(
        missions=frozenset(network.missions),
        platforms=frozenset(Adapters()),
        countries=frozenset(m.country for m in network.missions.values()),
        languages=frozenset(tag for m in network.missions.values() for tag in m.languages),
    )
    campaign = load_campaign(CAMPAIGN, owner="ministry", known=known).campaign
    assert campaign is not None
    [wishes] = campaign.posts
    campaign = replace(campaign, posts=(replace(wishes, closed=ClosedPolicy.NEXT_WORKING),))
    hours = Hours(Calendar(network).why_closed)
    return plan(Situation(campaign, network, datetime(2027, 7, 1, tzinfo=UTC), Adapters(), render, hours=hours))


def _zone(name: str) -> ZoneInfo:
    """Return a zone by the pinned data: the machine's own may be older."""
    with files("tzdata.zoneinfo").joinpath(name).open("rb") as file:
        return ZoneInfo.from_file(file, name)


def _closed(row: dict[str, str], day: date) -> str:
    """Return why a mission is closed on a day, by its file and the library alone; "" where it is open."""
    country = row["country"]
    if DAYS[day.weekday()] in row["weekend"].split(";"):
        return f"weekend in {country}"
    for name in (country, "FR"):
        found = holidays.country_holidays(name, years=day.year, language="en_US").get(day)
        if found:
            estimated = ", estimated" if "(estimated)" in found else ""
            return " ".join(found.replace("(estimated)", "").split()).replace(" ;", ";") + f" in {name}{estimated}"
    return ""


def test_every_mission_states_its_weekend_so_that_the_file_alone_decides(rows):
    assert all(row["weekend"] for row in rows.values() if row["country"])


def test_every_moved_delivery_is_said_on_the_first_day_on_which_its_mission_works_and_says_why(made, rows):
    assert len(made.planned) == 570
    for planned in made.planned:
        row = rows[planned.account.partition("/")[0]]
        day = next(d for d in (NATIONAL_DAY + timedelta(n) for n in range(60)) if not _closed(row, d))
        said = f"{day:%A} {day.day} {day:%B} 09:00"
        assert (
            planned.moved.partition("; as a repost: ")[0]
            == f"Wednesday, closed in {row['country']} ({_closed(row, NATIONAL_DAY)}): {said}"
        )
        if not planned.content.is_repost:
            wall = datetime.combine(day, time(9), _zone(row["timezone"]))
            assert planned.time.utc == wall.astimezone(UTC), planned.id


def test_nobody_works_on_the_national_day_and_few_are_closed_on_the_day_after(made, rows):
    days = {
        p.account.partition("/")[0]: p.moved.partition("; as a repost: ")[0].rpartition(": ")[2] for p in made.planned
    }
    late = {rows[mission]["country"] for mission, said in days.items() if said == "Friday 16 July 09:00"}
    assert late == {"MN", "TR"}
    assert set(days.values()) == {"Thursday 15 July 09:00", "Friday 16 July 09:00"}
