"""The owner decides how long history is kept, and sees first what that removes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.services import retention
from app.services.retention import Choice
from app.store import compaction
from app.store.heatpumps import HeatPump
from app.system import System
from tests.store.history import keep, polls
from tests.web.conftest import NOW
from tests.web.people import Visitor

DAY = 86400


@pytest.fixture
def ten_days(system: System, add: Callable[..., HeatPump]) -> HeatPump:
    """A heat pump with ten closed days before now."""
    pump = add("Kindergarten")
    begin = NOW - NOW % DAY - 10 * DAY
    keep(system.database, polls(1, begin, begin + 10 * DAY, step_s=600))
    for day in range(10):
        compaction.close(system.database, pump.id, begin + day * DAY, begin + (day + 1) * DAY)
    return pump


def test_everything_is_kept_until_the_owner_says_otherwise(owner: Visitor, system: System) -> None:
    page = owner.get("/retention/")
    assert page.status_code == 200
    assert "What this removes" not in page.text
    assert retention.chosen(system) == Choice()


def test_what_a_choice_removes_is_shown_and_nothing_is_done_yet(
    owner: Visitor, system: System, ten_days: HeatPump
) -> None:
    page = owner.get("/retention/?raw_days=3&hourly_days=8")
    assert "What this removes" in page.text
    assert "Of these only hourly values stay:" in page.text
    assert "These go altogether:" in page.text
    assert ten_days.name in page.text
    assert retention.chosen(system) == Choice()


def test_the_choice_holds_from_then_on(owner: Visitor, system: System, ten_days: HeatPump) -> None:
    answer = owner.post("/retention/", {"raw_days": "400", "hourly_days": ""})
    assert answer.status_code == 302
    assert retention.chosen(system) == Choice(400, None)
    assert 'value="400"' in owner.get("/retention/").text
    assert "Nothing today." in owner.get("/retention/?raw_days=400").text


@pytest.mark.parametrize(
    ("raw_days", "hourly_days"),
    [
        ("-1", ""),
        ("soon", ""),
        ("1", ""),
        ("3.5", ""),
        ("1e3", ""),
        ("999999999", ""),
        ("99999", ""),
        ("30", "7"),
        ("", "7"),
        ("٣٠", ""),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_choice_that_cannot_be_is_refused_at_its_field(
    owner: Visitor, system: System, method: str, raw_days: str, hourly_days: str
) -> None:
    days = {"raw_days": raw_days, "hourly_days": hourly_days}
    answer = owner.get("/retention/", query_string=days) if method == "get" else owner.post("/retention/", days)
    assert answer.status_code == 400
    assert "field-error" in answer.text
    assert retention.chosen(system) == Choice()


def test_only_the_owner_decides(viewer: Visitor, system: System) -> None:
    assert viewer.get("/retention/").status_code == 403
    assert viewer.post("/retention/", {"raw_days": "30"}).status_code == 403
    assert retention.chosen(system) == Choice()
