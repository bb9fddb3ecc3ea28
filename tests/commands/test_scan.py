"""`scan` finds heat pumps in a private network, names them, and writes nothing."""

import json

import pytest
from click.testing import CliRunner

from app.commands import main
from drivers.simulators.plant import Plant
from drivers.simulators.simulator import simulator_of
from tests.catalogue import named
from tests.servers import ModbusServer, speaking

WINTER = 1_705_276_800


@pytest.fixture
def machines():
    started = []
    for number, name in enumerate(("idm/navigator_2_0", "nibe/s_series")):
        model = named(name)
        simulator = simulator_of(model, model.default_options(), Plant(1, start=WINTER), host=f"127.0.0.{number + 3}")
        simulator.start()
        started.append(simulator)
    yield started
    for simulator in started:
        simulator.stop()


def scan(*arguments):
    return CliRunner().invoke(main, ["scan", *map(str, arguments)])


def test_machines_are_named_with_their_addresses(machines):
    idm, nibe = machines
    result = scan("127.0.0.0/28", "--port", idm.port, "--port", nibe.port)
    assert result.exit_code == 0, result.output
    assert "Only reads, never writes." in result.output
    assert f"127.0.0.3:{idm.port}" in result.output
    assert "idm/navigator_2_0 (iDM Navigator 2.0, unit 1)" in result.output
    assert "nibe/s_series (NIBE S-Series, unit 1)" in result.output
    assert result.output.splitlines()[-1].startswith("2 heat pumps at 14 addresses, in ")


def test_as_json_every_answer_has_its_place(machines):
    idm, _ = machines
    with speaking(b"SSH-2.0-OpenSSH_9.2\r\n") as shell:
        result = scan("127.0.0.0/29", "--port", idm.port, "--port", shell, "--json")
    answer = json.loads(result.stdout)
    assert (answer["addresses"], answer["ports"]) == (6, [idm.port, shell])
    assert answer["seconds"] < 30
    assert answer["found"] == [
        {
            "host": "127.0.0.1", "port": shell, "says": "foreign", "protocol": "luxtronik",
            "manufacturer": None, "model": None, "alike": [], "unit_id": None, "framing": None,
            "machine": None,
        },
        {
            "host": "127.0.0.3", "port": idm.port, "says": "model", "protocol": "modbus_tcp",
            "manufacturer": "idm", "model": "navigator_2_0", "alike": [], "unit_id": 1, "framing": None,
            "machine": None,
        },
    ]  # fmt: skip


def test_a_machine_without_a_model_is_told_by_name_and_nothing_is_written():
    with ModbusServer(holding={1002: (0, 0x420C), 1005: (1,)}) as server:
        result = scan("127.0.0.1", "--port", server.port)
        assert not {request.function for request in server.requests} - {1, 2, 3, 4, 43}
    assert result.exit_code == 1
    assert "iDM Navigator 1.x: no model of it here" in result.output


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ("8.8.8.0/24", "8.8.8.0/24 is not a private network: only 10.x, 172.16–31.x, 192.168.x"),
        ("10.0.0.0/8", "10.0.0.0/8 has 16777216 addresses"),
        ("home", "home is not a network such as 192.168.1.0/24"),
    ],
)
def test_what_is_not_searched_is_said_in_one_sentence(network, said):
    result = scan(network)
    assert result.exit_code == 1
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_free_network_ends_with_nothing_found():
    result = scan("127.0.0.9", "--port", 9)
    assert result.exit_code == 1
    assert result.output.splitlines()[-1].startswith("0 heat pumps at 1 addresses")
