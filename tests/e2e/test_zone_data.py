"""A campaign queued under one version of the zone data and sent under the next: real packages, real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from tests.zone_data import archived, fixed, make_package, package_file, read, seconds

from crosspost.domain.zones import data_version, zone

#: Missions on whose clocks countries have decided anew, by zone: Rabat's and Casablanca's is one.
ZONES = {
    "Africa/Casablanca": ("amb-ma-rabat", "cg-ma-casablanca"),
    "America/Vancouver": ("cg-ca-vancouver",),
    "America/Havana": ("amb-cu-havana",),
}

HEAD = """\
title = "Times"
source = "fr"

[audience]
mission = [{missions}]
platform = ["facebook", "twitter"]
except = ["amb-ma-rabat/twitter", "amb-cu-havana/twitter"]
"""

POST = """
[posts.{name}]
at = "{at}"
quiet = "ignore"

[posts.{name}.text]
fr = "{text}"
en = "{text}"
es = "{text}"
ar = "{text}"
"""


def crosspost(folder, package, *arguments, expect=0):
    """Run crosspost with another version's package before the one that is installed."""
    path = os.pathsep.join(filter(None, [str(package), os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [sys.executable, "-m", "crosspost", *arguments],
        cwd=folder.path,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def write_campaign(folder, posts):
    missions = ", ".join(f'"{mission}"' for several in ZONES.values() for mission in several)
    target = folder.path / "campaigns" / "times"
    target.mkdir(parents=True)
    text = HEAD.format(missions=missions) + "".join(POST.format(name=n, at=at, text=words) for n, at, words in posts)
    (target / "campaign.toml").write_text(text, "utf-8")


@pytest.fixture
def older(tmp_path):
    """The version of 2024 that python-dateutil carries."""
    known = dict(archived())
    return make_package(tmp_path / "older", "2024a", known)


@pytest.fixture
def behind(tmp_path):
    """A version by which the clocks of the four cities are an hour behind what they show."""
    now = datetime.now(UTC)
    clocks = {name: fixed(now.astimezone(zone(name)).utcoffset() - timedelta(hours=1)) for name in ZONES}
    return make_package(tmp_path / "behind", "2025z", clocks)


def test_what_the_next_version_says_otherwise_is_listed_and_moved_and_nothing_else(folder, older):
    day = datetime(datetime.now(UTC).year + 1, 11, 20, 9)  # noqa: DTZ001 - a wall time
    write_campaign(folder, [("opening", f"{day:%Y-%m-%d %H:%M} local", "Bonjour")])
    crosspost(folder, older, "campaign", "queue", "times")
    assert "tzdata 2024a" in crosspost(folder, older, "doctor")
    assert json.loads(crosspost(folder, older, "schedule", "recheck", "--json"))["moved"] == []
    files, expected = dict(archived()), {}
    for name, missions in ZONES.items():
        by_older, now = (read(data).first_shown(seconds(day)) for data in (files[name], package_file(name)))
        assert by_older is not None
        assert now is not None
        expected |= {mission: now - by_older for mission in missions if now != by_older}
    assert {"amb-ma-rabat", "cg-ca-vancouver"} <= set(expected)
    warned = [
        one for one in json.loads(folder.crosspost("doctor", "--json", expect=None).stdout) if one["check"] == "times"
    ]
    assert [one["level"] for one in warned] == ["warning"]
    listed = folder.json("schedule", "recheck", "--yes")
    assert listed["zone_data"] == data_version()
    assert {one["delivery"].split("/")[2]: one["seconds"] for one in listed["moved"]} == expected
    assert folder.json("schedule", "recheck")["moved"] == []
    left = {d["delivery"]: d["due_at"] for d in folder.json("queue")}
    assert {one["delivery"]: one["due_at"] for one in listed["moved"]}.items() <= left.items()


def test_a_campaign_queued_under_one_version_leaves_when_the_next_says(folder, behind):
    now = datetime.now(UTC)
    at = {name: f"{now.astimezone(zone(name)):%Y-%m-%d %H:%M} {name}" for name in ZONES}
    posts = [(name.partition("/")[2].lower(), when, f"Il est l'heure : {name}") for name, when in at.items()]
    write_campaign(folder, [*posts, ("embargo", f"{now + timedelta(hours=2):%Y-%m-%d %H:%M} UTC", "Plus tard")])
    folder.start_sandbox()
    crosspost(folder, behind, "campaign", "queue", "times")
    crosspost(folder, behind, "daemon", "--until-idle", "--linger", "0")
    assert folder.published() == []  # by that version, it is an hour too early
    said = folder.crosspost("daemon", "--until-idle", "--linger", "0", "--verbose")
    out = [(post["account"].partition("/")[0], post["text"]) for post in folder.published()]
    missions = [mission for several in ZONES.values() for mission in several]
    assert sorted(out) == sorted((mission, words) for mission in missions for _, _, words in posts)
    [line] = [line for line in (said.stdout + said.stderr).splitlines() if "follows the zone data" in line]
    assert all(name in line for name in ZONES)
    states = {d["delivery"].split("/")[1]: d["state"] for d in folder.json("queue")}
    assert states["embargo"] == "queued"
    # Whoever still has the older version is told what went out otherwise than it says.
    gone = json.loads(crosspost(folder, behind, "schedule", "recheck", "--dry-run", "--json"))["out"]
    assert {(one["state"], one["seconds"]) for one in gone} == {("sent", 3600)}
    assert len(gone) == len(out)
