"""Claire in Paris: her files, her plans, her holds."""

from __future__ import annotations

import re

import pytest


def test_without_a_config_every_command_says_how_to_make_one_and_makes_nothing(crosspost, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = crosspost("status")
    assert said.code == 3
    assert "crosspost init" in said.err
    assert not list(tmp_path.iterdir())


def test_init_again_keeps_what_is_there_and_says_the_mode_that_the_file_says(crosspost, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "Wrote config.toml" in crosspost("init").out
    (tmp_path / "crosspost.db").unlink()
    config = tmp_path / "config.toml"
    config.write_text(config.read_text("utf-8").replace('mode = "sandbox"', 'mode = "live"'), "utf-8")
    said = crosspost("init").out
    assert said.startswith("LIVE mode")
    assert "stays as it is" in said


@pytest.mark.usefixtures("desk_folder")
def test_a_plan_shows_the_time_on_the_missions_own_clock_even_when_the_time_is_pariss(crosspost):
    said = crosspost("campaign", "plan", "cop31").out
    tokyo = next(line for line in said.splitlines() if line.startswith("opening  amb-jp-tokyo/twitter"))
    assert "Sun 2099-11-08 23:01" in tokyo
    assert "Sun 15:01  Sun 14:01" in tokyo  # in Paris, and UTC
    assert "reposts cop31/opening/ministry/twitter/fr" in tokyo
    rows = crosspost("campaign", "plan", "cop31", "--json").json["planned"]
    row = next(row for row in rows if row["account"] == "amb-jp-tokyo/twitter")
    assert (row["local"], row["zone"]) == ("2099-11-08T23:01", "Asia/Tokyo")


@pytest.mark.usefixtures("desk_folder")
def test_a_plan_says_how_it_goes_round_the_world(crosspost):
    said = crosspost("campaign", "plan", "cop31").out
    assert "Around the world: 2 instants within 1m" in said
    assert "busiest minute: Sun 2099-11-08 15:00 Paris · Sun 14:00 UTC, 5 posts (facebook 2, twitter 3)" in said
    world = crosspost("campaign", "plan", "cop31", "--json").json["world"]
    assert world["first"]["due_at"] == world["instants"][0] == "2099-11-08T14:00:00Z"
    assert world["last"]["shown"].endswith("Sun 15:01 Paris · Sun 14:01 UTC")
    assert world["busiest"]["posts"] == sum(world["busiest"]["by_platform"].values())
    assert {budget["whose"] for budget in world["budgets"]} == {"app", "account"}
    assert all(not budget["over"] for budget in world["budgets"])


@pytest.mark.parametrize(("policy", "moved", "unsaid"), [("next-working", True, False), ("skip", False, True)])
def test_a_plan_counts_what_closed_days_move_and_leave_unsaid(crosspost, desk_folder, policy, moved, unsaid):
    campaign = desk_folder / "campaigns" / "cop31" / "campaign.toml"
    campaign.write_text(campaign.read_text("utf-8").replace("at =", f'closed = "{policy}"\nat =', 1), "utf-8")
    world = crosspost("campaign", "plan", "cop31", "--json").json["world"]  # a Sunday
    assert (world["moved"] > 0, world["closed_and_unsaid"] > 0) == (moved, unsaid)
    assert not world["on_closed_days"]


def test_a_dry_queue_says_how_much_it_would_queue_and_fails_on_errors(crosspost, desk_folder):
    campaign = desk_folder / "campaigns" / "cop31" / "campaign.toml"
    text = campaign.read_text("utf-8")
    campaign.write_text(text.replace("s'ouvre", "s'est ouverte"), "utf-8")
    said = crosspost("campaign", "queue", "cop31", "--dry-run")
    assert said.code == 0
    assert re.search(r"0 to queue, [1-9] to change", said.out)
    campaign.write_text(text.replace(" Europe/Paris", ""), "utf-8")
    assert crosspost("campaign", "queue", "cop31", "--dry-run").code == 1


@pytest.mark.usefixtures("desk_folder")
def test_withdrawing_says_what_would_be_before_it_asks(crosspost):
    said = crosspost("campaign", "withdraw", "cop31")
    assert said.code == 2
    assert "would be" in said.out
    assert "--yes" in said.err
    assert "is withdrawn" in crosspost("campaign", "withdraw", "cop31", "--yes").out


def test_a_new_campaign_may_go_into_a_folder_that_holds_its_images_already(crosspost, desk_folder):
    (desk_folder / "campaigns" / "expo").mkdir()
    assert crosspost("campaign", "new", "expo").code == 0
    assert crosspost("campaign", "new", "expo").code == 2


def test_a_finding_reads_as_two_sentences(crosspost, desk_folder):
    campaign = desk_folder / "campaigns" / "cop31" / "campaign.toml"
    campaign.write_text(campaign.read_text("utf-8").replace(" Europe/Paris", ""), "utf-8")
    assert "a time needs its clock. Write" in crosspost("campaign", "check", "cop31").out


@pytest.mark.usefixtures("desk_folder")
def test_a_misspelt_campaign_is_refused_wherever_it_is_a_filter(crosspost):
    for command in (("queue",), ("hold", "--reason", "x"), ("delivery", "cancel", "--yes")):
        said = crosspost(*command, "--campaign", "cop13")
        assert (said.code, "did you mean cop31" in said.err) == (2, True), command
    assert crosspost("queue", "--campaign", "cop").out == crosspost("queue", "--campaign", "cop31").out


@pytest.mark.usefixtures("desk_folder")
def test_a_hold_in_force_is_on_the_status_page_until_it_is_released(crosspost):
    placed = crosspost("hold", "--country", "JP", "--reason", "earthquake", "--json").json
    assert placed["queued"] > 0
    assert "earthquake" in crosspost("status").out
    assert "would end" in crosspost("release", "--all", "--dry-run").out
    assert "is over" in crosspost("release", "--all").out
    assert "earthquake" not in crosspost("status").out
    assert crosspost("release", "--all").code == 0


@pytest.mark.usefixtures("desk_folder")
def test_preview_of_a_post_that_is_none_names_those_that_there_are(crosspost):
    said = crosspost("preview", "cop31/closing")
    assert said.code == 2
    assert "opening" in said.err


def test_importing_again_says_what_the_file_no_longer_names_and_keeps_it(crosspost, desk_folder):
    file = desk_folder / "network.csv"
    file.write_text("\n".join(row for row in file.read_text("utf-8").splitlines() if "tokyo" not in row), "utf-8")
    said = crosspost("network", "import", "network.csv").out
    assert "Not in the file, and kept (2): amb-jp-tokyo" in said
    assert "Tokyo" in crosspost("network", "show", "amb-jp-tokyo").out


@pytest.mark.usefixtures("desk_folder")
def test_a_network_file_that_is_not_there_is_a_usage_error(crosspost):
    assert crosspost("network", "import", "nowhere.csv").code == 2


@pytest.mark.usefixtures("desk_folder")
def test_a_platform_that_nothing_speaks_to_is_not_added(crosspost):
    said = crosspost("network", "add", "amb-jp-tokyo", "--account", "mastodon=@jp", "--yes")
    assert said.code == 2
    assert "twitter" in said.err
