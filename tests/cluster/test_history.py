"""A course from VictoriaMetrics is the course from the own history."""

from __future__ import annotations

import random

import pytest

from app.cluster import history
from app.cluster.client import VictoriaMetrics
from app.config import Config
from app.messages import Unavailable
from app.services import course, heatpumps, models
from app.store import series
from app.system import assemble
from tests.cluster.conftest import T0, keep
from tests.cluster.test_pusher import pusher
from tests.victoriametrics import free_port
from tests.waiting import eventually

SENSORS = ["temp_outside", "operating_mode", "energy_heat_total", "temp_flow"]


BOX = "history"


@pytest.fixture(scope="module")
def both(server, tmp_path_factory):
    """Two hours at irregular times with gaps, here and there; in the middle the heat pump is renamed."""
    system = assemble(Config(tmp_path_factory.mktemp("both"), victoriametrics=server.address, box=BOX))
    heatpumps.add(
        system,
        {"name": "Haus", "manufacturer": "idm", "model": "navigator_2_0", "connection_config": {"host": "127.0.0.1"}},
    )
    chance = random.Random(5)
    at, renamed = T0, False
    while at < T0 + 7200:
        at += chance.choice([29, 30, 31, 30, 400])
        value = None if chance.random() < 0.1 else round(chance.uniform(-20, 20), 2)
        keep(system, at, (value, chance.choice(["off", "heating", "hot_water", "17"]), float(at - T0)))
        if at > T0 + 3600 and not renamed:
            renamed = True
            pusher(system, server.address, BOX).deliver_all()
            heatpumps.change(system, "hp-001", {"name": "umbenannt"})
    pusher(system, server.address, BOX).deliver_all()
    eventually(lambda: server.samples(BOX).get("energy_heat_total", [(0, 0)])[-1][0] == at)
    yield system
    system.database.close()


@pytest.mark.parametrize(
    ("start", "end", "points"),
    [
        (T0, T0 + 7200, 100),
        (T0 + 17, T0 + 7111, 30),
        (T0 + 17, T0 + 7111, 1),
        (T0 + 100, T0 + 130, 5),
        (T0 + 101, T0 + 109, 1),
        (T0 - 5000, T0 + 9000, 700),
        (T0 - 5000, T0 - 1000, 10),
    ],
)
def test_every_bucket_is_the_same(server, both, start, end, points):
    wanted = {"start": start, "end": end, "points": points, "shortest_step_s": 30}
    here = series.read(both.database.connection(), "hp-001", SENSORS, **wanted)
    there = history.read(VictoriaMetrics(server.address), "hp-001", BOX, SENSORS, **wanted)
    assert (there.times, there.step_s) == (here.times, here.step_s)
    for near, far in zip(here.courses, there.courses, strict=True):
        assert far.low == near.low, near.sensor
        assert far.high == near.high, near.sensor
        assert far.mean == pytest.approx(near.mean, abs=2e-6), near.sensor
        assert far.text == near.text, near.sensor


def test_another_box_sees_nothing_of_it(server, both):
    found = history.read(VictoriaMetrics(server.address), "hp-001", "", SENSORS, start=T0, end=T0 + 7200, points=9,
                         shortest_step_s=30)  # fmt: skip
    assert all(value is None for each in found.courses for value in (*each.mean, *each.text))


def test_a_setting_decides_where_the_course_is_read_from(server, furnished):
    def read(**settings):
        system = furnished(**settings)
        pump = heatpumps.get(system, "hp-001")
        return course.read(system, pump, models.of(system, pump), ["temp_outside"], T0, T0 + 60, 2).courses[0]

    keep(furnished(), T0, (5.0, "off", 1.0))
    assert 5.0 in read().mean
    assert 5.0 not in read(victoriametrics=server.address, history="victoriametrics", box="empty").mean


def test_when_it_cannot_be_asked_the_error_says_where_and_what_to_do(furnished):
    port = free_port()
    system = furnished(victoriametrics=f"http://anna:secret@127.0.0.1:{port}/select", history="victoriametrics")
    pump = heatpumps.get(system, "hp-001")
    with pytest.raises(Unavailable) as told:
        course.read(system, pump, models.of(system, pump), ["temp_outside"], T0, T0 + 60, 2)
    assert f"http://127.0.0.1:{port}/select/api/v1/query_range cannot be reached" in str(told.value)
    assert "secret" not in str(told.value)
