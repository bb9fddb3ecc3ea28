"""Adding a heat pump step by step, with every model of the catalogue, by nothing but what its pages send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from html import unescape

import pytest
from werkzeug.test import TestResponse

from app.services import heatpumps, metering
from app.system import System
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from drivers.simulators.simulator import simulator_of
from drivers.simulators.viessmann import ViessmannSimulator
from tests.catalogue import CATALOGUE
from tests.drivers.cloud import CLIENT, UtcClock, allowed, simulated, vitocal
from tests.servers import ModbusServer, exception, refusing_port, silent_port, speaking
from tests.web.conftest import NOW
from tests.web.pages import Form
from tests.web.people import Visitor
from tests.web.test_form_of_viessmann import _begun

ADD = "/heatpumps/add"
MODELS = [model.name for model in CATALOGUE if not model.connection.is_cloud]
KNOWN = {"metering_source": "air", "metering_backup_heater": "none", "metering_source_pump": "counted"}


@pytest.fixture
def idm_machine(system: System) -> Iterator[ModbusSimulator]:
    model = system.catalogue.named("idm/navigator_2_0")
    assert model is not None
    with ModbusSimulator(model, {"circuits": ["A", "B"], "zones": []}, Plant(1, start=NOW)) as simulator:
        yield simulator


def press(owner: Visitor, page: str, action: str, **typed: str) -> TestResponse:
    """What a browser does: everything on the page is sent, and a redirect is followed."""
    return owner.client.post(ADD, data=Form(page, ADD).with_(**typed).pressed(action), follow_redirects=True)


def here(page: str) -> str:
    """Which step the page says it is."""
    found = re.search(r'aria-current="step"[^>]*>.*?<span class="steps-title">(\w+)', page, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", MODELS)
def test_every_model_is_added_step_by_step(owner: Visitor, system: System, name: str) -> None:
    model = system.catalogue.named(name)
    assert model is not None
    framing = {"framing": model.connection.framing} if model.connection.framing else {}
    options = {option: parts for option, parts in model.default_options().items() if option != "product"}
    machine = simulator_of(model, options, Plant(1, start=NOW), **framing)
    port = machine.start()
    try:
        makers = owner.get(ADD).text
        assert f'href="{ADD}?kind={name}"' in makers
        page = owner.get(f"{ADD}?kind={name}", follow_redirects=True).text
        assert here(page) == "Connection"
        page = press(owner, page, "next", host=machine.host, port=str(port)).text
        assert here(page) == "Configuration"
        assert "It answers." in page
        page = press(
            owner, page, "next", name="Haus am See", heated_area="142,5", metering_building_pumps="no", **KNOWN
        ).text
        assert here(page) == "Done"
        assert "H3: with backup heater" in page
        assert "It answered the connection test." in page
        done = press(owner, page, "save")
        assert done.request.path == "/heatpumps/hp-001/added"
        assert "Waiting for its first values" in done.text
        pump = heatpumps.get(system, "hp-001")
        assert (pump.name, pump.manufacturer, pump.model) == ("Haus am See", model.manufacturer, model.id)
        assert pump.heated_area == 142.5
        answers = metering.of(system, pump)
        assert answers is not None
        assert answers.boundary == "H3"
        reader = system.poller.reader(pump.id)
        assert reader is not None
        assert reader.poll()
        reader.retire()
        assert "values arrive" in owner.get("/heatpumps/hp-001/added").text
    finally:
        machine.stop()


@pytest.fixture
def cloud(system: System) -> Iterator[ViessmannSimulator]:
    clock = UtcClock()
    with simulated(vitocal(), clock, machines=2) as simulator:
        assert system.drivers.accounts is not None
        system.drivers.accounts._clock = clock
        yield simulator


def test_a_heat_pump_of_a_cloud_is_added_step_by_step(
    owner: Visitor, system: System, cloud: ViessmannSimulator
) -> None:
    page = owner.get(f"{ADD}?kind=viessmann/vitocal", follow_redirects=True).text
    asked = press(owner, page, "sign-in", client_id=CLIENT, api=cloud.api, login=cloud.login)
    assert here(asked.text) == "Connection"
    maker, _ = _begun(asked)
    back = owner.get("/heatpumps/sign-in/answer", query_string=allowed(maker, cloud), follow_redirects=True).text
    assert "You are signed in to this account." in back
    page = press(owner, back, "next", place="100002/7000000000000002/0").text
    assert "It answers." in page
    page = press(owner, page, "next", name="Haus am See").text
    assert "100002/7000000000000002/0" in page
    assert press(owner, page, "save").request.path == "/heatpumps/hp-001/added"
    assert heatpumps.get(system, "hp-001").address == "100002/7000000000000002/0"


def test_what_the_machine_reports_is_ticked_and_can_be_changed(owner: Visitor, idm_machine: ModbusSimulator) -> None:
    page = owner.get(f"{ADD}?kind=idm/navigator_2_0", follow_redirects=True).text
    page = press(owner, page, "next", host="127.0.0.1", port=str(idm_machine.port)).text
    assert "The heat pump reports: A, B" in page
    form = Form(page, ADD).with_(name="Haus")
    assert [part for name, part in form.fields if name == "option-circuits"] == ["A", "B"]
    form.fields.remove(("option-circuits", "B"))
    page = owner.client.post(ADD, data=form.pressed("next"), follow_redirects=True).text
    assert re.search(r"Heating circuits</dt><dd>A</dd>", page)
    back = press(owner, page, "back").text
    assert [part for name, part in Form(back, ADD).fields if name == "option-circuits"] == ["A"]
    assert "It answers." in back
    nameless = press(owner, back, "next", name="")
    assert nameless.status_code == 400
    assert "It answers." in nameless.text


def test_nobody_goes_on_before_the_machine_was_heard_but_who_insists(owner: Visitor, system: System) -> None:
    page = owner.get(f"{ADD}?kind=idm/navigator_2_0", follow_redirects=True).text
    with refusing_port() as nobody:
        refused = press(owner, page, "next", host="127.0.0.1", port=str(nobody))
        assert refused.status_code == 400
        assert here(refused.text) == "Connection"
        assert "refuses the connection" in refused.text
        assert "Go on although it does not answer" in refused.text
        again = owner.get(f"{ADD}?step=connection").text  # what a reload of the answer asks for
        assert f'value="{nobody}"' in again
        insisting = Form(refused.text, ADD)
        insisting.fields.append(("unheard", "yes"))
        page = owner.client.post(ADD, data=insisting.pressed("next"), follow_redirects=True).text
        assert "It has not been heard yet" in page
        page = press(owner, page, "next", name="Haus").text
        refused = press(owner, page, "save")
        assert refused.status_code == 400
        assert "It was not saved: the heat pump does not answer." in refused.text
        assert heatpumps.all_of_them(system) == []
        insisting = Form(refused.text, ADD)
        insisting.fields.append(("unheard", "yes"))
        done = owner.client.post(ADD, data=insisting.pressed("save"), follow_redirects=True)
        assert done.request.path == "/heatpumps/hp-001/added"


@contextmanager
def _nobody_with_that_name() -> Iterator[tuple[str, int]]:
    yield "no-such-host.invalid", 502


@contextmanager
def _on_this_machine(port: AbstractContextManager[int]) -> Iterator[tuple[str, int]]:
    with port as found:
        yield "127.0.0.1", found


@contextmanager
def _a_navigator_1() -> Iterator[tuple[str, int]]:
    with ModbusServer(holding={1002: (0, 0x420C), 1005: (1,)}) as server:
        yield "127.0.0.1", server.port


WEB_SERVER = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("somebody", "says", "advises"),
    [
        (_nobody_with_that_name(), "no-such-host.invalid is not known", "Check the spelling"),
        (_on_this_machine(refusing_port()), "refuses the connection", "Switch the interface on at the heat pump"),
        (_on_this_machine(silent_port()), "does not answer", "whether the heat pump is switched on"),
        (_on_this_machine(speaking(b"")), "hung up", "stop others that read it"),
        (_on_this_machine(speaking(WEB_SERVER)), "answers", "does not speak as a iDM Navigator 2.0 does"),
        (_a_navigator_1(), "iDM Navigator 1.x answers at", "There is no model of it here"),
    ],
    ids=["name", "refused", "time-out", "hung up", "nonsense", "another machine"],
)
def test_each_reason_is_told_apart_and_what_was_typed_stays(
    owner: Visitor, system: System, somebody: AbstractContextManager[tuple[str, int]], says: str, advises: str
) -> None:
    page = owner.get(f"{ADD}?kind=idm/navigator_2_0", follow_redirects=True).text
    with somebody as (host, port):
        answer = press(owner, page, "next", host=host, port=str(port), timeout="0.2")
    assert answer.status_code == 400
    assert here(answer.text) == "Connection"
    assert says in unescape(answer.text)
    assert advises in unescape(answer.text)
    typed = dict(Form(answer.text, ADD).fields)
    assert (typed["host"], typed["port"], typed["timeout"]) == (host, str(port), "0.2")
    assert heatpumps.all_of_them(system) == []


def test_the_right_unit_is_taken_over_and_leads_on(owner: Visitor) -> None:
    page = owner.get(f"{ADD}?kind=nibe/s_series", follow_redirects=True).text
    with ModbusServer(inputs={1: (0xFFE7,), 37: (12,), 1028: (30,)}) as server:
        server.rules.append((lambda request: request.unit != 2, exception(11)))
        wrong = press(owner, page, "next", host="127.0.0.1", port=str(server.port), unit_id="7").text
        assert f"127.0.0.1:{server.port} answers as unit 2, not as unit 7" in wrong
        right = press(owner, wrong, "instead").text
        assert dict(Form(right, ADD).fields)["unit_id"] == "2"
        assert here(press(owner, right, "next").text) == "Configuration"


def test_the_browsers_back_button_finds_what_was_typed(owner: Visitor, idm_machine: ModbusSimulator) -> None:
    page = owner.get(f"{ADD}?kind=idm/navigator_2_0", follow_redirects=True).text
    press(owner, page, "next", host="127.0.0.1", port=str(idm_machine.port))
    assert str(idm_machine.port) in owner.get(f"{ADD}?step=connection").text
    assert "The heat pump reports: A, B" in owner.get(f"{ADD}?step=configuration").text
    assert "keep=yes" in owner.get(f"{ADD}?step=model").text


@pytest.mark.parametrize("step", ["configuration", "summary", "connection", "nonsense", "done"])
def test_a_step_that_was_not_reached_is_the_choice_of_makers(owner: Visitor, step: str) -> None:
    assert here(owner.get(f"{ADD}?step={step}").text) == "Manufacturer"


def test_nothing_that_was_typed_stands_in_an_address(owner: Visitor, cloud: ViessmannSimulator) -> None:
    page = owner.get(f"{ADD}?kind=viessmann/vitocal", follow_redirects=True).text
    begun = owner.client.post(ADD, data=Form(page, ADD).with_(client_id=CLIENT).pressed("back"))
    assert begun.location == f"{ADD}?step=model"


@pytest.mark.parametrize(
    "typed", [{"name": "x" * 100_000}, {"name": "x" * 499, "api": "https://" + "x" * 480, "host": "y" * 500}]
)
def test_a_cookie_does_not_overflow(owner: Visitor, typed: dict[str, str]) -> None:
    sent = {"kind": "viessmann/vitocal", "step": "connection", "action": "back", "client_id": "z" * 499, **typed}
    answer = owner.post(ADD, sent)
    assert all(len(cookie) < 4096 for cookie in answer.headers.getlist("Set-Cookie"))
    assert owner.get(f"{ADD}?step=model").status_code == 200


@pytest.mark.parametrize(
    ("wanted", "found", "missing"),
    [
        ("s1255", "NIBE S-Series", "iDM"),
        ("IDM", "iDM Navigator 2.0", "NIBE"),
        ("", "Viessmann Vitocal (cloud)", "no such heading"),
        ("vaillant   arotherm", "Vaillant", "NIBE"),
        ("<b>", "No model fits.", "<b>"),
    ],
)
def test_the_makers_can_be_searched(owner: Visitor, wanted: str, found: str, missing: str) -> None:
    page = owner.get(ADD, query_string={"search": wanted}).text
    assert found in page
    assert missing not in re.sub(r'data-words="[^"]*"', "", page)


def test_every_model_says_what_it_covers_and_how_it_is_reached(owner: Visitor, system: System) -> None:
    page = owner.get(ADD).text
    for model in system.catalogue:
        assert f">{model.title}</a>" in page
    assert page.count("<li>Hot water</li>") == len(list(system.catalogue))
    assert re.search(r"<li>\d+ values</li><li>\d+ settings</li>", page)


def test_only_owners_see_the_end_of_it(viewer: Visitor) -> None:
    assert viewer.get("/heatpumps/hp-001/added").status_code == 403


def test_the_end_of_one_that_is_not_there_is_not_found(owner: Visitor) -> None:
    assert owner.get("/heatpumps/hp-999/added").status_code == 404
