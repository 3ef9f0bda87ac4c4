"""What the desk keeps whole: what is on its way when a plan changes, whose act it is, and what nobody may undo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from tests.desk.conftest import Nothing, with_text

from crosspost.adapter import NotSent
from crosspost.desk import accounts, deliveries, networks, posts, replan
from crosspost.desk.campaigns import Edit, QueueCampaign, withdraw
from crosspost.desk.posts import SinglePost
from crosspost.domain.campaign import ANY, TEXT
from crosspost.domain.delivery import State
from crosspost.domain.network import Mission, Network
from crosspost.domain.schedule import at_instant
from crosspost.domain.selection import Selection
from crosspost.errors import ConflictError, NotPermittedError, UsageError
from crosspost.store import network, outcomes
from crosspost.store.outcomes import Tried
from crosspost.testing.paper import PaperDoors, PaperPlatform

TOKYO = "cop/opening/tokyo/paper/ja"


def on_its_way(store, state):
    with store.write() as tx:
        tx.execute(text(f"UPDATE delivery SET state = '{state}', attempts = 1 WHERE id = '{TOKYO}'"))


def did_not_leave(store):
    with store.write() as tx:
        outcomes.not_sent(tx, Tried(TOKYO, "tokyo/paper", 1), NotSent("refused"), datetime.now(UTC))


def tokyo(desk):
    found = deliveries.find(desk, TOKYO)
    return found.state, found.content.text


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_what_did_not_leave_after_all_waits_when_its_words_have_changed_meanwhile(
    desk_of, queue, campaign, store, state
):
    queue(campaign)
    on_its_way(store, state)
    queue(with_text(campaign, "ja", "訂正"))

    did_not_leave(store)

    assert tokyo(desk_of("")) == ("held", "こんにちは")
    assert deliveries.find(desk_of(""), TOKYO).reason.startswith("stale:")
    replan.commit(desk_of("ministry"), ["cop"], Nothing())
    assert tokyo(desk_of("")) == ("queued", "訂正")


def test_what_did_not_leave_after_all_waits_when_its_campaign_was_withdrawn_meanwhile(desk_of, queue, campaign, store):
    queue(campaign)
    on_its_way(store, "unknown")
    withdraw(desk_of("ministry"), "cop")

    did_not_leave(store)

    assert tokyo(desk_of(""))[0] == "held"
    withdraw(desk_of("ministry"), "cop")
    assert tokyo(desk_of(""))[0] == "cancelled"


def test_what_did_not_leave_and_has_not_changed_goes_on(desk_of, queue, campaign, store):
    queue(campaign)
    on_its_way(store, "sending")
    queue(with_text(campaign, "fr", "Bonsoir"))

    did_not_leave(store)

    assert tokyo(desk_of("")) == ("queued", "こんにちは")


def test_a_new_time_frees_what_was_late(desk_of, queue, campaign, store):
    queue(campaign)
    with store.write() as tx:
        block = "INSERT INTO block VALUES (:id, 'late', 'due long ago', 'daemon', '2027-01-01 00:00:00.000000')"
        tx.execute(text(block), {"id": TOKYO})
    tomorrow = at_instant(datetime.now(UTC) + timedelta(days=1))

    queue(replace(campaign, posts=(replace(campaign.posts[0], at=tomorrow),)))

    assert tokyo(desk_of(""))[0] == "queued"


def test_an_embargo_that_is_set_later_goes_first_all_the_same(desk_of, queue, campaign):
    queue(campaign)
    queue(replace(campaign, posts=(replace(campaign.posts[0], embargo=True),)))

    assert deliveries.find(desk_of(""), TOKYO).row.priority == 1


def test_a_language_that_is_renamed_on_both_sides_is_not_said_again(desk_of, queue, campaign, store, small_network):
    queue(campaign)
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = 'sent' WHERE account = 'praia/paper'"))
    praia = replace(small_network.missions["praia"], languages=("pt-PT",))
    new = Network({**small_network.missions, "praia": praia}, small_network.accounts)
    networks.take_over(desk_of("ministry"), networks.propose(desk_of("ministry"), new))
    post = campaign.posts[0]
    variants = tuple(replace(v, language="pt-PT") if v.language == "pt" else v for v in post.variants)

    queue(replace(campaign, posts=(replace(post, variants=variants),)))

    of_praia = deliveries.every(desk_of(""), Selection(mission=("praia",)))
    assert [(d.row.slot, d.state) for d in of_praia] == [("pt-BR", "sent")]


@dataclass(frozen=True)
class Meanwhile(QueueCampaign):
    """Queues a campaign, while somebody retires an account between its planning and its writing."""

    retired: list[str]

    def see(self, before):
        if not self.retired:
            self.retired.append("tokyo/paper")
            accounts.retire(self.desk, self.retired)
        return super().see(before)


@pytest.mark.parametrize("is_new", [True, False])
def test_what_happens_to_the_network_while_a_campaign_is_planned_is_in_its_plan(desk_of, queue, campaign, is_new):
    desk = desk_of("ministry")
    if not is_new:
        queue(campaign)
        withdraw(desk, "cop")
    change = Meanwhile(desk, campaign, Edit(), True, datetime.now(UTC), [])

    planned = replan.commit(desk, ["cop"], change)["cop"].plan.planned

    assert "tokyo/paper" not in {p.account for p in planned}


def test_a_campaign_stays_with_who_queued_it_first(desk_of, queue, campaign):
    queue(campaign)
    theirs = replace(campaign, owner="asia", audience=Selection(mission=("asia",)))
    change = QueueCampaign(desk_of("asia"), theirs, Edit(), True, datetime.now(UTC))

    with pytest.raises(ConflictError, match="belongs to ministry"):
        replan.commit(desk_of("asia"), ["cop"], change)


def doors_of(small_network):
    return PaperDoors(PaperPlatform({a.id: a.handle for a in small_network.accounts.values()}))


def test_a_mission_may_not_check_the_account_of_another(desk_of, small_network):
    with pytest.raises(NotPermittedError, match="cairo may not act for tokyo"):
        accounts.check(desk_of("cairo"), doors_of(small_network), [small_network.accounts["tokyo/paper"]])


def test_a_check_lifts_the_machines_pause_and_never_a_persons(desk_of, small_network, store):
    desk, doors = desk_of("tokyo"), doors_of(small_network)
    account = small_network.accounts["tokyo/paper"]
    with store.write() as tx:
        network.operate(tx, account.id, paused="token expired")
    accounts.check(desk, doors, [account])
    assert states(desk)[account.id] == "enabled"

    accounts.pause(desk, [account.id], "state mourning")
    accounts.check(desk, doors, [account])
    accounts.check(desk, doors, [account])

    assert states(desk)[account.id] == "paused"
    accounts.resume(desk, [account.id])
    assert states(desk)[account.id] == "enabled"


def states(desk):
    return {status.account.id: status.state for status in accounts.every(desk)}


def test_an_account_of_another_handle_is_asked_again_whose_credential_it_has(desk_of, small_network, store):
    desk = desk_of("ministry")
    accounts.check(desk, doors_of(small_network), list(small_network.accounts.values()))
    renamed = replace(small_network.accounts["tokyo/paper"], handle="@tokyo_new")
    new = Network(small_network.missions, {**small_network.accounts, renamed.id: renamed})

    networks.take_over(desk, networks.propose(desk, new))

    with store.read() as tx:
        confirmed = {name: o.fingerprint for name, o in network.operations(tx).items()}
    assert confirmed["tokyo/paper"] == ""
    assert confirmed["seoul/paper"] == "paper-seoul/paper"


def single(desk):
    at = at_instant(datetime.now(UTC) + timedelta(hours=1))
    made = posts.queue(desk, SinglePost("tokyo", "ja", "お知らせ", ("paper",), at))
    return made.planned[0].id


def test_a_retired_account_loses_what_it_had_queued_on_its_own(desk_of):
    desk = desk_of("tokyo")
    post = single(desk)

    accounts.retire(desk, ["tokyo/paper"])

    found = deliveries.find(desk, post)
    assert (found.state, found.reason) == ("cancelled", "the account is retired")


def test_an_account_that_leaves_the_network_loses_what_it_had_queued_on_its_own(desk_of, small_network):
    post = single(desk_of("tokyo"))
    left = {name: account for name, account in small_network.accounts.items() if name != "tokyo/paper"}
    desk = desk_of("ministry")

    networks.take_over(desk, networks.propose(desk, Network(small_network.missions, left)))

    assert deliveries.find(desk, post).row.state == State.CANCELLED


def test_a_post_without_a_campaign_says_who_queued_it(desk_of):
    desk = desk_of("tokyo")

    explained = deliveries.explain(desk, single(desk))

    assert [(event["action"], event["role"]) for event in explained.events] == [("post", "tokyo")]


def test_a_mission_cannot_be_put_below_itself(small_network):
    with pytest.raises(UsageError, match="cannot be its parent"):
        networks.with_mission(small_network, Mission("asia", "tokyo", "region"), [])


def test_a_damaged_image_is_mended_by_keeping_it_again(desk_of):
    media = desk_of("").media
    sha256 = media.keep(b"an image")
    media.path(sha256).write_bytes(b"damaged")

    media.keep(b"an image")

    assert media.read(sha256) == b"an image"


def test_only_those_below_the_owner_are_spoken_for_though_the_audience_names_more(desk_of, campaign):
    theirs = replace(campaign, owner="asia", audience=Selection(country=("JP", "EG")))
    words = tuple(replace(v, owner="asia") for v in campaign.posts[0].variants if v.field == TEXT and v.platform == ANY)
    theirs = replace(theirs, posts=(replace(campaign.posts[0], variants=words),))
    change = QueueCampaign(desk_of("asia"), theirs, Edit(), True, datetime.now(UTC))

    planned = replan.commit(desk_of("asia"), ["cop"], change)["cop"].plan.planned

    assert {p.account for p in planned} == {"tokyo/paper"}
