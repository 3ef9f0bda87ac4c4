"""What a check looks at: a campaign, the network, the plan that the two make, and where things stand in the files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from crosspost.domain.campaign import ANY, TEXT, Campaign, Post, Variant
from crosspost.domain.findings import Finding, Place
from crosspost.domain.inheritance import Speaker, layers, resolve
from crosspost.domain.network import LanguageMode, Network
from crosspost.domain.planned import Plan, Reason, Skipped


@dataclass(frozen=True, slots=True)
class Subject:
    """A campaign before it is queued. `place` tells where a field stands, by post, field, language and platform."""

    campaign: Campaign
    network: Network
    plan: Plan
    place: Callable[[str, str, str, str], Place]

    def of_post(self, post: Post) -> Place:
        """Return where the post begins."""
        return self.place(post.id, "", ANY, ANY)

    def of_variant(self, post: Post, variant: Variant) -> Place:
        """Return where a value of the post stands."""
        return self.place(post.id, variant.field, variant.language, variant.platform)

    def skipped(self, post: Post, *reasons: Reason) -> Iterator[Skipped]:
        """Yield where the post will not be said for one of these reasons."""
        return (s for s in self.plan.skipped if s.post == post.id and s.reason in reasons)

    def text_behind(self, post: Post, skipped: Skipped) -> Variant | None:
        """Return the campaign's text that an account would have said; None where no single one is to blame."""
        account = self.network.accounts.get(skipped.account)
        if account is None or not skipped.slot or account.language_mode is LanguageMode.JOINED:
            return None
        known = layers(post.variants)
        speaker = Speaker(self.network.owners(account.mission), account.platform)
        tags = self.network.languages_of(account) if skipped.slot == ANY else (skipped.slot,)
        return next((text for tag in tags if (text := resolve(known, TEXT, tag, speaker))), None)


#: A rule looks at a subject and tells what it finds.
Rule = Callable[[Subject], Iterator[Finding]]


def few(accounts: Iterable[str]) -> str:
    """Return the accounts by name where they are few, else three of them and how many more there are."""
    names = list(dict.fromkeys(accounts))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
