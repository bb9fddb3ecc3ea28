"""The simulated cloud, read and set by a client that is not ours: PyViCare."""

from __future__ import annotations

import json
import socket
import struct
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from authlib.integrations.requests_client import OAuth2Session
from PyViCare import PyViCareAbstractOAuthManager
from PyViCare.PyViCare import PyViCare
from PyViCare.PyViCareUtils import PyViCareCommandError, PyViCareDeviceCommunicationError, PyViCareRateLimitError

from drivers.simulators.viessmann import ViessmannSimulator
from drivers.simulators.viessmann_answers import FAULTS
from tests.drivers.cloud import CLIENT, REDIRECT, UtcClock, simulated, vitocal


class Manager(PyViCareAbstractOAuthManager.AbstractViCareOAuthManager):  # type: ignore[misc]
    """PyViCare leaves the session and its renewal to whoever uses it."""

    def __init__(self, simulator: ViessmannSimulator) -> None:
        self.renewed = 0
        self._simulator = simulator
        super().__init__(self._session())

    def renewToken(self) -> None:
        self.renewed += 1
        self.replace_session(self._session())

    def _session(self) -> OAuth2Session:
        return OAuth2Session(CLIENT, token=self._simulator.sign_in.issue(CLIENT))


@pytest.fixture
def cloud() -> Iterator[ViessmannSimulator]:
    with simulated(vitocal(), UtcClock(), machines=2) as simulator:
        yield simulator


@pytest.fixture(params=[True, False], ids=["all features at once", "one at a time"])
def cached(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def client(cloud: ViessmannSimulator, monkeypatch: pytest.MonkeyPatch, cached: bool) -> PyViCare:
    monkeypatch.setattr(PyViCareAbstractOAuthManager, "API_BASE_URL", cloud.api)
    client = PyViCare()
    client.setCacheDuration(1 if cached else 0)
    client.initWithExternalOAuth(Manager(cloud))
    return client


def test_pyvicare_finds_the_installations(client: PyViCare) -> None:
    assert [device.getModel() for device in client.devices] == [
        "E3_TCU300_ethernet", "E3_Vitocal_1", "E3_TCU300_ethernet", "E3_Vitocal_2",
    ]  # fmt: skip


def test_pyvicare_reads_the_same_as_the_machine_holds(client: PyViCare, cloud: ViessmannSimulator) -> None:
    pump = client.devices[1].asHeatPump()
    told = cloud.machine.readout.value
    assert pump.getOutsideTemperature() == pytest.approx(told("temp_outside"), abs=0.06)
    assert pump.getReturnTemperature() == pytest.approx(told("temp_return"), abs=0.06)
    assert pump.getSupplyTemperaturePrimaryCircuit() == pytest.approx(told("temp_source_in"), abs=0.06)
    assert pump.getDomesticHotWaterConfiguredTemperature() == told("temp_hot_water_target")
    assert pump.getCompressor("0").getActive() is bool(told("compressor_on"))
    assert pump.getCompressor("0").getStarts() == told("compressor_starts")
    circuit = pump.circuits[0]
    assert circuit.getHeatingCurveSlope() == told("heating_curve_circuit_0")
    assert circuit.getActiveMode() == "dhwAndHeating"
    assert circuit.getModes() == [
        "standby", "dhw", "dhwAndHeating", "dhwAndHeatingCooling", "heating", "cooling", "heatingCooling",
    ]  # fmt: skip


def test_pyvicare_sets_the_machine(client: PyViCare, cloud: ViessmannSimulator) -> None:
    pump = client.devices[1].asHeatPump()
    told = cloud.machine.readout.value
    pump.setDomesticHotWaterTemperature(44)
    pump.circuits[0].setHeatingCurve(2, 0.9)
    pump.circuits[0].setMode("standby")
    pump.activateOneTimeCharge()
    assert told("temp_hot_water_target") == 44
    assert (told("heating_curve_shift_circuit_0"), told("heating_curve_circuit_0")) == (2, 0.9)
    assert told("mode_circuit_0") == "standby"
    assert told("hot_water_once") == 1


@pytest.mark.parametrize("cached", [False], indirect=True)
def test_pyvicare_understands_the_faults(client: PyViCare, cloud: ViessmannSimulator) -> None:
    pump = client.devices[1].asHeatPump()
    cloud.faults.append(FAULTS["gateway_offline"])
    with pytest.raises(PyViCareDeviceCommunicationError, match="GATEWAY_OFFLINE"):
        pump.getOutsideTemperature()
    with pytest.raises(PyViCareCommandError):
        pump.setDomesticHotWaterTemperature(99)
    cloud.sign_in.expire()
    assert pump.getOutsideTemperature() is not None
    assert client.oauth_manager.renewed == 1
    cloud.limits = {86_400: 1}
    with pytest.raises(PyViCareRateLimitError, match="Limit reset at"):
        pump.getOutsideTemperature()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """A test looks at the redirect itself."""


def _decide(cloud: ViessmannSimulator, decision: str, **asked: str) -> str:
    usual = {
        "client_id": CLIENT,
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "state": "s",
        "code_challenge": "c",
        "code_challenge_method": "S256",
    }
    url = f"{cloud.login}/authorize?{urlencode(usual | asked)}"
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.build_opener(NoRedirect).open(url, f"decision={decision}".encode(), 5)
    with answer.value:
        return answer.value.headers.get("Location") or str(answer.value.code)


def test_its_page_asks_and_leads_back(cloud: ViessmannSimulator) -> None:
    allowed = dict(parse_qsl(urlsplit(_decide(cloud, "allow")).query))
    assert allowed["state"] == "s"
    assert allowed["code"]
    assert dict(parse_qsl(urlsplit(_decide(cloud, "refuse")).query))["error"] == "access_denied"
    assert _decide(cloud, "allow", code_challenge_method="plain") == "400"
    assert _decide(cloud, "allow", client_id="") == "400"


def test_it_knows_only_its_own_addresses(cloud: ViessmannSimulator) -> None:
    token = cloud.sign_in.issue(CLIENT)["access_token"]
    for path in ("/", "/features", "/features/installations/1/gateways/2/devices/0/features/", "/../etc/passwd"):
        request = urllib.request.Request(cloud.api + path, headers={"Authorization": f"Bearer {token}"})
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(request, timeout=5)
        with answer.value:
            assert json.loads(answer.value.read())["statusCode"] == 404


def test_a_client_that_hangs_up_in_the_middle_is_no_news(
    cloud: ViessmannSimulator, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection((cloud.host, cloud.port), timeout=5) as connection:
        connection.sendall(b"POST /iot/v2/x HTTP/1.1\r\nContent-Length: 9\r\n\r\nhal")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    cloud.stop()
    assert capfd.readouterr().err == ""
