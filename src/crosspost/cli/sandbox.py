"""`crosspost sandbox`: the loopback imitation of the platforms, and credentials for it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from crosspost.cli import output
from crosspost.cli.context import Session, session
from crosspost.cli.filters import YesOption

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crosspost.domain.network import Network
    from crosspost.sandbox import Resident, Town

app = typer.Typer(
    add_completion=False,
    help="The sandbox: an imitation of the platforms on this machine, for demos, rehearsals and tests.",
)

#: How long the sandbox may take to answer for the first time, in seconds.
_START_WITHIN = 20.0


@app.callback(invoke_without_command=True)
def serve(
    ctx: typer.Context,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what was published before.")] = False,
    repeats: Annotated[
        bool, typer.Option("--repeats", help="Take the same words twice, where platforms refuse: shows double posts.")
    ] = False,
    one_voice: Annotated[
        bool,
        typer.Option(
            "--one-voice",
            help="Let X refuse what another account has said already, as its rule for accounts of one owner has it.",
        ),
    ] = False,
) -> None:
    """Serve the imitation until Ctrl-C: the platforms' own endpoints, and pages that show what each account published.

    It imitates X, Facebook and Weibo: their answers, limits and refusals. Nothing leaves this machine.
    """
    if ctx.invoked_subcommand:
        return
    from crosspost import sandbox

    run = session(ctx)
    _require_sandbox_mode(run)
    journal = run.config.folder / "sandbox.jsonl"
    if fresh:
        journal.unlink(missing_ok=True)
    port = run.config.sandbox_port

    def ready(url: str) -> None:
        output.say(
            f"The sandbox serves at {url} until Ctrl-C; what is published is kept in {journal.name}.", style="green"
        )

    sandbox.serve(_town(run), port=port, ready=ready, journal=journal, repeats=repeats, one_voice=one_voice)


def _require_sandbox_mode(run: Session) -> None:
    from crosspost.errors import ConfigurationError

    if run.config.mode != "sandbox":
        raise ConfigurationError('the sandbox is for sandbox mode; config.toml says `mode = "live"`')


def _town(run: Session) -> Town:
    from crosspost.sandbox import Town

    return Town(lambda: _residents(run), lambda: _apps(run))


def _residents(run: Session) -> Iterable[Resident]:
    from crosspost.sandbox import Resident

    network = run.desk.network()
    run.store.close()  # it lives for years, and a database that is held open cannot be put back
    for account in network.accounts_in_order():
        mission = network.missions[account.mission]
        secrets = run.imitated.table(account.id)
        yield Resident(account.id, account.platform, account.handle, f"{mission.city} ({mission.id})", secrets)


def _apps(run: Session) -> Mapping[str, Mapping[str, str]]:
    return {platform: run.imitated.table(platform) for platform in run.desk.adapters}


@app.command()
def credentials(ctx: typer.Context, yes: YesOption = False) -> None:
    """Write a credentials.toml for the whole network: invented secrets, of no use anywhere but in the sandbox.

    A copy in sandbox.toml is what the imitated platforms know: put a wrong one into credentials.toml, and see.
    """
    from crosspost.errors import UsageError
    from crosspost.files.credentials import write_credentials

    run = session(ctx)
    _require_sandbox_mode(run)
    network = run.desk.network()
    if not network.accounts:
        raise UsageError("the network has no accounts yet: `crosspost network import FILE.csv`")
    path = run.config.folder / "credentials.toml"
    if path.exists():
        output.confirm(f"{path} is there already. Write another?", yes=yes)
    apps, accounts = _invented(network)
    write_credentials(path, {**apps, **accounts})
    write_credentials(run.config.folder / "sandbox.toml", {**apps, **accounts})
    output.say(f"Wrote invented secrets for {len(accounts)} accounts to {path}, readable by you alone.", style="green")


def _invented(network: Network) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    from crosspost.sandbox.secrets import invent_account, invent_app

    platforms = sorted({account.platform for account in network.accounts.values()})
    accounts = {a.id: invent_account(a.platform, a.id) for a in network.accounts_in_order()}
    return {platform: invent_app(platform) for platform in platforms}, accounts


@contextmanager
def beside(run: Session) -> Iterator[None]:
    """Run the sandbox in a process of its own while the block runs, unless one answers at its port already."""
    _require_sandbox_mode(run)
    if answers(run.config.sandbox_port):
        output.say(f"A sandbox answers at port {run.config.sandbox_port} already.")
        yield
        return
    config = str(run.config.path)
    process = subprocess.Popen(  # noqa: S603 - this very program, with its own configuration
        [sys.executable, "-m", "crosspost", "--config", config, "sandbox"],
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    try:
        _wait_for(process, run.config.sandbox_port)
        output.say(f"The sandbox serves at http://127.0.0.1:{run.config.sandbox_port} (an imitation of the platforms).")
        yield
    finally:
        process.terminate()
        process.wait(timeout=_START_WITHIN)


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    from crosspost.errors import ConfigurationError

    end = time.monotonic() + _START_WITHIN
    while time.monotonic() < end and process.poll() is None:
        if answers(port):
            return
        time.sleep(0.05)
    raise ConfigurationError(f"the sandbox did not start on port {port}: try `crosspost sandbox` by itself to see why")


def answers(port: int) -> bool:
    """Say whether something listens at a port of this machine."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
