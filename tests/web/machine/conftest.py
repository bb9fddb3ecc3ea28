"""Heat pumps as the catalogue describes them, with values that a test gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from app.reading import Value
from app.services.status import Status
from app.services.values import Current
from app.web.machine import having
from app.web.machine.having import Having
from drivers.catalogue import Catalogue
from drivers.model import Model

AT = 1_763_730_180
ONLINE = Status("online", "fresh", None, AT, None)

Told = Mapping[str, Value]
Have = Callable[..., Having]


def example(model: Model, options: Mapping[str, list[str]]) -> dict[str, Value]:
    """A value for every sensor."""
    return {
        sensor.id: next(iter(sensor.states.values())) if sensor.states else 21.5 if sensor.unit else 1
        for sensor in model.sensors(options)
    }


def currents(model: Model, options: Mapping[str, list[str]], told: Told | None, at: int | None = AT) -> list[Current]:
    """What a machine says that was read: every other sensor has no value."""
    told = example(model, options) if told is None else told
    return [Current(sensor, told.get(sensor.id), at, None) for sensor in model.sensors(options)]


@pytest.fixture
def have(catalogue: Catalogue) -> Have:
    """What a machine of this model has; without values it says something everywhere."""

    def made(
        name: str, options: Mapping[str, list[str]] | None = None, told: Told | None = None, **more: object
    ) -> Having:
        model = catalogue.named(name)
        assert model is not None
        chosen = {option: list(each) for option, each in model.default_options().items()} | dict(options or {})
        answered, no_backup = more.get("source"), bool(more.get("no_backup"))
        values = currents(model, chosen, told, more.get("at", AT))  # type: ignore[arg-type]
        return having.of(model, chosen, values, answered, no_backup=no_backup)  # type: ignore[arg-type]

    return made
