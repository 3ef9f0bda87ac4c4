"""`crosspost doctor`: is everything well that sending hangs on?"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import session
from crosspost.cli.filters import JsonOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crosspost.desk.doctor import Diagnosis, Patient

_STYLES = {"ok": "green", "warning": "yellow", "error": "red"}


def doctor(
    ctx: typer.Context,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask the platforms too whose credential each enabled account has.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Look at everything that sending hangs on, one line each, with what to do: also when the set-up is broken.

    Configuration, database (schema, soundness, space), clock, zone data, adapters, credentials, daemons, queue, images.
    It changes nothing. 1 where something is wrong or needs a person; warnings alone are 0.
    """
    from crosspost.desk.doctor import Patient
    from crosspost.files.config import find_config

    run = session(ctx, machine_readable=as_json)
    found: list[Diagnosis] = []
    with closing(Patient(find_config(run.config_option))) as patient:
        if patient.has_config:
            output.mode(patient.config.mode, machine_readable=as_json)
        for diagnosis in _examined(patient, ask):
            found.append(diagnosis)
            if not as_json:
                _say(diagnosis)
    if as_json:
        output.as_json([{"check": d.check, "level": d.level, "said": d.said, "do": d.do} for d in found])
    if any(d.level == "error" for d in found):
        raise typer.Exit(1)


def _examined(patient: Patient, ask: bool) -> Iterator[Diagnosis]:
    from crosspost.desk.doctor import examine

    yield from examine(patient)
    if ask and patient.has_config and patient.has_store:
        yield from _asked(patient)


def _asked(patient: Patient) -> Iterator[Diagnosis]:
    from crosspost.desk.doctor import Level, asking
    from crosspost.desk.doctor.patient import ok

    accounts, right = patient.enabled, 0
    with output.progress() as display:
        task = display.add_task("asking", total=len(accounts))
        for diagnosis in asking.ask(patient, accounts):
            display.advance(task)
            right += diagnosis.level is Level.OK
            if diagnosis.level is not Level.OK:
                yield diagnosis
    yield ok("whoami", f"{right} of {len(accounts)} accounts have the credential that is theirs")


def _say(diagnosis: Diagnosis) -> None:
    level = typer.style(f"{diagnosis.level:<7}", fg=_STYLES[diagnosis.level], bold=diagnosis.level != "ok")
    typer.echo(f"{level}  {diagnosis.check:<11}  {output.sentences(diagnosis.said, diagnosis.do)}")
