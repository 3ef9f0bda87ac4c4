"""The glossary's file: what is read from it, and that each mistake is told with its line and what to write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crosspost.domain.findings import Finding
from crosspost.domain.glossary import Term, TermKind
from crosspost.files.campaign import CampaignFile, Glossary, Known, load_campaign, load_glossary

VALID = """\
[terms.climate-change]
fr = "changement climatique"
en = ["climate change", "changing climate*"]
[hashtags.womens-day]
fr = "8Mars"
ar = "#يوم_المرأة"
[locked.two-states]
fr = "deux États"
[names.tchequie]
fr = "République tchèque"
"""

Read = Callable[[str], Glossary]


@pytest.fixture
def read(tmp_path: Path, known: Known) -> Read:
    """Write a glossary.toml and read it."""

    def reading(text: str) -> Glossary:
        (tmp_path / "glossary.toml").write_text(text, "utf-8")
        return load_glossary(tmp_path, known)

    return reading


def told(findings: tuple[Finding, ...]) -> list[str]:
    return [f"{f.place.line if f.place else 0} {f.severity} {f.rule}" for f in findings]


def test_each_table_is_a_term_with_its_forms_by_language(read: Read) -> None:
    found = read(VALID)

    assert found.findings == ()
    climate = (("fr", ("changement climatique",)), ("en", ("climate change", "changing climate*")))
    assert found.terms == (
        Term("climate-change", TermKind.TERM, climate),
        Term("tchequie", TermKind.NAME, (("fr", ("République tchèque",)),)),
        Term("two-states", TermKind.LOCKED, (("fr", ("deux États",)),)),
        Term("womens-day", TermKind.HASHTAG, (("fr", ("#8Mars",)), ("ar", ("#يوم_المرأة",)))),
    )


def test_a_term_stands_somewhere_in_the_file(read: Read) -> None:
    found = read(VALID)
    climate = found.terms[0]

    assert found.place(climate).line == 1
    assert found.place(climate, "en").line == 3
    assert found.place(climate, "ja").line == 1, "where it would be added"


def test_there_need_be_no_glossary(tmp_path: Path) -> None:
    found = load_glossary(tmp_path)

    assert (found.terms, found.findings) == ((), ())


def test_a_link_that_leads_nowhere_is_no_missing_glossary(tmp_path: Path) -> None:
    (tmp_path / "glossary.toml").symlink_to(tmp_path / "moved.toml")

    assert [f.rule for f in load_glossary(tmp_path).findings] == ["file-missing"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[term.x]\nfr = 'a'\n", "1 error misplaced-key"),
        ("[lockd.x]\nfr = 'a'\n", "1 error unknown-key"),
        ("[terms]\nx = 'a'\n", "2 error type"),
        ("[terms.'Climate Change']\nfr = 'a'\n", "1 error glossary-id"),
        ("[terms.x]\n", "1 error glossary-empty"),
        ("[terms.x]\nfrench = 'a'\n", "2 error unknown-language"),
        ("[terms.x]\nzh_hans = 'a'\n", "2 error language-tag"),
        ("[terms.x]\nfr = 3\n", "2 error type"),
        ("[terms.x]\nfr = ['a', 3]\n", "2 error type"),
        ("[terms.x]\nfr = []\n", "2 error text-empty"),
        ("[terms.x]\nfr = ' '\n", "2 error text-empty"),
        ("[terms.x]\nfr = 'реестр*'\n", "2 error glossary-ending"),
        ("[terms.x]\nfr = ['реестр', 'ре*стр']\n", "2 error glossary-ending"),
        ("[terms.x]\nfr = ['реестр', 'р* реестр*']\n", "2 error glossary-ending"),
        ("[terms.x]\nfr = ['реестр', '*']\n", "2 error glossary-ending"),
        ("[locked.x]\nfr = ['deux États', 'deux État*']\n", "2 error glossary-ending"),
        ("[hashtags.x]\nfr = '#Fête nationale'\n", "2 error glossary-hashtag"),
        ("[hashtags.x]\nfr = '#2030'\n", "2 error glossary-hashtag"),
        ("[hashtags.x]\nfr = '#8Mar*'\n", "2 error glossary-hashtag"),
        ("[terms.x]\nfr = 'a'\n[names.x]\nfr = 'b'\n", "3 error glossary-twice"),
        ("[terms.x]\nfr = «a»\n", "2 error curly-quote"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_a_remedy(read: Read, text: str, expected: str) -> None:
    found = read(text)

    assert told(found.findings) == [expected]
    assert found.findings[0].remedy
    assert str(found.findings[0].place).partition(":")[0].endswith("glossary.toml")


def test_all_mistakes_are_told_in_one_run_and_hide_no_good_term(read: Read) -> None:
    found = read(f"{VALID}[terms.x]\nfr = ''\nxx-yy-zz = 'a'\n[hashtags.y]\nfr = '#a b'\n[unknown.z]\nfr = 'a'\n")

    assert len(found.findings) == 4
    assert [term.id for term in found.terms] == ["climate-change", "tchequie", "two-states", "womens-day"]


def test_the_first_form_is_told_whole_by_its_remedy(read: Read) -> None:
    (finding,) = read("[terms.x]\nru = 'консульск* реестр*'\n").findings

    assert '["…", "консульск* реестр*"]' in finding.remedy


def test_a_form_is_kept_composed_and_once(read: Read) -> None:
    (term,) = read("[terms.x]\nfr = ['E\u0301tat ', 'État']\n").terms

    assert term.forms("fr") == ("État",)


CAMPAIGN = """\
title = "Fête"
[posts.opening]
at = "2027-03-01 09:00 local"
[posts.opening.text]
fr = "Le changement climatique nous concerne."
en = "It concerns us."
"""


def test_a_campaign_keeps_the_terms_that_its_texts_use(load: Callable[[str], CampaignFile], folder: Path) -> None:
    (folder.parent / "glossary.toml").write_text(VALID, "utf-8")

    found = load(CAMPAIGN)

    assert found.findings == ()
    assert found.campaign is not None
    assert [term.id for term in found.campaign.terms] == ["climate-change"]


def test_a_campaign_uses_what_only_a_description_or_a_translation_says(folder: Path, picture: bytes) -> None:
    (folder.parent / "glossary.toml").write_text(VALID + "[terms.square]\nen = 'blue square'\n", "utf-8")
    (folder / "poster.png").write_bytes(picture)
    image = '[[posts.opening.media]]\nfile = "poster.png"\n[posts.opening.media.alt]\nen = "A blue square"\n'
    (folder / "campaign.toml").write_text(CAMPAIGN.replace("climatique", "") + image, "utf-8")

    found = load_campaign(folder, owner="ministry")

    assert found.campaign is not None
    assert [term.id for term in found.campaign.terms] == ["square"]


def test_mistakes_of_the_glossary_are_told_with_those_of_the_campaign(
    load: Callable[[str], CampaignFile], folder: Path
) -> None:
    (folder.parent / "glossary.toml").write_text("[terms.x]\nfr = ''\n", "utf-8")

    found = load(CAMPAIGN.replace('en = "It concerns us."', 'en = ""'))

    assert {Path(f.place.file).name for f in found.findings if f.place} == {"campaign.toml", "glossary.toml"}


def test_the_order_of_the_glossary_does_not_matter_to_a_campaign(
    load: Callable[[str], CampaignFile], folder: Path
) -> None:
    one, other = '[terms.a]\nfr = "changement"\n', '[terms.b]\nfr = "climatique"\n'
    (folder.parent / "glossary.toml").write_text(one + other, "utf-8")
    first = load(CAMPAIGN).campaign
    (folder.parent / "glossary.toml").write_text(other + one, "utf-8")

    assert load(CAMPAIGN).campaign == first
