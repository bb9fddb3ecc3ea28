"""A running installation and a browser in front of it that notes everything it should not have to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from tests.browser import chromium
from tests.browser.stage import Stage, staged

PATIENCE_MS = 20_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium.running() as running:
        yield running


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as running:
        yield running


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about, and whom else it talked to; empty at the end of every test."""
    return []


@pytest.fixture
def page(browser: Browser, stage: Stage, complaints: list[str]) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)

    def note_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"console: {message.text} ({message.location['url']})")

    def note_request(request: Request) -> None:
        if urlsplit(request.url).hostname != "127.0.0.1":
            complaints.append(f"another host: {request.url}")

    opened.on("console", note_console)
    opened.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    opened.on("request", note_request)
    # a violation of the policy is also a console error, but this names the directive
    opened.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " event => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))"
    )
    yield opened
    context.close()
    assert complaints == []
