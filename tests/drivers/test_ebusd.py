"""The ebusd driver: messages by name, circuits found by asking, ages, errors told apart, and writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.base import Connection, Driver, Value
from drivers.errors import BadAnswer, NotOffered, OutOfRange, Refused, Unreachable
from drivers.model import Model
from drivers.registry import Drivers
from drivers.simulators.ebusd import EbusdSimulator
from drivers.simulators.plant import Plant
from tests.clocks import Clock
from tests.drivers.ebusd_server import HOUSE, EbusdServer, arotherm, saying
from tests.drivers.simulators.conftest import at
from tests.servers import LOOPBACK, refusing_port
from tests.waiting import eventually

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings" / "vaillant"
PATIENT_S = 5.0

Open = Callable[..., Driver]


@pytest.fixture(scope="module")
def model() -> Model:
    return arotherm()


@pytest.fixture
def server() -> Iterator[EbusdServer]:
    with EbusdServer() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(model: Model, clock: Clock) -> Iterator[Open]:
    drivers: list[Driver] = []

    def driver(server: EbusdSimulator, timeout_s: float = PATIENT_S, circuit: str = "hmu") -> Driver:
        drivers.append(Drivers(clock).open(model, Connection(LOOPBACK, server.port, 0, timeout_s, circuit)))
        return drivers[-1]

    yield driver
    for each in drivers:
        each.close()


def reads(server: EbusdSimulator) -> list[str]:
    return [question for question in server.asked if question.startswith("read")]


def values(driver: Driver, model: Model, *ids: str) -> dict[str, Value]:
    return driver.read([model.every_sensor[each] for each in ids]).values


def test_every_value_of_a_simulated_machine_arrives(model: Model, opened: Open) -> None:
    options = {"circuits": ["1", "2"], "zones": ["1"]}
    with EbusdSimulator(model, options, Plant(3, start=at("2024-01-15")), with_optional=True, clock=lambda: 0.0) as it:
        answer = opened(it).read(model.sensors(options))
        readout = it.readout
        expected = {each.id: readout.value(each.id) for each in model.sensors(options) if each.derived is None}
    assert {each: answer.values[each] for each in expected} == expected
    assert answer.values["operating_mode"] == "heating"
    assert answer.values["compressor_on"] == 1
    assert answer.requests == len(it.asked)


def test_a_message_is_asked_for_once_whatever_number_of_its_fields_is_wanted(
    model: Model, server: EbusdServer, opened: Open
) -> None:
    assert values(opened(server), model, "temp_flow", "temp_return", "pump_heating", "temp_storage") == {
        "temp_flow": 34.5, "temp_return": 30.0, "pump_heating": "on", "temp_storage": None,
    }  # fmt: skip
    assert reads(server) == ["read -m 30 -c hmu Status01"]


def test_the_raw_value_is_the_text_as_it_was_received(model: Model, server: EbusdServer, opened: Open) -> None:
    sensors = [model.every_sensor[each] for each in ("temp_flow", "error_code")]
    answer = opened(server).read(sensors)
    assert {each: answer.samples[each].raw for each in answer.samples} == {
        "temp_flow": "34.5",
        "error_code": "-;-;-;-;-",
    }


def test_what_hardly_changes_may_be_older_and_what_may_be_set_never_is(
    model: Model, server: EbusdServer, opened: Open
) -> None:
    values(opened(server), model, "temp_hot_water", "error_code", "temp_hot_water_target")
    assert reads(server) == [
        "read -m 30 -c ctlv2 HwcStorageTemp",
        "read -m 300 -c hmu Currenterror",
        "read -f -c ctlv2 HwcTempDesired",
    ]


def test_one_connection_stays_open_and_circuits_are_looked_for_once_an_hour(
    model: Model, server: EbusdServer, opened: Open, clock: Clock
) -> None:
    driver = opened(server)
    for _ in range(3):
        values(driver, model, "temp_flow")
    assert (server.connections, server.asked.count("find -d"), server.asked.count("state")) == (1, 1, 6)
    clock.now += 3601
    values(driver, model, "temp_flow")
    assert (server.asked.count("find -d"), server.asked.count("find")) == (2, 0)
    driver.close()
    assert eventually(lambda: server.open_connections == 0)


@pytest.mark.parametrize("name", ["ctlv2", "ctlv3", "basv", "basv3", "bass", "CTLS2", "720"])
def test_the_controller_is_found_whatever_it_is_called(name: str, model: Model, opened: Open) -> None:
    stray = "vr_71 HwcOpMode = auto\nscan.15 Id = 21;22\nMemory Ram = no data stored\n"
    with EbusdServer(HOUSE.replace("ctlv2", name) + stray) as server:
        assert values(opened(server), model, "temp_hot_water") == {"temp_hot_water": 48.5}
        assert f"read -m 30 -c {name} HwcStorageTemp" in server.asked


def test_a_controller_that_was_not_heard_yet_is_found_by_its_definition(model: Model, opened: Open) -> None:
    unheard = "\n".join(
        f"{line.partition('=')[0]}= no data stored" if line.startswith("ctlv2") else line for line in HOUSE.splitlines()
    )
    with EbusdServer(unheard) as server:
        answer = opened(server).read([model.every_sensor[each] for each in ("temp_flow", "temp_hot_water")])
        assert "read -m 30 -c ctlv2 HwcStorageTemp" in server.asked
        assert "read timeout" in str(answer.problems["temp_hot_water"])


def test_a_house_without_a_controller_lacks_its_sensors_and_nothing_else(model: Model, opened: Open) -> None:
    house = "\n".join(line for line in HOUSE.splitlines() if not line.startswith("ctlv2"))
    with EbusdServer(house) as server:
        answer = opened(server).read([model.every_sensor[each] for each in ("temp_flow", "temp_hot_water")])
        assert answer.values == {"temp_flow": 34.5, "temp_hot_water": None}
        assert isinstance(answer.problems["temp_hot_water"], NotOffered)


def test_two_heat_pumps_behind_one_ebusd_have_a_circuit_each(model: Model, opened: Open) -> None:
    with EbusdServer(HOUSE + "hmu2 Status01 = 51.0;45.5;-;-;-;hwc\n") as server:
        assert values(opened(server), model, "temp_flow") == {"temp_flow": 34.5}
        assert values(opened(server, circuit="HMU2"), model, "temp_flow") == {"temp_flow": 51.0}


def test_a_circuit_that_ebusd_does_not_know_is_told_with_those_it_knows(
    model: Model, server: EbusdServer, opened: Open
) -> None:
    with pytest.raises(BadAnswer, match="no circuit hmu7; it knows Broadcast, ctlv2, hmu"):
        values(opened(server, circuit="hmu7"), model, "temp_flow")


def test_what_the_house_lacks_is_asked_for_again_after_an_hour(
    model: Model, server: EbusdServer, opened: Open, clock: Clock
) -> None:
    driver = opened(server)
    for _ in range(3):
        answer = driver.read([model.every_sensor["flow_rate"]])
        assert answer.values == {"flow_rate": None}
        assert isinstance(answer.problems["flow_rate"], NotOffered)
    assert len(reads(server)) == 1
    clock.now += 3601
    driver.read([model.every_sensor["flow_rate"]])
    assert len(reads(server)) == 2


def test_what_older_machines_call_otherwise_is_found_there(model: Model, opened: Open) -> None:
    with EbusdServer(HOUSE + "hmu CompressorStarts = 2862\n") as server:
        answer = opened(server).read([model.every_sensor["compressor_starts"]])
        assert (answer.values, answer.problems) == ({"compressor_starts": 2862.0}, {})


def test_the_controllers_outdoor_temperature_comes_before_the_one_that_is_only_overheard(
    model: Model, server: EbusdServer, opened: Open
) -> None:
    driver = opened(server)
    assert values(driver, model, "temp_outside") == {"temp_outside": 7.25}
    server.script.append(("read -m 30 -c ctlv2 DisplayedOutsideTemp", saying("ERR: element not found")))
    assert values(driver, model, "temp_outside") == {"temp_outside": 6.5}


def test_without_a_signal_nothing_is_read_however_much_ebusd_remembers(
    model: Model, server: EbusdServer, opened: Open
) -> None:
    driver = opened(server)
    values(driver, model, "temp_flow")
    server.signal = False
    with pytest.raises(Unreachable, match="no signal from the eBUS"):
        values(driver, model, "temp_flow")
    assert len(reads(server)) == 1
    server.signal = True
    assert values(driver, model, "temp_flow") == {"temp_flow": 34.5}


def test_a_signal_that_is_lost_during_a_read_spoils_all_of_it(model: Model, server: EbusdServer, opened: Open) -> None:
    def unplugged(answer: bytes) -> list[bytes]:
        server.signal = False
        return [answer]

    server.script.append(("read", unplugged))
    with pytest.raises(Unreachable, match="no signal"):
        values(opened(server), model, "temp_flow")


def test_a_heat_pump_that_is_silent_on_the_bus_is_lost_and_nothing_that_was_overheard_is_shown(
    model: Model, server: EbusdServer, opened: Open
) -> None:
    driver = opened(server)
    everything = ("temp_flow", "status_code", "circulation_pump", "temp_hot_water")
    assert values(driver, model, *everything)["circulation_pump"] == 0
    for _ in range(2):
        server.script.append(("read -m 30 -c hmu Status01", saying("ERR: read timeout")))
        server.script.append(("read -m 30 -c hmu RunDataStatuscode", saying("ERR: SYN received")))
        with pytest.raises(Unreachable, match=r"the heat pump does not answer ebusd \(SYN received\)"):
            values(driver, model, *everything)
    assert values(driver, model, *everything)["temp_flow"] == 34.5


def test_a_heat_pump_that_is_silent_is_given_up_before_every_message_was_tried(
    model: Model, server: EbusdServer, opened: Open, clock: Clock
) -> None:
    def slow(_: bytes) -> list[bytes]:
        clock.now += 6
        return [b"ERR: read timeout\n\n"]

    server.script.extend([("read", slow)] * 50)
    with pytest.raises(Unreachable, match="does not answer ebusd"):
        opened(server).read(model.sensors({}))
    assert len(reads(server)) == 1


def test_a_message_that_fails_twice_on_the_bus_is_left_alone_for_a_while(
    model: Model, server: EbusdServer, opened: Open, clock: Clock
) -> None:
    driver = opened(server)
    for _ in range(3):
        server.script.append(("read -m 30 -c hmu FlowTemp", saying("ERR: read timeout")))
    for asked in (1, 2, 2, 2):
        answer = driver.read([model.every_sensor[each] for each in ("temp_flow", "temp_flow_live")])
        assert answer.values == {"temp_flow": 34.5, "temp_flow_live": None}
        assert "read timeout" in str(answer.problems["temp_flow_live"])
        assert sum("FlowTemp" in question for question in reads(server)) == asked
    server.script.clear()
    clock.now += 61
    assert values(driver, model, "temp_flow", "temp_flow_live")["temp_flow_live"] == 34.56


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERR: element not found", "does not offer hmu FlowTemp"),
        ("ERR: read timeout", r"no answer over the eBUS \(ebusd says: read timeout\)"),
        ("ERR: SYN received", "SYN received"),
        ("ERR: arbitration lost", "arbitration lost"),
        ("ERR: NAK received", "NAK received"),
        ("ERR: wrong symbol received", "wrong symbol"),
        ("ERR: invalid position in decode", r"cannot read the answer \(it says: invalid position in decode\)"),
        ("ERR: end of input reached", "end of input"),
        ("ERR: not authorized", "does not allow it"),
        ("ERR: invalid user name or secret", "does not allow it"),
        ("ERR: something of the year 2031", "something of the year 2031"),
        ("ERR:", "temp_flow_live"),
        ("4.32721e-42", "no number"),
        ("nan", "no number"),
        ("999", "implausible"),
        ("-999", "implausible"),
        ("warm", "no number"),
        ("34.5;30.0;-;-;-;on", "no such field"),
    ],
)
def test_a_message_without_a_value_says_why_and_leaves_the_others_alone(
    said: str, told: str, model: Model, server: EbusdServer, opened: Open
) -> None:
    driver = opened(server)
    server.script.append(("read -m 30 -c hmu FlowTemp", saying(said)))
    sensors = [model.every_sensor[each] for each in ("temp_flow", "temp_flow_live", "power_current_draw")]
    answer = driver.read(sensors)
    assert answer.values == {"temp_flow": 34.5, "temp_flow_live": None, "power_current_draw": 1.2}
    with pytest.raises((BadAnswer, Refused), match=told):
        raise answer.problems["temp_flow_live"]


@pytest.mark.parametrize("said", ["-", "empty", "no data stored", "", "ERR: no data stored"])
def test_nothing_is_no_value_and_no_error(said: str, model: Model, server: EbusdServer, opened: Open) -> None:
    server.script.append(("read -m 30 -c hmu FlowTemp", saying(said)))
    answer = opened(server).read([model.every_sensor["temp_flow_live"]])
    assert (answer.values, answer.problems) == ({"temp_flow_live": None}, {})


def test_errors_that_hold_stay_visible_as_ebusd_gives_them(model: Model, opened: Open) -> None:
    with EbusdServer(HOUSE.replace("-;-;-;-;-", "718;-;-;-;-")) as server:
        assert values(opened(server), model, "error_code", "error_state") == {
            "error_code": "718;-;-;-;-",
            "error_state": "fault",
        }


def test_a_setting_is_written_and_read_back_from_the_bus(model: Model, server: EbusdServer, opened: Open) -> None:
    driver = opened(server)
    target = model.every_sensor["temp_hot_water_target"]
    assert values(driver, model, "temp_hot_water_target") == {"temp_hot_water_target": 50.0}
    driver.write(target, 48.5)
    assert "write -c ctlv2 HwcTempDesired 48.5" in server.asked
    assert values(driver, model, "temp_hot_water_target") == {"temp_hot_water_target": 48.5}
    assert server.asked[-2] == "read -f -c ctlv2 HwcTempDesired"


def test_a_state_is_written_in_the_words_of_ebusd(model: Model, server: EbusdServer, opened: Open) -> None:
    driver = opened(server)
    driver.write(model.every_sensor["mode_hot_water"], "automatic")
    driver.write(model.every_sensor["mode_hot_water"], "night")
    assert [each for each in server.asked if each.startswith("write")] == [
        "write -c ctlv2 HwcOpMode auto",
        "write -c ctlv2 HwcOpMode night",
    ]


@pytest.mark.parametrize(
    ("sensor_id", "value"),
    [
        ("temp_hot_water_target", 999),
        ("temp_hot_water_target", 65.5),
        ("temp_hot_water_target", 34),
        ("temp_hot_water_target", float("nan")),
        ("temp_hot_water_target", "50; quit"),
        ("mode_hot_water", "manual"),
        ("mode_hot_water", "auto\nwrite -c ctlv2 HwcTempDesired 999"),
        ("temp_flow", 30),
        ("system_off", 1),
    ],
)
def test_a_value_outside_the_limits_never_reaches_ebusd(
    sensor_id: str, value: float | str, model: Model, server: EbusdServer, opened: Open
) -> None:
    with pytest.raises(OutOfRange):
        opened(server).write(model.every_sensor[sensor_id], value)
    assert server.asked == []


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        ("ERR: invalid numeric argument", Refused),
        ("ERR: argument value out of valid range", Refused),
        ("ERR: NAK received", Refused),
        ("ERR: element not found", Refused),
        ("ERR: not authorized", Refused),
        ("ERR: no signal", Unreachable),
        ("ERR: read timeout", BadAnswer),
        ("ERR: SYN received", BadAnswer),
        ("usage: write -c CIRCUIT NAME", BadAnswer),
    ],
)
def test_a_write_that_failed_is_never_taken_for_done_nor_sent_twice(
    said: str, failure: type[Exception], model: Model, server: EbusdServer, opened: Open
) -> None:
    driver = opened(server)
    server.script.append(("write", saying(said)))
    with pytest.raises(failure) as told:
        driver.write(model.every_sensor["temp_hot_water_target"], 48)
    assert type(told.value) is failure
    assert sum(question.startswith("write") for question in server.asked) == 1
    assert values(driver, model, "temp_flow") == {"temp_flow": 34.5}


def test_nothing_is_written_to_a_dead_bus(model: Model, server: EbusdServer, opened: Open) -> None:
    server.signal = False
    with pytest.raises(Unreachable, match="no signal"):
        opened(server).write(model.every_sensor["temp_hot_water_target"], 48)
    assert server.asked == ["state"]


def test_a_refused_connection_says_so(model: Model) -> None:
    with refusing_port() as port, pytest.raises(Unreachable, match="does ebusd run there"):
        Drivers().open(model, Connection(LOOPBACK, port, 0, PATIENT_S, "hmu")).read(model.sensors({}))


RECORDED: dict[str, dict[str, Value]] = {
    "arotherm_find.txt": {
        "error_state": "ok",
        "status_code": "hwc_compressor_active", "operating_mode": "hot_water", "temp_flow": 58.0, "temp_return": 54.5,
        "pump_heating": "hot_water", "temp_outside": 28.5977, "temp_hot_water": 45.5, "temp_room_zone_1": 22.9125,
        "power_current_draw": None, "temp_system_flow": None, "compressor_on": 1, "error_code": "none",
    },
    "basv_find.txt": {
        "operating_mode": "standby", "temp_outside": 26.6445, "temp_hot_water_target": 50.0, "system_off": 0,
        "compressor_starts": 4901.0,
        "energy_environment_heating": 18767.0, "temp_room_zone_1": None, "heating_curve_circuit_1": 0.7,
    },
    "arotherm_plus_2zone_discovery.yaml": {
        "temp_flow_circuit_2": 23.9375, "temp_room_zone_2": 26.4125, "mode_zone_2": "automatic", "cop_hot_water": 2.6,
    },
    "arotherm_plus_ctlv2_cooling_discovery.yaml": {
        "operating_mode": "cooling", "temp_flow_target": 17.0, "temp_flow_circuit_2": None,
        "hot_water_boost": "automatic", "energy_electric_heating": 4343.0, "energy_heat_heating": 26054.0,
    },
    "geniaset_bass3_discovery.yaml": {
        "status_code": None, "temp_outside": 26.0, "temp_storage": 42.5, "flow_rate": 1732.0, "temp_room_zone_1": None,
        "heating_limit_circuit_1": 28.0,
    },
}  # fmt: skip


@pytest.mark.skipif(not RECORDINGS.exists(), reason="recordings of real machines are not part of the project")
@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_house_is_read_as_ebusd_knew_it(name: str, model: Model, opened: Open) -> None:
    lines = (RECORDINGS / name).read_text(encoding="utf-8").splitlines()
    with EbusdSimulator(model, {}, Plant(1, start=0), dump=lines) as house:
        answer = opened(house).read(model.sensors({"circuits": ("1", "2", "3"), "zones": ("1", "2", "3")}))
    assert {each: answer.values[each] for each in RECORDED[name]} == RECORDED[name]
