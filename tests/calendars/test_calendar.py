"""When missions are closed: weekends, two countries' holidays, and a mission's own word."""

from __future__ import annotations

from datetime import date
from importlib.resources import as_file

import pytest

from crosspost.calendars import Calendar, OwnDay, Source, holiday, weekend, weekend_of
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


@pytest.mark.parametrize(
    ("day", "weekend_there", "holiday_there", "only_frances"),
    [(date(2026, 5, 1), 15, 134, 33), (date(2026, 12, 25), 15, 130, 37)],
)
def test_on_two_holidays_of_the_world_the_whole_network_is_closed(day, weekend_there, holiday_there, only_frances):
    with as_file(shipped("network.csv")) as path:
        network = read_network(path).network
    known = Calendar(network)
    missions = [m for m in network.missions.values() if m.country and m.id != network.root]
    found = [known.special(m.id, day) for m in missions]
    assert all(found)
    of_host = [one for one in found if one.country != "FR"]
    because = [one.because for one in of_host]
    assert (because.count("weekend"), because.count("holiday")) == (weekend_there, holiday_there)
    assert len(found) - len(of_host) == only_frances


def test_whose_word_a_weekend_is():
    assert weekend_of(embassy("EG", "sun")).source is Source.NETWORK
    assert weekend_of(embassy("IR")).source is Source.REVIEWED
    assert weekend_of(embassy("EG")).source is Source.LIBRARY
    assert weekend_of(embassy("ZZ")).source is Source.NOBODY


def test_a_day_off_for_an_estimated_holiday_at_a_weekend_is_estimated_too():
    found = holiday("YE", date(2026, 3, 23))
    assert found is not None
    assert (found.name, found.is_estimated) == ("Eid al-Fitr (observed)", True)
    assert calendar(embassy("YE", "thu")).why_closed("amb-ye", date(2026, 3, 23)).endswith("in YE, estimated")


@pytest.mark.filterwarnings("error")
def test_years_that_the_library_knows_little_of_are_open_without_a_word():
    assert holiday("IN", date(2099, 3, 4)) is None
    assert weekend(embassy("IN")) == {"sat", "sun"}


def test_only_public_holidays_count_no_half_days_and_none_of_single_regions():
    assert holiday("DE", date(2027, 1, 6)) is None  # Epiphany, in three of sixteen states
    assert holiday("DE", date(2027, 12, 24)) is None
    assert holiday("GB", date(2027, 3, 17)) is None  # Saint Patrick's day, in Northern Ireland
