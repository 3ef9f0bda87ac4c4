"""The contract tests are of use: each kind of carelessness in an adapter makes one of them fail."""

from __future__ import annotations

import importlib.util
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from crosspost.adapter import Access, Connection, Content, DeliveryFailure, NotSent, Receipt, Rejected, Uncertain
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
    """A connection of the sample adapter, with one of its methods replaced."""

    def __init__(self, real: Connection, publish: Callable[..., Receipt]) -> None:
        self._real, self._publish = real, publish

    def publish(self, content: Content, handles: Sequence[str]) -> Receipt:
        return self._publish(self._real, content, handles)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def careless(sample: ModuleType, publish: Callable[..., Receipt]) -> AdapterContract:
    """Return the contract tests of a sample adapter that publishes like that."""

    class Adapter(sample.TelegraphAdapter):
        def connect(self, access: Access) -> Connection:
            return Careless(super().connect(access), publish)

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
    tests = careless(sample, publish)

    with pytest.raises(AssertionError):
        getattr(tests, test)()


def test_care_is_not(sample: ModuleType) -> None:
    tests = careless(sample, lambda connection, content, handles: connection.publish(content, handles))

    tests.test_where_there_is_no_verdict_the_post_is_uncertain_and_sent_once()
    tests.test_no_secret_is_in_an_exception_a_log_or_a_repr()
