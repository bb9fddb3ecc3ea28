"""docs/api.md describes exactly the interface that there is, and its examples are real."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.services.rights import Access
from app.store.heatpumps import HeatPump
from app.system import System
from app.web import access
from tests.web.conftest import NOW
from tests.web.people import Visitor, tell

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES: list[Any] = [json.loads(each) for each in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]


def test_every_address_is_described(app: Flask) -> None:
    described = set(re.findall(r"^### `(\w+) (/api[^`]*)`", TEXT, re.MULTILINE))
    there = {
        (method, _described(rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    assert described == there


def test_what_others_may_call_is_not_said_to_be_the_owners(app: Flask) -> None:
    paragraphs = re.findall(r"^### `(\w+) (/api[^`]*)`\n\n(.*)", TEXT, re.MULTILINE)
    said = {(method, path) for method, path, first in paragraphs if first.startswith("Owners only")}
    others = {
        (method, _described(rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if access.decision(app, rule.endpoint) is not Access.OWNING
    }
    assert not said & others
    assert len(said) > 10


def _described(rule: str) -> str:
    """An address as the documentation writes it."""
    for part, word in (
        ("heatpump_id", "id"),
        ("int:entry_id", "entry"),
        ("sensor_id", "sensor"),
        ("int:finding_id", "finding"),
        ("int:meter_id", "meter"),
    ):
        rule = rule.replace(f"<{part}>", f"<{word}>")
    return rule


@pytest.mark.parametrize(
    ("path", "example"),
    [
        ("/api/heatpumps/hp-001", 1),
        ("/api/manufacturers", 6),
        ("/api/manufacturers/idm/models/navigator_2_0/setup", 7),
        ("/api/data/hp-001", 8),
        ("/api/heatpumps/hp-001/series?sensors=temp_outside,operating_mode&from=1763726400&to=1763728200&points=3", 9),
    ],
)
def test_an_example_has_the_fields_of_the_answer(
    owner: Visitor, system: System, add: Callable[..., HeatPump], path: str, example: int
) -> None:
    pump = add(enabled=True)
    tell(system, pump, 1763726400, {"temp_outside": -2.5, "operating_mode": "heating"})
    tell(system, pump, NOW, {"temp_outside": -2.5, "operating_mode": "heating"})
    answer = owner.get(path).json
    assert set(answer) == set(EXAMPLES[example])
    if "series" in answer:
        assert [set(each) for each in answer["series"]] == [set(each) for each in EXAMPLES[example]["series"]]


def test_the_example_of_adding_one_works(owner: Visitor) -> None:
    assert owner.send("POST", "/api/heatpumps", EXAMPLES[2]).status_code == 201
    assert owner.send("PUT", "/api/heatpumps/hp-001", EXAMPLES[3]).status_code == 200


def test_the_example_of_a_dashboard_works(owner: Visitor, add: Callable[..., HeatPump]) -> None:
    add()
    (example,) = [each for each in EXAMPLES if isinstance(each, dict) and "charts" in each.get("config", {})]
    assert owner.send("POST", "/api/dashboards", example).status_code == 201


def test_the_example_of_an_error_is_real(owner: Visitor) -> None:
    sent = EXAMPLES[2] | {"connection_config": {"host": "192.168.1.100", "port": 70000}}
    assert owner.send("POST", "/api/heatpumps", sent).json == EXAMPLES[0]
