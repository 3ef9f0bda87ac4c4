"""One working day on the demo network, as its people play it: Paris corrects three times, missions answer."""

from __future__ import annotations

import csv
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.e2e.conftest import Folder, wait_until

from crosspost.domain.selection import Selection
from crosspost.store import Store, deliveries, network
from crosspost.store.deliveries import Listed

POST = "consular-register/register"
CAMPAIGN = "consular-register"

#: The missions that take part. Half of them lie in the regions that speak first.
EAST = ("amb-de-berlin", "amb-at-vienna", "amb-ru-moscow", "amb-uz-tashkent", "amb-tr-ankara", "amb-eg-cairo")
EAST += ("amb-jp-tokyo", "amb-kr-seoul")
WEST = ("amb-sn-dakar", "amb-cg-brazzaville", "amb-br-brasilia", "cg-br-sao-paulo")
READERS = ("amb-eg-cairo", "amb-jp-tokyo", "cg-br-sao-paulo", "amb-sn-dakar")
EARLY = ("region-europe", "region-middle-east", "region-asia-pacific")

#: The words of missions, as they write them; what stands between braces is rendered.
CAIRO = "تدعوكم السفارة في القاهرة إلى التسجيل في السجل القنصلي في موعد أقصاه {{ deadline | date }}."
CAIRO_AT_HOME = "تدعوكم السفارة في القاهرة إلى التسجيل من منازلكم في السجل القنصلي في موعد أقصاه {{ deadline | date }}."
TOKYO = "フランス国籍の皆様へ。在外フランス人登録を{{ deadline | date }}までに、東京の大使館へお済ませください。"
SEOUL = "서울의 프랑스 국민 여러분, {{ deadline | date }}까지 영사 등록을 마쳐 주세요."
ANKARA = "Türkiye’deki Fransız vatandaşları, konsolosluk kaydınızı {{ deadline | date }} tarihine kadar yaptırın."
SAO_PAULO = "Franceses em São Paulo: façam a inscrição consular até {{ deadline | date }}."
SAO_PAULO_AT_HOME = "Franceses em São Paulo: façam a inscrição consular de casa até {{ deadline | date }}."
BRASILIA = "Franceses em Brasília: façam a inscrição consular até {{ deadline | date }}."
DAKAR = (
    "Français du Sénégal\n\nVous êtes de nationalité française et vous vivez au Sénégal\u202f? Inscrivez-vous au "
    "registre consulaire au plus tard le {{ deadline | date }}.\n\nL’inscription est gratuite et se fait en ligne. "
    "Elle facilite vos démarches administratives et permet à nos équipes de vous joindre en cas de crise."
)

TYPO, RIGHT = "vos démarches administrative et", "vos démarches administratives et"
ONLINE, AT_HOME = "se fait en ligne. Elle", "se fait en ligne, depuis chez vous. Elle"
ENGLISH, ENGLISH_AT_HOME = "is done online. It", "is done online, from home. It"
PORTUGUESE, PORTUGUESE_AT_HOME = "feita pela internet. F", "feita pela internet, sem sair de casa. F"


@dataclass
class Day:
    """The folder, and what was seen at each step of the day, by the step's name.

    `strays` are the deliveries that a mission's act changed although they are not the mission's.
    """

    folder: Folder
    inboxes: dict[str, dict[str, Any]] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    strays: list[tuple[str, str]] = field(default_factory=list)
    published: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    corrected_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def play(self) -> None:
        """Play the day from morning to evening."""
        self._prepare()
        self._say("queued", "campaign", "queue", CAMPAIGN, "--yes")
        self._localise()
        self._look("localised")
        self._edit(TYPO, RIGHT)
        self._say("cosmetic", "campaign", "queue", CAMPAIGN, "--cosmetic", "--yes")
        self._look("cosmetic")
        self._edit(ONLINE, AT_HOME)
        self._edit(ENGLISH, ENGLISH_AT_HOME)
        self._say("substantive", "campaign", "queue", CAMPAIGN, "--yes")
        self._look("substantive")
        self._answer()
        self._look("answered")
        self._speak_in_the_east()
        self._correct()
        self._look("critical")
        self._finish()
        self._look("evening")

    def sent(self) -> list[dict[str, Any]]:
        """Return what the queue says is out, recalled or not."""
        return [d for d in self.folder.json("queue", "-c", CAMPAIGN) if d["state"] in {"sent", "recalled"}]

    def _prepare(self) -> None:
        file = self.folder.path / "network.csv"
        with file.open(newline="", encoding="utf-8") as table:
            rows = list(csv.DictReader(table))
        for row in rows:
            is_tashkent = row["mission_id"] == "amb-uz-tashkent"
            row["account_languages_facebook"] = "ru;fr" if is_tashkent else ""
            row["language_mode_facebook"] = "first" if is_tashkent else ""
        with file.open("w", newline="", encoding="utf-8") as table:
            writer = csv.DictWriter(table, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        self.folder.crosspost("network", "import", "network.csv", "--yes")
        day = datetime.now(UTC) + timedelta(days=3)
        # In this film it is noon when the east speaks, at whatever hour it is played.
        self._edit('"2027-03-01 09:00 local"', f'"{day:%Y-%m-%d} 09:00 local"\nquiet = "ignore"')
        self._edit(RIGHT, TYPO)
        self._edit('source = "fr"', 'source = "fr"\nstale  = "fallback"')
        text = self._file.read_text("utf-8")
        regions = text[text.index("mission  = [") : text.index("platform = [")]
        listed = ", ".join(f'"{mission}"' for mission in (*EAST, *WEST))
        self._file.write_text(text.replace(regions, f"mission  = [{listed}]\n"), "utf-8")

    @property
    def _file(self) -> Any:
        return self.folder.path / "campaigns" / CAMPAIGN / "campaign.toml"

    def _edit(self, old: str, new: str) -> None:
        text = self._file.read_text("utf-8")
        assert old in text, old
        self._file.write_text(text.replace(old, new), "utf-8")

    def _say(self, step: str, *words: str, expect: int | None = 0) -> str:
        done = self.folder.crosspost(*words, expect=expect)
        self.said[step] = done.stdout + done.stderr
        return self.said[step]

    def _look(self, step: str) -> None:
        """Keep the inboxes of those who are asked."""
        for mission in READERS:
            done = self.folder.crosspost("--as", mission, "inbox", "--json", expect=None)
            self.inboxes.setdefault(step, {})[mission] = json.loads(done.stdout)

    def _localise(self) -> None:
        """Cairo fills in a worksheet, the others write; each changes nothing but its own."""
        sheet = self._export("cairo.toml")
        self._fill(sheet, "يُرجى التسجيل في السجل القنصلي في موعد أقصاه {{ deadline | date }}.\n", f"{CAIRO}\n")
        self._within("amb-eg-cairo", "override", "import", sheet, "--yes")
        for mission, language, words, *platform in (
            ("amb-jp-tokyo", "ja", TOKYO),
            ("amb-kr-seoul", "ko", SEOUL),
            ("amb-tr-ankara", "tr", ANKARA),
            ("cg-br-sao-paulo", "pt-BR", SAO_PAULO),
            ("amb-br-brasilia", "pt-BR", BRASILIA),
            ("amb-sn-dakar", "fr", DAKAR, "--platform", "facebook"),
        ):
            where = ("-m", mission, "--lang", language, *platform)
            self._within(mission, "override", "set", POST, *where, "--text", words)
        self._fill(self._export("cairo-old.toml"), CAIRO, f"{CAIRO} شكراً.")

    def _export(self, name: str) -> str:
        (self.folder.path / name).unlink(missing_ok=True)
        self.folder.crosspost("--as", "amb-eg-cairo", "override", "export", "-m", "amb-eg-cairo", "-o", name)
        return name

    def _fill(self, sheet: str, old: str, new: str) -> None:
        file = self.folder.path / sheet
        head, mark, body = file.read_text("utf-8").partition("\n# 1 of ")
        assert body.count(old) == 1, body
        file.write_text(head + mark + body.replace(old, new), "utf-8")

    def _within(self, mission: str, *words: str) -> str:
        """Let a mission do something, and note what that changed elsewhere."""
        before = self._planned()
        done = self.folder.crosspost("--as", mission, *words)
        for name, now in self._planned().items():
            if _mission(now) != mission and _plan(now) != _plan(before[name]):
                self.strays.append((mission, name))
        return done.stdout + done.stderr

    def _planned(self) -> dict[str, Listed]:
        """Return what the queue holds, read past the command line: that is asked often."""
        store = Store.open(f"sqlite:///{self.folder.path / 'crosspost.db'}", "sandbox")
        with store.read() as tx:
            found = deliveries.every(tx, Selection(campaign=(CAMPAIGN, "correction")), network.load(tx))
        store.close()
        return {listed.row.id: listed for listed in found}

    def _answer(self) -> None:
        """Each mission answers in its own way, and Paris for its translations; nobody answers for the Russian."""
        self.said["old worksheet"] = self._within("amb-eg-cairo", "override", "import", "cairo-old.toml", "--yes")
        self.said["after the old worksheet"] = self.folder.crosspost("--as", "amb-eg-cairo", "inbox", expect=1).stdout
        sheet = self._export("cairo-new.toml")
        self._fill(sheet, f"{CAIRO} شكراً.", CAIRO_AT_HOME)
        self._within("amb-eg-cairo", "override", "import", sheet, "--yes")
        end = f"{datetime.now(UTC) + timedelta(days=20):%Y-%m-%d}"
        ours = [POST, "-m", "amb-jp-tokyo", "--lang", "ja", "--until", end, "--reason", "agreed with the consul"]
        self.said["pin"] = self._within("amb-jp-tokyo", "override", "pin", *ours)
        self.said["accept"] = self._within("amb-kr-seoul", "override", "accept", CAMPAIGN, "--yes")
        words = ("-m", "cg-br-sao-paulo", "--lang", "pt-BR", "--text", SAO_PAULO_AT_HOME)
        self._within("cg-br-sao-paulo", "override", "edit", POST, *words)
        self._within("amb-br-brasilia", "override", "take-central", CAMPAIGN, "--yes")
        self._within("amb-tr-ankara", "override", "opt-out", CAMPAIGN, "--reason", "closed for stocktaking", "--yes")
        [stale] = self.inboxes["substantive"]["amb-sn-dakar"]["stale"]
        merged = ("-m", "amb-sn-dakar", "--lang", "fr", "--platform", "facebook", "--text", stale["proposal"])
        self._within("amb-sn-dakar", "override", "edit", POST, *merged)
        languages = [
            word for tag in ("de", "es", "it", "ja", "ko", "tr", "uk", "fa", "he", "ar") for word in ("-l", tag)
        ]
        self._say("translations", "translation", "accept", CAMPAIGN, *languages, "-l", "zh-Hans", "--yes")
        self._edit(PORTUGUESE, PORTUGUESE_AT_HOME)
        self._say("portuguese", "campaign", "queue", CAMPAIGN, "--yes")

    def _speak_in_the_east(self) -> None:
        """Europe, the Middle East and Asia bring their time forward to now, as if the sun had come that far."""
        self.folder.start_sandbox()
        for region in EARLY:
            soon = f"{datetime.now(UTC) + timedelta(seconds=30):%Y-%m-%d %H:%M:%S} UTC"
            self.folder.crosspost("--as", region, "override", "set", POST, "-m", region, "--at", soon)
        self.folder.start("daemon")
        wait_until(self._are_out)
        self.published["noon"] = self.folder.published()

    def _are_out(self) -> bool:
        time.sleep(0.2)
        first = [d for d in self._planned().values() if _mission(d) in EAST and not d.content.is_repost]
        return all(d.state not in {"queued", "sending"} for d in first)

    def _is_done(self) -> bool:
        time.sleep(0.2)
        return all(d.state not in {"queued", "sending", "unknown"} for d in self._planned().values())

    def _correct(self) -> None:
        self._edit("deadline = 2027-03-06", "deadline = 2027-03-31")
        wrong = "the deadline is 31 March, not 6 March"
        self._say("critical", "campaign", "queue", CAMPAIGN, "--critical", wrong, "--yes")
        self.corrected_at = datetime.now(UTC)

    def _finish(self) -> None:
        """Missions and Paris look at what waits; what X has is taken back, what Facebook has is put right in public."""
        for mission in ("amb-sn-dakar", "cg-br-sao-paulo"):
            self._within(mission, "campaign", "confirm", POST, "-m", mission, "--yes")
        self.published["afternoon"] = self.folder.published()
        self._say("confirmed", "campaign", "confirm", POST, "--yes")
        self._say("recalled", "recall", POST, "-p", "twitter", "--keep-unsent", "-r", "wrong date", "--yes")
        self._say("russian", "translation", "accept", CAMPAIGN, "-l", "ru", "--yes")
        self._say("written", "campaign", "correction", POST, "--write", "correction")
        self._say("put right", "campaign", "queue", "correction", "--now", "--yes")
        self._say("the rest", "campaign", "queue", CAMPAIGN, "--now", "--yes")
        wait_until(self._is_done)
        self.published["evening"] = self.folder.published()
        self._say("morning", "today", expect=None)


def _mission(listed: Listed) -> str:
    return listed.row.account.rpartition("/")[0]


def _plan(listed: Listed) -> tuple[object, ...]:
    """Return what an override may change: the words, the time, whether it leaves."""
    return listed.content.text, listed.row.due, listed.state
