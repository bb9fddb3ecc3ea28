"""The page of the system, and the same as JSON: how the product itself is doing."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from app.log_tail import LONGEST_LINE, MOST_LINES, LogTail
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.conftest import NOW
from tests.web.people import Visitor, lose, tell
from tests.web.test_analysis_page import FIRST, live
from tests.web.test_overview import LOST


def test_only_the_owner_sees_it(viewer: Visitor) -> None:
    assert viewer.get("/system/").status_code == 403
    assert viewer.get("/api/system").status_code == 403


def test_a_new_installation_claims_nothing(owner: Visitor) -> None:
    page = owner.get("/system/").text
    assert "No heat pump is read yet." in page
    assert "It is measured as soon as a day is closed." in page
    state = owner.get("/api/system").json
    assert state["storage"]["growth"] is None
    assert state["storage"]["in_a_year"] is None
    assert state["program"]["uptime_s"] is None
    assert state["chores"] == {
        "past_at": None,
        "closed_until": None,
        "problems": [],
        "backups": False,
        "backup_at": None,
        "backup_bytes": None,
        "backup_failure": None,
    }


def test_each_heat_pump_has_its_polls_and_why_it_is_lost(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    tell(system, add("A", enabled=True), NOW, {"temp_outside": 1.0})
    lose(system, add("B", enabled=True), NOW - 60, LOST)
    first, second = owner.get("/api/system").json["heat_pumps"]
    assert (first["state"], first["last_seen"], first["interval_s"]) == ("online", NOW, 30.0)
    assert (second["state"], second["reason"]) == ("offline", "127.0.0.1:9 closed the connection")
    assert "127.0.0.1:9 closed the connection" in owner.get("/system/").text


def test_the_growth_is_measured_on_closed_days(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    live(system, add(enabled=True), FIRST, 10)
    storage = owner.get("/api/system").json["storage"]
    assert storage["measured_days"] == pytest.approx(10, abs=0.1)
    kept = system.database.connection().execute(
        "SELECT sum(length(hours) + length(samples)) + (SELECT sum(length(times)) FROM blocks) FROM chunks"
    )
    assert storage["growth"] == pytest.approx(kept.fetchone()[0] / storage["measured_days"], rel=0.01)
    assert storage["in_a_year"] == pytest.approx(storage["database"] + 365 * storage["growth"], rel=0.01)
    assert "a day" in owner.get("/system/").text


def test_registers_that_wear_are_counted(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    pump = add()
    with system.database.transaction() as db:
        for sensor, at in (
            ("temp_hot_water_target", NOW - 100),
            ("temp_hot_water_target", NOW - 90_000),
            ("temp_hot_water_target", NOW - 400 * 86_400),
            ("temp_request_glt_heating", NOW - 100),
        ):
            db.execute(
                "INSERT INTO audit (begun_at, actor_kind, actor, action, heatpump_id, sensor, outcome, reached)"
                " VALUES (?, 'user', 'berta', 'write', ?, ?, 'confirmed', 1)",
                (at, pump.id, sensor),
            )
    writes = owner.get("/api/system").json["writes"]
    assert [(each["sensor"], each["day"], each["year"], each["daily"]) for each in writes] == [
        ("temp_hot_water_target", 1, 2, 24)
    ]
    assert "1 of 24 in 24 hours" in owner.get("/system/").text


def said(tail: LogTail) -> list[str]:
    return [line.text for line in tail.newest_first()]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("pushed to http://anna:hush@host/x", "pushed to http://…@host/x"),
        ("sent Authorization: Bearer abc.def-123", "sent Authorization: Bearer …"),
        ("GET /x?access_token=hush&y=1", "GET /x?access_token=…&y=1"),
        ("password=hush", "password=…"),
        ("https://api.telegram.org/bot12345:AA-bb_c/sendMessage", "https://api.telegram.org/bot…/sendMessage"),
        ("the token is 0123456789abcdef, isn't it", "the token is …, isn't it"),
        ("hp-001 (Haus) is lost: nobody answers", "hp-001 (Haus) is lost: nobody answers"),
        ("two\nlines", "two lines"),
    ],
)
def test_no_secret_stays_in_the_log_of_the_page(line: str, kept: str) -> None:
    tail = LogTail(("0123456789abcdef", ""))
    tail.emit(logging.LogRecord("app", logging.INFO, "", 0, "%s", (line,), None))
    assert said(tail) == [kept]


def test_the_log_of_the_page_is_bounded_and_survives_bad_lines() -> None:
    tail = LogTail()
    tail.emit(logging.LogRecord("app", logging.INFO, "", 0, "%d days", ("many",), None))
    assert said(tail) == ["%d days"]
    for number in range(MOST_LINES + 50):
        tail.emit(logging.LogRecord("app", logging.WARNING, "", 0, f"{number} " + "x" * 5000, (), None))
    assert len(said(tail)) == MOST_LINES
    assert said(tail)[0].startswith(f"{MOST_LINES + 49} ")
    assert max(map(len, said(tail))) == LONGEST_LINE


def test_a_running_system_keeps_what_it_says(system: System, owner: Visitor) -> None:
    system.start()
    try:
        logging.getLogger("app.test").warning("something happened")
        assert "something happened" in owner.get("/system/").text
        assert owner.get("/api/system").json["program"]["uptime_s"] == 0
    finally:
        system.stop(5)
    logging.getLogger("app.test").warning("after the end")
    assert "after the end" not in said(system.log_tail)
