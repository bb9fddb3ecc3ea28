"""A machine that says it is another one is neither read nor written to; the signs of a model tell which it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drivers import recognise
from drivers.base import Answer, Sample, Value
from drivers.errors import BadAnswer, OutOfRange, Refused, Unreachable
from drivers.model import Model, Sign
from drivers.recognise import Verdict
from drivers.sensor import Write
from tests.clocks import Clock
from tests.drivers.conftest import MakeDriver
from tests.drivers.small_models import a_model, a_sensor
from tests.servers import ModbusServer, exception, hang_up

CONTROLLER = a_sensor("controller", 50, states={390: "ours"}, absent=frozenset({0x8000}))
OUTSIDE = a_sensor("temp_outside", 0, type="int16", scale=0.1)
TARGET = a_sensor("temp_hot_water_target", 10, write=Write("eeprom", 30, 60))
SAYS_ITS_NAME = Sign("controller", ("manual",), answers=("ours",), other={103: "Other One"})
HAS_IT = Sign("controller", ("manual",), refused="Old One")
BELIEVABLE = Sign("temp_outside", ("manual",), least=-60, most=80)


def a_model_with(*signs: Sign) -> Model:
    return replace(a_model(CONTROLLER, OUTSIDE, TARGET), signs=signs)


@pytest.fixture
def machine(server: ModbusServer) -> ModbusServer:
    server.holding.update({0: (85,), 10: (48,), 50: (390,)})
    return server


def an_answer(**values: Value) -> Answer:
    return Answer({sensor_id: Sample(value, (0,)) for sensor_id, value in values.items()})


@pytest.mark.parametrize(
    ("signs", "answer", "expected"),
    [
        ([SAYS_ITS_NAME], an_answer(controller="ours"), Verdict("fits", exact=1)),
        ([SAYS_ITS_NAME], an_answer(controller="103"), Verdict("other", "Other One")),
        ([SAYS_ITS_NAME], an_answer(controller="17"), Verdict("other")),
        ([SAYS_ITS_NAME], an_answer(controller=None), Verdict("unclear")),
        ([HAS_IT], an_answer(controller=None), Verdict("fits")),
        ([HAS_IT], Answer({"controller": Sample(None, None)}), Verdict("other", "Old One")),
        (
            [HAS_IT],
            Answer({"controller": Sample(None, None)}, {"controller": Refused("busy", code=6)}),
            Verdict("unclear"),
        ),
        ([BELIEVABLE], an_answer(temp_outside=-60.0), Verdict("fits")),
        ([BELIEVABLE], an_answer(temp_outside=80.1), Verdict("other")),
        ([BELIEVABLE], an_answer(temp_outside=None), Verdict("unclear")),
        ([BELIEVABLE], Answer({}), Verdict("unclear")),
        ([], an_answer(temp_outside=8.5), Verdict("unclear")),
        ([BELIEVABLE, SAYS_ITS_NAME], an_answer(controller="ours", temp_outside=8.5), Verdict("fits", exact=1)),
        ([BELIEVABLE, SAYS_ITS_NAME], an_answer(controller="103", temp_outside=99.0), Verdict("other", "Other One")),
        ([BELIEVABLE, SAYS_ITS_NAME], an_answer(controller="ours"), Verdict("unclear")),
    ],
)
def test_signs_tell_which_machine_it_is(signs: list[Sign], answer: Answer, expected: Verdict) -> None:
    assert recognise.verdict(a_model_with(*signs), answer) == expected


def test_what_a_scan_reads_are_the_sensors_of_the_signs() -> None:
    assert recognise.sensors_that_tell(a_model_with(BELIEVABLE, SAYS_ITS_NAME)) == (OUTSIDE, CONTROLLER)


def test_another_machine_is_not_read(machine: ModbusServer, driver_for: MakeDriver) -> None:
    machine.holding[50] = (103,)
    with pytest.raises(BadAnswer, match="another machine answers") as refusal:
        driver_for(a_model_with(SAYS_ITS_NAME)).read([OUTSIDE])
    assert refusal.value.facts["machine"] == "Other One"
    assert machine.asked() == [(50, 1)]


def test_a_machine_without_the_register_that_ours_has_is_not_read(
    machine: ModbusServer, driver_for: MakeDriver
) -> None:
    del machine.holding[50]
    with pytest.raises(BadAnswer, match="Old One"):
        driver_for(a_model_with(HAS_IT)).read([OUTSIDE])


@pytest.mark.parametrize("controller", [103, 17, 0x8000])
def test_nothing_is_written_to_a_machine_that_does_not_say_it_is_ours(
    controller: int, machine: ModbusServer, driver_for: MakeDriver
) -> None:
    machine.holding[50] = (controller,)
    with pytest.raises((BadAnswer, OutOfRange)):
        driver_for(a_model_with(SAYS_ITS_NAME)).write(TARGET, 50)
    assert machine.holding[10] == (48,)
    assert {request.function for request in machine.requests} == {3}


def test_a_machine_of_an_unknown_kind_is_read(machine: ModbusServer, driver_for: MakeDriver) -> None:
    machine.holding[50] = (17,)
    assert driver_for(a_model_with(SAYS_ITS_NAME)).read([OUTSIDE]).values == {"temp_outside": 8.5}


def test_a_machine_that_is_busy_when_asked_who_it_is_is_not_written_to(
    machine: ModbusServer, driver_for: MakeDriver
) -> None:
    machine.script.append(exception(6))
    with pytest.raises(OutOfRange, match="does not say"):
        driver_for(a_model_with(HAS_IT)).write(TARGET, 50)
    assert machine.holding[10] == (48,)


def test_a_machine_of_ours_is_asked_once_an_hour_who_it_is(
    machine: ModbusServer, driver_for: MakeDriver, clock: Clock
) -> None:
    driver = driver_for(a_model_with(SAYS_ITS_NAME))
    for _ in range(3):
        driver.read([OUTSIDE])
        driver.write(TARGET, 50)
    assert machine.asked().count((50, 1)) == 1
    clock.forward(3600)
    driver.read([OUTSIDE])
    assert machine.asked().count((50, 1)) == 2
    assert machine.holding[10] == (50,)


def test_after_a_failure_it_is_asked_again_for_another_machine_may_answer_there(
    machine: ModbusServer, driver_for: MakeDriver, clock: Clock
) -> None:
    driver = driver_for(a_model_with(SAYS_ITS_NAME))
    driver.read([OUTSIDE])
    machine.script.extend([hang_up, hang_up])
    with pytest.raises(Unreachable):
        driver.read([OUTSIDE])
    machine.holding[50] = (103,)
    clock.forward(60)
    with pytest.raises(BadAnswer, match="Other One"):
        driver.read([OUTSIDE])


def test_a_write_that_failed_has_the_next_one_ask_again(machine: ModbusServer, driver_for: MakeDriver) -> None:
    driver = driver_for(a_model_with(SAYS_ITS_NAME))
    driver.read([OUTSIDE])
    machine.script.append(hang_up)
    with pytest.raises(Unreachable):
        driver.write(TARGET, 50)
    machine.holding.update({50: (103,), 10: (48,)})
    with pytest.raises(BadAnswer, match="Other One"):
        driver.write(TARGET, 50)
    assert machine.holding[10] == (48,)


def test_a_model_without_a_sign_that_warns_costs_no_request(machine: ModbusServer, driver_for: MakeDriver) -> None:
    driver_for(a_model_with(BELIEVABLE)).read([OUTSIDE])
    assert machine.asked() == [(0, 1)]
