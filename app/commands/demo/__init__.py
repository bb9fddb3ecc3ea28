"""`demo`: the whole product with simulated heat pumps, ready to look at."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from app import logs
from app.commands import ending
from app.commands.arguments import configuration
from app.commands.demo import words
from app.commands.demo.words import Language
from app.commands.serve import run
from app.folder import Folder
from app.services import accounts
from app.system import System, assemble

USER = "demo"
INTERVAL_S = 10.0
AT_ONCE = 2
"""So many heat pumps are there before the address is told; the others move in while somebody looks around."""


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Port of the web interface."
)
@click.option("--heat-pumps", "number", type=click.IntRange(1, 100), default=10, show_default=True, help="How many.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep everything in this folder. [default: a folder that is removed at the end]",
)
@click.option(
    "--language",
    type=click.Choice(["de", "en"]),
    help="In which its owner names and writes; the pages follow the browser. [default: the computer's]",
)
def demo(port: int, number: int, data: Path | None, language: Language | None) -> None:
    """Show the product with simulated heat pumps of every maker behind real sockets, each on its own protocol.

    Each has lived through 90 days before it moves in; with --data the next start goes on where the last one ended.
    """
    from app.commands.demo import diary
    from app.commands.demo.moving_in import MovingIn

    ending.in_order()
    logs.set_up()
    language = language or words.of_the_computer(os.environ)
    with ExitStack() as parts:
        folder = data or Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="heat-pump-demo-")))
        own = Folder(folder)
        parts.enter_context(own.held(f"a demo on port {port}"))
        system = assemble(configuration(folder, port=port, interval=INTERVAL_S))
        system.latest.load(system.database.connection())
        password = _account(system)
        if password is not None:
            diary.furnish(system, language)
        moving_in = MovingIn(system, number, parts, language)
        if moving_in.coming:
            click.echo(f"{moving_in.coming} simulated heat pumps live through the last 90 days …")
        moving_in.begin(AT_ONCE)
        if moving_in.coming:
            click.echo(f"{moving_in.coming} of them move in within the next minute.")
        click.echo(f"Open http://{system.config.host}:{port} and sign in as {USER}", nl=False)
        click.echo(f" with the password {password}" if password else " with the password of the first start")
        moving_in.go_on()
        run(system, own.secret_key())


def _account(system: System) -> str | None:
    """The new account's password, or None when the folder has an account already."""
    if not accounts.first_start(system):
        return None
    password = secrets.token_urlsafe(9)
    accounts.create_first(system, USER, password)
    return password
