"""The driver for Viessmann's cloud, against a simulated one over HTTP: reading, setting, and every kind of trouble."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from drivers.base import Cloud, Driver
from drivers.cloud_calls import Limits
from drivers.errors import BadAnswer, DriverError, OutOfRange, Refused, Unreachable
from drivers.model import Model
from drivers.simulators.viessmann import ViessmannSimulator
from drivers.simulators.viessmann_answers import FAULTS, Said
from drivers.viessmann import machines
from drivers.viessmann_account import Account, Accounts
from tests.drivers.cloud import (
    BEGIN,
    CLIENT,
    ONE_CIRCUIT,
    MadServer,
    UtcClock,
    accounts_in,
    driver_of,
    http,
    place,
    signed_in,
    simulated,
    vitocal,
)
from tests.servers import Farewell, Step, refusing_port

MODEL = vitocal()


@pytest.fixture
def clock() -> UtcClock:
    return UtcClock()


@pytest.fixture
def cloud(clock: UtcClock) -> Iterator[ViessmannSimulator]:
    with simulated(MODEL, clock, machines=2) as simulator:
        yield simulator


@pytest.fixture
def accounts(tmp_path: Path, clock: UtcClock) -> Accounts:
    return accounts_in(tmp_path, clock)


@pytest.fixture
def account(accounts: Accounts, cloud: ViessmannSimulator) -> Account:
    return signed_in(accounts, cloud)


@pytest.fixture
def driver(account: Account, accounts: Accounts, cloud: ViessmannSimulator, clock: UtcClock) -> Driver:
    return driver_of(MODEL, accounts, place(cloud), clock)


def _read(driver: Driver, *names: str) -> dict[str, Any]:
    answer = driver.read([MODEL.every_sensor[name] for name in names])
    return {name: answer.samples[name].value for name in names}


# ── Reading ──


def test_everything_comes_with_one_call(driver: Driver, cloud: ViessmannSimulator) -> None:
    answer = driver.read(MODEL.sensors(ONE_CIRCUIT))
    assert cloud.requests == answer.requests == 1
    readout = cloud.machine.readout
    for name, sample in answer.samples.items():
        sensor = MODEL.every_sensor[name]
        if sensor.derived is None and sample.value is not None and sensor.type != "number":
            assert sample.value == (readout.value(name) if name != "error_code" else "none"), name
    assert answer.values["temp_outside"] == pytest.approx(readout.value("temp_outside"), abs=0.06)
    assert answer.values["operating_mode"] in ("standby", "heating", "hot_water")


def test_what_was_just_read_is_not_asked_for_again(driver: Driver, cloud: ViessmannSimulator, clock: UtcClock) -> None:
    _read(driver, "temp_outside")
    _read(driver, "temp_flow_circuit_0")
    assert cloud.requests == 1
    clock.now += 11
    _read(driver, "temp_outside")
    assert cloud.requests == 2


def test_values_carry_the_time_of_the_cloud(driver: Driver, cloud: ViessmannSimulator) -> None:
    cloud.machine.changed_at = BEGIN - 5000
    answer = driver.read(MODEL.sensors(ONE_CIRCUIT))
    told = {sample.told_at for sample in answer.samples.values() if sample.value is not None}
    assert told == {BEGIN - 5000}


def test_the_account_lists_its_machines(account: Account) -> None:
    assert [(each.installation, each.gateway, each.machine, each.heats) for each in machines(account, 5)] == [
        ("100001", "7000000000000001", "0", True),
        ("100002", "7000000000000002", "0", True),
    ]


def test_several_heat_pumps_share_the_calls_of_their_account(
    accounts: Accounts, account: Account, cloud: ViessmannSimulator, clock: UtcClock
) -> None:
    other = Cloud(cloud.api, cloud.login, CLIENT, "100002", "7000000000000002", "0")
    for where in (place(cloud), other):
        _read(driver_of(MODEL, accounts, where, clock), "temp_outside")
    assert account.calls_made().day == 3  # the end of the sign-in, and two polls


def test_a_cloud_that_counts_never_has_to_say_stop(tmp_path: Path, cloud: ViessmannSimulator, clock: UtcClock) -> None:
    cloud.limits = {86_400: 20, 600: 6}
    accounts = Accounts(tmp_path / "accounts", clock, Limits(day=20, short=6, day_kept=2, short_kept=1))
    signed_in(accounts, cloud)
    driver = driver_of(MODEL, accounts, place(cloud), clock)
    said = set()
    for _ in range(400):
        clock.now += 60
        try:
            _read(driver, "temp_outside")
        except Unreachable as failure:
            said.add(failure.template[:50])
    assert said == {"the calls that the maker's cloud allows are used u"}
    assert cloud.requests > 15


# ── Trouble: each with its own reason, and the next poll works ──

TROUBLE: list[tuple[str, type[DriverError], str]] = [
    ("device_offline", Unreachable, "not connected to its gateway"),
    ("gateway_offline", Unreachable, "the gateway of the heat pump is offline"),
    ("server_error", Unreachable, r"a fault of its own \(500\)"),
    ("bad_gateway", Unreachable, r"a fault of its own \(502\)"),
    ("forbidden", Refused, "this account may not see that heat pump"),
    ("not_paid_for", Refused, "only with a package"),
    ("no_json", BadAnswer, "no list of features"),
    ("wrong_shape", BadAnswer, "no list of features"),
]


@pytest.mark.parametrize(("fault", "kind", "said"), TROUBLE)
def test_trouble_is_told_and_over_with_the_next_poll(
    driver: Driver, cloud: ViessmannSimulator, clock: UtcClock, fault: str, kind: type[DriverError], said: str
) -> None:
    cloud.faults.append(FAULTS[fault])
    with pytest.raises(kind, match=said):
        _read(driver, "temp_outside")
    assert cloud.requests == 1
    clock.now += 120
    assert _read(driver, "temp_outside")["temp_outside"] is not None


def test_every_fault_of_the_simulator_is_tried() -> None:
    assert {name for name, *_ in TROUBLE} == set(FAULTS)


def test_an_error_in_the_clothes_of_a_success_is_one(driver: Driver, cloud: ViessmannSimulator) -> None:
    cloud.faults.append(Said(200, FAULTS["gateway_offline"].content))
    with pytest.raises(Unreachable, match="gateway of the heat pump is offline"):
        _read(driver, "temp_outside")


def test_a_rate_limit_is_obeyed_until_its_end(driver: Driver, cloud: ViessmannSimulator, clock: UtcClock) -> None:
    cloud.limits = {600: 0}
    reset = {"extendedPayload": {"limitReset": (BEGIN + 7200) * 1000}, "errorType": "RATE_LIMIT_EXCEEDED"}
    cloud.limits = {}
    cloud.faults.append(Said(429, json.dumps(reset).encode()))
    for _ in range(5):
        with pytest.raises(Unreachable, match="takes no calls of this account before 2025-11-21 15:03 UTC"):
            _read(driver, "temp_outside")
    assert cloud.requests == 1
    clock.now += 7203
    assert _read(driver, "temp_outside")["temp_outside"] is not None


def test_the_simulators_own_limit_is_obeyed_too(driver: Driver, cloud: ViessmannSimulator, clock: UtcClock) -> None:
    cloud.limits = {86_400: 1}
    _read(driver, "temp_outside")
    clock.now += 60
    for _ in range(3):
        with pytest.raises(Unreachable, match="takes no calls of this account before 2025-11-22 13:03 UTC"):
            _read(driver, "temp_outside")
    assert cloud.requests == 2


def test_a_machine_of_another_account_is_not_known(
    accounts: Accounts, account: Account, cloud: ViessmannSimulator, clock: UtcClock
) -> None:
    elsewhere = Cloud(cloud.api, cloud.login, CLIENT, "999", "7000000000000001", "0")
    with pytest.raises(BadAnswer, match="does not know this heat pump; choose it anew"):
        _read(driver_of(MODEL, accounts, elsewhere, clock), "temp_outside")


GOOD = http(b'{"data": []}')
MADNESS: list[tuple[str, Sequence[Step], type[DriverError]]] = [
    ("reset in the middle", [GOOD[:40], Farewell.RESET], Unreachable),
    ("cut in the middle", [GOOD[:-3], Farewell.HANG_UP], Unreachable),
    ("cut in the head", [GOOD[:20], Farewell.HANG_UP], BadAnswer),
    ("silence", [3.0], Unreachable),
    ("too long", [b"HTTP/1.1 200 OK\r\n\r\n", *[b" " * 1_000_000] * 9, Farewell.HANG_UP], BadAnswer),
    ("deeply nested", [http(b"[" * 200_000)], BadAnswer),
    ("not unicode", [http(b'{"data": "\xff"}')], BadAnswer),
    ("a list", [http(b"[]")], BadAnswer),
    ("a redirect", [http(b"", "301 Moved", "Location: http://192.0.2.1/")], BadAnswer),
]


@pytest.mark.parametrize(("steps", "kind"), [pytest.param(*rest, id=name) for name, *rest in MADNESS])
def test_a_mad_server_harms_only_its_own_poll(
    accounts: Accounts,
    account: Account,
    cloud: ViessmannSimulator,
    clock: UtcClock,
    steps: Sequence[Step],
    kind: type[DriverError],
) -> None:
    answer = http(b'{"data": [{"feature": "heating.sensors.temperature.outside", "properties": {}}]}')
    with MadServer(steps, [answer]) as server:
        mad = Cloud(server.url, cloud.login, CLIENT, "100001", "7000000000000001", "0")
        driver = driver_of(MODEL, accounts, mad, clock, timeout_s=0.5)
        with pytest.raises(kind):
            _read(driver, "temp_outside")
        if kind is not Unreachable or steps != [3.0]:
            assert _read(driver, "temp_outside") == {"temp_outside": None}


def test_a_refused_connection_is_told(
    accounts: Accounts, account: Account, cloud: ViessmannSimulator, clock: UtcClock
) -> None:
    with refusing_port() as port:
        where = Cloud(f"http://127.0.0.1:{port}", cloud.login, CLIENT, "100001", "7000000000000001", "0")
        with pytest.raises(Unreachable, match="refuses the connection"):
            _read(driver_of(MODEL, accounts, where, clock), "temp_outside")


# ── Setting ──


@pytest.mark.parametrize(
    ("sensor", "value", "read_back", "sent"),
    [
        ("temp_hot_water_target", 47, 47.0, "heating.dhw.temperature.main/commands/setTargetTemperature"),
        ("heating_curve_circuit_0", 0.8, 0.8, "heating.circuits.0.heating.curve/commands/setCurve"),
        ("heating_curve_shift_circuit_0", -5, -5.0, "heating.circuits.0.heating.curve/commands/setCurve"),
        ("mode_circuit_0", "standby", "standby", "heating.circuits.0.operating.modes.active/commands/setMode"),
        ("mode_hot_water", "off", "off", "heating.dhw.operating.modes.active/commands/setMode"),
        ("hot_water_once", 1, 1, "heating.dhw.oneTimeCharge/commands/activate"),
        ("hot_water_once", 0, 0, "heating.dhw.oneTimeCharge/commands/deactivate"),
        ("temp_flow_max_circuit_0", 50, 50.0, "heating.circuits.0.temperature.levels/commands/setMax"),
        ("hot_water_hysteresis", 2.5, 2.5, "heating.dhw.temperature.hysteresis/commands/setHysteresis"),
    ],
)
def test_a_setting_is_set_by_its_command_and_read_back(
    driver: Driver, cloud: ViessmannSimulator, sensor: str, value: float | str, read_back: float | str, sent: str
) -> None:
    driver.write(MODEL.every_sensor[sensor], value)
    assert [each.partition("/features/")[2].partition("/features/")[2] for each in cloud.asked if "POST" in each] == [
        sent
    ]
    assert _read(driver, sensor) == {sensor: read_back}


def test_the_other_half_of_a_command_stays_as_it_is(driver: Driver) -> None:
    driver.write(MODEL.every_sensor["heating_curve_shift_circuit_0"], 3)
    driver.write(MODEL.every_sensor["heating_curve_circuit_0"], 1.2)
    both = _read(driver, "heating_curve_circuit_0", "heating_curve_shift_circuit_0")
    assert both == {"heating_curve_circuit_0": 1.2, "heating_curve_shift_circuit_0": 3.0}


def _as_offered(feature: str, command: str, **changes: Any) -> Said:
    """An answer with one feature, and another command in it."""
    params = changes.pop("params", {"temperature": {"required": True, "type": "number", "constraints": {}}})
    offered = {"isExecutable": True, "params": params} | changes
    content = {"feature": feature, "isEnabled": True, "properties": {}, "commands": {command: offered}}
    return Said(200, json.dumps({"data": [content]}).encode())


def _limited(**constraints: Any) -> dict[str, Any]:
    return {"temperature": {"required": True, "type": "number", "constraints": constraints}}


@pytest.mark.parametrize(
    ("changes", "kind", "said"),
    [
        ({"params": _limited(min=48, max=60)}, OutOfRange, "47 is below the minimum 48"),
        ({"params": _limited(min=10, max=45)}, OutOfRange, "47 is above the maximum 45"),
        ({"params": _limited(min=10, max=60, stepping=5)}, OutOfRange, "47 is not a multiple of 5"),
        ({"isExecutable": False}, Refused, "does not take the command setTargetTemperature just now"),
        ({"params": {}}, Refused, "has no parameter temperature"),
        ({"params": _limited() | {"more": {"required": True}}}, Refused, "also wants more"),
    ],
)
def test_what_the_machine_states_now_counts(
    driver: Driver, cloud: ViessmannSimulator, changes: dict[str, Any], kind: type[DriverError], said: str
) -> None:
    cloud.faults.append(_as_offered("heating.dhw.temperature.main", "setTargetTemperature", **changes))
    with pytest.raises(kind, match=said):
        driver.write(MODEL.every_sensor["temp_hot_water_target"], 47)
    assert not [each for each in cloud.asked if "POST" in each]


def test_a_mode_that_this_machine_does_not_offer_is_not_sent(driver: Driver, cloud: ViessmannSimulator) -> None:
    params = {"mode": {"required": True, "constraints": {"enum": ["heating", "standby"]}}}
    cloud.faults.append(_as_offered("heating.circuits.0.operating.modes.active", "setMode", params=params))
    with pytest.raises(OutOfRange, match="hot_water is not one of heating, standby"):
        driver.write(MODEL.every_sensor["mode_circuit_0"], "hot_water")


@pytest.mark.parametrize(
    ("sensor", "value", "said"),
    [
        ("temp_hot_water_target", 61, "above the maximum 60"),
        ("temp_hot_water_target", float("nan"), "not a number"),
        ("temp_outside", 5, "cannot be written"),
        ("mode_circuit_0", "dancing", "is not one of"),
    ],
)
def test_what_the_catalogue_forbids_costs_no_call(
    driver: Driver, cloud: ViessmannSimulator, sensor: str, value: float | str, said: str
) -> None:
    with pytest.raises(OutOfRange, match=said):
        driver.write(MODEL.every_sensor[sensor], value)
    assert cloud.requests == 0


def test_a_feature_that_is_not_there_cannot_be_set(driver: Driver, cloud: ViessmannSimulator) -> None:
    cloud.machine.without.add("heating.dhw.temperature.main")
    with pytest.raises(Refused, match=r"this heat pump has no feature heating\.dhw\.temperature\.main"):
        driver.write(MODEL.every_sensor["temp_hot_water_target"], 47)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (
            Said(400, b'{"statusCode": 400, "errorType": "VALIDATION_ERROR"}'),
            Refused,
            r"refuses 47 \(VALIDATION_ERROR\)",
        ),
        (Said(200, b'{"data": {"success": false, "reason": "NOT_NOW"}}'), Refused, r"refuses 47 \(NOT_NOW\)"),
        (FAULTS["device_offline"], Unreachable, "not connected to its gateway"),
    ],
)
def test_a_command_that_fails_is_told_and_not_sent_again(
    driver: Driver, cloud: ViessmannSimulator, answer: Said, kind: type[DriverError], said: str
) -> None:
    good = {"feature": "heating.dhw.temperature.main", "properties": {}}
    offered = {"setTargetTemperature": {"isExecutable": True, "params": _limited(min=10, max=60)}}
    cloud.faults.extend([Said(200, json.dumps({"data": [good | {"commands": offered}]}).encode()), answer])
    with pytest.raises(kind, match=said):
        driver.write(MODEL.every_sensor["temp_hot_water_target"], 47)
    assert len([each for each in cloud.asked if "POST" in each]) == 1


def test_the_model_is_the_catalogues(clock: UtcClock) -> None:
    assert isinstance(MODEL, Model)
    assert MODEL.connection.is_cloud
