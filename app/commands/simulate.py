"""`simulate`: a made-up heat pump that answers on the real protocol."""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from app.commands.arguments import chosen_parts, model_named, parts_option, pinned_values
from app.commands.ending import SIGNALS
from drivers.base import simulated_place


@click.command()
@click.argument("name", metavar="MANUFACTURER/MODEL")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=5020, show_default=True, help="0 takes any free port.")
@click.option("--set", "pins", multiple=True, metavar="SENSOR=VALUE", help="Hold a value, such as temp_outside=-7.5.")
@click.option("--delay-ms", type=click.IntRange(0, 60000), default=0, show_default=True, help="Pause before an answer.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another house, another heat pump.")
@click.option("--speed", type=click.FloatRange(0.01, 10000), default=1.0, show_default=True, help="How fast time runs.")
@click.option(
    "--dump",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Replay a recorded machine: JSON with the tables of a Luxtronik, or what ebusd's find lists.",
)
@click.option("--framing", type=click.Choice(["tcp", "rtu"]), help="How Modbus is put into TCP. [default: tcp]")
@click.option("--with-optional", is_flag=True, help="Also the registers that only some machines or firmware have.")
@click.option("--fault", metavar="NAME", default="", help="What a simulated cloud answers, such as gateway_offline.")
@parts_option
def simulate(
    name: str,
    host: str,
    port: int,
    pins: tuple[str, ...],
    delay_ms: int,
    seed: int,
    speed: float,
    dump: Path | None,
    framing: str | None,
    with_optional: bool,
    fault: str,
    parts: tuple[str, ...],
) -> None:
    """Serve a simulated heat pump until SIGTERM; a physical model of a house drives it.

    \b
    python run.py simulate idm/navigator_2_0 --port 5020 --set temp_outside=-7.5
    """
    from drivers.simulators.plant import Plant
    from drivers.simulators.simulator import simulator_of

    model = model_named(name)
    if framing and model.connection.framing is None:
        raise click.ClickException(f"--framing: a {model.name} has only one")
    if fault and not model.connection.is_cloud:
        raise click.ClickException(f"--fault: {model.name} is not read through a cloud")
    if dump and model.driver not in RECORDINGS:
        raise click.ClickException(f"--dump: a recorded {model.name} cannot be replayed")
    try:
        simulator = simulator_of(
            model,
            chosen_parts(model, parts),
            Plant(seed=seed, start=time.time()),
            host=host,
            port=port,
            delay_s=delay_ms / 1000,
            pinned=pinned_values(model, pins),
            speed=speed,
            **({"dump": RECORDINGS[model.driver](dump)} if dump else {}),
            **({"with_optional": True} if with_optional else {}),
            **({"framing": framing} if framing else {}),
            **({"fault": fault} if fault else {}),
        )
    except ValueError as error:
        raise click.ClickException(f"{dump}: {error}") from error
    logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)  # who goes away in the middle is no news here
    ended = threading.Event()
    for number in SIGNALS:
        signal.signal(number, lambda *_: ended.set())
    try:
        simulator.start()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        said = f"cannot listen on {host}:{port}: {why}; choose another --port or --host"
        raise click.ClickException(said) from error
    click.echo(f"{model.name} listens on {host}:{simulator.port}")
    if model.connection.is_cloud:
        click.echo(", ".join(f"{name}={value}" for name, value in simulated_place(host, simulator.port).items()))
    ended.wait()
    simulator.stop()


def _luxtronik(path: Path) -> Mapping[str, Sequence[int]]:
    """The three tables of a recorded machine, checked."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        tables = {name: found[name] for name in ("parameters", "calculations", "visibilities")}
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise click.ClickException(f"{path}: no recorded Luxtronik: {error!r}") from error
    for name, table in tables.items():
        most = 0x80 if name == "visibilities" else 0x80000000
        if not isinstance(table, list) or not all(isinstance(each, int) and -most <= each < most for each in table):
            raise click.ClickException(f"{path}: {name} is not a list of the integers that a Luxtronik can send")
    return tables


def _ebusd(path: Path) -> Sequence[str]:
    """The lines that `find` printed, with whatever else was kept beside them."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path}: no recorded list of ebusd: {error}") from error


RECORDINGS: Mapping[str, Callable[[Path], Any]] = {"luxtronik": _luxtronik, "ebusd": _ebusd}
"""Drivers whose machines can be replayed, and how a recording of theirs is read."""
