"""`detect fit`, `detect score`: the anomaly detector on files."""

from __future__ import annotations

from pathlib import Path

import click

from app.services import detection_files

meta_option = click.option(
    "--meta",
    required=True,
    metavar="JSON",
    help='Which machine: {"device": …, "manufacturer": …, "model": …}, or a file with that.',
)
_path = click.Path(path_type=Path, dir_okay=False)


@click.group()
def detect() -> None:
    """Learn how a heat pump behaves, and tell when it behaves otherwise."""


@detect.command("fit")
@meta_option
@click.option("--history", required=True, type=_path, metavar="IN.csv", help="What it did while all was well.")
@click.option("--model", "output", required=True, type=_path, metavar="OUT", help="Where the model goes.")
def fit(meta: str, history: Path, output: Path) -> None:
    """Learn a heat pump from its history."""
    model = detection_files.learn(detection_files.machine_of(meta), history, output)
    if model.known is None:
        click.echo(f"{model.lived.days} days are too few to learn from: only plain signs will be watched", err=True)
    else:
        click.echo(f"{len(model.known.expectations)} quantities learned from {model.lived.days} days", err=True)


@detect.command("score")
@meta_option
@click.option("--model", required=True, type=_path, metavar="IN", help="What `detect fit` wrote.")
@click.option("--stream", required=True, type=_path, metavar="IN.csv", help="What it does now.")
@click.option(
    "--out", "output", required=True, type=_path, metavar="OUT.csv", help="score, alarm, top: a line per row."
)
def score(meta: str, model: Path, stream: Path, output: Path) -> None:
    """Score every row of a stream; 1.0 and more is an alarm.

    A row's score is that of the last full hour before it, so that no row knows what comes later.
    """
    scored = detection_files.score(detection_files.machine_of(meta), model, stream, output)
    if scored.exchanged:
        click.echo("the model was learned from another manufacturer or model: only plain signs were watched", err=True)
    click.echo(f"{len(scored.rows.score)} rows, {int(scored.rows.alarm.sum())} with an alarm", err=True)
