from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.domain.network import Account, LanguageMode, Mission, Network
from crosspost.files.network import NetworkFile, check_network, read_network, write_network

SHIPPED = Path(__file__).parents[2] / "src" / "crosspost" / "shipped" / "network.csv"

HEADER = "mission_id,parent,kind,city,country,timezone,languages,weekend,platforms,handle_twitter,handle_facebook\n"
ROOT = "ministry,,ministry,Paris,FR,Europe/Paris,fr;en,sat;sun,twitter,@mfa,\n"


def read(tmp_path: Path, text: str | bytes) -> NetworkFile:
    """Write a file and read it."""
    path = tmp_path / "network.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_network(path)


def told(file: NetworkFile) -> list[str]:
    """The line and rule of each finding."""
    return [f"{f.place.line} {f.rule}" for f in file.findings if f.place]


def test_the_demo_network_has_no_mistake() -> None:
    file = read_network(SHIPPED)

    assert file.findings == ()
    assert file.network is not None
    assert len(file.network.missions) == 189
    assert len(file.network.accounts) == 282
    assert file.network.missions["amb-jp-tokyo"].languages == ("fr", "ja")


@pytest.mark.parametrize(
    ("row", "finding", "says"),
    [
        ("Tokyo,ministry\n", "3 mission-id", "amb-jp-tokyo"),
        ("ministry,,\n", "3 mission-twice", "Keep one"),
        ("a,minstry\n", "3 unknown-parent", "ministry"),
        ("a,b\nb,a\n", "3 circle", "parent"),
        ("a,\n", "3 second-root", "ministry"),
        ("a,ministry,,,,Asia/Tokio\n", "3 time-zone", "Asia/Tokyo"),
        ("a,ministry,,,Japan\n", "3 country", "JP"),
        ("a,ministry,,,XX\n", "3 country", "JP"),
        ("a,ministry,,,,,fr;japanese\n", "3 language", "zh-Hans"),
        ("a,ministry,,,,,,sat;sunday\n", "3 weekend", "mon, tue"),
        ("a,ministry,,,,,,mon;tue;wed;thu;fri;sat;sun\n", "3 weekend", "on which it is closed"),
        ("a,ministry,,,,,fr,,twitter,@a,\n", "3 time-zone", "Asia/Tokyo"),
        ("a,ministry,,,,UTC,,,twitter,@a,\n", "3 languages-missing", "fr;ja"),
        ("a,ministry,,,,UTC,fr,,twitter,,\n", "3 handle-missing", "@"),
        ("a,ministry,,,,UTC,fr,,twitter,MFA,\n", "3 handle-twice", "own"),
        ("a,ministry,,,,UTC,fr,,facebook,@a,a\n", "3 handle-unused", "platforms"),
        ("a,ministry,,,,UTC,fr,,a/b,,\n", "3 platform", "twitter"),
        ("a,ministry,,,,UTC,fr,,,,,fr,fr\n", "3 cells", ";"),
    ],
)
def test_each_mistake_is_told_with_its_line_and_what_to_write(
    tmp_path: Path, row: str, finding: str, says: str
) -> None:
    file = read(tmp_path, HEADER + ROOT + row)

    assert finding in told(file)
    assert says in next(f.remedy for f in file.findings if f"{f.place and f.place.line} {f.rule}" == finding)


def test_a_handle_without_an_account_is_only_a_warning(tmp_path: Path) -> None:
    file = read(tmp_path, HEADER + ROOT + "a,ministry,,,,UTC,fr,,twitter,@a,a\n")

    assert told(file) == ["3 handle-unused"]
    assert file.network is not None


@pytest.mark.parametrize(
    ("header", "finding"),
    [
        (HEADER.replace("kind", "kynd"), "1 unknown-column"),
        (HEADER.replace("parent,", ""), "1 column-missing"),
        (HEADER.replace("kind", "city"), "1 column-twice"),
    ],
)
def test_a_wrong_header_is_told(tmp_path: Path, header: str, finding: str) -> None:
    assert finding in told(read(tmp_path, header + ROOT))


@pytest.mark.parametrize("data", [b"", b"\n \n", HEADER.encode(), b"\x00\xff\x00", b'"' * 200_000])
def test_a_file_that_says_nothing_is_a_finding(tmp_path: Path, data: bytes) -> None:
    file = read(tmp_path, data)

    assert file.findings
    assert file.network is None or not file.network.missions


def test_a_circle_above_everything_is_told_as_a_missing_root(tmp_path: Path) -> None:
    file = read(tmp_path, HEADER + "a,b\nb,a\n")

    assert {f.rule for f in file.findings} == {"root-missing", "circle"}


def test_what_a_spreadsheet_makes_of_it_is_read_all_the_same(tmp_path: Path) -> None:
    semicolons = (
        "\ufeffMission_ID;parent;kind;city;country;timezone;languages;weekend;platforms;handle_x\r\n"
        'ministry;;ministry;Paris ;fr;Europe/Paris;"fr, zh_hans";"Sat;Sun";X;@mfa\r\n;;;;;;;;;\r\n'
    )

    file = read(tmp_path, semicolons)

    assert file.findings == ()
    assert file.network is not None
    assert file.network.missions["ministry"] == Mission(
        "ministry", "", "ministry", "Paris", "FR", "Europe/Paris", ("fr", "zh-Hans"), ("sat", "sun")
    )
    assert file.network.accounts["ministry/twitter"].handle == "@mfa"


def test_another_encoding_is_told(tmp_path: Path) -> None:
    file = read(tmp_path, (HEADER + ROOT + "a,ministry,,Bogotá\n").encode("cp1252"))

    assert told(file) == ["3 encoding"]


def test_a_line_is_counted_where_it_begins_also_after_cells_of_several_lines(tmp_path: Path) -> None:
    file = read(tmp_path, HEADER + ROOT + 'a,ministry,,"To\nkyo"\n\nb,nowhere\n')

    assert told(file) == ["6 unknown-parent"]


def test_accounts_may_have_languages_and_a_mode_of_their_own(tmp_path: Path) -> None:
    columns = "account_languages,account_languages_twitter,language_mode,language_mode_x"
    file = read(
        tmp_path,
        f"{HEADER.rstrip()},{columns}\n" + ROOT + "a,ministry,,,,UTC,fr,,twitter;facebook,@a,a,en;fr,ja,first,each\n",
    )

    assert file.network is not None
    twitter, facebook = file.network.accounts_of("a")
    assert (twitter.languages, twitter.language_mode) == (("ja",), LanguageMode.EACH)
    assert (facebook.languages, facebook.language_mode) == (("en", "fr"), LanguageMode.FIRST)


def test_an_account_may_join_its_languages_and_is_written_so(tmp_path: Path) -> None:
    file = read(tmp_path, f"{HEADER.rstrip()},language_mode\n" + ROOT + "a,ministry,,,,UTC,fr;ar,,facebook,,a,joined\n")

    assert file.network is not None
    (account,) = file.network.accounts_of("a")
    assert account.language_mode is LanguageMode.JOINED
    assert read(tmp_path, write_network(file.network)).network == file.network


def test_an_unknown_language_mode_is_told(tmp_path: Path) -> None:
    file = read(tmp_path, f"{HEADER.rstrip()},language_mode\n" + ROOT.rstrip() + ",all\n")

    assert told(file) == ["2 language-mode"]


def test_a_network_that_is_in_no_file_is_checked_by_the_same_rules() -> None:
    network = Network({"a": Mission("a", timezone="Nowhere")}, {"a/x": Account("a", "x")})

    assert [f.rule for f in check_network(network)] == ["time-zone", "languages-missing", "handle-missing"]


_IDS = ["ministry", "asia", "tokyo", "seoul", "cairo"]
_TAGS = st.lists(st.sampled_from(["fr", "en", "ar", "zh-Hans", "pt-BR"]), unique=True, max_size=3).map(tuple)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Networks without mistakes."""
    missions, accounts = {}, {}
    for number, name in enumerate(_IDS):
        missions[name] = Mission(
            name,
            draw(st.sampled_from(_IDS[:number])) if number else "",
            draw(st.sampled_from(["embassy", "ministry"])),
            draw(st.sampled_from(["", "Paris", "São Tomé", 'a "quoted", name', "北京"])),
            draw(st.sampled_from(["", "FR", "JP"])),
            "Asia/Tokyo",
            ("fr", *draw(_TAGS.map(lambda tags: tuple(t for t in tags if t != "fr")))),
            draw(st.sampled_from([(), ("sat", "sun")])),
        )
        for platform in draw(st.lists(st.sampled_from(["twitter", "facebook"]), unique=True)):
            mode = draw(st.sampled_from(list(LanguageMode)))
            account = Account(name, platform, f"@{name}", draw(_TAGS), mode)
            accounts[account.id] = account
    return Network(missions, accounts)


@given(networks())
@settings(max_examples=50, deadline=None)
def test_a_network_that_was_written_is_read_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, network: Network
) -> None:
    file = read(tmp_path_factory.mktemp("n"), write_network(network))

    assert file.findings == ()
    assert file.network == network
