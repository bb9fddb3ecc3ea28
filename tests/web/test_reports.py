"""The report of a month or a year: on the page and in the PDF file the same figures."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from app.store import settings_log
from app.store.heatpumps import HeatPump
from app.store.settings_log import Known
from app.system import System
from tests.web.people import Visitor
from tests.web.test_analysis_page import FIRST, METERING, live


@pytest.fixture
def pumps(system: System, add: Callable[..., HeatPump]) -> list[HeatPump]:
    made = [add("Kindergarten"), add("Łódź & Söhne <1>")]
    live(system, made[0], FIRST, 20)
    live(system, made[1], FIRST, 20, cop=3.0)
    return made


def words_of(pdf: bytes) -> str:
    """The texts of its pages, glyphs put back into letters by the file's own tables: read by a library of others."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_report_has_all_heat_pumps_and_a_sheet_for_each(owner: Visitor, pumps: list[HeatPump]) -> None:
    page = owner.get("/report/?period=2025-11").text
    assert "Operating report November 2025" in page
    assert "Łódź &amp; Söhne &lt;1&gt;" in page
    assert "4.00" in page
    assert "3.00" in page
    assert "3,360" in page  # 20 days of 96 and of 72 kWh
    assert "it is no proof of a legal obligation met" in page


def test_one_heat_pump_alone_has_no_table_of_all(owner: Visitor, pumps: list[HeatPump]) -> None:
    page = owner.get(f"/report/?period=2025&heatpump_id={pumps[0].id}").text
    assert "All together" not in page
    assert "Seasonal performance factor" in page
    assert owner.get("/report/?heatpump_id=hp-099").status_code == 404


def test_without_a_period_it_is_the_month_before(owner: Visitor, pumps: list[HeatPump]) -> None:
    page = owner.get("/report/").text
    assert "October 2025" in page
    assert "There are no figures of this time." in page


def test_different_boundaries_are_not_added_up(owner: Visitor, pumps: list[HeatPump]) -> None:
    owner.send("PUT", f"/api/heatpumps/{pumps[0].id}/metering", METERING)
    assert "Their boundaries differ" in owner.get("/report/?period=2025-11").text


def test_settings_are_those_of_the_end_of_the_period(owner: Visitor, system: System, pumps: list[HeatPump]) -> None:
    with system.database.transaction() as db:
        for at, value in ((FIRST, 48), (FIRST + 40 * 86400, 52)):
            settings_log.add(db, pumps[0].id, "temp_hot_water_target", Known(at, value), "first")
    page = owner.get(f"/report/?period=2025-11&heatpump_id={pumps[0].id}").text
    assert "48 °C" in page.replace("\u00a0", " ")
    assert "52 °C" not in page.replace("\u00a0", " ")


def test_the_pdf_file_says_what_the_page_says(owner: Visitor, pumps: list[HeatPump]) -> None:
    answer = owner.get("/report/report.pdf?period=2025-11")
    assert answer.content_type == "application/pdf"
    assert "heat-pumps-2025-11.pdf" in answer.headers["Content-Disposition"]
    words = words_of(answer.data)
    for text in (
        "Operating report November 2025",
        "Łódz & Söhne <1>",  # the font has no ź
        "4.00",
        "3,360",
        "no proof of a legal obligation",
    ):
        assert text in re.sub(r"\s+", " ", words)


def test_the_pdf_file_is_german_for_germans(owner: Visitor, pumps: list[HeatPump]) -> None:
    owner.post("/language", {"language": "de", "next": "/"})
    words = re.sub(r"\s+", " ", words_of(owner.get("/report/report.pdf?period=2025-11").data))
    assert "Betriebsbericht November 2025" in words
    assert "Wärme" in words
    assert "4,00" in words
