"""What a sample is called outside this program: the metric's name, its labels, and its numbers."""

from __future__ import annotations

from collections.abc import Iterable

from app.reading import Value
from app.store.heatpumps import HeatPump

PREFIX = "idm_heatpump_"
"""Given by the product's own documents, whoever made the machine."""


def name(sensor_id: str) -> str:
    return PREFIX + sensor_id


def labels(pump: HeatPump, box: str) -> dict[str, str]:
    """Whose sample it is; `box` tells installations apart and is left out when it is empty."""
    own = {"heatpump_id": pump.id, "manufacturer": pump.manufacturer, "model": pump.model, "name": pump.name}
    return own | {"box": box} if box else own


def numbers(value: Value, words: Iterable[str]) -> list[tuple[str | None, float]]:
    """(state, number): a number stands for itself; a word is 1, and every other of the sensor's words is 0."""
    if value is None:
        return []
    if not isinstance(value, str):
        return [(None, value)]
    # a word that the catalogue does not know, from a newer firmware, is a state of its own
    return [(word, float(word == value)) for word in dict.fromkeys([*words, value])]
