"""Campaigns at the desk: read a file, check it, see its plan, queue it, withdraw it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from crosspost.checks import Subject, check
from crosspost.desk import replan
from crosspost.desk.desk import Desk
from crosspost.desk.replan import Outcome, Snapshot
from crosspost.domain.campaign import NO_CAMPAIGN, SINGLE, TIME, Campaign, Variant
from crosspost.domain.differences import differences
from crosspost.domain.findings import Finding, has_errors
from crosspost.domain.freshness import Change, carried, following
from crosspost.domain.network import Network
from crosspost.domain.planned import Plan
from crosspost.errors import ConflictError, FindingsError, UsageError
from crosspost.files.campaign import CampaignFile, Known, load_campaign
from crosspost.store import Transaction, campaigns, events
from crosspost.store.campaigns import NewRevision
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
    """How a version of a campaign is meant: its class of change, what was wrong if that is critical, and `--now`."""

    change: Change = Change.SUBSTANTIVE
    note: str = ""
    rushed: bool = False


@dataclass(frozen=True)
class QueueCampaign:
    """The change that queuing a campaign makes: a new revision, unless the current one says the same."""

    desk: Desk
    campaign: Campaign
    edit: Edit
    is_new_revision: bool
    now: datetime

    def see(self, before: Snapshot) -> Snapshot:
        """Return the situation with the new version of the campaign in it."""
        new, latest = self.to_send(before.latest), before.latest
        if latest is None or not self.is_new_revision:
            return replace(before, campaign=new)
        followed = {
            post: tuple(self._followed(post, override, latest, new) for override in overrides)
            for post, overrides in before.overrides.items()
        }
        return replace(before, campaign=new, overrides=followed)

    def to_send(self, current: Campaign | None) -> Campaign:
        """Return the campaign as it is sent: each text with its source, moved to now where that was asked for."""
        if not self.is_new_revision and current is not None:
            return current
        new = carried(current, self.campaign, self.edit.change)
        return new.rushed(self.now) if self.edit.rushed else new

    def _followed(self, post: str, override: Variant, current: Campaign, new: Campaign) -> Variant:
        """Return an override as it stands after the edit: a cosmetic one, or `--now` for a time, asks nobody anew."""
        before, after = current.post(post), new.post(post)
        is_rush = override.field == TIME and self.edit.rushed
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
        current = campaigns.current(tx, row)[0] if row is not None else None
        new, edit = self.to_send(current), self.edit
        digest = campaigns.digest_of(self.campaign)
        number = campaigns.add_revision(
            tx, NewRevision(new, digest, edit.rushed, edit.change, edit.note, actor.who, now)
        )
        campaigns.keep_media(tx, self.campaign.media())
        if current is not None:
            self._write_followed(tx, current, new)
        detail = {"revision": number, "rushed": edit.rushed, "change": edit.change.value, "note": edit.note}
        events.record(tx, actor, "queue", self.campaign.id, now, detail)

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
    """What queuing a campaign would do, or did: findings, plan, changes in the queue and in the campaign itself."""

    campaign: Campaign
    findings: tuple[Finding, ...]
    plan: Plan
    outcome: Outcome
    differences: list[str]
    is_new_revision: bool
    edit: Edit


def prospect(desk: Desk, file: CampaignFile, edit: Edit | None = None) -> Prospect:
    """Return what queuing the campaign would do, with everything the checks say. Nothing is changed.

    Raises:
        FindingsError: when the file cannot even be read as a campaign.
    """
    if file.campaign is None:
        raise FindingsError("the file cannot be read as a campaign; nothing was queued", file.findings)
    edit = edit or Edit()
    _refuse_rush(desk, file.campaign, rushed=edit.rushed)
    change, current = _change(desk, file.campaign, edit)
    outcome = replan.preview(desk, file.campaign.id, change, change.now)
    subject = Subject(file.campaign, desk.network(), outcome.plan, file.place)
    findings = (*file.findings, *check(subject))
    said = differences(current, file.campaign) if current and change.is_new_revision and not edit.rushed else []
    return Prospect(file.campaign, findings, outcome.plan, outcome, said, change.is_new_revision, edit)


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
    change, _ = _change(desk, before.campaign, before.edit)
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


def _change(desk: Desk, campaign: Campaign, edit: Edit) -> tuple[QueueCampaign, Campaign | None]:
    with desk.store.read() as tx:
        row = campaigns.find(tx, campaign.id)
        current, revision = campaigns.current(tx, row) if row else (None, None)
    same = (
        row is not None
        and row.status == campaigns.ACTIVE
        and revision is not None
        and (revision.file_digest, revision.rushed) == (campaigns.digest_of(campaign), edit.rushed)
    )
    return QueueCampaign(desk, campaign, edit, is_new_revision=not same, now=desk.clock()), current


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
