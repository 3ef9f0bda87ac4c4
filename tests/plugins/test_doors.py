"""Doors: one connection for each account, kept as long as its credential."""

from __future__ import annotations

import pytest

PRELUDE = """
class Secrets:
    version = '1'
    def for_app(self, platform, keys): return {key: f'{platform} {key}' for key in keys}
    def for_account(self, account, keys): return {key: account for key in keys}
    def fingerprint(self, account): return self.version
asked = []
def address(platform, real):
    asked.append([platform, real])
    return 'http://127.0.0.1:9/'
secrets = Secrets()
doors = Doors(secrets, address, timeout=5.0)
"""


@pytest.fixture
def run(machine):
    return lambda code: machine.run(PRELUDE + code)


def test_an_account_is_opened_with_its_own_credential_at_the_address_that_the_mode_gives(run):
    code = "connection, fingerprint = doors.open('amb-jp-tokyo/twitter')\n"
    code += "result = [connection.whoami().id, fingerprint, asked]"
    assert run(code) == ["amb-jp-tokyo/twitter", "1", [["twitter", "https://paper.example"]]]


def test_an_open_door_is_kept(run):
    assert run("result = doors.open('a/twitter')[0] is doors.open('a/twitter')[0]") is True


def test_a_changed_credential_opens_the_door_anew(run):
    code = "old, _ = doors.open('a/twitter')\nsecrets.version = '2'\nnew, fingerprint = doors.open('a/twitter')\n"
    assert run(code + "result = [old is new, fingerprint]") == [False, "2"]


def test_every_account_has_a_door_of_its_own(run):
    assert run("result = doors.open('a/twitter')[0] is doors.open('b/twitter')[0]") is False


def test_after_closing_a_door_is_opened_anew(run):
    code = "old, _ = doors.open('a/twitter')\ndoors.close()\nresult = old is doors.open('a/twitter')[0]"
    assert run(code) is False


def test_warming_imports_the_adapters_and_opens_nothing(run):
    assert run("doors.warm(['twitter'])\nresult = ['builtin_twitter' in sys.modules, asked]") == [True, []]


def test_a_platform_without_an_adapter_has_no_door(run):
    assert run("result = doors.open('a/myspace')").startswith("PluginError: no adapter for 'myspace' is installed")
