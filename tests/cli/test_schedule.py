"""`crosspost schedule recheck`, and where else people see that times have moved: network import, the doctor."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from tests.cli.conftest import NETWORK

from crosspost.desk.doctor import Patient, setup

TOKYO = "cop31/opening/amb-jp-tokyo/twitter/ja"


@pytest.fixture
def local(desk_folder, crosspost):
    """The campaign, at three in the afternoon on each mission's own clock."""
    file = desk_folder / "campaigns" / "cop31" / "campaign.toml"
    file.write_text(file.read_text("utf-8").replace("15:00 Europe/Paris", "15:00 local"), "utf-8")
    assert crosspost("campaign", "queue", "cop31", "--yes").code == 0
    return desk_folder


def under_older_data(folder):
    """Make the queue what older data would have made of it, where Tokyo's clock was an hour behind."""
    with closing(sqlite3.connect(folder / "crosspost.db")) as raw, raw:
        rows = raw.execute("SELECT id, due, expires FROM delivery WHERE zone = 'Asia/Tokyo'").fetchall()
        assert rows
        for name, *moments in rows:
            due, expires = (re.sub(r" (\d\d):", lambda hour: f" {int(hour[1]) + 1:02}:", at) for at in moments)
            raw.execute("UPDATE delivery SET due = ?, expires = ? WHERE id = ?", (due, expires, name))


def dues(crosspost):
    return {d["delivery"]: d["due_at"] for d in crosspost("queue", "--json").json}


def test_it_shows_local_paris_and_utc_moves_and_then_has_nothing_to_do(local, crosspost):
    right = dues(crosspost)
    under_older_data(local)
    seen = crosspost("schedule", "recheck", "--dry-run")
    assert seen.code == 0
    assert "1h earlier" in seen.out
    assert "was  Sun 2099-11-08 16:00 Asia/Tokyo · Sun 08:00 Paris · Sun 07:00 UTC" in seen.out
    assert "now  Sun 2099-11-08 15:00 Asia/Tokyo · Sun 07:00 Paris · Sun 06:00 UTC" in seen.out
    assert TOKYO in seen.out
    assert dues(crosspost) != right
    refused = crosspost("schedule", "recheck")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert "Moved 2 deliveries." in crosspost("schedule", "recheck", given="y\n", terminal=True).out
    assert dues(crosspost) == right
    assert "Every queued delivery leaves when its wall time says" in crosspost("schedule", "recheck").out


def test_json_is_in_the_shape_that_is_promised(local, crosspost):
    under_older_data(local)
    asked = crosspost("schedule", "recheck", "--mission", "amb-jp-tokyo", "--lang", "ja", "--json", "--yes").json
    assert set(asked) == {"zone_data", "moved", "beyond", "out", "plans"}
    [moved] = asked["moved"]
    assert (moved["delivery"], moved["was_at"], moved["due_at"], moved["seconds"]) == (
        TOKYO,
        "2099-11-08T07:00:00Z",
        "2099-11-08T06:00:00Z",
        -3600,
    )
    assert (moved["wall"], moved["zone"], moved["local"]) == (
        "2099-11-08T15:00:00",
        "Asia/Tokyo",
        "2099-11-08T15:00:00+09:00",
    )
    assert [one["delivery"] for one in asked["beyond"]] == [TOKYO.replace("/ja", "/fr")]
    assert asked["plans"] == {"cop31": {"queued": 0, "changed": 2, "cancelled": 0}}
    assert crosspost("schedule", "recheck", "--json").json["moved"] == []


def test_the_doctor_says_when_the_queue_no_longer_fits_the_zone_data(local, crosspost):
    def times():
        [found] = [one for one in crosspost("doctor", "--json").json if one["check"] == "times"]
        return found

    assert times()["level"] == "ok"
    under_older_data(local)
    said = times()
    assert said["level"] == "warning"
    assert "2 queued deliveries are due at another instant" in said["said"]
    assert "Asia/Tokyo" in said["said"]
    assert "crosspost schedule recheck" in said["do"]


class Later(Patient):
    """A set-up that nobody has updated for years."""

    def now(self) -> datetime:
        """Return the present."""
        return datetime(2035, 5, 1, tzinfo=UTC)


def test_the_doctor_says_how_old_the_zone_data_are_and_why_that_matters(desk_folder, crosspost):
    [fresh] = [one for one in crosspost("doctor", "--json").json if one["check"] == "zone data"]
    assert re.match(r"tzdata \d{4}\w, the \w+ release of \d{4}", fresh["said"])
    [old] = setup.zone_data(Later(desk_folder / "config.toml"))
    assert old.level == "warning"
    assert re.search(r"is \d+ days old or more", old.said)
    assert "pip install --upgrade tzdata" in old.do


def test_the_doctor_names_a_missions_zone_that_the_data_do_not_have(desk_folder, crosspost):
    with closing(sqlite3.connect(desk_folder / "crosspost.db")) as raw, raw:
        raw.execute("UPDATE mission SET timezone = 'Asia/Edo' WHERE id = 'amb-jp-tokyo'")
    found = [one for one in crosspost("doctor", "--json").json if one["check"] == "zone data"]
    assert [one["level"] for one in found] == ["ok", "error"]
    assert "no zone Asia/Edo, which is that of amb-jp-tokyo" in found[1]["said"]


def test_a_network_import_shows_what_a_missions_new_zone_moves(local, crosspost):
    (local / "new.csv").write_text(NETWORK.replace("Asia/Tokyo", "Pacific/Auckland"), "utf-8")
    seen = crosspost("network", "import", "new.csv", "--dry-run").out
    assert "timezone Asia/Tokyo → Pacific/Auckland" in seen
    assert "1 delivery, 4h earlier:" in seen
    assert "was  Sun 2099-11-08 15:00 Asia/Tokyo" in seen
    assert "now  Sun 2099-11-08 15:00 Pacific/Auckland" in seen
    assert TOKYO.replace("/ja", "/fr") not in seen  # it reposts the ministry's, and goes by that
    before = dues(crosspost)[TOKYO]
    assert crosspost("network", "import", "new.csv", "--yes").code == 0
    assert (before, dues(crosspost)[TOKYO]) == ("2099-11-08T06:00:00Z", "2099-11-08T02:00:00Z")
