"""The contract tests are of use: each kind of carelessness in an adapter makes one of them fail."""

from __future__ import annotations

import importlib.util
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from crosspost.adapter import (
    Access,
    Connection,
    Content,
    DeliveryFailure,
    Found,
    NotSent,
    Original,
    Receipt,
    Rejected,
    Uncertain,
)
from crosspost.testing import AdapterContract

SAMPLE = Path(__file__).with_name("thirdparty")


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sample() -> Iterator[ModuleType]:
    """The sample adapter's own contract tests, with the adapter they import."""
    _load("crosspost_telegraph", SAMPLE / "crosspost_telegraph" / "__init__.py")
    yield _load("sample_contract", SAMPLE / "contract" / "test_telegraph.py")
    del sys.modules["crosspost_telegraph"], sys.modules["sample_contract"]


class Careless:
    """A connection of the sample adapter, with some of its methods replaced."""

    def __init__(self, real: Connection, methods: dict[str, Callable[..., Any]]) -> None:
        self._real, self._methods = real, methods

    def __getattr__(self, name: str) -> Any:
        if name in self._methods:
            return partial(self._methods[name], self._real)
        return getattr(self._real, name)


def careless(sample: ModuleType, **methods: Callable[..., Any]) -> AdapterContract:
    """Return the contract tests of a sample adapter whose connections have methods like those."""

    class Adapter(sample.TelegraphAdapter):
        def connect(self, access: Access) -> Connection:
            return Careless(super().connect(access), methods)

    class Dialect(sample.Telegraph):
        adapter = Adapter()

    tests = AdapterContract()
    tests.dialect = Dialect()
    return tests


def again(connection: Connection, content: Content, handles: Sequence[str]) -> Receipt:
    try:
        return connection.publish(content, handles)
    except Uncertain:
        return connection.publish(content, handles)


def hopeful(connection: Connection, content: Content, handles: Sequence[str]) -> Receipt:
    try:
        return connection.publish(content, handles)
    except Uncertain as uncertain:
        raise NotSent(str(uncertain)) from None


def blaming(connection: Connection, content: Content, handles: Sequence[str]) -> Receipt:
    try:
        return connection.publish(content, handles)
    except DeliveryFailure as failure:
        raise Rejected(str(failure)) from None


def chatty(connection: Connection, content: Content, handles: Sequence[str]) -> Receipt:
    logging.getLogger("chatty").debug("headers: %s", connection._session.headers)
    return connection.publish(content, handles)


def dragging(connection: Connection, content: Content, handles: Sequence[str]) -> Receipt:
    try:
        return connection.publish(content, handles)
    except DeliveryFailure as failure:
        failure.__context__ = ValueError(connection._session.headers["Authorization"])
        raise


def shouting(connection: Connection, content: Content, handles: Sequence[str]) -> Receipt:
    return connection.publish(Content(content.account, content.language, content.text.upper()), handles)


@pytest.mark.parametrize(
    ("publish", "test"),
    [
        (again, "test_where_there_is_no_verdict_the_post_is_uncertain_and_sent_once"),
        (hopeful, "test_an_answer_that_does_not_come_in_time_is_uncertain"),
        (hopeful, "test_where_there_is_no_verdict_the_post_is_uncertain_and_sent_once"),
        (blaming, "test_a_duplicate_is_called_one"),
        (blaming, "test_a_refused_connection_is_certainly_not_sent"),
        (blaming, "test_too_many_requests_say_when_to_come_back_if_the_platform_does"),
        (chatty, "test_no_secret_is_in_an_exception_a_log_or_a_repr"),
        (dragging, "test_no_secret_is_in_an_exception_a_log_or_a_repr"),
        (shouting, "test_words_of_every_script_arrive_as_they_were_written"),
    ],
)
def test_carelessness_is_caught(sample: ModuleType, publish: Callable[..., Receipt], test: str) -> None:
    tests = careless(sample, publish=publish)

    with pytest.raises(AssertionError):
        getattr(tests, test)()


def repeating(connection: Connection, content: Content, original: Original) -> Receipt:
    try:
        return connection.repost(content, original)
    except Uncertain:
        return connection.repost(content, original)


def confident(connection: Connection, content: Content, original: Original) -> Receipt:
    try:
        return connection.repost(content, original)
    except Uncertain as uncertain:
        raise NotSent(str(uncertain)) from None


def saying_it_again(connection: Connection, content: Content, original: Original) -> Receipt:
    return connection.publish(content, ())


def mistaking_it(connection: Connection, content: Content, original: Original) -> Receipt:
    receipt = connection.repost(content, original)
    return Receipt(original.remote_id, original.url, receipt.at)


def silent_about_the_original(connection: Connection, content: Content, original: Original) -> Receipt:
    try:
        return connection.repost(content, original)
    except Rejected:
        raise Rejected("no") from None


def finding_anything(
    connection: Connection, content: Content, original: Original, since: datetime, known: frozenset[str]
) -> Found:
    return Found(Receipt("9", "https://telegraph.example/telegrams/9", datetime.now(UTC)))


def asking_twice(connection: Connection, remote_id: str) -> None:
    connection.delete(remote_id)
    connection.delete(remote_id)


@pytest.mark.parametrize(
    ("method", "how", "test"),
    [
        ("repost", repeating, "test_where_there_is_no_verdict_the_repost_is_uncertain_and_asked_for_once"),
        ("repost", confident, "test_a_repost_that_is_not_answered_in_time_is_uncertain"),
        ("repost", saying_it_again, "test_a_repost_says_nothing_of_its_own"),
        ("repost", saying_it_again, "test_a_repost_has_an_id_of_its_own_an_address_and_a_time_in_utc"),
        ("repost", mistaking_it, "test_a_repost_has_an_id_of_its_own_an_address_and_a_time_in_utc"),
        ("repost", silent_about_the_original, "test_an_original_that_is_gone_is_a_rejection_that_says_so"),
        ("find_repost", finding_anything, "test_a_repost_is_found_again_unless_it_is_known"),
        ("find_repost", finding_anything, "test_the_repost_of_another_post_is_not_found"),
        ("delete", asking_twice, "test_a_repost_is_undone_with_one_request_as_often_as_asked"),
    ],
)
def test_carelessness_with_reposts_is_caught(
    sample: ModuleType, method: str, how: Callable[..., Any], test: str
) -> None:
    getattr(careless(sample), test)()

    with pytest.raises(AssertionError):
        getattr(careless(sample, **{method: how}), test)()


def test_whoever_compares_to_the_letter_is_caught(sample: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    test = "test_words_are_found_again_without_their_controls_of_direction"
    getattr(careless(sample), test)()

    monkeypatch.setattr(sys.modules["crosspost_telegraph"], "same_words", lambda sent, shown: sent == shown)

    with pytest.raises(AssertionError):
        getattr(careless(sample), test)()


def test_a_platform_that_can_repost_must_say_how(sample: ModuleType) -> None:
    class Silent:
        def __init__(self) -> None:
            self.real = sample.Telegraph()

        def __getattr__(self, name: str) -> Any:
            if name == "reposted":
                raise AttributeError(name)
            return getattr(self.real, name)

    tests = AdapterContract()
    tests.dialect = Silent()

    with pytest.raises(AssertionError, match="RepostDialect"):
        tests.test_a_repost_says_nothing_of_its_own()


def test_care_is_not(sample: ModuleType) -> None:
    tests = careless(sample, publish=lambda connection, content, handles: connection.publish(content, handles))

    tests.test_where_there_is_no_verdict_the_post_is_uncertain_and_sent_once()
    tests.test_no_secret_is_in_an_exception_a_log_or_a_repr()
