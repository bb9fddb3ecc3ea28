"""The simulated ebusd answers as version 26 does, from the physics or from a recorded list."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from drivers.errors import OutOfRange
from drivers.simulators.ebusd import EbusdSimulator
from drivers.simulators.plant import Plant
from tests.clocks import Clock
from tests.drivers.ebusd_server import HOUSE, arotherm
from tests.drivers.simulators.conftest import at
from tests.servers import LOOPBACK

START = at("2024-01-15")


@pytest.fixture
def clock() -> Clock:
    return Clock(0.0)


@pytest.fixture
def simulator(clock: Clock) -> Iterator[EbusdSimulator]:
    options = {"circuits": ["1"], "zones": ["1"]}
    with EbusdSimulator(arotherm(), options, Plant(1, start=START), pinned={"temp_flow": 34.5}, clock=clock) as it:
        yield it


@pytest.fixture
def replayed() -> Iterator[EbusdSimulator]:
    more = "- 'hmu CopHc =  (ERR: invalid position for 3108b5 / 00)'\n# a comment\nhmu YieldHc = no data stored\n"
    with EbusdSimulator(arotherm(), {}, Plant(1, start=START), dump=(HOUSE + more).splitlines()) as it:
        yield it


def ask(simulator: EbusdSimulator, *questions: str) -> list[str]:
    """The answers over one connection, each ended by an empty line."""
    answers = []
    with socket.create_connection((LOOPBACK, simulator.port), timeout=5) as connection:
        incoming = connection.makefile("r", encoding="utf-8", newline="\n")
        for question in questions:
            connection.sendall(f"{question}\n".encode())
            lines = []
            while (line := incoming.readline()) not in ("\n", ""):
                lines.append(line.rstrip("\n"))
            answers.append("\n".join(lines))
    return answers


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("state", "signal acquired, 23 symbols/sec (166 max), 8 masters"),
        ("S", "signal acquired, 23 symbols/sec (166 max), 8 masters"),
        ("read -c hmu Nothing", "ERR: element not found"),
        ("read -c nobody Status01", "ERR: element not found"),
        ("read -c HMU STATUS01", "34.5;"),
        ("read -f -c hmu status01", "34.5;"),
        ("read -m 60 -n Status01", "34.5;"),
        ("r -c hmu Status01", "34.5;"),
        ("read", "usage: read"),
        ("read -x Status01", "usage: read"),
        ("read -m soon Status01", "usage: read"),
        ("read -m 90000 Status01", "usage: read"),
        ("write HwcTempDesired 50", "usage: write"),
        ("write -c ctlv2 HwcStorageTemp 50", "ERR: element not found"),
        ("write -c ctlv2 HwcTempDesired warm", "ERR: invalid numeric argument"),
        ("write -c ctlv2 HwcOpMode warm", "ERR: invalid numeric argument"),
        ("find -c nobody", "ERR: element not found"),
        ("find -x", "usage: find"),
        ("heat the house", "ERR: command not found"),
        ("quit", "connection closed"),
        ("", "usage:"),
        ('read -c "hmu" Status01', "34.5;"),
        ('read "', "ERR: element not found"),
    ],
)
def test_it_answers_as_ebusd_does(question: str, answer: str, simulator: EbusdSimulator) -> None:
    assert ask(simulator, question)[0].startswith(answer)


def test_find_lists_the_messages_of_a_circuit(simulator: EbusdSimulator) -> None:
    everything, exact, part = ask(simulator, "find -d", "find -e -c hmu Status01", "find -c ctl Hc1Flow")
    assert len(everything.splitlines()) > 40
    assert exact.startswith("hmu Status01 = 34.5;")
    assert part.startswith("ctlv2 Hc1FlowTemp = ")


def test_info_tells_the_version_and_who_is_on_the_bus(simulator: EbusdSimulator) -> None:
    info = ask(simulator, "info")[0].splitlines()
    assert info[0].startswith("version: ebusd 26")
    assert "signal: acquired" in info
    assert any(line.startswith("address ") and "ID=HMU" in line for line in info)


def test_what_is_written_is_read_back_and_the_plant_follows(simulator: EbusdSimulator) -> None:
    assert ask(simulator, "write -c ctlv2 HwcTempDesired 48.5", "read -c ctlv2 HwcTempDesired") == ["done", "48.5"]
    assert simulator.plant.quantities()["temp_hot_water_target"] == 48.5


def test_it_knows_no_limits_as_the_real_one(simulator: EbusdSimulator) -> None:
    assert ask(simulator, "write -c ctlv2 HwcTempDesired 999", "read -c ctlv2 HwcTempDesired") == ["done", "999"]
    assert simulator.plant.quantities()["temp_hot_water_target"] != 999
    assert ask(simulator, "write -c ctlv2 HwcTempDesired 50", "read -c ctlv2 HwcTempDesired") == ["done", "50"]


def test_it_remembers_as_long_as_one_allows(simulator: EbusdSimulator, clock: Clock) -> None:
    before = ask(simulator, "read -c hmu TotalEnergyUsage")[0]
    clock.now += 290
    assert ask(simulator, "read -c hmu TotalEnergyUsage") == [before]
    clock.now += 3600
    assert ask(simulator, "read -c hmu TotalEnergyUsage") != [before]


def test_with_a_dead_bus_it_still_gives_what_it_remembers(simulator: EbusdSimulator) -> None:
    ask(simulator, "read -c hmu Status01")
    simulator.signal = False
    state, remembered, forced, info = ask(simulator, "state", "read -c hmu Status01", "read -f -c hmu Status01", "info")
    assert (state, forced) == ("ERR: no signal", "ERR: no signal")
    assert remembered.startswith("34.5;")
    assert "signal: no signal" in info.splitlines()
    assert ask(simulator, "write -c ctlv2 HwcTempDesired 50") == ["ERR: no signal"]


def test_a_recorded_list_is_replayed(replayed: EbusdSimulator) -> None:
    assert ask(
        replayed, "read -c hmu Status01", "read -c ctlv2 Z1RoomTemp", "read -c hmu CopHc", "read -c hmu YieldHc"
    ) == ["34.5;30.0;-;-;-;on", "empty", "ERR: invalid position", "ERR: read timeout"]
    assert "hmu YieldHc" not in ask(replayed, "find -d")[0]
    assert "hmu YieldHc = no data stored" in ask(replayed, "find")[0]


def test_a_recorded_house_keeps_what_is_written(replayed: EbusdSimulator) -> None:
    assert ask(replayed, "write -c ctlv2 HwcTempDesired 47", "read -c ctlv2 HwcTempDesired") == ["done", "47"]
    assert ask(replayed, "write -c ctlv2 HwcTempDesired hot") == ["ERR: invalid numeric argument"]


def test_a_dump_without_messages_is_refused() -> None:
    with pytest.raises(ValueError, match="lists no messages"):
        EbusdSimulator(arotherm(), {}, Plant(1, start=START), dump=["version: ebusd 26.1"])


def test_a_pinned_value_that_no_message_holds_is_refused() -> None:
    with pytest.raises(OutOfRange):
        EbusdSimulator(arotherm(), {}, Plant(1, start=START), pinned={"status_code": "dancing"})
