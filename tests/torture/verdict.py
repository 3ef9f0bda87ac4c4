"""What it came to: the platforms' own list beside the queue, and the search for secrets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

from tests.torture.chaos import Kill
from tests.torture.scene import Key, Scene

from crosspost.domain.bidi import bare
from crosspost.domain.likeness import Wording, is_near, wording

#: The campaign and the language that every text of a wave begins with.
_MARK = re.compile(r"(wave-\d+) \[([A-Za-z-]+)\]")


#: States of what is said not to be out.
_NOT_OUT = frozenset({"failed", "queued", "held", "cancelled", "expired", "recalled"})


@dataclass(slots=True)
class Verdict:
    """How the queue and the platforms agree. `disagreements` are sentences; there is to be none.

    `reposts` of what is published pass on what another account has said. `followers` say themselves what they were to
    repost, since its original was lost.
    """

    states: Counter[str]
    published: int
    reposts: int = 0
    followers: int = 0
    doubles: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether each delivery is out once, or honestly is not known to be."""
        return not (self.doubles or self.lost or self.disagreements)


def judge(scene: Scene, expected: set[Key], final: Iterable[str]) -> Verdict:
    """Compare; `final` are the states in which a delivery may be left."""
    posts = [post for post in scene.folder.published() if not post["deleted"]]
    out: dict[Key, list[str]] = {}
    for post in posts:
        out.setdefault(_key_of(post), []).append(post["id"])
    queue = {(d["account"], d["campaign"], d["language"]): d for d in scene.folder.json("queue")}
    verdict = Verdict(Counter(d["state"] for d in queue.values()), len(posts), sum(1 for p in posts if p["repost_of"]))
    verdict.followers = scene.count("state = 'sent' AND \"after\" = '' AND because LIKE '%it says it itself'")
    verdict.disagreements += _echoes(posts)
    verdict.doubles = [f"{key}: {', '.join(ids)}" for key, ids in out.items() if len(ids) > 1]
    verdict.lost = [f"{key}: not in the queue" for key in expected - set(queue)]
    verdict.disagreements += [f"{key}: on the platform, and never queued" for key in set(out) - set(queue)]
    unsettled = {d["delivery"] for d in queue.values() if d["state"] == "unknown"}
    for key, delivery in queue.items():
        # While nobody knows whether an original is out, its reposts wait.
        waits = {delivery["state"]} & {"queued"} if delivery["reposts"] in unsettled else set()
        _compare(verdict, key, delivery, out.get(key, []), frozenset(final) | waits)
    alarms = scene.rows("SELECT count(*) AS n FROM event WHERE action = 'alarm-second-receipt'")[0]["n"]
    if alarms:
        verdict.disagreements.append(f"{alarms} alarms: a second receipt for one delivery")
    return verdict


def _echoes(posts: list[dict[str, Any]]) -> Iterator[str]:
    """Yield each pair of X accounts that say nearly the same in their own words."""
    said: dict[str, list[tuple[str, Wording]]] = {}
    for post in posts:
        if post["platform"] == "twitter" and not post["repost_of"]:
            campaign, language = _key_of(post)[1:]
            said.setdefault(f"{campaign} in {language}", []).append((post["account"], wording(post["text"])))
    for what, texts in said.items():
        for (one, text), (other, like) in combinations(texts, 2):
            if one != other and is_near(text, like):
                yield f"{what}: {one} and {other} say nearly the same"


def _key_of(post: dict[str, Any]) -> Key:
    mark = _MARK.match(bare(post["text"]))
    assert mark, f"a post that no wave made: {post['text']!r}"
    return post["account"], mark[1], mark[2]


def _compare(verdict: Verdict, key: Key, delivery: dict[str, Any], ids: list[str], final: frozenset[str]) -> None:
    state = delivery["state"]
    if state == "sent" and not ids:
        verdict.lost.append(f"{key}: sent, and not on the platform")
    elif state == "sent" and delivery["remote_id"] not in ids:
        verdict.disagreements.append(f"{key}: its receipt names {delivery['remote_id']}, the platform {ids}")
    elif state not in final:
        verdict.lost.append(f"{key}: left {state} ({delivery['reason']})")
    elif state in _NOT_OUT and ids:
        verdict.disagreements.append(f"{key}: {state}, and on the platform as {ids}")


@dataclass(frozen=True, slots=True)
class Figures:
    """What the attempts tell. `settled` are seconds from a restart until what the killed daemon left was found."""

    attempts: int
    looked: int
    found: int
    resent: int
    uncertain: int
    settled: tuple[float, ...]

    @property
    def slowest(self) -> float:
        """The longest that one waited, in seconds; 0 where none did."""
        return max(self.settled, default=0.0)

    @property
    def middle(self) -> float:
        """The median, in seconds."""
        return median(self.settled) if self.settled else 0.0


def figures(scene: Scene, kills: Iterable[Kill]) -> Figures:
    """Return what the record of all attempts tells."""
    rows = scene.rows('SELECT delivery, number, worker, outcome, start, "end" AS ended FROM attempt')
    last = {row["delivery"]: 0 for row in rows}
    for row in rows:
        last[row["delivery"]] = max(last[row["delivery"]], row["number"])
    outcomes = Counter(row["outcome"] for row in rows)
    again = sum(row["outcome"] in {"not-sent", "absent"} and row["number"] < last[row["delivery"]] for row in rows)
    looks = scene.rows("SELECT sum(looks) AS n FROM delivery")[0]["n"]
    return Figures(
        attempts=len(rows),
        looked=int(looks or 0) + outcomes["found"] + outcomes["absent"],
        found=outcomes["found"],
        resent=again,
        uncertain=outcomes["uncertain"],
        settled=tuple(_settled(rows, list(kills))),
    )


def _settled(rows: list[Any], kills: list[Kill]) -> Iterator[float]:
    """Yield, for each restart, how long it took until the last post that the dead daemon had on the wire was found."""
    for kill in kills:
        if kill.restarted is None:
            continue
        ends = [
            _instant(row["ended"])
            for row in rows
            if row["outcome"] == "found" and _pid(row["worker"]) == kill.pid and _instant(row["start"]) <= kill.at
        ]
        if ends:
            yield max(0.0, (max(ends) - kill.restarted).total_seconds())


def _pid(worker: str) -> int:
    return int(worker.split("/")[1]) if worker.count("/") >= 2 else 0


def _instant(value: Any) -> datetime:
    """Return an instant as either database's driver gives it."""
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


#: What a secret of the run looks like; longer runs of such characters are searched at every place.
_RUN = re.compile(rb"[A-Za-z0-9_-]{32,}")
_LENGTH = 32

#: Where the secrets belong.
_THEIR_PLACE = frozenset({"credentials.toml", "sandbox.toml"})


def leaks(scene: Scene, secrets: set[bytes], more: Iterable[Path] = ()) -> tuple[list[str], int]:
    """Return where a secret of the run was found outside its place, and how many bytes were searched."""
    # An access token of X begins with the account's number, which is no secret: its end is.
    ends = {secret[-_LENGTH:] for secret in secrets}
    assert {len(end) for end in ends} == {_LENGTH}
    found, searched = [], 0
    for where, data in _everything(scene, more):
        searched += len(data)
        if any(run[at : at + _LENGTH] in ends for run in _RUN.findall(data) for at in range(len(run) - _LENGTH + 1)):
            found.append(where)
    return found, searched


def _everything(scene: Scene, more: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    for folder in (scene.folder.path, *more):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.name not in _THEIR_PLACE:
                yield file.name, file.read_bytes()
    accounts = sorted({d["account"] for d in scene.folder.json("queue")})
    for page in ["/", "/posts.json", "/faults", *(f"/accounts/{account}" for account in accounts)]:
        yield page, scene.read(page)
