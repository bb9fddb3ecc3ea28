"""`compact`: make the history small now instead of next night."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from app.commands.arguments import data_option, there
from app.polling.upkeep import Task


@click.command()
@data_option
def compact(folder: Path) -> None:
    """Close all past days and merge past months now; a running monitor does so by itself.

    Safe beside a running monitor, and safe to break off.
    """
    system = there(folder)
    upkeep, counted = system.upkeep, Counter[str]()

    def done(task: Task, left: int) -> None:
        counted[task.kind] += task not in upkeep.problems
        if sys.stderr.isatty():
            click.echo(f"\r{task.named(upkeep.zone)}  {left} {task.kind}s left \x1b[K", nl=False, err=True)

    upkeep.run(done, gently=False)
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)
    for task, reason in upkeep.problems.items():
        click.echo(f"{task.named(upkeep.zone)} stays as it is: {reason}", err=True)
    system.database.close()
    failed = len(upkeep.problems)
    click.echo(f"{counted['day']} days closed, {counted['month']} months merged")
    if failed or upkeep.failure:
        raise click.ClickException(upkeep.failure or f"{failed} days or months stay as they are")
