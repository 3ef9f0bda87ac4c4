"""When missions are closed: weekends, two countries' holidays, and a mission's own word."""

from __future__ import annotations

from datetime import date
from importlib.resources import as_file

import pytest

from crosspost.calendars import Calendar, OwnDay, holiday, weekend
from crosspost.domain.network import Mission, Network
from crosspost.files.network import read_network
from crosspost.shipped import shipped

MINISTRY = Mission("ministry", kind="ministry", country="FR", timezone="Europe/Paris")


def embassy(country: str, *days: str) -> Mission:
    return Mission(f"amb-{country.lower()}", parent="ministry", country=country, weekend=days)


def calendar(*missions: Mission, own: tuple[OwnDay, ...] = ()) -> Calendar:
    return Calendar(Network({m.id: m for m in (MINISTRY, *missions)}, {}), own)


def test_the_networks_own_weekend_goes_before_every_table():
    assert weekend(embassy("EG", "sun")) == {"sun"}


@pytest.mark.parametrize(
    ("country", "days"), [("EG", {"fri", "sat"}), ("IR", {"fri"}), ("NP", {"sat"}), ("FR", {"sat", "sun"})]
)
def test_without_one_the_weekend_is_the_countrys(country, days):
    assert weekend(embassy(country)) == days


def test_a_country_nobody_knows_rests_on_saturday_and_sunday():
    assert weekend(embassy("ZZ")) == {"sat", "sun"}
    assert holiday("ZZ", date(2027, 1, 1)) is None


def test_an_embassy_keeps_the_holidays_of_its_host_and_of_its_ministry():
    known = calendar(embassy("JP"))
    assert known.why_closed("amb-jp", date(2027, 7, 14)).endswith("in FR")
    assert known.why_closed("amb-jp", date(2027, 5, 3)).endswith("in JP")
    assert known.why_closed("amb-jp", date(2027, 7, 15)) == ""


def test_an_estimated_holiday_is_called_so():
    known = calendar(embassy("EG"))
    closed = [known.why_closed("amb-eg", date(2028, 2, day)) for day in range(24, 30)]
    assert any(why.endswith("in EG, estimated") for why in closed)


def test_a_missions_own_word_goes_before_everything_and_the_nearest_owners_before_others():
    fourteenth, fifteenth = date(2027, 7, 14), date(2027, 7, 15)
    own = (
        OwnDay("ministry", fourteenth, is_open=True, why="the summit"),
        OwnDay("amb-jp", fourteenth, is_open=False, why="the reception"),
        OwnDay("ministry", fifteenth, is_open=False, why="moving house"),
    )
    known = calendar(embassy("JP"), embassy("DE"), own=own)
    assert known.why_closed("amb-de", fourteenth) == ""
    assert known.why_closed("amb-jp", fourteenth) == "the reception"
    assert known.why_closed("amb-de", fifteenth) == "moving house"


def test_on_the_first_of_may_2026_most_of_the_network_is_closed():
    with as_file(shipped("network.csv")) as path:
        network = read_network(path).network
    known = Calendar(network)
    missions = [m.id for m in network.missions.values() if m.country]
    closed = [m for m in missions if known.why_closed(m, date(2026, 5, 1))]
    assert len(closed) > len(missions) * 3 / 4
