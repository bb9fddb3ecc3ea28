"""The unit of systemd: understood without a murmur, shut in as far as it goes, and at one with the program."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app import journal
from tests.tools import required

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = DEPLOY / "systemd" / "heat-pump-monitor.service"
MOST_EXPOSED = 2.0


@pytest.fixture(scope="module")
def unit() -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None, strict=False)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read(UNIT)
    return parsed


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    """It exits with 0 even for a key that it does not know; what it says is what counts."""
    analyze = required("systemd-analyze", "systemd")
    home = tmp_path / "home"
    (home / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(sys.executable, home / ".venv" / "bin" / "python")
    there = tmp_path / UNIT.name
    there.write_text(UNIT.read_text().replace("/opt/heat-pump-monitor/current", str(home)))
    result = subprocess.run([analyze, "verify", str(there)], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_key_that_systemd_does_not_know_would_be_noticed(tmp_path: Path) -> None:
    analyze = required("systemd-analyze", "systemd")
    there = tmp_path / UNIT.name
    there.write_text(UNIT.read_text().replace("ProtectClock=", "ProtectClocks="))
    result = subprocess.run([analyze, "verify", str(there)], capture_output=True, text=True, timeout=60)
    assert "ProtectClocks" in result.stderr


def test_it_is_exposed_no_more_than_it_must_be() -> None:
    analyze = required("systemd-analyze", "systemd")
    command = [analyze, "security", "--offline=true", "--threshold=20", str(UNIT)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    found = re.search(r"exposure level for .*: ([0-9.]+)", result.stdout)
    assert found is not None, result.stderr
    assert float(found[1]) <= MOST_EXPOSED
    assert result.returncode == 0


def test_its_only_place_to_write_is_where_the_data_lie(unit: configparser.ConfigParser) -> None:
    service = unit["Service"]
    assert service["ProtectSystem"] == "strict"
    assert f"HEATPUMP_DATA=/var/lib/{service['StateDirectory']}" in service["Environment"]
    assert "ReadWritePaths" not in service
    assert service["ReadOnlyPaths"] == "/run", "/run/lock is open to everybody, and strict leaves it so"
    assert service["TemporaryFileSystem"].startswith("/dev/shm:")


def test_what_it_says_before_its_log_begins_is_found_as_an_error_of_its_own_name(
    unit: configparser.ConfigParser,
) -> None:
    service = unit["Service"]
    assert (service["SyslogIdentifier"], service["SyslogLevel"]) == (journal.IDENTIFIER, "err")


def test_it_waits_for_signs_that_the_program_sends(unit: configparser.ConfigParser) -> None:
    service = unit["Service"]
    assert (service["Type"], service["NotifyAccess"], service["Restart"]) == ("notify", "main", "always")
    assert service["WatchdogSec"] == "3min"


def test_scripts_and_unit_agree_on_names(unit: configparser.ConfigParser) -> None:
    service = unit["Service"]
    for name in ("install.sh", "uninstall.sh", "rollback.sh"):
        text = (DEPLOY / name).read_text()
        assert f"NAME={service['StateDirectory']}\n" in text
    assert f"ACCOUNT={service['User']}\n" in (DEPLOY / "install.sh").read_text()
    assert service["WorkingDirectory"] == "/opt/heat-pump-monitor/current"
    assert service["EnvironmentFile"] == "-/etc/heat-pump-monitor/settings.env"
