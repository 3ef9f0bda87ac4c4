"""No stale text is ever sent, in any order of edits, overrides, answers, worksheets, corrections and sends.

Paris, the missions, time and the sender take their steps in any order, also with what they looked at long ago in their
hands; whatever leaves is judged by an oracle that knows what each text was made from. Nobody's words are overwritten,
and in the end everything that waits has a command that lets it go. `CROSSPOST_STALE=deep` tries many more and longer
orders, and other ones each time.
"""

from __future__ import annotations

import os
import shutil
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, run_state_machine_as_test
from tests.desk.oracle import ALT, NETWORK, said
from tests.desk.people import OWNERS, Look, People, act, owners, which
from tests.store.moves import StagedStore

from crosspost.adapter import NotSent, Receipt
from crosspost.desk import answers, critical, deliveries, holds, overrides, translations, worksheet
from crosspost.desk.answers import Answer, Kind
from crosspost.desk.staleness import stale_values
from crosspost.desk.summary import matters
from crosspost.domain.campaign import ANY, OPT_OUT, TEXT
from crosspost.domain.delivery import BlockKind, State
from crosspost.domain.findings import has_errors
from crosspost.domain.freshness import Change
from crosspost.domain.selection import Selection
from crosspost.errors import ConflictError, NotPermittedError, UsageError
from crosspost.files.worksheet import parse_sheet, written
from crosspost.store import campaigns as stored
from crosspost.store import claims, gate, network, outcomes, sweeps
from crosspost.store.claims import Claim, Worker
from crosspost.store.outcomes import Tried

LATE_AFTER = timedelta(minutes=15)
LEASE = timedelta(minutes=5)


class NeverStale(People):
    """The same, with answers, worksheets, time, and a sender."""

    def teardown(self) -> None:
        try:
            if self.files:
                self._answer_all()
        finally:
            self.store.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    # -- answers -------------------------------------------------------------------------------------------------------

    @act(2, owner=owners)
    def everybody_looks_at_what_there_is(self, owner: str) -> None:
        """In an editor, in the list of what is stale, and in a worksheet: to answer any time later."""
        self.targets.append((overrides.target(self._desk(""), self._name()), self._look()))
        sheet = worksheet.sheet(self._desk(owner), owner)
        self.sheets.append((owner, written(sheet, lambda _: "…"), self._look()))
        self.shown.append((answers.asked(self._desk("ministry"), "cop", Selection()), self._look()))

    @act(3, kind=st.sampled_from([Kind.ACCEPT, Kind.ACCEPT, Kind.TAKE_CENTRAL, Kind.OPT_OUT]), before=which)
    def somebody_answers(self, kind: Kind, before: int) -> None:
        every = [*self.shown[-3:], (answers.asked(self._desk("ministry"), "cop", Selection()), self._look())]
        found, look = every[before % len(every)]
        given = [Answer(kind, one.post, one.variant, one.source_now, one.revision, "because") for one in found]
        if not given:
            return
        with pytest.raises(NotPermittedError):
            answers.give(self._desk("cairo" if given[0].shown.owner != "cairo" else "tokyo"), "cop", given[:1])
        said_before = self._said()
        try:
            done = answers.give(self._desk("ministry"), "cop", given)
        except ConflictError:
            return
        for answer in done.done:
            self._answered(answer, look, said_before)

    def _answered(self, answer: Answer, look: Look, before: dict[str, set[int]]) -> None:
        shown = answer.shown
        numbers = self._number(shown.value)
        if answer.kind is Kind.ACCEPT:
            for number in numbers:
                self.oracle.accept(number, look.file.source(shown.field, shown.platform))
        elif answer.kind is Kind.TAKE_CENTRAL:
            del self.words[answer.post, shown.place]
        elif answer.kind is Kind.OPT_OUT:
            self.words[answer.post, (shown.owner, OPT_OUT, ANY, shown.platform)] = answer.reason
        self._looked(before, numbers, look)

    @act(2, edits=st.booleans())
    def paris_answers_for_its_translations(self, edits: bool) -> None:
        ministry, look, before = self._desk("ministry"), self._look(), self._said()
        found = [one for one in translations.asked(ministry, "cop", Selection()) if one.post == self.file.post]
        if not found:
            return
        with pytest.raises(NotPermittedError):
            translations.renew(self._desk("asia"), "cop", [translations.accepted(found[0])])
        file, renewals, numbers = self.file, [], set()
        for one in found if not edits else found[:1]:
            place = (one.variant.field, one.variant.language, one.variant.platform)
            source = file.source(place[0], place[2])
            if edits:
                number = self.oracle.write(place[0], place[2], source)
                to = overrides.target(ministry, self._name())
                renewals.append(translations.reworded(to, one.variant, said(place[0], number)))
                file = file.put(place, number)
            else:
                number = file.number(*place)
                self.oracle.accept(number, source)
                renewals.append(translations.accepted(one))
            numbers.add(number)
        translations.renew(ministry, "cop", renewals)
        self.oracle.current = file
        if edits:
            self.files.append(file)
        self._looked(before, numbers, look)

    @act(2, role=st.sampled_from(["ministry", *OWNERS]))
    def somebody_confirms(self, role: str) -> None:
        desk = self._desk(role)
        try:
            waiting = critical.waiting(desk, "cop", Selection()).waiting
        except (UsageError, NotPermittedError):
            return
        for delivery in critical.confirm(desk, waiting):
            self.oracle.unseen.pop(delivery, None)

    # -- worksheets ----------------------------------------------------------------------------------------------------

    @act(2, when=lambda self: self.sheets, which=which, accepts=st.booleans(), mine=st.booleans())
    def a_worksheet_comes_back(self, which: int, accepts: bool, mine: bool) -> None:
        """One of its texts was given other words, or was accepted as it is."""
        owner, text, look = self.sheets[which % len(self.sheets)]
        read = parse_sheet(text, "sheet.toml")
        if not read.sheet.tasks:
            return
        task = read.sheet.tasks[which % len(read.sheet.tasks)]
        name = ALT if task.field != TEXT else TEXT
        number = self.oracle.write(name, task.platform, look.file.source(name, task.platform))
        text = self._filled_in(text, which % len(read.sheet.tasks), "" if accepts else said(name, number))
        desk, before = self._desk(owner), self._said()
        seen = worksheet.prospect(desk, parse_sheet(text, "sheet.toml"), mine=mine)
        if has_errors(seen.findings):
            return
        worksheet.commit(desk, seen)
        for step in seen.steps:
            source = look.file.source(step.variant.field, step.variant.platform)
            numbers = self._number(step.variant.value)
            if step.action == "accept":
                self.oracle.accept(*numbers, source)
            else:
                self.words[step.task.post, step.variant.place] = step.variant.value
            self._looked(before, numbers, look)

    @staticmethod
    def _filled_in(text: str, which: int, words: str) -> str:
        """Return the file with other words in one of its texts, or with the answer that they are right."""
        head, *tasks = text.split("[[texts]]")
        if words:
            before, _, rest = tasks[which].partition("'''\n")
            _, _, after = rest.partition("\n'''")
            tasks[which] = f"{before}'''\n{words}\n'''{after}"
        else:
            tasks[which] = tasks[which].replace('answer = ""', 'answer = "accept"')
        return "[[texts]]".join([head, *tasks])

    # -- time, and the sender ------------------------------------------------------------------------------------------

    @act(1, is_held=st.booleans())
    def a_hold_is_placed_or_released(self, is_held: bool) -> None:
        ministry = self._desk("ministry")
        if is_held:
            holds.place(ministry, Selection(mission=("asia",)), "earthquake")
        else:
            holds.release(ministry, [hold.id for hold in holds.active(ministry)])

    @act(1)
    def a_person_lets_late_posts_leave(self) -> None:
        ministry = self._desk("ministry")
        deliveries.send_late(ministry, deliveries.every(ministry, Selection()))

    @act(
        9,
        minutes=st.sampled_from([0, 0, 2, 10, 45]),
        becomes=st.sampled_from(["sent", "sent", "sent", "not sent", "on the way"]),
    )
    def the_next_time_comes(self, minutes: int, becomes: str) -> None:
        """What is due next is sent; the daemon is there, or comes so many minutes late."""
        self.store.instant = self._next_due() + timedelta(minutes=minutes)
        for claim in self._begin():
            if becomes == "on the way":
                self.on_the_way.append(claim)
            else:
                self._end(claim, becomes)

    @act(1)
    def the_sender_sends_what_is_due(self) -> None:
        for claim in self._begin():
            self._end(claim, "sent")

    def _begin(self) -> list[Claim]:
        """Write the intent to send what is due; at that moment everything must be right."""
        now = self.now
        with self.store.write() as tx:
            sweeps.expire(tx, now)
            open_now = gate.current(tx, network.load(tx), now)
            sweeps.block_late(tx, open_now, now, LATE_AFTER)
            found = claims.claim(tx, open_now, Worker("sender", now + LEASE, LATE_AFTER), now, 9)
            free = claims.allowed(tx, open_now, [claim.delivery for claim in found], now)
            begun = [claim for claim in found if claim.delivery in free and claims.begin(tx, claim, now)]
            claims.let_go(tx, *found)
        for claim in begun:
            why_not = self.oracle.why_not(claim.delivery, claim.content, now)
            assert not why_not, f"{claim.delivery} left, and {why_not}"
        return begun

    def _end(self, claim: Claim, becomes: str) -> None:
        with self.store.write() as tx:
            if becomes == "sent":
                self.sent += 1
                receipt = Receipt(str(self.sent), f"https://paper.example/{self.sent}", self.now)
                outcomes.sent(tx, Tried.of(claim), receipt, self.now)
            else:
                outcomes.not_sent(tx, Tried.of(claim), NotSent("refused"), self.now)

    @act(4, when=lambda self: self.on_the_way, becomes=st.sampled_from(["sent", "not sent", "not sent"]))
    def what_was_on_the_way_ends(self, becomes: str) -> None:
        while self.on_the_way:
            self._end(self.on_the_way.pop(), becomes)

    # -- what is always true -------------------------------------------------------------------------------------------

    @invariant()
    def nobodys_words_are_overwritten(self) -> None:
        with self.store.read() as tx:
            kept = stored.overrides(tx, "cop")
        assert {(post, v.place): v.value for post, values in kept.items() for v in values} == self.words

    def _answer_all(self) -> None:
        """Give every answer that is asked for, and make sure that nothing waits any more."""
        ministry = self._desk("ministry")
        self.what_was_on_the_way_ends("not sent") if self.on_the_way else None
        self.a_hold_is_placed_or_released(False)
        self._queue(self.file, Change.SUBSTANTIVE)
        self._require_remedies()
        stale = answers.asked(ministry, "cop", Selection())
        if stale:
            answers.give(
                ministry,
                "cop",
                [Answer(Kind.ACCEPT, one.post, one.variant, one.source_now, one.revision) for one in stale],
            )
        renewals = [translations.accepted(one) for one in translations.asked(ministry, "cop", Selection())]
        if renewals:
            translations.renew(ministry, "cop", renewals)
        critical.confirm(ministry, critical.waiting(ministry, "cop", Selection()).waiting)
        deliveries.send_late(ministry, deliveries.every(ministry, Selection()))
        left = [d for d in deliveries.every(ministry, Selection()) if d.row.state == State.QUEUED and d.blocks]
        assert not left, f"no answer lets go of {[(d.row.id, d.reason) for d in left]}"

    def _require_remedies(self) -> None:
        """Make sure that each block has a command beside it, and each stale one a value that can be answered for."""
        ministry = self._desk("ministry")
        open_now = {delivery for one in stale_values(ministry) for delivery in one.deliveries}
        told = {matter.about.partition(" ")[0]: matter.do for matter in matters(ministry)}
        for listed in deliveries.every(ministry, Selection(state=("held",))):
            assert "crosspost " in told[listed.row.id]
            kinds = {block.kind for block in listed.blocks}
            assert BlockKind.STALE not in kinds or listed.row.id in open_now, f"{listed.row.id}: {listed.reason}"


DEEP = os.environ.get("CROSSPOST_STALE") == "deep"
ORDERS = settings(
    max_examples=2000 if DEEP else 20,
    stateful_step_count=50 if DEEP else 25,
    derandomize=not DEEP,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


def test_no_order_of_steps_sends_a_stale_text_or_overwrites_words(tmp_path, monkeypatch):
    made = tmp_path / "made.db"
    store = StagedStore.create(f"sqlite:///{made}", "sandbox")
    with store.write() as tx:
        network.save(tx, NETWORK)
        network.join(tx, NETWORK.accounts, "enabled")
    store.close()
    monkeypatch.setattr(NeverStale, "make", made, raising=False)
    run_state_machine_as_test(NeverStale, settings=ORDERS)
