from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.adapter import Budget, Scope
from crosspost.errors import ConfigurationError
from crosspost.files.config import (
    Config,
    DaemonConfig,
    LogConfig,
    MetricsConfig,
    NotifyConfig,
    find_config,
    load_config,
    why_forbidden,
)

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Write a config.toml."""

    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def test_the_example_says_every_key_with_its_default() -> None:
    example, folder = load_config(EXAMPLE), EXAMPLE.parent

    assert example == Config(
        path=EXAMPLE,
        campaigns=folder / "campaigns",
        database_url=f"sqlite:///{folder / 'crosspost.db'}",
        media=folder / "media",
    )
    written = tomllib.loads(EXAMPLE.read_text("utf-8"))
    assert list(written) == [
        "mode",
        "acting_as",
        "campaigns",
        "database",
        "sandbox",
        "daemon",
        "log",
        "metrics",
        "notify",
    ]
    assert list(written["database"]) == ["url", "media"]
    assert list(written["sandbox"]) == ["port"]
    assert list(written["daemon"]) == [field.name for field in fields(DaemonConfig)]
    assert {name: list(written[name]) for name in ("log", "metrics", "notify")} == {
        "log": ["format", "file"],
        "metrics": ["port", "host"],
        "notify": ["command", "webhook"],
    }
    assert "# base_url =" in EXAMPLE.read_text("utf-8")


def test_an_empty_file_means_the_defaults(write: Callable[[str], Path]) -> None:
    config = load_config(write(""))

    assert config.mode == "sandbox"
    assert config.daemon == DaemonConfig()
    assert config.base_url("twitter", "https://api.x.com") == "http://127.0.0.1:8400/twitter"


def test_every_key_is_read_and_paths_count_from_the_file(write: Callable[[str], Path], tmp_path: Path) -> None:
    path = write(
        """\
mode = "live"
acting_as = "ministry"
campaigns = "/srv/campaigns"
[database]
url = "postgresql+psycopg://crosspost:secret@db/crosspost"
media = "images"
[sandbox]
port = 9000
[daemon]
workers = 4
late_after = "1h"
request_timeout = "10s"
lease = "1m"
prepare_ahead = "0s"
[platforms.x]
base_url = "https://api.example.org"
budgets = ["app 300 per 3h", "account 50 per 24h"]
"""
    )

    config = load_config(path)

    assert config == Config(
        path=path,
        mode="live",
        acting_as="ministry",
        campaigns=Path("/srv/campaigns"),
        database_url="postgresql+psycopg://crosspost:secret@db/crosspost",
        media=tmp_path / "images",
        sandbox_port=9000,
        daemon=DaemonConfig(
            4, timedelta(hours=1), timedelta(seconds=10), timedelta(minutes=1), prepare_ahead=timedelta(0)
        ),
        addresses={"twitter": "https://api.example.org"},
        budgets={
            "twitter": (
                Budget(Scope.APP, timedelta(hours=3), 300),
                Budget(Scope.ACCOUNT, timedelta(hours=24), 50),
            )
        },
    )
    assert config.base_url("twitter", "https://api.x.com") == "https://api.example.org"
    assert config.base_url("facebook", "https://graph.facebook.com") == "https://graph.facebook.com"
    assert "secret" not in repr(config)


def test_how_a_daemon_is_watched_is_read(
    write: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_HOOK", "http://127.0.0.1:9/secret")
    config = load_config(
        write(
            """\
[log]
format = "json"
file = "daemon.log"
[metrics]
port = 9400
host = "10.0.0.1"
[notify]
command = ["mail-the-desk", "--urgent"]
webhook = "env:DESK_HOOK"
"""
        )
    )
    assert config.log == LogConfig("json", tmp_path / "daemon.log")
    assert config.metrics == MetricsConfig("10.0.0.1", 9400)
    assert config.notify == NotifyConfig(("mail-the-desk", "--urgent"), "http://127.0.0.1:9/secret")
    assert "secret" not in repr(config)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[log]\nformat = "xml"', "no format"),
        ("[metrics]\nport = 70000", "70000"),
        ('[notify]\ncommand = "mail-the-desk"', "list"),
        ("[notify]\ncommand = [3]", "list of texts"),
        ('[notify]\nwebhook = "https://hooks.example.org/x"', "this machine alone"),
        ('mode = "live"\n[notify]\nwebhook = "http://hooks.example.org/x"', "https alone"),
        ('[notify]\nwebhook = "env:NO_SUCH_VARIABLE"', "is not set"),
    ],
)
def test_mistakes_in_how_a_daemon_is_watched_are_told(write: Callable[[str], Path], text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_config(write(text))
    [finding] = caught.value.findings
    assert said in finding.message


def test_all_mistakes_are_told_at_once_with_their_lines(write: Callable[[str], Path]) -> None:
    path = write(
        """\
mode = "lvie"
campains = "x"
acting_as = 3
[database]
url = "mysql://u:secret@db/x"
[sandbox]
port = 70000
[daemon]
worker = 3
workers = 0
late_after = "soon"
[platforms.twitter]
base_url = "https://api.x.com"
url = "x"
[deamon]
x = “1”
"""
    )

    with pytest.raises(ConfigurationError) as caught:
        load_config(path)

    findings = caught.value.findings
    assert sorted(f.place.line for f in findings if f.place) == [1, 2, 3, 5, 7, 9, 10, 11, 13, 14, 15, 16]
    assert any("campaigns" in f.remedy for f in findings)
    assert "secret" not in "".join(map(str, findings))


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:"])
def test_a_queue_in_memory_would_be_lost_and_is_refused(write: Callable[[str], Path], url: str) -> None:
    with pytest.raises(ConfigurationError):
        load_config(write(f'[database]\nurl = "{url}"\n'))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8400/x", "http://localhost:1", "https://[::1]:8400", "http://127.9.9.9"]
)
def test_sandbox_speaks_to_this_machine(url: str) -> None:
    assert why_forbidden(url, "sandbox") == ""
    assert why_forbidden(url, "live")


@pytest.mark.parametrize("url", ["https://api.x.com", "https://graph.facebook.com/v24.0", "https://api.x.com:443"])
def test_live_speaks_to_real_hosts(url: str) -> None:
    assert why_forbidden(url, "live") == ""
    assert why_forbidden(url, "sandbox")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.x.com",
        "http://[",
        "ftp://127.0.0.1",
        "ftp://api.x.com",
        "http://user@127.0.0.1",
        "https://api.x.com@127.0.0.1",
        "https://api.x.com\\@127.0.0.1",
        "http://10.0.0.1",
        "http://127.0.0.1.example.org",
        "https://",
    ],
)
def test_what_is_neither_is_forbidden_in_both_modes(url: str) -> None:
    assert why_forbidden(url, "sandbox")
    assert why_forbidden(url, "live")


@pytest.mark.parametrize(
    "host",
    ["10.0.0.1", "192.168.1.1", "8.8.8.8", "[2001:db8::1]", "2130706433", "127.1", "0x7f.1", "localhost.", "intranet"],
)
def test_live_takes_names_of_real_hosts_alone(host: str) -> None:
    assert why_forbidden(f"https://{host}/x", "live")


def test_an_adapters_own_address_is_judged_too(write: Callable[[str], Path]) -> None:
    config = load_config(write('mode = "live"\n'))

    with pytest.raises(ConfigurationError, match="https"):
        config.base_url("paper", "http://paper.example")


def test_the_option_goes_before_the_environment_and_that_before_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("config.toml", "a.toml", "b.toml"):
        (tmp_path / name).write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CROSSPOST_CONFIG", raising=False)

    assert find_config(None) == tmp_path / "config.toml"
    monkeypatch.setenv("CROSSPOST_CONFIG", str(tmp_path / "a.toml"))
    assert find_config(None) == tmp_path / "a.toml"
    assert find_config(Path("b.toml")) == tmp_path / "b.toml"


def test_without_a_configuration_one_is_told_how_to_make_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CROSSPOST_CONFIG", raising=False)

    with pytest.raises(ConfigurationError, match="crosspost init"):
        find_config(None)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('["app 300"]', "no budget"),
        ('["app 0 per 3h"]', "let nothing leave"),
        ('["app 3 per fortnight"]', "not a duration"),
        ('["app 3 per 1h", "app 4 per 60m"]', "for the same time"),
        ('"app 3 per 1h"', "a list of texts"),
    ],
)
def test_what_is_no_budget_is_told_with_its_line_and_what_to_write(
    write: Callable[[str], Path], value: str, said: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_config(write(f"[platforms.x]\nbudgets = {value}\n"))

    (finding,) = refused.value.findings
    assert said in finding.message
    assert "app 300 per 3h" in finding.remedy
    assert finding.place is not None
    assert finding.place.line == 2


def test_no_budget_at_all_can_be_asked_for(write: Callable[[str], Path]) -> None:
    assert load_config(write("[platforms.x]\nbudgets = []\n")).budgets == {"twitter": ()}
