"""An account that joins its languages, at a desk with a real store: what is queued, and what a change of mode does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from tests.desk.conftest import Nothing

from crosspost.desk import deliveries, holds, networks, overrides, posts, replan, today
from crosspost.desk.worksheet import exporting, importing
from crosspost.domain.bidi import bare
from crosspost.domain.campaign import ANY, LINK, TEXT, Variant
from crosspost.domain.network import LanguageMode
from crosspost.domain.selection import Selection
from crosspost.errors import UsageError
from crosspost.files.worksheet import parse_sheet, written

JOINED = "cop/opening/cairo/board/*"


@pytest.fixture
def switch(desk_of):
    """Let Cairo's board speak in another language mode, as an import of the network does."""

    def change(mode: LanguageMode):
        desk = desk_of("ministry")
        old = desk.network()
        account = replace(old.accounts["cairo/board"], language_mode=mode)
        return networks.take_over(
            desk, networks.propose(desk, replace(old, accounts={**old.accounts, account.id: account}))
        )

    return change


@pytest.fixture
def board(desk_of):
    """Return what Cairo's board says: delivery by delivery, its state and words."""

    def said():
        rows = deliveries.every(desk_of(""), Selection())
        return {row.row.id: (row.state, bare(row.content.text)) for row in rows if row.content.account == "cairo/board"}

    return said


def test_a_joined_post_is_kept_with_its_parts(desk_of, queue, campaign, switch, board):
    queue(campaign)
    switch(LanguageMode.JOINED)

    assert board() == {JOINED: ("queued", "Bonjour\n\nمرحبا")}
    (row,) = [d for d in deliveries.every(desk_of(""), Selection()) if d.row.id == JOINED]
    assert row.content.languages == ("fr", "ar")
    assert not replan.commit(desk_of("ministry"), ["cop"], Nothing())["cop"].changes


def test_an_own_text_changes_its_part_alone(desk_of, queue, campaign, switch, board):
    queue(campaign)
    switch(LanguageMode.JOINED)
    desk = desk_of("cairo")

    overrides.put(desk, overrides.target(desk, "cop/opening"), Variant("cairo", TEXT, "ar", ANY, "أهلا"))

    assert board() == {JOINED: ("queued", "Bonjour\n\nأهلا")}


@pytest.mark.parametrize("state", ["sent", "sending", "unknown"])
def test_what_was_said_language_by_language_is_not_said_again_joined(queue, campaign, store, switch, board, state):
    queue(campaign)
    switch(LanguageMode.EACH)
    with store.write() as tx:
        tx.execute(text(f"UPDATE delivery SET state = '{state}' WHERE id = 'cop/opening/cairo/board/fr'"))

    switch(LanguageMode.JOINED)

    assert board()["cop/opening/cairo/board/fr"][0] == state
    assert [said[0] for said in board().values()].count("queued") == 0


def test_what_was_said_joined_is_not_said_again_language_by_language(queue, campaign, store, switch, board):
    queue(campaign)
    switch(LanguageMode.JOINED)
    with store.write() as tx:
        tx.execute(text(f"UPDATE delivery SET state = 'sent' WHERE id = '{JOINED}'"))

    outcome = switch(LanguageMode.EACH)["cop"]

    assert [said[0] for said in board().values()] == ["sent"]
    assert {s.slot for s in outcome.plan.skipped if s.account == "cairo/board"} == {"fr", "ar"}


def test_a_joined_post_is_found_and_held_by_each_of_its_languages(desk_of, queue, campaign, switch):
    queue(campaign)
    switch(LanguageMode.JOINED)
    desk = desk_of("ministry")

    for language, is_there in {"fr": True, "ar": True, "ja": False}.items():
        found = deliveries.every(desk, Selection(lang=(language,)))
        assert (JOINED in {d.row.id for d in found}) is is_there

    assert holds.stopped_by(desk, Selection(lang=("ar",))) == 2
    holds.place(desk, Selection(lang=("ar",)), "wait")
    assert {d.row.id: d.state for d in deliveries.every(desk, Selection())}[JOINED] == "held"


def test_what_leaves_next_is_named_with_all_its_languages(desk_of, queue, campaign, switch):
    queue(campaign)
    switch(LanguageMode.JOINED)

    (board,) = [one for one in today.inbox(desk_of("cairo"), "cairo").leaving if "cairo/board" in dict(one.says)]

    assert dict(board.says)["cairo/board"] == "fr+ar"


def test_a_worksheet_says_how_much_room_the_other_languages_leave(desk_of, queue, campaign, switch):
    post = campaign.posts[0]
    french = replace(post, variants=tuple(v for v in post.variants if v.language == "fr"))
    queue(replace(campaign, posts=(french,)))
    switch(LanguageMode.JOINED)

    tasks = {(task.language, task.platform): task for task in exporting.sheet(desk_of("cairo"), "cairo").tasks}
    budgets = {language: task.notes.budgets for (language, _), task in tasks.items()}

    assert [(b.platform, b.length, b.is_joined) for b in budgets["ar"] if b.platform == "board"] == [("board", 7, True)]
    assert [(b.platform, b.is_joined) for b in budgets["fr"] if b.is_joined] == [("board", True)]


@pytest.mark.parametrize(
    "link", ["https://x.example/\u202egro", "https://x.example/\u200ea", "https://x", "https://a b.c"]
)
def test_a_link_must_show_what_it_is(desk_of, queue, campaign, link):
    queue(campaign)
    desk = desk_of("cairo")

    with pytest.raises(UsageError, match=r"is not a link|hidden control"):
        overrides.put(desk, overrides.target(desk, "cop/opening"), Variant("cairo", LINK, ANY, ANY, link))
    with pytest.raises(UsageError, match=r"is not a link|hidden control"):
        posts.compose(desk, posts.SinglePost("cairo", "ar", "مرحبا", link=link))


def test_an_override_that_turns_letters_round_is_refused_with_what_to_write(desk_of, queue, campaign):
    queue(campaign)
    desk = desk_of("cairo")

    with pytest.raises(UsageError, match=r"U\+202E turns round .* U\+2068"):
        overrides.put(desk, overrides.target(desk, "cop/opening"), Variant("cairo", TEXT, "ar", ANY, "\u202eمرحبا"))


def test_so_is_a_worksheet_and_the_line_is_named(desk_of, queue, campaign):
    queue(campaign)
    desk = desk_of("cairo")
    exported = written(exporting.sheet(desk, "cairo", Selection(lang=("ar",))), lambda pieces: "")

    found = importing.prospect(
        desk, parse_sheet(exported.replace("\nمرحبا\n", "\n\u202eمرحبا\n"), "cairo.toml")
    ).findings

    assert [f.rule for f in found] == ["direction-control"]
    assert found[0].place.line == exported[: exported.index("text = '''")].count("\n") + 1


def test_so_is_a_post_of_its_own(desk_of):
    with pytest.raises(UsageError, match=r"U\+2067 is not closed"):
        posts.compose(desk_of("cairo"), posts.SinglePost("cairo", "ar", "\u2067مرحبا"))
