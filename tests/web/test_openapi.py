"""The interface describes itself to programs, and its answers are as described."""

from __future__ import annotations

import pytest
from flask import Flask, jsonify
from openapi_spec_validator import validate

from app import create_app
from app.system import System
from app.web.access import signed_in
from app.web.api.described import described
from app.web.api.openapi import document
from app.web.api.shapes.heatpumps import HeatPumps
from tests.web.people import Visitor


def test_the_description_is_valid_openapi_and_served(owner: Visitor, app: Flask) -> None:
    answer = owner.get("/api/openapi.json")
    assert answer.status_code == 200
    assert answer.json == document(app)
    validate(answer.json)


def test_it_has_every_address_and_names_each_operation_once(app: Flask) -> None:
    paths = document(app)["paths"]
    there = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert len(paths) == len(there)
    operations = [operation["operationId"] for methods in paths.values() for operation in methods.values()]
    assert len(operations) == len(set(operations)) > 60


def test_who_may_call_stands_at_each_operation(app: Flask) -> None:
    paths = document(app)["paths"]
    assert paths["/api/data"]["get"]["security"] == [{"session": []}, {"token": []}]
    assert paths["/api/control/{heatpump_id}"]["post"]["security"] == [{"session": [], "csrf": []}, {"token": []}]
    assert paths["/api/channels"]["post"]["security"] == [{"session": [], "csrf": []}]


def test_a_view_that_does_not_describe_itself_is_found(system: System) -> None:
    app = create_app(system, "a secret of this test")
    app.add_url_rule("/api/new", "new", signed_in(lambda: jsonify(ok=True)))
    with pytest.raises(RuntimeError, match="new: say @described"):
        document(app)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({}, 200),
        ({"heatpumps": [], "more": 1}, 200),
        ({"heatpumps": [{"id": 1}]}, 200),
        ({"heatpumps": []}, 202),
        ({"heatpumps": []}, 400),
    ],
)
def test_an_answer_that_is_not_as_described_fails_every_test_that_sees_it(
    owner: Visitor, app: Flask, content: object, status: int
) -> None:
    view = described("The heat pumps", HeatPumps)(signed_in(lambda: (jsonify(content), status)))
    app.view_functions["api.all_heatpumps"] = view
    with pytest.raises(AssertionError):
        owner.get("/api/heatpumps")
