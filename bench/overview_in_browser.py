"""The overview with 50 heat pumps in a real browser: from the click until everything stands there and can be used."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from waitress import wasyncore
from waitress.server import create_server

from app import create_app
from app.commands.serve import WEB_THREADS
from app.config import Config
from app.services import accounts
from app.system import assemble
from bench.figures import Figure
from bench.overview import HEAT_PUMPS, furnish

ROUNDS = 9
CHROMIUM = "/usr/bin/chromium"
OPTIONS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
READY = """
() => {
  const [page] = performance.getEntriesByType("navigation");
  const painted = Math.max(...performance.getEntriesByType("paint").map((each) => each.startTime));
  return [Math.max(page.loadEventEnd, painted), document.querySelectorAll("#heat-pumps [data-heatpump]").length];
}
"""
"""Milliseconds from the beginning of the navigation until it is loaded, with its scripts, and painted; and how many."""


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        figures = []
        for view in ("table", "cards"):
            first_ms = _median(
                [_visits(_signed_in(browser, address), f"{address}/?view={view}", 1)[0] for _ in range(3)]
            )
            again_ms = _median(_visits(_signed_in(browser, address), f"{address}/?view={view}", ROUNDS))
            figures += [
                Figure(f"overview of {HEAT_PUMPS} as {view} in Chromium, first visit", first_ms, "ms", 1000),
                Figure(f"overview of {HEAT_PUMPS} as {view} in Chromium", again_ms, "ms", 1000),
            ]
        browser.close()
    return figures


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    system = assemble(Config(folder))
    furnish(system)
    accounts.create_first(system, "owner", "long enough words")
    server = create_server(create_app(system, "bench"), host="127.0.0.1", port=0, threads=WEB_THREADS)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown(timeout=5)
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
        thread.join(10)
        system.database.close()


def _signed_in(browser: Browser, address: str) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("#username", "owner")
    page.fill("#password", "long enough words")
    page.click("main button")
    page.wait_for_load_state()
    page.close()
    return context


def _visits(context: BrowserContext, address: str, rounds: int) -> list[float]:
    page = context.new_page()
    found = []
    for _ in range(rounds):
        page.goto(address, wait_until="load")
        page.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
        ready_ms, shown = page.evaluate(READY)
        assert shown == HEAT_PUMPS, f"{shown} heat pumps are on the page"
        found.append(float(ready_ms))
    context.close()
    return found


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
