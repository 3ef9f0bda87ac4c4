"""For connections to platforms on which nothing can be reposted."""

from __future__ import annotations

from datetime import datetime

from crosspost.adapter.contract import CannotTell, Lookup, Original, Receipt
from crosspost.adapter.failures import Rejected
from crosspost.domain.content import Content


class NoReposts:
    """The two methods of a connection about reposts, where the adapter's capabilities say that there are none."""

    def repost(self, content: Content, original: Original) -> Receipt:  # noqa: ARG002 - the contract's arguments
        """Refuse: nothing is asked of the platform."""
        raise Rejected("this platform is not asked for reposts: let the account say it in words of its own")

    def find_repost(
        self,
        content: Content,  # noqa: ARG002
        original: Original,  # noqa: ARG002
        since: datetime,  # noqa: ARG002
        known: frozenset[str],  # noqa: ARG002
    ) -> Lookup:
        """Prove nothing."""
        return CannotTell("this platform is not asked for reposts")
