"""`user`: accounts without a browser, for the box itself: whoever can write its data folder may do everything."""

from __future__ import annotations

import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from app import calendar
from app.commands.arguments import data_option, installation, there
from app.messages import Invalid
from app.services import accounts, second_factor, signed_in
from app.services.rights import ROLES
from app.store.among import Among
from app.system import System

role_option = click.option("--role", type=click.Choice(ROLES), required=True, help="What it may do.")
until_option = click.option(
    "--until", metavar="DAY", help="The last day on which it counts, such as 2026-12-31. [default: for good]"
)
heatpump_option = click.option(
    "--heatpump", "heatpumps", multiple=True, metavar="ID", help="See only this one. Repeatable. [default: all]"
)
password_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking."
)


@click.group()
def user() -> None:
    """Accounts of the web interface."""


@user.command("add")
@click.argument("name")
@role_option
@until_option
@heatpump_option
@password_option
@data_option
def add_user(
    name: str, role: str, until: str | None, heatpumps: tuple[str, ...], password_stdin: bool, folder: Path
) -> None:
    """Make an account.

    \b
    echo "$PASSWORD" | python run.py user add anna --role owner --password-stdin
    """
    password = _password(password_stdin)
    system = installation(folder)
    accounts.create(system, name, password, role, _expiry(system, until), _among(heatpumps))
    click.echo(f"{name}: account made ({role})")


@user.command("password")
@click.argument("name")
@password_option
@data_option
def set_password(name: str, password_stdin: bool, folder: Path) -> None:
    """Give an account a new password, such as when the owner has forgotten it.

    The account is signed out everywhere. The monitor may go on running.
    """
    system = there(folder)
    found = accounts.named(system, name)
    accounts.set_password(system, found, _password(password_stdin))
    click.echo(f"{found.name}: the new password counts; the account is signed out everywhere")


@user.command("role")
@click.argument("name")
@role_option
@until_option
@heatpump_option
@data_option
def set_role(name: str, role: str, until: str | None, heatpumps: tuple[str, ...], folder: Path) -> None:
    """Change what an account may do and see, and until when; what is not said is unbounded."""
    system = there(folder)
    found = accounts.named(system, name)
    accounts.bound(system, found, role, _expiry(system, until), _among(heatpumps))
    click.echo(f"{found.name}: {role}")


@user.command("second-factor")
@click.argument("name")
@click.option("--remove", is_flag=True, required=True, help="Take it away.")
@data_option
def take_second_factor_away(name: str, remove: bool, folder: Path) -> None:
    """Take the second factor of an account away, such as when the phone is lost."""
    system = there(folder)
    found = accounts.named(system, name)
    second_factor.remove(system, found.id)
    signed_in.end_all(system, found.id)
    click.echo(f"{found.name}: signs in with the password alone from now on")


@user.command("remove")
@click.argument("name")
@data_option
def remove_user(name: str, folder: Path) -> None:
    """Remove an account with its sessions and tokens; never the last owner."""
    system = there(folder)
    found = accounts.named(system, name)
    accounts.remove(system, found)
    click.echo(f"{found.name}: removed")


@user.command("list")
@data_option
def list_users(folder: Path) -> None:
    """All accounts: name, role, heat pumps, last day, second factor."""
    system = there(folder)
    with_one = second_factor.accounts_with_one(system)
    for each in accounts.all_of_them(system):
        seen = "all heat pumps" if each.heatpumps is None else ", ".join(sorted(each.heatpumps)) or "no heat pump"
        until = "" if each.expires_at is None else f"  until {_day(system, each.expires_at)}"
        over = "  expired" if signed_in.over(each, system.clock()) else ""
        click.echo(f"{each.name}  {each.role}  {seen}{until}{over}{'  second factor' if each.id in with_one else ''}")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed


def _expiry(system: System, until: str | None) -> int | None:
    """The end of this day. Raises Invalid."""
    if until is None:
        return None
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise Invalid("until", "%(value)s is not a day, such as 2026-01-31", value=until) from None
    return calendar.midnight(day + timedelta(days=1), ZoneInfo(system.config.timezone))


def _day(system: System, expires_at: int) -> str:
    return datetime.fromtimestamp(expires_at - 1, ZoneInfo(system.config.timezone)).date().isoformat()


def _among(heatpumps: tuple[str, ...]) -> Among:
    return frozenset(heatpumps) if heatpumps else None
