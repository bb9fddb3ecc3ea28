"""Files that somebody hands in: what is good is kept as it stands, all else is named, nothing stops the program."""

from __future__ import annotations

import io
from collections.abc import Iterator
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.config import Config
from app.messages import Rejected
from app.services import heatpumps, imports
from app.store import archive, readings, restoring
from app.store.database import DatabaseUnusable
from app.system import System, assemble
from drivers.register_list import NoRegisterList, parse
from tests.fuzz.conftest import examples

NOW = 1_763_730_180
HEADING = b"timestamp,temp_outside,operating_mode\n"
HISTORY = HEADING + b"".join(
    f"2025-11-2{day}T0{hour}:00:00Z,{day - hour / 2},heating\n".encode() for day in range(2) for hour in range(4)
)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    assembled = assemble(Config(tmp_path_factory.mktemp("files")), lambda: NOW)
    yield assembled
    assembled.database.close()


def a_heat_pump(system: System) -> str:
    for pump in heatpumps.all_of_them(system):
        heatpumps.remove(system, pump.id)
    sent = {"manufacturer": "idm", "model": "navigator_2_0", "enabled": False}
    return heatpumps.add(system, sent | {"connection_config": {"host": "127.0.0.1", "port": 9}}).id


def broken(content: bytes) -> st.SearchStrategy[bytes]:
    """This content with a piece of it replaced."""
    return st.tuples(st.integers(0, len(content)), st.integers(0, 30), st.binary(max_size=30)).map(
        lambda cut: content[: cut[0]] + cut[2] + content[cut[0] + cut[1] :]
    )


@settings(max_examples=examples(40))
@given(content=st.binary(max_size=400) | broken(HISTORY))
def test_a_history_keeps_good_lines_and_names_the_others(system: System, content: bytes) -> None:
    heatpump_id = a_heat_pump(system)
    try:
        report = imports.take(system, heatpump_id, io.BytesIO(content))
    except Rejected:
        return
    assert report.kept + report.there + report.refused + report.empty <= content.count(b"\n") + content.count(b"\r") + 1
    for sensor, sample in readings.latest(system.database.connection(), heatpump_id).items():
        assert sensor in content.decode("utf-8", "replace")
        assert sample.at <= NOW + imports.AHEAD_S


LIST = (
    b"Title\tRegister type\tRegister\tDivision factor\tUnit\tSize of variable\tMin value\tMax value\tDefault value\n"
    b"Outdoor (BT1)\tMODBUS_INPUT_REGISTER\t1\t10\t\xc2\xb0C\ts16\t0\t0\t0\n"
    b"Degree minutes\tMODBUS_HOLDING_REGISTER\t11\t10\tDM\ts16\t-30000\t30000\t0\n"
)


@given(st.binary(max_size=400) | broken(LIST))
def test_a_list_of_registers_is_one_or_is_none(content: bytes) -> None:
    try:
        found = parse(content)
    except NoRegisterList:
        return
    for (table, at), listed in found.registers.items():
        assert (listed.table, listed.at) == (table, at)
        assert 0 <= at <= 0xFFFF
        assert listed.words in (1, 2)


@pytest.fixture(scope="module")
def backup(system: System, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    a_heat_pump(system)
    made = tmp_path_factory.mktemp("backup") / "backup.zip"
    archive.write(system.config.folder, made, NOW)
    return made.read_bytes()


@settings(max_examples=examples(30))
@given(data=st.data())
def test_a_damaged_backup_is_refused_and_nothing_is_replaced(
    backup: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("restored")
    damaged = tmp_path_factory.getbasetemp() / "damaged.zip"
    damaged.write_bytes(data.draw(st.binary(max_size=200) | broken(backup)))
    try:
        restored = restoring.restore(damaged, folder, NOW)
    except (archive.ArchiveUnusable, DatabaseUnusable):
        assert list(folder.iterdir()) == []
        return
    assert sha256((folder / "monitor.db").read_bytes()).hexdigest() == restored.note.sha256
