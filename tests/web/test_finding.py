"""Looking for heat pumps from the browser: owners only, in the background, and a link to the filled form."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from html import unescape

import pytest

from app.services import finding
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.servers import ModbusServer
from tests.web.conftest import NOW
from tests.web.people import Visitor

FIND = "/heatpumps/find"


@pytest.fixture
def machine(system: System) -> Iterator[ModbusSimulator]:
    model = system.catalogue.named("nibe/s_series")
    assert model is not None
    with ModbusSimulator(model, {}, Plant(1, start=NOW), host="127.0.0.4") as simulator:
        yield simulator


def searched(system: System, *ports: int, network: str = "127.0.0.0/29") -> None:
    finding.begin(system, network, ports)
    assert system.search.wait(20)


def test_what_is_found_leads_to_the_filled_form(owner: Visitor, system: System, machine: ModbusSimulator) -> None:
    searched(system, machine.port)
    page = owner.get(FIND).text
    assert "<strong>NIBE S-Series</strong>" in page
    assert "In 127.0.0.0/29" in page
    link = unescape(re.findall(r'href="(/heatpumps/add\?[^"]+)"', page)[0])
    form = owner.get(link, follow_redirects=True).text
    assert '<input type="hidden" name="kind" value="nibe/s_series">' in form
    for name, value in (("host", "127.0.0.4"), ("port", str(machine.port)), ("unit_id", "1")):
        assert re.search(rf'name="{name}" type="text" value="{value}"', form), name


def test_a_heat_pump_of_the_list_is_left_alone(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    with ModbusServer() as server:
        pump = add(connection_config={"host": "localhost", "port": server.port})
        searched(system, server.port)
        assert server.requests == []
    page = owner.get(FIND).text
    assert "already in your list, and not asked" in page
    assert f'href="/heatpumps/{pump.id}"' in page
    assert owner.get("/api/scan").json["search"]["known"] == [{"id": pump.id, "host": "localhost", "port": server.port}]


def test_a_machine_without_a_model_and_nothing_at_all_are_told(owner: Visitor, system: System) -> None:
    with ModbusServer(holding={1002: (0, 0x420C), 1005: (1,)}) as server:
        searched(system, server.port, network="127.0.0.1")
    page = owner.get(FIND).text
    assert "No heat pump answered." in page
    assert "1 other machine answers" in page
    assert "iDM Navigator 1.x: there is no model of it here" in page


def test_a_search_runs_in_the_background_and_one_at_a_time(owner: Visitor, system: System) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        finding.begin(system, "127.0.0.1", (mute.getsockname()[1],))
        page = owner.get(FIND).text
        assert "Searching …" in page
        assert "data-running" in page
        assert re.search(r'<progress[^>]+max="1" value="0"', page)
        assert owner.send("POST", "/api/scan", {"network": "127.0.0.1"}).status_code == 409
        assert owner.post(FIND, {"network": "127.0.0.1"}).status_code == 302
        assert owner.get("/api/scan").json["search"]["running"] is True
        system.ending.set()
    assert system.search.wait(20)
    assert owner.get("/api/scan").json["search"]["complete"] is False
    assert "The search was not finished" in owner.get(FIND).text


def test_a_search_is_begun_and_watched_by_programs(owner: Visitor, system: System) -> None:
    assert owner.get("/api/scan").json == {"search": None}
    answer = owner.send("POST", "/api/scan", {"network": "127.0.0.77"})
    assert (answer.status_code, answer.json["search"]["places"]) == (202, 3)
    assert system.search.wait(20)
    told = owner.get("/api/scan").json["search"]
    assert (told["running"], told["complete"], told["done"], told["found"]) == (False, True, 3, [])
    assert (told["network"], told["known"]) == ("127.0.0.77", [])
    assert told["begun"] <= told["ended"]


@pytest.mark.parametrize("network", ["8.8.8.8", "10.0.0.0/8", "nonsense", "", "fd00::/64"])
def test_only_private_networks_are_searched(owner: Visitor, system: System, network: str) -> None:
    page = owner.post(FIND, {"network": network})
    assert page.status_code == 400
    assert 'aria-invalid="true"' in page.text
    answer = owner.send("POST", "/api/scan", {"network": network})
    assert (answer.status_code, answer.json["field"]) == (400, "network")
    assert system.search.progress is None


@pytest.mark.parametrize("sent", [{}, {"network": 5}, {"network": ["127.0.0.1"]}, {"net": "127.0.0.1"}, []])
def test_a_program_that_sends_something_else_is_told_so(owner: Visitor, sent: object) -> None:
    assert owner.send("POST", "/api/scan", sent).status_code == 400


def test_only_owners_search(viewer: Visitor) -> None:
    assert viewer.get(FIND).status_code == 403
    assert viewer.post(FIND, {"network": "127.0.0.1"}).status_code == 403
    assert viewer.get("/api/scan").status_code == 403
    assert viewer.send("POST", "/api/scan", {"network": "127.0.0.1"}).status_code == 403


def test_the_visitors_own_network_is_offered(owner: Visitor, add: Callable[..., HeatPump]) -> None:
    def offered(**more: object) -> str:
        found = re.search(r'name="network" type="text" value="([^"]*)"', owner.get(FIND, **more).text)
        assert found is not None
        return found[1]

    assert offered() == ""
    add(connection_config={"host": "192.168.20.7", "port": 502})
    assert offered() == "192.168.20.0/24"
    assert offered(environ_base={"REMOTE_ADDR": "10.4.5.6"}) == "10.4.5.0/24"
