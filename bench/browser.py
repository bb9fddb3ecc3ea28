"""In a real Chromium, on the demo with its 90 days: from the address to a page that can be used, and what travels."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import BrowserContext, Page, sync_playwright

from bench.figures import Figure

PORT = 8391
ROUNDS = 5
PAGES = {"overview": "/", "heat pump": "/heatpumps/hp-001"}
ALL_THERE = "all simulated heat pumps are there"
QUIET_S = 3.0
INTERACTIVE = """() => new Promise((done) => {
  const last = (entries) => Math.max(0, ...entries.map((each) => each.startTime + each.duration));
  let busy = 0;
  new PerformanceObserver((list) => { busy = Math.max(busy, last(list.getEntries())); })
    .observe({ type: "longtask", buffered: true });
  setTimeout(() => done(Math.max(performance.getEntriesByType("navigation")[0].loadEventEnd, busy)), 1000);
})"""
"""Milliseconds from the navigation on until everything is loaded and no task of 50 ms or more runs any more."""

CARRIED = """() => performance.getEntriesByType("resource")
  .filter((each) => /[.](js|css)([?]|$)/.test(each.name)).map((each) => [each.name, each.encodedBodySize])"""


def measure() -> list[Figure]:
    found: list[Figure] = []
    carried: dict[str, int] = {}
    with _demo() as (address, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, path in PAGES.items():
            times = {"first visit": [], "later visit": []}  # type: dict[str, list[float]]
            for _ in range(ROUNDS):
                context = browser.new_context(service_workers="block")
                _sign_in(context, address, password)
                page = context.new_page()
                _forget_files(context, page)
                for visit, kept in times.items():
                    page.goto(f"{address}{path}", wait_until="load")
                    kept.append(float(page.evaluate(INTERACTIVE)))
                    if visit == "first visit":
                        carried |= dict(page.evaluate(CARRIED))
                context.close()
            found += [Figure(f"{name} can be used, {visit}", median(each), "ms", 1000) for visit, each in times.items()]
        browser.close()
    return [*found, Figure("scripts and style sheets of both pages", sum(carried.values()) / 1000, "KB", 350)]


def _forget_files(context: BrowserContext, page: Page) -> None:
    """As somebody who has never been here: the files come over the wire."""
    context.new_cdp_session(page).send("Network.clearBrowserCache")


def _sign_in(context: BrowserContext, address: str, password: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("#username", "demo")
    page.fill("#password", password)
    page.click("main button")
    page.wait_for_load_state()
    page.close()


@contextmanager
def _demo() -> Iterator[tuple[str, str]]:
    """Its address and its password, once every heat pump is there."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with (
            log.open("w") as errors,
            subprocess.Popen(
                [sys.executable, "run.py", "demo", "--port", str(PORT), "--data", f"{folder}/data"],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as process,
        ):
            try:
                assert process.stdout is not None
                told = ""
                while "password" not in told:
                    told = process.stdout.readline()
                    assert told, "the demo ended"
                while ALL_THERE not in log.read_text():
                    assert process.poll() is None, "the demo ended"
                    try:
                        process.wait(QUIET_S)
                    except subprocess.TimeoutExpired:
                        continue
                yield f"http://127.0.0.1:{PORT}", told.split()[-1]
            finally:
                process.terminate()
