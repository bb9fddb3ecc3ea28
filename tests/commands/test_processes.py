"""The program as its users start it: real processes, real sockets, real signals."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import requests

from tests.servers import ModbusServer
from tests.waiting import eventually

RUN = [sys.executable, str(Path(__file__).parents[2] / "run.py")]


@pytest.fixture
def start():
    """Start a command in the background; whatever still runs at the end of the test is killed."""
    with ExitStack() as ending:

        def begin(*arguments, **settings):
            process = subprocess.Popen(
                [*RUN, *map(str, arguments)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                **{"env": os.environ | {"PYTHONUNBUFFERED": "1"}} | settings,
            )
            ending.callback(_end, process)
            return process

        yield begin


def _end(process):
    if process.poll() is None:
        process.kill()
    process.communicate(timeout=20)


def call(*arguments, text=None):
    return subprocess.run([*RUN, *map(str, arguments)], capture_output=True, text=True, input=text, timeout=60)


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def simulated(start, *arguments, model="idm/navigator_2_0"):
    """The port of a simulated heat pump, an iDM unless another one is asked for."""
    process = start("simulate", model, "--port", 0, *arguments)
    line = process.stdout.readline()
    assert line.startswith(f"{model} listens on 127.0.0.1:"), process.stderr.read()
    return int(line.rsplit(":", 1)[1])


def answers(port, path="/healthz"):
    try:
        return requests.get(f"http://127.0.0.1:{port}{path}", timeout=5)
    except requests.ConnectionError:
        return None


def polls(folder):
    with closing(sqlite3.connect(folder / "monitor.db")) as db:
        return db.execute("SELECT count(*) FROM polls").fetchone()[0]


def test_reading_a_simulated_heat_pump_prints_every_value_with_its_place(start):
    port = simulated(start, "--set", "temp_outside=-7.5", "--option", "circuits=A,B")
    result = call("read", "idm/navigator_2_0", f"127.0.0.1:{port}", "--option", "circuits=A,B", "--json")
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert set(answer) == {"manufacturer", "model", "seconds", "requests", "sensors", "problems"}
    assert (answer["manufacturer"], answer["model"]) == ("idm", "navigator_2_0")
    sensors = {sensor["id"]: sensor for sensor in answer["sensors"]}
    assert sensors["temp_outside"] == {
        "id": "temp_outside", "value": -7.5, "unit": "°C", "table": "holding", "at": 1000, "raw": [0, 0xC0F0],
    }  # fmt: skip
    assert sensors["temp_flow_circuit_b"]["at"] == 1352
    assert sensors["temp_solar_collector"]["value"] is None
    assert "temp_flow_circuit_c" not in sensors
    assert set(answer["problems"]) <= set(sensors)
    for sensor_id, reason in answer["problems"].items():
        assert sensor_id in reason
        assert sensors[sensor_id]["value"] is None


def test_reading_a_simulated_luxtronik_names_its_tables(start, tmp_path):
    dump = tmp_path / "dump.json"
    dump.write_text(json.dumps({"parameters": [0] * 1086, "calculations": [342] * 200, "visibilities": [1] * 336}))
    port = simulated(start, "--dump", dump, model="luxtronik/luxtronik_2_1")
    result = call("read", "luxtronik/luxtronik_2_1", f"127.0.0.1:{port}", "--json")
    assert result.returncode == 0, result.stderr
    sensors = {sensor["id"]: sensor for sensor in json.loads(result.stdout)["sensors"]}
    assert sensors["temp_flow"] == {
        "id": "temp_flow", "value": 34.2, "unit": "°C", "table": "calculations", "at": 10, "raw": [342],
    }  # fmt: skip
    assert sensors["menu_cooling"]["table"] == "visibilities"
    assert sensors["power_current"]["value"] is None


def test_reading_a_replayed_ebusd_names_its_messages(start, tmp_path):
    dump = tmp_path / "find.txt"
    dump.write_text("hmu Status01 = 34.5;30.0;-;-;-;on\nbasv HwcStorageTemp = 48.5\nBroadcast Outsidetemp = 6.5\n")
    port = simulated(start, "--dump", dump, model="vaillant/arotherm")
    result = call("read", "vaillant/arotherm", f"127.0.0.1:{port}", "--json", "--connection", "circuit=hmu")
    assert result.returncode == 0, result.stderr
    sensors = {sensor["id"]: sensor for sensor in json.loads(result.stdout)["sensors"]}
    assert sensors["temp_flow"] == {
        "id": "temp_flow", "value": 34.5, "unit": "°C", "table": "hmu", "at": "Status01.0", "raw": "34.5",
    }  # fmt: skip
    assert sensors["temp_outside"]["value"] == 6.5
    assert sensors["temp_hot_water"]["at"] == "HwcStorageTemp"
    table = call("read", "vaillant/arotherm", f"127.0.0.1:{port}").stdout
    assert "°C    hmu Status01.0" in table
    refused = call("read", "vaillant/arotherm", f"127.0.0.1:{port}", "--connection", "circuit=hmu3")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "ebusd knows no circuit hmu3; it knows Broadcast, basv, hmu" in refused.stderr


def test_what_is_derived_names_its_inputs_instead_of_a_place(start):
    port = simulated(start, "--set", "flow_rate=990", model="daikin/altherma_homehub")
    result = call("read", "daikin/altherma_homehub", f"127.0.0.1:{port}", "--json")
    sensors = {sensor["id"]: sensor for sensor in json.loads(result.stdout)["sensors"]}
    power = sensors["power_current"]
    assert power == {
        "id": "power_current", "value": power["value"], "unit": "kW", "table": None, "at": None, "raw": None,
        "derived_from": ["flow_rate", "temp_flow", "temp_return"],
    }  # fmt: skip
    spread = sensors["temp_flow"]["value"] - sensors["temp_return"]["value"]
    assert power["value"] == pytest.approx(0.99 * 1.163 * spread, abs=0.001)
    table = call("read", "daikin/altherma_homehub", f"127.0.0.1:{port}").stdout
    assert "kW    derived from flow_rate, temp_flow, temp_return" in table


def test_a_value_found_elsewhere_names_the_place_where_it_was_found(start):
    with ModbusServer(inputs={1: (0xFFE7,), 37: (12,), 1028: (30,), 1803: (450,)}) as first:
        result = call("read", "nibe/s_series", f"127.0.0.1:{first.port}", "--json")
        table = call("read", "nibe/s_series", f"127.0.0.1:{first.port}").stdout
    frequency = next(each for each in json.loads(result.stdout)["sensors"] if each["id"] == "compressor_frequency")
    assert (frequency["value"], frequency["table"], frequency["at"]) == (45.0, "input", 1803)
    assert re.search(r"compressor_frequency +45 Hz +input 1803\n", table)


def test_reading_a_table_is_for_people(start):
    port = simulated(start, "--set", "operating_mode=hot_water")
    result = call("read", "idm/navigator_2_0", f"127.0.0.1:{port}", "--unit-id", 3)
    assert result.returncode == 0
    assert any(line.split()[:2] == ["operating_mode", "hot_water"] for line in result.stdout.splitlines())


def test_values_of_another_machine_are_said_to_be_so_in_both_languages(start):
    port = simulated(start)
    result = call("read", "stiebel_eltron/wpm", f"127.0.0.1:{port}", "--json")
    assert result.returncode == 1
    assert json.loads(result.stdout)["model"] == "wpm"
    warning, warnung = result.stderr.splitlines()
    assert warning == (
        f"Warning: iDM Navigator 2.0 answers at 127.0.0.1:{port}, not Stiebel Eltron WPM (ISG)."
        " Choose iDM Navigator 2.0 as the model."
    )
    assert warnung.startswith(f"Warnung: Unter 127.0.0.1:{port} antwortet iDM Navigator 2.0, nicht Stiebel Eltron WPM")


def test_a_machine_that_cannot_be_read_as_this_model_is_named(start):
    process = start("simulate", "nibe/s_series", "--port", 0)
    port = int(process.stdout.readline().rsplit(":", 1)[1])
    result = call("read", "idm/navigator_2_0", f"127.0.0.1:{port}")
    assert (result.returncode, result.stdout) == (1, "")
    warning, warnung = result.stderr.splitlines()
    assert "NIBE S-Series answers at" in warning
    assert "NIBE S-Series" in warnung


def test_an_unreachable_heat_pump_is_one_line_and_exit_code_1():
    port = free_port()
    result = call("read", "idm/navigator_2_0", f"127.0.0.1:{port}", "--json")
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}" in result.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_simulator_ends_cleanly(start, number):
    process = start("simulate", "idm/navigator_2_0", "--port", 0)
    process.stdout.readline()
    process.send_signal(number)
    assert process.wait(10) == 0
    assert process.stderr.read() == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_demo_that_is_ended_while_it_begins_leaves_neither_files_nor_processes(start, tmp_path, number):
    process = start("demo", "--port", free_port(), env=os.environ | {"TMPDIR": str(tmp_path)})
    assert "live through the last 90 days" in process.stdout.readline()
    assert list(tmp_path.iterdir()) != []
    process.send_signal(number)
    assert process.communicate(timeout=20) == ("", "")  # whoever still ran would hold the pipes
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_simulator_says_nothing_about_a_client_that_goes_away(start):
    process = start("simulate", "idm/navigator_2_0", "--port", 0, "--delay-ms", 300)
    port = int(process.stdout.readline().rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as hasty:
        hasty.sendall(bytes.fromhex("0001 0000 0006 01 03 03e8 0002"))
    assert call("read", "idm/navigator_2_0", f"127.0.0.1:{port}", "--timeout", 5).returncode == 0
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=20) == ("", "")


def test_a_simulator_on_a_taken_port_says_so(start):
    port = simulated(start)
    second = call("simulate", "idm/navigator_2_0", "--port", port)
    assert second.returncode == 1
    assert str(port) in second.stderr
    assert second.stderr.count("\n") == 1


def test_serve_polls_answers_and_ends_within_three_seconds(start, tmp_path):
    heat_pump, port = simulated(start, "--delay-ms", 5), free_port()
    assert call("add", "idm/navigator_2_0", f"127.0.0.1:{heat_pump}", "--data", tmp_path).returncode == 0
    process = start("serve", "--port", port, "--data", tmp_path)
    assert eventually(lambda: answers(port)).json() == {"status": "ok", "live": True, "ready": True}
    eventually(lambda: polls(tmp_path) >= 1)
    kept = polls(tmp_path)
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert time.monotonic() - begun < 3
    assert polls(tmp_path) >= kept


def test_without_a_command_it_serves(start, tmp_path):
    port = free_port()
    start(env=os.environ | {"HEATPUMP_DATA": str(tmp_path), "HEATPUMP_PORT": str(port)})
    eventually(lambda: answers(port))
    assert (tmp_path / "monitor.db").exists()


def test_serve_ends_within_three_seconds_although_a_heat_pump_hangs(start, tmp_path):
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        hanging, port = silent.getsockname()[1], free_port()
        call("add", "idm/navigator_2_0", f"127.0.0.1:{hanging}", "--offline", "--data", tmp_path)
        process = start("serve", "--port", port, "--data", tmp_path)
        eventually(lambda: answers(port))
        time.sleep(0.5)
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert time.monotonic() - begun < 3


def test_a_second_start_on_the_same_folder_says_who_holds_it(start, tmp_path):
    port = free_port()
    first = start("serve", "--port", port, "--data", tmp_path)
    eventually(lambda: answers(port))
    second = call("serve", "--port", free_port(), "--data", tmp_path)
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"process {first.pid}" in second.stderr
    assert str(port) in second.stderr
    assert answers(port).ok


def test_a_taken_port_is_named_and_the_folder_stays_free(start, tmp_path):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = call("serve", "--port", port, "--data", tmp_path)
    assert result.returncode == 1
    assert f"127.0.0.1:{port}" in result.stderr
    assert "--port" in result.stderr
    other = free_port()
    start("serve", "--port", other, "--data", tmp_path)
    eventually(lambda: answers(other))


def test_killed_at_random_it_starts_again_with_everything_that_was_kept(start, tmp_path):
    heat_pump, port = simulated(start), free_port()
    (tmp_path / "config.yaml").write_text("interval: 1\n")
    call("add", "idm/navigator_2_0", f"127.0.0.1:{heat_pump}", "--data", tmp_path)
    kept = 0
    for moment_s in (0.9, 1.3, 1.6):
        process = start("serve", "--port", port, "--data", tmp_path)
        eventually(lambda before=kept: polls(tmp_path) > before)
        time.sleep(moment_s)
        seen = polls(tmp_path)
        process.kill()
        process.wait(10)
        with closing(sqlite3.connect(tmp_path / "monitor.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        kept = polls(tmp_path)
        assert kept >= seen


def dashboards(folder):
    """Of all heat pumps."""
    with closing(sqlite3.connect(folder / "monitor.db")) as db:
        return db.execute("SELECT count(*) FROM dashboards WHERE heatpump_id IS NULL").fetchone()[0]


def test_demo_shows_the_whole_product(start, tmp_path):
    port = free_port()
    process = start("demo", "--port", port, "--heat-pumps", 2, "--data", tmp_path)
    told = ""
    while "password" not in told:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        told += line
    assert f"http://127.0.0.1:{port}" in told
    eventually(lambda: answers(port))
    with closing(sqlite3.connect(tmp_path / "monitor.db")) as db:
        closed = db.execute("SELECT heatpump_id, sum(polls) FROM blocks GROUP BY heatpump_id").fetchall()
    assert len(closed) == 2
    assert all(number > 88 * 288 for _, number in closed)
    before = polls(tmp_path)
    eventually(lambda: polls(tmp_path) > before)
    eventually(lambda: dashboards(tmp_path) == 1)
    process.kill()
    process.wait(10)
    assert len(call("list", "--data", tmp_path).stdout.splitlines()) == 2

    again = start("demo", "--port", port, "--heat-pumps", 2, "--data", tmp_path)
    eventually(lambda: answers(port), 30)
    before = polls(tmp_path)
    eventually(lambda: polls(tmp_path) > before)
    again.send_signal(signal.SIGTERM)
    assert again.wait(20) == 0
