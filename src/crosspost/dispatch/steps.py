"""The steps of a post's way out, by name: where the torture test kills the daemon, each step in turn.

In production `reached` does nothing, and nothing outside this process can change that: no option, no environment
variable. The test (tests/torture/doomed.py) runs the real daemon with another function in its place.

It is called as `steps.reached(steps.CLAIMED)`, so that the replacement is found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

#: A sender has a claim; the platform has said whose the credential is; all is ready; it asks whether it may leave.
CLAIMED: Final = "claimed"
CONFIRMED: Final = "credential confirmed"
READY: Final = "ready"
ASKED: Final = "leave asked"

#: An image is uploaded, its alt text is told; either is written, and durable.
UPLOADED: Final = "image uploaded"
DESCRIBED: Final = "image described"
UPLOAD: Final = "upload written"
UPLOAD_DURABLE: Final = "upload durable"

#: The intent is written, and durable.
INTENT: Final = "intent written"
INTENT_DURABLE: Final = "intent durable"

#: The one request is about to leave; its answer was read; the writer has been told.
REQUEST: Final = "request"
ANSWER: Final = "answer"
TOLD: Final = "outcome told"

#: The outcome is written and the lease let go, in one transaction; and that is durable.
OUTCOME: Final = "outcome written"
OUTCOME_DURABLE: Final = "outcome durable"

#: A look-up begins; it has ended; its result is written, and durable.
LOOK: Final = "look begun"
LOOK_ENDED: Final = "look ended"
LOOK_WRITTEN: Final = "look written"
LOOK_DURABLE: Final = "look durable"

#: What a dead worker left is `unknown`: written, and durable.
SWEPT: Final = "sweep written"
SWEPT_DURABLE: Final = "sweep durable"

#: All of them, in the order in which a post passes them.
EVERY: Final = (
    *(CLAIMED, CONFIRMED, UPLOADED, UPLOAD, UPLOAD_DURABLE, DESCRIBED, READY, ASKED, INTENT, INTENT_DURABLE),
    *(REQUEST, ANSWER, TOLD, OUTCOME, OUTCOME_DURABLE),
    *(SWEPT, SWEPT_DURABLE, LOOK, LOOK_ENDED, LOOK_WRITTEN, LOOK_DURABLE),
)


def _nothing(_step: str) -> None:
    """Do nothing."""


#: Called with the name of each step that is reached, by whichever thread reaches it.
reached: Callable[[str], None] = _nothing
