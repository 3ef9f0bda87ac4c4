"""A mission's day in words: what does not leave, what is stale, what to localise, what leaves today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crosspost.cli import output
from crosspost.cli.today.agenda import INDENT, Item, Section, at, difference, excerpt
from crosspost.desk.today import name_of, platforms
from crosspost.domain.campaign import ANY, TEXT, TIME

if TYPE_CHECKING:
    from crosspost.desk.staleness import Open
    from crosspost.desk.today import Inbox, Inherited, Leaving, Stale, Stopped, ToLocalise

#: The option of `override set` for a field, where it has another name.
_SET_BY = {TIME: "at"}


def head(found: Inbox) -> list[str]:
    """Return whose day it is, and what time; with what needs no answer."""
    lines = [f"{found.mission} · {at(found.now, found.zone)}"]
    if found.sent:
        lines.append(f"{found.sent} went out since midnight: crosspost queue -m {found.mission} -s sent")
    if not (found.needs_somebody or found.to_localise):
        lines.append("Nothing waits for you.")
    return lines


def sections(found: Inbox) -> list[Section]:
    """Return what there is to do, most urgent first."""
    mission, zone = found.mission, found.zone
    again = f"crosspost inbox -m {mission} --all"
    leaving = [_leaving(each, found) for each in found.leaving]
    title = "Leaves today"
    if not leaving and found.following:
        title, leaving = "Nothing more leaves today; next", [_leaving(found.following, found)]
    return [
        Section("Does not leave", [stopped(each, zone) for each in found.stopped], again, "red"),
        Section("Stale: the source has changed since", [_stale(each, found) for each in found.stale], again, "red"),
        Section(
            f"To localise within {output.counted(found.days, 'day')}",
            [_to_localise(each, found) for each in found.to_localise],
            again,
            "yellow",
        ),
        Section(title, leaving, f"crosspost queue -m {mission}"),
        Section(
            f"In the centre's words within {output.counted(found.days, 'day')}",
            [_inherited(each, found) for each in found.inherited],
            again,
        ),
    ]


def stopped(each: Stopped, zone: str) -> Item:
    """Return what does not leave: what and why, when it should, and what to type."""
    many = f"{len(each.deliveries)} wait, first " if len(each.deliveries) > 1 else ""
    due = [f"{INDENT}{many}due {at(each.due, zone)}"] if each.due else []
    return [each.what, *due, f"{INDENT}{each.do}"]


def _stale(each: Stale, found: Inbox) -> Item:
    from rich.text import Text

    from crosspost.domain.word_diff import word_diff

    value, variant = each.value, each.value.variant
    field = "alt text" if variant.field.startswith("alt:") else variant.field
    what = field if variant.language == ANY else f"{variant.language} {field}"
    whose = variant.owner if value.is_override else "the centre"
    lines: Item = [f"{value.campaign}/{value.post}: the {what} of {whose} · {value.change}"]
    if value.due:
        lines.append(f"{INDENT}due {at(value.due, found.zone)}")
    if value.note:
        lines.append(f"{INDENT}what was wrong: {value.note}")
    if value.old_source is None:
        lines.append(Text(f"{INDENT}source now: {excerpt(value.new_source)}"))
    else:
        lines.append(difference(word_diff(value.old_source, value.new_source), f"{INDENT}source: "))
    lines.append(Text(f"{INDENT}words:  {excerpt(variant.value)}"))
    return [*lines, *(f"{INDENT}{line}" for line in _answers(each, found.mission))]


def _answers(each: Stale, mission: str) -> list[str]:
    """Return the commands that answer for a stale value; for another's, how a mission gets on without its answer."""
    value, variant = each.value, each.value.variant
    post, field = f"{value.campaign}/{value.post}", variant.field.partition(":")[0]
    place = f" --lang {_spoken(value) if not each.is_ours else variant.language}" if variant.language != ANY else ""
    place += f" --platform {variant.platform}" if variant.platform != ANY else ""
    if not each.is_ours:
        own = "" if field == TEXT else f" --{_SET_BY.get(field, field)} …"
        whose = variant.owner if value.is_override else "the centre"
        return [f"{whose} answers for it; or say it yourself: crosspost override set {post} -m {mission}{place}{own}"]
    at_ = f"{post} -m {variant.owner}{place}" + ("" if field == TEXT else f" --field {field}")
    answer = f"still right: crosspost override accept {at_} · or edit, take-central, pin, opt-out"
    proposed = [f"a merged text is proposed: crosspost override edit {at_}"] if each.proposal else []
    return [*proposed, answer]


def _spoken(value: Open) -> str:
    """Return the language that the accounts list which would say a text: `pt-BR`, where that of `pt` stands in."""
    slots = {delivery.rpartition("/")[2] for delivery in value.deliveries}
    return slots.pop() if len(slots) == 1 and ANY not in slots else value.variant.language


def _to_localise(each: ToLocalise, found: Inbox) -> Item:
    where = platforms(each.accounts, found.mission)
    now = f"only said in {each.said_in}" if each.said_in else f"no text in {each.language}"
    post = f"{each.campaign}/{each.post}"
    return [
        f"{post}: {now} · {where}",
        f"{INDENT}due {at(each.due, found.zone)}",
        f"{INDENT}crosspost override set {post} -m {found.mission} --lang {each.language}",
    ]


def _inherited(each: Inherited, found: Inbox) -> Item:
    post, few = f"{each.campaign}/{each.post}", each.languages[-1]
    return [
        f"{post}: {' '.join(each.languages)} · {at(each.due, found.zone)}",
        f"{INDENT}yours, if you like: crosspost override set {post} -m {found.mission} --lang {few}",
    ]


def _leaving(each: Leaving, found: Inbox) -> Item:
    says: dict[str, list[str]] = {}
    for account, language in each.says:
        says.setdefault(platforms([account], found.mission), []).append(language)
    who = ", ".join(f"{account} {' '.join(languages)}" for account, languages in says.items())
    held = f" · {each.held} of {len(each.says)} held" if each.held else ""
    name = name_of(each.campaign, each.post)
    return [
        f"{at(each.due, found.zone)}  {name}: {who}{held}",
        f"{INDENT}crosspost queue -m {found.mission} -c {each.campaign}/{each.post}",
    ]
