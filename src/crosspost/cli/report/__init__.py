"""`crosspost report`: one page that stands alone, to be looked at, printed and filed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.cli.report.page import render_page

if TYPE_CHECKING:
    from crosspost.desk.desk import Desk
    from crosspost.desk.report import ReportData

__all__ = ["render_page", "write_report"]


def write_report(desk: Desk, name: str, target: Path) -> int:
    """Write the report of a campaign, queued or only a folder yet, and return the page's size in bytes.

    Raises:
        UsageError: when there is no such campaign, or the page cannot be written there.
        FindingsError: when it is not queued and its file cannot be read as a campaign.
    """
    from crosspost.errors import UsageError

    page = render_page(_gathered(desk, name)).encode()
    try:
        target.write_bytes(page)
    except OSError as error:
        raise UsageError(f"the page cannot be written to {target}: {error.strerror}") from error
    return len(page)


def _gathered(desk: Desk, name: str) -> ReportData:
    """Return the report of what is queued by that id; else of the plan that the campaign's file would make."""
    from crosspost.desk import campaigns, overview, report

    given = Path(name)
    campaign_id = (given.parent if given.name == "campaign.toml" else given).resolve().name
    queued = {row["campaign"] for row in overview.campaigns(desk) if row["revision"]}
    if campaign_id in queued:
        return report.gather(desk, campaign_id)
    file = campaigns.read(desk, name)
    return report.gather_plan(desk, campaigns.prospect(desk, file), file.media.values())
