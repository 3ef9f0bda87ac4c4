"""The main job, end to end: three campaigns in fifteen languages reach 282 accounts, each text once.

On X as the platform wants it: one account says a thing, the others repost it, and no two say nearly the same.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations

from tests.e2e.conftest import TOKYO

from crosspost.domain.likeness import is_near, wording

FIFTEEN = frozenset(["fr", "en", "ar", "es", "de", "ru", "it", "pt", "tr", "zh-Hans", "ja", "ko", "he", "fa", "uk"])


def test_every_delivery_is_sent(demo):
    states = Counter(d["state"] for d in demo.json("queue"))
    assert set(states) == {"sent"}
    assert states["sent"] > 1000


def test_the_platforms_list_agrees_with_the_queue_account_by_account_and_text_by_text(demo):
    queue = Counter((d["account"], d["remote_id"]) for d in demo.json("queue"))
    out = Counter((p["account"], p["id"]) for p in demo.published())
    assert queue == out
    assert set(out.values()) == {1}
    text_of = {(d["account"], d["remote_id"]): d["text"] for d in demo.json("queue")}
    for post in demo.published():
        assert text_of[post["account"], post["id"]] in post["text"].replace("&amp;", "&")


def test_all_fifteen_languages_went_out(demo):
    assert {d["language"] for d in demo.json("queue")} == FIFTEEN


def test_tokyos_words_went_out_on_tokyos_accounts_and_nowhere_else(demo):
    accounts = {p["account"] for p in demo.published() if TOKYO in p["text"]}
    assert accounts == {"amb-jp-tokyo/twitter", "amb-jp-tokyo/facebook"}


def test_every_image_went_out_with_alt_text_in_the_language_of_its_post_where_the_platform_takes_it(demo):
    with_media = [p for p in demo.published() if p["media"]]
    assert with_media
    for post in with_media:
        assert post["platform"] == "weibo" or all(medium["alt"].strip() for medium in post["media"])


def test_nothing_left_before_its_time(demo):
    for d in demo.json("queue", "--campaign", "joint-statement"):
        explained = demo.json("explain", d["delivery"]) if d["account"] == "ministry/twitter" else None
        if explained:
            assert all(a["start"] >= d["due_at"] for a in explained["history"])


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


def test_queuing_again_changes_nothing(demo):
    before = demo.json("queue")
    said = demo.crosspost("campaign", "queue", "national-day", "--now").stdout
    assert "nothing to do" in said
    assert demo.json("queue") == before


def test_an_edited_campaign_lists_what_is_out_with_the_old_words_and_links(demo):
    file = demo.path / "campaigns" / "national-day" / "campaign.toml"
    before = file.read_text("utf-8")
    file.write_text(re.sub(r"14\sJuillet", "Le 14 juillet", before), "utf-8")
    try:
        said = demo.crosspost("campaign", "plan", "national-day", "--now", expect=None).stdout
    finally:
        file.write_text(before, "utf-8")
    assert "Already out" in said
    assert f"http://127.0.0.1:{demo.port}/" in said


def test_the_demo_leaves_nothing_for_a_person(demo):
    status = demo.json("status")
    assert status["needs_a_person"] == []
    assert status["late_p99"] is not None


def test_no_secret_is_in_the_database_the_logs_or_the_pages(demo):
    import tomllib

    secrets = [
        v
        for t in tomllib.loads((demo.path / "credentials.toml").read_text()).values()
        for k, v in t.items()
        if k != "page_id"
    ]
    assert len(secrets) > 282
    demo.crosspost("report", "national-day", "-o", "report.html")
    for file in demo.path.rglob("*"):
        if file.is_file() and file.name not in {"credentials.toml", "sandbox.toml"}:
            data = file.read_bytes()
            assert not any(secret.encode() in data for secret in secrets), file.name
