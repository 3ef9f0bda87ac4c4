"""What a worksheet that came back asks for: one step for each text that was edited or answered, or why it cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from crosspost.desk import replan
from crosspost.desk.desk import Desk
from crosspost.desk.replan import Snapshot
from crosspost.desk.staleness import origin_of
from crosspost.desk.worksheet.critical import stop_of, stopped
from crosspost.domain.campaign import ANY, OPT_OUT, TEXT, Campaign, Post, Variant, alt_of
from crosspost.domain.findings import Finding, Severity
from crosspost.domain.freshness import Change, following
from crosspost.domain.network import Network
from crosspost.domain.text import digest_of_text
from crosspost.domain.word_diff import Piece, word_diff
from crosspost.errors import CrosspostError, NotPermittedError
from crosspost.files.keys import nearest
from crosspost.files.words import clipped
from crosspost.files.worksheet import FIGURES, Answer, Sheet, SheetFile, Task, mark_of
from crosspost.store import campaigns
from crosspost.store.campaigns import Version
from crosspost.store.deliveries import Listed
from crosspost.store.tables import Override

_AGAIN = "Export again, and write it into the new file."

#: What a step does: keep the file's words, stand by the present ones, let go of them, or say nothing.
SET = "set"


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to one override: `action` is `set`, or an answer.

    `variant` is the override as it will be kept (or that goes), `before` what stood in its place when the file was
    judged. `difference` is how the source has changed since the file was made, where that makes the text stale.
    `is_looked_at`: whoever filled in the file had the campaign before them as it is now, as far as it was corrected;
    `revision` is what it was judged by.
    """

    task: Task
    action: str
    variant: Variant
    before: Variant | None
    revision: int
    is_stale: bool = False
    difference: Sequence[Piece] | None = None
    is_looked_at: bool = False

    @property
    def post(self) -> str:
        """`campaign/post`."""
        return f"{self.task.campaign}/{self.task.post}"


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign as it stands: what its plan depends on, its versions, and the mission's own values by post and place.

    `campaign` is the current version; `stopped` are the deliveries that wait for an answer to a critical correction.
    """

    seen: Snapshot
    campaign: Campaign
    versions: Sequence[Version]
    own: Mapping[tuple[str, tuple[str, str, str, str]], Override]
    stopped: Sequence[Listed]

    @property
    def revision(self) -> int:
        """The number of the current version."""
        return self.versions[-1].revision.number

    @property
    def is_active(self) -> bool:
        """Whether the campaign is not withdrawn."""
        return self.seen.campaign is not None

    def is_corrected_since(self, made: datetime) -> bool:
        """Say whether a critical correction came after what was made then."""
        return any(v.revision.change == Change.CRITICAL and v.revision.at > made for v in self.versions)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The steps of a worksheet, how many texts stay as they are, and what is wrong. `standing` is by campaign."""

    steps: tuple[Step, ...]
    unchanged: int
    findings: tuple[Finding, ...]
    standing: Mapping[str, Standing]


def judge(desk: Desk, file: SheetFile, sheet: Sheet, *, mine: bool) -> Judgement:
    """Return what the worksheet asks for. With `mine` its words replace what others have written since."""
    known = desk.network()
    standing = dict(_standing(desk, {task.campaign for task in sheet.tasks}, sheet.mission))
    findings = list(_of_the_head(desk, file, sheet, known))
    judges = [_Judge(file, sheet, known, task, standing.get(task.campaign), mine, findings) for task in sheet.tasks]
    steps: dict[tuple[str, tuple[str, str, str, str]], Step] = {}
    unchanged = 0
    for one in judges:
        before = len(findings)
        step = one.step()
        if step is None:
            unchanged += all(f.severity is not Severity.ERROR for f in findings[before:])
        elif steps.setdefault((step.post, step.variant.place), step) is not step and step.action != Answer.OPT_OUT:
            one.tell("twice", f"{step.task.name} is in the file twice", "Keep one of the two.")
    return Judgement(tuple(steps.values()), unchanged, tuple(findings), standing)


def _standing(desk: Desk, ids: set[str], mission: str) -> Iterator[tuple[str, Standing]]:
    with desk.store.read() as tx:
        for campaign_id in sorted(ids):
            seen = replan.snapshot(tx, campaign_id)
            if seen.latest is None:
                continue
            rows = [row for row in campaigns.override_rows(tx, campaign_id) if row.owner == mission]
            own = {(row.post, campaigns.as_variant(row).place): row for row in rows}
            versions, waiting = campaigns.versions(tx, campaign_id), stopped(tx, campaign_id, seen.network)
            yield campaign_id, Standing(seen, seen.latest, versions, own, waiting)


def _of_the_head(desk: Desk, file: SheetFile, sheet: Sheet, known: Network) -> Iterator[Finding]:
    """Yield what is wrong with the file as a whole: of another network, for another mission, from nobody entitled."""
    if sheet.network != known.root:
        message = f"the worksheet is of the network of {sheet.network!r}, and this is that of {known.root!r}"
        yield Finding("other-network", message, _AGAIN, place=file.document.place(("network",)))
    place = file.document.place(("mission",))
    if sheet.mission not in known.missions:
        message = f"there is no mission {clipped(sheet.mission)!r}"
        yield Finding("mission", message, nearest(sheet.mission, known.missions), place=place)
        return
    try:
        desk.require_role(sheet.mission, known)
    except NotPermittedError as error:
        remedy = "Whoever acts for it imports the file: `--as MISSION`."
        yield Finding("not-permitted", str(error), remedy, place=place)
    except CrosspostError as error:
        yield Finding("not-permitted", str(error), place=place)


@dataclass(frozen=True)
class _Judge:
    """One text of a worksheet that came back."""

    file: SheetFile
    sheet: Sheet
    network: Network
    task: Task
    standing: Standing | None
    mine: bool
    findings: list[Finding]

    def tell(
        self, rule: str, message: str, remedy: str = "", key: str = "text", severity: Severity = Severity.ERROR
    ) -> None:
        """Tell a finding about a key of the text."""
        self.findings.append(Finding(rule, message, remedy, severity, self.file.place(self.task, key)))

    def step(self) -> Step | None:
        """Return what is to be done; None where nothing is, or where it cannot be, which is told."""
        task = self.task
        is_intact = task.seal == self.sheet.seal_of(task)
        if is_intact and not task.is_edited and task.answer is Answer.NONE:
            if task.is_emptied:
                remedy = f'To take the centre\'s text write answer = "{Answer.TAKE_CENTRAL}".'
                self.tell(
                    "emptied", f"{task.name} is empty here, and stays as it is", remedy, severity=Severity.WARNING
                )
            return None
        found = self._target()
        if found is None:
            return None
        if not is_intact:
            message = f"{task.name}: a line between [[texts]] and the text was changed by hand"
            self.tell("seal", message, "Restore it, or export again: only text, answer and reason are yours.", "seal")
            return None
        return self._asked(*found)

    def _target(self) -> tuple[Standing, Post, str] | None:
        """Return the campaign, the post and the field that the text is of; None, and told, where there is none."""
        task, standing = self.task, self.standing
        if standing is None:
            self.tell("campaign", f"there is no campaign {clipped(task.campaign)!r}", _AGAIN, "campaign")
            return None
        if not standing.is_active:
            self.tell("campaign", f"{task.campaign} was withdrawn", "Delete this text from the file.", "campaign")
            return None
        if not self.network.is_within(self.sheet.mission, standing.campaign.owner):
            message = f"{task.campaign} belongs to {standing.campaign.owner}, which is not above {self.sheet.mission}"
            self.tell("mission", message, "Delete this text from the file.", "campaign")
            return None
        post = standing.campaign.post(task.post)
        if post is None:
            remedy = nearest(task.post, [post.id for post in standing.campaign.posts])
            self.tell("post", f"{task.campaign} has no post {clipped(task.post)!r}", remedy, "post")
            return None
        field = self._field(post)
        return None if field is None or not self._is_spoken() else (standing, post, field)

    def _field(self, post: Post) -> str | None:
        if self.task.field == TEXT:
            return TEXT
        fields = [alt_of(medium.sha256) for medium in post.media]
        found = next((name for name in fields if name[: len(alt_of("")) + FIGURES] == self.task.field), None)
        if found is None:
            self.tell("image", f"{self.task.campaign}/{self.task.post} has no such image any more", _AGAIN, "field")
        return found

    def _is_spoken(self) -> bool:
        """Say whether an account below the mission speaks the language, on the platform if the text is for one."""
        task, network = self.task, self.network
        below = [a for a in network.accounts.values() if network.is_within(a.mission, self.sheet.mission)]
        platforms = {account.platform for account in below}
        if task.platform not in {ANY, *platforms}:
            message = f"{self.sheet.mission} has no account on {clipped(task.platform)!r}"
            self.tell("platform", message, nearest(task.platform, platforms), "platform")
            return False
        languages = {tag for account in below for tag in network.languages_of(account)}
        languages |= {place[2] for _, place in (self.standing.own if self.standing else ())}
        if task.language not in languages:
            message = f"no account of {self.sheet.mission} speaks {clipped(task.language)!r}"
            self.tell("language", message, nearest(task.language, languages), "language")
        return task.language in languages

    def _asked(self, standing: Standing, post: Post, field: str) -> Step | None:
        task = self.task
        if task.is_edited and task.answer in {Answer.TAKE_CENTRAL, Answer.OPT_OUT}:
            message = f'{task.name} has new words and the answer "{task.answer}", which drops them'
            self.tell("two-answers", message, "Take back one of the two.", "answer")
            return None
        place = (self.sheet.mission, field, task.language, task.platform)
        row = standing.own.get((post.id, place))
        ask = _Ask(self, standing, post, Variant(*place, task.text), row)
        if task.is_edited:
            return ask.set()
        answers: Mapping[Answer, Callable[[], Step | None]] = {
            Answer.ACCEPT: ask.accept,
            Answer.TAKE_CENTRAL: ask.take_central,
            Answer.OPT_OUT: ask.opt_out,
        }
        return answers[task.answer]()


@dataclass(frozen=True)
class _Ask:
    """What is asked of one override: `wanted` is its place with the file's words, `row` what stands there now."""

    judge: _Judge
    standing: Standing
    post: Post
    wanted: Variant
    row: Override | None

    @property
    def before(self) -> Variant | None:
        return campaigns.as_variant(self.row) if self.row else None

    def set(self) -> Step | None:
        """Return the step that keeps the file's words, with the source that they were made from."""
        if self.before is not None and self.before.value == self.wanted.value:
            return None
        if self._is_overtaken():
            return None
        source = self._source()
        return None if source is None else self._step(SET, replace(self.wanted, source=source))

    def accept(self) -> Step | None:
        """Return the step by which the mission stands by its words, having read the source that the file shows."""
        task = self.judge.task
        if task.whose != self.judge.sheet.mission:
            remedy = "Accept is for words of your own; of others' write your own version, or nothing."
            self.judge.tell("not-yours", f"{task.name} is not yours to accept", remedy, "answer")
            return None
        if self._is_overtaken() or self.before is None:
            return None
        source = self._source()
        if source is None or (self.before.source in {source, self._current} and not self._lets_go()):
            return None
        return self._step(Answer.ACCEPT, replace(self.before, source=source, pinned=None))

    def take_central(self) -> Step | None:
        """Return the step that lets go of the mission's own words."""
        if self.before is None or self._is_overtaken():
            return None
        known = (self.before, self.before, self.standing.revision)
        return Step(self.judge.task, Answer.TAKE_CENTRAL, *known, is_looked_at=self._is_looked_at)

    def opt_out(self) -> Step | None:
        """Return the step by which the mission says nothing of the post, in no language."""
        task = self.judge.task
        if not task.reason:
            self.judge.tell("reason", f"{task.name}: say why you opt out", 'Write reason = "…"', "answer")
            return None
        variant = Variant(self.judge.sheet.mission, OPT_OUT, ANY, task.platform, task.reason)
        if (self.post.id, variant.place) in self.standing.own:
            return None
        return Step(task, Answer.OPT_OUT, variant, None, self.standing.revision)

    def _is_overtaken(self) -> bool:
        """Say, and tell, whether somebody has written or dropped the mission's own words since the export."""
        task, sheet = self.judge.task, self.judge.sheet
        then = task.was if task.whose == sheet.mission else None
        now = mark_of(self.row.value) if self.row else None
        if then == now or (self.judge.mine and task.answer is not Answer.ACCEPT):
            return False
        if self.row:
            message = f"{task.name} was changed by {self.row.who} since; it reads: {clipped(self.row.value, 120)}"
        else:
            message = f"{task.name}: your own words were dropped since, and the centre's count"
        remedy = (
            "Look at both; then import with `--mine` to put the file's words in place of the others, or delete them."
        )
        self.judge.tell("conflict", message, remedy)
        return True

    @property
    def _current(self) -> str:
        return self.post.source_digest(self.wanted.field, self.standing.campaign.source, self.wanted.platform)

    def _lets_go(self) -> bool:
        """Say whether accepting fresh words answers a critical correction, which the file must have shown."""
        is_stopped = bool(stop_of(self.standing.stopped, self.post.id, self.wanted))
        if is_stopped and not self._is_looked_at:
            message = f"{self.judge.task.name} waits for an answer to a correction that is newer than this file"
            self.judge.tell("corrected", message, "Export again and look at it.", "answer", Severity.WARNING)
        return is_stopped and self._is_looked_at

    @property
    def _is_looked_at(self) -> bool:
        return not self.standing.is_corrected_since(self.judge.sheet.made)

    def _source(self) -> str | None:
        """Return the digest of the source that the file was made from, as it is kept; None, and told, if unknown."""
        made_from = self.judge.task.made_from
        if not made_from:
            # Where a source has been added since, the words were made from none, which is no source that there is.
            return digest_of_text("") if self._current else ""
        found = _digest_in(made_from, self.post.id, self.wanted, self.standing.versions)
        if found is None:
            message = f"{self.judge.task.name}: no version of {self.standing.campaign.id} has the source {made_from}"
            self.judge.tell("made-from", message, _AGAIN, "made-from")
        return found

    def _step(self, action: str, variant: Variant) -> Step:
        task, current = self.judge.task, self._current
        known = (variant, self.before, self.standing.revision)
        if variant.source == current:
            return Step(task, action, *known, is_looked_at=self._is_looked_at)
        old, _ = origin_of(variant, self.post.id, self.standing.versions)
        new = self.post.source_of(variant.field, self.standing.campaign.source, variant.platform) or ""
        message = f"{task.name} was made from an older source: it is kept, and waits until you have looked at it again"
        remedy = f"`crosspost override accept {task.campaign}/{task.post}`, or export again."
        self.judge.tell("stale", message, remedy, severity=Severity.WARNING)
        difference = None if old is None else word_diff(old, new)
        return Step(task, action, *known, is_stale=True, difference=difference)


def _digest_in(made_from: str, post: str, wanted: Variant, versions: Sequence[Version]) -> str | None:
    """Return the digest that begins so among a campaign's versions, moved along with the cosmetic changes since.

    An override that was there already moved along too: nothing was said differently.
    """
    last, variant = -1, wanted
    for at, version in enumerate(versions):
        before = version.campaign.post(post)
        digest = before.source_digest(wanted.field, version.campaign.source, wanted.platform) if before else ""
        if digest and digest[:FIGURES] == made_from:
            last, variant = at, replace(wanted, source=digest)
    for old, new in pairwise(versions[last:] if last >= 0 else ()):
        before, after = old.campaign.post(post), new.campaign.post(post)
        if before and after and new.revision.change == Change.COSMETIC:
            variant = following(variant, before, after, new.campaign.source)
    return variant.source if last >= 0 else None
