"""The daemon's log: events with named values. How they are written, as text or as JSON, is for the command line to say.

Nothing is written while logging is not set up, as in a test or in somebody's own program.
"""

from __future__ import annotations

import logging
from typing import cast

import structlog

#: The standard logger below; who sets up logging asks for this name.
NAME = "crosspost.dispatch"


def logger() -> structlog.stdlib.BoundLogger:
    """Return the log of this floor: `log.info("sent", delivery=…)`."""
    wrapped = structlog.wrap_logger(
        logging.getLogger(NAME),
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return cast("structlog.stdlib.BoundLogger", wrapped)
