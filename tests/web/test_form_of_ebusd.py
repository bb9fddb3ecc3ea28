"""A heat pump behind ebusd, through the same form: host, port, the name of a circuit, and what is said of failures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.services import heatpumps
from app.system import System
from drivers.simulators.ebusd import EbusdSimulator
from drivers.simulators.plant import Plant
from tests.web.conftest import NOW
from tests.web.people import Visitor
from tests.web.test_heatpump_form import errors, ticked

CHOSEN = {
    "kind": "vaillant/arotherm", "name": "Forsthaus", "host": "127.0.0.1", "circuit": "hmu", "timeout": "5",
    "interval": "", "option-circuits": ["1"], "option-zones": ["1"],
}  # fmt: skip


@pytest.fixture
def machine(system: System) -> Iterator[EbusdSimulator]:
    model = system.catalogue.find("vaillant", "arotherm")
    assert model is not None
    options = {"circuits": ["1", "2"], "zones": ["1"]}
    with EbusdSimulator(model, options, Plant(1, start=NOW), clock=lambda: 0.0) as simulator:
        yield simulator


def test_the_form_asks_for_what_ebusd_needs(owner: Visitor) -> None:
    page = owner.get("/heatpumps/add?kind=vaillant/arotherm", follow_redirects=True).text
    assert 'name="port" type="text" value="8888"' in page
    assert 'name="circuit" type="text" value="hmu"' in page
    assert 'name="unit_id"' not in page
    assert "--scanconfig" in page
    other = owner.get("/heatpumps/add?kind=idm/navigator_2_0", follow_redirects=True).text
    assert 'name="circuit"' not in other


def test_it_is_tried_out_and_kept(owner: Visitor, system: System, machine: EbusdSimulator) -> None:
    typed = CHOSEN | {"port": str(machine.port)}
    page = owner.post("/heatpumps/add", typed | {"action": "test"}).text
    assert "It answers." in page
    assert "Heating circuits, as the heat pump reports: 1, 2" in page
    assert ticked(page, "circuits") == ["1", "2"]
    assert owner.post("/heatpumps/add", typed | {"action": "save"}).location == "/heatpumps/hp-001/added"
    assert heatpumps.get(system, "hp-001").connection == {
        "host": "127.0.0.1", "port": machine.port, "circuit": "hmu", "timeout": 5,
    }  # fmt: skip
    assert owner.get("/heatpumps/hp-001").status_code == 200
    assert 'value="hmu"' in owner.get("/heatpumps/hp-001/edit").text


def test_a_dead_bus_is_told_in_words(owner: Visitor, machine: EbusdSimulator) -> None:
    machine.signal = False
    page = owner.post("/heatpumps/add", CHOSEN | {"port": str(machine.port), "action": "test"}).text
    assert "ebusd has no signal from the eBUS" in page


def test_a_wrong_circuit_is_told_at_its_field(owner: Visitor, machine: EbusdSimulator) -> None:
    typed = CHOSEN | {"port": str(machine.port), "action": "save"}
    page = owner.post("/heatpumps/add", typed | {"circuit": "h m u"}).text
    assert errors(page) == {"circuit": "h m u is not the name of a circuit, such as hmu"}
    assert "ebusd knows no circuit hmu2" in owner.post("/heatpumps/add", typed | {"circuit": "hmu2"}).text
