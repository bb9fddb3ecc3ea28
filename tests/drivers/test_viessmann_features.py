"""From the cloud's features to values: units, states, what is not fitted, what is old, and what cannot be true."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.errors import BadAnswer, NotOffered
from drivers.viessmann_features import features_in, moment_of, sample
from tests.drivers.cloud import vitocal

MODEL = vitocal()
AT = "2025-11-21T13:03:00.000Z"
AT_S = 1_763_730_180


def _feature(name: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"feature": name, "isEnabled": True, "isReady": True, "timestamp": AT, "properties": properties} | more


def _property(value: Any, unit: str | None = None) -> dict[str, Any]:
    return {"type": "any", "value": value} | ({} if unit is None else {"unit": unit})


def _sample(sensor: str, *features: dict[str, Any]) -> tuple[Any, str | None]:
    found, problem = sample(MODEL.every_sensor[sensor], features_in({"data": list(features)}, "here"))
    return found.value, None if problem is None else str(problem)


def _outside(**properties: Any) -> dict[str, Any]:
    return _feature("heating.sensors.temperature.outside", properties)


CONNECTED = _property("connected")


@pytest.mark.parametrize(
    ("unit", "value"),
    [("celsius", 7.5), ("Celsius", 7.5), ("", 7.5), (None, 7.5), ("fahrenheit", None), ("kelvin", None), (7, None)],
)
def test_a_unit_that_is_not_the_expected_one_makes_no_value(unit: Any, value: float | None) -> None:
    found, problem = _sample("temp_outside", _outside(status=CONNECTED, value=_property(7.5, unit)))
    assert found == value
    assert (problem is None) == (value is not None)
    if problem is not None:
        assert problem == f"temp_outside: the cloud says {unit} instead of °C"


@pytest.mark.parametrize(
    ("sensor", "feature", "value", "unit", "means"),
    [
        ("power_current", "heating.compressors.0.heat.production.current", 4800, "watt", 4.8),
        ("power_current_draw", "heating.compressors.0.power.consumption.current", 1.523, "kilowatt", 1.523),
        ("flow_rate", "heating.sensors.volumetricFlow.allengra", 970, "liter", 970.0),
        ("flow_rate", "heating.sensors.volumetricFlow.allengra", 1820, "liter/hour", 1820.0),
        ("compressor_frequency", "heating.compressors.0.speed.current", 38.5, "revolutionsPerSecond", 38.5),
        ("inverter_power", "heating.inverters.0.sensors.power.output", 1508, "watt", 1.508),
    ],
)
def test_numbers_come_in_our_unit(sensor: str, feature: str, value: float, unit: str, means: float) -> None:
    assert _sample(sensor, _feature(feature, {"value": _property(value, unit)})) == (means, None)


def test_what_is_left_over_from_arithmetic_goes() -> None:
    dhw = _feature(
        "heating.power.consumption.summary.dhw", {"currentYear": _property(540.1999999999999, "kilowattHour")}
    )
    assert _sample("energy_electric_hot_water", dhw) == (540.2, None)


def test_of_a_list_the_named_entry_counts() -> None:
    total = _feature("heating.power.consumption.total", {"year": _property([1579.6, 2151.9], "kilowattHour")})
    assert _sample("energy_electric_total", total) == (1579.6, None)
    empty = _feature("heating.power.consumption.total", {"year": _property([], "kilowattHour")})
    assert _sample("energy_electric_total", empty) == (None, "energy_electric_total: the cloud delivers no value")


@pytest.mark.parametrize(
    ("feature", "problem"),
    [
        (_outside(status=_property("notConnected")), None),
        (_outside(status=_property("notConnected"), value=_property(0, "celsius")), None),
        (_outside(), None),
        (_outside() | {"isEnabled": False}, None),
        (_outside(value=_property(7.5)) | {"isReady": False}, "the cloud says that it is not ready"),
        (_outside(status=_property("error"), value=_property(7.5)), "the sensor is reported as error"),
        (_outside(value={"type": "number"}), "the cloud delivers no value"),
        (_outside(value=_property(None)), "the cloud delivers no value"),
        (_outside(value=_property("warm")), "the machine answers warm, which is no number"),
        (_outside(value=_property(True)), "the machine answers true, which is no number"),
        (_outside(value=_property([1, 2])), "the machine answers [1, 2], which is no number"),
        (_outside(value=_property({"a": 1})), 'the machine answers {"a": 1}, which is no number'),
        (_outside(value=_property(1e99)), "the machine answers 1e+99, which is no number"),
        (_feature("something.else", {}), "this heat pump has no feature heating.sensors.temperature.outside"),
    ],
)
def test_what_is_no_value_is_none_and_says_why(feature: dict[str, Any], problem: str | None) -> None:
    value, said = _sample("temp_outside", feature)
    assert value is None
    assert said == (None if problem is None else f"temp_outside: {problem}")


def test_zero_is_weather() -> None:
    assert _sample("temp_outside", _outside(status=CONNECTED, value=_property(0, "celsius"))) == (0.0, None)


def test_a_feature_that_is_not_there_is_not_offered() -> None:
    _, problem = sample(MODEL.every_sensor["temp_buffer"], {})
    assert isinstance(problem, NotOffered)


def test_an_unknown_word_stays_visible_and_is_a_problem() -> None:
    mode = _feature("heating.circuits.0.operating.modes.active", {"value": _property("dancing")})
    assert _sample("mode_circuit_0", mode) == (
        "dancing",
        "mode_circuit_0: the machine answers dancing, a word that this program does not know",
    )


def test_the_old_name_of_a_feature_serves_where_the_new_one_is_missing() -> None:
    old = _feature(
        "heating.dhw.sensors.temperature.hotWaterStorage",
        {"status": CONNECTED, "value": _property(50.9, "celsius")},
        deprecated={"removalDate": "2024-09-15", "info": "replaced by heating.dhw.sensors.temperature.dhwCylinder"},
    )
    new = _feature("heating.dhw.sensors.temperature.dhwCylinder", {"status": CONNECTED, "value": _property(47.5)})
    assert _sample("temp_hot_water", old, new) == (47.5, None)
    value, problem = _sample("temp_hot_water", old)
    assert value == 50.9
    assert problem == (
        "temp_hot_water: the maker wants to remove heating.dhw.sensors.temperature.hotWaterStorage from 2024-09-15 on"
        " (replaced by heating.dhw.sensors.temperature.dhwCylinder)"
    )


def test_errors_are_told_by_their_codes() -> None:
    def said(entries: list[dict[str, str]]) -> tuple[Any, str | None]:
        return _sample("error_code", _feature("device.messages.errors.raw", {"entries": _property(entries)}))

    assert said([]) == ("none", None)
    entries = [{"errorCode": "F.160", "timestamp": AT}, {"errorCode": "F.74"}, {"errorCode": "F.160"}]
    assert said(entries)[0] == "F.160, F.74"


def test_a_value_has_the_time_of_its_feature() -> None:
    found, _ = sample(MODEL.every_sensor["temp_outside"], {"heating.sensors.temperature.outside": _outside()})
    assert found.told_at == AT_S
    old = _outside(value=_property(3.5)) | {"timestamp": "2021-01-01T00:00:00Z"}
    found, _ = sample(MODEL.every_sensor["temp_outside"], {"heating.sensors.temperature.outside": old})
    assert (found.value, found.told_at) == (3.5, 1_609_459_200)


@pytest.mark.parametrize("timestamp", [None, 7, "", "yesterday", "2025-11-21", "2025-11-21T13:03:00", "9" * 40])
def test_a_time_that_is_none_is_unknown(timestamp: Any) -> None:
    assert moment_of(timestamp) is None


@pytest.mark.parametrize(
    "answer",
    [{}, {"data": None}, {"data": {}}, {"data": "x"}, {"data": [1]}, {"data": [{"feature": 1, "properties": {}}]},
     {"data": [{"feature": "a"}]}, {"data": [{"feature": "a", "properties": []}]}],
)  # fmt: skip
def test_what_is_no_list_of_features_is_refused_as_a_whole(answer: dict[str, Any]) -> None:
    with pytest.raises(BadAnswer, match="here answers what is no list of features"):
        features_in(answer, "here")


@pytest.mark.parametrize(
    ("features", "mode"),
    [
        ([("heating.compressors.0", {"active": False, "phase": "off"})], "standby"),
        ([("heating.compressors.0", {"active": True, "phase": "heating"})], "heating"),
        ([("heating.compressors.0", {"active": True, "phase": "defrost"})], "defrost"),
        ([("heating.compressors.0", {"active": True, "phase": "cooling"})], "cooling"),
        (
            [
                ("heating.compressors.0", {"active": True, "phase": "heating"}),
                ("heating.dhw.charging", {"active": True}),
            ],
            "hot_water",
        ),
        (
            [
                ("heating.compressors.0", {"active": True, "phase": "ready"}),
                ("heating.valves.fourThreeWay.position", {"value": "climateCircuitOne"}),
                ("heating.secondaryCircuit.operation.state", {"currentValue": "heating"}),
                ("heating.outdoor.defrosting", {"active": False}),
            ],
            "heating",
        ),
        ([("heating.compressors.0", {"active": True, "phase": "ready"})], None),
    ],
)
def test_what_the_machine_does_follows_from_its_features(
    features: list[tuple[str, dict[str, Any]]], mode: str | None
) -> None:
    from drivers.base import Answer
    from drivers.derive import with_derived

    known = features_in(
        {"data": [_feature(name, {key: _property(each) for key, each in held.items()}) for name, held in features]}, ""
    )
    sensors = MODEL.sensors(MODEL.default_options())
    pairs = {each.id: sample(each, known) for each in sensors if each.derived is None}
    answer = Answer(
        {name: found for name, (found, _) in pairs.items()},
        {name: problem for name, (_, problem) in pairs.items() if problem is not None},
    )
    found = with_derived(sensors, answer)
    assert found.samples["operating_mode"].value == mode
    if mode is not None:
        assert found.samples["operating_mode"].told_at == AT_S
