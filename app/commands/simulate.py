"""`simulate`: a made-up heat pump that answers on the real protocol."""

from __future__ import annotations

import signal
import threading
import time

import click

from app.commands.arguments import chosen_parts, model_named, parts_option, pinned_values


@click.command()
@click.argument("name", metavar="MANUFACTURER/MODEL")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=5020, show_default=True, help="0 takes any free port.")
@click.option("--set", "pins", multiple=True, metavar="SENSOR=VALUE", help="Hold a value, such as temp_outside=-7.5.")
@click.option("--delay-ms", type=click.IntRange(0, 60000), default=0, show_default=True, help="Pause before an answer.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another house, another heat pump.")
@click.option("--speed", type=click.FloatRange(0.01, 10000), default=1.0, show_default=True, help="How fast time runs.")
@click.option("--with-optional", is_flag=True, help="Also the registers that only some machines or firmware have.")
@parts_option
def simulate(
    name: str,
    host: str,
    port: int,
    pins: tuple[str, ...],
    delay_ms: int,
    seed: int,
    speed: float,
    with_optional: bool,
    parts: tuple[str, ...],
) -> None:
    """Serve a simulated heat pump until SIGTERM; a physical model of a house drives it.

    \b
    python run.py simulate idm/navigator_2_0 --port 5020 --set temp_outside=-7.5
    """
    from drivers.simulators.modbus import ModbusSimulator
    from drivers.simulators.plant import Plant

    model = model_named(name)
    simulator = ModbusSimulator(
        model,
        chosen_parts(model, parts),
        Plant(seed=seed, start=time.time()),
        host=host,
        port=port,
        delay_s=delay_ms / 1000,
        pinned=pinned_values(model, pins),
        speed=speed,
        with_optional=with_optional,
    )
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        simulator.start()
    except OSError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{model.name} listens on {host}:{simulator.port}")
    ended.wait()
    simulator.stop()
