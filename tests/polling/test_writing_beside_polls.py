"""A write and a poll share a heat pump, and neither tells the other's old news."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from app.store import readings
from tests.servers import Request, Step
from tests.services.controlled import controlled
from tests.waiting import eventually

TARGET = "temp_hot_water_target"


def test_a_poll_that_read_before_the_write_does_not_bring_the_old_value_back(tmp_path: Path) -> None:
    with controlled(tmp_path) as house:
        house.poll()
        house.later(700)
        wait, begun = threading.Event(), threading.Event()

        def hold_up(request: Request, answer: bytes) -> Sequence[Step]:
            if request.at == 11 and not begun.is_set():
                begun.set()
                wait.wait(10)
            return [answer]

        house.server.rules.append((lambda request: True, hold_up))
        poll = threading.Thread(target=house.poll)
        poll.start()
        assert begun.wait(10)  # it has read the target, and reads further
        write = threading.Thread(target=house.set, args=(TARGET, 25))
        write.start()
        wait.set()
        write.join(10)
        poll.join(10)
        assert house.system.latest.of(house.pump.id)[TARGET].value == 25
        house.later(1)
        house.poll()
        stored = readings.latest(house.system.database.connection(), house.pump.id)
        assert stored[TARGET].value == 25


def test_a_write_that_ends_while_a_poll_is_being_kept_is_not_told_by_its_old_value(tmp_path: Path) -> None:
    with controlled(tmp_path) as house:
        reader = house.system.poller.reader(house.pump.id)
        assert reader is not None
        with house.system.database.transaction():  # the poll has to wait here with what it read
            poll = threading.Thread(target=house.poll)
            poll.start()
            assert eventually(lambda: "_store" in functions_of(poll))
            reader.learn(reader.model.every_sensor[TARGET], 25)
        poll.join(10)
        assert house.system.latest.of(house.pump.id)[TARGET].value == 25


def functions_of(thread: threading.Thread) -> set[str]:
    """What this thread is doing."""
    frame, found = sys._current_frames().get(thread.ident or 0), set()
    while frame is not None:
        found.add(frame.f_code.co_name)
        frame = frame.f_back
    return found


def test_settings_are_read_with_the_next_poll_after_a_write(tmp_path: Path) -> None:
    with controlled(tmp_path) as house:
        house.poll()
        house.later(30)
        house.set(TARGET, 25)
        house.later(1)
        house.poll()
        stored = readings.latest(house.system.database.connection(), house.pump.id)
        assert (stored[TARGET].value, stored[TARGET].at) == (25, house.now)


def test_many_who_write_at_once_take_turns(tmp_path: Path) -> None:
    with controlled(tmp_path) as house:
        outcomes = []
        threads = [
            threading.Thread(target=lambda word=word: outcomes.append(house.set("system_mode", word)))
            for word in ["standby", "automatic"] * 4
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert {outcome.kind for outcome in outcomes} <= {"confirmed", "skipped"}
        assert len(outcomes) == 8
        assert house.server.crowded == 0


def test_only_one_of_two_writes_at_once_uses_the_budget(tmp_path: Path) -> None:
    with controlled(tmp_path) as house:
        outcomes = []
        threads = [
            threading.Thread(target=lambda value=value: outcomes.append(house.set(TARGET, value))) for value in (21, 22)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(outcome.kind for outcome in outcomes) == ["confirmed", "denied"]


def test_a_heat_pump_that_is_removed_during_a_write_lets_go_of_its_line(tmp_path: Path) -> None:
    with controlled(tmp_path) as house:
        begun, wait = threading.Event(), threading.Event()

        def hold_up(request: Request, answer: bytes) -> Sequence[Step]:
            begun.set()
            wait.wait(0.2)
            return [answer]

        house.server.rules.append((lambda request: bool(request.words), hold_up))
        write = threading.Thread(target=house.set, args=(TARGET, 25))
        write.start()
        assert begun.wait(10)
        house.system.poller.remove(house.pump.id)
        wait.set()
        write.join(10)
        assert house.audit()[-1].outcome == "confirmed"
        assert eventually(lambda: house.server.open_connections == 0)
