"""Adapters as distributions bring them: found without being imported, loaded by name, refused with a reason."""

from __future__ import annotations

import pytest


def test_every_installed_adapter_is_listed_by_name_with_its_distribution(machine):
    machine.install("acme-mastodon", {"mastodon": "acme:Mastodon"}, {"acme": machine.paper("mastodon")}, "2.3")
    assert machine.run("result = [[i.name, i.distribution, i.version, i.value] for i in adapter_names()]") == [
        ["mastodon", "acme-mastodon", "2.3", "acme:Mastodon"],
        ["twitter", "crosspost", "1.0", "builtin_twitter:Twitter"],
    ]


def test_listing_imports_no_adapter_and_not_even_a_broken_one_is_noticed(machine):
    machine.install("acme-mastodon", {"mastodon": "acme:Mastodon"}, {"acme": "raise RuntimeError('boom')"})
    assert machine.run("adapter_names()\nresult = [m for m in ('acme', 'builtin_twitter') if m in sys.modules]") == []


def test_loading_imports_the_adapter_that_is_asked_for_and_no_other(machine):
    machine.install("acme-mastodon", {"mastodon": "acme:Mastodon"}, {"acme": machine.paper("mastodon")})
    code = "load_adapter('mastodon')\nresult = [m for m in ('acme', 'builtin_twitter') if m in sys.modules]"
    assert machine.run(code) == ["acme"]


def test_an_adapter_that_was_loaded_is_the_same_one_when_it_is_asked_for_again(machine):
    assert machine.run("result = load_adapter('twitter') is load_adapter('twitter')") is True


def test_a_strangers_adapter_takes_the_place_of_the_built_in_one(machine):
    machine.install("acme-twitter", {"twitter": "acme:Twitter"}, {"acme": machine.paper("twitter")})
    code = "result = [[i.distribution for i in adapter_names()], load_adapter('twitter').title]"
    assert machine.run(code) == [["acme-twitter"], "A stranger for twitter"]


def test_two_strangers_for_one_platform_are_refused_by_name_and_harm_that_platform_alone(machine):
    machine.install("acme-mastodon", {"mastodon": "acme:Mastodon"}, {"acme": machine.paper("mastodon")})
    machine.install("best-mastodon", {"mastodon": "best:Mastodon"}, {"best": machine.paper("mastodon")})
    assert machine.run("result = load_adapter('mastodon').title") == (
        "PluginError: acme-mastodon and best-mastodon both offer an adapter for mastodon: uninstall one of them"
    )
    code = "result = [[i.name for i in adapter_names()], load_adapter('twitter').title]"
    assert machine.run(code) == [["mastodon", "mastodon", "twitter"], "Ours for twitter"]


def test_an_older_copy_of_a_distribution_further_down_the_path_does_not_count(machine):
    machine.install("acme-mastodon", {"mastodon": "old:Mastodon"}, {"old": "raise RuntimeError('old')"}, "1.0")
    machine.install("acme-mastodon", {"mastodon": "new:Mastodon"}, {"new": machine.paper("mastodon")}, "2.0")
    assert machine.run("result = load_adapter('mastodon').title") == "A stranger for mastodon"


@pytest.mark.parametrize(
    ("asked", "said"),
    [("twiter", "did you mean twitter?"), ("", "`crosspost adapters` lists"), ("../x", "`crosspost adapters` lists")],
)
def test_a_name_that_no_adapter_has_is_answered_with_the_nearest(machine, asked, said):
    answer = machine.run(f"result = load_adapter({asked!r}).title")
    assert answer.startswith(f"PluginError: no adapter for {asked!r} is installed")
    assert said in answer


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("import no_such_library_anywhere", "No module named 'no_such_library_anywhere'"),
        ("raise SystemExit('not today')", "SystemExit: not today"),
        ("Mastodont = object", "has no attribute 'Mastodon'"),
        ("class Mastodon:\n    def __init__(self, key): pass", "missing 1 required positional argument"),
        ("class Mastodon(", "SyntaxError"),
    ],
)
def test_an_adapter_that_cannot_be_loaded_says_whose_it_is_and_why(machine, module, said):
    machine.install("acme-mastodon", {"mastodon": "acme:Mastodon"}, {"acme": module})
    answer = machine.run("result = load_adapter('mastodon').title")
    assert answer.startswith("PluginError: the adapter mastodon of acme-mastodon (acme:Mastodon) cannot be loaded: ")
    assert said in answer


def test_an_adapter_that_lacks_part_of_the_contract_is_refused_with_what_it_lacks(machine):
    half = machine.paper("mastodon") + "    connect = property()\n    measure = property()\n"
    machine.install("acme-mastodon", {"mastodon": "acme:Mastodon"}, {"acme": half})
    answer = machine.run("result = load_adapter('mastodon').title")
    assert "does not keep the contract" in answer
    assert answer.endswith("it lacks measure, connect")


def test_an_adapter_that_is_nothing_at_all_lacks_the_whole_contract(machine):
    machine.install("acme-mastodon", {"mastodon": "acme:Mastodon"}, {"acme": "class Mastodon: pass"})
    data = "name, title, base_url, app_keys, account_keys, stub, capabilities, wording"
    lacks = f"{data}, measure, check, post_id, repost_id, connect"
    assert machine.run("result = load_adapter('mastodon').title").endswith(f"it lacks {lacks}")


def test_an_adapter_that_goes_by_another_name_than_its_entry_point_is_refused(machine):
    machine.install("acme-mastodon", {"fediverse": "acme:Mastodon"}, {"acme": machine.paper("mastodon")})
    assert "calls itself 'mastodon'" in machine.run("result = load_adapter('fediverse').title")


def test_a_broken_adapter_can_be_mended_while_the_program_runs(machine, tmp_path):
    fixed = tmp_path / "fixed"
    until_then = f"import os\nif not os.path.exists({str(fixed)!r}): raise OSError('no')\n"
    module = until_then + machine.paper("mastodon")
    machine.install("acme-mastodon", {"mastodon": "acme:Mastodon"}, {"acme": module})
    code = (
        "try:\n    load_adapter('mastodon')\n    result = 'loaded too early'\n"
        f"except PluginError:\n    open({str(fixed)!r}, 'w').close()\n    result = load_adapter('mastodon').title"
    )
    assert machine.run(code) == "A stranger for mastodon"
