"""Finding a sensor for a chart by its name, over the heat pumps that were chosen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.dashboard import Line
from app.score import SCORE_SENSOR
from app.web import shown
from app.web.boards import Boards
from app.web.parts import system
from drivers.sensor import Sensor

MOST = 30


@dataclass(frozen=True, slots=True)
class Hit:
    """One sensor that can be added: `name` is hp-001/temp_flow, `now` its last value with its unit."""

    name: str
    title: str
    now: str


@dataclass(frozen=True, slots=True)
class Found:
    hits: tuple[Hit, ...]
    further: int


def search(boards: Boards, text: str, heatpump_ids: Collection[str], kind: str, chosen: Collection[str]) -> Found:
    """The sensors whose name holds all the words: those with a value first, and of them those of the model's charts."""
    words = text.casefold().split()
    found: list[tuple[bool, bool, Hit]] = []
    alone = len(boards.pumps) == 1
    for heatpump_id, (pump, model) in boards.pumps.items():
        if model is None or (heatpump_ids and heatpump_id not in heatpump_ids):
            continue
        samples = system().latest.of(heatpump_id)
        usual = {each for chart in model.dashboard for each in chart.sensors}
        for sensor in (*model.sensors(pump.options), SCORE_SENSOR):
            name = f"{heatpump_id}/{sensor.id}"
            line = Line(heatpump_id, sensor.id)
            text_of = f"{boards.called(line, sensor)} {sensor.id}".casefold()
            if name in chosen or not fits(kind, sensor) or any(word not in text_of for word in words):
                continue
            sample = samples.get(sensor.id)
            value = None if sample is None else sample.value
            found.append(
                (
                    value is None,
                    sensor.id not in usual,
                    Hit(name, boards.called(line, sensor, alone), shown.with_unit(sensor, value)),
                )
            )
    found.sort(key=lambda each: each[:2])
    return Found(tuple(hit for _, _, hit in found[:MOST]), max(0, len(found) - MOST))


def fits(kind: str, sensor: Sensor) -> bool:
    """Whether this kind of chart can show this sensor."""
    if kind == "states":
        return sensor.tells_words or sensor.kind == "switch"
    return kind in ("value", "table") or not sensor.tells_words
