"""A heat pump in its maker's cloud, polled by a running system: its interval, its times, and what is too old."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.config import Config
from app.services import control, heatpumps, status, values
from app.store.audit import Actor
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from drivers.base import simulated_place
from drivers.simulators.plant import Plant
from drivers.simulators.viessmann import ViessmannSimulator
from drivers.simulators.viessmann_answers import FAULTS
from tests.catalogue import named
from tests.history import polls_kept
from tests.waiting import eventually


@pytest.fixture
def cloud() -> Iterator[ViessmannSimulator]:
    model = named("viessmann/vitocal")
    with ViessmannSimulator(model, {"circuits": ("0",)}, Plant(1, start=time.time())) as simulator:
        yield simulator


@pytest.fixture
def polling(tmp_path: Path) -> Iterator[System]:
    system = assemble(Config(tmp_path, interval=1))
    system.start()
    yield system
    system.stop(5)


def _sent(cloud: ViessmannSimulator) -> dict[str, Any]:
    place = simulated_place(cloud.host, cloud.port) | {"timeout": 5}
    return {"name": "Haus am See", "manufacturer": "viessmann", "model": "vitocal", "connection_config": place}


def _again(system: System, pump: HeatPump, name: str) -> None:
    """A change of the heat pump begins its polling anew, with a poll at once."""
    heatpumps.change(system, pump.id, {"name": name})


def test_it_is_polled_once_and_not_again_within_two_minutes(polling: System, cloud: ViessmannSimulator) -> None:
    pump = heatpumps.add(polling, _sent(cloud))
    eventually(lambda: polling.latest.of(pump.id))
    assert polling.roster.interval_s(pump) == 120
    time.sleep(1.5)
    assert cloud.requests == 1
    assert polls_kept(polling.database.connection(), pump.id) == 1


def test_an_old_value_is_shown_with_its_own_time(polling: System, cloud: ViessmannSimulator) -> None:
    told = int(time.time()) - 3600
    cloud.machine.changed_at = told
    pump = heatpumps.add(polling, _sent(cloud))
    eventually(lambda: polling.latest.of(pump.id))
    model = polling.catalogue.named("viessmann/vitocal")
    assert model is not None
    shown = {each.sensor.id: each.at for each in values.of(polling, pump, model) if each.value is not None}
    assert shown["temp_outside"] == shown["operating_mode"] == told
    seen = status.of(polling, pump)
    assert seen.state == "online"
    assert seen.last_seen is not None
    assert seen.last_seen > told


def test_a_machine_that_fell_silent_is_lost_and_nothing_is_kept(polling: System, cloud: ViessmannSimulator) -> None:
    told = int(time.time()) - 3 * 3600
    cloud.machine.changed_at = told
    pump = heatpumps.add(polling, _sent(cloud))
    eventually(lambda: status.of(polling, pump).state == "offline")
    seen = status.of(polling, pump)
    assert "the heat pump has told it nothing since" in str(seen.reason)
    assert seen.last_seen == told
    assert polls_kept(polling.database.connection(), pump.id) == 0
    cloud.machine.changed_at = None
    _again(polling, pump, "Haus am Meer")
    eventually(lambda: status.of(polling, pump).state == "online")


def test_trouble_keeps_the_last_values_and_their_times(polling: System, cloud: ViessmannSimulator) -> None:
    pump = heatpumps.add(polling, _sent(cloud))
    eventually(lambda: polling.latest.of(pump.id))
    before = dict(polling.latest.of(pump.id))
    cloud.fault = FAULTS["gateway_offline"]
    _again(polling, pump, "Haus am Meer")
    eventually(lambda: status.of(polling, pump).state == "offline")
    assert "the gateway of the heat pump is offline" in str(status.of(polling, pump).reason)
    assert dict(polling.latest.of(pump.id)) == before
    assert polls_kept(polling.database.connection(), pump.id) == 1


def test_a_second_heat_pump_slows_the_first_one_down(polling: System, cloud: ViessmannSimulator) -> None:
    cloud.machines = 2
    first = heatpumps.add(polling, _sent(cloud))
    sent = _sent(cloud)
    sent["connection_config"] |= {"installation": "100002", "gateway": "7000000000000002"}
    second = heatpumps.add(polling, sent)
    assert polling.roster.interval_s(first) == polling.roster.interval_s(second) == 240
    assert polling.roster._intervals == {first.id: 240, second.id: 240}


def test_a_setting_goes_the_way_of_every_maker(polling: System, cloud: ViessmannSimulator) -> None:
    pump = heatpumps.add(polling, _sent(cloud))
    eventually(lambda: polling.latest.of(pump.id))
    actor = Actor("user", "berta")
    done = control.set_value(polling, actor, pump.id, "temp_hot_water_target", 46)
    assert done.kind == "confirmed", done
    assert cloud.machine.readout.value("temp_hot_water_target") == 46
    assert polling.latest.of(pump.id)["temp_hot_water_target"].value == 46
    posts = [each for each in cloud.asked if each.startswith("POST")]
    skipped = control.set_value(polling, actor, pump.id, "temp_hot_water_target", 46)
    assert skipped.kind in ("skipped", "denied")
    assert [each for each in cloud.asked if each.startswith("POST")] == posts
