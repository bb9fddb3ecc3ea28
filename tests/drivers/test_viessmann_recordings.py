"""Our driver against recorded answers of real machines, where the folder VIESSMANN_RECORDINGS has them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from drivers.errors import NotOffered
from drivers.simulators.viessmann import ViessmannSimulator
from drivers.simulators.viessmann_answers import Said
from tests.drivers.cloud import UtcClock, accounts_in, driver_of, place, signed_in, simulated, vitocal

FOLDER = Path(os.environ.get("VIESSMANN_RECORDINGS", Path(__file__).parents[3] / "shared" / "recordings" / "viessmann"))
MACHINES = sorted(FOLDER.glob("Vitocal*.json"))
MODEL = vitocal()
EVERYTHING = {"circuits": ("0", "1", "2", "3")}

pytestmark = pytest.mark.skipif(not MACHINES, reason="the recordings are not at hand")


def _raw(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["feature"]: each for each in content["data"]}


@pytest.mark.parametrize("path", MACHINES, ids=[path.stem for path in MACHINES])
def test_a_recorded_machine_is_read(path: Path, tmp_path: Path) -> None:
    clock = UtcClock()
    content = path.read_bytes()
    with simulated(MODEL, clock) as cloud:
        accounts = accounts_in(tmp_path, clock)
        signed_in(accounts, cloud)
        cloud.faults.append(Said(200, content))
        answer = driver_of(MODEL, accounts, place(cloud), clock).read(MODEL.sensors(EVERYTHING))
    features = _raw(json.loads(content))
    for name in ("temp_outside", "temp_flow", "temp_return", "compressor_on", "compressor_hours", "compressor_starts"):
        assert answer.values[name] is not None, name
    outside = features["heating.sensors.temperature.outside"]["properties"]["value"]["value"]
    assert answer.values["temp_outside"] == outside
    assert answer.values["temp_hot_water"] is not None
    assert sum(value is not None for value in answer.values.values()) > 25
    circuits = features["heating.circuits"]["properties"]["enabled"]["value"]
    told = {sensor.id: answer.samples[sensor.id].value for sensor in MODEL.tellers()}
    assert MODEL.fitted(told)["circuits"] == circuits
    for name, problem in answer.problems.items():
        known = isinstance(problem, NotOffered) or "wants to remove" in str(problem)
        assert known, f"{name}: {problem}"


@pytest.mark.parametrize("name", ["device_offline", "gateway_offline", "error_500", "error_502", "rate_limit"])
def test_the_recorded_errors_are_understood(name: str, tmp_path: Path) -> None:
    from drivers.errors import Unreachable

    clock = UtcClock()
    content = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    with simulated(MODEL, clock) as cloud:
        _expect(cloud, tmp_path, clock, Said(content["statusCode"], json.dumps(content).encode()), Unreachable)


def _expect(cloud: ViessmannSimulator, folder: Path, clock: UtcClock, said: Said, kind: type[Exception]) -> None:
    accounts = accounts_in(folder, clock)
    signed_in(accounts, cloud)
    cloud.faults.append(said)
    with pytest.raises(kind):
        driver_of(MODEL, accounts, place(cloud), clock).read(MODEL.sensors(EVERYTHING))


def test_the_recorded_expired_token_is_renewed(tmp_path: Path) -> None:
    clock = UtcClock()
    with simulated(MODEL, clock) as cloud:
        accounts = accounts_in(tmp_path, clock)
        signed_in(accounts, cloud)
        cloud.faults.append(Said(401, (FOLDER / "expired_token.json").read_bytes()))
        answer = driver_of(MODEL, accounts, place(cloud), clock).read(MODEL.sensors(EVERYTHING))
    assert answer.values["temp_outside"] is not None
