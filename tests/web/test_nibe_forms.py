"""What NIBE machines add to the pages: the framing of a gateway, the product, and the list of their own registers."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest

from app.services import heatpumps
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.catalogue import Catalogue
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.web.people import Visitor

LIST = (
    "Title\tRegister type\tRegister\tDivision factor\tUnit\tSize of variable\tMin value\tMax value\tDefault value\n"
    "BT1\tMODBUS_INPUT_REGISTER\t1\t10\t°C\t2\t0\t0\t0\n"
    "<script>alert(1)</script>\tMODBUS_INPUT_REGISTER\t9999\t1\t\t2\t0\t0\t0\n"
    "broken\tMODBUS_INPUT_REGISTER\tx\t1\t\t2\t0\t0\t0\n"
)
TYPED = {
    "kind": "nibe/f_series",
    "name": "Ferienhaus",
    "host": "127.0.0.1",
    "unit_id": "1",
    "timeout": "5",
    "interval": "",
}


@pytest.fixture
def machine(catalogue: Catalogue) -> Iterator[ModbusSimulator]:
    model = catalogue.named("nibe/f_series")
    assert model is not None
    with ModbusSimulator(model, {"product": ["F1245"]}, Plant(1, start=1_700_000_000), framing="rtu") as simulator:
        yield simulator


@pytest.fixture
def pump(system: System) -> HeatPump:
    where = {"host": "127.0.0.1"}
    return heatpumps.add(system, {"manufacturer": "nibe", "model": "s_series", "connection_config": where})


def upload(visitor: Visitor, pump: HeatPump, content: bytes) -> tuple[int, str]:
    fields = {"file": (io.BytesIO(content), "modbus_addresses_all.csv")}
    answer = visitor.post(f"/heatpumps/{pump.id}/registers", fields, content_type="multipart/form-data")
    return answer.status_code, answer.text


def test_the_form_asks_how_the_gateway_speaks(owner: Visitor) -> None:
    assert 'name="framing"' in owner.get("/heatpumps/add?kind=nibe/f_series", follow_redirects=True).text
    assert 'name="framing"' not in owner.get("/heatpumps/add?kind=nibe/s_series", follow_redirects=True).text


def test_a_trial_through_a_serial_gateway_names_the_product(owner: Visitor, machine: ModbusSimulator) -> None:
    page = owner.post("/heatpumps/add", TYPED | {"port": str(machine.port), "framing": "rtu", "action": "test"}).text
    assert "It calls itself NIBE F1245 5539." in page
    assert "Product, as the heat pump reports: F1245" in page
    assert 'name="found-product" value="F1245"' in page
    kept = TYPED | {"port": str(machine.port), "framing": "rtu", "option-product": "F1245", "action": "save"}
    assert owner.post("/heatpumps/add", kept).status_code == 302


def test_what_was_chosen_is_kept(owner: Visitor, system: System, machine: ModbusSimulator) -> None:
    owner.post("/heatpumps/add", TYPED | {"port": str(machine.port), "framing": "rtu", "action": "save"})
    (pump,) = heatpumps.all_of_them(system)
    assert pump.connection["framing"] == "rtu"
    assert '<option value="rtu" selected>' in owner.get(f"/heatpumps/{pump.id}/edit").text


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"framing": "ascii"}, "is not one of tcp, rtu"),
        ({"timeout": "1"}, "This heat pump may take 2.1 s to answer: wait at least as long"),
        ({"interval": "5"}, "This heat pump may take 2.1 s for one value: give it"),
    ],
)
def test_what_a_slow_machine_cannot_do_is_said_at_its_field(
    owner: Visitor, fields: dict[str, str], complaint: str
) -> None:
    answer = owner.post("/heatpumps/add", TYPED | {"port": "502", "framing": "tcp", "action": "test"} | fields)
    assert answer.status_code == 400
    assert complaint in answer.text


def test_the_usual_interval_is_one_that_the_machine_can_keep(owner: Visitor, system: System) -> None:
    def configured(kind: str) -> str:
        typed = TYPED | {"kind": kind, "step": "connection", "action": "next", "unheard": "yes"}
        return owner.post("/heatpumps/add", typed, follow_redirects=True).text

    assert "every 30 s" in configured("nibe/s_series")
    object.__setattr__(system.config, "interval", 5.0)
    assert "every 5 s" not in configured("nibe/f_series")


def test_an_owner_hands_in_his_list(owner: Visitor, system: System, pump: HeatPump) -> None:
    code, page = upload(owner, pump, LIST.encode())
    assert code == 200
    assert "It names 1 sensor that we know." in page
    assert "1 line could not be understood." in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page
    assert len(heatpumps.get(system, pump.id).settings["lacks"]) > 100
    assert "Forget the list" in owner.get(f"/heatpumps/{pump.id}/registers").text
    owner.post(f"/heatpumps/{pump.id}/registers/forget")
    assert "lacks" not in heatpumps.get(system, pump.id).settings


@pytest.mark.parametrize("content", [b"", b"not a list", b"\xff\xfe\x00"])
def test_another_file_changes_nothing(owner: Visitor, system: System, pump: HeatPump, content: bytes) -> None:
    code, page = upload(owner, pump, content)
    assert code == 400
    assert "The file names no register: it is not the list that the heat pump exports" in page
    assert heatpumps.get(system, pump.id).settings == pump.settings


def test_a_huge_file_is_refused_before_it_is_read(owner: Visitor, system: System, pump: HeatPump) -> None:
    answer = owner.client.post(
        f"/heatpumps/{pump.id}/registers",
        data=b"x" * 2_000_000,
        content_type="multipart/form-data; boundary=x",
        headers={"X-CSRFToken": owner.token()},
    )
    assert answer.status_code == 413
    assert heatpumps.get(system, pump.id).settings == pump.settings


def test_only_owners_hand_in_lists(viewer: Visitor, pump: HeatPump) -> None:
    assert viewer.get(f"/heatpumps/{pump.id}/registers").status_code == 403
    assert viewer.post(f"/heatpumps/{pump.id}/registers").status_code == 403


def test_a_machine_without_a_list_has_no_such_page(owner: Visitor, add: Callable[..., HeatPump]) -> None:
    pump = add()
    assert owner.get(f"/heatpumps/{pump.id}/registers").status_code == 404
    assert upload(owner, pump, LIST.encode())[0] == 404
