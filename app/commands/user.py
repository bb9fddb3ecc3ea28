"""`user`: accounts without a browser."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.commands.arguments import data_option, installation
from app.services import accounts
from app.services.rights import ROLES


@click.group()
def user() -> None:
    """Accounts of the web interface."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@data_option
def add_user(name: str, role: str, password_stdin: bool, folder: Path) -> None:
    """Make an account.

    \b
    echo "$PASSWORD" | python run.py user add anna --role owner --password-stdin
    """
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    accounts.create(installation(folder), name, password, role)
    click.echo(f"{name}: account made ({role})")
