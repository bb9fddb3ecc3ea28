"""The demo: houses of every maker with their past, and a next start that goes on where the last one ended."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from app.analysis.day import VERSION
from app.commands.demo import diary, houses, past, words
from app.commands.demo.moving_in import MovingIn
from app.commands.demo.past import Order
from app.config import Config
from app.services import heatpumps, jobs
from app.store import alert_events, alerts, blocks, days, outages, readings, settings_log
from app.system import assemble
from drivers.simulators.plant import Plant
from tests.catalogue import CATALOGUE

DAY = 86_400
DAYS = 4
WINTER, SUMMER = 1_768_435_200, 1_784_073_600


def moved_in(folder, clock, ending, number):
    system = assemble(Config(folder), clock)
    ending.callback(system.database.close)
    system.latest.load(system.database.connection())
    if not heatpumps.all_of_them(system):
        diary.furnish(system, "de")
    MovingIn(system, number, ending, "de", DAYS).begin(number)
    return system


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder):
    with ExitStack() as ending:
        yield moved_in(folder, time.time, ending, len(houses.HOUSES))


def samples(system, heatpump_id, *sensors):
    return list(readings.samples(system.database.connection(), heatpump_id, sensors, 0, 2**40))


def test_every_model_of_the_catalogue_is_there_with_days_that_are_closed(demo):
    pumps = heatpumps.all_of_them(demo)
    assert {f"{pump.manufacturer}/{pump.model}" for pump in pumps} == {model.name for model in CATALOGUE}
    for pump in pumps:
        spans = blocks.spans(demo.database.connection(), pump.id)
        assert len(spans) >= 1
        times = [at for at, _ in samples(demo, pump.id, "temp_outside")]
        assert times[-1] - times[0] > (DAYS - 3.5) * DAY
        assert (
            max(after - before for before, after in pairwise(times)) <= past.SETTINGS_EVERY_S
            or pump.name == "Pfarrhaus"
        )
    demo.daily.run(gently=False)
    figures = days.done(demo.database.connection(), "hp-001", VERSION)
    assert len(figures) >= DAYS - 2


def test_each_has_something_to_say(demo):
    db = demo.database.connection()
    names = {pump.id: pump.name for pump in heatpumps.all_of_them(demo)}
    lost = {names[each] for each in outages.current(db)}
    assert lost == {"Ferienhaus"}
    told = {(names[event.heatpump_id], event.name or event.builtin) for event in alert_events.log(db, limit=100)}
    assert ("Ferienhaus", "offline") in told
    assert settings_log.known(db, "hp-001")
    assert [job.pump.name for job in jobs.all_of_them(demo)] == ["Reihenhaus"]


def test_all_that_its_owner_wrote_is_there_in_english(tmp_path):
    written = [house.name for house in houses.HOUSES] + [rule.name for rule in diary.RULES] + [diary.JOB["name"]]
    written += [text for notes in diary.NOTES.values() for _, text, _ in notes]
    assert [each for each in written if each not in words.ENGLISH] == []
    with ExitStack() as ending:
        system = assemble(Config(tmp_path), time.time)
        ending.callback(system.database.close)
        diary.furnish(system, "en")
        named = {rule.name for rule in alerts.all_of_them(system.database.connection()) if rule.builtin is None}
    assert named == {"Compressor starts too often", "Rooms are cooling down"}


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "de_AT.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_ALL": "", "LANG": "de"}, "de"),
        ({"LANG": "fr_FR"}, "en"),
        ({}, "en"),
    ],
)
def test_its_owner_writes_in_the_language_of_the_computer(environment, language):
    assert words.of_the_computer(environment) == language


def test_a_house_that_is_offline_refuses_and_the_others_answer(demo):
    for pump in heatpumps.all_of_them(demo):
        if "host" not in pump.connection:
            continue
        with socket.socket() as knocking:
            knocking.settimeout(2)
            answered = knocking.connect_ex((pump.connection["host"], pump.connection["port"])) == 0
        assert answered == (pump.name != "Ferienhaus")


def test_the_next_start_goes_on_where_the_last_one_ended(tmp_path):
    now = time.time()
    with ExitStack() as ending:
        moved_in(tmp_path, lambda: now, ending, 2)
    with ExitStack() as ending:
        system = moved_in(tmp_path, lambda: now + 3 * 3600, ending, 2)
        assert len(heatpumps.all_of_them(system)) == 2
        for heatpump_id in ("hp-001", "hp-002"):
            rows = samples(system, heatpump_id, "energy_heat_total")
            assert rows[-1][0] > now + 3 * 3600 - 2 * past.STEP_S
            assert max(after[0] - before[0] for before, after in pairwise(rows)) <= past.SETTINGS_EVERY_S + past.STEP_S
            counted = [value for _, (value,) in rows if value is not None]
            assert counted == sorted(counted)
        changes = settings_log.changes(system.database.connection(), "hp-001", 100)
        assert [change for change in changes if change.at > now] == []


def test_more_heat_pumps_can_move_in_later(tmp_path):
    now = time.time()
    with ExitStack() as ending:
        moved_in(tmp_path, lambda: now, ending, 1)
    with ExitStack() as ending:
        system = moved_in(tmp_path, lambda: now + 60, ending, 2)
        assert [pump.name for pump in heatpumps.all_of_them(system)] == ["Reihenhaus", "Berghütte"]


@pytest.mark.parametrize("now", [WINTER, SUMMER + 45 * DAY, 1_795_000_000])
def test_a_defrost_fails_whatever_the_season_and_somebody_mends_it(now):
    number = next(n for n, house in enumerate(houses.HOUSES, 1) if house.story == "failed defrost")
    (ailment,) = houses.ailments(number, now)
    plant = Plant(number, houses.parameters(number), start=ailment.since - DAY, ailments=(ailment,))
    faults = []
    for at in range(int(ailment.since), int(ailment.until) + 7200, 600):
        plant.advance(at)
        faults.append(plant.quantities()["fault"])
    assert "fault" in faults
    assert faults[-1] == "ok"


def test_a_past_is_closed_into_months_and_days_as_the_upkeep_does():
    zone = ZoneInfo("Europe/Berlin")
    now = 1_795_000_000
    edges = past.edges(now - 90 * DAY, now, now, zone)
    lengths = [round((until - since) / DAY) for since, until in pairwise(edges)]
    assert sorted(set(lengths))[0] == 1 and 28 <= max(lengths) <= 31
    assert edges[-1] <= now < edges[-1] + DAY + 400


def test_the_same_order_is_the_same_past():
    order = Order(4, "daikin/altherma_homehub", {}, 1_795_000_000, "Europe/Berlin", days=2)
    one, other = past.lived(order), past.lived(order)
    assert one.state == other.state
    assert [stretch.chunks for stretch in one.packed.stretches] == [s.chunks for s in other.packed.stretches]
