"""A year with both changes of the clock and a new year: days, months, year, report, page, interface and file agree."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from app.calendar import DAY_S, edges
from app.config import Config
from app.polling.daily import DailyFigures
from app.reading import Column
from app.services import heatpumps, report, tariffs
from app.store import laying
from app.store.heatpumps import HeatPump
from app.store.laying import Course, Past
from app.system import System, assemble
from drivers.catalogue import Catalogue
from tests.clocks import BERLIN, local
from tests.web.applications import application
from tests.web.people import Visitor, account

STEP_S = 600
COLUMNS = (
    Column("power_current", "kW", "float32"),
    Column("power_current_draw", "kW", "float32"),
    Column("temp_outside", "°C", "0.1"),
    Column("operating_mode", "", "text"),
    Column("energy_heat_total", "kWh", "0.1"),
    Column("energy_electric_total", "kWh", "0.1"),
)
MODES = ("standby", "heating", "hot_water")
TARIFF = {
    "since": "2025-01-01",
    "prices": [{"per_kwh": 0.24, "co2": 380, "begin": 22, "end": 6}, {"per_kwh": 0.31, "co2": 380}],
}


BEGIN, YEAR, NEXT_YEAR = local("2024-12-20"), local("2025-01-01"), local("2026-01-01")
NOW = local("2026-01-03 12:00")


def past() -> Past:
    """It heats by the cold, more in winter, and makes hot water at five; its counters tell the same in 0.1 kWh."""
    times = np.arange(BEGIN, NOW, STEP_S, dtype=np.int64)
    season = np.cos((times - local("2025-01-15")) / (365.25 * DAY_S) * 2 * np.pi)
    outside = np.round(9 + 9 * season - 3 * np.cos((times % DAY_S) / DAY_S * 2 * np.pi), 1)
    water = times % DAY_S // 3600 == 4
    heat = np.where(water, 6.0, np.maximum(0.0, np.round((15 - outside) * 0.3, 2)))
    on = heat > 0.5
    heat = np.where(on, heat, 0.0)
    electric = np.where(on, np.round(heat / np.where(water, 2.5, 4.0 + outside / 20), 3), 0.02)
    counters = [np.floor(np.cumsum(power) * STEP_S / 3600 * 10) / 10 + 5000 for power in (heat, electric)]
    mode = np.where(water, 2.0, on.astype(float))
    told = (heat, electric, outside, mode, *counters)
    courses = tuple(
        Course(column, values, MODES if column.storage == "text" else ())
        for column, values in zip(COLUMNS, told, strict=True)
    )
    every = tuple(range(len(COLUMNS)))
    return Past(times, np.zeros(len(times), np.int64), (every,), courses)


@dataclass(frozen=True)
class Lived:
    system: System
    counting: HeatPump
    pumps: tuple[HeatPump, ...]
    visitor: Visitor

    def figures(self, by: str, pump: HeatPump, begin: int = YEAR, end: int = NEXT_YEAR) -> list[dict[str, Any]]:
        answer = self.visitor.get(f"/api/heatpumps/{pump.id}/figures?by={by}&from={begin}&to={end}")
        found: list[dict[str, Any]] = answer.get_json()["figures"]
        return found

    def counted(self, pump: HeatPump, sensor: str) -> dict[int, float]:
        """UTC seconds → what the counter showed, from the file that anybody may take along."""
        asked = f"sensors={sensor}&from={BEGIN}&to={NOW}"
        page = self.visitor.get(f"/heatpumps/{pump.id}/export.csv?{asked}").text.lstrip("\ufeff")
        rows = csv.DictReader(io.StringIO(page))
        return {int(datetime.fromisoformat(row["timestamp"]).timestamp()): float(row[sensor]) for row in rows}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Iterator[Lived]:
    """Nothing is written in these tests, and a year takes a while: they share it."""
    system = assemble(Config(tmp_path_factory.mktemp("year"), timezone="Europe/Berlin"), lambda: NOW)
    system.catalogue = catalogue
    tariffs.keep(system, TARIFF)
    whole = past()
    powers = Past(whole.times, whole.kinds, ((0, 1, 2, 3),), whole.courses[:4])
    pumps = []
    for port, each in ((9, whole), (10, powers)):
        place = {"connection_config": {"host": "127.0.0.1", "port": port}}
        pumps.append(heatpumps.add(system, {"name": "A", "manufacturer": "idm", "model": "navigator_2_0"} | place))
        months = [at for at in edges(BEGIN, NOW - DAY_S, "month", BERLIN) if BEGIN < at < NOW]
        with system.database.transaction() as db:
            laying.keep(db, pumps[-1].id, laying.pack(each, [BEGIN, *months]))
    DailyFigures(system.database, BERLIN, system.clock, system.facts_of).run(gently=False)
    account(system, "berta", "owner")
    visitor = Visitor(application(system))
    visitor.sign_in("berta")
    yield Lived(system, pumps[0], tuple(pumps), visitor)
    system.database.close()


def sums(figures: Iterable[dict[str, Any]]) -> dict[str, float]:
    """Everything that can be added up, by name."""
    found: dict[str, float] = {}
    for each in figures:
        parts = {
            f"{kind} {part}": kwh for kind in ("electric", "heat") for part, kwh in each[kind]["parts"].items()
        } | {kind: each[kind]["kwh"] for kind in ("electric", "heat")}
        plain = ("days", "known_days", "standby", "starts", "defrosts", "cost", "co2_kg")
        for name, value in (parts | {name: each[name] for name in plain}).items():
            found[name] = found.get(name, 0.0) + value
    return found


def test_days_months_year_report_page_interface_and_file_say_the_same(lived: Lived) -> None:
    for pump in lived.pumps:
        days, months, years = (lived.figures(by, pump) for by in ("day", "month", "year"))
        assert (len(days), len(months), len(years)) == (365, 12, 1)
        lengths = {(day["to"] - day["from"]) // 3600 for day in days}
        assert lengths == {23, 24, 25}
        assert sums(days) == pytest.approx(sums(years))
        for month in months:
            inside = [day for day in days if month["from"] <= day["from"] < month["to"]]
            assert sums(inside) == pytest.approx(sums([month]))
            assert month["factor"]["value"] == pytest.approx(month["heat"]["kwh"] / month["electric"]["kwh"])
        assert years[0]["factor"]["value"] == pytest.approx(years[0]["heat"]["kwh"] / years[0]["electric"]["kwh"])
        assert sum(years[0]["heat"]["parts"].values()) == pytest.approx(years[0]["heat"]["kwh"])

        before = (local("2024-01-01"), YEAR)
        sheet = report.sheet(lived.system, pump, "month", YEAR, NEXT_YEAR, before)
        assert sheet.whole.period.heat.kwh == pytest.approx(years[0]["heat"]["kwh"])
        assert sheet.whole.cost.money == pytest.approx(years[0]["cost"])
        assert [part.period.electric.kwh for part in sheet.parts] == [each["electric"]["kwh"] for each in months]
        october = lived.visitor.get(f"/report/?period=2025-10&heatpump_id={pump.id}").text
        assert f"{months[9]['heat']['kwh']:,.0f}" in october


@pytest.mark.parametrize("kind", ["heat", "electric"])
def test_the_figures_are_what_the_counter_of_the_file_tells(lived: Lived, kind: str) -> None:
    counted = lived.counted(lived.counting, f"energy_{kind}_total")
    for by in ("day", "month", "year"):
        for each in lived.figures(by, lived.counting):
            assert each[kind]["source"] == "device counter"
            assert each[kind]["kwh"] == pytest.approx(counted[each["to"]] - counted[each["from"]])
            assert each[kind]["coverage"] == pytest.approx(1)


def test_counter_and_power_tell_the_same_year(lived: Lived) -> None:
    counted, added = (lived.figures("month", pump) for pump in lived.pumps)
    for one, other in zip(counted, added, strict=True):
        assert other["heat"]["source"] == "integrated"
        assert one["heat"]["kwh"] == pytest.approx(other["heat"]["kwh"], rel=0.005)
        assert one["electric"]["kwh"] == pytest.approx(other["electric"]["kwh"], rel=0.005)


def test_the_overview_has_the_factor_of_the_new_year(lived: Lived) -> None:
    lived.system.glance.refresh(gently=False)
    for pump in lived.pumps:
        glimpse = lived.system.glance.of(pump.id)
        assert glimpse is not None
        assert glimpse.since == NEXT_YEAR
        year = lived.figures("year", pump, NEXT_YEAR, NOW)[0]
        assert glimpse.factor is not None
        assert glimpse.factor.value == pytest.approx(year["factor"]["value"])
        assert year["days"] == 2
