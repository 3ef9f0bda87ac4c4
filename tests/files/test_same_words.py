"""`[same_words]` in campaign.toml: what becomes of accounts that would say the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosspost.domain.campaign import LostPolicy, SameWords
from crosspost.files.campaign import Known, load_campaign

POST = '[posts.a]\nat = "2027-03-01 09:00 local"\n[posts.a.text]\nfr = "Bonjour"\n'


def read(folder: Path, table: str):
    home = folder / "cop31"
    home.mkdir(exist_ok=True)
    (home / "campaign.toml").write_text(f'title = "T"\n{table}{POST}', "utf-8")
    return load_campaign(home, owner="ministry", known=Known(platforms=("twitter", "facebook")))


def test_policies_are_read_by_platform_whatever_people_call_it(tmp_path):
    file = read(tmp_path, '[same_words]\nx = "block"\nfacebook = "repost"\nlost = "wait"\n')
    assert file.findings == ()
    assert file.campaign.same_words == (("facebook", SameWords.REPOST), ("twitter", SameWords.BLOCK))
    assert file.campaign.lost is LostPolicy.WAIT


def test_without_the_table_each_platform_suggests_and_the_next_in_order_follows(tmp_path):
    campaign = read(tmp_path, "").campaign
    assert (campaign.same_words, campaign.lost) == ((), LostPolicy.NEXT)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('twitter = "retweet"', "same-words-policy"),
        ("twitter = 1", "type"),
        ('myspace = "own"', "unknown-platform"),
        ('lost = "never"', "lost-policy"),
    ],
)
def test_what_is_no_policy_is_told_with_its_line(tmp_path, line, rule):
    (finding,) = read(tmp_path, f"[same_words]\n{line}\n").findings
    assert (finding.rule, finding.place.line) == (rule, 3)
    assert finding.remedy
