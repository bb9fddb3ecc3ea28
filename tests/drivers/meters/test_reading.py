"""The owner's own meters, asked over real connections: what they show, and what is told when they do not."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.errors import BadAnswer, Refused, Unreachable
from drivers.meters import reading, web
from drivers.meters.source import Meter, Place, Shown
from drivers.modbus_line import Lines
from tests.web_server import PASSWORD, USER, WebServer, dribble, redirect, silence

POWER, ENERGY = "meter_electric_power", "meter_electric_energy"
PRO_3EM = {
    "em:0": {"id": 0, "a_act_power": 400.1, "total_act_power": 1234.5},
    "emdata:0": {"id": 0, "total_act": 987654.3, "total_act_ret": 12.0},
    "sys": {"uptime": 5},
}
PLUS_1PM = {"switch:0": {"apower": 812.0, "aenergy": {"total": 45678.9, "by_minute": [1.0]}}, "wifi": {}}
PRO_EM = {
    "em1:0": {"act_power": 100.0},
    "em1data:0": {"total_act_energy": 5000.0},
    "em1:1": {"act_power": 200.0},
    "em1data:1": {"total_act_energy": 7000.0},
}
THREE_EM = {"emeters": [{"power": 10.0, "total": 100.0}, {"power": 20.0, "total": 200.0}, {"power": 0.0, "total": 0.5}]}
ONE_PM = {"meters": [{"power": 60.0, "is_valid": True, "total": 120000}]}


def shown(meter: Meter, secret: str = "") -> Shown:
    return reading.read(meter, secret, Lines())


def shelly(server: WebServer, **more: Any) -> Meter:
    return Meter("shelly", "electric", server.address, **more)


@pytest.mark.parametrize(
    ("pages", "channel", "power", "energy"),
    [
        ({"/rpc/Shelly.GetStatus": PRO_3EM}, "", 1.2345, 987.6543),
        ({"/rpc/Shelly.GetStatus": PLUS_1PM}, "", 0.812, 45.6789),
        ({"/rpc/Shelly.GetStatus": PRO_EM}, "em1:1", 0.2, 7.0),
        ({"/status": THREE_EM}, "", 0.03, 0.3005),
        ({"/status": ONE_PM}, "", 0.06, 2.0),
    ],
)
def test_a_shelly_of_every_generation_shows_kilowatts_and_kilowatt_hours(
    pages: dict[str, Any], channel: str, power: float, energy: float
) -> None:
    with WebServer(pages) as server:
        assert shown(shelly(server, channel=channel)).values == pytest.approx({POWER: power, ENERGY: energy})


def test_a_shelly_with_several_channels_asks_which_one() -> None:
    with WebServer({"/rpc/Shelly.GetStatus": PRO_EM}) as server:
        problem = shown(shelly(server)).problems[POWER]
    assert str(problem) == "this Shelly has several channels, choose one: em1:0, em1:1"


def test_a_shelly_that_only_counts_gives_no_power() -> None:
    with WebServer({"/rpc/Shelly.GetStatus": {"emdata:0": {"total_act": 5.0}, "em:0": {}}}) as server:
        assert shown(shelly(server)).values == {ENERGY: 0.005}


def test_something_else_is_no_shelly() -> None:
    with WebServer({"/rpc/Shelly.GetStatus": [1, 2], "/status": {"meters": None}}) as server:
        assert "no Shelly" in str(shown(shelly(server)).problems[POWER])


@pytest.mark.parametrize("protection", ["digest", "basic"])
def test_a_password_is_sent_as_the_meter_asks_for_it(protection: str) -> None:
    with WebServer({"/rpc/Shelly.GetStatus": PLUS_1PM}, protection) as server:
        assert shown(shelly(server, user=USER), PASSWORD).values[POWER] == 0.812
        assert server.sent[0] == ""  # nothing before it is asked for


@pytest.mark.parametrize("protection", ["digest", "basic", "bearer"])
def test_a_wrong_password_is_told_and_not_repeated(protection: str) -> None:
    with WebServer({"/rpc/Shelly.GetStatus": PLUS_1PM}, protection) as server:
        problem = shown(shelly(server, user=USER), "wrong word").problems[POWER]
    assert isinstance(problem, Refused)
    assert "wrong word" not in str(problem)


def test_a_token_is_a_bearer_token() -> None:
    with WebServer({"/v": {"p": 5}}, "bearer") as server:
        meter = Meter("json", "electric", f"{server.address}/v", {"power": Place("/p", "W")})
        assert shown(meter, PASSWORD).values == {POWER: 0.005}


CONTENT = {"a": [{"p~/": "1500.5", "t": True, "n": None}], "deep": {"e": 2.5}, "": 7}


@pytest.mark.parametrize(
    ("place", "unit", "value"),
    [
        ("/a/0/p~0~1", "W", 1.5005),
        ("deep.e", "kW", 2.5),
        ("/deep/e", "MW", None),
        ("a[0].t", "kW", None),
        ("/a/0/n", "kW", None),
        ("/a/1/p", "kW", None),
        ("/a/x", "kW", None),
        ("/deep", "kW", None),
        ("nowhere", "kW", None),
    ],
)
def test_a_value_of_json_is_a_number_at_its_place_or_a_reason(place: str, unit: str, value: float | None) -> None:
    with WebServer({"/v": CONTENT}) as server:
        found = shown(Meter("json", "electric", f"{server.address}/v", {"power": Place(place, unit)}))
    assert found.values == ({} if value is None else {POWER: value})
    assert (POWER in found.problems) == (value is None)


def test_one_missing_value_does_not_cost_the_other() -> None:
    places = {"power": Place("/p", "W"), "energy": Place("/e", "MWh")}
    with WebServer({"/v": {"e": 1.5}}) as server:
        found = shown(Meter("json", "heat", f"{server.address}/v", places))  # type: ignore[arg-type]
    assert found.values == {"meter_heat_energy": 1500.0}
    assert list(found.problems) == ["meter_heat_power"]


EXPOSITION = b"""# HELP power_watts Power.
# TYPE power_watts gauge
power_watts{phase="1",room="a \\"b\\""} 100
power_watts{phase="2"} 200
# TYPE energy_joules_total counter
energy_joules_total 7.2e6
odd NaN
"""


@pytest.mark.parametrize(
    ("selector", "value"),
    [
        ('power_watts{phase="2"}', 0.2),
        ('power_watts{room="a \\"b\\"", phase="1"}', 0.1),
        ("power_watts", None),
        ('power_watts{phase="3"}', None),
        ("odd", None),
        ("no selector at all", None),
        ("power_watts{phase=2}", None),
        ("energy_joules_total", 7200),
    ],
)
def test_a_sample_of_a_page_of_metrics_is_found_by_its_labels(selector: str, value: float | None) -> None:
    with WebServer({"/metrics": EXPOSITION}) as server:
        unit = "kW" if "total" in selector else "W"
        found = shown(Meter("prometheus", "electric", f"{server.address}/metrics", {"power": Place(selector, unit)}))
    if value == 7200:
        assert "is the unit right" in str(found.problems[POWER])  # joules are no kilowatts
    else:
        assert found.values == ({} if value is None else {POWER: value})


def vector(*values: object) -> dict[str, object]:
    return {
        "status": "success",
        "data": {"resultType": "vector", "result": [{"value": [1.5, each]} for each in values]},
    }


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (vector("2.5"), 2.5),
        ({"data": {"resultType": "scalar", "result": [1.5, "3"]}}, 3.0),
        (vector(), None),
        (vector("1", "2"), None),
        (vector("NaN"), None),
        ({"status": "error"}, None),
        (b"<html>", None),
    ],
)
def test_a_query_has_exactly_one_result(answer: object, value: float | None) -> None:
    with WebServer({"/p/api/v1/query?query=sum%28a%7Bb%3D%22c%22%7D%29": answer}) as server:
        places = {"power": Place('sum(a{b="c"})', "kW")}
        found = shown(Meter("promql", "heat", f"{server.address}/p/", places))  # type: ignore[arg-type]
    assert found.values == ({} if value is None else {"meter_heat_power": value})


@pytest.mark.parametrize("to", ["/v", "file:///etc/passwd", "https://127.0.0.1:1/", "http://127.0.0.1:1/"])
def test_no_redirect_is_followed(to: str) -> None:
    with WebServer({"/old": redirect(to), "/v": {"p": 1}}) as server:
        found = shown(Meter("json", "electric", f"{server.address}/old", {"power": Place("/p", "W")}))
        assert server.asked == ["/old"]
    assert "not followed" in str(found.problems[POWER])


def test_an_answer_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "TIMEOUT_S", 0.3)
    with WebServer({}) as server:
        server.pages = {"/slow": dribble(lambda: server), "/still": silence(lambda: server)}
        for path in server.pages:
            found = shown(Meter("json", "electric", server.address + path, {"power": Place("/p", "W")}))
            assert isinstance(found.problems[POWER], Unreachable)
            assert "did not answer within 0.3 s" in str(found.problems[POWER])


def test_an_answer_that_is_too_large_is_not_read() -> None:
    with WebServer({"/v?token=hush": b" " * (web.MOST_BYTES + 1)}) as server:
        found = shown(Meter("json", "electric", f"{server.address}/v?token=hush", {"power": Place("/p", "W")}))
    assert isinstance(found.problems[POWER], BadAnswer)
    assert "2000000 bytes" in str(found.problems[POWER])
    assert "hush" not in str(found.problems[POWER])
