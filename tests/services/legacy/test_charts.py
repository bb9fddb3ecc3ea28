"""The older program's dashboards are drawn with our sensors, and what cannot be drawn is named."""

from __future__ import annotations

import pytest

from app.services.legacy.charts import drawn
from app.services.legacy.names import Names


@pytest.fixture(scope="module")
def names(catalogue):
    return Names(catalogue.find("idm", "navigator_2_0"))


def board(names, *queries, **changed):
    chart = {"id": "c", "title": "Bild", "queries": [{"label": each, "query": each} for each in queries], **changed}
    return drawn({"id": "d", "name": "Haus", "charts": [chart]}, "hp-legacy", names)


def shapes(found):
    return [(each["kind"], each["title"], [line["sensor"] for line in each["lines"]]) for each in found.charts]


def test_queries_for_one_metric_become_lines_once(names):
    found = board(names, "temp_outside", "idm_heatpump_temp_outside", "idm_heatpump_temp_heat_storage{}")
    assert shapes(found) == [("line", "Bild", ["temp_outside", "temp_buffer"])]
    assert {line["heatpump_id"] for each in found.charts for line in each["lines"]} == {"hp-legacy"}
    assert found.left == []


def test_a_third_unit_and_words_have_charts_of_their_own(names):
    found = board(names, "temp_outside", "power_current", "status_heat_pump", "energy_heat_total", "temp_heat_storage")
    assert [kind for kind, _, _ in shapes(found)] == ["line", "line", "states"]
    assert [title for _, title, _ in shapes(found)] == ["Bild", "Bild (2)", "Bild (3)"]
    assert shapes(found)[2][2] == ["operating_mode"]


def test_more_lines_than_a_chart_has_go_on_in_a_second_one(names):
    found = board(names, *(f"temp_flow_current_circuit_{letter}" for letter in "abcdefg"), *(
        f"temp_room_circuit_{letter}" for letter in "abcdefg"
    ))  # fmt: skip
    assert [len(sensors) for _, _, sensors in shapes(found)] == [12, 2]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("rate(idm_heatpump_temp_outside[5m])", "computes with temp_outside, which charts here do not"),
        ("idm_heatpump_colour", "is no sensor of this heat pump"),
        ("", "is no sensor of this heat pump"),
        (None, "is no sensor of this heat pump"),
    ],
)
def test_what_cannot_be_drawn_is_named(names, query, why):
    found = board(names, query)
    assert found.charts == []
    assert why in found.left[0][1]


@pytest.mark.parametrize("charts", [None, [], [None], ["x"], [{"title": "leer"}], [{"queries": "x"}], {"a": 1}])
def test_a_dashboard_of_another_shape_is_no_error(names, charts):
    assert drawn({"name": None, "charts": charts}, "hp-legacy", names).charts == []
