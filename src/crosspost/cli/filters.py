"""The one set of filters, as options; and how what people write becomes a selection."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.files.words import platform_name

if TYPE_CHECKING:
    from crosspost.desk.desk import Desk
    from crosspost.domain.network import Network
    from crosspost.domain.selection import Selection

_PANEL = "Filters (each may be given several times)"

MissionFilter = Annotated[
    list[str] | None, typer.Option("--mission", "-m", help="A mission, and all below it.", rich_help_panel=_PANEL)
]
CountryFilter = Annotated[
    list[str] | None, typer.Option("--country", help="A country, such as EG.", rich_help_panel=_PANEL)
]
PlatformFilter = Annotated[
    list[str] | None, typer.Option("--platform", "-p", help="A platform, such as twitter.", rich_help_panel=_PANEL)
]
LangFilter = Annotated[
    list[str] | None, typer.Option("--lang", "-l", help="A language, such as ar.", rich_help_panel=_PANEL)
]
CampaignFilter = Annotated[
    list[str] | None,
    typer.Option(
        "--campaign",
        "-c",
        help="A campaign, CAMPAIGN/POST, or one day of it: POST@2027-03-01.",
        rich_help_panel=_PANEL,
    ),
]
StateFilter = Annotated[
    list[str] | None,
    typer.Option(
        "--state",
        "-s",
        help="queued, held, sending, sent, recalled, unknown, failed, cancelled or expired.",
        rich_help_panel=_PANEL,
    ),
]
ExceptFilter = Annotated[
    list[str] | None, typer.Option("--except", help="A mission or account to leave out.", rich_help_panel=_PANEL)
]

JsonOption = Annotated[bool, typer.Option("--json", help="JSON in a stable shape, for scripts.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; for scripts.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would happen, and do nothing.")]

_STATES = ("queued", "held", "sending", "sent", "recalled", "unknown", "failed", "cancelled", "expired")


def selection(
    desk: Desk,
    network: Network,
    mission: Iterable[str] | None = None,
    country: Iterable[str] | None = None,
    platform: Iterable[str] | None = None,
    lang: Iterable[str] | None = None,
    campaign: Iterable[str] | None = None,
    state: Iterable[str] | None = None,
    except_: Iterable[str] | None = None,
) -> Selection:
    """Return the selection that the options mean; a unique beginning of an id is enough.

    Raises:
        UsageError: for a name that is nothing of the network, with those nearest to it.
    """
    from crosspost.domain.selection import Selection

    platforms = {account.platform for account in network.accounts.values()}
    countries = {m.country for m in network.missions.values() if m.country}
    return Selection(
        mission=tuple(one_of(name, network.missions, "mission") for name in mission or ()),
        country=tuple(one_of(name.upper(), countries, "country") for name in country or ()),
        platform=tuple(one_of(platform_name(name), platforms, "platform") for name in platform or ()),
        lang=tuple(language(tag) for tag in lang or ()),
        campaign=_campaigns(desk, list(campaign or ())),
        state=tuple(one_of(name, _STATES, "state") for name in state or ()),
        except_=tuple(
            one_of(name, {*network.missions, *network.accounts}, "mission or account") for name in except_ or ()
        ),
    )


def language(tag: str) -> str:
    """Return a language tag as BCP 47 writes it.

    Raises:
        UsageError: for what is no language.
    """
    from crosspost.domain.language import is_valid, standard
    from crosspost.errors import UsageError

    if not tag.isascii() or not is_valid(tag):
        raise UsageError(f"{tag!r} is not a language tag: write `ja`, `ar` or `pt-BR`")
    return standard(tag)


#: What stands for a campaign where single posts are meant.
_SINGLE_POSTS = "-"


def _campaigns(desk: Desk, names: list[str]) -> tuple[str, ...]:
    """Return campaigns, or their posts, as they are called; a name that is none must not pass for an empty list."""
    from crosspost.desk import overview

    if not names:
        return ()
    known = [str(row["campaign"]) for row in overview.campaigns(desk)]
    return tuple(_campaign(desk, name, known) for name in names)


def _campaign(desk: Desk, name: str, known: Collection[str]) -> str:
    campaign, slash, said = name.partition("/")
    if campaign == _SINGLE_POSTS:
        return name
    campaign = one_of(campaign, known, "campaign")
    return f"{campaign}/{occasion_of(desk, campaign, said)}" if slash else campaign


def occasion_of(desk: Desk, campaign: str, said: str) -> str:
    """Return the post of a campaign, or one time of it, that was meant; of a campaign not queued yet, what was said.

    Raises:
        UsageError: for a post that there is not, or a day on which it is not planned.
    """
    from crosspost.desk.occasions import planned_days, require_planned
    from crosspost.domain.delivery import occasion, split_occasion

    days = planned_days(desk, campaign)
    if not days or not said:
        return said
    post, day = split_occasion(said)
    post = one_of(post, days, "post")
    if day:
        require_planned(f"{campaign}/{post}", day, days[post])
    return occasion(post, day)


def one_of(name: str, known: Collection[str], what: str) -> str:
    """Return the known name that was meant: itself, or the only one that begins so.

    Raises:
        UsageError: when none or several do.
    """
    import difflib

    from crosspost.errors import UsageError

    if name in known:
        return name
    begins = sorted(candidate for candidate in known if candidate.startswith(name))
    if len(begins) == 1:
        return begins[0]
    if begins:
        raise UsageError(f"{name!r} begins several: {', '.join(begins[:5])}; write more of it")
    near = difflib.get_close_matches(name, known, n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else _those(sorted(known))
    raise UsageError(f"there is no {what} {name!r}{hint}")


def _those(known: list[str]) -> str:
    """Return what there is, as the end of a sentence; of many the first few."""
    if not known:
        return ": there is none yet"
    return f": there {'is' if len(known) == 1 else 'are'} {', '.join(known[:8])}{'…' if len(known) > 8 else ''}"
