"""Whether a Luxtronik answers: one table over its own protocol."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.discovered import Found
from drivers.errors import BadAnswer, Unreachable
from drivers.judge import judged
from drivers.luxtronik_wire import Conversation
from drivers.model import Model

FEWEST_CALCULATIONS = 100
"""Every known firmware has 200 and more; a table of none is a program that echoes."""


def probe_luxtronik(host: str, port: int, models: Sequence[Model], timeout_s: float) -> Found:
    """Ask for the calculations; the firmware in them is what the machine calls itself."""
    found = Found(host, port, "foreign", "luxtronik")
    try:
        with Conversation(host, port, timeout_s) as conversation:
            table = conversation.table("calculations")
    except BadAnswer:
        return found
    except Unreachable as failure:
        if failure.cause in ("nobody", "name"):
            return Found(host, port, "nobody", "luxtronik")
        return Found(host, port, "silent" if failure.cause == "silent" else "closed", "luxtronik")
    if len(table) < FEWEST_CALCULATIONS:
        return found
    model = next((each for each in models if each.driver == "luxtronik"), None)
    if model is None:
        return Found(host, port, "unknown", "luxtronik")
    return Found(host, port, "model", "luxtronik", model, machine=_firmware(model, table))


def _firmware(model: Model, table: Sequence[int]) -> str:
    sensor = model.every_sensor.get("firmware")
    if sensor is None or sensor.table != "calculations" or sensor.end > len(table):
        return ""
    value, _ = judged(sensor, table[sensor.at : sensor.end])
    return str(value) if value is not None else ""
