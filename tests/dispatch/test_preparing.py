"""What is done ahead of the due instant: at nine o'clock only the post is left, and what will fail is known before."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.dispatch.conftest import QUICK, planned, utc_now

from crosspost.adapter import CredentialRefused, NotSent, Rejected, UploadLost
from crosspost.dispatch.daemon import Daemon
from crosspost.domain.content import ContentMedium
from crosspost.domain.hold import Hold
from crosspost.domain.selection import Selection
from crosspost.domain.text import digest_of_bytes
from crosspost.store import Store, deliveries, holds, network, paces, plans
from crosspost.store.media import MediaStore
from crosspost.store.tables import Delivery, core
from crosspost.testing.paper import PaperDoors, PaperPlatform

AHEAD = replace(
    QUICK,
    prepare_ahead=timedelta(minutes=15),
    keeps={"paper": timedelta(hours=1)},
    linger=timedelta(0),
)


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media")


@pytest.fixture
def with_images(store, media) -> Callable[..., str]:
    def put(account: str, due_in: float, images: int = 1, text: str = "Avec images") -> str:
        pictures = []
        for number in range(images):
            data = f"picture {number}".encode()
            media.keep(data)
            pictures.append(ContentMedium(digest_of_bytes(data), "image/png", len(data), f"alt {number}"))
        one = planned(account, text, due_in=due_in)
        one = replace(one, content=replace(one.content, media=tuple(pictures)))
        with store.write() as tx:
            plans.keep_contents(tx, [one.content])
            if deliveries.find(tx, one.id) is None:
                plans.queue(tx, [one])
            else:  # as a new revision of its campaign does
                delivery = core(Delivery)
                tx.execute(update(delivery).where(delivery.c.id == one.id).values(content=one.content.digest))
        return one.id

    return put


@pytest.fixture
def working(store, platform, media):
    """A daemon at work in a thread of its own, which prepares ahead, until the test ends."""
    daemon = Daemon(store, PaperDoors(platform), media, AHEAD, utc_now)
    thread = threading.Thread(target=daemon.run)
    thread.start()
    yield daemon
    daemon.stop()
    thread.join()


def comes_due(store: Store, delivery_id: str) -> None:
    """Let time pass until a delivery is due."""
    delivery = core(Delivery)
    with store.write() as tx:
        tx.execute(update(delivery).where(delivery.c.id == delivery_id).values(due=utc_now()))


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so; bounded, and no longer than it takes."""
    waiting = threading.Event()
    for _ in range(600):
        if is_so():
            return
        waiting.wait(0.05)
    pytest.fail("it never came to be")


def test_images_are_uploaded_and_credentials_tried_ahead_and_nothing_is_said(working, with_images, look, platform):
    delivery = with_images("tokyo/paper", due_in=300, images=2)
    until(lambda: bool(look(delivery).row.prepared))
    assert list(platform.uploads) == platform.described == ["image-1", "image-2"]
    assert platform.questions == ["tokyo/paper"]
    assert (look(delivery).state, look(delivery).row.attempts, platform.posts) == ("queued", 0, [])


def test_at_the_due_instant_only_the_post_is_left(working, store, with_images, look, platform):
    delivery = with_images("tokyo/paper", due_in=300)
    until(lambda: bool(look(delivery).row.prepared))
    done = (list(platform.uploads), list(platform.described), list(platform.questions))
    comes_due(store, delivery)
    until(lambda: look(delivery).state == "sent")
    assert (list(platform.uploads), platform.described, platform.questions) == done


def test_what_is_not_due_for_long_is_not_prepared(working, with_images, look, platform):
    far, near = with_images("tokyo/paper", due_in=3600), with_images("seoul/paper", due_in=60)
    until(lambda: bool(look(near).row.prepared))
    assert not look(far).row.prepared
    assert platform.questions == ["seoul/paper"]


def test_what_is_held_is_not_prepared(working, store, with_images, look, platform):
    with store.write() as tx:
        holds.place(tx, Hold(0, Selection(mission=("tokyo",)), "an earthquake", "desk", utc_now(), None))
    stopped, free = with_images("tokyo/paper", due_in=60), with_images("seoul/paper", due_in=61)
    until(lambda: bool(look(free).row.prepared))
    assert not look(stopped).row.prepared


def test_a_credential_that_no_longer_serves_is_said_before_the_post_is_due(working, store, with_images, look, platform):
    platform.asking = lambda _: CredentialRefused("token expired")
    delivery = with_images("tokyo/paper", due_in=300)

    def is_paused() -> bool:
        with store.read() as tx:
            return network.operations(tx)["tokyo/paper"].paused == "token expired"

    until(is_paused)
    assert look(delivery).state == "queued"


def test_the_wrong_mouth_is_found_ahead(store, platform, media, with_images):
    daemon = Daemon(store, PaperDoors(platform, {"tokyo/paper": "seoul/paper"}), media, AHEAD, utc_now)
    with_images("tokyo/paper", due_in=300)
    daemon.run(until_idle=True)
    with store.read() as tx:
        assert "put the right one in place" in network.operations(tx)["tokyo/paper"].paused


def test_an_image_that_is_refused_fails_its_post_ahead_of_time(working, with_images, look, platform):
    platform.uploading = lambda _: Rejected("no such format")
    delivery = with_images("tokyo/paper", due_in=300)
    until(lambda: look(delivery).state == "failed")
    assert look(delivery).reason == "no such format"


def test_what_fails_for_the_moment_is_tried_again_and_never_makes_the_post_late(working, store, with_images, platform):
    platform.asking = lambda _: NotSent("no route", retry_at=utc_now() + timedelta(hours=2))
    one = with_images("tokyo/paper", due_in=300)

    def waits() -> bool:
        with store.read() as tx:
            return paces.find(tx, "tokyo/paper") is not None

    until(waits)
    with store.read() as tx:
        assert paces.find(tx, "tokyo/paper").until == deliveries.find(tx, one).row.due


def test_a_crash_between_image_and_alt_text_uploads_nothing_again(store, media, with_images, look, platform):
    delivery = with_images("tokyo/paper", due_in=300, images=2)
    struck: list[str] = []

    def strike(account: str) -> NotSent | None:
        if len(platform.described) == 1 and not struck:
            struck.append(account)
            return NotSent("killed", retry_at=utc_now())
        return None

    platform.describing = strike
    for _ in range(2):
        Daemon(store, PaperDoors(platform), media, AHEAD, utc_now).run(until_idle=True)
        with store.write() as tx:
            paces.clear(tx, "tokyo/paper")
    assert struck
    assert list(platform.uploads) == platform.described == ["image-1", "image-2"]
    assert look(delivery).row.prepared


def test_words_that_changed_since_keep_their_images_and_another_image_is_uploaded(store, media, with_images, platform):
    def run() -> None:
        Daemon(store, PaperDoors(platform), media, AHEAD, utc_now).run(until_idle=True)

    with_images("tokyo/paper", due_in=300, text="before")
    run()
    with_images("tokyo/paper", due_in=300, text="after")
    run()
    assert list(platform.uploads) == ["image-1"]
    with_images("tokyo/paper", due_in=300, text="after", images=2)
    run()
    assert list(platform.uploads) == ["image-1", "image-2"]


def test_an_upload_that_the_platform_keeps_no_longer_is_made_anew(store, media, with_images, look, platform):
    delivery = with_images("tokyo/paper", due_in=300)
    Daemon(store, PaperDoors(platform), media, AHEAD, utc_now).run(until_idle=True)
    comes_due(store, delivery)
    brief = replace(AHEAD, keeps={"paper": timedelta(microseconds=1)})
    Daemon(store, PaperDoors(platform), media, brief, utc_now).run(until_idle=True)
    assert look(delivery).state == "sent"
    assert list(platform.uploads) == ["image-1", "image-2"]


def test_nothing_is_prepared_where_it_is_turned_off(store, media, with_images, look, platform):
    off = replace(AHEAD, prepare_ahead=timedelta(0))
    delivery = with_images("tokyo/paper", due_in=60)
    Daemon(store, PaperDoors(platform), media, off, utc_now).run(until_idle=True)
    assert (look(delivery).row.prepared, platform.questions) == ("", [])


def test_a_post_that_comes_while_its_account_is_prepared_has_the_account_after_that_step(
    working, with_images, enqueue, look, platform
):
    uploading, may_go_on = threading.Event(), threading.Event()

    def wait(_: str) -> None:
        uploading.set()
        may_go_on.wait(30)

    uploaded_when_said: list[int] = []
    platform.uploading = wait
    platform.before = lambda _: uploaded_when_said.append(len(platform.uploads))
    later = with_images("tokyo/paper", due_in=300, images=4)
    assert uploading.wait(30)
    urgent = enqueue("tokyo/paper", "at once", priority=1)
    may_go_on.set()
    until(lambda: look(urgent).state == "sent")
    until(lambda: bool(look(later).row.prepared))
    assert [content.text for content in platform.posts] == ["at once"]
    assert uploaded_when_said == [1], "it waited for one step and no more"
    assert list(platform.uploads) == ["image-1", "image-2", "image-3", "image-4"], "none was uploaded twice"


def test_an_account_that_has_something_due_soon_is_left_alone(store, media, platform, enqueue, look):
    guarded = replace(AHEAD, margin=timedelta(minutes=1))
    enqueue("tokyo/paper", "soon", due_in=50)
    enqueue("tokyo/paper", "later", due_in=200)
    other = enqueue("seoul/paper", "other", due_in=300)
    Daemon(store, PaperDoors(platform), media, guarded, utc_now).run(until_idle=True)
    assert look(other).row.prepared
    assert platform.questions == ["seoul/paper"]


def test_a_slow_preparation_keeps_no_sender_from_what_is_due(store, media, platform, with_images, enqueue, look):
    settings = replace(AHEAD, workers=1)
    may_go_on = threading.Event()
    platform.uploading = lambda _: may_go_on.wait(30) and None
    daemon = Daemon(store, PaperDoors(platform), media, settings, utc_now)
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        with_images("tokyo/paper", due_in=300)
        until(lambda: platform.questions == ["tokyo/paper"])
        due = enqueue("seoul/paper", "now")
        until(lambda: look(due).state == "sent")
        assert not platform.uploads
    finally:
        may_go_on.set()
        daemon.stop()
        thread.join()


def test_a_connection_is_opened_shortly_before_the_post_is_due(working, enqueue, look, platform):
    soon = enqueue("tokyo/paper", "soon", due_in=15)
    enqueue("seoul/paper", "later", due_in=300)
    until(lambda: platform.warmed.count("tokyo/paper") >= 2)
    assert platform.warmed.count("seoul/paper") <= 1, "prepared, and not opened yet"
    assert look(soon).state == "queued"


def test_a_confirmed_credential_is_tried_again_after_an_hour(store, media, enqueue, platform):
    def run(text: str) -> list[str]:
        enqueue("tokyo/paper", text, due_in=300)
        Daemon(store, PaperDoors(platform), media, AHEAD, utc_now).run(until_idle=True)
        return platform.questions

    assert run("first") == ["tokyo/paper"]
    assert run("second") == ["tokyo/paper"]
    with store.write() as tx:
        network.operate(tx, "tokyo/paper", verified_at=utc_now() - timedelta(hours=2))
    assert run("third") == ["tokyo/paper"] * 2


def test_what_is_done_ahead_counts_in_no_platforms_memory_once_the_post_is_out(store, media, with_images, platform):
    with_images("tokyo/paper", due_in=-1)
    Daemon(store, PaperDoors(platform), media, AHEAD, utc_now).run(until_idle=True)
    assert len(platform.posts) == 1
    with store.read() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM uploaded").scalar() == 0


def test_paper_refuses_an_image_that_was_not_described(platform: PaperPlatform):
    medium = ContentMedium("0" * 64, "image/png", 1, "alt")
    handle = platform.upload("tokyo/paper", medium)
    content = replace(planned("tokyo/paper", "text").content, media=(medium,))
    with pytest.raises(Rejected, match="not described"):
        platform.require_images(content, [handle])


def test_a_fresh_upload_that_the_platform_does_not_know_fails_its_post_and_is_not_made_for_ever(
    store, media, with_images, look, platform
):
    delivery = with_images("tokyo/paper", due_in=-1)
    platform.before = lambda _: UploadLost("no such medium")
    Daemon(store, PaperDoors(platform), media, AHEAD, utc_now).run(until_idle=True)
    assert (look(delivery).state, look(delivery).row.attempts) == ("failed", 1)
