"""What the browser must not do, and what it may keep."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask

from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.conftest import NOW
from tests.web.people import Visitor, tell

PAGES = [
    "/login",
    "/",
    "/heatpumps/hp-001",
    "/heatpumps/add",
    "/heatpumps/hp-001/edit",
    "/heatpumps/hp-001/remove",
    "/nothing-here",
]
BUDGET_BYTES = 150_000
STATIC = Path(__file__).parents[2] / "static"


class Inline(HTMLParser):
    """Gathers what a strict Content-Security-Policy forbids, and every address that a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.forbidden: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.forbidden += [f"{tag} {name}" for name in attributes if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in attributes):
            self.forbidden.append(tag)
        address = (
            attributes.get("src") if tag in ("script", "img") else attributes.get("href") if tag == "link" else None
        )
        self.loaded += [address] if address else []


def inspected(page: str) -> Inline:
    found = Inline()
    found.feed(page)
    return found


@pytest.mark.parametrize("path", [*PAGES, "/healthz", "/api/data", "/static/app.css", "/api/nothing-here"])
def test_every_answer_is_protected(owner: Visitor, add: Callable[..., HeatPump], path: str) -> None:
    add()
    headers = owner.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    for part in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "object-src 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", [*PAGES, "/api/data", "/api/heatpumps", "/healthz"])
def test_nothing_personal_is_kept_by_the_browser(owner: Visitor, add: Callable[..., HeatPump], path: str) -> None:
    add()
    assert owner.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_nothing_inline_and_loads_only_from_here(
    owner: Visitor, system: System, add: Callable[..., HeatPump], path: str
) -> None:
    pump = add()
    tell(system, pump, NOW, {"temp_outside": -2.5, "operating_mode": "heating", "power_current": 4.2})
    found = inspected(owner.get(path, follow_redirects=True).text)
    assert found.forbidden == []
    assert found.loaded
    assert all(address.startswith("/") and not address.startswith("//") for address in found.loaded)


def test_files_with_their_version_are_kept_and_others_are_asked_for_again(owner: Visitor) -> None:
    for address in inspected(owner.get("/").text).loaded:
        answer = owner.get(address)
        assert answer.status_code == 200
        if address == "/manifest.webmanifest":
            continue  # made for whoever asks, in his language
        assert re.search(r"\?v=[0-9a-f]{10}$", address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert owner.get("/static/words.js").headers["Cache-Control"] == "no-cache"


def test_the_version_changes_with_the_file(system: System, tmp_path: Path) -> None:
    from app.web import assets

    app = Flask("other", static_folder=tmp_path)
    assets.add_to(app)
    found = set()
    for content in ("one", "two"):
        (tmp_path / "file.js").write_text(content)
        app.extensions["asset_versions"].clear()
        with app.test_request_context():
            found.add(app.url_for("static", filename="file.js"))
    assert len(found) == 2


@pytest.mark.parametrize(("name", "kind"), [("uPlot.iife.js", "text/javascript"), ("uPlot.min.css", "text/css")])
def test_the_charting_library_comes_from_its_installed_package(visitor: Visitor, name: str, kind: str) -> None:
    answer = visitor.get(f"/vendor/uplot/{name}")
    assert answer.status_code == 200
    assert answer.mimetype == kind
    assert "uplot" in answer.text.lower()


@pytest.mark.parametrize("name", ["__init__.py", "uPlot.mousewheel.js", "..%2f__init__.py", "%2e%2e/utils.py"])
def test_nothing_else_of_that_package_is_served(owner: Visitor, name: str) -> None:
    assert owner.get(f"/vendor/uplot/{name}").status_code == 404


def test_a_page_loads_little(owner: Visitor, add: Callable[..., HeatPump]) -> None:
    add()
    page = inspected(owner.get("/heatpumps/hp-001").text)
    imported = [f"/static/{name}" for name in _imported("dashboard.js")]
    total = sum(len(gzip.compress(owner.get(address).data)) for address in {*page.loaded, *imported})
    assert total < BUDGET_BYTES


def _imported(name: str) -> set[str]:
    """The modules that a module loads, and those that they load."""
    text = (STATIC / name).read_text(encoding="utf-8")
    found = set(re.findall(r'from "\./([\w.]+)"', text))
    return found.union(*(_imported(each) for each in found))


def test_a_file_that_anybody_may_keep_brings_nobodys_session_along(owner: Visitor) -> None:
    addresses = re.findall(r'(?:href|src)="([^"]+[?]v=[^"]+)"', owner.get("/").text)
    assert {address.split("/")[1] for address in addresses} >= {"static", "bootstrap"}
    for address in addresses:
        answer = owner.get(address)
        assert "public" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers, address
    assert "Set-Cookie" in owner.get("/").headers
