"""X as the platform wants it: one account says a thing, the others repost it, and no two say nearly the same."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from crosspost.domain.likeness import is_near, wording


def on_x(demo):
    return [post for post in demo.published() if post["platform"] == "twitter"]


def test_no_two_accounts_of_x_have_published_nearly_the_same_words(demo):
    own = [(post["account"], wording(post["text"])) for post in on_x(demo) if not post["repost_of"]]
    assert len(own) >= 39
    echoes = [(a, b) for (a, one), (b, other) in combinations(own, 2) if a != b and is_near(one, other)]
    assert echoes == []


def test_most_accounts_repost_and_each_reposts_a_post_once(demo):
    reposts = Counter((post["account"], post["id"]) for post in on_x(demo) if post["repost_of"])
    assert len(reposts) > 700
    assert set(reposts.values()) == {1}


def test_every_repost_is_of_an_original_that_another_account_has_said_before(demo):
    everything = {post["url"].rpartition("/")[2]: post for post in on_x(demo) if not post["repost_of"]}
    for repost in (post for post in on_x(demo) if post["repost_of"]):
        original = everything[repost["repost_of"]]
        assert original["account"] != repost["account"]
        assert original["created_at"] <= repost["created_at"]


def test_tokyo_says_its_own_words_itself(demo):
    queue = {d["delivery"]: d for d in demo.json("queue", "--mission", "amb-jp-tokyo", "--platform", "twitter")}
    assert queue["national-day/wishes/amb-jp-tokyo/twitter/ja"]["reposts"] is None
    assert queue["national-day/wishes/amb-jp-tokyo/twitter/fr"]["reposts"] is not None


def test_an_embassy_whose_words_come_after_its_repost_is_told_how_to_say_them_all_the_same(demo):
    set_ = ("override", "set", "national-day/wishes", "-m", "amb-lv-riga", "--lang", "fr", "--dry-run")
    told = demo.crosspost("--as", "amb-lv-riga", *set_, "--text", "À Riga, ce soir, l’ambassade vous attend.").stdout
    assert "amb-lv-riga/twitter/fr  sent" in told
    assert "(a repost)" in told
    assert "`crosspost recall`" in told
    assert "`crosspost post`" in told


def test_an_original_explains_who_has_reposted_it(demo):
    told = demo.crosspost("explain", "national-day/wishes/ministry/twitter/fr").stdout
    assert " deliveries: " in told
    assert " sent" in told.partition("reposts by ")[2]
    repost = demo.json("explain", "national-day/wishes/amb-lv-riga/twitter/fr")
    assert repost["reposts"] == "national-day/wishes/ministry/twitter/fr"
    assert repost["delivery"] in demo.json("explain", repost["reposts"])["reposted_by"]
