"""What `crosspost init` copies is found in a checkout and in an installed package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import crosspost.shipped
from crosspost.domain.agreed import lacking
from crosspost.domain.campaign import ANY
from crosspost.domain.glossary import ENDING
from crosspost.files.campaign import load_campaign, load_glossary
from crosspost.shipped import shipped


def test_the_network_and_the_campaigns_are_found_in_a_checkout():
    assert shipped("network.csv").read_text("utf-8").startswith("mission_id,")
    campaigns = [each for each in shipped("campaigns").iterdir() if each.is_dir()]
    assert campaigns
    assert all(each.joinpath("campaign.toml").is_file() for each in campaigns)


def test_what_is_not_shipped_is_said_by_name():
    with pytest.raises(FileNotFoundError, match=r"campaigns/nothing is not shipped"):
        shipped("campaigns", "nothing")


CAMPAIGNS = Path(__file__).parents[2] / "campaigns"


@pytest.mark.parametrize("name", ["national-day", "consular-register", "joint-statement"])
def test_the_campaigns_keep_to_the_glossary_in_every_language_and_it_would_be_seen_if_they_did_not(name):
    campaign = load_campaign(CAMPAIGNS / name, owner="ministry").campaign
    seen = set()
    for post in campaign.posts:
        for variant in post.variants:
            if variant.language in {campaign.source, ANY}:
                continue
            assert list(lacking(campaign, post, variant)) == [], variant.place
            other = replace(variant, value="#other")
            seen |= {(term.id, variant.language) for term in lacking(campaign, post, other)}

    languages = {tag for post in campaign.posts for tag in post.languages()} - {campaign.source}
    assert seen == {(term.id, language) for term in campaign.terms for language in languages}


def test_the_glossary_has_no_mistakes_and_each_term_in_each_of_the_languages():
    glossary = load_glossary(CAMPAIGNS)
    languages = load_campaign(CAMPAIGNS / "national-day", owner="ministry").campaign.posts[0].languages()

    assert glossary.findings == ()
    assert len(languages) == 15
    for term in glossary.terms:
        assert set(dict(term.words)) == set(languages), term.id
        assert all(ENDING not in forms[0] for _, forms in term.words)


def test_an_installed_package_carries_its_own_and_never_takes_what_lies_around_it(tmp_path):
    """As in `pip install --target vendor`, inside a project that has campaigns of its own."""
    installed = tmp_path / "vendor" / "crosspost"
    (installed / "shipped" / "campaigns" / "ours").mkdir(parents=True)
    (tmp_path / "campaigns" / "theirs").mkdir(parents=True)
    (tmp_path / "secrets.toml").touch()
    (installed / "__init__.py").touch()
    shutil.copy(Path(crosspost.shipped.__file__), installed / "shipped" / "__init__.py")
    code = (
        "from crosspost.shipped import shipped\n"
        "print([each.name for each in shipped('campaigns').iterdir()])\n"
        "try: print(shipped('secrets.toml'))\n"
        "except FileNotFoundError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "vendor")},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines() == ["['ours']", "secrets.toml is not shipped with this crosspost"]
