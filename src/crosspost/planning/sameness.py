"""No two accounts say the same where a platform forbids it: one says it, the others repost that.

The order is fixed: what is out already, or may be, goes first; then posts in the order of the file, and for each post
accounts in tree order, those that come so long after the original last of all. Whoever would say the same as an account
before them, or nearly the same, reposts that one's post; all others speak for themselves. So what a mission changes in
its own words makes another mission's post a repost, or a post of its own again, by this rule alone; `Planned.because`
says so.

What is out is never said again: an account that has reposted keeps that, whatever its words are by now. An original
that is lost (failed, expired, cancelled, recalled) leads nobody: the next in the order says it itself. Where a repost
would say something wrong (other numbers, another post, words that were corrected since) the delivery is stopped: a
person gives it words of its own, or takes the other one back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from crosspost.adapter import Adapter, Capabilities
from crosspost.domain.campaign import Campaign, LostPolicy, SameWords
from crosspost.domain.content import REPOST
from crosspost.domain.delivery import MAY_BE_OUT, BlockKind, State
from crosspost.domain.planned import Earlier, Planned, Reason, Skipped, Stop
from crosspost.domain.schedule import Instant
from crosspost.domain.substance import why_not_cosmetic
from crosspost.domain.zones import zone
from crosspost.planning.situation import Situation
from crosspost.planning.spoken import Said, Spoken, numbers, says_nearly_the_same, says_the_same

#: What becomes of a planned delivery that is said only from an instant on, for a reason in words.
Later = Callable[[Planned, Instant, str], Planned | Skipped]


def settled(situation: Situation, planned: Iterable[Planned | Skipped], later: Later) -> Iterator[Planned | Skipped]:
    """Yield what is planned, in its order, with reposts and stops where accounts would say the same.

    `later` says how an account's mission takes another time than it had planned.
    """
    every = tuple(planned)
    own = {one.id: one for one in every if isinstance(one, Planned)}
    platforms = platforms_of_one_voice(situation.campaign, own.values(), situation.adapters)
    by_platform = {platform: _Sameness(situation, platform, own, later) for platform in platforms}
    # What comes after another leads nobody who does not: else each might wait for the other.
    in_turn = sorted(own.values(), key=lambda one: bool(one.after))
    judged = {
        one.id: by_platform[one.content.platform].judged(one) for one in in_turn if one.content.platform in by_platform
    }
    yield from (judged.get(one.id, one) if isinstance(one, Planned) else one for one in every)


def policy_of(campaign: Campaign, platform: str, takes: Capabilities) -> SameWords:
    """Return what becomes of the same words on a platform: as the campaign says, else as its adapter suggests.

    Where a platform knows no reposts, those who were to repost wait for words of their own.
    """
    asked = dict(campaign.same_words).get(platform, SameWords.REPOST if takes.one_voice else SameWords.OWN)
    return SameWords.BLOCK if asked is SameWords.REPOST and not takes.can_repost else asked


def platforms_of_one_voice(campaign: Campaign, planned: Iterable[Planned], adapters: Mapping[str, Adapter]) -> set[str]:
    """Return the platforms on which no two accounts are to say the same."""
    platforms = {one.content.platform for one in planned}
    return {name for name in platforms if policy_of(campaign, name, adapters[name].capabilities) is not SameWords.OWN}


class _Sameness:
    """The rule on one platform, applied to one planned delivery after the other."""

    def __init__(self, situation: Situation, platform: str, planned: Mapping[str, Planned], later: Later) -> None:
        self._situation, self._planned, self._later = situation, planned, later
        self._policy = policy_of(situation.campaign, platform, situation.adapters[platform].capabilities)
        self._spoken, self._lost = Spoken(), Spoken()
        #: Which delivery reposts an original for an account, by the two.
        self._reposting: dict[tuple[str, str], str] = {}
        for delivery, earlier in self._in_order(platform):
            self._take_up(delivery, earlier)

    def _in_order(self, platform: str) -> list[tuple[str, Earlier]]:
        """Return what the queue holds on the platform, in tree order."""
        place = {account.id: at for at, account in enumerate(self._situation.network.accounts_in_order())}
        found = [(d, e) for d, e in self._situation.earlier.items() if e.content.platform == platform]
        return sorted(found, key=lambda one: (place.get(one[1].content.account, len(place)), one[0]))

    def _take_up(self, delivery: str, earlier: Earlier) -> None:
        may_be_out = earlier.state in MAY_BE_OUT
        if earlier.content.is_repost:
            if may_be_out:
                self._reposting[earlier.content.account, earlier.content.original] = delivery
            return
        occasion = _occasion_of(delivery, earlier)
        said = Said(delivery, occasion, earlier.content, earlier.time, is_out=may_be_out, out=earlier.sent_at)
        if earlier.lost:
            self._lost.add(said)
        elif may_be_out:
            self._spoken.add(said)

    def judged(self, planned: Planned) -> Planned | Skipped:
        """Return what becomes of a planned delivery."""
        earlier = self._situation.earlier.get(planned.id)
        if earlier is None:
            return self._candidate(planned)
        if earlier.state in MAY_BE_OUT:
            return _as_it_left(planned, earlier)
        if _is_over(planned, earlier):
            return _kept(planned, earlier)
        return self._candidate(planned, earlier)

    def _candidate(self, planned: Planned, earlier: Earlier | None = None) -> Planned | Skipped:
        others = list(self._spoken.like(planned.content, planned.occasion))
        if not others:
            return self._own(planned, earlier)
        free = [said for said in others if self._may_repost(planned, said)]
        if not free:
            why = f"the account reposts {others[0].delivery} already, which says the same"
            return Skipped(planned.campaign, planned.post, planned.account, planned.slot, Reason.SAME_TEXT, why)
        original = min(free, key=lambda said: _preference(planned, said))
        why_not = self._why_not(planned, original)
        if why_not:
            return _stopped(planned, why_not)
        reposted = self._reposted(planned, original)
        if isinstance(reposted, Planned):
            self._reposting[planned.account, original.delivery] = planned.id
        return reposted

    def _may_repost(self, planned: Planned, said: Said) -> bool:
        return self._reposting.get((planned.account, said.delivery), planned.id) == planned.id

    def _why_not(self, planned: Planned, original: Said) -> str:
        """Return why an account may not repost what says the same; "" where it may."""
        like = f"it would say {_degree(planned, original)} as {original.delivery}"
        if self._policy is SameWords.BLOCK:
            return f"{like}: it needs words of its own"
        if says_the_same(planned.content, original.content):
            return ""
        if self._is_outdated(original):
            return f"{like}, which may be out with older words: recall that, and it says it itself"
        if numbers(planned.content) != numbers(original.content):
            return f"{like}, which has other numbers: it needs words more of its own, or the same"
        if original.occasion != planned.occasion:
            return f"{like}, which is another post: it needs words more of its own, or the same"
        return ""

    def _is_outdated(self, original: Said) -> bool:
        """Say whether an original that is out, or may be, says in substance something else than its account would now.

        A correction of spelling does not count: what is out is good enough to be passed on.
        """
        now = self._planned.get(original.delivery)
        if now is None or not original.is_out:
            return False
        return bool(why_not_cosmetic(original.content.text, now.content.text, original.content.language))

    def _own(self, planned: Planned, earlier: Earlier | None) -> Planned | Skipped:
        """Return a delivery whose account says it itself, and which others may repost."""
        lost = next(self._lost.like(planned.content, planned.occasion), None)
        if lost is not None and self._situation.campaign.lost is LostPolicy.WAIT:
            as_it_was = _kept(planned, earlier) if earlier and earlier.content.is_repost else planned
            return _stopped(as_it_was, f"{self._told(lost.delivery)}; it waits, as the campaign says")
        own = self._in_time(planned, earlier)
        if isinstance(own, Planned) and own.expires > self._situation.now:
            self._spoken.add(Said(own.id, own.occasion, own.content, own.time))
        return own

    def _in_time(self, planned: Planned, earlier: Earlier | None) -> Planned | Skipped:
        """Return a delivery at its own time; one that has waited for its original, from the moment it waits no more.

        It is said no longer than it would have been as a repost, unless its mission keeps quiet at that moment.
        """
        own = replace(planned, because=self._because(planned, earlier))
        if earlier is None or earlier.state is not State.QUEUED or planned.time.utc >= self._situation.now:
            return own
        if earlier.content.is_repost or earlier.is_stopped:
            since = _at(self._situation.now.replace(microsecond=0), planned.time)
        elif earlier.because:
            since = earlier.time
        else:
            return own
        waited = replace(own, time=since, expires=max(own.expires, earlier.expires))
        return self._later(waited, since, "said from then on")

    def _because(self, planned: Planned, earlier: Earlier | None) -> str:
        """Return why a delivery that was a repost is none any more; "" where it was none."""
        if earlier is None:
            return ""
        if not earlier.content.is_repost:
            return "nobody else says it any more" if earlier.is_stopped else earlier.because
        if says_nearly_the_same(planned.content, earlier.content):
            return f"{self._told(earlier.content.original)}: it says it itself"
        return f"it was to repost {earlier.content.original}, and has words of its own now"

    def _told(self, original: str) -> str:
        """Return what became of an original that reposts were to follow."""
        earlier = self._situation.earlier.get(original)
        return (
            f"{original} {earlier.lost}" if earlier and earlier.lost else f"{original} is not to be reposted any more"
        )

    def _reposted(self, planned: Planned, original: Said) -> Planned | Skipped:
        """Return the delivery as a repost: the original's words, at its own time unless that comes too early."""
        timed = self._after(planned, original)
        if isinstance(timed, Skipped):
            return timed
        content = replace(original.content, account=planned.account, action=REPOST, original=original.delivery)
        order = "may be out already" if original.is_out else "comes first"
        because = f"reposts {original.delivery}, which says {_degree(planned, original)} and {order}"
        if timed.time.utc != planned.time.utc:
            because += f"; moved from {_clock(planned.time, timed.time)}"
        if planned.content.link != original.content.link:
            because += "; its own link is left out"
        until = self._until(planned, original)
        return replace(timed, content=content, because=because, until=until)

    def _after(self, planned: Planned, original: Said) -> Planned | Skipped:
        """Return the delivery not before it may repost an original; what is timed by that is so later (`following`)."""
        delay = self._delay(planned)
        since = max(planned.time.utc, original.time.utc + delay)
        if original.out is not None and since < original.out and not self._is_under_embargo(planned):
            since = _whole_seconds(original.out + delay)  # it has waited for it, and is due only now
        if planned.after or planned.time.utc == since:
            return planned
        return self._later(planned, _at(since, planned.time), "as a repost")

    def _delay(self, planned: Planned) -> timedelta:
        """Return how long after its original a repost is due. Nothing moves an embargo: it waits only to be out."""
        return timedelta(0) if self._is_under_embargo(planned) else self._situation.campaign.repost_after

    def _is_under_embargo(self, planned: Planned) -> bool:
        post = self._situation.campaign.post(planned.post)
        return post is not None and post.embargo

    def _until(self, planned: Planned, original: Said) -> datetime | None:
        """Return the end of the pin by which alone a repost, or what it passes on, may be said."""
        passed_on = self._planned.get(original.delivery)
        ends = (one.until for one in (planned, passed_on) if one is not None)
        return min((end for end in ends if end is not None), default=None)


def _occasion_of(delivery: str, earlier: Earlier) -> str:
    """Return the occasion that a delivery's id names."""
    return delivery.partition("/")[2].partition(f"/{earlier.content.account}/")[0]


def _as_it_left(planned: Planned, earlier: Earlier) -> Planned:
    """Return what the plan says of a delivery that is out, or may be: as it left, unless its words are others by now.

    Then the plan says so, and what is out stays as it is: see `store.plans`.
    """
    if earlier.content.is_repost and says_nearly_the_same(planned.content, earlier.content):
        return _kept(planned, earlier)
    return _kept_time(planned, earlier)


def _kept(planned: Planned, earlier: Earlier) -> Planned:
    """Return a delivery exactly as the queue has it."""
    return replace(
        planned, content=earlier.content, time=earlier.time, expires=earlier.expires, because=earlier.because
    )


def _kept_time(planned: Planned, earlier: Earlier) -> Planned:
    """Return a delivery with the time that it got when its original was lost, if it did."""
    if earlier.because and not earlier.content.is_repost and planned.time.utc < earlier.time.utc:
        expires = max(planned.expires, earlier.expires)
        return replace(planned, time=earlier.time, expires=expires, because=earlier.because)
    return planned


def _is_over(planned: Planned, earlier: Earlier) -> bool:
    """Say whether a delivery that was lost stays so: it would only say what it was to say, or a person said no."""
    if earlier.state is State.CANCELLED:
        return bool(earlier.lost)
    if earlier.state is not State.FAILED:
        return False
    if earlier.content.is_repost:
        return says_nearly_the_same(planned.content, earlier.content)
    same_time = _kept_time(planned, earlier).time.utc == earlier.time.utc
    return same_time and planned.content.digest == earlier.content.digest


def _preference(planned: Planned, said: Said) -> tuple[bool, bool, bool]:
    """Return what makes one original better than another: what may be reposted, the same post, the same words."""
    same, other_post = says_the_same(planned.content, said.content), said.occasion != planned.occasion
    is_wrong = not same and (other_post or numbers(said.content) != numbers(planned.content))
    return (is_wrong, other_post, not same)


def _degree(planned: Planned, said: Said) -> str:
    return "the same" if says_the_same(planned.content, said.content) else "nearly the same"


def _clock(time: Instant, moved: Instant) -> str:
    """Return a time on its own clock, with the day where that is another one than what it was moved to."""
    is_same_day = time.local.date() == moved.local.date()
    return f"{time.local:%H:%M}" if is_same_day else f"{time.local:%Y-%m-%d %H:%M}"


def _stopped(planned: Planned, why: str) -> Planned:
    return replace(planned, stops=(*planned.stops, Stop(BlockKind.SAME, why)))


def _whole_seconds(moment: datetime) -> datetime:
    """Return the moment, or the next whole second: clocks and people know no smaller ones."""
    return (moment + timedelta(microseconds=999_999)).replace(microsecond=0)


def _at(moment: datetime, time: Instant) -> Instant:
    """Return a moment on the clock that another time was set on."""
    return Instant(moment, moment.astimezone(zone(time.zone)).replace(tzinfo=None), time.zone)
