"""`crosspost backup` and `crosspost restore`: the database in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crosspost.cli import output
from crosspost.cli.context import Session, session, utc_now
from crosspost.cli.filters import JsonOption, YesOption

if TYPE_CHECKING:
    from crosspost.desk.backup import Backup


def backup(
    ctx: typer.Context,
    to: Annotated[Path, typer.Argument(metavar="FILE|FOLDER", help="Where to; in a folder it is named by the time.")],
    force: Annotated[bool, typer.Option("--force", help="Also in the place of a file that is there.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write the database, and the images that its queue needs, to one file. Also while a daemon runs.

    The file is a plain tar, and is there as a whole or not at all. It holds no credential; keep config.toml,
    credentials.toml, network.csv and campaigns/ as you keep other files.
    """
    from crosspost.desk import backup as backups

    made = backups.make(session(ctx, machine_readable=as_json).desk, to, force=force)
    if as_json:
        output.as_json(_as_object(made))
    else:
        output.say(f"Wrote {made.file} ({_size(made.size)}).", style="green")
        _say_contents(made)
        output.say(f"Check it at any time: crosspost restore {made.file} --verify")
    for problem in made.problems:
        output.complain(f"not in it: {problem}")
    if made.problems:
        raise typer.Exit(1)


def restore(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="A backup, or a plain copy of the database's file.", show_default=False)
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Only check the backup; change nothing.")] = False,
    mark: Annotated[
        bool, typer.Option("--mark", help="The database was put back by other means: look for what was due.")
    ] = False,
    as_json: JsonOption = False,
    yes: YesOption = False,
) -> None:
    """Put a backup in the database's place, so that nothing goes out twice.

    What the old database sent after the backup was made is still queued in the backup. So the next daemon looks for
    everything that was due on the platforms first: what is found is sent, what is not waits for a person. Stop the
    daemon first; the old database stays beside the new one.
    """
    from crosspost.desk import backup as backups
    from crosspost.errors import UsageError
    from crosspost.store.sqlite import sqlite_path

    run = session(ctx, machine_readable=as_json)
    if mark is (file is not None) or (mark and verify):
        raise UsageError("name a backup, or say --mark for a database that was put back by other means")
    if mark:
        _mark(run)
        return
    assert file is not None  # noqa: S101 - said above
    if verify:
        _verify(backups.verify(run.config, file), as_json=as_json)
        return
    database = sqlite_path(run.config.database_url)
    if database is not None and database.exists():
        output.confirm(f"Put {file} in the place of {database}?", yes=yes)
    found, aside = backups.restore(run.config, database, file, utc_now())
    if as_json:
        output.as_json(_as_object(found) | {"restored": str(database), "before": str(aside) if aside else None})
        return
    output.say(f"{database} is the backup of {found.made or 'unknown age'} now.", style="green")
    _say_contents(found)
    if aside:
        output.say(f"The old database is {aside}.")
    _say_next(run, found)


def _say_next(run: Session, found: Backup) -> None:
    from crosspost.store.schema import HEAD

    if found.contents.schema < HEAD:
        output.say(f"It is of schema {found.contents.schema}: run `crosspost database upgrade`.")
    else:
        _ = run.store  # says so where it is not at home here
    output.say("Start the daemon: it looks for what was due before anything leaves.")


def _mark(run: Session) -> None:
    from crosspost.store import restored

    with run.store.write() as tx:
        review = restored.review(tx, run.desk.actor, run.desk.clock(), "a person says that it was put back")
    what = output.counted(review.deliveries, "delivery that was due", "deliveries that were due")
    output.say(
        f"Its last state is of {output.rfc3339(review.since)}. {what}: looked for by the daemon, and not sent before.",
        style="green",
    )


def _verify(found: Backup, *, as_json: bool) -> None:
    if as_json:
        output.as_json(_as_object(found))
    else:
        _say_contents(found)
        if not found.problems:
            output.say(f"{found.file} is sound.", style="green")
    for problem in found.problems:
        output.complain(problem)
    if found.problems:
        raise typer.Exit(1)


def _say_contents(found: Backup) -> None:
    inside = found.contents
    states = ", ".join(f"{number} {state}" for state, number in inside.deliveries.items()) or "no deliveries"
    media = output.counted(len(inside.media), "image")
    output.say(f"  {inside.mode} mode, schema {inside.schema}; {states}; {media} ({_size(found.media_bytes)})")
    output.say(f"  of {inside.home or 'an unknown home'}, last changed {inside.latest[:19] or 'never'} UTC")


def _as_object(found: Backup) -> dict[str, Any]:
    """Return a backup in the shape that `--json` promises (docs/json.md)."""
    inside = found.contents
    return {
        "file": str(found.file),
        "made": found.made or None,
        "bytes": found.size,
        "mode": inside.mode,
        "schema": inside.schema,
        "home": inside.home,
        "deliveries": inside.deliveries,
        "attempts": inside.attempts,
        "media": len(inside.media),
        "media_bytes": found.media_bytes,
        "problems": list(found.problems),
    }


def _size(number: int) -> str:
    """Return a number of bytes as people read it."""
    for unit, of_it in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if number >= of_it:
            return f"{number / of_it:.1f} {unit}"
    return output.counted(number, "byte")
