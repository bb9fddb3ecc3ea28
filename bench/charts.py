"""How long a year of three sensors takes from the click to the drawing in a browser, and what all scripts weigh."""

from __future__ import annotations

import gzip
import tempfile
import time
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path

import flask_bootstrap
import numpy as np
from playwright.sync_api import Page

from app.services import dashboards
from app.store import compaction
from app.system import System
from bench import generated
from bench.figures import Figure, percentile
from bench.rows import fill
from tests.browser import chromium
from tests.browser.stage import PASSWORD, USER, Stage, staged

ROUNDS = 9
YEAR_DAYS, MONTH_DAYS = 365, 30
SENSORS = {"temp_flow": 1, "temp_outside": 2, "power_current": 56}
STATIC = Path(__file__).parents[1] / "static"


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, staged(Path(folder)) as stage, chromium.running() as browser:
        stage.sign_up()
        pump = stage.add("House", 9, enabled=False)
        _live_a_year(stage.system, pump.id)
        lines = [{"heatpump_id": pump.id, "sensor": sensor} for sensor in SENSORS]
        chart = {"kind": "line", "title": "Year", "width": "full", "lines": lines}
        made = dashboards.add(stage.system, {"name": "Year", "config": {"charts": [chart]}})
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        _sign_in(page, stage, f"/dashboards/{made.id}")
        milliseconds = [_click(page) for _ in range(ROUNDS)]
    return [
        Figure("a year of 3 series, click to drawing, median", percentile(milliseconds, 0.5), "ms", 300),
        Figure("a year of 3 series, click to drawing, slowest", max(milliseconds), "ms"),
        Figure("JavaScript and CSS of the whole product, gzip", _weight() / 1000, "kB", 350),
    ]


def _live_a_year(system: System, heatpump_id: str) -> None:
    """A poll every minute up to now, closed and merged as the years do."""
    times = generated.regular(YEAR_DAYS)
    begin = int(system.clock()) // generated.DAY_S * generated.DAY_S - YEAR_DAYS * generated.DAY_S
    pump = generated.heat_pump(1, times)
    courses = [replace(pump[place], column=replace(pump[place].column, sensor=name)) for name, place in SENSORS.items()]
    fill(system.database, heatpump_id, times - int(times[0]) + np.int64(begin), courses)
    for day in range(YEAR_DAYS):
        since = begin + day * generated.DAY_S
        compaction.close(system.database, heatpump_id, since, since + generated.DAY_S)
    for month in range(0, YEAR_DAYS - MONTH_DAYS, MONTH_DAYS):
        since = begin + month * generated.DAY_S
        compaction.merge(system.database, heatpump_id, since, since + MONTH_DAYS * generated.DAY_S)


def _sign_in(page: Page, stage: Stage, path: str) -> None:
    page.goto(f"{stage.address}/login")
    page.fill("#username", USER)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_load_state()
    page.goto(f"{stage.address}{path}")
    page.wait_for_selector("[data-drawn]")


def _click(page: Page) -> float:
    """Milliseconds from the click on "1 year" to the frame in which the year stands on the screen."""
    page.click("[data-range-name='24h']")
    page.wait_for_function(
        "() => { const [from, to] = document.querySelector('[data-drawn]').dataset.drawn.split('-');"
        " return to - from === 86400; }"
    )
    time.sleep(0.3)
    return float(
        page.evaluate(
            """() => new Promise((done) => {
              const card = document.querySelector("[data-drawn]");
              const begun = performance.now();
              new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun))))
                .observe(card, { attributeFilter: ["data-drawn"] });
              document.querySelector("[data-range-name='1y']").click();
            })"""
        )
    )


def _weight() -> int:
    """Every script and style sheet of ours, uPlot and Bootstrap, each compressed as it is sent."""
    files = [*STATIC.glob("*.js"), *STATIC.glob("*.css")]
    uplot = distribution("uplot-python")
    files += [Path(str(uplot.locate_file(f"uplot/static/{name}"))) for name in ("uPlot.iife.js", "uPlot.min.css")]
    files.append(Path(flask_bootstrap.__file__).parent / "static/bootstrap5/css/bootstrap.min.css")
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)
