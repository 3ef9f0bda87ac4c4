"""Gathering the report at the desk, from a real store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from crosspost.adapter import Receipt
from crosspost.cli.report import write_report
from crosspost.desk import accounts, holds, overrides, replan
from crosspost.desk.campaigns import Edit, Prospect, QueueCampaign, Withdraw
from crosspost.desk.desk import Desk
from crosspost.desk.report import HELD, PLANNED, Platform, gather, gather_plan, platforms
from crosspost.desk.world import World
from crosspost.domain.campaign import ANY, TEXT, Campaign, Variant
from crosspost.domain.content import Content
from crosspost.domain.planned import Reason
from crosspost.domain.selection import Selection
from crosspost.errors import UsageError
from crosspost.planning import Situation, plan
from crosspost.store import outcomes
from crosspost.store.outcomes import Tried
from crosspost.store.plans import Changes
from crosspost.templating import render


@pytest.fixture
def queued(desk: Desk, campaign: Campaign) -> Campaign:
    """The campaign, queued by the ministry."""
    replan.commit(desk, [campaign.id], QueueCampaign(desk, campaign, Edit(), is_new_revision=True, now=desk.clock()))
    return campaign


@pytest.fixture
def image(campaign: Campaign) -> str:
    return next(campaign.media()).sha256


def test_what_was_queued_is_reported_with_its_revision(desk: Desk, queued: Campaign) -> None:
    data = gather(desk, "fete")

    assert data.queued is not None
    assert (data.queued.revision, data.queued.who, data.queued.status) == (1, "claire", "active")
    assert {e.state for e in data.entries} == {"queued"}
    assert len(data.entries) == 9


def test_the_words_are_those_that_the_adapter_would_send(desk: Desk, queued: Campaign) -> None:
    for entry in gather(desk, "fete").entries:
        assert entry.words == desk.adapters[entry.content.platform].wording(entry.content)


def test_the_times_origins_and_lengths_are_the_plans(
    desk: Desk, queued: Campaign, prospective: Callable[..., object]
) -> None:
    planned = {e.id: e for e in prospective().entries}  # type: ignore[attr-defined]

    for entry in gather(desk, "fete").entries:
        assert replace(entry, state=PLANNED) == planned[entry.id]


def test_an_override_shows_whose_words_they_are(desk: Desk, queued: Campaign) -> None:
    to = overrides.target(desk, "fete/wishes")
    change = overrides.SetOverride(desk, to, Variant("tokyo", TEXT, "ja", ANY, "東京より"))
    replan.commit(desk, ["fete"], change)

    entry = next(e for e in gather(desk, "fete").entries if e.id == "fete/wishes/tokyo/paper/ja")

    assert entry.words.startswith("東京より")
    assert [o.owner for o in entry.origins if o.field == TEXT] == ["tokyo"]


def test_what_is_under_a_hold_is_held_and_says_why(desk: Desk, queued: Campaign) -> None:
    holds.place(desk, Selection(mission=("asia",)), "a minute of silence")

    entries = gather(desk, "fete").entries

    assert {e.mission for e in entries if e.state == HELD} == {"tokyo", "seoul"}
    assert {e.reason for e in entries if e.state == HELD} == {"hold 1: a minute of silence"}
    assert {e.state for e in entries if e.needs_somebody} == {HELD}


def test_what_a_paused_account_should_say_is_held_and_says_why(desk: Desk, queued: Campaign) -> None:
    accounts.pause(desk, ["praia/paper"], "the password has leaked")

    entries = gather(desk, "fete").entries

    assert {e.account: e.reason for e in entries if e.state == HELD} == {
        "praia/paper": "the account is paused: the password has leaked"
    }


def test_what_the_plan_leaves_out_is_reported_with_its_reason(desk: Desk, queued: Campaign) -> None:
    accounts.retire(desk, ["seoul/paper"])

    data = gather(desk, "fete")

    assert [(s.account, s.reason) for s in data.skipped] == [("seoul/paper", Reason.ACCOUNT)]
    assert {e.state for e in data.entries if e.account == "seoul/paper"} == {"cancelled"}


def test_a_withdrawn_campaign_is_reported_with_what_became_of_it(desk: Desk, queued: Campaign) -> None:
    replan.commit(desk, ["fete"], Withdraw(desk, "fete"))

    data = gather(desk, "fete")

    assert data.queued is not None
    assert data.queued.status == "withdrawn"
    assert {e.state for e in data.entries} == {"cancelled"}


def test_images_come_from_the_media_store_and_lost_ones_are_left_out(
    desk: Desk, queued: Campaign, image: str, prospective: Callable[..., object]
) -> None:
    assert gather(desk, "fete").images == {}

    desk.media.keep(prospective().images[image])  # type: ignore[attr-defined]

    assert set(gather(desk, "fete").images) == {image}


def test_a_campaign_that_is_not_queued_is_reported_from_its_plan(
    desk: Desk, campaign: Campaign, image: str, prospective: Callable[..., object], tmp_path: Path
) -> None:
    made = plan(Situation(campaign, desk.network(), desk.clock(), desk.adapters, render))
    prospect = Prospect(campaign, (), made, replan.Outcome(made, Changes()), is_new_revision=True, edit=Edit())
    file = tmp_path / "flag.png"
    file.write_bytes(prospective().images[image])  # type: ignore[attr-defined]

    data = gather_plan(desk, prospect, [file])

    assert data.queued is None
    assert {e.state for e in data.entries} == {PLANNED}
    assert set(data.images) == {image}
    assert {d.going.account for d in data.world.departures} == {e.account for e in data.entries}
    assert replace(data, world=World()) == prospective()


def test_a_platform_whose_adapter_is_gone_goes_by_its_bare_name() -> None:
    assert platforms(["tokyo/gone"], {}) == {"gone": Platform("gone", "gone")}


def test_a_campaign_that_was_never_queued_has_no_receipts_to_gather(desk: Desk) -> None:
    with pytest.raises(UsageError, match="never queued"):
        gather(desk, "fete")


def test_the_page_is_written_and_its_size_said(desk: Desk, queued: Campaign, tmp_path: Path) -> None:
    target = tmp_path / "report.html"

    size = write_report(desk, "fete", target)

    assert target.stat().st_size == size
    assert "Fête nationale" in unescape(target.read_text("utf-8"))


def test_the_folder_of_a_queued_campaign_names_it_as_well(desk: Desk, queued: Campaign, tmp_path: Path) -> None:
    folder = desk.config.campaigns / "fete"
    folder.mkdir(parents=True)

    assert write_report(desk, str(folder), tmp_path / "a.html") == write_report(desk, "fete", tmp_path / "b.html")


def test_a_place_that_cannot_be_written_is_said(desk: Desk, queued: Campaign, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_report(desk, "fete", tmp_path / "absent" / "report.html")


def test_what_is_out_carries_its_receipt_and_when_it_left(desk: Desk, queued: Campaign) -> None:
    first = gather(desk, "fete").entries[0]
    left = first.time.utc + timedelta(seconds=3)
    with desk.store.write() as tx:
        outcomes.sent(tx, Tried(first.id, first.account, 1), Receipt("1", "https://paper.example/1", left), left)

    entry = next(e for e in gather(desk, "fete").entries if e.id == first.id)

    assert (entry.state, entry.url, entry.sent_at) == ("sent", "https://paper.example/1", left)
    assert not entry.needs_somebody


def test_without_its_adapter_a_content_is_shown_as_it_is_kept(desk: Desk, queued: Campaign) -> None:
    bare = replace(desk, adapters={})

    entry = next(e for e in gather(bare, "fete").entries if e.account == "praia/paper")

    assert entry.content == Content(
        "praia/paper", "pt", entry.content.text, "https://france.example/fete", entry.content.media
    )
    assert entry.words == f"{entry.content.text} https://france.example/fete"
