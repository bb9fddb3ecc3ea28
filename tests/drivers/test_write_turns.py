"""A write does not wait for a whole poll, and never mixes with one of its requests."""

from __future__ import annotations

import threading

import pytest

from drivers.sensor import Write
from drivers.turn import Turn
from tests.drivers.conftest import MakeDriver
from tests.drivers.house import words_at
from tests.drivers.small_models import a_model, a_sensor
from tests.servers import ModbusServer, after
from tests.waiting import eventually

TARGET = a_sensor("temp_hot_water_target", 500, write=Write(wear="volatile"))


def test_a_write_goes_between_two_requests_of_a_poll(server: ModbusServer, driver_for: MakeDriver) -> None:
    sensors = words_at(server, 0, 19)
    server.holding[500] = (0,)
    driver = driver_for(a_model(*sensors, TARGET, max_count=2))
    server.rules.append((lambda request: True, lambda request, answer: [0.02, answer]))
    poll = threading.Thread(target=driver.read, args=(sensors,))
    poll.start()
    assert eventually(lambda: len(server.requests) >= 2)
    driver.write(TARGET, 7)
    assert driver.read([TARGET]).values == {"temp_hot_water_target": 7}
    poll.join()
    addresses = [request.at for request in server.requests]
    assert addresses.index(500) < len(addresses) - 3
    assert [at for at in addresses if at != 500] == list(range(0, 20, 2))
    assert server.crowded == 0


def test_a_poll_that_was_passed_is_whole(server: ModbusServer, driver_for: MakeDriver) -> None:
    sensors = words_at(server, 0, 19)
    server.holding[500] = (0,)
    driver = driver_for(a_model(*sensors, TARGET, max_count=2))
    server.script.append(after(0.05))
    answers = []
    poll = threading.Thread(target=lambda: answers.append(driver.read(sensors)))
    poll.start()
    for value in range(20):
        driver.write(TARGET, value)
    poll.join()
    assert answers[0].values == {sensor.id: sensor.at for sensor in sensors}
    assert not answers[0].problems


@pytest.mark.parametrize("hurried", [False, True])
def test_only_one_holds_the_turn(hurried: bool) -> None:
    turn = Turn()
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(200):
            with turn.taken(hurried):
                inside.append(1)
                most.append(len(inside))
                inside.pop()
                turn.let_pass()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert max(most) == 1


def test_the_hurried_come_before_those_who_waited_longer() -> None:
    turn, order = Turn(), []

    def work(name: str, hurried: bool) -> None:
        with turn.taken(hurried):
            order.append(name)

    with turn.taken():
        slow = threading.Thread(target=work, args=("slow", False))
        slow.start()
        fast = threading.Thread(target=work, args=("fast", True))
        fast.start()
        assert eventually(lambda: turn._hurried == 1)
    slow.join(5)
    fast.join(5)
    assert order == ["fast", "slow"]
