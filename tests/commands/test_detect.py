"""`detect fit` and `detect score` as they are typed, with the files people have."""

import csv
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from click.testing import CliRunner

from app.commands import main
from app.services import heatpumps
from drivers.simulators.plant import Plant
from tests.analysis.detector.lived import BEGIN, HEADING, MINUTES_A_DAY, rows_of, write
from tests.polling import watched as watching
from tests.polling.watched import Watched

META = json.dumps({"device": "cellar", "manufacturer": "m", "model": "x"})
OTHER = json.dumps({"device": "cellar", "manufacturer": "m", "model": "y"})


@pytest.fixture(scope="module")
def lived():
    plant = Plant(7, start=BEGIN)
    return rows_of(plant, 21), rows_of(plant, 3)


@pytest.fixture(scope="module")
def fitted(lived, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fitted")
    result = run("fit", "--meta", META, "--history", write(folder / "history.csv", lived[0]), "--model", folder / "m")
    assert result.exit_code == 0, result.output
    assert "quantities learned from 21 days" in result.stderr
    return folder / "m"


def run(*arguments):
    return CliRunner().invoke(main, ["detect", *(str(each) for each in arguments)])


def scored(model, rows, folder, meta=META, heading=HEADING):
    stream, out = write(folder / "stream.csv", rows, heading), folder / "out.csv"
    result = run("score", "--meta", meta, "--model", model, "--stream", stream, "--out", out)
    assert result.exit_code == 0, result.output
    with out.open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == len(rows)
    assert all(line["alarm"] == str(int(float(line["score"]) >= 1)) for line in lines)
    return lines, result


def test_every_row_gets_a_score_an_alarm_and_its_contributors(fitted, lived, tmp_path):
    lines, _ = scored(fitted, lived[1], tmp_path)
    assert list(lines[0]) == ["score", "alarm", "top"]
    assert {line["alarm"] for line in lines} == {"0"}
    assert len(lines[-1]["top"].split(";")) == 3


def test_a_heater_that_stays_on_is_an_alarm_with_the_power_first(fitted, lived, tmp_path):
    rows = lived[1].copy()
    rows[MINUTES_A_DAY:, HEADING.index("power_current")] += 3
    lines, _ = scored(fitted, rows, tmp_path)
    alarms = [place for place, line in enumerate(lines) if line["alarm"] == "1"]
    assert MINUTES_A_DAY <= alarms[0] <= 2 * MINUTES_A_DAY
    assert "power_current" in lines[alarms[0]]["top"].split(";")[0]


def test_meta_may_be_a_file(fitted, lived, tmp_path):
    (tmp_path / "meta.json").write_text(META)
    scored(fitted, lived[1], tmp_path, meta=str(tmp_path / "meta.json"))


def test_an_exchanged_machine_is_told_and_raises_no_alarm(fitted, lived, tmp_path):
    lines, result = scored(fitted, lived[1], tmp_path, meta=OTHER)
    assert "another manufacturer or model" in result.stderr
    assert {line["alarm"] for line in lines} == {"0"}


def stepping_back(rows):
    rows = rows.copy()
    rows[2000:2300, 0] -= 7200
    return rows


def absent_for_weeks(rows):
    rows = rows.copy()
    rows[1000:, 0] += 40 * 86_400
    return rows


def absent(*names):
    return lambda rows: np.delete(rows, [HEADING.index(name) for name in names], axis=1)


def only(*names):
    return lambda rows: rows[:, [HEADING.index(name) for name in names]]


def constant(rows):
    rows = rows.copy()
    rows[:, 2:] = (5.0, 30.0, 28.0, 45.0, 0.1, 0.0, 0.0, 28.0)
    return rows


STREAMS = {
    "no rows": lambda rows: rows[:0],
    "one row": lambda rows: rows[:1],
    "time stepping back": stepping_back,
    "absent for weeks": absent_for_weeks,
    "every tenth row": lambda rows: rows[::10],
    "rows at odd times": lambda rows: rows[np.sort(np.random.default_rng(2).choice(len(rows), 2000, replace=False))],
    "sensors that deliver nothing": lambda rows: np.where(np.arange(rows.shape[1]) >= 2, np.nan, rows),
    "numbers that are none": lambda rows: np.where(np.arange(rows.shape[1]) == 3, np.inf, rows),
}


@pytest.mark.parametrize("what", STREAMS)
def test_a_stream_in_bad_shape_is_scored_without_an_alarm(fitted, lived, tmp_path, what):
    lines, _ = scored(fitted, STREAMS[what](lived[1]), tmp_path)
    assert {line["alarm"] for line in lines} <= {"0"}


@pytest.mark.parametrize("gone", [("mode",), ("compressor_hz",), ("power_thermal", "temp_flow_set"), ("temp_outside",)])
def test_a_column_that_is_gone_is_no_alarm(fitted, lived, tmp_path, gone):
    heading = tuple(name for name in HEADING if name not in gone)
    lines, _ = scored(fitted, absent(*gone)(lived[1]), tmp_path, heading=heading)
    assert {line["alarm"] for line in lines} == {"0"}


HISTORIES = {
    "empty": (lambda rows: rows[:0], HEADING),
    "one row": (lambda rows: rows[:1], HEADING),
    "two days": (lambda rows: rows[: 2 * MINUTES_A_DAY], HEADING),
    "eight days": (lambda rows: rows[: 8 * MINUTES_A_DAY], HEADING),
    "one sensor": (only("timestamp", "temp_outside"), ("timestamp", "temp_outside")),
    "no mode": (absent("mode"), tuple(name for name in HEADING if name != "mode")),
    "constant sensors": (constant, HEADING),
    "no value at all": (lambda rows: np.where(np.arange(rows.shape[1]) >= 1, np.nan, rows), HEADING),
}


@pytest.mark.parametrize("what", HISTORIES)
def test_a_history_in_bad_shape_gives_a_model_that_raises_no_alarm(lived, tmp_path, what):
    shape, heading = HISTORIES[what]
    history, stream = shape(lived[0]), shape(lived[1])
    model = tmp_path / "model"
    result = run("fit", "--meta", META, "--history", write(tmp_path / "h.csv", history, heading), "--model", model)
    assert result.exit_code == 0, result.output
    lines, _ = scored(model, stream, tmp_path, heading=heading)
    assert {line["alarm"] for line in lines} <= {"0"}


def test_what_cannot_be_used_is_named(fitted, lived, tmp_path):
    none, stream = tmp_path / "none", write(tmp_path / "s.csv", lived[1][:10])
    (tmp_path / "text").write_text("hello\n")
    (tmp_path / "exported.csv").write_text("timestamp,temp_outside,power_current\r\n2026-01-31T05:00:00Z,3.5,8.1\r\n")
    out = tmp_path / "out.csv"
    for arguments, reason in [
        (("--model", none, "--stream", stream), "none cannot be read: No such file"),
        (("--model", stream, "--stream", stream), "not a model, or a damaged one: fit it again"),
        (("--model", fitted, "--stream", none), "none cannot be read: No such file"),
        (("--model", fitted, "--stream", tmp_path / "text"), "has no column timestamp"),
        (("--model", fitted, "--stream", tmp_path / "exported.csv"), "power_current is heat there"),
    ]:
        result = run("score", "--meta", META, *arguments, "--out", out)
        assert result.exit_code == 1
        assert reason in result.stderr
    result = run("fit", "--meta", "[]", "--history", stream, "--model", out)
    assert result.exit_code == 1
    assert "[] cannot be read" in result.stderr


def test_the_past_is_judged_week_by_week(idm, tmp_path):
    watched = Watched(tmp_path, idm)
    life = watching.rows(Plant(9, start=watching.BEGIN), 36)
    fault = 33 * watching.DAY_S // watching.STEP_S
    watched.tell(life[:fault])
    watched.tell(life[fault:], lambda row: row | {"temp_return": row["temp_return"] + 4})
    watched.system.database.close()
    result = run("backtest", "--data", tmp_path)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    weeks = [line for line in lines if "largest score" in line]
    assert [line.split("  ")[1] for line in weeks[:2]] == ["learning, day 1 of 30", "learning, day 8 of 30"]
    assert len(weeks) == 6
    begun = f"{datetime.fromtimestamp(life[fault][0], ZoneInfo('Europe/Berlin')):%Y-%m-%d}"
    alarms = [line.strip() for line in lines if line.startswith("    2")]
    assert alarms
    assert all(alarm >= begun for alarm in alarms)
    assert lines[lines.index(f"    {alarms[0]}") + 1].startswith("        The compressor runs, but flow and return")
    assert lines[-1] == f"hp-001: {len(alarms)} alarms in 6 weeks"


def test_a_heat_pump_without_a_history_has_nothing_to_judge(system, idm, tmp_path):
    heatpumps.add(system, idm)
    assert run("backtest", "--data", tmp_path).stdout == "hp-001: there is no history\n"
