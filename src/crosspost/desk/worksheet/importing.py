"""Taking back a worksheet: every mistake at once, what it would do, and all of it in one commit, or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crosspost.checks import Subject
from crosspost.checks.bidi import bidi
from crosspost.checks.placeholders import placeholders
from crosspost.checks.subject import few
from crosspost.desk import replan
from crosspost.desk.answered import Answered, let_go
from crosspost.desk.desk import Desk
from crosspost.desk.replan import Outcome, Snapshot
from crosspost.desk.worksheet.judging import SET, Standing, Step, judge
from crosspost.desk.worksheet.lenient import lenient_plan
from crosspost.domain.agreed import lacking, proposed
from crosspost.domain.campaign import TEXT, Variant
from crosspost.domain.findings import Finding, Place, Severity, has_errors
from crosspost.domain.glossary import TermKind
from crosspost.domain.network import Network
from crosspost.domain.planned import Plan, Planned, Reason
from crosspost.errors import ConflictError, FindingsError
from crosspost.files.worksheet import Answer, SheetFile
from crosspost.store import Transaction, campaigns, events
from crosspost.store.campaigns import Kept


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a worksheet would do, or did: what is wrong, the steps, how many texts stay, and the plans by campaign."""

    findings: tuple[Finding, ...]
    steps: tuple[Step, ...] = ()
    unchanged: int = 0
    outcomes: Mapping[str, Outcome] | None = None


@dataclass(frozen=True)
class TakeIn:
    """The change that a worksheet makes: several overrides, of several campaigns, at once."""

    desk: Desk
    steps: Sequence[Step]
    now: datetime

    def see(self, before: Snapshot) -> Snapshot:
        """Return the situation of a campaign with its steps done."""
        campaign = before.latest.id if before.latest else ""
        overrides = dict(before.overrides)
        for step in (step for step in self.steps if step.task.campaign == campaign):
            others = tuple(v for v in overrides.get(step.task.post, ()) if v.place != step.variant.place)
            overrides[step.task.post] = others if step.action == Answer.TAKE_CENTRAL else (*others, step.variant)
        return replace(before, overrides=overrides)

    def write(self, tx: Transaction) -> None:
        """Write the overrides and the record.

        Raises:
            ConflictError: when one of them is not as it was when the file was judged.
        """
        for campaign_id in dict.fromkeys(step.task.campaign for step in self.steps):
            standing = {
                (post, variant.place): variant
                for post, kept in campaigns.overrides(tx, campaign_id).items()
                for variant in kept
            }
            mine = [step for step in self.steps if step.task.campaign == campaign_id]
            for step in mine:
                if standing.get((step.task.post, step.variant.place)) != step.before:
                    raise ConflictError(f"{step.task.name} was changed just now: import again; nothing was changed")
            looked_at = [Answered(s.task.post, s.variant, s.revision) for s in mine if s.is_looked_at]
            let_go(tx, self.desk, campaign_id, self, looked_at, self.now)
            for step in mine:
                self._write(tx, step)

    def _write(self, tx: Transaction, step: Step) -> None:
        actor, task = self.desk.actor, step.task
        if step.action == Answer.TAKE_CENTRAL:
            campaigns.drop_override(tx, task.campaign, task.post, step.variant)
        else:
            state = "accepted" if step.action == Answer.ACCEPT else "set"
            kept = Kept(actor.who, self.now, state, task.reason)
            campaigns.set_override(tx, task.campaign, task.post, step.variant, kept)
        detail = dict(zip(("owner", "field", "language", "platform"), step.variant.place, strict=True))
        events.record(tx, actor, f"override {step.action}", step.post, self.now, {**detail, "worksheet": True})


def prospect(desk: Desk, file: SheetFile, *, mine: bool = False) -> Prospect:
    """Return what the worksheet would do, with everything that is wrong with it. Nothing is changed.

    With `mine` its words replace what others have written since it was exported.
    """
    if file.sheet is None:
        return Prospect(file.findings)
    judged = judge(desk, file, file.sheet, mine=mine)
    change = TakeIn(desk, judged.steps, desk.clock())
    said = [
        finding
        for campaign_id, standing in judged.standing.items()
        if (steps := [step for step in judged.steps if step.task.campaign == campaign_id])
        for finding in _Words(desk, file, standing, steps, change).findings()
    ]
    findings = (*file.findings, *judged.findings, *said)
    ids = dict.fromkeys(step.task.campaign for step in judged.steps)
    outcomes = None if has_errors(findings) else {name: replan.preview(desk, name, change) for name in ids}
    return Prospect(findings, judged.steps, judged.unchanged, outcomes)


def commit(desk: Desk, before: Prospect) -> Prospect:
    """Do what a prospect that was looked at says, all of it in one commit, and return what that did.

    Raises:
        FindingsError: when something is wrong; then nothing is changed.
        ConflictError: when somebody changed one of the texts meanwhile; then nothing is changed.
    """
    if has_errors(before.findings):
        raise FindingsError("the worksheet has mistakes; nothing was changed", before.findings)
    if not before.steps:
        return before
    change = TakeIn(desk, before.steps, desk.clock())
    ids = dict.fromkeys(step.task.campaign for step in before.steps)
    return replace(before, outcomes=replan.commit(desk, ids, change, change.now))


@dataclass(frozen=True)
class _Words:
    """The new words of one campaign, and the plan with them in it."""

    desk: Desk
    file: SheetFile
    standing: Standing
    steps: Sequence[Step]
    change: TakeIn

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong with the new words: each told where they stand in the file."""
        new = [step for step in self.steps if step.action == SET]
        plan = lenient_plan(self.desk, self.change.see(self.standing.seen), self.change.now)
        subject = self._subject(new, plan)
        yield from bidi(subject)
        yield from placeholders(subject)
        for step in new:
            yield from self._terms(step)
            yield from self._fit(step, [p for p in plan.planned if self._uses(p, step)])

    @property
    def _network(self) -> Network:
        return self.standing.seen.network

    def _subject(self, new: Sequence[Step], plan: Plan) -> Subject:
        """Return the new words as a campaign of their own, which the checks take."""
        places: dict[tuple[str, str, str, str], Place] = {}
        said: dict[str, list[Variant]] = {}
        for step in new:
            variant = step.variant
            places[step.task.post, variant.field, variant.language, variant.platform] = self.file.place(step.task)
            said.setdefault(step.task.post, []).append(variant)
        campaign = self.standing.campaign
        posts = tuple(replace(p, variants=tuple(said[p.id])) for p in campaign.posts if p.id in said)
        broken = tuple(s for s in plan.skipped if s.reason is Reason.BROKEN and self._is_ours(s.account, s.post, new))
        default = Place(self.file.document.file)
        return Subject(
            replace(campaign, posts=posts),
            self._network,
            Plan((), broken),
            lambda post, field, language, platform: places.get((post, field, language, platform), default),
        )

    def _is_ours(self, account: str, post: str, new: Sequence[Step]) -> bool:
        mission = account.rpartition("/")[0]
        return any(step.task.post == post and self._network.is_within(mission, step.variant.owner) for step in new)

    def _terms(self, step: Step) -> Iterator[Finding]:
        """Yield a finding for each agreed term of the source that the words lack; a locked phrase must stand."""
        campaign, language = self.standing.campaign, step.variant.language
        post = campaign.post(step.task.post)
        for term in lacking(campaign, post, step.variant) if post else ():
            is_locked = term.kind is TermKind.LOCKED
            rule, severity = ("locked-phrase", Severity.ERROR) if is_locked else ("agreed-term", Severity.WARNING)
            why = "is locked: it stands word for word" if is_locked else "is agreed"
            message = f"{step.task.name} does not have “{proposed(term, language)}”, which {why} ({term.id})"
            yield Finding(rule, message, "", severity, self.file.place(step.task))

    @staticmethod
    def _uses(planned: Planned, step: Step) -> bool:
        mark = step.variant.place
        return planned.post == step.task.post and any(
            (o.owner, o.field, o.language, o.platform) == mark for o in planned.origins
        )

    def _fit(self, step: Step, planned: Sequence[Planned]) -> Iterator[Finding]:
        """Yield why platforms would refuse the words, once for each platform; and that nobody would say them."""
        if not planned:
            message = f"{step.task.name}: nothing that is still to go out would say this"
            place = self.file.place(step.task)
            yield Finding("unused", message, "It may be out already, or past.", Severity.WARNING, place)
        found: dict[tuple[str, str], list[tuple[str, Finding]]] = {}
        for p in planned:
            platform = p.account.rpartition("/")[2]
            for problem in self.desk.adapters[platform].check(p.content):
                if problem.rule.startswith("alt") is (step.variant.field == TEXT):
                    continue  # it is said of the other words
                message = f"{step.task.name} cannot be said on {platform}: {problem.message}"
                over = f"Shorten it by {p.length - p.limit}." if problem.rule == "text-length" else problem.remedy
                finding = Finding("does-not-fit", message, over, place=self.file.place(step.task))
                found.setdefault((platform, problem.rule), []).append((p.account, finding))
        for group in found.values():
            finding = group[0][1]
            yield replace(finding, message=f"{finding.message} ({few(account for account, _ in group)})")
