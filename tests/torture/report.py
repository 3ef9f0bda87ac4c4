"""The figures of the runs: as a Markdown table for docs/guarantee.md, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.torture.run import Result

_Cell = Callable[[Result], object]

_ROWS: tuple[tuple[str, _Cell], ...] = (
    ("deliveries", lambda r: r.deliveries),
    ("attempts", lambda r: r.figures.attempts),
    ("daemons killed at random moments (SIGKILL)", lambda r: r.kills["random"]),
    ("daemons killed at a step of the way out", lambda r: r.kills["by step"]),
    ("different steps", lambda r: f"{len(r.steps_met)} of {len(r.wanted.steps)}"),
    ("daemons stopped past their lease and continued", lambda r: r.troubles["stopped past the lease"]),
    ("all platforms away for a moment", lambda r: r.troubles["all platforms away"]),
    ("database connections cut", lambda r: r.troubles["connections cut"]),
    ("database server crashed and restarted", lambda r: r.troubles["database crashed"]),
    ("daemons that their supervisor started again", lambda r: r.troubles["started again by its supervisor"]),
    ("originals recalled, with their reposts", lambda r: r.troubles["originals recalled"]),
    ("originals cancelled", lambda r: r.troubles["originals cancelled"]),
    ("look-ups for what might be out", lambda r: r.figures.looked),
    ("found on the platform", lambda r: r.figures.found),
    ("sent again after proof that it had not left", lambda r: r.figures.resent),
    ("published", lambda r: r.verdict.published),
    ("reposts among it", lambda r: r.verdict.reposts),
    ("said by the next account, the original being lost", lambda r: r.verdict.followers),
    ("sent, and once on the platform", lambda r: r.verdict.states["sent"]),
    ("failed (a definite no), and not on the platform", lambda r: r.verdict.states["failed"]),
    ("expired, cancelled or recalled, and not there", lambda r: _called_off(r.verdict.states)),
    ("left `unknown`, for a person", lambda r: r.verdict.states["unknown"]),
    ("of these settled by a person afterwards", lambda r: r.settled_by_hand),
    ("**out twice**", lambda r: f"**{len(r.verdict.doubles) + len(r.verdict_by_hand.doubles)}**"),
    ("**lost**", lambda r: f"**{len(r.verdict.lost) + len(r.verdict_by_hand.lost)}**"),
    ("queue and platform disagree", lambda r: len(r.verdict.disagreements) + len(r.verdict_by_hand.disagreements)),
    ("restarts that left something to find", lambda r: len(r.figures.settled)),
    ("from restart until the last of it was found: median", lambda r: f"{r.figures.middle:.1f} s"),
    ("… and at most", lambda r: f"{r.figures.slowest:.1f} s"),
    ("credentials searched for", lambda r: r.secrets),
    ("… in so much (logs, database, platforms' pages)", lambda r: f"{r.searched / 1e6:.0f} MB"),
    ("… found", lambda r: len(r.leaks)),
    ("seed", lambda r: r.wanted.seed),
    ("duration", lambda r: f"{r.seconds / 60:.1f} min"),
)


def _called_off(states: Counter[str]) -> int:
    return sum(states[name] for name in ("expired", "cancelled", "recalled"))


def as_markdown(results: Sequence[Result]) -> str:
    """Return two tables, what happened and what it came to, and below them whatever went wrong."""
    heads = [f"{result.engine}, {_daemons(result)}" for result in results]
    lines = _table(["", *heads], ([name, *(cell(r) for r in results)] for name, cell in _ROWS))
    kinds = list(results[0].faults) if results else []
    faults = _table(["requests struck by", *heads], ([kind, *(r.faults[kind] for r in results)] for kind in kinds))
    return "\n".join([*lines, "", *faults, *_wrongs(results)])


def _daemons(result: Result) -> str:
    return "1 daemon" if result.wanted.daemons == 1 else f"{result.wanted.daemons} daemons"


def _table(head: Sequence[object], rows: Iterator[list[object]]) -> list[str]:
    rule = ["---", *("---:" for _ in head[1:])]
    return [f"| {' | '.join(map(str, row))} |" for row in (head, rule, *rows)]


def _wrongs(results: Sequence[Result]) -> Iterator[str]:
    for result in results:
        where = f"{result.engine}, {_daemons(result)}"
        yield from (f"- {where}: no daemon died at {step!r}" for step in result.unmet)
        yield from (f"- {where}: a secret stands in {place}" for place in result.leaks)
        for verdict in (result.verdict, result.verdict_by_hand):
            yield from (f"- {where}: out twice: {what}" for what in verdict.doubles)
            yield from (f"- {where}: lost: {what}" for what in verdict.lost)
            yield from (f"- {where}: {what}" for what in verdict.disagreements)


def as_json(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Return the same as plain values."""
    return [
        {
            "database": result.engine,
            "daemons": result.wanted.daemons,
            "is_good": result.is_good,
            **{name.strip("*… "): cell(result) for name, cell in _ROWS},
            "faults": result.faults,
            "wrongs": list(_wrongs([result])),
        }
        for result in results
    ]
