"""The command line: one file per family of commands; without a command it serves."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from app import __version__
from app.config import BadConfig
from app.folder import FolderUnusable
from app.messages import Invalid, Rejected
from app.store import keeping
from app.store.archive import ArchiveUnusable
from app.store.database import DatabaseUnusable
from app.store.idm_logger import NotReadable
from drivers.errors import BadCatalogue, DriverError

COMMANDS = {
    "serve": "app.commands.serve:serve",
    "demo": "app.commands.demo:demo",
    "read": "app.commands.read:read",
    "scan": "app.commands.scan:scan_network",
    "simulate": "app.commands.simulate:simulate",
    "add": "app.commands.heatpumps:add",
    "list": "app.commands.heatpumps:list_heatpumps",
    "remove": "app.commands.heatpumps:remove",
    "sign-in": "app.commands.cloud:sign_in",
    "compact": "app.commands.compact:compact",
    "export": "app.commands.history:export",
    "import": "app.commands.history:take",
    "detect": "app.commands.detect:detect",
    "backup": "app.commands.backup:backup",
    "restore": "app.commands.backup:restore",
    "user": "app.commands.user:user",
    "push-history": "app.commands.push_history:push_history",
    "migrate": "app.commands.migrate:migrate",
}
EXPECTED = (
    ArchiveUnusable,
    BadConfig,
    BadCatalogue,
    DatabaseUnusable,
    DriverError,
    FolderUnusable,
    NotReadable,
    Rejected,
)


class _Commands(click.Group):
    """Each command's file is imported when it is called for: serving must not carry the simulators in memory."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, function = COMMANDS[name].partition(":")
        command: click.Command = getattr(import_module(module), function)
        return command

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(context, args or ["serve"])

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except Invalid as error:
            said = str(error)
            raise click.ClickException(
                f"{error.field} {said}" if said.startswith(("is ", "must ")) else said
            ) from error
        except EXPECTED as error:
            raise click.ClickException(str(error)) from error
        except keeping.NotKept as error:
            if not keeping.comes_from_outside(error):
                raise
            raise click.ClickException(f"nothing was kept: {error}; is there room on the disk?") from error


@click.group(cls=_Commands)
@click.version_option(__version__, message="heat-pump monitor %(version)s")
def main() -> None:
    """Read, keep, show and explain the heat pumps of many makers.

    Without a command it serves the web interface and polls the heat pumps.
    """
