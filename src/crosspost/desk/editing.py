"""What speaks against a new version of a campaign: it is an old one, or its class of change is not what it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crosspost.domain.campaign import Campaign, Post
from crosspost.domain.differences import changed_facts, rewordings
from crosspost.domain.findings import Finding
from crosspost.domain.significance import reasons
from crosspost.domain.text import digest_of_text
from crosspost.store.campaigns import Version
from crosspost.store.tables import Revision

_NOT_COSMETIC = "Queue it without --cosmetic: those who made something of it are asked whether that still fits."

_REVERT = "Take the newest version of the file and change that, or say --revert if you mean to go back."


def against_old_file(versions: Sequence[Version], new: Campaign, file_digest: str) -> Iterator[Finding]:
    """Yield an error where a file is an old version, or goes back to what an older one said: a colleague's old copy.

    The current version itself may be queued again, after it was withdrawn.
    """
    if not versions or versions[-1].revision.file_digest == file_digest:
        return
    older = versions[-2::-1] if len(versions) > 1 else ()
    same = next((v.revision for v in older if v.revision.file_digest == file_digest), None)
    if same is not None:
        yield Finding("old-file", f"this file is {_named(same)}, and {_named(versions[-1].revision)} counts", _REVERT)
        return
    for what, revision in _returning(versions[-1].campaign, new, older):
        yield Finding("old-words", f"{what} goes back to what it was in {_named(revision)}", _REVERT)


def _returning(current: Campaign, new: Campaign, older: Sequence[Version]) -> Iterator[tuple[str, Revision]]:
    """Yield what is again as it was in an older version, and is otherwise now, with the latest such revision."""
    for one in rewordings(current, new):
        place = one.variant.place
        found = (v.revision for v in older if one.new and _is_said(v.campaign.post(one.post), place, one.new))
        yield from ((one.place, revision) for revision in _first(found))
    for name in changed_facts(current, new):
        value = next((fact for fact in new.facts if fact.name == name), None)
        found = (v.revision for v in older if value is not None and value in v.campaign.facts)
        yield from ((f"the fact {name}", revision) for revision in _first(found))
    for post in new.posts:
        before = current.post(post.id)
        if before is not None and before.at != post.at:
            # What `--now` made of a time is no time that somebody wrote.
            found = (v.revision for v in older if not v.revision.rushed and _is_at(v.campaign.post(post.id), post))
            yield from ((f"{post.id} time", revision) for revision in _first(found))


def _first(found: Iterator[Revision]) -> Iterator[Revision]:
    revision = next(found, None)
    if revision is not None:
        yield revision


def _is_said(post: Post | None, place: tuple[str, str, str, str], value: str) -> bool:
    digest = digest_of_text(value)
    return post is not None and any(v.place == place and digest_of_text(v.value) == digest for v in post.variants)


def _is_at(before: Post | None, post: Post) -> bool:
    return before is not None and before.at == post.at


def _named(revision: Revision) -> str:
    return f"revision {revision.number} (queued by {revision.who} on {revision.at:%Y-%m-%d at %H:%M} UTC)"


def against_cosmetic(old: Campaign, new: Campaign) -> Iterator[Finding]:
    """Yield an error for each thing for which a change cannot be called cosmetic."""
    for reason in reasons(old, new):
        yield Finding("not-cosmetic", f"{reason.place}: {reason.what}", _NOT_COSMETIC)
