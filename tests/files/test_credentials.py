from __future__ import annotations

import stat
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.errors import ConfigurationError
from crosspost.files.credentials import Credentials, write_credentials

TABLES = {
    "twitter": {"consumer_key": "app-key", "consumer_secret": "app-secret"},
    "amb-jp-tokyo/twitter": {"access_token": "token-tokyo", "access_token_secret": "secret-tokyo"},
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A credentials.toml as the program writes it."""
    written = tmp_path / "credentials.toml"
    write_credentials(written, TABLES)
    return written


def test_what_was_written_is_read_back(path: Path) -> None:
    credentials = Credentials(path)

    assert credentials.for_app("twitter", ("consumer_key", "consumer_secret")) == TABLES["twitter"]
    assert credentials.for_account("amb-jp-tokyo/twitter", ("access_token", "refresh?")) == {
        "access_token": "token-tokyo"
    }
    assert credentials.table("amb-fr/twitter") == {}


def test_the_file_is_its_owners_alone_and_nothing_else_is_left_in_the_folder(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["credentials.toml"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_file_that_others_can_read_is_refused(path: Path, mode: int) -> None:
    credentials = Credentials(path)
    assert credentials.table("twitter")
    path.chmod(mode)

    with pytest.raises(ConfigurationError, match="chmod 600"):
        credentials.table("twitter")


def test_a_change_of_the_file_is_seen_at_the_next_use(path: Path) -> None:
    credentials = Credentials(path)
    before = credentials.fingerprint("amb-jp-tokyo/twitter")

    write_credentials(path, TABLES | {"amb-jp-tokyo/twitter": {"access_token": "token-newer"}})

    assert credentials.for_account("amb-jp-tokyo/twitter", ("access_token",)) == {"access_token": "token-newer"}
    assert credentials.fingerprint("amb-jp-tokyo/twitter") != before


def test_a_fingerprint_hangs_on_the_secrets_of_account_and_app_and_shows_none(path: Path) -> None:
    credentials = Credentials(path)
    before = credentials.fingerprint("amb-jp-tokyo/twitter")
    write_credentials(path, TABLES | {"twitter": {"consumer_key": "another"}})

    assert len(before) == 16
    assert int(before, 16)
    assert credentials.fingerprint("amb-jp-tokyo/twitter") != before
    assert Credentials(path).fingerprint("amb-jp-tokyo/twitter") == credentials.fingerprint("amb-jp-tokyo/twitter")


def test_what_is_missing_is_named_with_its_table_and_keys(path: Path) -> None:
    credentials = Credentials(path)

    with pytest.raises(ConfigurationError, match=r'page_token under \["amb-fr/facebook"\]'):
        credentials.for_account("amb-fr/facebook", ("page_token",))
    with pytest.raises(ConfigurationError, match="consumer_secrets"):
        credentials.for_app("twitter", ("consumer_key", "consumer_secrets"))
    with pytest.raises(ConfigurationError, match="crosspost sandbox credentials"):
        Credentials(path.with_name("none.toml")).table("twitter")


def test_a_value_may_stand_in_the_environment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_credentials(path, {"twitter": {"consumer_key": "env:CROSSPOST_TEST_KEY"}})
    monkeypatch.setenv("CROSSPOST_TEST_KEY", "from outside")
    credentials = Credentials(path)

    assert credentials.for_app("twitter", ("consumer_key",)) == {"consumer_key": "from outside"}
    monkeypatch.delenv("CROSSPOST_TEST_KEY")
    with pytest.raises(ConfigurationError, match="CROSSPOST_TEST_KEY"):
        credentials.for_app("twitter", ("consumer_key",))


@pytest.mark.parametrize(
    "text",
    [
        "[twitter]\nconsumer_key = top-secret\n",
        '[twitter]\nconsumer_key = "top-secret\n',
        '[twitter]\nconsumer_key = "top-secret"\nconsumer_key = "top-secret"\n',
        '[twitter]\nconsumer_key = ["top-secret"]\n',
        'consumer_key = "top-secret"\n',
        '[twitter]\nconsumer_key = "top-secret \xe9"\n',
    ],
)
def test_no_secret_is_in_any_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "credentials.toml"
    path.write_bytes(text.encode("latin-1"))
    path.chmod(0o600)

    with pytest.raises(ConfigurationError) as caught:
        Credentials(path).for_app("twitter", ("consumer_key",))

    assert "top-secret" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_no_repr_shows_a_secret(path: Path) -> None:
    credentials = Credentials(path)
    credentials.table("twitter")

    assert repr(credentials) == "Credentials('credentials.toml')"


def test_x_is_accepted_for_twitter(path: Path) -> None:
    write_credentials(path, {"x": {"consumer_key": "a"}, "amb-jp-tokyo/x": {"access_token": "b"}})

    assert Credentials(path).table("twitter") == {"consumer_key": "a"}
    assert Credentials(path).table("amb-jp-tokyo/twitter") == {"access_token": "b"}


def test_threads_read_the_file_together_while_it_is_replaced(path: Path) -> None:
    credentials = Credentials(path)
    seen = {"token-tokyo", *(f"token-{n}" for n in range(20))}

    def read(_: int) -> str:
        return credentials.for_account("amb-jp-tokyo/twitter", ("access_token",))["access_token"]

    with ThreadPoolExecutor(8) as pool:
        reads = [pool.submit(read, n) for n in range(100)]
        for n in range(20):
            write_credentials(path, TABLES | {"amb-jp-tokyo/twitter": {"access_token": f"token-{n}"}})
        assert {r.result() for r in reads} <= seen
    assert read(0) == "token-19"


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.dictionaries(_TEXT, st.dictionaries(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), _TEXT)))
@settings(max_examples=50, deadline=None)
def test_any_secret_survives_being_written(
    tmp_path_factory: pytest.TempPathFactory, tables: dict[str, dict[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("c") / "credentials.toml"
    write_credentials(path, tables)

    assert tomllib.loads(path.read_text("utf-8")) == tables


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "credentials.toml").mkdir()

    with pytest.raises(OSError, match="credentials"):
        write_credentials(tmp_path / "credentials.toml", TABLES)

    assert [p.name for p in tmp_path.iterdir()] == ["credentials.toml"]
