"""Commands over MQTT, through a real mosquitto to a real socket: never unwanted, never late, never without bounds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.config import Config
from app.mqtt import controls
from app.services import heatpumps, write_permissions
from app.services.mqtt_commands import LATEST_S, MOST_A_MINUTE, MOST_WAITING, Commands
from app.services.publishing import Publisher
from app.store.audit import Actor
from tests.catalogue import CATALOGUE
from tests.mosquitto import PASSWORD, USER, Mosquitto
from tests.servers import properly, silence
from tests.services.controlled import BERTA, House, controlled
from tests.waiting import eventually

TARGET = "temp_hot_water_target"
RESULT = "heatpumps/hp-001/result"

Commanded = Callable[..., tuple[House, Publisher]]


@pytest.fixture
def commanded(tmp_path: Path, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> Iterator[Commanded]:
    """A house whose heat pump was read, and what takes commands for it."""
    monkeypatch.setattr("app.services.publishing.SLOW_LOOK_S", 0.1)
    open_ones: list[Any] = []

    def begin(**settings: Any) -> tuple[House, Publisher]:
        chosen: dict[str, Any] = {"mqtt": f"mqtt://127.0.0.1:{broker.port}", "mqtt_commands": True, **settings}
        held = controlled(tmp_path, **chosen)
        house = held.__enter__()
        open_ones.append(lambda: held.__exit__(None, None, None))
        assert house.poll()
        publisher = Publisher(house.system, pauses_s=(0.1,), look_s=0.05)
        publisher.start()
        open_ones.append(lambda: publisher.stop(10))
        assert eventually(lambda: "heatpumps/hp-001/availability" in broker.seen, 20)
        return house, publisher

    yield begin
    for close in reversed(open_ones):
        close()


def order(broker: Mosquitto, content: str | bytes, sensor: str = TARGET, **how: Any) -> None:
    broker.say(f"heatpumps/hp-001/set/{sensor}", content, **how)


def results(broker: Mosquitto, count: int = 1) -> list[dict[str, Any]]:
    assert eventually(lambda: len(broker.told(RESULT)) >= count, 20), broker.told(RESULT)
    return broker.told(RESULT)


def described(broker: Mosquitto, component: str, sensor: str) -> Any:
    told = broker.seen.get(f"homeassistant/{component}/heatpumps_hp-001/{sensor}/config")
    return None if told is None else json.loads(told)


def test_home_assistant_is_offered_what_may_be_written_with_its_limits(
    broker: Mosquitto,
    commanded: Commanded,
) -> None:
    commanded()
    number = described(broker, "number", TARGET)
    assert (number["min"], number["max"], number["step"], number["unit_of_measurement"]) == (0, 30, 1, "°C")
    assert number["command_topic"] == f"heatpumps/hp-001/set/{TARGET}"
    assert number["state_topic"] == "heatpumps/hp-001/state"
    assert number["retain"] is False
    assert described(broker, "select", "system_mode")["options"] == ["standby", "automatic"]
    assert described(broker, "switch", "charge_once")["payload_on"] == "ON"
    fed = described(broker, "number", "fed_temperature")
    assert (fed["min"], fed["max"]) == (-1, 80), "the value that ends it must be within reach"
    assert described(broker, "sensor", TARGET) is not None, "the value stays a sensor"
    assert described(broker, "number", "temp_outside") is None


def test_what_one_source_describes_is_offered_only_while_the_owner_allows_it(
    broker: Mosquitto,
    commanded: Commanded,
) -> None:
    house, _ = commanded()
    assert eventually(lambda: described(broker, "number", TARGET) is not None, 20)
    assert described(broker, "number", "heating_curve") is None
    order(broker, "1.5", "heating_curve")
    assert "only one source" in results(broker)[0]["text"]
    write_permissions.permit(house.system, BERTA, house.pump.id, "heating_curve", True)
    assert eventually(lambda: described(broker, "number", "heating_curve") is not None, 20)
    assert described(broker, "number", "heating_curve")["step"] == 0.1
    write_permissions.permit(house.system, BERTA, house.pump.id, "heating_curve", False)
    assert eventually(lambda: described(broker, "number", "heating_curve") is None, 20)


@pytest.mark.parametrize(
    ("sensor", "content", "written"),
    [(TARGET, "25", (1, (25,))), (TARGET, " 25.0 ", (1, (25,))), ("system_mode", "standby", (2, (0,)))],
)
def test_a_command_is_written_read_back_and_told(
    broker: Mosquitto,
    commanded: Commanded,
    sensor: str,
    content: str,
    written: tuple[int, tuple[int, ...]],
) -> None:
    house, _ = commanded()
    order(broker, content, sensor)
    (told,) = results(broker)
    assert (told["outcome"], told["sensor"], told["sent"]) == ("confirmed", sensor, content)
    assert told["text"] == "it was written and read back"
    assert house.writes() == [written]
    (entry,) = house.audit()
    assert (entry.intent.actor, entry.outcome, entry.id) == (Actor("program", "mqtt"), "confirmed", told["audit_id"])
    new = told["read_back"]
    assert eventually(lambda: json.loads(broker.seen["heatpumps/hp-001/state"])[sensor] == new, 20)


def test_results_are_told_to_those_who_listen_and_not_kept(broker: Mosquitto, commanded: Commanded) -> None:
    commanded()
    order(broker, "25")
    results(broker)
    late = broker.listener(RESULT, "heatpumps/status")  # the broker sends what it kept in this order
    assert eventually(lambda: "heatpumps/status" in late, 20)
    assert RESULT not in late


def test_a_switch_is_switched_by_the_words_of_home_assistant(broker: Mosquitto, commanded: Commanded) -> None:
    house, _ = commanded()
    order(broker, "ON", "charge_once")
    assert results(broker)[0]["outcome"] == "confirmed"
    order(broker, "OFF", "charge_once")
    assert results(broker, 2)[1]["outcome"] == "confirmed"
    assert house.writes() == [(8, (1,)), (8, (0,))]


@pytest.mark.parametrize(
    ("sensor", "content", "said"),
    [
        (TARGET, "31", "above the maximum 30"),
        (TARGET, "-1", "below the minimum 0"),
        (TARGET, "20.5", "not a multiple of 1"),
        (TARGET, "25,0", "is not a number"),
        (TARGET, "nan", "is not a number"),
        (TARGET, "1e999", "is not a number"),
        (TARGET, b"\xff\x00\xfe", "is not a number"),
        (TARGET, "9" * 5_000, "is not a number"),
        (TARGET, '{"value": 25}', "is not a number"),
        ("system_mode", "away", "not one of standby, automatic"),
        ("system_mode", "0", "not one of standby, automatic"),
        ("charge_once", "2", "above the maximum 1"),
        ("temp_outside", "20", "can only be read"),
        ("no_such_sensor", "20", "has no sensor"),
    ],
)
def test_what_must_not_be_is_denied_and_never_on_the_wire(
    broker: Mosquitto,
    commanded: Commanded,
    sensor: str,
    content: str | bytes,
    said: str,
) -> None:
    house, _ = commanded()
    asked = len(house.server.requests)
    order(broker, content, sensor)
    (told,) = results(broker)
    assert told["outcome"] == "denied"
    assert said in told["text"]
    assert len(house.server.requests) == asked
    assert [(each.outcome, each.reached) for each in house.audit()] == [("denied", False)]


def test_it_is_said_in_the_language_of_the_descriptions(broker: Mosquitto, commanded: Commanded) -> None:
    commanded(mqtt_language="de")
    order(broker, "31")
    assert results(broker)[0]["text"] == "Warmwasser-Solltemperatur: 31 liegt über dem Maximum 30"


def test_nothing_is_taken_unless_the_settings_say_so(broker: Mosquitto, commanded: Commanded) -> None:
    broker.publish(f"homeassistant/number/heatpumps_hp-001/{TARGET}/config", {"state_topic": "heatpumps/hp-001/state"})
    house, publisher = commanded(mqtt_commands=False)
    assert publisher.commands is None
    assert not Config(house.system.config.folder).mqtt_commands
    order(broker, "25")
    assert eventually(lambda: described(broker, "number", TARGET) is None, 20), "what was offered before is taken back"
    assert not any("command_topic" in content for content in broker.seen.values())
    assert broker.told(RESULT) == []
    assert house.writes() == []
    assert house.audit() == []


def test_a_command_that_the_broker_kept_is_not_carried_out(broker: Mosquitto, commanded: Commanded) -> None:
    order(broker, "25", retain=True)
    house, publisher = commanded()
    (told,) = results(broker)
    assert told["outcome"] == "refused"
    assert "without retain" in told["text"]
    order(broker, "", retain=True)  # taking it away is no command
    order(broker, "24")
    assert [each["outcome"] for each in results(broker, 2)] == ["refused", "confirmed"]
    assert house.writes() == [(1, (24,))]
    assert (publisher.commands is not None) and publisher.commands.counts.refused == 1


def test_nothing_is_written_while_writing_is_stopped(broker: Mosquitto, commanded: Commanded) -> None:
    house, _ = commanded()
    write_permissions.stop(house.system, BERTA)
    order(broker, "25")
    (told,) = results(broker)
    assert (told["outcome"], told["reason"]) == ("denied", "stopped")
    assert "berta" in told["text"]
    assert house.writes() == []


def test_the_budget_of_a_register_that_wears_holds_here_too(broker: Mosquitto, commanded: Commanded) -> None:
    house, _ = commanded(writes_per_day=1)
    order(broker, "25")
    assert results(broker)[0]["outcome"] == "confirmed"
    house.later(61)
    order(broker, "26")
    told = results(broker, 2)[1]
    assert (told["outcome"], told["reason"]) == ("denied", "budget")
    assert house.writes() == [(1, (25,))]


def test_a_value_that_does_not_come_back_is_not_told_as_done(broker: Mosquitto, commanded: Commanded) -> None:
    house, _ = commanded()
    house.unmoved(1, properly)
    order(broker, "25")
    assert results(broker)[0]["outcome"] == "unconfirmed"
    house.server.rules.append((lambda _: True, silence))
    order(broker, "automatic", "system_mode")
    order(broker, "standby", "system_mode")
    assert {each["outcome"] for each in results(broker, 3)[1:]} <= {"failed", "refused"}


def test_an_unknown_heat_pump_is_told_and_nobody_falls_over_it(broker: Mosquitto, commanded: Commanded) -> None:
    house, _ = commanded()
    broker.say("heatpumps/hp-999/set/temp", "1")
    assert eventually(lambda: broker.told("heatpumps/hp-999/result"), 20)
    assert broker.told("heatpumps/hp-999/result")[0]["outcome"] == "denied"
    order(broker, "25")
    assert results(broker)[0]["outcome"] == "confirmed"
    assert house.writes() == [(1, (25,))]


def test_a_disabled_heat_pump_is_not_written_to(broker: Mosquitto, commanded: Commanded) -> None:
    house, _ = commanded()
    heatpumps.change(house.system, "hp-001", {"enabled": False})
    order(broker, "25")
    assert results(broker)[0]["reason"] == "disabled"
    assert house.writes() == []


def test_a_flood_is_bounded_and_the_newest_command_wins(broker: Mosquitto, commanded: Commanded) -> None:
    house, publisher = commanded()
    reader = house.system.poller.reader("hp-001")
    assert reader is not None
    with reader.writing():  # so that all of them come while the first one waits for its turn
        order(broker, "1")
        assert eventually(lambda: publisher.commands is not None and publisher.commands._busy == {"hp-001"}, 20)
        for value in (*range(2, 30), 17):
            order(broker, str(value))
        assert len(results(broker, 28)) == 28
    told = results(broker, 30)
    assert {each["outcome"] for each in told[:28]} == {"refused"}
    assert {each["text"] for each in told[:28]} == {"a newer command for this setting came"}
    first, last = told[28:]
    assert (first["sent"], first["outcome"]) == ("1", "confirmed")
    assert (last["sent"], last["outcome"], last["reason"]) == ("17", "denied", "budget"), "the pause of the register"
    assert len(house.audit()) == 2


def test_a_heat_pump_that_hangs_holds_up_neither_polls_nor_the_connection(
    broker: Mosquitto,
    commanded: Commanded,
) -> None:
    house, publisher = commanded()
    reader = house.system.poller.reader("hp-001")
    assert reader is not None
    with reader.writing():  # somebody else's write does not end
        order(broker, "25")
        assert eventually(lambda: publisher.commands is not None and publisher.commands._busy == {"hp-001"}, 20)
        assert house.poll()
        states = publisher.doing.published
        house.later(1)
        house.poll()
        assert eventually(lambda: publisher.doing.published > states, 20)
    assert results(broker)[0]["outcome"] == "confirmed"


def test_commands_of_a_time_without_a_connection_are_not_carried_out_later(
    broker: Mosquitto,
    commanded: Commanded,
) -> None:
    house, publisher = commanded()
    assert publisher.stop(10)
    order(broker, "25")
    again = Publisher(house.system, pauses_s=(0.1,), look_s=0.05)
    again.start()
    try:
        assert eventually(lambda: again.doing.connected, 20)
        order(broker, "24")
        (told,) = results(broker)
        assert (told["sent"], told["outcome"]) == ("24", "confirmed")
    finally:
        assert again.stop(10)
    assert house.writes() == [(1, (24,))]


def test_a_broker_that_was_away_gets_its_commands_through_again(broker: Mosquitto, commanded: Commanded) -> None:
    _, publisher = commanded()
    broker.stop()
    assert eventually(lambda: publisher.doing.trouble is not None, 20)
    assert publisher.doing.since is None
    broker.seen.clear()
    broker.start()
    assert eventually(lambda: described(broker, "number", TARGET) is not None, 20)
    order(broker, "25")
    assert results(broker)[0]["outcome"] == "confirmed"
    assert publisher.doing.since is not None


def test_a_wrong_password_takes_no_commands_and_is_said_in_words(tmp_path: Path) -> None:
    strict = Mosquitto(tmp_path, password=True)
    strict.start()
    try:
        wrong = {"mqtt_user": USER, "mqtt_password": f"{PASSWORD}?"}
        with controlled(tmp_path, mqtt=f"mqtt://127.0.0.1:{strict.port}", mqtt_commands=True, **wrong) as house:
            publisher = Publisher(house.system, pauses_s=(0.1,), look_s=0.05)
            publisher.start()
            assert eventually(lambda: publisher.doing.trouble is not None, 20)
            order(strict, "25")
            assert "does not accept the user and password" in str(publisher.doing.trouble)
            assert publisher.stop(10)
            assert house.writes() == []
    finally:
        strict.stop()


class Watch:
    """A clock in the hand of a test, in monotonic seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[tuple[House, Commands, Watch]]:
    """Commands that nobody carries out before `start`."""
    watch = Watch()
    with controlled(tmp_path) as house:
        commands = Commands(house.system, watch)
        yield house, commands, watch
        commands.end()
        commands.wait(10)


def words(commands: Commands) -> list[tuple[str, str, str]]:
    found = [json.loads(each.content) for each in commands.results()]
    return [(each["sent"], each["outcome"], each["text"]) for each in found]


def test_a_command_that_waited_too_long_is_not_carried_out(waiting: tuple[House, Commands, Watch]) -> None:
    house, commands, watch = waiting
    commands.take("hp-001", TARGET, b"25", retained=False)
    watch.now = LATEST_S + 1
    commands.start()
    assert eventually(lambda: commands.counts.refused == 1, 20)
    assert words(commands) == [("25", "refused", "it could not begin for 61 s, which is too late")]
    assert house.writes() == []


def test_only_so_many_settings_wait(waiting: tuple[House, Commands, Watch]) -> None:
    _, commands, _ = waiting
    for number in range(MOST_WAITING + 5):
        commands.take("hp-001", f"sensor_{number}", b"1", retained=False)
    commands.take("hp-001", "sensor_0", b"2", retained=False)
    said = [text for _, _, text in words(commands)]
    assert said == [f"{MOST_WAITING} commands wait already"] * 5 + ["a newer command for this setting came"]


def test_only_so_many_commands_a_minute_reach_the_log_of_changes(waiting: tuple[House, Commands, Watch]) -> None:
    house, commands, watch = waiting
    commands.start()
    for number in range(MOST_A_MINUTE + 5):
        commands.take("hp-001", TARGET, b"99", retained=False)
        assert eventually(lambda number=number: commands.counts.answered + commands.counts.refused > number, 20)
    assert len(house.audit()) == MOST_A_MINUTE
    assert words(commands)[-1] == ("99", "refused", f"more than {MOST_A_MINUTE} commands came within a minute")
    watch.now = 60.0
    commands.take("hp-001", TARGET, b"99", retained=False)
    assert eventually(lambda: len(house.audit()) == MOST_A_MINUTE + 1, 20)


def test_every_setting_of_the_catalogue_can_be_described() -> None:

    for model in CATALOGUE:
        for sensor in (each for each in model.every_sensor.values() if each.write is not None):
            component, told = controls.offered_as(sensor)
            assert component in ("number", "select", "switch")
            if component == "number":
                assert told["min"] < told["max"], sensor.id
                assert told["step"] <= told["max"] - told["min"], sensor.id
            if component == "select":
                assert told["options"], sensor.id
