"""Answers to the centre's own translations whose source has changed: still right as they are, or new words.

The words are the campaign's, so an answer makes a new revision of it. Accepting leaves the texts, and so the file, as
they are; new words have to be written into the file too, or queuing it would bring the old ones back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crosspost.desk import replan
from crosspost.desk.answered import Answered, let_go
from crosspost.desk.campaigns import folder_of, read
from crosspost.desk.desk import Desk
from crosspost.desk.overrides import Target, refuse_broken, refuse_unfit
from crosspost.desk.replan import Outcome, Snapshot
from crosspost.desk.staleness import Open, stale_values
from crosspost.domain.campaign import Campaign, Post, Variant
from crosspost.domain.findings import Place
from crosspost.domain.freshness import Change
from crosspost.domain.selection import Selection
from crosspost.errors import ConflictError, CrosspostError, UsageError
from crosspost.store import Transaction, campaigns, events
from crosspost.store.campaigns import NewRevision


@dataclass(frozen=True, slots=True)
class Renewal:
    """A translation of a post as it was `shown`, and how it shall be: the same words or others, from that source.

    `revision` is the campaign's when it was shown.
    """

    post: str
    shown: Variant
    new: Variant
    revision: int

    @property
    def is_reworded(self) -> bool:
        """Whether it brings other words."""
        return self.new.value != self.shown.value


@dataclass(frozen=True)
class Renew:
    """The change that answers to a campaign's own translations make: a new revision with them."""

    desk: Desk
    campaign_id: str
    renewals: Sequence[Renewal]
    now: datetime

    def see(self, before: Snapshot) -> Snapshot:
        """Return the situation with the translations renewed.

        Raises:
            ConflictError: when a translation or its source is no longer what was shown.
        """
        if before.latest is None:
            raise ConflictError(f"{self.campaign_id} is not there any more: nothing was changed")
        new = self.renewed(before.latest)
        return replace(before, latest=new, campaign=new if before.campaign is not None else None)

    def renewed(self, campaign: Campaign) -> Campaign:
        """Return the campaign with the translations renewed."""
        for renewal in self.renewals:
            post = campaign.post(renewal.post)
            if post is None or not _is_standing(renewal, post, campaign.source):
                raise ConflictError(
                    f"{campaign.id}/{renewal.post} was changed since this was shown: nothing was answered. Look again"
                )
            variants = tuple(renewal.new if v == renewal.shown else v for v in post.variants)
            posts = tuple(replace(p, variants=variants) if p.id == post.id else p for p in campaign.posts)
            campaign = replace(campaign, posts=posts)
        return campaign

    def write(self, tx: Transaction) -> None:
        """Keep the revision and the record."""
        row = campaigns.find(tx, self.campaign_id)
        if row is None:
            raise LookupError(self.campaign_id)
        current, revision = campaigns.current(tx, row)
        new, actor = self.renewed(current), self.desk.actor
        answered = [Answered(r.post, r.new, r.revision) for r in self.renewals]
        let_go(tx, self.desk, self.campaign_id, self, answered, self.now)
        file_digest, change = revision.file_digest, Change.COSMETIC
        if any(renewal.is_reworded for renewal in self.renewals):
            file_digest, change = campaigns.digest_of(_as_written(new)), Change.SUBSTANTIVE
        kept = NewRevision(new, file_digest, revision.rushed, change, "", actor.who, self.now)
        number = campaigns.add_revision(tx, kept)
        campaigns.set_status(tx, self.campaign_id, row.status)
        for renewal in self.renewals:
            action = "translation edit" if renewal.is_reworded else "translation accept"
            detail = dict(zip(("owner", "field", "language", "platform"), renewal.new.place, strict=True))
            detail |= {"revision": str(number), "source": renewal.new.source}
            events.record(tx, actor, action, f"{self.campaign_id}/{renewal.post}", self.now, detail)


def _is_standing(renewal: Renewal, post: Post, source_language: str) -> bool:
    source = post.source_digest(renewal.new.field, source_language, renewal.new.platform)
    return renewal.shown in post.variants and source == renewal.new.source


def _as_written(campaign: Campaign) -> Campaign:
    """Return the campaign as its file says it: every translation made from the source that stands beside it."""
    return replace(campaign, posts=tuple(_post_as_written(post, campaign.source) for post in campaign.posts))


def _post_as_written(post: Post, source_language: str) -> Post:
    return replace(
        post,
        variants=tuple(
            replace(v, source=post.source_digest(v.field, source_language, v.platform)) if v.source else v
            for v in post.variants
        ),
    )


def asked(desk: Desk, name: str, selection: Selection) -> list[Open]:
    """Return the stale translations of a campaign, or of one post as `campaign/post`, that the filters let through."""
    campaign_id, _, post = name.partition("/")
    return [
        one
        for one in stale_values(desk, campaign=campaign_id)
        if not one.is_override
        and post in {"", one.post}
        and (not selection.lang or one.variant.language in selection.lang)
        and (not selection.platform or one.variant.platform in selection.platform)
    ]


def accepted(one: Open) -> Renewal:
    """Return the answer that a translation is still right, given for the source that it was shown with."""
    return Renewal(one.post, one.variant, replace(one.variant, source=one.source_now), one.revision)


def reworded(to: Target, shown: Variant, words: str) -> Renewal:
    """Return the answer that a translation shall say other words from now on.

    Raises:
        UsageError: when the words cannot be said: there are none, or a placeholder is broken.
    """
    refuse_broken(to, words.strip())
    source = to.post.source_digest(shown.field, to.campaign.source, shown.platform)
    new = replace(shown, value=words.strip(), source=source)
    return Renewal(to.post.id, shown, new, to.revision)


def translation(to: Target, field: str, language: str, platform: str) -> Variant:
    """Return a translation of the centre's.

    Raises:
        UsageError: when there is none, with those that there are; or when it is the source itself.
    """
    if language == to.campaign.source:
        raise UsageError(f"{language} is the source itself: edit the file and queue it again")
    found = [v for v in to.post.variants if (v.field, v.language, v.platform) == (field, language, platform)]
    if not found:
        known = ", ".join(tag for tag in to.post.languages() if tag != to.campaign.source) or "none"
        raise UsageError(f"{to.campaign.id}/{to.post.id} has no such translation (there: {known})")
    return found[0]


def renew(desk: Desk, campaign_id: str, renewals: Sequence[Renewal]) -> Outcome:
    """Give answers to a campaign's own translations, all in one revision, and bring the queue into line at once.

    Raises:
        ConflictError: when a translation or its source is no longer what was shown; then none is given.
        NotPermittedError: when the acting mission may not act for the campaign's owner.
    """
    change = Renew(desk, campaign_id, renewals, desk.clock())
    _require(desk, renewals)
    return replan.commit(desk, [campaign_id], change, change.now)[campaign_id]


def preview(desk: Desk, campaign_id: str, renewals: Sequence[Renewal]) -> Outcome:
    """Return what the answers would do, and do nothing."""
    _require(desk, renewals)
    return replan.preview(desk, campaign_id, Renew(desk, campaign_id, renewals, desk.clock()))


def edit(desk: Desk, to: Target, renewal: Renewal) -> Outcome:
    """Give a translation other words.

    Raises:
        UsageError: when a platform would refuse them.
    """
    try_edit(desk, to, renewal)
    return renew(desk, to.campaign.id, [renewal])


def try_edit(desk: Desk, to: Target, renewal: Renewal) -> Outcome:
    """Return what giving a translation other words would do, and do nothing.

    Raises:
        UsageError: when a platform would refuse them.
    """
    outcome = preview(desk, to.campaign.id, [renewal])
    refuse_unfit(outcome, to, renewal.new, desk.network())
    return outcome


def _require(desk: Desk, renewals: Sequence[Renewal]) -> None:
    known = desk.network()
    for owner in sorted({renewal.shown.owner for renewal in renewals}):
        desk.require_role(owner, known)


def place_in_file(desk: Desk, campaign_id: str, renewal: Renewal) -> Place | None:
    """Return where the words stand in the campaign's file, or None where its folder is not here, or not as queued."""
    try:
        folder_of(desk, campaign_id)
        file = read(desk, campaign_id)
    except (CrosspostError, OSError):
        return None
    post = file.campaign.post(renewal.post) if file.campaign else None
    if post is None or all(v.place != renewal.shown.place for v in post.variants):
        return None
    return file.place(renewal.post, renewal.new.field, renewal.new.language, renewal.new.platform)
