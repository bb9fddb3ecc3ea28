"""A past by the column: what single readings would have said, and a plant that is taken up where another one stood."""

import json

import pytest

from drivers.simulators.ailment import Ailment
from drivers.simulators.course import Course
from drivers.simulators.parameters import Parameters
from drivers.simulators.plant import Plant
from drivers.simulators.simulator import readout_of, simulator_of
from tests.catalogue import CATALOGUE, named

WINTER = 1_768_435_200
DAY = 86_400


@pytest.mark.parametrize("model", list(CATALOGUE), ids=lambda model: model.name)
def test_the_columns_say_what_every_single_reading_says(model):
    plant = Plant(3, start=WINTER)
    machine = readout_of(simulator_of(model, model.default_options(), plant))
    course, said = Course(machine), {}
    for number in range(120):
        plant.advance(WINTER + number * 420)
        course.look()
        if number % 7 == 0:
            said[number] = {sensor_id: machine.value(sensor_id) for sensor_id in machine.sensors}
    for sensor in machine.sensors.values():
        column = course.column(sensor).each()
        assert {number: column[number] for number in said} == {
            number: values[sensor.id] for number, values in said.items()
        }


def test_a_setting_that_is_changed_on_the_way_reads_so_from_then_on():
    model = named("idm/navigator_2_0")
    plant = Plant(3, start=WINTER)
    machine = readout_of(simulator_of(model, model.default_options(), plant))
    course, target = Course(machine), machine.sensors["temp_hot_water_target"]
    for number in range(4):
        if number == 2:
            course.write(target, 55)
        course.look()
    before = course.column(target).each()[0]
    assert before != 55
    assert course.column(target).each() == [before, before, 55, 55]
    assert plant.control.settings.temp_hot_water_target == 55


def test_a_plant_that_takes_up_the_state_of_another_lives_on_exactly_as_that_one():
    one = Plant(5, start=WINTER)
    one.advance(WINTER + DAY)
    other = Plant(5, start=WINTER - 30 * DAY)
    other.take_up(json.loads(json.dumps(one.state())))
    assert other.quantities() == one.quantities()
    for plant in (one, other):
        plant.advance(WINTER + 2 * DAY)
    assert other.quantities() == one.quantities()


def test_a_plant_refuses_a_state_that_is_none():
    plant = Plant(5, start=WINTER)
    with pytest.raises(KeyError):
        plant.take_up({"at": 5})


def test_a_stuck_valve_locks_the_machine_until_somebody_has_mended_it():
    since, until = WINTER + DAY // 2, WINTER + 2 * DAY
    plant = Plant(7, start=WINTER, ailments=(Ailment("failed defrost", since, until),))
    said = {}
    for hour in range(72):
        plant.advance(WINTER + hour * 3600)
        found = plant.quantities()
        said[hour] = (found["fault"], found["operating_mode"] == "fault")
    assert said[12] == ("ok", False)
    assert said[47] == ("fault", True)
    assert said[71] == ("ok", False)


def test_a_hasty_control_starts_the_compressor_many_more_times():
    def starts(*ailments):
        plant = Plant(3, start=WINTER, ailments=ailments)
        before = plant.counters.compressor_starts
        plant.advance(WINTER + 4 * DAY)
        return plant.counters.compressor_starts - before

    assert starts(Ailment("short runs", WINTER, WINTER + 9 * DAY)) > starts() + 15


def test_it_is_colder_in_the_mountains():
    low, high = Plant(1, start=WINTER), Plant(1, Parameters(cooler_k=8.0), start=WINTER)
    assert high.air.temperature == pytest.approx(low.air.temperature - 8.0)


@pytest.mark.parametrize("model", list(CATALOGUE), ids=lambda model: model.name)
def test_every_model_can_be_simulated_with_what_only_some_machines_have(model):
    plant, options = Plant(3, start=WINTER), model.default_options()
    usual = readout_of(simulator_of(model, options, plant)).sensors
    assert usual.keys() <= readout_of(simulator_of(model, options, plant, with_optional=True)).sensors.keys()
