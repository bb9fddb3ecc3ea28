"""Every page in both languages and appearances, narrow and wide, as pictures to look at."""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page

from app.services import heatpumps
from drivers.simulators.plant import Plant
from tests.browser import chromium
from tests.browser.stage import PASSWORD, USER, Stage, staged
from tests.servers import eventually, refusing_port

FOLDER = Path(__file__).parents[2] / "build" / "screens"
WIDTHS = (390, 1280)
DAY_S = 86400
LONG_NAME = "Mehrfamilienhaus Nord, Gebäude 2 (Wärmepumpe im Keller links)"


def main(only: list[str]) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryDirectory() as full, chromium.running() as browser:
        with staged(Path(empty)) as stage:
            _shoot(browser, stage, {"setup": lambda page: page.goto(stage.address)}, only)
            stage.sign_up()
            _shoot(browser, stage, {"overview-empty": lambda page: _sign_in(page, stage, "/")}, only)
        with staged(Path(full), interval=10.0) as stage, refusing_port() as nobody:
            _furnish(stage, nobody)
            _shoot(browser, stage, _pages(stage, nobody), only)


def _furnish(stage: Stage, nobody: int) -> None:
    """Heat pumps in every state that a page can show."""
    stage.sign_up()
    now = int(stage.system.clock())
    house = Plant(1, start=now - 2 * DAY_S)
    pump = stage.add("Reihenhaus", nobody, enabled=False)
    stage.live_through(pump, house, now, silent=[(now - 40000, now - 34000)])
    heatpumps.change(stage.system, pump.id, _at(stage.simulator(plant=house).port))
    block = {"circuits": ["A", "B"], "zones": ["1"]}
    stage.add(LONG_NAME, stage.simulator(2, block).port, block)
    stage.add("Werkstatt", stage.simulator(3, pinned={"failure_heat_pump": "fault"}).port)
    without_flow = {"temp_flow": -1.0, "temp_return": -1.0}
    stage.add("Pfarrhaus", stage.simulator(4, pinned=without_flow).port)
    stage.add("Ferienhaus", nobody + 0, {"interval": 60}, enabled=False, connection_config={"host": "127.0.0.2"})
    kindergarten = Plant(5, start=now - DAY_S)
    lost = stage.add("Kindergarten", nobody, connection_config={"host": "127.0.0.3", "port": nobody})
    stage.live_through(lost, kindergarten, now - 3600)
    assert eventually(lambda: len([1 for pump in _all(stage) if stage.system.latest.last_seen(pump)]) == 5, 20)
    time.sleep(2)


def _all(stage: Stage) -> list[str]:
    return [pump.id for pump in heatpumps.all_of_them(stage.system)]


def _at(port: int) -> dict[str, object]:
    return {"enabled": True, "connection_config": {"port": port}}


def _pages(stage: Stage, nobody: int) -> dict[str, Callable[[Page], object]]:
    port = stage.simulator(9, {"circuits": ["A", "B"], "zones": []}).port

    def form(page: Page, button: str, **fields: str) -> None:
        _sign_in(page, stage, "/heatpumps/add?kind=idm/navigator_2_0")
        for name, value in fields.items():
            page.fill(f"#{name}", value)
        page.click(f"button[name=action][value={button}]:not(.visually-hidden)")
        page.wait_for_load_state()

    def summary(page: Page) -> None:
        form(page, "next", host="127.0.0.1", port=str(port))
        page.fill("#name", "Neubau")
        page.click("button[name=action][value=next]:not(.visually-hidden)")

    def open_details(page: Page, path: str, selector: str) -> None:
        _sign_in(page, stage, path)
        page.click(selector)

    return {
        "login": lambda page: page.goto(f"{stage.address}/login"),
        "login-wrong": lambda page: _sign_in(page, stage, "/", "wrong"),
        "overview": lambda page: _sign_in(page, stage, "/"),
        "overview-menu": lambda page: open_details(page, "/", "details.menu-right summary"),
        "heatpump": lambda page: _sign_in(page, stage, "/heatpumps/hp-001"),
        "heatpump-week": lambda page: _sign_in(
            page, stage, "/heatpumps/hp-001?range=7d&sensors=temp_outside,power_current,compressor_on"
        ),
        "heatpump-chooser": lambda page: open_details(page, "/heatpumps/hp-001", ".chooser summary"),
        "heatpump-zones": lambda page: _sign_in(page, stage, "/heatpumps/hp-002"),
        "heatpump-offline": lambda page: _sign_in(page, stage, "/heatpumps/hp-006"),
        "heatpump-disabled": lambda page: _sign_in(page, stage, "/heatpumps/hp-005"),
        "add": lambda page: _sign_in(page, stage, "/heatpumps/add"),
        "add-connection": lambda page: _sign_in(page, stage, "/heatpumps/add?kind=idm/navigator_2_0"),
        "add-errors": lambda page: form(page, "next", host="192.168.1.100:502", port="abc"),
        "add-fails": lambda page: form(page, "next", host="127.0.0.1", port=str(nobody)),
        "add-configuration": lambda page: form(page, "next", host="127.0.0.1", port=str(port)),
        "add-summary": lambda page: summary(page),
        "added": lambda page: _sign_in(page, stage, "/heatpumps/hp-002/added"),
        "edit": lambda page: _sign_in(page, stage, "/heatpumps/hp-002/edit"),
        "export": lambda page: _sign_in(page, stage, "/heatpumps/hp-001/export"),
        "export-sensors": lambda page: open_details(page, "/heatpumps/hp-001/export", ".chooser summary"),
        "export-wrong": lambda page: _sign_in(page, stage, "/heatpumps/hp-001/export.csv?from=never&to=2026-01-01"),
        "settings": lambda page: _sign_in(page, stage, "/heatpumps/hp-001/settings"),
        "settings-change": lambda page: _sign_in(
            page, stage, "/heatpumps/hp-001/settings/temp_request_glt_heating?value=41&until=2099-01-01T06:00"
        ),
        "settings-denied": lambda page: _sign_in(
            page, stage, "/heatpumps/hp-001/settings/temp_hot_water_target?value=99"
        ),
        "settings-log": lambda page: _sign_in(page, stage, "/heatpumps/hp-001/settings-log"),
        "audit": lambda page: _sign_in(page, stage, "/audit/"),
        "backup": lambda page: _sign_in(page, stage, "/backup/"),
        "alerts": lambda page: _sign_in(page, stage, "/alerts/"),
        "alert-rule": lambda page: _sign_in(page, stage, "/alerts/rules/3/edit"),
        "alert-event": lambda page: _sign_in(page, stage, "/alerts/events/1"),
        "alert-log": lambda page: _sign_in(page, stage, "/alerts/events"),
        "alert-channels": lambda page: _sign_in(page, stage, "/alerts/channels/"),
        "alert-channel": lambda page: _sign_in(page, stage, "/alerts/channels/add?kind=email"),
        "alert-maintenance": lambda page: _sign_in(page, stage, "/alerts/maintenance/"),
        "note": lambda page: _sign_in(page, stage, "/annotations/add?heatpump_id=hp-001"),
        "remove": lambda page: _sign_in(page, stage, "/heatpumps/hp-002/remove"),
        "not-found": lambda page: _sign_in(page, stage, "/heatpumps/hp-999"),
    }


def _sign_in(page: Page, stage: Stage, path: str, password: str = PASSWORD) -> None:
    page.goto(f"{stage.address}/login")
    page.fill("#username", USER)
    page.fill("#password", password)
    page.click("main button")
    page.wait_for_load_state()
    if password == PASSWORD:
        page.goto(f"{stage.address}{path}")


def _shoot(browser: Browser, stage: Stage, pages: dict[str, Callable[[Page], object]], only: list[str]) -> None:
    for (name, visit), language, theme, width in itertools.product(
        pages.items(), ("de", "en"), ("light", "dark"), WIDTHS
    ):
        if only and name not in only:
            continue
        context = browser.new_context(
            locale={"de": "de-DE", "en": "en-GB"}[language],
            color_scheme=theme,  # type: ignore[arg-type]
            viewport={"width": width, "height": 844},
        )
        page = context.new_page()
        visit(page)
        page.wait_for_timeout(700)
        page.evaluate("window.scrollTo(0, 0)")  # else the header stands in the middle of the picture
        page.screenshot(path=FOLDER / f"{name}-{language}-{theme}-{width}.png", full_page=True)
        context.close()


if __name__ == "__main__":
    main(sys.argv[1:])
    assert threading.active_count() < 50
