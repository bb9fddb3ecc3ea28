"""`sign-in`: sign in at a maker's cloud on a box without a browser, and list the heat pumps there."""

from __future__ import annotations

import time
from pathlib import Path

import click

from app.commands.arguments import connection_option, data_option, installation, model_named
from app.messages import Invalid
from app.services import cloud
from app.system import ACCOUNTS
from drivers.viessmann_account import Accounts

USUAL_REDIRECT = "http://localhost:8080/heatpumps/sign-in/answer"


@click.command("sign-in")
@click.argument("name", metavar="MANUFACTURER/MODEL")
@click.option("--client-id", required=True, help="Of your own client in the maker's developer portal.")
@click.option("--redirect", default=USUAL_REDIRECT, show_default=True, help="As registered for that client.")
@connection_option
@data_option
def sign_in(name: str, client_id: str, redirect: str, settings: tuple[str, ...], folder: Path) -> None:
    """Sign in at the cloud of a heat pump's maker; the browser may be on another computer.

    \b
    python run.py sign-in viessmann/vitocal --client-id 0123456789abcdef
    """
    model = model_named(name)
    if not model.connection.is_cloud:
        raise Invalid("model", "%(name)s is not read through a cloud", name=name)
    given = {**dict(text.partition("=")[::2] for text in settings), "client_id": client_id}
    system = installation(folder)
    begun = cloud.begin(system, model, given, redirect, {})
    click.echo(f"Register this redirect address for the client: {redirect}")
    click.echo(f"Open this page in a browser and allow it there:\n{begun.page}")
    cloud.finish_pasted(system, begun.state, click.prompt("The address that the browser came to"))
    click.echo("signed in")
    for found in cloud.machines(system, model, given):
        place = f"{found.installation}/{found.gateway}/{found.machine}"
        click.echo(f"{place}  {found.title}  {found.status}{'' if found.heats else '  (not called a heat pump)'}")


def accounts_of(folder: Path) -> Accounts:
    return Accounts(folder / ACCOUNTS, time.time)
