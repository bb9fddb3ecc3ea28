"""The header of every page: its links, and the selector of heat pumps."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest

from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.conftest import NOW
from tests.web.people import Visitor, lose, tell
from tests.web.test_overview import LOST


def leads(page: str) -> list[str]:
    """Where the selector leads: all heat pumps first, then each by its name."""
    found = page[page.index('class="selector-list"') : page.index("</ul>")]
    return [html.unescape(address) for address in re.findall(r'<a href="([^"]+)"', found)]


@pytest.mark.parametrize(
    ("path", "everything", "other"),
    [
        ("/", "/", "/heatpumps/hp-002"),
        ("/heatpumps/hp-001", "/", "/heatpumps/hp-002"),
        ("/heatpumps/hp-001/analysis?period=2025", "/", "/heatpumps/hp-002/analysis?period=2025"),
        ("/heatpumps/hp-001/anomalies", "/", "/heatpumps/hp-002/anomalies"),
        ("/heatpumps/hp-001/settings", "/", "/heatpumps/hp-002/settings"),
        ("/heatpumps/hp-001/settings-log", "/", "/heatpumps/hp-002/settings-log"),
        ("/heatpumps/hp-001/remove", "/", "/heatpumps/hp-002"),
        ("/jobs/?heatpump_id=hp-001", "/jobs/", "/jobs/?heatpump_id=hp-002"),
        ("/jobs/", "/jobs/", "/jobs/?heatpump_id=hp-002"),
        ("/report/?period=2025", "/report/?period=2025", "/report/?period=2025&heatpump_id=hp-002"),
        ("/alerts/", "/alerts/", "/alerts/?heatpump_id=hp-002"),
        (
            "/alerts/events?open=1&before=9&heatpump_id=hp-001",
            "/alerts/events?open=1",
            "/alerts/events?open=1&heatpump_id=hp-002",
        ),
        ("/audit/?outcome=failed", "/audit/?outcome=failed", "/audit/?outcome=failed&heatpump_id=hp-002"),
        ("/settings/", "/", "/heatpumps/hp-002"),
        ("/compare/", "/", "/heatpumps/hp-002"),
    ],
)
def test_another_heat_pump_is_chosen_on_the_same_kind_of_page(
    owner: Visitor, add: Callable[..., HeatPump], path: str, everything: str, other: str
) -> None:
    add("A")
    add("B")
    page = owner.get(path)
    assert page.status_code == 200
    found = leads(page.text)
    assert found[0] == everything
    assert found[2] == other
    assert owner.get(other).status_code == 200


def test_the_selector_says_how_each_heat_pump_is_doing(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    tell(system, add("A", enabled=True), NOW, {"temp_outside": 1.0})
    lose(system, add("B", enabled=True), NOW - 60, LOST)
    page = owner.get("/heatpumps/hp-002/analysis").text
    assert re.search(r'data-pump="hp-001" data-tone="good">.*?<small data-state>Online<', page, re.DOTALL)
    assert re.search(r'data-pump="hp-002" data-tone="bad">.*?<small data-state>Offline since 14:02<', page, re.DOTALL)
    assert re.search(r'<span class="selector-name">B<', page)
    assert '<span class="selector-name">All heat pumps<' in owner.get("/").text


def test_the_page_that_somebody_is_on_is_marked(owner: Visitor) -> None:
    page = owner.get("/jobs/").text
    assert re.search(r'href="/jobs/" aria-current="page">Jobs', page)
    assert not re.search(r'href="/" aria-current="page">Overview', page)


def test_alerts_of_one_heat_pump_can_be_looked_at_alone(
    owner: Visitor, add: Callable[..., HeatPump], system: System
) -> None:
    add("A")
    add("B")
    rule = {"name": "Only A", "conditions": [{"kind": "offline"}], "heatpump_id": "hp-001", "severity": "info"}
    assert owner.send("POST", "/api/alerts", rule).status_code == 201
    assert "Only A" in owner.get("/alerts/?heatpump_id=hp-001").text
    assert "Only A" not in owner.get("/alerts/?heatpump_id=hp-002").text
    assert owner.get("/alerts/?heatpump_id=hp-999").status_code == 404


def test_a_page_of_an_error_asks_nobody_for_heat_pumps(owner: Visitor) -> None:
    assert owner.get("/heatpumps/hp-999").status_code == 404


def test_a_viewer_finds_no_way_to_the_system(viewer: Visitor) -> None:
    page = viewer.get("/").text
    assert 'href="/system/"' not in page
    assert 'href="/settings/"' in page


@pytest.mark.parametrize("path", ["/alerts/", "/alerts/events", "/audit/", "/jobs/", "/report/", "/compare/", "/"])
@pytest.mark.parametrize(
    "query", ["_scheme=javascript&_external=1", "_anchor=x", "_method=x", "endpoint=x", "self=1", "values=1"]
)
def test_a_typed_query_stays_a_query(owner: Visitor, add: Callable[..., HeatPump], path: str, query: str) -> None:
    add()
    answer = owner.get(f"{path}?{query}")
    assert answer.status_code == 200
    assert not re.findall(r'href="[a-z]+:', answer.text.replace('href="https://', ""))
