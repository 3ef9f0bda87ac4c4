"""Agreed terms, hashtags and locked phrases in translations: only what a reader of the language would object to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.checks import Subject
from crosspost.checks.locked import locked
from crosspost.domain.campaign import ANY, TEXT, Variant
from crosspost.domain.findings import Finding
from crosspost.domain.network import Network
from crosspost.files.campaign import load_campaign
from crosspost.planning import Situation, plan
from crosspost.templating import render
from crosspost.testing.paper import PaperAdapter

GLOSSARY = """\
[terms.register]
fr = "registre consulaire"
en = "consular register"
de = ["Konsularregister", "Konsularregister*"]
ru = ["консульский реестр", "консульск* реестр*"]
tr = ["konsolosluk kaydı", "konsolosluk kayd*"]
ar = "السجل القنصلي"
he = ["המרשם הקונסולרי", "מרשם הקונסולרי"]
zh-Hans = "领事登记"
ja = "領事登録"
pt = "registo consular"
[locked.rights]
fr = "droits humains"
en = "human rights"
[hashtags.day]
fr = "#8Mars"
de = "#Weltfrauentag"
"""

HEAD = 'title = "T"\n[posts.a]\nat = "2027-03-01 09:00 local"\n[posts.a.text]\n'
SOURCE = 'fr = "Inscrivez-vous au registre consulaire. {{ mission.city }}"\n'

Check = Callable[[str], list[Finding]]


@pytest.fixture
def agreed(found: Check, tmp_path: Path) -> Check:
    """Check a campaign beside the glossary; what other rules say is left out."""
    (tmp_path / "glossary.toml").write_text(GLOSSARY, "utf-8")
    rules = {"agreed-term", "agreed-hashtag", "locked-phrase"}
    return lambda text: [finding for finding in found(HEAD + text) if finding.rule in rules]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Join the Consular  Register."),
        ("de", "ein Eintrag des Konsularregisters"),
        ("ru", "в консульском реестре"),
        ("tr", "Konsolosluk kaydınızı yaptırın"),
        ("ar", "للتسجيل في السجل القنصلي"),
        ("ar", "وبالسجل القنصلي"),
        ("ar", "للسجل القنصلي"),
        ("he", "נא להירשם במרשם הקונסולרי"),
        ("zh-Hans", "请办妥领事登记。"),
        ("ja", "在外公館で領事登録を済ませ"),
        ("pt-BR", "o registo consular"),
        ("ko", "nothing is agreed in Korean"),
    ],
)
def test_a_translation_with_the_agreed_words_is_not_told(agreed: Check, language: str, words: str) -> None:
    assert agreed(f'{SOURCE}{language} = "{words}"\n') == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Join the consular list."),
        ("de", "ein Register der Konsulate"),
        ("ru", "в реестре консульства"),
        ("tr", "konsolosluk listesi"),
        ("ar", "السجل المدني"),
        ("he", "המרשם האזרחי"),
        ("zh-Hans", "请办妥登记。"),
        ("ja", "登録を済ませ"),
    ],
)
def test_a_translation_with_other_words_is_a_warning_with_the_term_beside_it(
    agreed: Check, language: str, words: str
) -> None:
    (finding,) = agreed(f'{SOURCE}{language} = "{words}"\n')

    assert (finding.severity, finding.rule) == ("warning", "agreed-term")
    assert finding.place is not None
    assert finding.place.line == 6
    assert "“registre consulaire” (register)" in finding.message


def test_what_the_source_does_not_say_is_asked_of_no_translation(agreed: Check) -> None:
    assert agreed('fr = "Bonjour"\nen = "Hello"\n') == []


def test_the_text_of_a_platform_is_held_against_the_source_of_that_platform(agreed: Check) -> None:
    short = '[posts.a.on.paper.text]\nfr = "Inscrivez-vous"\nen = "Register"\n'

    assert [f.place.line for f in agreed(f'{SOURCE}en = "Register"\n{short}') if f.place] == [6]


def test_a_missing_locked_phrase_is_an_error(agreed: Check) -> None:
    (finding,) = agreed('fr = "Les droits humains"\nen = "The rights of humans"\nde = "Menschen"\n')

    assert (finding.severity, finding.rule) == ("error", "locked-phrase")
    assert "“human rights”, which is locked (rights)" in finding.message


def test_a_hashtag_that_was_translated_otherwise_is_a_warning(agreed: Check) -> None:
    source = 'fr = "Bonjour #8Mars"\n'

    (finding,) = agreed(f'{source}de = "Hallo #Frauentag"\n')
    assert (finding.severity, finding.rule) == ("warning", "agreed-hashtag")
    assert "has #Frauentag, where #Weltfrauentag is agreed for #8Mars" in finding.message
    for fine in ("Hallo", "Hallo #weltfrauentag", "Hallo #8Mars #Berlin"):
        assert agreed(f'{source}de = "{fine}"\n') == []


@pytest.mark.parametrize(("words", "is_told"), [("Les droits de l’homme", True), ("Les Droits humains", False)])
def test_words_of_a_mission_without_a_locked_phrase_do_not_keep_the_centre_from_queuing(
    tmp_path: Path, small_network: Network, words: str, *, is_told: bool
) -> None:
    (tmp_path / "glossary.toml").write_text(GLOSSARY, "utf-8")
    folder = tmp_path / "cop31"
    folder.mkdir()
    (folder / "campaign.toml").write_text(f'{HEAD}fr = "Les droits humains"\n', "utf-8")
    file = load_campaign(folder, owner="ministry")
    assert file.campaign is not None
    situation = Situation(
        campaign=file.campaign,
        network=small_network,
        now=datetime(2027, 1, 1, tzinfo=UTC),
        adapters={"paper": PaperAdapter(), "board": PaperAdapter("board", text_limit=40)},
        render=render,
    )
    own = Variant("asia", TEXT, "fr", ANY, words)
    subject = Subject(file.campaign, small_network, plan(replace(situation, overrides={"a": (own,)})), file.place)

    findings = list(locked(subject))

    assert [f.severity for f in findings] == (["warning"] if is_told else [])
    if is_told:
        assert "the words of asia for a in fr" in findings[0].message
        assert "(tokyo/paper, seoul/paper)" in findings[0].message
