"""A heat pump in its maker's cloud: signing in from the form, choosing it, and what the pages say about it."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.test import TestResponse

from app.services import heatpumps
from app.store import archive
from app.system import System
from drivers.simulators.viessmann import ViessmannSimulator
from drivers.simulators.viessmann_answers import FAULTS
from tests.drivers.cloud import CLIENT, UtcClock, allowed, signed_in, simulated, vitocal
from tests.web.people import Visitor

PLACE = "100001/7000000000000001/0"


@pytest.fixture
def clock() -> UtcClock:
    return UtcClock()


@pytest.fixture
def cloud(system: System, clock: UtcClock) -> Iterator[ViessmannSimulator]:
    with simulated(vitocal(), clock, machines=2) as simulator:
        assert system.drivers.accounts is not None
        system.drivers.accounts._clock = clock
        yield simulator


def _typed(cloud: ViessmannSimulator, **more: str) -> dict[str, str]:
    usual = {"kind": "viessmann/vitocal", "name": "Haus am See", "client_id": CLIENT, "option-circuits": "0"}
    return usual | {"api": cloud.api, "login": cloud.login, "timeout": "5", "interval": ""} | more


def _begun(page: TestResponse) -> tuple[str, str]:
    """The maker's page, and the state that the form carries."""
    assert page.status_code == 200
    link = re.search(r'href="([^"]+/authorize[^"]+)"', page.text)
    state = re.search(r'name="state" value="([^"]+)"', page.text)
    assert link is not None
    assert state is not None
    return html.unescape(link.group(1)), state.group(1)


def _begin(owner: Visitor, cloud: ViessmannSimulator, path: str = "/heatpumps/add", **more: str) -> tuple[str, str]:
    return _begun(owner.post(path, _typed(cloud, action="sign-in", **more)))


def _answered(owner: Visitor, answer: dict[str, str]) -> TestResponse:
    return owner.get("/heatpumps/sign-in/answer", query_string=answer)


def test_the_form_asks_for_an_account_instead_of_an_address(owner: Visitor) -> None:
    page = owner.get("/heatpumps/add?kind=viessmann/vitocal", follow_redirects=True).text
    assert 'name="client_id"' in page
    assert 'name="host"' not in page
    assert 'value="sign-in"' in page
    assert 'value="https://api.viessmann-climatesolutions.com/iot/v2"' in page
    assert "Nobody is signed in to this account yet." in owner.post(
        "/heatpumps/add", {"kind": "viessmann/vitocal", "client_id": "x", "action": "test"}
    ).text  # fmt: skip


def test_from_the_form_to_the_maker_and_back_to_a_heat_pump(
    owner: Visitor, system: System, cloud: ViessmannSimulator
) -> None:
    page, _ = _begin(owner, cloud)
    asked = dict(parse_qsl(urlsplit(page).query))
    assert asked["redirect_uri"] == "http://localhost/heatpumps/sign-in/answer"
    assert (asked["scope"], asked["code_challenge_method"]) == ("IoT User offline_access", "S256")
    back = _answered(owner, allowed(page, cloud))
    assert back.status_code == 302
    form = owner.get(back.location).text
    assert "You are signed in to this account." in form
    assert 'value="Haus am See"' in form
    assert f'<option value="{PLACE}"' in form
    assert '<option value="100002/7000000000000002/0"' in form
    tried = owner.post("/heatpumps/add", _typed(cloud, place=PLACE, action="test")).text
    assert "It answers." in tried
    for name, part in zip(("installation", "gateway", "machine"), PLACE.split("/"), strict=True):
        assert f'name="{name}" value="{part}"' in tried
    saved = owner.post("/heatpumps/add", _typed(cloud, place=PLACE, action="save"))
    assert saved.status_code == 302
    pump = heatpumps.get(system, "hp-001")
    assert (pump.name, pump.address) == ("Haus am See", PLACE)
    shown = html.unescape(owner.get("/heatpumps/hp-001").text)
    assert "Calls of the maker's cloud: 4 of 1,450 in 24 hours, 4 of 120 in 10 minutes." in shown
    assert "It is read every 120 s" in shown
    told = owner.get("/api/heatpumps/hp-001").json
    assert told["cloud"] == {
        "signed_in": True,
        "interval_s": 120.0,
        "calls": {"day": 4, "day_limit": 1450, "ten_minutes": 4, "ten_minutes_limit": 120, "stopped_until": None},
    }
    again = owner.post("/heatpumps/add", _typed(cloud, place=PLACE, action="save"))
    assert again.status_code == 400
    assert "already belongs to hp-001" in again.text


def test_a_single_heat_pump_is_chosen_by_itself(owner: Visitor, cloud: ViessmannSimulator) -> None:
    cloud.machines = 1
    page, _ = _begin(owner, cloud)
    form = owner.get(_answered(owner, allowed(page, cloud)).location).text
    assert f'<option value="{PLACE}" selected>' in form


def test_the_code_can_be_pasted_by_hand(owner: Visitor, cloud: ViessmannSimulator) -> None:
    _, state = _begin(owner, cloud)
    elsewhere = {"state": state, "redirect": "http://localhost:4200/", "action": "redirect"}
    page, state = _begun(owner.post("/heatpumps/sign-in", elsewhere))
    assert dict(parse_qsl(urlsplit(page).query))["redirect_uri"] == "http://localhost:4200/"
    answer = allowed(page, cloud)
    pasted = f"http://localhost:4200/?code={answer['code']}&state={answer['state']}"
    done = owner.post("/heatpumps/sign-in", {"state": state, "code": pasted, "action": "code"})
    assert done.status_code == 302
    assert f'<option value="{PLACE}"' in owner.get(done.location).text


def test_each_way_to_fail_says_what_to_do(owner: Visitor, cloud: ViessmannSimulator, clock: UtcClock) -> None:
    foreign = _answered(owner, {"code": "a", "state": "somebody-elses"})
    assert foreign.status_code == 400
    assert "This sign-in is over; begin it again in the form of the heat pump" in foreign.text
    page, _ = _begin(owner, cloud)
    refused = _answered(owner, allowed(page, cloud, yes=False))
    assert refused.status_code == 400
    assert "Access was not allowed at the maker's page; begin the sign-in again" in html.unescape(refused.text)
    page = html.unescape(re.search(r'href="([^"]+/authorize[^"]+)"', refused.text).group(1))  # type: ignore[union-attr]
    answer = allowed(page, cloud)
    clock.now += 30
    late = _answered(owner, answer)
    assert late.status_code == 400
    assert "The code is no longer good (it lives about 20 seconds)" in late.text
    _, state = _begin(owner, cloud)
    wrong = owner.post("/heatpumps/sign-in", {"state": state, "code": "http://localhost/?code=a&state=b"})
    assert wrong.status_code == 400
    assert "This answer does not belong to the sign-in that was begun here" in wrong.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"client_id": ""}, "The client id is missing"),
        ({"client_id": "with a space"}, "Is not a client id"),
        ({"api": "http://192.0.2.7/iot"}, "neither an https address nor on this machine"),
        ({"login": "ftp://x"}, "neither an https address nor on this machine"),
    ],
)
@pytest.mark.parametrize("action", ["sign-in", "save"])
def test_an_account_that_is_none_is_told_at_its_field(
    owner: Visitor, cloud: ViessmannSimulator, fields: dict[str, str], said: str, action: str
) -> None:
    page = owner.post("/heatpumps/add", _typed(cloud, place=PLACE, action=action, **fields))
    assert page.status_code == 400
    assert said in page.text


def test_without_a_sign_in_nothing_can_be_saved(owner: Visitor, cloud: ViessmannSimulator) -> None:
    missing = owner.post("/heatpumps/add", _typed(cloud, action="save"))
    assert "Is missing; sign in and choose the heat pump" in missing.text
    page = owner.post("/heatpumps/add", _typed(cloud, place=PLACE, action="save"))
    assert page.status_code == 400
    assert "Nobody has signed in to this account yet" in page.text


def test_trouble_of_the_cloud_is_told_in_the_form(owner: Visitor, system: System, cloud: ViessmannSimulator) -> None:
    assert system.drivers.accounts is not None
    signed_in(system.drivers.accounts, cloud)
    cloud.faults.append(FAULTS["bad_gateway"])
    page = owner.post("/heatpumps/add", _typed(cloud, action="look"))
    assert "has a fault of its own (502)" in page.text
    cloud.faults.append(FAULTS["gateway_offline"])
    page = owner.post("/heatpumps/add", _typed(cloud, place=PLACE, action="test"))
    assert "The gateway of the heat pump is offline" in page.text


def test_a_stored_heat_pump_signs_in_again_from_its_own_form(
    owner: Visitor, system: System, cloud: ViessmannSimulator
) -> None:
    assert system.drivers.accounts is not None
    account = signed_in(system.drivers.accounts, cloud)
    owner.post("/heatpumps/add", _typed(cloud, place=PLACE, action="save"))
    assert "Nobody is signed in to this account yet." in owner.post(
        "/heatpumps/hp-001/edit", _typed(cloud, place=PLACE, action="sign-out")
    ).text  # fmt: skip
    assert not account.signed_in
    assert "Nobody is signed in at the maker's cloud" in html.unescape(owner.get("/heatpumps/hp-001").text)
    page, _ = _begin(owner, cloud, "/heatpumps/hp-001/edit", place=PLACE)
    back = _answered(owner, allowed(page, cloud))
    assert back.location.startswith("/heatpumps/hp-001/edit?signed_in=")
    assert f'<option value="{PLACE}" selected>' in owner.get(back.location).text


def test_only_the_owner_signs_in(viewer: Visitor, cloud: ViessmannSimulator) -> None:
    assert viewer.post("/heatpumps/sign-in", {"state": "a"}).status_code == 403
    assert viewer.get("/heatpumps/sign-in/answer?code=a&state=b").status_code == 403


def test_a_second_heat_pump_of_an_account_halves_the_polls(
    owner: Visitor, system: System, cloud: ViessmannSimulator
) -> None:
    assert system.drivers.accounts is not None
    signed_in(system.drivers.accounts, cloud)
    owner.post("/heatpumps/add", _typed(cloud, place=PLACE, action="save"))
    owner.post("/heatpumps/add", _typed(cloud, place="100002/7000000000000002/0", action="save", interval="60"))
    assert [system.roster.interval_s(pump) for pump in heatpumps.all_of_them(system)] == [240.0, 240.0]
    owner.post("/heatpumps/hp-002/disable")
    assert system.roster.interval_s(heatpumps.get(system, "hp-001")) == 120.0


def test_no_token_leaves_the_box(
    owner: Visitor, system: System, cloud: ViessmannSimulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert system.drivers.accounts is not None
    account = signed_in(system.drivers.accounts, cloud)
    tokens = account._tokens.load()
    assert tokens is not None
    owner.post("/heatpumps/add", _typed(cloud, place=PLACE, action="save"))
    said = [owner.get(path).text for path in ("/heatpumps/hp-001", "/heatpumps/hp-001/edit", "/api/heatpumps/hp-001")]
    archive.write(system.config.folder, tmp_path / "backup.zip", 1)
    with zipfile.ZipFile(tmp_path / "backup.zip") as file:
        content = b"".join(file.read(name) for name in file.namelist())
        assert all("accounts" not in name for name in file.namelist())
    for secret in (tokens.access, tokens.refresh):
        assert not [text for text in said if secret in text]
        assert secret.encode() not in content
        assert secret not in caplog.text
