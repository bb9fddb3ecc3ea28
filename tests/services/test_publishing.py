"""Values over MQTT against a real mosquitto: what arrives, what is taken back, and what happens without the broker."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.config import Config
from app.reading import Column, Reading
from app.services import heatpumps
from app.services.publishing import Publisher
from app.system import System, assemble
from tests.mosquitto import PASSWORD, USER, Mosquitto
from tests.waiting import eventually

COLUMNS = (
    Column("temp_outside", "°C", "float32"),
    Column("operating_mode", "", "text"),
    Column("compressor_on", "", "1"),
)


@pytest.fixture
def publishing(
    tmp_path: Path, idm: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[System, Publisher]]]:
    """An installation with one heat pump that has just been read; its values are published."""
    monkeypatch.setattr("app.services.publishing.SLOW_LOOK_S", 0.2)
    running: list[tuple[System, Publisher]] = []

    def begin(url: str, **settings: Any) -> tuple[System, Publisher]:
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        system = assemble(Config(folder, mqtt=url, **settings))
        if not heatpumps.all_of_them(system):
            heatpumps.add(system, idm | {"enabled": True})
            read(system)
        publisher = Publisher(system, pauses_s=(0.1,), look_s=0.05)
        publisher.start()
        running.append((system, publisher))
        return system, publisher

    yield begin
    for system, publisher in running:
        publisher.stop(10)
        system.database.close()


def read(system: System, outside: float | None = -7.5) -> None:
    system.latest.put(Reading("hp-001", int(system.clock()), COLUMNS, (outside, "heating", 0)))


def state(broker: Mosquitto) -> Any:
    return json.loads(broker.seen.get("heatpumps/hp-001/state", "null"))


def test_home_assistant_finds_every_sensor_with_its_meaning(
    broker: Mosquitto, publishing: Callable[..., tuple[System, Publisher]]
) -> None:
    _, publisher = publishing(f"mqtt://127.0.0.1:{broker.port}")
    assert eventually(lambda: "heatpumps/hp-001/availability" in broker.seen, 20)
    assert state(broker) == {"temp_outside": -7.5, "operating_mode": "heating", "compressor_on": 0}
    assert broker.seen["heatpumps/status"] == "online"
    told = json.loads(broker.seen["homeassistant/sensor/heatpumps_hp-001/temp_outside/config"])
    assert told["device"] == {
        "identifiers": ["heatpumps_hp-001"],
        "name": "Gebäude A",
        "manufacturer": "idm",
        "model": "navigator_2_0",
    }
    assert (told["unit_of_measurement"], told["device_class"], told["state_class"]) == (
        "°C",
        "temperature",
        "measurement",
    )
    assert told["unique_id"] == "heatpumps_hp-001_temp_outside"
    assert told["expire_after"] == 90
    assert [each["topic"] for each in told["availability"]] == ["heatpumps/status", "heatpumps/hp-001/availability"]
    mode = json.loads(broker.seen["homeassistant/sensor/heatpumps_hp-001/operating_mode/config"])
    assert mode["device_class"] == "enum"
    assert "heating" in mode["options"]
    assert "homeassistant/binary_sensor/heatpumps_hp-001/compressor_on/config" in broker.seen
    assert publisher.doing.connected
    assert publisher.doing.trouble is None


def test_a_new_reading_follows_and_an_absent_value_is_no_number(
    broker: Mosquitto, publishing: Callable[..., tuple[System, Publisher]]
) -> None:
    system, _ = publishing(f"mqtt://127.0.0.1:{broker.port}")
    assert eventually(lambda: state(broker) is not None, 20)
    read(system, 3.25)
    assert eventually(lambda: state(broker)["temp_outside"] == 3.25, 20)
    read(system, None)
    assert eventually(lambda: state(broker)["temp_outside"] is None, 20)


def test_what_goes_is_taken_back_also_what_an_earlier_life_left_there(
    broker: Mosquitto, publishing: Callable[..., tuple[System, Publisher]]
) -> None:
    left = "homeassistant/sensor/heatpumps_hp-009/temp_outside/config"
    broker.publish(left, {"state_topic": "heatpumps/hp-009/state"})
    other = "homeassistant/sensor/other/temperature/config"
    broker.publish(other, {"state_topic": "zigbee2mqtt/lamp"})
    assert eventually(lambda: {left, other} <= broker.seen.keys(), 20)
    system, _ = publishing(f"mqtt://127.0.0.1:{broker.port}")
    assert eventually(lambda: state(broker) is not None and left not in broker.seen, 20)
    heatpumps.remove(system, "hp-001")
    assert eventually(lambda: not any("hp-001" in topic for topic in broker.seen), 20)
    assert other in broker.seen


def test_a_lost_heat_pump_is_unavailable_and_so_is_everything_when_the_program_ends(
    broker: Mosquitto, publishing: Callable[..., tuple[System, Publisher]]
) -> None:
    from app.store import outages
    from drivers.errors import Unreachable

    system, publisher = publishing(f"mqtt://127.0.0.1:{broker.port}")
    availability = "heatpumps/hp-001/availability"
    assert eventually(lambda: broker.seen.get(availability) == "online", 20)
    with system.database.transaction() as db:
        outages.begin(db, "hp-001", int(system.clock()), Unreachable("nobody answers"))
    assert eventually(lambda: broker.seen.get(availability) == "offline", 20)
    assert publisher.stop(10)
    assert eventually(lambda: broker.seen.get("heatpumps/status") == "offline", 20)


def test_a_broker_that_comes_back_gets_everything_that_holds_then(
    broker: Mosquitto, publishing: Callable[..., tuple[System, Publisher]], caplog: pytest.LogCaptureFixture
) -> None:
    system, publisher = publishing(f"mqtt://127.0.0.1:{broker.port}")
    assert eventually(lambda: state(broker) is not None, 20)
    broker.stop()
    assert eventually(lambda: publisher.doing.trouble is not None, 20)
    assert not publisher.doing.connected
    read(system, 1.5)
    read(system, 2.5)
    broker.seen.clear()
    broker.start()
    assert eventually(lambda: (state(broker) or {}).get("temp_outside") == 2.5, 20)
    assert eventually(lambda: "homeassistant/sensor/heatpumps_hp-001/temp_outside/config" in broker.seen, 20)
    assert caplog.text.count("values are not published over MQTT") == 1


def test_a_wrong_password_is_said_in_words_and_never_shown(
    tmp_path: Path, publishing: Callable[..., tuple[System, Publisher]], caplog: pytest.LogCaptureFixture
) -> None:
    broker = Mosquitto(tmp_path, password=True)
    broker.start()
    try:
        address = f"mqtt://127.0.0.1:{broker.port}"
        _, publisher = publishing(address, mqtt_user=USER, mqtt_password="wrong one")
        assert eventually(lambda: publisher.doing.trouble is not None, 20)
        assert "does not accept the user and password" in str(publisher.doing.trouble)
        assert "wrong one" not in caplog.text
        _, second = publishing(address, mqtt_user=USER, mqtt_password=PASSWORD)
        assert eventually(lambda: second.doing.connected, 20)
    finally:
        broker.stop()


def test_tls_is_trusted_by_its_authority_only(
    tmp_path: Path, publishing: Callable[..., tuple[System, Publisher]]
) -> None:
    broker = Mosquitto(tmp_path, tls=True)
    broker.start()
    try:
        address = f"mqtts://127.0.0.1:{broker.port}"
        _, stranger = publishing(address)
        assert eventually(lambda: stranger.doing.trouble is not None, 20)
        assert "a certificate that is not to be trusted" in str(stranger.doing.trouble)
        _, publisher = publishing(address, mqtt_ca=str(broker.authority))
        assert eventually(lambda: publisher.doing.connected, 20)
        assert eventually(lambda: state(broker) is not None, 20)
    finally:
        broker.stop()


def test_a_broker_that_says_nothing_delays_nobody(publishing: Callable[..., tuple[System, Publisher]]) -> None:
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        system, publisher = publishing(f"mqtt://127.0.0.1:{silent.getsockname()[1]}")
        done = threading.Event()
        threading.Thread(target=lambda: (read(system, 4.0), done.set())).start()
        assert done.wait(5)
        assert publisher.doing.trouble is None or not publisher.doing.connected
