"""`read`: poll a heat pump once and print what it says."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from app.commands.arguments import (
    chosen_parts,
    connection_given,
    connection_option,
    data_option,
    model_named,
    parts_option,
)
from app.commands.cloud import accounts_of
from app.notify import composing
from app.services import connection_content, connection_test
from app.services.connection_test import Diagnosis, Place
from drivers.base import Answer, Connection, Sample
from drivers.catalogue import Catalogue
from drivers.errors import BadAnswer
from drivers.model import Model
from drivers.registry import Drivers
from drivers.sensor import Sensor


@click.command()
@click.argument("name", metavar="MANUFACTURER/MODEL")
@click.argument("address", metavar="HOST[:PORT]")
@click.option("--unit-id", type=click.IntRange(0, 255), help="Modbus unit. [default: as the model says]")
@click.option("--timeout", type=click.FloatRange(0.1, 60), help="Seconds per request. [default: as the model says]")
@connection_option
@parts_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@data_option
def read(
    name: str,
    address: str,
    unit_id: int | None,
    timeout: float | None,
    settings: tuple[str, ...],
    parts: tuple[str, ...],
    as_json: bool,
    folder: Path,
) -> None:
    """Poll a heat pump once and print every value; nothing is kept.

    Exit code 1 when it cannot be read, or when another machine answers whose values mean other things; standard error
    says so.

    \b
    python run.py read idm/navigator_2_0 192.168.1.100
    python run.py read idm/navigator_2_0 127.0.0.1:5020 --option circuits=A,B --json
    python run.py read viessmann/vitocal INSTALLATION/GATEWAY/MACHINE --connection client_id=…   (after sign-in)
    """
    model = model_named(name)
    sensors = model.sensors(chosen_parts(model, parts))
    given = connection_given(model, address, settings, unit_id=unit_id, timeout=timeout)
    connection = connection_content.checked(given, model)
    if model.reads.answer_s:
        longest_s = sum(sensor.derived is None for sensor in sensors) * model.reads.answer_s
        click.echo(f"{model.title} may take {longest_s:.0f} s to answer everything …", err=True)
    accounts = accounts_of(folder) if model.connection.is_cloud else None
    driver = Drivers(accounts=accounts).open(model, Connection.of(connection), for_owner=True)
    place = Place(model, connection)
    try:
        with closing(driver):
            answer = driver.read(sensors)
    except BadAnswer as failure:
        said = connection_test.why(Catalogue(), place, failure)
        if said.code != "other_machine":
            raise
        _warn(said)
        raise click.exceptions.Exit(1) from failure
    met = connection_test.another(Catalogue(), place, answer)
    if met is not None:
        _warn(met)
    if as_json:
        click.echo(json.dumps(_json(model, sensors, answer), ensure_ascii=False))
    else:
        _print_table(sensors, answer)
    if met is not None:
        raise click.exceptions.Exit(1)


def _warn(met: Diagnosis) -> None:
    """In both languages: on a command line nobody has said which one is read."""
    for language, word in (("en", "Warning"), ("de", "Warnung")):
        translate = composing.translations(language).gettext
        reason, advice = (translate(said.template) % dict(said.facts) for said in (met.reason, met.advice))
        click.echo(f"{word}: {reason}. {advice}", err=True)


def _json(model: Model, sensors: tuple[Sensor, ...], answer: Answer) -> dict[str, Any]:
    return {
        "manufacturer": model.manufacturer,
        "model": model.id,
        "seconds": round(answer.seconds, 3),
        "requests": answer.requests,
        "sensors": [
            {
                "id": sensor.id,
                "value": answer.samples[sensor.id].value,
                "unit": sensor.unit,
                "raw": answer.samples[sensor.id].raw,
            }
            | _origin(sensor, answer.samples[sensor.id])
            for sensor in sensors
        ],
        "problems": {sensor_id: str(problem) for sensor_id, problem in answer.problems.items()},
    }


def _origin(sensor: Sensor, sample: Sample) -> dict[str, Any]:
    """Where the value was found, or what it is derived from."""
    if sensor.derived is not None:
        return {"table": None, "at": None, "derived_from": list(sensor.derived.inputs)}
    table, place = sample.place or (sensor.table, sensor.place)
    found = {"table": table, "at": place}
    return found if sensor.bit is None else found | {"bit": sensor.bit}


def _print_table(sensors: tuple[Sensor, ...], answer: Answer) -> None:
    present = [sensor for sensor in sensors if answer.samples[sensor.id].value is not None]
    width = max((len(sensor.id) for sensor in present), default=0)
    for sensor in present:
        value = answer.samples[sensor.id].value
        origin = _told(sensor, answer.samples[sensor.id])
        click.echo(f"{sensor.id:<{width}}  {_plain(value):>14} {sensor.unit:<5} {origin}".rstrip())
    for problem in answer.problems.values():
        click.echo(f"! {problem}")
    absent = len(sensors) - len(present) - len(answer.problems)
    click.echo(
        f"{len(present)} values, {absent} not fitted, {len(answer.problems)} problems;"
        f" {answer.requests} requests in {answer.seconds:.2f} s"
    )


def _told(sensor: Sensor, sample: Sample) -> str:
    origin = _origin(sensor, sample)
    if sensor.derived is not None:
        return f"derived from {', '.join(origin['derived_from'])}"
    bit = "" if sensor.bit is None else f" bit {sensor.bit}"
    return f"{origin['table']} {origin['at']}{bit}"


def _plain(value: float | int | str | None) -> str:
    return f"{value:.6g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)
