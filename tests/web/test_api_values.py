"""/api/data: the last values, and how the heat pumps are doing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.store.heatpumps import HeatPump
from app.system import System
from drivers.errors import Unreachable
from tests.web.conftest import NOW
from tests.web.people import Visitor, lose, tell


def test_the_last_values_come_with_their_times(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    pump = add(enabled=True)
    tell(system, pump, NOW - 600, {"heating_curve_circuit_a": 0.6, "temp_outside": 5.0})
    tell(system, pump, NOW, {"temp_outside": 0.0, "operating_mode": "heating", "temp_flow": None, "compressor_on": 1})
    answer = owner.get(f"/api/data/{pump.id}").json
    assert answer.pop("performance")["texts"]["cop_now"]["note"]
    assert answer.pop("picture")["state"] == "heating"
    assert answer == {
        "id": "hp-001",
        "name": "Gebäude A",
        "manufacturer": "idm",
        "model": "navigator_2_0",
        "state": "online",
        "freshness": "fresh",
        "tone": "good",
        "text": "Online",
        "reason": None,
        "since": None,
        "at": NOW,
        "open_alerts": 0,
        "values": {
            "heating_curve_circuit_a": 0.6,
            "temp_outside": 0.0,
            "operating_mode": "heating",
            "temp_flow": None,
            "compressor_on": 1,
        },
        "times": {
            "heating_curve_circuit_a": NOW - 600,
            "temp_outside": NOW,
            "operating_mode": NOW,
            "temp_flow": NOW,
            "compressor_on": NOW,
        },
        "problems": {},
    }


def test_a_heat_pump_that_was_never_read_has_no_values(owner: Visitor, add: Callable[..., HeatPump]) -> None:
    seen = owner.get(f"/api/data/{add(enabled=True).id}").json
    assert (seen["state"], seen["at"], seen["values"], seen["times"]) == ("waiting", None, {}, {})


def test_a_lost_heat_pump_keeps_its_last_values_and_says_since_when(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    pump = add(enabled=True)
    tell(system, pump, NOW - 3600, {"temp_outside": 1.0})
    lose(system, pump, NOW - 3500, Unreachable("%(address)s closed the connection", address="127.0.0.1:9"))
    seen = owner.get(f"/api/data/{pump.id}").json
    assert (seen["state"], seen["freshness"], seen["since"], seen["at"]) == ("offline", "stale", NOW - 3500, NOW - 3600)
    assert (seen["text"], seen["tone"]) == ("Offline since 13:04", "bad")
    assert seen["reason"] == "127.0.0.1:9 closed the connection"
    assert seen["values"] == {"temp_outside": 1.0}


def test_all_heat_pumps_or_the_wanted_ones(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    for name in ("one", "two", "three"):
        tell(system, add(name), NOW, {"temp_outside": 1.0, "temp_flow": 30.0})
    everything = owner.get("/api/data").json["heatpumps"]
    assert [seen["name"] for seen in everything] == ["one", "two", "three"]
    assert "problems" not in everything[0]
    some = owner.get("/api/data?heatpump_id=hp-003&heatpump_id=hp-001&heatpump_id=hp-003").json["heatpumps"]
    assert [seen["id"] for seen in some] == ["hp-003", "hp-001"]


def test_one_unknown_heat_pump_among_the_wanted_is_not_found(owner: Visitor, add: Callable[..., HeatPump]) -> None:
    add()
    assert owner.get("/api/data?heatpump_id=hp-001&heatpump_id=hp-9").status_code == 404


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("temp_flow", {"temp_flow": 30.0}),
        ("temp_flow,nonsense", {"temp_flow": 30.0}),
        ("nonsense", {}),
        ("", {"temp_outside": 1.0, "temp_flow": 30.0}),
    ],
)
def test_a_page_may_ask_for_a_few_sensors_only(
    owner: Visitor, system: System, add: Callable[..., HeatPump], query: str, wanted: dict[str, float]
) -> None:
    tell(system, add(), NOW, {"temp_outside": 1.0, "temp_flow": 30.0})
    assert owner.get(f"/api/data?sensors={query}").json["heatpumps"][0]["values"] == wanted


def test_values_of_parts_that_are_no_longer_fitted_are_left_out(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    pump = add()
    tell(system, pump, NOW, {"temp_flow_circuit_a": 30.0, "temp_flow_circuit_b": 31.0})
    owner.send("PUT", f"/api/heatpumps/{pump.id}", {"device_config": {"circuits": ["A"]}})
    assert owner.get(f"/api/data/{pump.id}").json["values"] == {"temp_flow_circuit_a": 30.0}


def test_values_of_a_model_that_left_the_catalogue_are_still_told(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    pump = add()
    tell(system, pump, NOW, {"temp_outside": 1.0})
    with system.database.transaction() as db:
        db.execute("UPDATE heatpumps SET model = 'gone'")
    assert owner.get(f"/api/data/{pump.id}").json["values"] == {"temp_outside": 1.0}
