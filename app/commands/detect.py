"""`detect`: the anomaly detector on files, and on the history that is kept."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from app.analysis.behaviour.replay import Week
from app.analysis.behaviour.verdict import Reason
from app.commands.arguments import data_option, there
from app.services import behaviour_backtest, detection_files, heatpumps
from app.web import behaviour as words

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


@detect.command("backtest")
@click.option("--heatpump", "heatpump_id", metavar="ID", help="One heat pump, such as hp-001. [default: all]")
@data_option
def backtest_command(heatpump_id: str | None, folder: Path) -> None:
    """What the detector would have said of the history that is kept, week by week.

    Each week is judged by a model of the time before it. Safe beside a running monitor.
    """
    system = there(folder)
    zone = ZoneInfo(system.config.timezone)
    for pump_id in [heatpump_id] if heatpump_id else [pump.id for pump in heatpumps.all_of_them(system)]:
        count = alarms = 0
        for week in behaviour_backtest.weeks(system, pump_id):
            click.echo(f"{pump_id} {_day(week.at, zone)}  {_known(week)}  largest score {week.largest:.2f}")
            for alarm in week.alarms:
                click.echo(f"    {_moment(alarm.since, zone)} to {_moment(alarm.until, zone)}  score {alarm.score:.2f}")
                for reason in alarm.reasons:
                    click.echo(f"        {_reason(reason)}, since {_moment(reason.since, zone)}")
            count, alarms = count + 1, alarms + len(week.alarms)
        click.echo(f"{pump_id}: {alarms} alarms in {count} weeks" if count else f"{pump_id}: there is no history")
    system.database.close()


def _known(week: Week) -> str:
    if week.known.day < week.known.of:
        return f"learning, day {week.known.day} of {week.known.of}"
    return str(week.known.state.value)


def _reason(reason: Reason) -> str:
    kind, _, sensors = reason.name.partition(":")
    if sensors:
        return f"{words.SIGNS[kind]} ({sensors})"
    title = str(words.TITLES[reason.name])
    if reason.value is None or reason.expected is None:
        return title
    return f"{title}: {reason.value:.2f} {reason.unit}".rstrip() + f", expected {reason.expected:.2f}"


def _day(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).date().isoformat()


def _moment(at: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M}"
