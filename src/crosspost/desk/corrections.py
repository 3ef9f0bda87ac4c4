"""What is out with the words that a critical correction put right: where, how to say it right, how to take it back."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from crosspost.desk import replan
from crosspost.desk.campaigns import queued
from crosspost.desk.deliveries import listed
from crosspost.desk.desk import Desk
from crosspost.domain.campaign import ANY, LINK, TEXT, Campaign, Fact, Post
from crosspost.domain.delivery import MAY_BE_OUT, BlockKind, State
from crosspost.domain.differences import facts_in
from crosspost.domain.language import fallbacks
from crosspost.domain.network import Network
from crosspost.domain.planned import Planned
from crosspost.domain.selection import Selection
from crosspost.errors import UsageError
from crosspost.shipped import shipped
from crosspost.store import Transaction, campaigns, deliveries, network
from crosspost.store.campaigns import Correction
from crosspost.store.deliveries import Listed
from crosspost.store.selection import RECALLED

#: Of a stub, when its post leaves: time to read it, and to change what is to be changed.
_TIME_TO_READ = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Draft:
    """A correction to be said where the old words are out: the words, and by whom.

    `length` and `limit` are in the platform's unit. `together` are missions that cannot say it alone: `crosspost post`
    speaks for all below them as well.
    """

    language: str
    platform: str
    text: str
    link: str
    length: int
    limit: int
    missions: tuple[str, ...]
    together: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A post that a critical revision put right.

    `out` is out with words from before, `in_doubt` may be. `waiting` counts what has not left, and is to be confirmed.
    `undrafted` are those of `out` for which there are no right words yet: their own are stale, or nothing is planned.
    `recalled_by` are the selections by which exactly `out` is recalled: the post as a whole, or each delivery.
    """

    campaign: str
    post: str
    correction: Correction
    out: tuple[Listed, ...]
    in_doubt: tuple[Listed, ...]
    waiting: int
    drafts: tuple[Draft, ...]
    undrafted: tuple[str, ...]
    recalled_by: tuple[str, ...]


def corrected(desk: Desk, name: str, posts: Collection[str] = ()) -> list[Corrected]:
    """Return what the last critical revision of each post put right, of a campaign or of CAMPAIGN/POST.

    With `posts`, of these posts of the campaign alone.

    Raises:
        UsageError: when the campaign was never queued, or nothing of it was ever corrected so.
    """
    campaign_id, _, post = name.partition("/")
    queued(desk, campaign_id)
    wanted = {post} if post else set(posts)
    with desk.store.read() as tx:
        last = {
            p: one for one in campaigns.corrections(tx, campaign_id) for p in one.posts if not wanted or p in wanted
        }
        if not last:
            raise UsageError(
                f"{name} was never corrected: `crosspost campaign queue {campaign_id} --critical` does that"
            )
        seen, known = replan.snapshot(tx, campaign_id), network.load(tx)
        said = {p: _Said.read(desk, tx, f"{campaign_id}/{p}", one.at) for p, one in last.items()}
    planned = {p.id: p for p in replan.planned(desk, seen, desk.clock()).planned}
    return [_corrected(desk, (campaign_id, p, last[p]), said[p], planned, known) for p in last]


@dataclass(frozen=True, slots=True)
class _Said:
    """The deliveries of a post, by whether they are out with words from before an instant."""

    out: tuple[Listed, ...]
    in_doubt: tuple[Listed, ...]
    out_since: bool
    waiting: int

    @classmethod
    def read(cls, desk: Desk, tx: Transaction, post: str, before: datetime) -> _Said:
        found = listed(tx, Selection(campaign=(post,)), desk.clock())
        may_be_out = [d for d in found if d.row.state in MAY_BE_OUT and d.state != RECALLED]
        old = {d.row.id for d in may_be_out if _left_before(tx, d, before)}
        return cls(
            out=tuple(d for d in may_be_out if d.row.id in old and d.row.state == State.SENT),
            in_doubt=tuple(d for d in may_be_out if d.row.id in old and d.row.state != State.SENT),
            out_since=any(d.row.id not in old for d in may_be_out),
            waiting=sum(_waits(d) for d in found),
        )


def _left_before(tx: Transaction, d: Listed, instant: datetime) -> bool:
    """Say whether what is out, or may be, left before an instant; where no attempt says when, its receipt does."""
    tries = deliveries.attempts(tx, d.row.id)
    left = tries[-1].start if tries else d.row.sent_at
    return left is None or left < instant


def _waits(d: Listed) -> bool:
    return d.row.state == State.QUEUED and any(block.kind == BlockKind.CRITICAL for block in d.blocks)


def _corrected(
    desk: Desk, of: tuple[str, str, Correction], said: _Said, planned: Mapping[str, Planned], known: Network
) -> Corrected:
    campaign, post, correction = of
    right = {d.row.id: p for d in said.out if (p := planned.get(d.row.id)) and not _is_stopped(p)}
    whole = () if said.out_since or said.in_doubt else (f"{campaign}/{post}",)
    return Corrected(
        campaign,
        post,
        correction,
        said.out,
        said.in_doubt,
        said.waiting,
        tuple(_drafts(desk, right.values(), known)),
        tuple(d.row.id for d in said.out if d.row.id not in right and not d.content.is_repost),
        (whole or tuple(d.row.id for d in said.out)) if said.out else (),
    )


def _is_stopped(planned: Planned) -> bool:
    return any(stop.kind is BlockKind.STALE for stop in planned.stops)


def _drafts(desk: Desk, right: Iterable[Planned], known: Network) -> Iterator[Draft]:
    """Yield the corrections by language, platform and words; a repost passes on the one of its original."""
    by_words: dict[tuple[str, str, str, str], list[Planned]] = {}
    for planned in right:
        content = planned.content
        if not content.is_repost:
            key = (content.language, content.platform, content.text, content.link)
            by_words.setdefault(key, []).append(planned)
    for (language, platform, text, link), group in by_words.items():
        said = correction_of(language, text)
        missions = [planned.account.rpartition("/")[0] for planned in group]
        together = tuple(m for m in missions if _speaks_for_others(m, platform, known))
        yield Draft(
            language,
            platform,
            said,
            link,
            desk.adapters[platform].measure(replace(group[0].content, text=said, parts=())),
            group[0].limit,
            tuple(m for m in missions if m not in together),
            together,
        )


def _speaks_for_others(mission: str, platform: str, known: Network) -> bool:
    return any(a.platform == platform for m in known.subtree(mission) if m != mission for a in known.accounts_of(m))


def correction_of(language: str, text: str) -> str:
    """Return a text as a correction begins in its language; in one that we have no words for, as in English."""
    begun = _beginnings()
    tag = next((tag for tag in fallbacks(language) if tag in begun), "en")
    return begun[tag].replace("{text}", text)


@lru_cache(maxsize=1)
def _beginnings() -> dict[str, str]:
    return tomllib.loads(shipped("corrections.toml").read_text("utf-8"))


def stub(desk: Desk, found: Sequence[Corrected], campaign_id: str) -> str:
    """Return a campaign.toml that says the corrections, on those accounts and in those languages that are out.

    A campaign has one list of languages for all its accounts: where that has an account correct what it has not said
    in that language, a comment names it.

    Raises:
        UsageError: when nothing is out.
    """
    posts = [one for one in found if one.out]
    if not posts:
        raise UsageError(f"nothing of {campaign_id} is out with the old words: there is nothing to correct")
    known = desk.network()
    with desk.store.read() as tx:
        row = campaigns.find(tx, campaign_id)
        campaign = campaigns.current(tx, row)[0] if row else None
    if campaign is None:
        raise UsageError(f"{campaign_id!r} was never queued")
    at = (desk.clock() + _TIME_TO_READ).strftime("%Y-%m-%d %H:%M UTC")
    written = [(one.post, p, _wrong(one)) for one in posts if (p := campaign.post(one.post))]
    lines = [
        "# Drafted: read every line before you queue it. A mission whose own words went out may want its own here too.",
        *(line for _, post, wrong in written for line in _too_much(known, post, wrong)),
        f"title = {_quoted(f'Correction of {campaign.title or campaign.id}')}",
        f"source = {_quoted(_source(campaign, written))}",
        *_audience(known, {d.row.account for one in posts for d in one.out}),
        *_facts(campaign, [p for _, p, _ in written]),
    ]
    for name, post, wrong in written:
        lines += [
            "",
            f"[posts.{_quoted(name)}]",
            f"at = {_quoted(at)}",
            *_link(post),
            "",
            f"[posts.{_quoted(name)}.text]",
        ]
        lines += [f"{_quoted(tag)} = {_quoted(correction_of(tag, text))}" for tag, text in _texts(post, wrong)]
    return "\n".join(lines) + "\n"


def _link(post: Post) -> list[str]:
    link = next((v.value for v in post.variants if (v.field, v.platform) == (LINK, ANY)), "")
    return [f"link = {_quoted(link)}"] if link else []


def _source(campaign: Campaign, written: Iterable[tuple[str, Post, Mapping[str, set[str]]]]) -> str:
    """Return the campaign's source where every post says it, or else a language that every post says."""
    said = [[tag for tag, _ in _texts(post, wrong)] for _, post, wrong in written]
    common = [tag for tag in said[0] if all(tag in tags for tags in said)] if said else []
    return campaign.source if campaign.source in common or not common else common[0]


def _wrong(one: Corrected) -> Mapping[str, set[str]]:
    """Return in which languages each account has said the old words."""
    languages: dict[str, set[str]] = {}
    for d in one.out:
        languages.setdefault(d.row.account, set()).update(d.content.languages)
    return languages


def _too_much(known: Network, post: Post, wrong: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield a comment for each account that would correct what it has not said in a language."""
    tags = {tag for tag, _ in _texts(post, wrong)}
    for account in known.accounts_in_order():
        said = {tag for language in wrong.get(account.id, ()) for tag in fallbacks(language)}
        spoken = [next((tag for tag in fallbacks(own) if tag in tags), "") for own in known.languages_of(account)]
        more = [tag for tag in spoken if tag and tag not in said]
        if account.id in wrong and more:
            yield f"# {account.id} has not said {post.id} wrong in {', '.join(more)}: see to that first."


def _texts(post: Post, wrong: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Yield the centre's texts in the languages that are out; where there is one for a platform only, the first."""
    out = {tag for languages in wrong.values() for language in languages for tag in fallbacks(language)}
    texts: dict[str, str] = {}
    for variant in sorted((v for v in post.variants if v.field == TEXT), key=lambda v: v.platform != ANY):
        texts.setdefault(variant.language, variant.value)
    return iter((tag, texts[tag]) for tag in post.languages() if tag in out)


def _audience(known: Network, accounts: set[str]) -> list[str]:
    """Return an audience of exactly these accounts, as far as the network still has them."""
    wanted = [a for a in known.accounts_in_order() if a.id in accounts]
    missions = list(dict.fromkeys(a.mission for a in wanted))
    platforms = sorted({a.platform for a in wanted})
    reached = Selection(mission=tuple(missions), platform=tuple(platforms)).accounts(known)
    left_out = [a.id for a in reached if a.id not in accounts]
    lines = ["", "[audience]", f"mission = {_listed(missions)}", f"platform = {_listed(platforms)}"]
    return [*lines, f"except = {_listed(left_out)}"] if left_out else lines


def _facts(campaign: Campaign, posts: Iterable[Post]) -> list[str]:
    said = frozenset().union(*(facts_in(v.value) for post in posts for v in post.variants if v.field == TEXT))
    facts = [f"{fact.name} = {_value(fact)}" for fact in campaign.facts if fact.name in said]
    return ["", "[facts]", *facts] if facts else []


def _value(fact: Fact) -> str:
    return _quoted(fact.text) if fact.type == "text" else fact.text


def _quoted(text: str) -> str:
    # What JSON writes for a string, TOML reads as one.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _listed(names: Iterable[str]) -> str:
    return json.dumps(list(names))
