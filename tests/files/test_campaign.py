from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from crosspost.domain.campaign import ANY, alt_of
from crosspost.domain.schedule import WallTime
from crosspost.domain.text import digest_of_bytes, digest_of_text
from crosspost.domain.timing import NextWorking, Slot, Timing
from crosspost.files.campaign import CampaignFile, Known, load_campaign

Load = Callable[[str], CampaignFile]

CAMPAIGNS = Path(__file__).parents[2] / "campaigns"
HEAD = 'title = "T"\n'
POST = '[posts.a]\nat = "2027-03-01 09:00 local"\n'
TEXT = '[posts.a.text]\nfr = "Bonjour"\n'


def told(file: CampaignFile) -> list[str]:
    """The line and rule of each finding."""
    return [f"{f.place.line} {f.rule}" for f in file.findings if f.place]


def whole(folder: Path, picture: bytes) -> None:
    (folder / "poster.png").write_bytes(picture)
    (folder / "texts").mkdir()
    (folder / "texts" / "b.fr.txt").write_text("Déclaration\n", "utf-8")
    (folder / "texts" / "b.ar.x.txt").write_text("بيان", "utf-8")
    (folder / "campaign.toml").write_text(
        """\
title = " Fe\u0302te "
source = "fr"
owner = "ministry"
require = ["fr", "en"]

[audience]
mission = "ministry"
platform = ["x", "facebook"]
country = ["jp"]
except = ["tokyo", "cairo/x"]

[facts]
place = "Belém"
day = 2027-03-06
opening = 2027-03-06T09:30:00
states = 197

[posts.a]
at = "2027-03-01 09:00 local"
expires = "8h"
link = "https://www.diplomatie.gouv.fr/fr"
[posts.a.text]
fr = \"\"\"
Bonjour
à tous
\"\"\"
en = "Hello"
[posts.a.on.x]
link = "https://www.diplomatie.gouv.fr/x"
[posts.a.on.x.text]
fr = "Salut"
en = "Hi"
ja = "やあ"
[[posts.a.media]]
file = "poster.png"
[posts.a.media.alt]
fr = "Un carré bleu"
en = "A blue square"

[posts.b]
at = "2027-03-08 15:00 Europe/Paris"
embargo = true
text = { folder = "texts" }
""",
        "utf-8",
    )


def test_everything_that_the_format_knows_is_read(folder: Path, picture: bytes, known: Known) -> None:
    whole(folder, picture)

    file = load_campaign(folder / "campaign.toml", owner="tokyo", known=known)

    assert file.findings == ()
    campaign = file.campaign
    assert campaign is not None
    assert (campaign.id, campaign.title, campaign.source, campaign.owner) == ("cop31", "Fête", "fr", "ministry")
    assert campaign.require == ("fr", "en")
    assert campaign.audience.describe() == (
        "mission ministry, country JP, platform twitter or facebook, except tokyo or cairo/twitter"
    )
    facts = {fact.name: fact.value for fact in campaign.facts}
    assert facts == {
        "place": "Belém",
        "day": date(2027, 3, 6),
        "opening": datetime(2027, 3, 6, 9, 30),  # noqa: DTZ001
        "states": Decimal(197),
    }
    a, b = campaign.posts
    assert (a.at, a.expires, a.embargo) == (WallTime(datetime(2027, 3, 1, 9)), timedelta(hours=8), False)  # noqa: DTZ001
    assert (b.at.clock, b.expires, b.embargo) == ("Europe/Paris", timedelta(hours=4), True)
    assert {(v.field, v.language, v.platform, v.value) for v in b.variants} == {
        ("text", "fr", ANY, "Déclaration"),
        ("text", "ar", "twitter", "بيان"),
    }


def test_texts_are_trimmed_belong_to_the_owner_and_remember_their_source(
    folder: Path, picture: bytes, known: Known
) -> None:
    whole(folder, picture)

    campaign = load_campaign(folder, owner="tokyo", known=known).campaign

    assert campaign is not None
    found = {(v.field, v.language, v.platform): v for v in campaign.posts[0].variants}
    general, special, described = digest_of_text("Bonjour\nà tous"), digest_of_text("Salut"), alt_of(_sha(picture))
    assert found["text", "fr", ANY].value == "Bonjour\nà tous"
    assert (
        found["text", "fr", ANY].source == found["link", ANY, ANY].source == found["text", "fr", "twitter"].source == ""
    )
    assert found["text", "en", ANY].source == general
    assert found["text", "en", "twitter"].source == found["text", "ja", "twitter"].source == special
    assert found[described, "en", ANY].source == digest_of_text("Un carré bleu")
    assert {v.owner for v in campaign.posts[0].variants} == {"ministry"}


def test_an_image_is_known_by_its_bytes(folder: Path, picture: bytes, known: Known) -> None:
    whole(folder, picture)

    file = load_campaign(folder, owner="tokyo", known=known)

    assert file.campaign is not None
    (medium,) = file.campaign.posts[0].media
    assert (medium.sha256, medium.mime, medium.width, medium.height, medium.size, medium.file) == (
        _sha(picture),
        "image/png",
        40,
        30,
        len(picture),
        "poster.png",
    )
    assert file.media[medium.sha256].read_bytes() == picture


def _sha(data: bytes) -> str:
    return digest_of_bytes(data)


def test_a_check_can_place_what_it_finds(folder: Path, picture: bytes, known: Known) -> None:
    whole(folder, picture)

    file = load_campaign(folder, owner="ministry", known=known)
    alt = alt_of(_sha(picture))

    assert file.place("a", "text", "en").line == 27
    assert file.place("a", "text", "en", "twitter").line == 32
    assert file.place("a", "text", "en", "facebook").line == 27
    assert file.place("a", "text", "ko").line == 22
    assert file.place("a", alt, "en").line == 38
    assert file.place("a", alt, "ar").line == 34
    assert file.place("a", "link", ANY, "twitter").line == 29
    assert file.place("b", "text", "ar", "twitter").file.endswith("texts/b.ar.x.txt")
    assert file.place("b").line == 40
    assert file.place("none").line == 0


@pytest.mark.parametrize("name", ["national-day", "joint-statement", "consular-register"])
def test_the_campaigns_in_the_repository_have_no_mistake(name: str) -> None:
    file = load_campaign(CAMPAIGNS / name, owner="ministry")

    assert file.findings == ()
    assert file.campaign is not None
    assert len(file.campaign.posts[0].languages()) == 15


@pytest.mark.parametrize(
    ("text", "finding", "says"),
    [
        (POST + TEXT, "0 title-missing", "title ="),
        (HEAD, "0 posts-missing", "[posts.name]"),
        (HEAD + 'sorce = "fr"\n' + POST + TEXT, "2 unknown-key", "source"),
        (HEAD + 'at = "x"\n' + POST + TEXT, "2 misplaced-key", "[posts.name]"),
        ("title = 3\n" + POST + TEXT, "1 type", 'title = "'),
        (HEAD + 'source = "french"\n' + POST + TEXT, "2 unknown-language", "fr"),
        (HEAD + 'owner = "minstry"\n' + POST + TEXT, "2 unknown-mission", "ministry"),
        (HEAD + 'require = ["zh_hans"]\n' + POST + TEXT, "2 language-tag", "zh-Hans"),
        (HEAD + '[audience]\nmission = ["tokio"]\n' + POST + TEXT, "3 unknown-mission", "tokyo"),
        (HEAD + '[audience]\nplatform = ["facebok"]\n' + POST + TEXT, "3 unknown-platform", "facebook"),
        (HEAD + '[audience]\ncountry = ["DE"]\n' + POST + TEXT, "3 unknown-country", "JP"),
        (HEAD + '[audience]\nlang = ["xx"]\n' + POST + TEXT, "3 unknown-language", "ar"),
        (HEAD + '[audience]\nsource = "fr"\n' + POST + TEXT, "3 misplaced-key", "top of the file"),
        (HEAD + "[audience]\nmission = [1]\n" + POST + TEXT, "3 type", '"ministry"'),
        (HEAD + 'facts = "x"\n' + POST + TEXT, "2 type", "[facts]"),
        (HEAD + "[facts]\na-b = 1\n" + POST + TEXT, "3 fact-name", "opening_date"),
        (HEAD + '[facts]\nmission = "x"\n' + POST + TEXT, "3 fact-name", "opening_date"),
        (HEAD + "[facts]\na = true\n" + POST + TEXT, "3 type", "a number or a date"),
        (HEAD + "[facts]\na = inf\n" + POST + TEXT, "3 type", "a number or a date"),
        (HEAD + '[posts."A b"]\nat = "2027-03-01 09:00 local"\ntext = { fr = "x" }\n', "2 post-id", "small letters"),
        (HEAD + '[posts]\nat = "x"\n' + POST + TEXT, "3 misplaced-key", "[posts.name]"),
        (HEAD + "[posts.a]\n" + TEXT, "2 at-missing", "2027-03-01 09:00 local"),
        (HEAD + POST, "2 text-missing", "[posts.….text]"),
        (HEAD + POST + 'title = "x"\n' + TEXT, "4 misplaced-key", "top of the file"),
        (HEAD + POST + 'fr = "x"\n' + TEXT, "4 misplaced-key", "[posts.a.text]"),
        (HEAD + POST + 'text = "x"\n', "4 type", "[posts.….text]"),
        (HEAD + POST + 'embargo = "yes"\n' + TEXT, "4 type", "embargo = true"),
        (HEAD + POST + "embargo = true\n" + TEXT, "3 embargo-local", "Europe/Paris"),
        (HEAD + POST + 'expires = "soon"\n' + TEXT, "4 duration", "4h"),
        (HEAD + POST + 'expires = "9999999999d"\n' + TEXT, "4 duration", "Write"),
        (HEAD + POST + "expires = 8\n" + TEXT, "4 type", '"8h"'),
        (HEAD + POST + 'link = "http://a.org/x"\n' + TEXT, "4 link", "https://a.org/x"),
        (HEAD + POST + 'link = "a.org"\n' + TEXT, "4 link", "https://a.org"),
        (HEAD + POST + 'link = "https://[a"\n' + TEXT, "4 link", "https://"),
        (HEAD + POST + TEXT + 'expires = "8h"\n', "6 misplaced-key", "above the line that opens [posts.a.text]"),
        (HEAD + POST + TEXT + 'zh_hans = "x"\n', "6 language-tag", "zh-Hans"),
        (HEAD + POST + TEXT + 'klingon = "x"\n', "6 unknown-language", "zh-Hans"),
        (HEAD + POST + TEXT + 'ko = "x"\n', "6 unused-language", "ja"),
        (HEAD + POST + TEXT + "en = 3\n", "6 type", 'en = "…"'),
        (HEAD + POST + TEXT + 'en = " "\n', "6 text-empty", "delete the line"),
        (HEAD + POST + '[posts.a.text]\nen = "x"\n', "4 source-text", "fr ="),
        (HEAD + POST + TEXT + '[posts.a.on.twiter.text]\nfr = "x"\n', "6 unknown-platform", "twitter"),
        (HEAD + POST + TEXT + '[posts.a.on.x]\nexpires = "1h"\n', "7 misplaced-key", "the post itself"),
        (HEAD + POST + TEXT + '[[posts.a.media]]\nfile = "../x.jpg"\n', "7 path-leaves-folder", "folder"),
        (HEAD + POST + TEXT + '[[posts.a.media]]\nfile = "/etc/passwd"\n', "7 path-leaves-folder", "folder"),
        (HEAD + POST + TEXT + '[[posts.a.media]]\nfile = "a\\\\b.jpg"\n', "7 path", "folder"),
        (HEAD + POST + TEXT + '[[posts.a.media]]\nfile = "none.jpg"\n', "7 file-missing", "none.jpg"),
        (HEAD + POST + TEXT + '[[posts.a.media]]\nfile = "campaign.toml"\n', "7 not-an-image", "JPEG"),
        (HEAD + POST + TEXT + "[[posts.a.media]]\n", "6 file-missing", "poster.jpg"),
        (HEAD + POST + TEXT + '[posts.a.media]\nfile = "none.jpg"\n', "6 type", "[[posts.….media]]"),
        (HEAD + POST + 'text = { folder = "none" }\n', "4 text-folder", "Make it"),
        (HEAD + POST + 'text = { folder = ".." }\n', "4 path-leaves-folder", "folder"),
    ],
)
def test_each_mistake_is_told_with_its_line_and_what_to_write(load: Load, text: str, finding: str, says: str) -> None:
    file = load(text)

    assert finding in told(file)
    remedy = next(f.remedy for f in file.findings if f"{f.place and f.place.line} {f.rule}" == finding)
    assert says in remedy


@pytest.mark.parametrize(
    ("at", "timing"),
    [
        ("next-working 9:00-11:00 local", NextWorking(time(9), time(11))),
        ("next-working 09:00-11:00 Asia/Tokyo", NextWorking(time(9), time(11), "Asia/Tokyo")),
        ("slot", Slot()),
        ("slot from 2027-03-01", Slot(WallTime(datetime(2027, 3, 1)))),  # noqa: DTZ001
    ],
)
def test_each_way_to_say_when_is_read(load: Load, at: str, timing: Timing) -> None:
    file = load(f'{HEAD}[posts.a]\nat = "{at}"\n{TEXT}')

    assert told(file) == []
    assert file.campaign is not None
    assert file.campaign.posts[0].at == timing


def test_a_campaigns_post_comes_after_nothing_and_an_embargo_is_one_instant(load: Load) -> None:
    assert told(load(f'{HEAD}[posts.a]\nat = "after original +2h"\n{TEXT}')) == ["3 after-original"]
    assert told(load(f'{HEAD}[posts.a]\nat = "slot"\nembargo = true\n{TEXT}')) == ["3 embargo-local"]


@pytest.mark.parametrize("what", ["embargo = true", 'kind = "crisis"'])
def test_what_nothing_moves_needs_no_word_on_closed_days_and_is_warned_of_it(load: Load, what: str) -> None:
    at = 'at = "2027-03-01 09:00 UTC"\n'
    file = load(f'{HEAD}[posts.a]\n{at}{what}\nclosed = "skip"\nquiet = "ignore"\n{TEXT}')
    assert (told(file), file.campaign is not None) == (["5 closed"], True)
    assert "`closed` says nothing here" in file.findings[0].message


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ('"2027-03-01 09:00"', "2027-03-01 09:00 Europe/Paris"),
        ('"2027-02-30 09:00 local"', "2027-03-01 09:00 local"),
        ('"2027-03-01 09:00 Paris"', "Europe/Paris"),
        ('"tomorrow"', "2027-03-01 09:00 local"),
        ('"next-working"', "next-working 09:00-11:00 local"),
        ('"next-working 11:00-09:00 local"', "Both hours are of one day"),
        ('"next working days"', "next-working 09:00-11:00 local"),
        ('"slot 3"', "slot from 2027-03-01"),
        ('"after the original"', "after original +2h"),
        ('"0001-01-01 00:00 Europe/Paris"', "2027-03-01 09:00 local"),
        ("2027-03-01T09:00:00", '"2027-03-01 09:00 local"'),
        ("2027-03-01", '"2027-03-01 09:00 local"'),
    ],
)
def test_a_wrong_time_is_told_and_hides_no_other_mistake_of_its_post(load: Load, at: str, says: str) -> None:
    file = load(f'{HEAD}[posts.a]\nat = {at}\nlink = "no"\n{TEXT}')

    assert told(file) == ["3 time", "4 link"]
    assert says in file.findings[0].remedy
    assert file.campaign is not None
    assert [post.id for post in file.campaign.posts] == ["a"]


def test_what_was_there_but_unreadable_is_not_called_missing(load: Load) -> None:
    file = load("title =\n[posts.a]\nat = 2027-02-30\n[posts.a.text]\nfr = \n")

    assert told(file) == ["1 no-value", "3 date", "5 no-value"]


def test_an_unknown_name_stays_in_the_audience_since_nobody_would_mean_everybody(load: Load) -> None:
    file = load(f'{HEAD}[audience]\nmission = ["tokio"]\n{POST}{TEXT}')

    assert file.campaign is not None
    assert file.campaign.audience.mission == ("tokio",)


@pytest.mark.parametrize(
    ("name", "data", "finding"),
    [
        ("a.fr.txt", "été".encode("cp1252"), "encoding"),
        ("a.fr.txt", b"  \n", "text-empty"),
        ("a.xx.txt", b"x", "unknown-language"),
        ("a.fr.facebok.txt", b"x", "unknown-platform"),
        ("a.fr.x.y.txt", b"x", "text-file-name"),
        ("a.fr.docx", b"x", "text-file-name"),
        ("b.fr.txt", b"x", "text-file-post"),
    ],
)
def test_a_text_file_that_is_not_as_it_should_be_is_told_by_its_name(
    load: Load, folder: Path, name: str, data: bytes, finding: str
) -> None:
    (folder / "texts").mkdir()
    (folder / "texts" / "a.fr.txt").write_text("Bonjour", "utf-8")
    (folder / "texts" / name).write_bytes(data)

    file = load(HEAD + POST + 'text = { folder = "texts" }\n')

    assert [(f.rule, f.place.file.rpartition("/")[2]) for f in file.findings if f.place] == [(finding, name)]


def test_a_post_whose_id_has_a_dot_finds_its_own_text_files(load: Load, folder: Path) -> None:
    (folder / "texts").mkdir()
    (folder / "texts" / "a.fr.txt").write_text("un", "utf-8")
    (folder / "texts" / "a.b.fr.txt").write_text("deux", "utf-8")
    at = 'at = "2027-03-01 09:00 local"\ntext = { folder = "texts" }\n'

    file = load(f'{HEAD}[posts.a]\n{at}[posts."a.b"]\n{at}')

    assert file.findings == ()
    assert file.campaign is not None
    assert [post.variants[0].value for post in file.campaign.posts] == ["un", "deux"]


def test_a_link_out_of_the_folder_is_not_followed(load: Load, folder: Path, picture: bytes, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(picture)
    (folder / "poster.png").symlink_to(tmp_path / "secret.png")

    file = load(HEAD + POST + TEXT + '[[posts.a.media]]\nfile = "poster.png"\n')

    assert told(file) == ["7 path-leaves-folder"]
    assert file.media == {}


def test_the_same_image_twice_in_a_post_is_told(load: Load, folder: Path, picture: bytes) -> None:
    (folder / "a.png").write_bytes(picture)

    file = load(HEAD + POST + TEXT + 2 * '[[posts.a.media]]\nfile = "a.png"\n')

    assert told(file) == ["8 image-twice"]


def test_a_folder_whose_name_is_no_id_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "Fête nationale"
    folder.mkdir()
    (folder / "campaign.toml").write_text(HEAD + POST + TEXT, "utf-8")

    assert [f.rule for f in load_campaign(folder).findings] == ["campaign-id"]


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02\xff", b"\xff\xfe", b"[" * 9000])
def test_a_file_that_says_nothing_is_a_finding_and_no_campaign(folder: Path, data: bytes) -> None:
    (folder / "campaign.toml").write_bytes(data)

    file = load_campaign(folder)

    assert file.campaign is None
    assert file.findings


def test_thousands_of_posts_are_read(load: Load) -> None:
    posts = "".join(f'[posts.p{n}]\nat = "2027-03-01 09:00 local"\ntext = {{ fr = "n {n}" }}\n' for n in range(3000))

    file = load(HEAD + posts)

    assert file.findings == ()
    assert file.campaign is not None
    assert len(file.campaign.posts) == 3000


def test_a_fact_or_a_link_with_a_control_that_turns_letters_round_is_told(load: Load) -> None:
    file = load(f'{HEAD}[facts]\nwho = "a\\u202Eb"\n{POST}link = "https://x.example/a\\u202Eb"\n{TEXT}')

    found = {f.rule: f for f in file.findings}
    assert told(file) == ["3 direction-control", "6 link"]
    assert "the fact who" in found["direction-control"].message
    assert found["link"].remedy == "Write https://x.example/ab"
