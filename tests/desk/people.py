"""Paris and the missions, as a property test has them act: each with what they see now, or saw long ago."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from tests.desk.oracle import ALT, TRANSLATIONS, Oracle, Written, first_file, numbers_in, said
from tests.store.moves import StagedStore

from crosspost.desk import answers, campaigns, deliveries, networks, overrides, replan
from crosspost.desk.answers import Answer, Kind
from crosspost.desk.campaigns import Edit
from crosspost.desk.desk import Desk
from crosspost.desk.overrides import Target
from crosspost.desk.staleness import Open
from crosspost.domain.campaign import ANY, LINK, OPT_OUT, TEXT, StalePolicy, Variant
from crosspost.domain.delivery import State
from crosspost.domain.findings import has_errors
from crosspost.domain.freshness import Change
from crosspost.domain.network import Network
from crosspost.domain.selection import Selection
from crosspost.errors import UsageError
from crosspost.files.campaign import CampaignFile
from crosspost.files.config import Config
from crosspost.files.toml import parse_toml
from crosspost.store.claims import Claim
from crosspost.store.events import Actor
from crosspost.store.media import MediaStore
from crosspost.testing.paper import PaperAdapter

OWNERS = ("asia", "tokyo", "seoul", "cairo")
ADAPTERS = {name: PaperAdapter(name) for name in ("paper", "board")}

which = st.integers(0, 11)
owners = st.sampled_from(OWNERS)
fields = st.sampled_from([TEXT, TEXT, TEXT, ALT, LINK])
platforms = st.sampled_from([ANY, ANY, "paper", "board"])


Act = Callable[..., None]


def act(weight: int = 1, when: Callable[[Any], bool] = bool, **drawn: st.SearchStrategy[Any]) -> Callable[[Act], Act]:
    """Make a method something that somebody does: how often in comparison, when it can be, and what it takes.

    They are no rules of hypothesis, which leaves out whole rules for a run: then hardly anything would ever be sent.
    """

    def mark(method: Act) -> Act:
        method.act = (weight, when, drawn)
        return method

    return mark


@dataclass(frozen=True)
class Look:
    """What somebody had before them: the file that counted, and how many critical corrections there had been."""

    file: Written
    corrections: int


class People(RuleBasedStateMachine):
    """One post, three fields, five accounts of four missions, and everybody who may touch them."""

    make: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="crosspost-stale-"))
        shutil.copyfile(type(self).make, self.folder / "crosspost.db")
        self.store = StagedStore.open(f"sqlite:///{self.folder / 'crosspost.db'}", "sandbox")
        self.oracle = Oracle(Written(()))
        self.words: dict[tuple[str, tuple[str, str, str, str]], str] = {}
        self.files: list[Written] = []
        self.targets: list[tuple[Target, Look]] = []
        self.shown: list[tuple[Sequence[Open], Look]] = []
        self.sheets: list[tuple[str, str, Look]] = []
        self.on_the_way: list[Claim] = []
        self.sent = self.points = 0

    @rule(data=st.data())
    def somebody_acts(self, data: st.DataObject) -> None:
        """One of all that can be done now is done."""
        methods = [getattr(self, name) for name in dir(type(self)) if hasattr(getattr(type(self), name), "act")]
        able = [m for m in methods for _ in range(m.act[0]) if m.act[1] is bool or m.act[1](self)]
        chosen = data.draw(st.sampled_from(able))
        given = {name: data.draw(strategy, label=name) for name, strategy in chosen.act[2].items()}
        note(f"{chosen.__name__} {given}")
        chosen(**given)

    def _desk(self, role: str) -> Desk:
        return Desk(
            config=Config(path=self.folder / "config.toml", campaigns=self.folder / "campaigns"),
            store=self.store,
            media=MediaStore(self.folder / "media"),
            actor=Actor("somebody", role),
            clock=self.store.clock,
            adapters=ADAPTERS,
        )

    @property
    def now(self) -> datetime:
        return self.store.instant

    @property
    def file(self) -> Written:
        return self.oracle.current

    @property
    def _is_over(self) -> bool:
        """Whether the post's time is past for some, so that perhaps nobody could say a new version of it."""
        return self.file.at.instant("Asia/Tokyo").utc <= self.now

    def _next_due(self) -> datetime:
        """Return when something is due next; now where nothing is."""
        queued = deliveries.every(self._desk(""), Selection(state=("queued", "held")))
        return min((d.row.due for d in queued if d.row.due > self.now), default=self.now)

    def _look(self) -> Look:
        return Look(self.file, self.oracle.corrections)

    def _name(self) -> str:
        return f"cop/{self.file.post}"

    def _said(self) -> dict[str, set[int]]:
        return {d.row.id: numbers_in(d.content) for d in deliveries.every(self._desk(""), Selection())}

    # -- Paris ---------------------------------------------------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        assert self._queue(first_file(self.oracle), Change.SUBSTANTIVE)

    def _queue(self, file: Written, change: Change, *, revert: bool = False) -> bool:
        """Queue the file as Paris; say whether it was taken."""
        ministry = self._desk("ministry")
        read = CampaignFile(file.campaign(), (), {}, parse_toml("", "campaign.toml"), {})
        edit = Edit(change, "it was wrong" if change is Change.CRITICAL else "", revert=revert)
        try:
            seen = campaigns.prospect(ministry, read, edit)
        except UsageError:
            return False
        if has_errors(seen.findings):
            return False
        campaigns.queue(ministry, read, seen)
        self.oracle.current = file
        if seen.is_new_revision:
            self.files.append(file)
        if change is Change.CRITICAL and seen.is_new_revision:
            self.oracle.corrections += 1
            every = deliveries.every(ministry, Selection(campaign=tuple(f"cop/{post}" for post in seen.corrected)))
            self.oracle.unseen |= {d.row.id: self.oracle.corrections for d in every if d.row.state != State.SENT}
        return True

    @act(
        4,
        name=fields,
        follow=st.sampled_from([(), (), ("ja",), ("ar",), ("ja", "ar")]),
        change=st.sampled_from([*[Change.SUBSTANTIVE] * 4, Change.CRITICAL]),
        platform=st.sampled_from([ANY, ANY, ANY, "paper"]),
    )
    def paris_says_something_else(self, name: str, follow: tuple[str, ...], change: Change, platform: str) -> None:
        place = (name, ANY if name == LINK else "fr", platform if name == TEXT else ANY)
        file = self.file.put(place, self.oracle.new())
        for language in follow if name != LINK else ():
            source = file.source(name, place[2])
            file = file.put((name, language, place[2]), self.oracle.write(name, place[2], source))
        assert self._queue(file, change) or self._is_over

    @act(2, also=st.booleans())
    def paris_corrects_a_slip(self, also: bool) -> None:
        self.points += 1
        assert self._queue(replace(self.file, points=self.points), Change.COSMETIC) or self._is_over
        if also:
            worse = replace(self.file.put((TEXT, "fr", ANY), self.oracle.new()), points=self.points + 1)
            assert not self._queue(worse, Change.COSMETIC), "another number is no slip"

    @act(3, what=st.sampled_from(["translation", "paper", "fact", "policy", "time", "post", "remove"]), which=which)
    def paris_changes_the_file(self, what: str, which: int) -> None:
        language = TRANSLATIONS[which % 2]
        file = self.file
        if what == "translation":
            number = self.oracle.write(TEXT, ANY, file.source(TEXT))
            file = file.put((TEXT, language, ANY), number)
        elif what == "paper":
            file = file.put((TEXT, "fr", "paper"), None)
        elif what == "fact":
            file = replace(file, hall=f"Salle {'BCDEFGHIJKLM'[which]}")
        elif what == "policy":
            file = replace(file, policy=list(StalePolicy)[which % 2])
        elif what == "time":
            wall = max(file.at.wall, self.now.replace(tzinfo=None)) + timedelta(hours=which)
            file = replace(file, at=replace(file.at, wall=wall))
        elif what == "post":
            file = replace(file, post=f"post{chr(ord('a') + which)}")
        else:
            file = file.put((TEXT, language, ANY), None)
        self._queue(file, [Change.SUBSTANTIVE, Change.CRITICAL][which % 4 == 3])

    @act(1, when=lambda self: len(self.files) > 1, which=which, revert=st.booleans())
    def somebody_queues_an_old_copy(self, which: int, revert: bool) -> None:
        old = self.files[which % len(self.files)]
        if old.campaign() == self.file.campaign():
            return
        is_taken = self._queue(old, Change.SUBSTANTIVE, revert=revert)
        is_past = old.at.instant("Asia/Tokyo").utc <= self.now
        assert is_taken is revert or is_past, "an old copy is no correction"

    @act(
        2,
        when=lambda self: len(self.files) > 1,
        which=which,
        name=st.sampled_from([TEXT, ALT]),
        language=st.sampled_from(TRANSLATIONS),
    )
    def paris_takes_back_an_old_translation(self, which: int, name: str, language: str) -> None:
        old = self.files[which % len(self.files)].number(name, language)
        self._queue(self.file.put((name, language, ANY), old), Change.SUBSTANTIVE, revert=True)

    @act(1, again=st.sampled_from([True, True, True, False]))
    def paris_withdraws(self, again: bool) -> None:
        campaigns.withdraw(self._desk("ministry"), "cop")
        if again:
            self._queue(self.file, Change.SUBSTANTIVE)

    @act(1, languages=st.sampled_from([("fr", "ja"), ("ja",), ("ja", "fr", "ar"), ("ar", "fr")]), who=owners)
    def a_mission_speaks_other_languages(self, languages: tuple[str, ...], who: str) -> None:
        ministry = self._desk("ministry")
        known = ministry.network()
        missions = {**known.missions, who: replace(known.missions[who], languages=languages)}
        networks.take_over(ministry, networks.propose(ministry, Network(missions, known.accounts)))

    # -- the missions --------------------------------------------------------------------------------------------------

    @act(4, owner=owners, name=fields, language=st.sampled_from(["fr", "ja", "ar"]), platform=platforms, before=which)
    def a_mission_writes_its_own(self, owner: str, name: str, language: str, platform: str, before: int) -> None:
        """It writes for what it sees now, or for what it saw when it opened its editor."""
        every = [*self.targets[-3:], (overrides.target(self._desk(""), self._name()), self._look())]
        to, look = every[before % len(every)]
        language = ANY if name == LINK else language
        number = self.oracle.write(name, platform, look.file.source(name, platform))
        variant = Variant(owner, name, language, platform, said(name, number))
        said_before, due_anyway = self._said(), self._planned()
        overrides.put(self._desk(owner), to, variant)
        self.words[to.post.id, variant.place] = variant.value
        self._looked(said_before, {number}, look)
        self._require_others_untouched(said_before, due_anyway, owner)

    def _looked(self, before: dict[str, set[int]], numbers: set[int], look: Look) -> None:
        self.oracle.look(before, self._said(), numbers, look.corrections)

    def _planned(self) -> dict[str, set[int]]:
        """Return what a new plan says though nobody changes anything: it takes up what came back from its way."""
        made = replan.preview(self._desk(""), "cop", replan.AsItStands()).plan
        return {planned.id: numbers_in(planned.content) for planned in made.planned}

    def _require_others_untouched(
        self, before: dict[str, set[int]], due_anyway: dict[str, set[int]], owner: str
    ) -> None:
        known = self._desk("").network()
        for delivery, numbers in self._said().items():
            if not known.is_within(delivery.split("/")[2], owner):
                stands = numbers in (before.get(delivery), due_anyway.get(delivery))
                assert stands, f"{owner} changed what {delivery} says"

    @act(1, owner=st.sampled_from(["seoul", "cairo"]))
    def a_mission_leaves_the_post_out(self, owner: str) -> None:
        to = overrides.target(self._desk(""), self._name())
        variant = Variant(owner, OPT_OUT, ANY, ANY, "state mourning")
        overrides.put(self._desk(owner), to, variant)
        self.words[to.post.id, variant.place] = variant.value

    @act(1, when=lambda self: any(post == self.file.post for post, _ in self.words), which=which)
    def a_mission_drops_its_own(self, which: int) -> None:
        place = self._some_place(which)
        to, look, before = overrides.target(self._desk(""), self._name()), self._look(), self._said()
        gone = self.words.pop((to.post.id, place))
        overrides.drop(self._desk(place[0]), to, Variant(*place, ""))
        self._looked(before, self._number(gone), look)

    def _some_place(self, which: int) -> tuple[str, str, str, str]:
        places = sorted(place for post, place in self.words if post == self.file.post)
        return places[which % len(places)]

    @staticmethod
    def _number(value: str) -> set[int]:
        return {int(word) for word in value.replace("/", " ").split() if word.isdigit()}

    @act(
        2,
        when=lambda self: any(post == self.file.post for post, _ in self.words),
        which=which,
        minutes=st.sampled_from([-30, 1, 5, 300]),
    )
    def a_mission_pins(self, which: int, minutes: int) -> None:
        """Until before or after it is due."""
        place = self._some_place(which)
        if place[1] == OPT_OUT:
            return
        desk, look, before = self._desk(place[0]), self._look(), self._said()
        to, until = overrides.target(desk, self._name()), self._next_due() + timedelta(minutes=minutes)
        if until <= self.now:
            return
        kept = answers.own(desk, to, place[0], place[1].partition(":")[0], (place[2], place[3]))
        given = [Answer(Kind.PIN, to.post.id, v, s, to.revision, "agreed", until) for v, s in kept if v.place == place]
        answers.give(desk, "cop", given)
        for number in self._number(given[0].shown.value):
            self.oracle.pinned[number] = until
            self._looked(before, {number}, look)
