"""The owner's choice of how long history is kept."""

import pytest

from app.config import Config
from app.messages import Invalid
from app.services import retention
from app.services.retention import Choice
from app.store import compaction, heatpumps, series
from app.store.heatpumps import HeatPump
from app.system import assemble
from tests.store.history import SENSORS, everything, keep, polls

DAY = 86400
T0 = 1_700_006_400


@pytest.fixture
def system(tmp_path):
    """Ten closed days, which end now."""
    system = assemble(Config(tmp_path, timezone="UTC"), lambda: T0 + 10 * DAY)
    with system.database.transaction() as db:
        heatpumps.put(db, HeatPump("hp-001", "A", "idm", "x", {"host": "a", "port": 1, "unit_id": 1}, {}, True, 1, 1))
    keep(system.database, polls(1, T0, T0 + 10 * DAY, step_s=300))
    for day in range(10):
        compaction.close(system.database, "hp-001", T0 + day * DAY, T0 + (day + 1) * DAY)
    yield system
    system.database.close()


def read(system, points):
    found = series.read(
        system.database.connection(), "hp-001", SENSORS, start=T0, end=T0 + 10 * DAY, points=points, shortest_step_s=30
    )
    return found.courses


def test_everything_is_kept_unless_the_owner_says_otherwise(system):
    before = everything(system.database)
    assert retention.chosen(system) == Choice(None, None)
    assert retention.preview(system, Choice()).bytes == 0
    system.upkeep.run()
    assert everything(system.database) == before


def test_what_a_choice_frees_is_shown_before_and_is_what_goes(system):
    def size():
        return (
            system.database.connection()
            .execute(
                "SELECT (SELECT sum(length(hours) + coalesce(length(samples), 0)) FROM chunks)"
                " + (SELECT coalesce(sum(length(times)), 0) FROM blocks)"
            )
            .fetchone()[0]
        )

    choice = Choice(raw_days=3, hourly_days=8)
    shown, before = retention.preview(system, choice), size()
    assert [(each.heatpump_id, each.since, each.until) for each in shown.raw] == [
        ("hp-001", T0 + 2 * DAY, T0 + 7 * DAY)
    ]
    assert [(each.since, each.until) for each in shown.hourly] == [(T0, T0 + 2 * DAY)]
    assert size() == before
    retention.choose(system, choice)
    assert retention.chosen(system) == choice
    system.upkeep.run()
    assert before - size() == shown.bytes > 0
    assert retention.preview(system, choice).bytes == 0
    retention.choose(system, Choice())
    assert retention.chosen(system) == Choice()


def test_hours_answer_where_samples_are_gone(system):
    before = read(system, points=10)
    retention.choose(system, Choice(raw_days=3))
    system.upkeep.run()
    after = read(system, points=10)
    assert [course.high for course in after] == [course.high for course in before]
    assert [course.text for course in after] == [course.text for course in before]
    assert everything(system.database)[0][0] >= T0 + 7 * DAY
    fine = read(system, points=9000)[0]
    assert sum(value is not None for value in fine.mean[: len(fine.mean) // 10]) == pytest.approx(24, abs=2)


def test_a_reading_that_comes_late_for_hours_widens_them(system):
    retention.choose(system, Choice(raw_days=3))
    system.upkeep.run()
    late = polls(2, T0 + 100, T0 + 700, step_s=300)
    keep(system.database, late)
    value = max(reading.values[0] for reading in late if reading.values[0] is not None)
    compaction.close(system.database, "hp-001", T0, T0 + DAY)
    assert system.database.connection().execute("SELECT count(*) FROM polls").fetchone()[0] == 0
    found = series.read(
        system.database.connection(), "hp-001", ["temp_flow"], start=T0, end=T0 + 3600, points=1, shortest_step_s=30
    )
    assert found.courses[0].high[0] >= value


@pytest.mark.parametrize(
    "choice", [Choice(raw_days=0), Choice(raw_days=-5), Choice(raw_days=40_000), Choice(30, 10), Choice(None, 400)]
)
def test_a_choice_that_makes_no_sense_is_refused(system, choice):
    with pytest.raises(Invalid):
        retention.preview(system, choice)
    with pytest.raises(Invalid):
        retention.choose(system, choice)
