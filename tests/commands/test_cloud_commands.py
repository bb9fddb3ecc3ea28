"""A maker's cloud from the command line: signing in without a browser, adding, reading, simulating."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner, Result

from app.commands import main
from drivers.simulators.plant import Plant
from drivers.simulators.viessmann import ViessmannSimulator
from drivers.simulators.viessmann_answers import FAULTS
from tests.drivers.cloud import CLIENT, allowed, vitocal

REPOSITORY = Path(__file__).parents[2]
PLACE = "100001/7000000000000001/0"


@pytest.fixture
def cloud() -> Iterator[ViessmannSimulator]:
    with ViessmannSimulator(vitocal(), {"circuits": ("0",)}, Plant(1, start=time.time()), machines=2) as simulator:
        yield simulator


def _run(folder: Path, *arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, [*arguments, "--data", str(folder)], input=text)


def _account(cloud: ViessmannSimulator) -> list[str]:
    return ["--connection", f"api={cloud.api}", "--connection", f"login={cloud.login}"]


def test_a_simulated_cloud_is_read_like_any_machine(tmp_path: Path, cloud: ViessmannSimulator) -> None:
    result = _run(tmp_path, "read", "viessmann/vitocal", f"127.0.0.1:{cloud.port}", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    outside = next(each for each in told["sensors"] if each["id"] == "temp_outside")
    assert (outside["table"], outside["at"]) == ("features", "heating.sensors.temperature.outside#value")
    assert told["requests"] == 1


def test_somebody_signs_in_without_a_browser_here(tmp_path: Path, cloud: ViessmannSimulator) -> None:
    command = [sys.executable, "run.py", "sign-in", "viessmann/vitocal", "--client-id", CLIENT, *_account(cloud)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": REPOSITORY}
    with subprocess.Popen([*command, "--data", str(tmp_path)], **pipes) as program:  # type: ignore[call-overload]
        page = next(line for line in program.stdout if "/authorize" in line)
        said, _ = program.communicate(f"http://localhost:8080/?{urlencode(allowed(page.strip(), cloud))}\n", 30)
    assert said.splitlines()[-2:] == [
        f"{PLACE}  E3_Vitocal_1  Online",
        "100002/7000000000000002/0  E3_Vitocal_2  Online",
    ]
    settings = [*_account(cloud), "--connection", f"client_id={CLIENT}"]
    assert _run(tmp_path, "read", "viessmann/vitocal", PLACE, *settings).exit_code == 0
    added = _run(tmp_path, "add", "viessmann/vitocal", PLACE, *settings, "--name", "Haus am See")
    assert added.output == "hp-001 Haus am See: added\n"
    assert PLACE in _run(tmp_path, "list").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["read", "viessmann/vitocal", "1/2"], "INSTALLATION/GATEWAY/MACHINE"),
        (["read", "viessmann/vitocal", PLACE], "client id is missing"),
        (["read", "viessmann/vitocal", PLACE, "--connection", "client_id=x"], "nobody has signed in"),
        (["read", "viessmann/vitocal", "192.0.2.1:80"], "neither an https address nor on this machine"),
        (["sign-in", "idm/navigator_2_0", "--client-id", "x"], "is not read through a cloud"),
        (["sign-in", "viessmann/vitocal", "--client-id", "x y"], "is not a client id"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, arguments: list[str], said: str) -> None:
    result = _run(tmp_path, *arguments)
    assert result.exit_code == 1
    assert said in result.stderr


def test_a_fault_that_no_cloud_has_is_told() -> None:
    result = CliRunner().invoke(main, ["simulate", "viessmann/vitocal", "--port", "0", "--fault", "rain"])
    assert result.exit_code == 1
    assert all(name in result.stderr for name in FAULTS)
