"""Adding, changing, disabling and removing a heat pump through the pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from app.services import heatpumps
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.servers import ModbusServer, exception, refusing_port
from tests.web.conftest import NOW
from tests.web.people import Visitor

TYPED = {
    "kind": "idm/navigator_2_0",
    "name": "Gebäude A",
    "host": "127.0.0.1",
    "port": "502",
    "unit_id": "1",
    "timeout": "1",
    "interval": "",
    "option-circuits": ["A"],
}

NIBE = {**TYPED, "kind": "nibe/s_series", "option-circuits": []}


@pytest.fixture
def machine(system: System) -> Iterator[ModbusSimulator]:
    """A heat pump with the circuits A and B."""
    model = system.catalogue.find("idm", "navigator_2_0")
    assert model is not None
    with ModbusSimulator(model, {"circuits": ["A", "B"], "zones": []}, Plant(1, start=NOW)) as simulator:
        yield simulator


@pytest.fixture
def nobody() -> Iterator[int]:
    with refusing_port() as port:
        yield port


def ticked(page: str, option: str) -> list[str]:
    return re.findall(rf'name="option-{option}" value="([^"]+)" checked', page)


def carried(page: str, name: str) -> list[str]:
    """What goes unseen with the page of a step."""
    return re.findall(rf'type="hidden" name="{re.escape(name)}" value="([^"]*)"', page)


def errors(page: str) -> dict[str, str]:
    return dict(re.findall(r'<p class="field-error" id="([\w-]+)-hint">([^<]*)</p>', page))


def test_the_form_begins_with_what_is_usual_for_the_model(owner: Visitor, system: System) -> None:
    page = owner.get("/heatpumps/add?kind=idm/navigator_2_0", follow_redirects=True).text
    assert 'name="port" type="text" value="502"' in page
    assert carried(page, "option-circuits") == ["A"]
    assert "Modbus is off by default." in page
    owner.post("/language", {"language": "de"})
    page = owner.get("/heatpumps/add?kind=idm/navigator_2_0", follow_redirects=True).text
    assert "Ab Werk ist Modbus ausgeschaltet." in page


def test_a_heat_pump_that_answers_is_kept(owner: Visitor, system: System, machine: ModbusSimulator) -> None:
    answer = owner.post("/heatpumps/add", TYPED | {"port": str(machine.port), "action": "save", "interval": "12,5"})
    assert answer.location == "/heatpumps/hp-001/added"
    pump = heatpumps.get(system, "hp-001")
    assert pump.connection == {"host": "127.0.0.1", "port": machine.port, "unit_id": 1, "timeout": 1}
    assert pump.settings == {"interval": 12.5, "circuits": ["A"], "zones": []}
    assert pump.enabled


def test_a_heat_pump_that_does_not_answer_is_not_kept_unless_somebody_insists(
    owner: Visitor, system: System, nobody: int
) -> None:
    typed = TYPED | {"port": str(nobody), "action": "save"}
    answer = owner.post("/heatpumps/add", typed | {"step": "summary"})
    assert answer.status_code == 400
    assert "It was not saved: the heat pump does not answer." in answer.text
    assert f"127.0.0.1:{nobody} refuses the connection" in answer.text
    assert "Save it although it does not answer" in answer.text
    assert carried(answer.text, "name") == ["Gebäude A"]
    assert heatpumps.all_of_them(system) == []
    assert owner.post("/heatpumps/add", typed | {"unheard": "yes"}).location == "/heatpumps/hp-001/added"
    assert [pump.name for pump in heatpumps.all_of_them(system)] == ["Gebäude A"]


def test_the_connection_test_tells_what_it_found_and_keeps_nothing(
    owner: Visitor, system: System, machine: ModbusSimulator
) -> None:
    answer = owner.post("/heatpumps/add", TYPED | {"port": str(machine.port), "action": "test"})
    assert answer.status_code == 200
    assert "It answers." in answer.text
    assert re.search(r"\d+ values in \d+\.\d\d s, with \d+ requests\.", answer.text)
    assert "Heating circuits, as the heat pump reports: A, B" in answer.text
    assert ticked(answer.text, "circuits") == ["A", "B"]
    assert heatpumps.all_of_them(system) == []


def test_what_the_test_found_can_be_taken_over(owner: Visitor, machine: ModbusSimulator) -> None:
    typed = TYPED | {"action": "adopt", "found-circuits": ["A", "B", "Z"], "option-zones": ["3"]}
    page = owner.post("/heatpumps/add", typed).text
    assert ticked(page, "circuits") == ["A", "B"]
    assert ticked(page, "zones") == ["3"]


def test_the_connection_test_tells_why_nobody_answers(owner: Visitor, nobody: int) -> None:
    answer = owner.post("/heatpumps/add", TYPED | {"port": str(nobody), "action": "test"})
    assert "It does not answer." in answer.text
    assert f"127.0.0.1:{nobody} refuses the connection" in answer.text
    assert "Switch the interface on at the heat pump" in answer.text
    owner.post("/language", {"language": "de"})
    german = owner.post("/heatpumps/add", TYPED | {"port": str(nobody), "action": "test"}).text
    assert "üblich ist bei iDM Navigator 2.0 502." in german


def pressed(page: str, typed: dict[str, object]) -> dict[str, object]:
    """What the button in the result sends."""
    hidden = dict(re.findall(r'name="(instead-[\w-]+)" value="([^"]+)"', page))
    assert hidden
    return typed | hidden | {"action": "instead"}


def test_the_machine_that_answers_instead_can_be_chosen(owner: Visitor, system: System) -> None:
    model = system.catalogue.named("nibe/s_series")
    assert model is not None
    with ModbusSimulator(model, {}, Plant(1, start=NOW)) as nibe:
        typed = TYPED | {"port": str(nibe.port)}
        page = owner.post("/heatpumps/add", typed | {"action": "test"}).text
        assert "It answers, but not as expected." in page
        assert f"NIBE S-Series answers at 127.0.0.1:{nibe.port}, not iDM Navigator 2.0" in page
        page = owner.post("/heatpumps/add", pressed(page, typed), follow_redirects=True).text
        assert carried(page, "kind") == ["nibe/s_series"]
        assert f'name="port" type="text" value="{nibe.port}"' in page
        assert carried(page, "name") == ["Gebäude A"]
        again = NIBE | {"port": str(nibe.port), "action": "save", "timeout": "5"}
        assert owner.post("/heatpumps/add", again).location == "/heatpumps/hp-001/added"
        edited = owner.post("/heatpumps/hp-001/edit", again | {"unit_id": "7", "action": "test"}).text
    assert "It answers." in edited, "a simulated machine minds no unit"


def test_the_unit_that_answers_can_be_taken_over(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    with ModbusServer(inputs={1: (0xFFE7,), 37: (12,), 1028: (30,)}) as server:
        server.rules.append((lambda request: request.unit != 2, exception(11)))
        where = {"host": "127.0.0.1", "port": server.port, "unit_id": 7}
        pump = add(manufacturer="nibe", model="s_series", device_config={}, connection_config=where)
        typed = NIBE | {"port": str(server.port), "unit_id": "7"}
        page = owner.post(f"/heatpumps/{pump.id}/edit", typed | {"action": "test"}).text
        assert f"127.0.0.1:{server.port} answers as unit 2, not as unit 7" in page
        page = owner.post(f"/heatpumps/{pump.id}/edit", pressed(page, typed)).text
    assert 'name="unit_id" type="text" value="2"' in page
    assert heatpumps.get(system, pump.id).connection["unit_id"] == 7, "nothing is kept before somebody saves"


@pytest.mark.parametrize(
    ("change", "complaints"),
    [
        ({"name": "  "}, {"name": "A heat pump needs a name"}),
        ({"name": "x" * 81}, {"name": "Is longer than 80 characters"}),
        ({"host": ""}, {"host": "The address of the heat pump is missing, such as 192.168.1.100"}),
        ({"host": "10.0.0.1:502"}, {"host": "10.0.0.1:502: give the port in its own field"}),
        ({"host": "a b"}, {"host": "a b is neither an IP address nor a host name"}),
        ({"host": "<b>"}, {"host": "&lt;b&gt; is neither an IP address nor a host name"}),
        ({"port": "abc"}, {"port": "abc is not a number from 1 to 65535"}),
        ({"port": "0"}, {"port": "0 is not a number from 1 to 65535"}),
        ({"port": "65536"}, {"port": "65536 is not a number from 1 to 65535"}),
        ({"port": "502.5"}, {"port": "502.5 is not a number from 1 to 65535"}),
        ({"unit_id": "256"}, {"unit_id": "256 is not a number from 0 to 255"}),
        ({"timeout": "nan"}, {"timeout": "nan is not a number from 0.1 to 60"}),
        ({"timeout": "inf"}, {"timeout": "inf is not a number from 0.1 to 60"}),
        ({"interval": "0"}, {"interval": "0 is not a number from 1 to 86400"}),
        ({"interval": "often"}, {"interval": "often is not a number from 1 to 86400"}),
        ({"option-circuits": ["A", "Z"]}, {"option-circuits": "Z is not one of A, B, C, D, E, F, G"}),
        (
            {"name": "", "host": "", "port": "x", "interval": "x"},
            {
                "host": "The address of the heat pump is missing, such as 192.168.1.100",
                "port": "x is not a number from 1 to 65535",
            },
        ),
        (
            {"name": "", "interval": "x", "heated_area": "-1"},
            {
                "name": "A heat pump needs a name",
                "interval": "x is not a number from 1 to 86400",
                "heated_area": "-1 is not a number from 1 to 100000",
            },
        ),
        (
            {"metering-source": "air", "metering-source_pump": "sometimes"},
            {
                "metering-building_pumps": "Please answer all four, or none of them",
                "metering-backup_heater": "Please answer all four, or none of them",
            },
        ),
        (
            {
                "metering-source": "the moon",
                "metering-building_pumps": "no",
                "metering-backup_heater": "none",
                "metering-source_pump": "none",
            },
            {"metering-source": "the moon is not one of air, brine, water, air to air"},
        ),
    ],
)
@pytest.mark.parametrize("action", ["save", "test"])
def test_everything_that_is_wrong_is_told_at_its_field(
    owner: Visitor, system: System, change: dict[str, str], complaints: dict[str, str], action: str
) -> None:
    answer = owner.post("/heatpumps/add", TYPED | change | {"action": action})
    assert answer.status_code == 400
    assert errors(answer.text) == complaints
    assert heatpumps.all_of_them(system) == []


def test_the_same_address_twice_is_told_at_the_address(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    add("Gebäude B")
    answer = owner.post("/heatpumps/add", TYPED | {"port": "9", "action": "save"})
    assert answer.status_code == 400
    assert errors(answer.text) == {"host": "127.0.0.1:9/1 already belongs to hp-001 (Gebäude B)"}


def test_choosing_another_model_keeps_what_was_typed(owner: Visitor) -> None:
    back = owner.post("/heatpumps/add", TYPED | {"step": "connection", "action": "back", "host": "10.1.2.3"})
    makers = owner.get(back.location).text
    assert "/heatpumps/add?kind=nibe/s_series&amp;keep=yes" in makers
    page = owner.get("/heatpumps/add?kind=nibe/s_series&keep=yes", follow_redirects=True).text
    assert 'name="host" type="text" value="10.1.2.3"' in page
    assert carried(page, "name") == ["Gebäude A"]
    anew = owner.get("/heatpumps/add?kind=nibe/s_series", follow_redirects=True).text
    assert "10.1.2.3" not in anew


@pytest.mark.parametrize(
    ("built", "found"), [([], ""), (["3"], "Further heating circuits, as the heat pump reports: 3")]
)
def test_a_nibe_is_tried_out_and_kept_like_any_other(
    owner: Visitor, system: System, built: list[str], found: str
) -> None:
    page = owner.get("/heatpumps/add?kind=nibe/s_series", follow_redirects=True).text
    assert "menu 7.5.9" in page
    assert carried(page, "option-circuits") == []
    model = system.catalogue.find("nibe", "s_series")
    assert model is not None
    with ModbusSimulator(model, {"circuits": built}, Plant(1, start=NOW)) as simulator:
        typed = TYPED | {"kind": "nibe/s_series", "port": str(simulator.port), "option-circuits": built}
        answer = owner.post("/heatpumps/add", typed | {"action": "test"}).text
        assert "It answers." in answer
        assert found in answer
        assert owner.post("/heatpumps/add", typed | {"action": "save"}).location == "/heatpumps/hp-001/added"
    assert heatpumps.get(system, "hp-001").settings["circuits"] == built


@pytest.mark.parametrize("kind", ["", "idm", "nobody/nothing", "../../etc/passwd", "idm/navigator_2_0/x"])
def test_an_unknown_model_leads_to_the_choice_of_makers(owner: Visitor, kind: str) -> None:
    page = owner.get("/heatpumps/add", query_string={"kind": kind}).text
    assert "Search the network" in page
    assert "iDM Navigator 2.0" in page
    assert owner.post("/heatpumps/add", {"kind": kind}).status_code == 400


def test_a_form_without_fields_is_refused_and_not_an_error_of_ours(owner: Visitor) -> None:
    answer = owner.post("/heatpumps/add", {"kind": "idm/navigator_2_0"})
    assert answer.status_code == 400
    assert set(errors(answer.text)) == {"host"}


def test_editing_shows_and_changes_what_is_kept(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    pump = add(device_config={"circuits": ["A", "B"], "interval": 45})
    page = owner.get(f"/heatpumps/{pump.id}/edit").text
    assert 'value="Gebäude A"' in page
    assert 'value="45"' in page
    assert ticked(page, "circuits") == ["A", "B"]
    typed = TYPED | {"name": "Werkstatt", "port": "10", "option-circuits": ["B"], "action": "save"}
    assert owner.post(f"/heatpumps/{pump.id}/edit", typed).location == f"/heatpumps/{pump.id}"
    changed = heatpumps.get(system, pump.id)
    assert (changed.name, changed.connection["port"], changed.enabled) == ("Werkstatt", 10, False)
    assert changed.settings == {"circuits": ["B"], "zones": []}


def test_editing_tells_errors_at_their_fields_and_changes_nothing(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    pump = add()
    answer = owner.post(f"/heatpumps/{pump.id}/edit", TYPED | {"name": "", "action": "save"})
    assert errors(answer.text) == {"name": "A heat pump needs a name"}
    assert heatpumps.get(system, pump.id) == pump


def test_its_own_address_is_no_conflict(owner: Visitor, add: Callable[..., HeatPump]) -> None:
    pump = add()
    assert owner.post(f"/heatpumps/{pump.id}/edit", TYPED | {"port": "9", "action": "save"}).status_code == 302


def test_a_heat_pump_can_be_disabled_and_enabled(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    pump = add(enabled=True)
    assert owner.post(f"/heatpumps/{pump.id}/disable").location == f"/heatpumps/{pump.id}"
    assert system.poller.reader(pump.id) is None
    assert owner.post(f"/heatpumps/{pump.id}/enable").location == f"/heatpumps/{pump.id}"
    assert system.poller.reader(pump.id) is not None


def test_a_heat_pump_is_removed_only_after_a_second_look(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    pump = add()
    assert "Its whole history goes with it." in owner.get(f"/heatpumps/{pump.id}/remove").text
    assert heatpumps.all_of_them(system) == [pump]
    assert owner.post(f"/heatpumps/{pump.id}/remove").location == "/"
    assert heatpumps.all_of_them(system) == []
    assert owner.get(f"/heatpumps/{pump.id}").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/heatpumps/hp-999"),
        ("GET", "/heatpumps/hp-999/edit"),
        ("POST", "/heatpumps/hp-999/edit"),
        ("POST", "/heatpumps/hp-999/enable"),
        ("POST", "/heatpumps/hp-999/disable"),
        ("GET", "/heatpumps/hp-999/remove"),
        ("POST", "/heatpumps/hp-999/remove"),
    ],
)
def test_a_heat_pump_that_is_not_there_is_not_found(owner: Visitor, method: str, path: str) -> None:
    answer = owner.get(path) if method == "GET" else owner.post(path)
    assert answer.status_code == 404
    assert "There is no heat pump hp-999" in answer.text
