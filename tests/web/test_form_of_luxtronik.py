"""A heat pump whose protocol knows no units, through the same form, the same service and the same history."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.polling import pipeline
from app.services import heatpumps
from app.store import readings
from app.system import System
from drivers.base import Connection
from drivers.registry import Drivers
from drivers.simulators.luxtronik import LuxtronikSimulator
from drivers.simulators.plant import Plant
from tests.web.conftest import NOW
from tests.web.people import Visitor
from tests.web.test_heatpump_form import TYPED

CHOSEN = {"kind": "luxtronik/luxtronik_2_1", "name": "Werkstatt", "host": "127.0.0.1", "timeout": "5", "interval": ""}


@pytest.fixture
def machine(system: System) -> Iterator[LuxtronikSimulator]:
    model = system.catalogue.find("luxtronik", "luxtronik_2_1")
    assert model is not None
    with LuxtronikSimulator(model, {"circuits": ["1"]}, Plant(1, start=NOW), clock=lambda: 0.0) as simulator:
        yield simulator


def test_choosing_another_model_brings_its_port_and_takes_the_unit_away(owner: Visitor) -> None:
    owner.post("/heatpumps/add", TYPED | {"step": "connection", "action": "back"})
    page = owner.get("/heatpumps/add?kind=luxtronik/luxtronik_2_1&keep=yes", follow_redirects=True).text
    assert 'name="port" type="text" value="8889"' in page
    assert 'name="unit_id"' not in page
    assert 'value="Gebäude A"' in page
    owner.post("/heatpumps/add", CHOSEN | {"step": "connection", "port": "8889", "action": "back"})
    back = owner.get("/heatpumps/add?kind=idm/navigator_2_0&keep=yes", follow_redirects=True).text
    assert 'name="port" type="text" value="502"' in back
    assert 'name="unit_id" type="text" value="1"' in back


def test_a_heat_pump_without_a_unit_is_tried_and_kept(
    owner: Visitor, system: System, machine: LuxtronikSimulator
) -> None:
    answer = owner.post("/heatpumps/add", CHOSEN | {"port": str(machine.port), "action": "save"})
    assert answer.location == "/heatpumps/hp-001/added"
    assert heatpumps.get(system, "hp-001").connection == {
        "host": "127.0.0.1", "port": machine.port, "timeout": 5,
    }  # fmt: skip
    assert owner.get("/heatpumps/hp-001").status_code == 200


def test_everything_it_says_is_kept_as_it_was_read(owner: Visitor, system: System, machine: LuxtronikSimulator) -> None:
    owner.post("/heatpumps/add", CHOSEN | {"port": str(machine.port), "action": "save"})
    model = system.catalogue.find("luxtronik", "luxtronik_2_1")
    assert model is not None
    sensors = model.sensors({"circuits": ["1"]})
    answer = Drivers().open(model, Connection("127.0.0.1", machine.port, 0, 5)).read(sensors)
    pipeline.keep(system.database, pipeline.reading_of("hp-001", NOW, sensors, answer))
    names = [sensor.id for sensor in sensors]
    kept = list(readings.samples(system.database.connection(), "hp-001", names, NOW, NOW + 1))
    assert kept == [(NOW, [answer.values[name] for name in names])]
