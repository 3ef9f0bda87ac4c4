"""What becomes stale, the answers to it, and that no answer is given for a source that nobody looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from tests.desk.conftest import with_text

from crosspost.desk import answers, deliveries, overrides, replan, translations
from crosspost.desk.answers import Answer, Kind
from crosspost.desk.campaigns import Edit, QueueCampaign
from crosspost.desk.staleness import open_answers, proposal, stale_values
from crosspost.domain.campaign import ANY, LINK, TEXT, TIME, Fact, StalePolicy, Variant
from crosspost.domain.delivery import BlockKind
from crosspost.domain.freshness import Change
from crosspost.domain.schedule import at_instant
from crosspost.domain.selection import Selection
from crosspost.errors import ConflictError, NotPermittedError, UsageError
from crosspost.store import campaigns, events

CAIRO_FR = {"cop/opening/cairo/paper/fr", "cop/opening/cairo/board/*"}
CAIRO_AR = {"cop/opening/cairo/paper/ar"}


@pytest.fixture
def campaign(campaign):
    """The campaign as its file would say it: each translation made from the French text."""
    post = campaign.posts[0]
    variants = tuple(
        v if v.language == "fr" else replace(v, source=post.source_digest(TEXT, "fr")) for v in post.variants
    )
    return replace(campaign, posts=(replace(post, variants=variants),))


@pytest.fixture
def edit(desk_of):
    """Queue another version of the campaign as the ministry, as its file would say it."""

    def put(campaign, change=Change.SUBSTANTIVE, note=""):
        desk, post = desk_of("ministry"), campaign.posts[0]
        variants = tuple(replace(v, source=post.source_digest(TEXT, "fr")) if v.source else v for v in post.variants)
        written = replace(campaign, posts=(replace(post, variants=variants),))
        how = QueueCampaign(desk, written, Edit(change, note), True, datetime.now(UTC))
        return replan.commit(desk, ["cop"], how)["cop"]

    return put


@pytest.fixture
def stale(desk_of, queue, edit, campaign):
    """The campaign with Cairo's own words in French and Arabic, and its French source changed since."""
    queue(campaign)
    own(desk_of("cairo"), "fr", "Bonjour du Caire")
    own(desk_of("cairo"), "ar", "القاهرة")
    edit(with_text(campaign, "fr", "Bonsoir"))
    return with_text(campaign, "fr", "Bonsoir")


def own(desk, language, words, platform=ANY, owner="cairo"):
    variant = Variant(owner, TEXT, language, platform, words)
    return overrides.put(desk, overrides.target(desk, "cop/opening"), variant)


def held(desk):
    return {d.row.id for d in deliveries.every(desk, Selection()) if d.state == "held"}


def stopped(desk, kind):
    return {d.row.id for d in deliveries.every(desk, Selection()) if any(b.kind == kind for b in d.blocks)}


def asked(desk, **filters):
    return answers.asked(desk, "cop", Selection(**filters))


def given(kind, found, reason="", until=None):
    return [Answer(kind, one.post, one.variant, one.source_now, one.revision, reason, until) for one in found]


def test_what_was_made_from_the_old_source_waits_and_is_listed_with_what_changed(desk_of, stale):
    found = open_answers(desk_of(""), campaign="cop", mission="cairo")

    assert {(one.variant.language, one.is_override) for one in found} == {("fr", True), ("ar", True)}
    assert {(one.old_source, one.new_source, one.change) for one in found} == {("Bonjour", "Bonsoir", "substantive")}
    assert {name for one in found for name in one.deliveries} == CAIRO_FR | CAIRO_AR
    assert held(desk_of("")) >= CAIRO_FR | CAIRO_AR


def test_a_translation_of_the_centre_is_open_to_those_who_would_use_it(desk_of, stale):
    assert [one.variant.language for one in open_answers(desk_of(""), mission="tokyo")] == ["ja"]
    assert open_answers(desk_of(""), mission="seoul") == []
    every = {(one.variant.owner, one.variant.language) for one in open_answers(desk_of(""))}
    assert every == {("ministry", "ja"), ("ministry", "pt"), ("cairo", "fr"), ("cairo", "ar")}


def test_what_a_region_says_is_open_to_the_missions_that_say_it(desk_of, queue, edit, campaign):
    queue(campaign)
    own(desk_of("asia"), "fr", "Bonjour d'Asie", owner="asia")
    edit(with_text(campaign, "fr", "Bonsoir"))
    assert [one.variant.owner for one in open_answers(desk_of(""), mission="seoul")] == ["asia"]


def test_what_is_out_already_asks_nobody(desk_of, stale, store):
    with store.write() as tx:
        tx.execute(text("UPDATE delivery SET state = 'sent' WHERE account LIKE 'cairo/%'"))
    assert open_answers(desk_of(""), mission="cairo") == []
    assert len(stale_values(desk_of(""), mission="cairo")) == 2


def test_a_value_is_asked_about_though_another_language_speaks_for_it(desk_of, queue, edit, campaign):
    queue(replace(campaign, stale=StalePolicy.FALLBACK))
    own(desk_of("cairo"), "fr", "Bonjour du Caire")
    own(desk_of("cairo"), "ar", "القاهرة")
    edit(replace(with_text(campaign, "fr", "Bonsoir"), stale=StalePolicy.FALLBACK))
    own(desk_of("cairo"), "ar", "القاهرة اليوم")

    [one] = open_answers(desk_of(""), mission="cairo")

    assert deliveries.find(desk_of(""), "cop/opening/cairo/board/*").content.text == "القاهرة اليوم"
    assert (one.variant.language, set(one.deliveries)) == ("fr", CAIRO_FR)


def test_what_was_accepted_may_leave_and_nothing_else_does(desk_of, stale):
    cairo, before = desk_of("cairo"), held(desk_of(""))

    answers.give(cairo, "cop", given(Kind.ACCEPT, asked(cairo, lang=("fr",))))

    assert before - held(cairo) == CAIRO_FR
    row = next(shown for shown in overrides.listed(cairo, "cop") if shown.row.language == "fr")
    assert (row.row.value, row.fit, row.row.who) == ("Bonjour du Caire", "accepted", "somebody")


def test_accepting_twice_changes_nothing(desk_of, stale):
    cairo = desk_of("cairo")
    answers.give(cairo, "cop", given(Kind.ACCEPT, asked(cairo)))
    assert asked(cairo) == []


def test_taking_the_centres_brings_its_words(desk_of, stale):
    cairo = desk_of("cairo")
    answers.give(cairo, "cop", given(Kind.TAKE_CENTRAL, asked(cairo, lang=("fr",))))
    found = deliveries.find(cairo, "cop/opening/cairo/paper/fr")
    assert (found.state, found.content.text) == ("queued", "Bonsoir")
    assert [row.language for row in overrides.every(cairo, "cop")] == ["ar"]


def test_opting_out_cancels_what_was_asked_about_with_the_reason(desk_of, stale):
    cairo = desk_of("cairo")
    answers.give(cairo, "cop", given(Kind.OPT_OUT, asked(cairo, lang=("ar",)), "state mourning"))
    assert {d.state for d in deliveries.every(cairo, Selection(mission=("cairo",)))} == {"cancelled"}
    assert "state mourning" in deliveries.find(cairo, "cop/opening/cairo/paper/ar").reason


def test_a_pin_holds_until_its_end_and_what_is_due_later_waits(desk_of, stale, edit):
    cairo, now = desk_of("cairo"), datetime.now(UTC)
    found = asked(cairo, lang=("fr",))
    answers.give(cairo, "cop", given(Kind.PIN, found, "agreed with the ministry", now + timedelta(hours=2)))
    assert CAIRO_FR.isdisjoint(held(cairo))
    assert "pinned" in [shown.fit for shown in overrides.listed(cairo, "cop")]

    later = at_instant(now + timedelta(hours=3))
    edit(replace(stale, posts=(replace(stale.posts[0], at=later),)))

    assert held(cairo) >= CAIRO_FR


@pytest.mark.parametrize(
    ("until", "why"),
    [(timedelta(0), "over already"), (timedelta(days=400), "a year at most"), (None, "over already")],
)
def test_a_pin_without_a_sound_end_is_refused(desk_of, stale, until, why):
    cairo = desk_of("cairo")
    end = None if until is None else datetime.now(UTC) + until
    with pytest.raises(UsageError, match=why):
        answers.give(cairo, "cop", given(Kind.PIN, asked(cairo), "because", end))


@pytest.mark.parametrize("kind", [Kind.PIN, Kind.OPT_OUT])
def test_standing_by_words_and_leaving_a_post_out_want_a_reason(desk_of, stale, kind):
    cairo = desk_of("cairo")
    with pytest.raises(UsageError, match="--reason"):
        answers.give(cairo, "cop", given(kind, asked(cairo), " ", datetime.now(UTC) + timedelta(hours=1)))


def test_a_day_alone_ends_when_that_day_ends_on_the_missions_clock(small_network):
    cairo = small_network.missions["cairo"]
    assert answers.end_of("2027-01-15", cairo) == datetime(2027, 1, 15, 22, 0, tzinfo=UTC)
    assert answers.end_of("2027-01-15 18:00 UTC", cairo) == datetime(2027, 1, 15, 18, 0, tzinfo=UTC)
    with pytest.raises(UsageError, match="no clock of its own"):
        answers.end_of("2027-01-15", small_network.missions["asia"])
    with pytest.raises(UsageError, match="a day alone"):
        answers.end_of("soon", cairo)


def test_an_answer_to_an_older_source_is_not_given(desk_of, stale, edit):
    cairo = desk_of("cairo")
    shown = given(Kind.ACCEPT, asked(cairo))
    edit(with_text(stale, "fr", "Bonne nuit"))

    with pytest.raises(ConflictError, match="since this was shown"):
        answers.give(cairo, "cop", shown)

    assert held(cairo) >= CAIRO_FR | CAIRO_AR


def test_an_answer_about_words_that_a_colleague_changed_is_not_given(desk_of, stale):
    cairo = desk_of("cairo")
    shown = given(Kind.TAKE_CENTRAL, asked(cairo))
    own(cairo, "fr", "Bonsoir du Caire")

    done = answers.give(cairo, "cop", shown)

    assert [answer.shown.language for answer in done.overtaken] == ["fr"]
    assert [(row.language, row.value) for row in overrides.every(cairo, "cop")] == [("fr", "Bonsoir du Caire")]


def test_a_version_that_is_queued_while_an_answer_is_written_is_not_answered(desk_of, stale, edit):
    """Paris queues between the planning of the answer and its writing: the answer is planned again, and refused."""
    cairo = desk_of("cairo")

    class Meanwhile(answers.GiveAnswers):
        def see(self, before):
            seen = super().see(before)
            if before.latest.posts[0].variants[0].value == "Bonsoir":
                edit(with_text(stale, "fr", "Bonne nuit"))
            return seen

    change = Meanwhile(cairo, "cop", given(Kind.ACCEPT, asked(cairo)), datetime.now(UTC))
    with pytest.raises(ConflictError):
        replan.commit(cairo, ["cop"], change)
    assert held(cairo) >= CAIRO_FR | CAIRO_AR


def test_a_mission_answers_for_itself_and_for_nobody_else(desk_of, stale):
    tokyo = desk_of("tokyo")
    assert asked(tokyo) == []
    with pytest.raises(NotPermittedError):
        answers.give(tokyo, "cop", given(Kind.ACCEPT, asked(tokyo, mission=("cairo",))))


def test_the_filters_choose_by_what_an_override_is_for(desk_of, queue, edit, campaign):
    queue(campaign)
    own(desk_of("cairo"), "fr", "Bonjour du Caire")
    own(desk_of("cairo"), "fr", "Bonjour à bord", platform="board")
    own(desk_of("tokyo"), "fr", "Bonjour de Tokyo", owner="tokyo")
    edit(with_text(campaign, "fr", "Bonsoir"))
    ministry = desk_of("ministry")

    def values(**filters):
        return {one.variant.value for one in asked(ministry, **filters)}

    assert values(country=("EG",)) == {"Bonjour du Caire", "Bonjour à bord"}
    assert values(platform=("board",)) == {"Bonjour à bord"}
    assert values(except_=("africa",)) == {"Bonjour de Tokyo"}
    assert values(lang=("ar",)) == set()
    assert values(mission=("asia",)) == {"Bonjour de Tokyo"}


@pytest.mark.parametrize("state", ["sending", "sent", "unknown"])
def test_what_may_be_out_is_not_touched_by_an_answer(desk_of, stale, store, state):
    with store.write() as tx:
        tx.execute(text(f"UPDATE delivery SET state = '{state}' WHERE id = 'cop/opening/cairo/paper/fr'"))
    cairo = desk_of("cairo")
    answers.give(cairo, "cop", given(Kind.TAKE_CENTRAL, asked(cairo)))
    found = deliveries.find(cairo, "cop/opening/cairo/paper/fr")
    assert (found.row.state, found.content.text) == (state, "Bonjour du Caire")


def test_new_words_are_fresh_again(desk_of, stale):
    own(desk_of("cairo"), "fr", "Bonsoir du Caire")
    assert CAIRO_FR.isdisjoint(held(desk_of("")))
    assert {shown.row.language: shown.fit for shown in overrides.listed(desk_of(""), "cop")} == {
        "fr": "fresh",
        "ar": "stale",
    }


def test_words_written_while_the_source_changed_are_kept_and_wait(desk_of, stale, edit):
    cairo = desk_of("cairo")
    to = overrides.target(cairo, "cop/opening")
    edit(with_text(stale, "fr", "Bonne nuit"))
    overrides.put(cairo, to, Variant("cairo", TEXT, "fr", ANY, "Bonsoir du Caire"))
    assert held(cairo) >= CAIRO_FR
    assert {one.old_source for one in asked(cairo, lang=("fr",))} == {"Bonsoir"}


@pytest.mark.parametrize(
    ("kind", "words"), [(Kind.ACCEPT, None), (Kind.TAKE_CENTRAL, None), (Kind.PIN, None), (None, "Bonsoir du Caire")]
)
def test_an_answer_lets_go_of_what_a_critical_correction_held_and_of_nothing_else(
    desk_of, queue, edit, campaign, kind, words
):
    queue(campaign)
    own(desk_of("cairo"), "fr", "Bonjour du Caire")
    edit(with_text(campaign, "fr", "Bonsoir"), Change.CRITICAL, "it was evening")
    cairo = desk_of("cairo")
    before = stopped(cairo, BlockKind.CRITICAL)
    assert [one.note for one in asked(cairo)] == ["it was evening"]

    if kind is None:
        own(cairo, "fr", words)
    else:
        answers.give(cairo, "cop", given(kind, asked(cairo), "checked", datetime.now(UTC) + timedelta(hours=2)))

    assert before - stopped(cairo, BlockKind.CRITICAL) == CAIRO_FR


def test_what_has_another_stale_field_stays_under_the_critical_correction(desk_of, queue, edit, campaign):
    linked = Variant("ministry", LINK, ANY, ANY, "https://example.org/a")
    post = replace(campaign.posts[0], variants=(*campaign.posts[0].variants, linked))
    queue(replace(campaign, posts=(post,)))
    cairo = desk_of("cairo")
    own(cairo, "fr", "Bonjour du Caire")
    to = overrides.target(cairo, "cop/opening")
    overrides.put(cairo, to, Variant("cairo", LINK, ANY, ANY, "https://example.org/eg"))
    other = tuple(replace(v, value="https://example.org/b") if v.field == LINK else v for v in post.variants)
    new = with_text(replace(campaign, posts=(replace(post, variants=other),)), "fr", "Bonsoir")
    edit(new, Change.CRITICAL, "both were wrong")

    answers.give(cairo, "cop", given(Kind.ACCEPT, asked(cairo, lang=("fr",))))
    assert stopped(cairo, BlockKind.CRITICAL) >= CAIRO_FR

    answers.give(cairo, "cop", given(Kind.ACCEPT, [one for one in asked(cairo) if one.variant.field == LINK]))
    assert CAIRO_FR.isdisjoint(stopped(cairo, BlockKind.CRITICAL))


@pytest.mark.parametrize("kind", [Kind.ACCEPT, None])
def test_a_correction_that_came_while_somebody_wrote_is_not_answered_by_that(desk_of, queue, edit, campaign, kind):
    """It corrects a fact, so that the words' own source is as it was."""
    queue(campaign)
    cairo = desk_of("cairo")
    own(cairo, "fr", "Bonjour du Caire")
    evening = replace(with_text(campaign, "fr", "Bonsoir {{ hall }}"), facts=(Fact("hall", "text", "A"),))
    edit(evening)
    to, shown = overrides.target(cairo, "cop/opening"), asked(cairo, lang=("fr",))
    edit(replace(evening, facts=(Fact("hall", "text", "B"),)), Change.CRITICAL, "the hall was wrong")

    if kind is None:
        overrides.put(cairo, to, Variant("cairo", TEXT, "fr", ANY, "Bonsoir du Caire {{ hall }}"))
    else:
        answers.give(cairo, "cop", given(kind, shown))

    assert stopped(cairo, BlockKind.CRITICAL) >= CAIRO_FR


def test_setting_a_time_is_no_look_at_the_words(desk_of, queue, edit, campaign):
    queue(campaign)
    edit(with_text(campaign, "fr", "Bonsoir"), Change.CRITICAL, "it was evening")
    cairo = desk_of("cairo")
    at = at_instant(datetime.now(UTC) + timedelta(hours=2))
    overrides.put(cairo, overrides.target(cairo, "cop"), Variant("cairo", TIME, ANY, ANY, str(at)))
    assert stopped(cairo, BlockKind.CRITICAL) >= CAIRO_FR


def revision_of(store):
    with store.read() as tx:
        return campaigns.current(tx, campaigns.find(tx, "cop"))[1]


def test_accepting_a_translation_makes_a_revision_of_the_same_file(desk_of, stale, store):
    before = revision_of(store)
    ministry = desk_of("ministry")
    found = translations.asked(ministry, "cop", Selection(lang=("ja",)))

    translations.renew(ministry, "cop", [translations.accepted(one) for one in found])

    after = revision_of(store)
    assert (after.number, after.file_digest) == (before.number + 1, before.file_digest)
    assert deliveries.find(ministry, "cop/opening/tokyo/paper/ja").state == "queued"
    assert deliveries.find(ministry, "cop/opening/praia/paper/pt-BR").state == "held"
    with store.read() as tx:
        assert events.about(tx, "cop/opening")[-1]["action"] == "translation accept"


def test_new_words_of_a_translation_are_what_its_file_has_to_say_from_now_on(desk_of, stale, store):
    ministry = desk_of("ministry")
    to = overrides.target(ministry, "cop/opening")
    shown = translations.translation(to, TEXT, "ja", ANY)

    translations.edit(ministry, to, translations.reworded(to, shown, "こんばんは"))

    found = deliveries.find(ministry, "cop/opening/tokyo/paper/ja")
    assert (found.state, found.content.text) == ("queued", "こんばんは")
    post = stale.posts[0]
    written = with_text(stale, "ja", "こんばんは")
    sourced = tuple(
        replace(v, source=post.source_digest(TEXT, "fr")) if v.source else v for v in written.posts[0].variants
    )
    written = replace(written, posts=(replace(post, variants=sourced),))
    assert revision_of(store).file_digest == campaigns.digest_of(written)


def test_an_answer_to_a_translation_is_the_centres_and_for_the_source_that_it_looked_at(desk_of, stale, edit):
    found = translations.asked(desk_of(""), "cop", Selection(lang=("ja",)))
    renewals = [translations.accepted(one) for one in found]
    with pytest.raises(NotPermittedError):
        translations.renew(desk_of("asia"), "cop", renewals)
    edit(with_text(stale, "fr", "Bonne nuit"))
    with pytest.raises(ConflictError, match="since this was shown"):
        translations.renew(desk_of("ministry"), "cop", renewals)


@pytest.mark.parametrize(
    ("language", "words", "why"),
    [
        ("fr", "Bonsoir", "the source itself"),
        ("de", "Guten Abend", "no such"),
        ("ja", "あ" * 61, "60"),
        ("ja", " ", "empty"),
    ],
)
def test_a_translation_that_cannot_be_said_is_refused(desk_of, stale, language, words, why):
    ministry = desk_of("ministry")
    to = overrides.target(ministry, "cop/opening")
    with pytest.raises(UsageError, match=why):
        translations.edit(
            ministry, to, translations.reworded(to, translations.translation(to, TEXT, language, ANY), words)
        )


def test_both_changes_are_proposed_in_the_language_of_the_source_alone(desk_of, queue, edit, campaign):
    old = "Elle ouvre bientôt. Merci à tous."
    queue(with_text(campaign, "fr", old))
    own(desk_of("cairo"), "fr", "Elle ouvre bientôt. Merci à tous, au Caire aussi.")
    own(desk_of("cairo"), "ar", "القاهرة")
    edit(with_text(campaign, "fr", "Elle ouvre très bientôt. Merci à tous."))
    proposed = {one.variant.language: proposal(one, "fr") for one in asked(desk_of("cairo"))}
    assert proposed == {"fr": "Elle ouvre très bientôt. Merci à tous, au Caire aussi.", "ar": None}


def test_explain_names_the_revision_of_each_field_and_since_when_it_is_stale(desk_of, stale):
    cairo = desk_of("cairo")

    def fields():
        found = deliveries.explain(cairo, "cop/opening/cairo/paper/fr").fields
        return {f.field: (f.owner, f.revision, f.fit, f.stale_since) for f in found}

    assert fields()["text"] == ("cairo", 1, "stale", 2)
    assert fields()["time"][:1] == ("ministry",)
    answers.give(cairo, "cop", given(Kind.ACCEPT, asked(cairo)))
    assert fields()["text"] == ("cairo", 2, "accepted", None)
    centres = deliveries.explain(cairo, "cop/opening/tokyo/paper/ja").fields[0]
    assert (centres.owner, centres.revision, centres.fit, centres.stale_since) == ("ministry", 1, "stale", 2)
