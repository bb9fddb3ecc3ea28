"""Scripts and style sheets travel compressed, are kept by their version, and pages are not."""

from __future__ import annotations

import gzip

import pytest

from tests.web.people import Visitor

FILES = (
    "/static/app.css",
    "/static/chart.js",
    "/vendor/uplot/uPlot.iife.js",
    "/bootstrap/static/css/bootstrap.min.css",
)


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_compressed_for_whoever_takes_it(owner: Visitor, path: str) -> None:
    plain = owner.get(path)
    packed = owner.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert packed.headers["Content-Length"] == str(len(packed.data))
    assert "Accept-Encoding" in packed.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("encodings", ["", "gzip"])
def test_a_file_that_did_not_change_is_not_sent_again(owner: Visitor, path: str, encodings: str) -> None:
    first = owner.get(path, headers={"Accept-Encoding": encodings})
    again = owner.get(path, headers={"Accept-Encoding": encodings, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert "Accept-Encoding" in again.headers["Vary"]


@pytest.mark.parametrize("encodings", ["gzip;q=0", "identity", "br"])
def test_who_does_not_take_gzip_gets_none(owner: Visitor, encodings: str) -> None:
    answer = owner.get("/static/app.css", headers={"Accept-Encoding": encodings})
    assert "Content-Encoding" not in answer.headers


def test_a_page_is_not_compressed(owner: Visitor) -> None:
    assert "Content-Encoding" not in owner.get("/", headers={"Accept-Encoding": "gzip"}).headers


def test_the_manifest_names_icons_that_are_there(owner: Visitor) -> None:
    manifest = owner.get("/manifest.webmanifest")
    assert manifest.mimetype == "application/manifest+json"
    assert {"any", "maskable"} == {icon["purpose"] for icon in manifest.json["icons"]}
    assert {"192x192", "512x512"} == {icon["sizes"] for icon in manifest.json["icons"]}
    for icon in manifest.json["icons"]:
        assert owner.get(icon["src"]).data.startswith(b"\x89PNG")


def test_the_page_without_a_connection_says_nothing_about_anybody(owner: Visitor) -> None:
    page = owner.get("/offline").text
    assert "No connection" in page
    assert "Sign out" not in page
