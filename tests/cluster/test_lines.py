"""Samples on their way: names, labels, states, and what is there already."""

from __future__ import annotations

import json

import pytest

from app import metric
from app.cluster import lines
from app.cluster.lines import Line
from tests.catalogue import CATALOGUE, named

LABELS = {"heatpump_id": "hp-001", "name": "Haus"}
SENSORS = named("idm/navigator_2_0").every_sensor
IDS = ["temp_outside", "operating_mode", "energy_heat_total"]


def by_name(found):
    return {(line.labels["__name__"], line.labels.get("state")): (line.times, line.values) for line in found}


def test_numbers_stand_for_themselves_and_what_is_absent_leaves_no_sample():
    found = by_name(lines.of_polls(LABELS, IDS, SENSORS, [(10, [0.0, None, 7]), (40, [None, None, 8])]))
    assert found == {
        ("idm_heatpump_temp_outside", None): ([10], [0.0]),
        ("idm_heatpump_energy_heat_total", None): ([10, 40], [7, 8]),
    }


def test_a_word_is_one_and_the_other_words_are_zero():
    found = by_name(lines.of_polls(LABELS, IDS, SENSORS, [(10, [None, "heating", None]), (40, [None, "off", None])]))
    assert found["idm_heatpump_operating_mode", "heating"] == ([10, 40], [1, 0])
    assert found["idm_heatpump_operating_mode", "off"] == ([10, 40], [0, 1])
    assert {state for _, state in found} == set(SENSORS["operating_mode"].states.values())


def test_a_word_that_the_catalogue_does_not_know_is_a_state_too():
    assert metric.numbers("17", ["off", "on"]) == [("off", 0), ("on", 0), ("17", 1)]
    assert metric.numbers("on", []) == [("on", 1)]


def test_every_sensor_of_the_catalogue_has_a_name_that_prometheus_takes():
    for model in CATALOGUE:
        for sensor_id in model.every_sensor:
            assert metric.name(sensor_id).replace("_", "a").isalnum(), sensor_id
            assert metric.name(sensor_id).isascii(), sensor_id


def test_what_is_there_is_not_sent_again():
    line = Line({"__name__": "idm_heatpump_a", "name": "x"}, [10, 40, 70], [1.0, 2.0, 3.0])
    there = {line.key: {10, 70}, frozenset({("__name__", "idm_heatpump_b")}): {40}}
    assert lines.without([line], there) == [Line(line.labels, [40], [2.0])]
    assert lines.without([line], {line.key: {10, 40, 70}}) == []


def test_what_is_encoded_says_where_it_is_when_it_is_asked_for_again():
    line = Line({"__name__": "idm_heatpump_a", "name": 'a "quoted"\nname \\'}, [10, 40], [1.5, -2.0])
    body = lines.encoded([line, line])
    assert json.loads(body.splitlines()[0])["timestamps"] == [10_000, 40_000]
    assert lines.times_of(body) == {line.key: {10, 40}}


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b'{"metric": 5}', b'{"metric": {}}'])
def test_an_answer_of_another_program_is_not_taken_for_samples(answer):
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        lines.times_of(answer)
