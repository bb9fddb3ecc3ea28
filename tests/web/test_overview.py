"""The overview: all heat pumps at a glance, those that need somebody first."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from app.store.heatpumps import HeatPump
from app.system import System
from drivers.errors import Unreachable
from tests.web.conftest import NOW
from tests.web.people import Visitor, lose, tell
from tests.web.test_analysis_page import FIRST, live

HOSTILE = "<script>alert('x')</script>\"&'"
LOST = Unreachable("%(address)s closed the connection", address="127.0.0.1:9")


def names(page: str) -> list[str]:
    return re.findall(r'class="pump-link"[^>]*>([^<]+)<', page)


def test_without_a_heat_pump_the_owner_is_invited_to_add_one(owner: Visitor) -> None:
    page = owner.get("/").text
    assert "No heat pump yet" in page
    assert 'href="/heatpumps/add"' in page


def test_without_a_heat_pump_a_viewer_is_not_invited(viewer: Visitor) -> None:
    page = viewer.get("/").text
    assert "No heat pump yet" in page
    assert 'href="/heatpumps/add"' not in page


def test_the_most_urgent_heat_pump_comes_first(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    for name, age in (("fresh", 10), ("old", 30 * 60), ("late", 200), ("Fresh too", 10)):
        tell(system, add(name, enabled=True), NOW - age, {"temp_outside": 1.0})
    add("waiting", enabled=True)
    add("disabled")
    tell(system, add("faulty", enabled=True), NOW, {"failure_heat_pump": "fault"})
    lose(system, add("lost", enabled=True), NOW - 60, LOST)
    assert names(owner.get("/").text) == [
        "lost",
        "faulty",
        "old",
        "late",
        "waiting",
        "fresh",
        "Fresh too",
        "disabled",
    ]


@pytest.mark.parametrize(
    ("age", "tone", "text"),
    [
        (10, "good", "Online"),
        (91, "late", "No new values since 14:01"),
        (3600, "late", "No new values since 13:03"),
    ],
)
def test_the_age_of_the_values_is_told_in_words(
    owner: Visitor, system: System, add: Callable[..., HeatPump], age: int, tone: str, text: str
) -> None:
    pump = add(enabled=True)
    tell(system, pump, NOW - age, {"temp_outside": 1.0})
    page = owner.get("/").text
    assert f'data-tone="{tone}"' in page
    assert f"<span data-text>{text}</span>" in page


def test_a_lost_heat_pump_says_since_when_and_why(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    lose(system, add(enabled=True), NOW - 120, LOST)
    page = owner.get("/").text
    assert "Offline since 14:01" in page
    assert "127.0.0.1:9 closed the connection" in page
    assert "1 needs attention" in page


def test_a_heat_pump_that_nobody_reads_says_so(owner: Visitor, add: Callable[..., HeatPump]) -> None:
    add()
    assert "Disabled" in owner.get("/").text


def test_figures_have_unit_and_decimals_and_absent_ones_a_dash(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    pump = add(enabled=True)
    tell(system, pump, NOW, {"temp_outside": 0.0, "temp_hot_water": None, "power_current": 4.256})
    page = owner.get("/").text
    assert figure(page, "Outdoor") == "0.0"
    assert figure(page, "Hot water") == "–"
    assert figure(page, "Thermal power") == "4.26"


def test_the_flow_of_the_circuit_stands_in_where_the_machine_has_no_flow_sensor(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    pump = add(enabled=True)
    tell(system, pump, NOW, {"temp_flow": None, "temp_flow_circuit_a": 31.25})
    page = owner.get("/").text
    assert figure(page, "Flow, circuit A") == "31.3"
    tell(system, pump, NOW + 30, {"temp_flow": 35.0, "temp_flow_circuit_a": 31.25})
    assert figure(owner.get("/").text, "Flow") == "35.0"


def test_a_state_that_the_catalogue_does_not_know_stays_visible_as_its_number(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    tell(system, add(enabled=True), NOW, {"operating_mode": "5"})
    assert figure(owner.get("/").text, "Mode") == "5"


def test_a_hostile_name_stays_text(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    pump = add(HOSTILE)
    for path in ("/", f"/heatpumps/{pump.id}", f"/heatpumps/{pump.id}/edit", f"/heatpumps/{pump.id}/remove"):
        page = owner.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_a_heat_pump_whose_model_is_gone_is_shown_all_the_same(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    pump = add()
    with system.database.transaction() as db:
        db.execute("UPDATE heatpumps SET model = 'gone', enabled = 1")
    system.follow_the_list()
    for path in ("/", f"/heatpumps/{pump.id}"):
        page = owner.get(path)
        assert page.status_code == 200
        assert "Cannot be read" in page.text
        assert "idm/gone is not in the catalogue of this version" in page.text


def test_the_number_of_questions_to_the_database_does_not_grow_with_the_heat_pumps(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    def questions() -> int:
        asked: list[str] = []
        system.database.connection().set_trace_callback(asked.append)
        assert owner.get("/").status_code == 200
        system.database.connection().set_trace_callback(None)
        return len(asked)

    add()
    few = questions()
    for number in range(15):
        add(f"Haus {number}", enabled=False)
    assert questions() == few


def figure(page: str, label: str) -> str:
    """The value below this label on the first card."""
    found = re.search(rf"<dt[^>]*>{re.escape(label)}</dt>.*?<span data-value>([^<]*)</span>", page, re.DOTALL)
    assert found is not None, label
    return found.group(1)


def lived(system: System, pump: HeatPump, **values: float) -> None:
    """Its readings of the last hours, every minute."""
    for at in range(NOW - 3 * 3600, NOW, 60):
        tell(system, pump, at, values)


def test_a_card_has_the_cop_of_now_and_the_energy_of_today(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    pump = add(enabled=True)
    begin = NOW - 14 * 3600 - 180  # midnight in Berlin
    for at in range(begin, NOW, 300):
        tell(system, pump, at, {"power_current": 8.0, "power_current_draw": 2.0})
    assert "being computed" in owner.get("/").text
    system.glance.refresh(gently=False)
    page = owner.get("/").text
    assert 'data-performance="cop_now"' in page
    assert "4.00" in page
    assert "112" in page  # 14 hours of 8 kW
    assert "28.1" in page
    assert "from tomorrow on" in page
    answer = owner.get("/api/data").json["heatpumps"][0]["performance"]
    assert answer["cop_now"] == pytest.approx(4.0)
    assert answer["heat_today"] == pytest.approx(112.4, abs=0.5)
    assert answer["factor"] is None
    assert answer["texts"]["cop_now"]["text"] == "4.00"


def test_a_card_says_why_a_figure_is_hidden(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    lived(system, add(enabled=True), power_current=0.0, power_current_draw=0.02)
    system.glance.refresh(gently=False)
    page = owner.get("/").text
    assert "not running" in page
    assert "less than four fifths of the time are known" in page  # eleven hours of today are missing
    assert 'data-performance="factor"' in page


def test_a_disabled_heat_pump_shows_no_performance(owner: Visitor, add: Callable[..., HeatPump]) -> None:
    add()
    assert "data-performance" not in owner.get("/").text


def test_a_card_has_the_factor_of_the_year_with_its_boundary(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    pump = add(enabled=True)
    live(system, pump, FIRST, 20)
    sent = {"source": "air", "building_pumps": False, "backup_heater": "none", "source_pump": "counted"}
    assert owner.send("PUT", f"/api/heatpumps/{pump.id}/metering", sent).status_code == 200
    system.glance.refresh(gently=False)
    page = owner.get("/").text
    assert "Factor of the year" in page
    assert "H3, since 1 Nov" in page
    assert owner.get("/api/data").json["heatpumps"][0]["performance"]["factor"] == pytest.approx(4.0, abs=0.05)


def test_the_first_one_that_needs_somebody_is_named_with_the_reason(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    tell(system, add("calm", enabled=True), NOW, {"temp_outside": 1.0})
    lose(system, add("lost", enabled=True), NOW - 60, LOST)
    page = re.sub(r"\s+", " ", owner.get("/").text)
    assert "lost</a></strong> needs attention first. Offline since 14:02. 127.0.0.1:9 closed the connection" in page


def test_an_alert_that_nobody_acknowledged_brings_a_heat_pump_to_the_front(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    calm, noisy = add("a calm one", enabled=True), add("noisy", enabled=True)
    for pump in (calm, noisy):
        tell(system, pump, NOW, {"temp_outside": 1.0})
    event_id = ring(system, noisy, "critical")
    page = owner.get("/").text
    assert names(page) == ["noisy", "a calm one"]
    assert "1 needs attention" in page
    assert "1 open alert<" in page
    owner.post(f"/alerts/events/{event_id}/acknowledge")
    page = owner.get("/").text
    assert names(page) == ["a calm one", "noisy"]
    assert "all is well" in page


def ring(system: System, pump: HeatPump, severity: str) -> int:
    """An alert of the owner's is open for this heat pump."""
    with system.database.transaction() as db:
        row = db.execute(
            "INSERT INTO alert_events (heatpump_id, name, severity, advice, causes, since, opened_at)"
            " VALUES (?, 'Too cold', ?, '', '[]', ?, ?) RETURNING id",
            (pump.id, severity, NOW - 300, NOW - 200),
        ).fetchone()
    return int(row[0])


@pytest.fixture
def several(system: System, add: Callable[..., HeatPump]) -> None:
    """Four heat pumps of two makers: warm, cold, one without a flow, and one that is switched off."""
    tell(system, add("Warm", enabled=True), NOW, {"temp_flow": 45.0, "temp_outside": 3.0})
    tell(system, add("Cold", enabled=True), NOW, {"temp_flow": 25.0, "temp_outside": -9.0})
    lose(system, add("Nothing known", enabled=True), NOW - 60, LOST)
    add("Off", manufacturer="nibe", model="s_series", device_config={})


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", ["Nothing known", "Cold", "Warm", "Off"]),
        ("?show=attention", ["Nothing known"]),
        ("?show=offline", ["Nothing known"]),
        ("?show=online", ["Cold", "Warm"]),
        ("?show=disabled", ["Off"]),
        ("?show=alerts", []),
        ("?maker=nibe", ["Off"]),
        ("?q=wAR", ["Warm"]),
        ("?q=O&maker=idm", ["Nothing known", "Cold"]),
        ("?sort=name", ["Cold", "Nothing known", "Off", "Warm"]),
        ("?sort=name&turned=1", ["Warm", "Off", "Nothing known", "Cold"]),
        ("?sort=flow", ["Warm", "Cold", "Nothing known", "Off"]),
        ("?sort=flow&turned=1", ["Cold", "Warm", "Nothing known", "Off"]),
        ("?sort=cop", ["Nothing known", "Cold", "Warm", "Off"]),
        ("?sort=nonsense&show=nonsense&view=nonsense&turned=x", ["Nothing known", "Cold", "Warm", "Off"]),
        (f"?q={'a' * 500}", []),
        ("?q=<script>", []),
    ],
)
@pytest.mark.usefixtures("several")
def test_what_is_shown_and_in_which_order_stands_in_the_address(owner: Visitor, asked: str, shown: list[str]) -> None:
    for view in ("cards", "table"):
        page = owner.get(f"/{asked}{'&' if asked else '?'}view={view}")
        assert page.status_code == 200
        assert names(page.text) == shown
        assert "<script>" not in page.text


@pytest.mark.usefixtures("several")
def test_the_table_is_remembered_by_the_browser(owner: Visitor) -> None:
    assert "<table" not in owner.get("/").text
    assert "<table" in owner.get("/?view=table").text
    assert "<table" in owner.get("/").text
    assert "<table" not in owner.get("/?view=cards").text
    assert "<table" not in owner.get("/").text


@pytest.mark.usefixtures("several")
def test_a_column_says_how_it_is_ordered_and_turns_round(owner: Visitor) -> None:
    page = owner.get("/?view=table&sort=flow&show=online").text
    assert 'aria-sort="descending"><a href="/?view=table&amp;show=online&amp;sort=flow&amp;turned=1">Flow' in page
    page = owner.get("/?view=table&sort=flow&turned=1").text
    assert 'aria-sort="ascending"><a href="/?view=table&amp;sort=flow">Flow' in page


def test_many_heat_pumps_are_a_table_at_first(owner: Visitor, add: Callable[..., HeatPump]) -> None:
    for number in range(10):
        add(f"Haus {number}")
    assert "<table" in owner.get("/").text


def test_the_line_of_the_last_day_keeps_its_gaps(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    pump = add(enabled=True)
    for hours, flow in ((20, 30.0), (19.4, 34.0), (3, 41.5), (2.4, 28.0)):
        tell(system, pump, NOW - int(hours * 3600), {"temp_flow": flow})
    page = owner.get("/").text
    assert "Flow in the last 24 hours: 28.0 to 41.5" in page
    line = re.search(r'class="spark-line" d="([^"]+)"', page)
    assert line is not None
    assert line[1].count("M") == 2  # two stretches, and nothing between them
    tell(system, pump, NOW - 30 * 3600, {"temp_flow": 99.0})
    assert "28.0 to 41.5" in owner.get("/").text  # what is older does not count


def test_the_line_of_the_last_day_comes_from_the_history_after_a_start(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    pump = add(enabled=True)
    for hours in range(1, 30):
        tell(system, pump, NOW - hours * 3600, {"temp_flow": 30.0 + hours})
    system.latest.forget(pump.id)
    system.latest.load(system.database.connection())
    assert "in the last 24 hours" not in owner.get("/").text
    system.glance.refresh(gently=False)
    assert "Flow in the last 24 hours: 31.0 to 5" in owner.get("/").text
