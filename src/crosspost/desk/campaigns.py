"""Campaigns at the desk: read a file, check it, see its plan, queue it, withdraw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import datetime
from pathlib import Path

from crosspost.checks import Subject, check
from crosspost.desk import replan
from crosspost.desk.consequences import Consequences, consequences
from crosspost.desk.desk import Desk
from crosspost.desk.editing import against_cosmetic, against_old_file
from crosspost.desk.replan import Outcome, Snapshot
from crosspost.domain.campaign import NO_CAMPAIGN, SINGLE, TIME, Campaign, Post, Variant
from crosspost.domain.delivery import BlockKind
from crosspost.domain.differences import Rewording, changed_posts, other_than_words, rewordings
from crosspost.domain.findings import Finding, has_errors
from crosspost.domain.freshness import Change, Memory, carried, following, remembered
from crosspost.domain.network import Network
from crosspost.domain.planned import Plan
from crosspost.domain.timing import anchored, is_written_as
from crosspost.errors import ConflictError, FindingsError, UsageError
from crosspost.files.campaign import CampaignFile, Known, load_campaign
from crosspost.store import Transaction, blocks, campaigns, deliveries, events
from crosspost.store.campaigns import NewRevision, Version
from crosspost.store.tables import CampaignRow


def folder_of(desk: Desk, name: str) -> Path:
    """Return the folder of a campaign, named by its id, its folder, or its campaign.toml.

    Raises:
        UsageError: when there is none.
    """
    given = Path(name)
    for path in (given.parent if given.name == "campaign.toml" else given, desk.config.campaigns / name):
        if (path / "campaign.toml").is_file():
            return path.resolve()
    near = ", ".join(sorted(p.parent.name for p in desk.config.campaigns.glob("*/campaign.toml"))) or "none yet"
    raise UsageError(f"there is no campaign {name!r} in {desk.config.campaigns} (there: {near})")


def read(desk: Desk, name: str) -> CampaignFile:
    """Return a campaign as its file says, owned by whom it already belongs to, else by the acting mission."""
    known = desk.network()
    folder = folder_of(desk, name)
    with desk.store.read() as tx:
        row = campaigns.find(tx, folder.name)
    file = load_campaign(folder, owner=row.owner if row else desk.actor.role or known.root, known=_known(desk, known))
    return _reserved(file) if folder.name in {NO_CAMPAIGN, SINGLE} else file


def _known(desk: Desk, network: Network) -> Known:
    return Known(
        missions=frozenset(network.missions) | frozenset(network.accounts),
        platforms=frozenset(desk.adapters),
        countries=frozenset(m.country for m in network.missions.values() if m.country),
        languages=frozenset(tag for account in network.accounts.values() for tag in network.languages_of(account)),
    )


def _reserved(file: CampaignFile) -> CampaignFile:
    finding = Finding("reserved-id", "`post` is what single posts are called", "Rename the folder.")
    return replace(file, campaign=None, findings=(*file.findings, finding))


@dataclass(frozen=True, slots=True)
class Edit:
    """How a version of a campaign is meant: its class of change, what was wrong if that is critical, and `--now`.

    `revert`: it goes back to an older version, and that is no oversight.
    """

    change: Change = Change.SUBSTANTIVE
    note: str = ""
    rushed: bool = False
    revert: bool = False


@dataclass(frozen=True)
class QueueCampaign:
    """The change that queuing a campaign makes: a new revision, unless the current one says the same.

    `seen` is the revision that the new version was compared with, 0 for none, None where nobody compared. `memory` is
    what older ones said (see `freshness.carried`), `untimed` the posts whose time `--now` moved and nobody else.
    """

    desk: Desk
    campaign: Campaign
    edit: Edit
    is_new_revision: bool
    now: datetime
    _: KW_ONLY
    seen: int | None = None
    memory: Memory | None = None
    untimed: frozenset[str] = frozenset()

    def see(self, before: Snapshot) -> Snapshot:
        """Return the situation with the new version of the campaign in it."""
        latest = before.latest
        new = self.to_send(latest, is_withdrawn=before.campaign is None)
        if latest is None or not self.is_new_revision:
            return replace(before, campaign=new)
        followed = {
            post: tuple(self._followed(post, override, latest, new) for override in overrides)
            for post, overrides in before.overrides.items()
        }
        return replace(before, campaign=new, overrides=followed)

    def to_send(self, current: Campaign | None, *, is_withdrawn: bool = False) -> Campaign:
        """Return the campaign as it is sent: each text with its source, moved to now where that was asked for.

        What counts from now goes on counting from when it was queued first, unless it was withdrawn since.
        """
        if not self.is_new_revision and current is not None:
            return current
        new = carried(current, self.campaign, self.edit.change, self.memory)
        if self.edit.rushed:
            return new.rushed(self.now)
        before = {post.id: post.at for post in current.posts} if current and not is_withdrawn else {}
        posts = (replace(post, at=anchored(post.at, self.now, before.get(post.id))) for post in new.posts)
        return replace(new, posts=tuple(posts))

    def _followed(self, post: str, override: Variant, current: Campaign, new: Campaign) -> Variant:
        """Return an override as it stands after the edit: a cosmetic one, or `--now` for a time, asks nobody anew."""
        before, after = current.post(post), new.post(post)
        is_rush = override.field == TIME and (self.edit.rushed or post in self.untimed)
        if before is None or after is None or not (self.edit.change is Change.COSMETIC or is_rush):
            return override
        return following(override, before, after, new.source)

    def write(self, tx: Transaction) -> None:
        """Keep the revision and the record of who queued it."""
        if not self.is_new_revision:
            return
        now, actor = self.now, self.desk.actor
        row = campaigns.find(tx, self.campaign.id)
        if row is not None and row.owner != self.campaign.owner:
            raise ConflictError(f"{self.campaign.id} belongs to {row.owner}: rename the folder")
        if self.seen not in {None, row.revision if row else 0}:
            raise ConflictError(
                f"{self.campaign.id} was queued by somebody else meanwhile: look at the difference again"
            )
        current = campaigns.current(tx, row)[0] if row is not None else None
        is_withdrawn = row is not None and row.status == campaigns.WITHDRAWN
        new, edit = self.to_send(current, is_withdrawn=is_withdrawn), self.edit
        digest = campaigns.digest_of(self.campaign)
        number = campaigns.add_revision(
            tx, NewRevision(new, digest, edit.rushed, edit.change, edit.note, actor.who, now)
        )
        campaigns.keep_media(tx, self.campaign.media())
        if current is not None:
            self._write_followed(tx, current, new)
        detail = {"revision": number, "rushed": edit.rushed, "change": edit.change.value, "note": edit.note}
        posts = self._corrected(tx, current)
        events.record(tx, actor, "queue", self.campaign.id, now, {**detail, "posts": posts})

    def _corrected(self, tx: Transaction, current: Campaign | None) -> list[str]:
        """Return the posts that a critical edit corrects."""
        if current is None or self.edit.change is not Change.CRITICAL:
            return []
        overrides = campaigns.overrides(tx, self.campaign.id)
        return list(changed_posts(self.compared(current), self.campaign, overrides))

    def compared(self, current: Campaign) -> Campaign:
        """Return the current version as the new one is compared with it.

        What `--now` made of a time is no change, nor is the beginning that a time was given when it was queued.
        """
        return replace(current, posts=tuple(map(self._compared_post, current.posts)))

    def _compared_post(self, before: Post) -> Post:
        post = self.campaign.post(before.id)
        if post is None:
            return before
        if self.edit.rushed or post.id in self.untimed:
            return before.timed_as(post)
        return replace(before, at=post.at) if is_written_as(before.at, post.at) else before

    def after(self, tx: Transaction) -> None:
        """Block what a critical edit corrects and is not out, what the new plan has just queued among it."""
        if not self.is_new_revision or self.edit.change is not Change.CRITICAL:
            return
        posts = campaigns.corrections(tx, self.campaign.id)[-1].posts
        unsent = deliveries.unsent(tx, self.campaign.id, posts)
        blocks.raise_(tx, BlockKind.CRITICAL, unsent, self.edit.note, self.desk.actor.who, self.now)

    def _write_followed(self, tx: Transaction, current: Campaign, new: Campaign) -> None:
        for post, overrides in campaigns.overrides(tx, self.campaign.id).items():
            for override in overrides:
                followed = self._followed(post, override, current, new)
                if followed != override:
                    campaigns.resource(tx, self.campaign.id, post, followed)


@dataclass(frozen=True)
class Withdraw:
    """The change that withdrawing a campaign makes: nothing of it is planned any more."""

    desk: Desk
    campaign_id: str

    def see(self, before: Snapshot) -> Snapshot:
        """Return the situation without the campaign."""
        return replace(before, campaign=None)

    def write(self, tx: Transaction) -> None:
        """Write the status and the record."""
        campaigns.set_status(tx, self.campaign_id, campaigns.WITHDRAWN)
        events.record(tx, self.desk.actor, "withdraw", self.campaign_id, self.desk.clock())


@dataclass(frozen=True, slots=True)
class Prospect:
    """What queuing a campaign would do, or did: findings, plan, changes in the queue and in the campaign itself.

    `differences` are a line each, `rewordings` what is said in other words. `seen` is the revision compared with.
    """

    campaign: Campaign
    findings: tuple[Finding, ...]
    plan: Plan
    outcome: Outcome
    is_new_revision: bool
    edit: Edit
    seen: int = 0
    differences: tuple[str, ...] = ()
    rewordings: tuple[Rewording, ...] = ()
    consequences: Consequences = field(default_factory=Consequences)
    corrected: tuple[str, ...] = ()

    @property
    def is_edit(self) -> bool:
        """Whether it is another version of a campaign that was queued before."""
        return self.is_new_revision and self.seen > 0


def prospect(desk: Desk, file: CampaignFile, edit: Edit | None = None) -> Prospect:
    """Return what queuing the campaign would do, with everything the checks say. Nothing is changed.

    Raises:
        FindingsError: when the file cannot even be read as a campaign.
        UsageError: when a class of change is given to what changes nothing.
    """
    if file.campaign is None:
        raise FindingsError("the file cannot be read as a campaign; nothing was queued", file.findings)
    edit = edit or Edit()
    _refuse_rush(desk, file.campaign, rushed=edit.rushed)
    with desk.store.read() as tx:
        versions = campaigns.versions(tx, file.campaign.id)
        before = replan.snapshot(tx, file.campaign.id)
    change = _change(desk, file.campaign, edit, versions, is_active=before.campaign is not None)
    outcome = replan.preview(desk, file.campaign.id, change, change.now)
    subject = Subject(file.campaign, desk.network(), outcome.plan, file.place)
    findings = (*file.findings, *check(subject))
    if not change.is_new_revision or not versions:
        _refuse_class(file.campaign, edit, is_first=not versions)
        new = change.is_new_revision
        return Prospect(
            file.campaign, findings, outcome.plan, outcome, is_new_revision=new, edit=edit, seen=len(versions)
        )
    return _edited(before, change, versions, findings, outcome)


def _edited(
    before: Snapshot,
    change: QueueCampaign,
    versions: Sequence[Version],
    findings: tuple[Finding, ...],
    outcome: Outcome,
) -> Prospect:
    """Return the prospect of another version of a campaign that was queued before."""
    new, edit = change.campaign, change.edit
    current = change.compared(versions[-1].campaign)
    against: list[Finding] = []
    if not edit.revert:
        against += against_old_file(_compared(change, versions), new, campaigns.digest_of(new))
    if edit.change is Change.COSMETIC:
        against += against_cosmetic(current, new)
    corrected = changed_posts(current, new, before.overrides) if edit.change is Change.CRITICAL else ()
    if edit.change is Change.CRITICAL and not corrected:
        _refuse_class(new, edit)
    return Prospect(
        new,
        (*findings, *against),
        outcome.plan,
        outcome,
        differences=tuple(other_than_words(current, new)),
        rewordings=tuple(rewordings(current, new)),
        consequences=consequences(before, change.see(before), outcome.plan, change.now),
        corrected=corrected,
        is_new_revision=True,
        seen=versions[-1].revision.number,
        edit=edit,
    )


def _compared(change: QueueCampaign, versions: Sequence[Version]) -> list[Version]:
    return [*versions[:-1], replace(versions[-1], campaign=change.compared(versions[-1].campaign))]


def _refuse_class(campaign: Campaign, edit: Edit, *, is_first: bool = False) -> None:
    if edit.change is Change.CRITICAL and is_first:
        raise UsageError(f"{campaign.id} was never queued: there is nothing to correct; queue it without --critical")
    if edit.change is Change.CRITICAL:
        stop = f'crosspost hold --campaign {campaign.id} --reason "…"'
        raise UsageError(
            f"no post of {campaign.id} says anything else than before: correct its file; `{stop}` stops it"
        )


def queue(desk: Desk, file: CampaignFile, before: Prospect) -> Prospect:
    """Queue a campaign whose prospect was looked at, and return what that did. Twice changes nothing.

    Raises:
        FindingsError: when there is an error; then nothing is queued.
        NotPermittedError: when the acting mission may not speak for the campaign's owner or audience.
    """
    known = desk.network()
    if has_errors(before.findings):
        raise FindingsError(f"{before.campaign.id} has errors; nothing was queued", before.findings)
    desk.require_role(before.campaign.owner, known)
    _require_audience(before.campaign, known)
    for sha256, path in file.media.items():
        if desk.media.keep(path.read_bytes()) != sha256:
            raise UsageError(f"{path.name} was changed while it was read: queue the campaign again")
    with desk.store.read() as tx:
        versions = campaigns.versions(tx, before.campaign.id)
        row = campaigns.find(tx, before.campaign.id)
    is_active = row is not None and row.status == campaigns.ACTIVE
    change = replace(_change(desk, before.campaign, before.edit, versions, is_active=is_active), seen=before.seen)
    if before.is_new_revision and not change.is_new_revision:  # the same file, and perhaps another class of change
        raise ConflictError(f"{before.campaign.id} was queued by somebody else meanwhile: look at it again")
    outcome = replan.commit(desk, [before.campaign.id], change, change.now)[before.campaign.id]
    return replace(before, outcome=outcome, plan=outcome.plan)


def _require_audience(campaign: Campaign, known: Network) -> None:
    outside = [a.id for a in campaign.audience.accounts(known) if not known.is_within(a.mission, campaign.owner)]
    if outside:
        few = ", ".join(outside[:3])
        raise UsageError(f"the audience reaches beyond {campaign.owner}: {few}… Name only what is below it")


def _refuse_rush(desk: Desk, campaign: Campaign, *, rushed: bool) -> None:
    if not rushed:
        return
    if desk.config.mode != "sandbox":
        raise UsageError("`--now` is for sandbox mode: in live mode, write the time into the file")
    under_embargo = [post.id for post in campaign.posts if post.embargo]
    if under_embargo:
        raise UsageError(f"{', '.join(under_embargo)}: nothing moves an embargo, `--now` neither")


def _change(
    desk: Desk, campaign: Campaign, edit: Edit, versions: Sequence[Version], *, is_active: bool
) -> QueueCampaign:
    last = versions[-1].revision if versions else None
    wanted = (campaigns.digest_of(campaign), edit.rushed)
    same = is_active and last is not None and (last.file_digest, last.rushed) == wanted
    memory = remembered(version.campaign for version in versions)
    return QueueCampaign(
        desk, campaign, edit, not same, desk.clock(), memory=memory, untimed=_untimed(campaign, versions)
    )


def _untimed(campaign: Campaign, versions: Sequence[Version]) -> frozenset[str]:
    """Return the posts whose time is as it was written before `--now` moved it."""
    if not versions or not versions[-1].revision.rushed:
        return frozenset()
    written = next((v.campaign for v in reversed(versions) if not v.revision.rushed), None)
    times = {post.id: post.at for post in written.posts} if written else {}
    return frozenset(post.id for post in campaign.posts if times.get(post.id, post.at) == post.at)


def queued(desk: Desk, campaign_id: str) -> CampaignRow:
    """Return a campaign that was queued.

    Raises:
        UsageError: when it never was.
    """
    with desk.store.read() as tx:
        row = campaigns.find(tx, campaign_id)
    if row is None:
        raise UsageError(f"{campaign_id!r} was never queued: `crosspost campaign list` shows what was")
    return row


def withdraw(desk: Desk, campaign_id: str) -> Outcome:
    """Take everything of a campaign that has not left out of the queue."""
    row = queued(desk, campaign_id)
    desk.require_role(row.owner, desk.network())
    return replan.commit(desk, [campaign_id], Withdraw(desk, campaign_id))[campaign_id]
