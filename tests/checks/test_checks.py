"""Each rule, tried on a file that breaks it and on one that does not. The network is the small one of all tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crosspost.checks import Subject, check
from crosspost.domain.campaign import ANY, TEXT, Campaign, Post, Variant
from crosspost.domain.findings import Finding, Place
from crosspost.domain.hours import ClosedPolicy
from crosspost.domain.network import Network
from crosspost.domain.planned import Plan, Reason, Skipped
from crosspost.domain.schedule import parse_time
from crosspost.domain.selection import Selection

Check = Callable[[str], list[Finding]]

HEAD = 'title = "T"\n'
POST = '[posts.a]\nat = "2027-03-01 09:00 local"\n'
ALL = '[posts.a.text]\nfr = "Bonjour de {{ mission.city }}"\npt = "Bom dia de {{ mission.city }}"\n'
IMAGE = '[[posts.a.media]]\nfile = "poster.png"\n[posts.a.media.alt]\n'


def told(findings: list[Finding]) -> list[str]:
    """The line, severity and rule of each finding."""
    return [f"{f.place.line if f.place else 0} {f.severity} {f.rule}" for f in findings]


def test_a_good_campaign_gives_no_findings(found: Check) -> None:
    assert told(found(HEAD + POST + ALL)) == []


def test_an_image_needs_a_description_in_every_language_of_the_post(found: Check) -> None:
    findings = found(HEAD + POST + ALL + IMAGE + 'fr = "Un carré bleu"\n')

    assert told(findings) == ["7 error alt-text-missing"]
    assert "poster.png is not described in pt" in findings[0].message


def test_a_description_in_a_language_that_may_stand_in_is_enough(found: Check) -> None:
    texts = ALL.replace("pt =", "pt-BR =")

    assert told(found(HEAD + POST + texts + IMAGE + 'fr = "Un carré bleu"\npt = "Um quadrado azul"\n')) == []


@pytest.mark.parametrize(
    "words", ["poster.png", "Poster", "IMG_2034.JPG", "Image", "photo.", "Bonjour de {{ mission.city }}"]
)
def test_a_description_that_describes_nothing_is_told(found: Check, words: str) -> None:
    findings = found(f'{HEAD}{POST}{ALL}{IMAGE}fr = "{words}"\npt = "Um quadrado azul"\n')

    assert told(findings) == ["10 error alt-text-empty"]


def test_a_text_that_is_too_long_is_one_finding_for_each_platform_with_some_accounts_by_name(found: Check) -> None:
    text = f'[posts.a.text]\nfr = "{{{{ mission.city }}}} {"x" * 280}"\npt = "Bom dia"\n'

    findings = [f for f in found(HEAD + POST + text) if f.rule == "does-not-fit"]

    assert told(findings) == ["5 error does-not-fit", "5 error does-not-fit"]
    on_paper = next(f for f in findings if "on paper" in f.message)
    assert "286 characters of 280" in on_paper.message
    assert "(ministry/paper, tokyo/paper, seoul/paper and 1 more)" in on_paper.message


def test_the_text_of_the_platform_is_blamed_where_it_has_its_own(found: Check) -> None:
    text = f'{ALL}[posts.a.on.board.text]\nfr = "{"x" * 41}"\n'

    assert told(found(HEAD + POST + text)) == ["8 error does-not-fit"]


def test_a_placeholder_that_nobody_can_fill_is_told_at_its_text(found: Check) -> None:
    findings = found(f'{HEAD}{POST}[posts.a.text]\nfr = "{{{{ deadlin }}}}"\npt = "Bom dia"\n')

    assert "5 error placeholder" in told(findings)
    assert {f.rule for f in findings} == {"placeholder"}


def test_a_broken_placeholder_is_told_once_even_in_a_language_that_nobody_speaks(found: Check) -> None:
    findings = found(f'{HEAD}{POST}[posts.a.text]\nfr = "Bonjour"\npt = "Bom dia"\nko = "{{{{ deadlin }}}}"\n')

    assert [f for f in told(findings) if "placeholder" in f] == ["7 error placeholder"]


def test_a_required_language_is_missed_in_each_post_that_lacks_it(found: Check) -> None:
    two = (
        POST
        + ALL
        + POST.replace("posts.a", "posts.b")
        + ALL.replace("posts.a", "posts.b")
        + 'en = "Hi {{ mission.city }}"\n'
    )

    assert told(found(f'{HEAD}require = ["en", "fr", "pt-BR"]\n{two}')) == ["5 error required-language"]


def test_accounts_that_a_post_leaves_silent_are_one_warning(found: Check) -> None:
    findings = found(f'{HEAD}{POST}[posts.a.text]\nfr = "Bonjour de {{{{ mission.city }}}}"\n')

    assert told(findings) == ["4 warning silent-accounts"]
    assert "one account, which will be silent: praia/paper" in findings[0].message


def test_a_post_that_nobody_could_say_is_told(found: Check) -> None:
    other = '[posts.b]\nat = "2027-03-01 09:00 local"\n[posts.b.text]\nfr = "x"\nko = "y"\n'

    findings = found(f'{HEAD}[audience]\nmission = ["praia"]\n{POST}{ALL}{other}')

    assert "8 error nobody-says-it" not in told(findings)
    assert "9 error nobody-says-it" in told(findings)
    assert "(no-language 1)" in next(f.message for f in findings if f.rule == "nobody-says-it")


def test_a_post_on_a_day_on_which_everybody_is_closed_is_told_with_what_to_write(small_network: Network) -> None:
    words = (Variant("ministry", TEXT, "fr", ANY, "Bonjour"),)
    post = Post("a", parse_time("2027-03-01 09:00 local"), words, closed=ClosedPolicy.SKIP)
    campaign = Campaign("cop31", "T", "fr", Selection(), (post,))
    skips = (Skipped("cop31", "a", "praia/paper", "", Reason.CLOSED, "Monday, closed in CV: not said there"),)

    findings = check(Subject(campaign, small_network, Plan((), skips), lambda *_: Place("c.toml")))

    [remedy] = [finding.remedy for finding in findings if finding.rule == "nobody-says-it"]
    assert remedy.startswith("Every mission is closed then: give it another day")


def test_an_audience_of_nobody_is_told_and_not_taken_for_everybody(found: Check) -> None:
    findings = found(f'{HEAD}[audience]\nmission = ["tokio"]\n{POST}{ALL}')

    assert [f.rule for f in findings] == ["audience-empty"]


def test_a_post_that_is_past_is_no_mistake_while_another_is_to_come(found: Check) -> None:
    past = '[posts.b]\nat = "2026-03-01 09:00 local"\n' + ALL.replace("posts.a", "posts.b")

    assert told(found(HEAD + POST + ALL + past)) == []
    assert told(found(HEAD + past)) == ["2 error all-past"]


def test_the_same_words_on_many_accounts_are_a_note(found: Check) -> None:
    findings = found(f'{HEAD}{POST}[posts.a.text]\nfr = "Bonjour"\npt = "Bom dia"\n')

    assert told(findings) == ["2 note same-words"]
    assert "4 accounts would say a in the same words on paper (in fr)" in findings[0].message


def test_an_account_that_says_the_same_each_week_is_counted_once(found: Check) -> None:
    weekly = POST + 'repeat = "FREQ=DAILY;COUNT=5"\n'
    findings = found(f'{HEAD}{weekly}[posts.a.text]\nfr = "Bonjour"\npt = "Bom dia"\n')

    (note,) = [f for f in findings if f.rule == "same-words"]
    assert "4 accounts would say a" in note.message


def test_a_translation_that_is_still_the_source_is_a_warning(found: Check) -> None:
    text = ALL.replace("Bom dia", "Bonjour") + IMAGE + 'fr = "Un carré bleu"\npt = "Un carré  bleu"\n'

    assert told(found(HEAD + POST + text)) == ["6 warning untranslated", "11 warning untranslated"]


@pytest.mark.parametrize(
    ("words", "is_wrong"),
    [
        ("\u202bسلام", True),
        ("سلام\u202c", True),
        ("\u2067a\u2066b\u2069c\u2069", False),
        ("\u202aa\u202c", True),
        ("\u202ea\u202c", True),
        ("\u2068a\u2069", False),
        ("\u2067a\u202c\u2069", True),
        ("a\u200fb", False),
    ],
)
def test_direction_controls_are_isolates_that_are_balanced_in_every_line(
    found: Check, words: str, *, is_wrong: bool
) -> None:
    findings = found(f'{HEAD}{POST}{ALL}ar = "{words} {{{{ mission.city }}}}"\n')

    assert [f for f in told(findings) if "same-words" not in f] == (["7 error direction-control"] if is_wrong else [])


def test_a_control_that_is_closed_in_another_line_is_not_closed(found: Check) -> None:
    findings = found(f'{HEAD}{POST}{ALL}ar = "\u2067سلام\\nسلام\u2069"\n')

    assert "7 error direction-control" in told(findings)


def test_an_embedding_is_told_with_what_to_write_instead(found: Check) -> None:
    findings = found(f'{HEAD}{POST}{ALL}ar = "\u202eسلام\u202c"\n')

    (finding,) = [f for f in findings if f.rule == "direction-control"]
    assert "U+202E" in finding.message
    assert "\\u2068" in finding.remedy


def test_mistakes_of_form_and_of_words_are_found_in_one_run(found: Check) -> None:
    findings = found(f'{HEAD}[posts.a]\nat = "2027-02-30 09:00 local"\n{ALL}{IMAGE}fr = "Un carré bleu"\n')

    assert told(findings) == ["7 error alt-text-missing"]


def test_each_rule_stays_silent_on_a_campaign_that_has_nothing(small_network: Network) -> None:
    nothing = Campaign("cop31", "T", "fr", Selection(), ())

    assert check(Subject(nothing, small_network, Plan((), ()), lambda *_: Place("c.toml"))) == ()
