"""The glossary at the desk: kept with what was queued, and held against missions' own words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crosspost.desk import campaigns as desk_campaigns
from crosspost.desk import overrides, wording
from crosspost.desk.desk import Desk
from crosspost.domain.campaign import ANY, TEXT, Campaign, Variant
from crosspost.domain.glossary import TermKind
from crosspost.errors import FindingsError, UsageError
from crosspost.files.campaign import load_glossary
from crosspost.store import Store, campaigns

GLOSSARY = """\
[locked.rights]
fr = "droits humains"
ar = "حقوق الإنسان"
ja = "人権"
[terms.peace]
fr = "paix durable"
ar = "سلام دائم"
[hashtags.day]
fr = "#8Mars"
ar = "#يوم_المرأة"
"""

CAMPAIGN = """\
title = "COP"
[posts.opening]
at = "2099-03-01 09:00 Europe/Paris"
[posts.opening.text]
fr = "Les droits humains pour une paix durable #8Mars"
ar = "حقوق الإنسان من أجل سلام دائم #يوم_المرأة"
pt = "Direitos"
"""


@pytest.fixture
def ministry(desk_of: Callable[[str], Desk]) -> Desk:
    """The ministry's desk, with a campaign and a glossary in its folder."""
    desk = desk_of("ministry")
    folder = desk.config.campaigns / "cop"
    folder.mkdir(parents=True)
    (folder / "campaign.toml").write_text(CAMPAIGN, "utf-8")
    write_glossary(desk, GLOSSARY)
    return desk


def write_glossary(desk: Desk, text: str) -> None:
    (desk.config.campaigns / "glossary.toml").write_text(text, "utf-8")


def queue(desk: Desk) -> desk_campaigns.Prospect:
    file = desk_campaigns.read(desk, "cop")
    return desk_campaigns.queue(desk, file, desk_campaigns.prospect(desk, file))


def kept(desk: Desk) -> Campaign:
    with desk.store.read() as tx:
        row = campaigns.find(tx, "cop")
        assert row is not None
        return campaigns.current(tx, row)[0]


def own(words: str, language: str = "ar", field: str = TEXT) -> Variant:
    return Variant("cairo", field, language, ANY, words)


def test_a_queued_campaign_keeps_the_terms_that_it_uses(ministry: Desk) -> None:
    write_glossary(ministry, GLOSSARY + '[terms.other]\nfr = "climat"\n')

    queue(ministry)

    assert [term.id for term in kept(ministry).terms] == ["day", "peace", "rights"]
    assert kept(ministry).terms[2].kind is TermKind.LOCKED
    assert kept(ministry).terms[2].forms("ar") == ("حقوق الإنسان",)


def test_queuing_again_is_no_new_version_whatever_becomes_of_terms_that_it_does_not_use(ministry: Desk) -> None:
    queue(ministry)

    assert not queue(ministry).is_new_revision
    write_glossary(ministry, '[terms.other]\nfr = "climat"\n' + GLOSSARY)
    assert not queue(ministry).is_new_revision


def test_a_changed_term_shows_when_the_campaign_is_queued_next(ministry: Desk) -> None:
    queue(ministry)
    write_glossary(ministry, GLOSSARY.replace("سلام دائم", "سلام مستدام"))

    done = queue(ministry)

    assert "glossary peace in ar: سلام دائم → سلام مستدام" in done.differences
    assert [f.rule for f in done.findings if f.severity == "warning"] == ["agreed-term"]


def test_a_translation_without_a_locked_phrase_is_not_queued(ministry: Desk) -> None:
    file = ministry.config.campaigns / "cop" / "campaign.toml"
    file.write_text(CAMPAIGN.replace("حقوق الإنسان", "حقوق الناس"), "utf-8")

    with pytest.raises(FindingsError):
        queue(ministry)


def test_a_broken_glossary_keeps_a_campaign_from_being_queued(ministry: Desk) -> None:
    write_glossary(ministry, GLOSSARY + "[terms.x]\nfr = 3\n")

    with pytest.raises(FindingsError) as refused:
        queue(ministry)

    assert "glossary.toml" in str(refused.value.findings[0].place)


def test_a_version_from_before_there_was_a_glossary_is_still_read(ministry: Desk, store: Store) -> None:
    queue(ministry)
    with store.write() as tx:
        row = campaigns.find(tx, "cop")
        assert row is not None
        _, revision = campaigns.current(tx, row)
        old = {name: value for name, value in revision.value.items() if name != "terms"}
        table = campaigns._revision
        tx.execute(table.update().where(table.c.campaign == "cop").values(value=old))

    assert kept(ministry).terms == ()


@pytest.mark.parametrize(("language", "words"), [("ar", "سلام دائم"), ("fr", "Les droits de l’homme"), ("ja", "権利")])
def test_own_words_without_a_locked_phrase_are_refused_and_told_it(
    ministry: Desk, desk_of: Callable[[str], Desk], language: str, words: str
) -> None:
    queue(ministry)
    to = overrides.target(ministry, "cop/opening")
    phrase = {"ar": "حقوق الإنسان", "fr": "droits humains", "ja": "人権"}[language]

    with pytest.raises(UsageError, match=phrase):
        overrides.put(desk_of("cairo"), to, own(words, language))

    assert overrides.every(ministry, "cop") == []


def test_own_words_with_the_phrase_are_kept_in_their_own_grammar(
    ministry: Desk, desk_of: Callable[[str], Desk]
) -> None:
    queue(ministry)
    to = overrides.target(ministry, "cop/opening")

    overrides.put(desk_of("cairo"), to, own("وحُقوق الإنسان لنا"))
    overrides.put(desk_of("cairo"), to, own("Nos Droits humains", "fr"))

    assert len(overrides.every(ministry, "cop")) == 2


def test_a_later_glossary_does_not_change_what_is_asked_of_a_queued_campaign(
    ministry: Desk, desk_of: Callable[[str], Desk]
) -> None:
    queue(ministry)
    write_glossary(ministry, GLOSSARY.replace("droits humains", "deux États"))
    to = overrides.target(ministry, "cop/opening")

    overrides.put(desk_of("cairo"), to, own("Nos droits humains", "fr"))
    with pytest.raises(UsageError, match="droits humains"):
        overrides.put(desk_of("cairo"), to, own("Nos deux États", "fr"))


def test_missing_terms_and_other_hashtags_are_only_told(ministry: Desk) -> None:
    queue(ministry)
    campaign = kept(ministry)
    lacking = [t.id for t in wording.unagreed(campaign, campaign.posts[0], own("حقوق الإنسان #عيد_المرأة"))]

    assert lacking == ["day", "peace"]
    assert wording.unagreed(campaign, campaign.posts[0], own("2099-01-01 09:00 local", ANY, "time")) == []


def test_a_term_is_found_by_id_by_its_words_and_a_country_by_its_name(ministry: Desk) -> None:
    terms = wording.glossary(ministry).terms

    def ids(said: str) -> list[str]:
        return [term.id for term in wording.found(terms, said, ("fr", "ja"))]

    assert (ids("rights"), ids("rig"), ids("Paix"), ids("انسان")) == (["rights"], ["rights"], ["peace"], ["rights"])
    assert (ids("日本"), ids("jp"), ids("Égypte"), ids("nowhere")) == (["JP"], ["JP"], ["EG"], [])


def test_a_language_without_words_is_told_and_of_a_locked_phrase_it_is_a_warning(ministry: Desk) -> None:
    read = load_glossary(ministry.config.campaigns)

    told = {(f.severity.value, f.message.partition(" has ")[0]) for f in wording.gaps(read, ("fr", "ar", "ko"))}

    assert told == {("warning", "rights"), ("note", "peace")}
    assert list(wording.gaps(read, ("fr", "ar"))) == []
