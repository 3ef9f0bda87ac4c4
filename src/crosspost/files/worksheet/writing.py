"""A worksheet as a TOML file that teaches: what to do stands above, what to know beside each text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC

from crosspost.domain.campaign import ANY, TEXT
from crosspost.domain.language import name_of
from crosspost.domain.word_diff import Piece
from crosspost.files.worksheet.sheet import FORMAT, Budget, Notes, Sheet, Stale, Task

#: How a difference is written where there is no colour.
Marked = Callable[[Sequence[Piece]], str]

#: What TOML takes in no comment and in no string between ''' marks.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

_HEAD = """\
Open work of {mission}, as of {made:%Y-%m-%d %H:%M} UTC: {number}, the next one due first.

How to fill it in, with any editor:
- Write your words between the two lines of three marks (''') below `text =`. Change nothing else, except:
- To a text of yours marked STALE or STOPPED you may also answer. Write answer = "accept" (I have read what changed:
  my words still fit), "take-central" (drop my words, the centre's count) or "opt-out" (we do not say this post), and
  say why: reason = "…".
- What you leave as it is stays as it is. An emptied text deletes nothing.
- Leave placeholders such as {{{{ opening_date }}}} as they stand.

Save it as plain text in UTF-8, and send it back as an attachment. To see what it would do, and then to do it:
    crosspost override import FILE --dry-run
    crosspost override import FILE
"""

#: One line, longer than mail programs leave a line: where it was folded, the texts were too.
_CANARY = (
    "This line is as long as it is on purpose. A mail program that folds long lines breaks it, and the file is then "
    "refused here, before a folded text is taken for one that was edited."
)


def written(sheet: Sheet, marked: Marked) -> str:
    """Return the file; `marked` writes the difference between two sources."""
    number = f"{len(sheet.tasks)} text{'' if len(sheet.tasks) == 1 else 's'}"
    head = _HEAD.format(mission=sheet.mission, made=sheet.made.astimezone(UTC), number=number)
    lines = [
        *_comment(head),
        "#",
        *_comment(_CANARY),
        "",
        f"format = {FORMAT}",
        f"mission = {_quoted(sheet.mission)}",
        f"network = {_quoted(sheet.network)}",
        f"made = {_quoted(sheet.made_at)}",
    ]
    for at, task in enumerate(sheet.tasks, start=1):
        lines += ["", "", *_comment(f"{at} of {len(sheet.tasks)} ─── {_named(task)}"), *_told(task, marked)]
        lines += _entry(task, sheet.seal_of(task))
    return "\n".join([*lines, ""])


def _comment(text: str) -> Iterator[str]:
    """Yield the lines of a text as comments."""
    return (f"# {_CONTROLS.sub(' ', line)}".rstrip() for line in text.splitlines())


def _named(task: Task) -> str:
    name = name_of(task.language)
    language = task.language if name == task.language else f"{task.language} ({name})"
    what = "" if task.field == TEXT else f", alt text of the image {task.notes.image if task.notes else ''}"
    on = "" if task.platform == ANY else f", only for {task.platform}"
    return f"{task.campaign}/{task.post} in {language}{what}{on}"


def _told(task: Task, marked: Marked) -> Iterator[str]:
    notes = task.notes
    if notes is None:
        return
    again = ", and comes back: your words are said each time" if notes.comes_back else ""
    yield from _comment(f"Goes out {notes.due:%a %Y-%m-%d %H:%M} {notes.zone}{again}.")
    yield from _comment(_whose(task))
    yield from _comment(f"The source ({notes.source_language}):" if notes.source else "There is no source.")
    yield from _indented(notes.source)
    if notes.critical:
        yield from _comment(f"STOPPED, a critical correction: {notes.critical}")
    if notes.stale:
        yield from _stale(notes.stale, marked)
    for said, forms in notes.terms:
        yield from _comment(f"Agreed: {said} → {' or '.join(forms)}")
    yield from _comment(_budgets(notes, has_text=bool(task.whose)))


def _whose(task: Task) -> str:
    return f"The text below is that of {task.whose}." if task.whose else "There is no text in this language yet."


def _stale(stale: Stale, marked: Marked) -> Iterator[str]:
    why = f": {stale.note}" if stale.note else ""
    yield from _comment(f"STALE: the text below was made from an older source; the change is {stale.change}{why}.")
    if stale.difference is None:
        yield from _comment("The older source is not known any more: compare the text with the source.")
        return
    yield from _comment("What changed in the source, [-gone-] and {+new+}:")
    yield from _indented(marked(stale.difference))


def _indented(text: str) -> Iterator[str]:
    return _comment("\n".join(f"    {line}" for line in text.splitlines()))


def _budgets(notes: Notes, *, has_text: bool) -> str:
    return "; ".join(_budget(budget, has_text=has_text) for budget in notes.budgets)


def _budget(budget: Budget, *, has_text: bool) -> str:
    taker = "the text below takes"
    if budget.is_joined:
        taker = "the text below and the post's other languages take" if has_text else "the post's other languages take"
    used = "" if budget.length is None else f"{taker} {budget.length} of "
    over = (budget.length or 0) - budget.limit
    return f"{budget.platform}: {used}{budget.limit} {budget.unit}" + (f" ({over} TOO MANY)" if over > 0 else "")


def _entry(task: Task, seal: str) -> Iterable[str]:
    keys = {"campaign": task.campaign, "post": task.post, "field": task.field, "language": task.language}
    if task.platform != ANY:
        keys["platform"] = task.platform
    keys |= {"made-from": task.made_from, "whose": task.whose, "was": task.was, "seal": seal}
    keys |= {"answer": task.answer.value, "reason": task.reason}
    return ["[[texts]]", *(f"{key} = {_quoted(value)}" for key, value in keys.items()), f"text = {_several(task.text)}"]


def _quoted(text: str) -> str:
    """Return a text on one line as TOML writes it, which but for one character is as JSON does."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _several(text: str) -> str:
    """Return a text over several lines: as it is, between marks after which only what stands in it would end it."""
    if "'''" not in text and not _CONTROLS.search(text):
        return f"'''\n{text}\n'''"
    escaped = "\n".join(_quoted(line)[1:-1] for line in text.split("\n"))
    return f'"""\n{escaped}\n"""'
