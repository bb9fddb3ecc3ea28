"""The history of a heat pump as a file from the browser or for a program."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.store.heatpumps import HeatPump
from app.system import System
from app.web import csv_download
from tests.web.conftest import NOW
from tests.web.people import Visitor, account, tell

PAGE, PROGRAM = "/heatpumps/hp-001/export.csv", "/api/heatpumps/hp-001/export.csv"


@pytest.fixture
def history(system: System, add: Callable[..., HeatPump]) -> list[str]:
    """Three days with one reading each, and the lines that they make."""
    pump = add()
    lines = ["timestamp,temp_outside,operating_mode"]
    for day, at in enumerate(("2025-11-19T13:03:00Z", "2025-11-20T13:03:00Z", "2025-11-21T13:03:00Z")):
        tell(system, pump, NOW - (2 - day) * 86400, {"temp_outside": day - 0.5, "operating_mode": "heating"})
        lines.append(f"{at},{day - 0.5},heating")
    return lines


@pytest.mark.parametrize("path", [PAGE, PROGRAM])
def test_everybody_with_an_account_may_take_it_along(viewer: Visitor, history: list[str], path: str) -> None:
    answer = viewer.get(f"{path}?sensors=temp_outside,operating_mode")
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="hp-001.csv"'
    assert answer.text == "\r\n".join([*history, ""])


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", [19, 20, 21]),
        ("from=&to=", [19, 20, 21]),
        ("from=2025-11-20", [20, 21]),
        ("from=2025-11-20&to=2025-11-20", [20]),
        ("to=2025-11-20T14:03", [19]),
        (f"from={NOW}", [21]),
        (f"from={NOW + 1}", []),
    ],
)
def test_a_range_is_in_the_owners_time_and_its_last_day_whole(
    owner: Visitor, history: list[str], query: str, days: list[int]
) -> None:
    lines = owner.get(f"{PAGE}?{query}").text.splitlines()[1:]
    assert [int(line[8:10]) for line in lines] == days


def test_without_a_choice_every_sensor_is_a_column(owner: Visitor, history: list[str]) -> None:
    names = owner.get(PAGE).text.splitlines()[0].split(",")
    assert len(names) > 100
    assert "temp_outside" in names


def test_the_ticked_sensors_are_the_columns(owner: Visitor, history: list[str]) -> None:
    answer = owner.get(f"{PAGE}?sensor=operating_mode&sensor=temp_outside&from=&to=")
    assert answer.text.splitlines()[0] == "timestamp,operating_mode,temp_outside"


@pytest.mark.parametrize(
    ("query", "field", "says"),
    [
        ("sensors=temp_outsid", "sensors", "temp_outsid"),
        ("sensor=%00", "sensors", "is not a sensor"),
        ("from=yesterday", "from", "yesterday"),
        ("to=31.12.2025", "to", "31.12.2025"),
        ("from=2025-02-30", "from", "2025-02-30"),
        ("from=-5", "from", "-5"),
        ("from=nan", "from", "nan"),
        ("to=1e400", "to", "1e400"),
        ("from=9999999999999", "from", "9999999999999"),
        ("from=2025-11-21&to=2025-11-20", "from", "is not before"),
        ("from=<script>", "from", "script"),
    ],
)
def test_a_wrong_wish_is_named(owner: Visitor, history: list[str], query: str, field: str, says: str) -> None:
    program = owner.get(f"{PROGRAM}?{query}")
    assert (program.status_code, program.json["field"]) == (400, field)
    assert says in program.json["error"]
    page = owner.get(f"{PAGE}?{query}")
    assert page.status_code == 400
    assert says in page.text
    assert "<script>" not in page.text
    assert 'name="from"' in page.text


@pytest.mark.parametrize("path", [PAGE, PROGRAM, "/heatpumps/hp-001/export"])
def test_an_unknown_heat_pump_is_not_found(owner: Visitor, path: str) -> None:
    assert owner.get(path.replace("hp-001", "hp-077")).status_code == 404


def test_it_is_sent_while_it_is_read(app: Flask, owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    pump = add()
    for second in range(1000):
        tell(system, pump, NOW + second, {"temp_outside": second / 8})
    answer = owner.client.get(f"{PAGE}?sensors=temp_outside")
    pieces = [len(piece) for piece in answer.iter_encoded()]
    assert len(pieces) > 3
    assert max(pieces) < sum(pieces) / 3
    assert "Content-Length" not in answer.headers


def test_the_form_offers_what_there_is(viewer: Visitor, add: Callable[..., HeatPump]) -> None:
    add("Gebäude <A>")
    assert 'href="/heatpumps/hp-001/export"' in viewer.get("/heatpumps/hp-001").text
    page = viewer.get("/heatpumps/hp-001/export").text
    assert "History of Gebäude &lt;A&gt;" in page
    assert 'value="temp_outside"' in page
    assert 'value="temp_flow_circuit_b"' in page
    assert 'value="temp_flow_circuit_c"' not in page


def test_a_heat_pump_of_a_forgotten_model_keeps_its_way_out(owner: Visitor, system: System, history: list[str]) -> None:
    with system.database.transaction() as db:
        db.execute("UPDATE heatpumps SET model = 'forgotten'")
    assert owner.get("/heatpumps/hp-001/export").status_code == 200
    assert len(owner.get(PAGE).text.splitlines()) == len(history)


def test_after_a_mistake_the_ticks_are_still_there(owner: Visitor, history: list[str]) -> None:
    page = owner.get(f"{PAGE}?from=never&sensor=temp_outside").text
    assert 'value="temp_outside" checked' in page
    assert page.count(" checked") == 1


@pytest.mark.parametrize("path", [PAGE, PROGRAM])
def test_files_in_the_making_leave_threads_and_files_for_everybody_else(
    app: Flask, system: System, viewer: Visitor, owner: Visitor, history: list[str], path: str
) -> None:
    making = [viewer.client.get(path) for _ in range(csv_download.OF_ONE)]
    refused = viewer.get(path)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    assert "Try again when one of them is done" in refused.text
    making += [owner.client.get(path) for _ in range(csv_download.AT_ONCE - csv_download.OF_ONE)]
    account(system, "vera", "viewer")
    vera = Visitor(app)
    vera.sign_in("vera")
    assert vera.get(path).status_code == 429
    assert [answer.status_code for answer in making] == [200] * csv_download.AT_ONCE
    for answer in making:
        answer.close()
    assert viewer.client.head(path).status_code == 200
    assert [viewer.get(path).status_code for _ in range(csv_download.AT_ONCE + 1)] == [200] * (csv_download.AT_ONCE + 1)
