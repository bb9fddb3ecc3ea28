"""The pages of alerts: rules with their back-test, the log, channels, maintenance, and notes on the time line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app import telling
from app.polling import pipeline
from app.reading import Column, Reading
from app.services import alert_events, alerts, annotations, channels
from app.store.heatpumps import HeatPump
from app.system import System
from app.web import alert_words
from tests.web.conftest import NOW
from tests.web.people import Visitor, tell

Add = Callable[..., HeatPump]
COLD = {
    "name": "Boiler kalt",
    "heatpump_id": "",
    "severity": "critical",
    "hold": "",
    "hold-unit": "min",
    "repeat": "2",
    "repeat-unit": "h",
    "advice": "Anna anrufen",
    "enabled": "1",
    "kind-0": "threshold",
    "sensor-0": "Hot water temperature · temp_hot_water",
    "comparison-0": "below",
    "value-0": "38,5",
    "hysteresis-0": "1.5",
}
SECRET = "v3ry-s3cret"


def fire(system: System, pump: HeatPump, at: int = NOW - 60, value: float = 20.0) -> None:
    reading = Reading(pump.id, at, (Column("temp_hot_water", "°C", "float32"),), (value,))
    pipeline.keep(system.database, reading, watch=(system.watch, pump))


def own(system: System) -> list[alerts.Alert]:
    return [alert for alert in alerts.all_of_them(system) if alert.builtin is None]


def test_a_rule_is_made_tried_out_and_kept(owner: Visitor, system: System, add: Add) -> None:
    pump = add()
    for minute in range(10, 0, -1):
        tell(system, pump, NOW - minute * 60, {"temp_hot_water": 30.0 if minute % 4 == 0 else 45.0})
    page = owner.post("/alerts/rules/add", {**COLD, "action": "test"}).text
    assert "It would have fired 2 times in the last 90 days." in page
    assert 'value="38,5"' in page
    assert "Nothing is kept yet." in page
    assert not own(system)
    assert owner.post("/alerts/rules/add", {**COLD, "action": "save"}).status_code == 302
    (rule,) = own(system)
    assert (rule.severity, rule.repeat_s, rule.for_s, rule.advice) == ("critical", 7200, 0, "Anna anrufen")
    condition = rule.conditions[0]
    assert (condition.sensor, condition.value, condition.hysteresis) == ("temp_hot_water", 38.5, 1.5)
    listed = owner.get("/alerts/").text
    assert "Boiler kalt" in listed
    assert "Hot water temperature below 38.5\u00a0°C" in listed


def test_the_form_shows_a_stored_rule_as_it_is(owner: Visitor, system: System, add: Add) -> None:
    add()
    owner.post("/alerts/rules/add", {**COLD, "action": "save"})
    (rule,) = own(system)
    page = owner.get(f"/alerts/rules/{rule.id}/edit").text
    for shown in ('value="38.5"', 'value="1.5"', "Hot water temperature · temp_hot_water", "Anna anrufen", 'value="2"'):
        assert shown in page
    owner.post(f"/alerts/rules/{rule.id}/edit", {**COLD, "value-0": "30", "action": "save"})
    assert own(system)[0].conditions[0].value == 30


def test_conditions_come_and_go_without_a_script(owner: Visitor, add: Add) -> None:
    add()
    page = owner.post("/alerts/rules/add", {**COLD, "action": "more"}).text
    assert 'name="kind-1"' in page
    two = {**COLD, "kind-1": "state", "sensor-1": "x · failure_heat_pump", "comparison-1": "is"}
    page = owner.post("/alerts/rules/add", {**two, "action": "update"}).text
    assert re.search(r'name="words-1" value="fault"', page)
    page = owner.post("/alerts/rules/add", {**two, "words-1": "fault", "action": "less-0"}).text
    assert 'name="kind-1"' not in page
    assert re.search(r'name="words-0" value="fault" checked', page)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "A rule needs a name"),
        ({"value-0": "kalt"}, "kalt is not a number"),
        ({"value-0": ""}, "– is not a number from"),
        ({"value-0": "nan"}, "nan is not a number from"),
        ({"value-0": "inf"}, "inf is not a number from"),
        ({"sensor-0": "temp_nonsense"}, "temp_nonsense is no sensor of these heat pumps"),
        ({"sensor-0": "failure_heat_pump"}, "has words, not numbers"),
        ({"hysteresis-0": "-1"}, "-1 is not a number from 0"),
        ({"repeat": "1", "repeat-unit": "min"}, "is not a number from 300"),
        ({"kind-0": "state", "sensor-0": "failure_heat_pump"}, "Name at least one state"),
        ({"kind-0": "state", "sensor-0": "failure_heat_pump", "words-0": "gone"}, "gone is not one of"),
        ({"kind-0": "rate", "window-0": ""}, "– is not a number from 60"),
        ({"heatpump_id": "hp-999"}, "there is no heat pump hp-999"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_not_kept(
    owner: Visitor, system: System, add: Add, change: dict[str, str], said: str
) -> None:
    add()
    for action in ("save", "test"):
        answer = owner.post("/alerts/rules/add", {**COLD, **change, "action": action})
        if action == "test" and change == {"name": ""}:
            continue  # a name is needed only to be kept
        assert answer.status_code in (400, 404)
        assert said.lower() in answer.text.lower().replace("&#39;", "'")
    assert not own(system)


def test_a_rule_says_which_heat_pump_lacks_its_sensor(owner: Visitor, system: System, add: Add) -> None:
    add("Altbau")
    add("Neubau", manufacturer="luxtronik", model="luxtronik_2_1", device_config={})
    sent = {
        "name": "x",
        "conditions": [{"kind": "state", "sensor": "failure_heat_pump", "comparison": "is", "words": ["fault"]}],
    }
    rule = alerts.add(system, sent)
    page = owner.get("/alerts/").text
    assert "Not for Neubau: no value “Heat pump fault” there." in page
    assert "Not for Altbau" not in page
    tested = owner.post(
        f"/alerts/rules/{rule.id}/edit",
        {**COLD, "kind-0": "state", "sensor-0": "failure_heat_pump", "words-0": "fault", "action": "test"},
    )
    assert "This rule cannot be used for it: it has no value “Heat pump fault”." in tested.text


def test_heat_pumps_that_lack_the_same_are_named_together_and_many_are_counted(
    owner: Visitor, system: System, add: Add
) -> None:
    add("Altbau")
    for number in range(8):
        add(f"Haus {number}", manufacturer="luxtronik", model="luxtronik_2_1", device_config={})
    error = {"kind": "state", "sensor": "failure_heat_pump", "comparison": "is", "words": ["fault"]}
    alerts.add(system, {"name": "x", "conditions": [error]})
    page = owner.get("/alerts/").text
    assert "Not for Haus 0, Haus 1, Haus 2, Haus 3, Haus 4, Haus 5 and 2 more: no value" in page


@pytest.mark.parametrize(
    ("seconds", "english", "german"),
    [
        (86_400, "1 d", "1 Tag"),
        (90_000, "1 d 1 h", "1 Tag 1 Std."),
        (2 * 86_400, "2 d", "2 Tg."),
        (7_260, "2 h 1 min", "2 Std. 1 Min."),
    ],
)
def test_days_are_written_as_people_write_them(app: Flask, seconds: int, english: str, german: str) -> None:
    for language, written in (("en", english), ("de", german)):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert alert_words.duration(seconds) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [(1.003, "1.003, above 1"), (1.42, "1.42, above 1"), (50, "50, above 1")],
)
def test_what_is_just_above_its_limit_is_not_written_like_it(app: Flask, value: float, written: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        found = {"kind": "anomaly", "sensor": "anomaly_score", "value": value, "limit": 1.0}
        assert telling.cause(alert_words.speaker(), lambda sensor: None, found) == f"anomaly score: {written}."


def test_every_new_installation_has_sensible_rules(viewer: Visitor, add: Add) -> None:
    add()
    page = viewer.get("/alerts/").text
    for name in ("The heat pump does not answer", "The heat pump reports a fault", "Hot water too cold for hours"):
        assert name in page
    assert "New rule" not in page


def test_an_open_alert_is_shown_everywhere_until_it_is_acknowledged(owner: Visitor, system: System, add: Add) -> None:
    pump = add(enabled=True)
    owner.post("/alerts/rules/add", {**COLD, "action": "save"})
    fire(system, pump)
    for path in ("/", f"/heatpumps/{pump.id}", "/alerts/", "/alerts/events"):
        page = owner.get(path).text
        assert "Boiler kalt" in page, path
        assert "Acknowledge" in page, path
        assert re.search(r"data-alert-count>1<", page), path
    assert owner.get(f"/api/data/{pump.id}").json["open_alerts"] == 1
    (event,) = alert_events.open_ones(system)
    detail = owner.get(f"/alerts/events/{event.id}").text
    assert "Anna anrufen" in detail
    answer = owner.post(f"/alerts/events/{event.id}/acknowledge", {"note": "unterwegs", "next": "/alerts/"})
    assert answer.headers["Location"] == "/alerts/"
    page = owner.get("/alerts/").text
    assert "acknowledged by berta" in page
    assert "unterwegs" in page
    assert alert_events.acknowledge(system, event.id, "anna").acknowledged_by == "berta", "the first one counts"


def test_an_event_is_snoozed_and_woken(owner: Visitor, system: System, add: Add) -> None:
    pump = add(enabled=True)
    owner.post("/alerts/rules/add", {**COLD, "action": "save"})
    fire(system, pump)
    (event,) = alert_events.open_ones(system)
    owner.post(f"/alerts/events/{event.id}/snooze", {"seconds": "3600"})
    assert alert_events.get(system, event.id).quiet_until == NOW + 3600
    owner.post(f"/alerts/events/{event.id}/snooze", {"seconds": "0"})
    assert alert_events.get(system, event.id).quiet_until is None
    for nonsense in ("", "-1", "1e9", "99999999"):
        assert owner.post(f"/alerts/events/{event.id}/snooze", {"seconds": nonsense}).status_code == 400


def test_the_log_can_be_filtered(owner: Visitor, system: System, add: Add) -> None:
    first, second = add("Altbau", enabled=True), add("Neubau", enabled=True)
    owner.post("/alerts/rules/add", {**COLD, "action": "save"})
    fire(system, first)
    fire(system, second)
    fire(system, second, NOW - 30, 60.0)

    def count(query: str) -> int:
        return owner.get(f"/alerts/events?{query}").text.count('class="event"')

    assert [count(q) for q in ("", f"heatpump_id={first.id}", "open=1", "severity=info", "severity=critical")] == [
        2,
        1,
        1,
        0,
        2,
    ]
    assert count("before=nonsense&severity=nonsense&heatpump_id=nonsense") == 0


def test_a_channel_never_shows_its_secrets_again(owner: Visitor, system: System, tmp_path: Path) -> None:
    sent = {
        "kind": "email", "name": "Berta", "language": "de", "least_severity": "warning", "quiet_from": "22:00",
        "quiet_to": "06:30", "always_critical": "1", "enabled": "1", "action": "save", "field-host": "127.0.0.1",
        "field-port": "2525", "field-security": "none", "field-user": "berta", "field-password": SECRET,
        "field-from": "a@example.org", "field-to": "b@example.org",
    }  # fmt: skip
    assert owner.post("/alerts/channels/add", sent).status_code == 302
    (doing,) = channels.all_of_them(system)
    assert (doing.channel.quiet_from, doing.channel.quiet_to, doing.complete) == (1320, 390, True)
    places = ["/alerts/channels/", f"/alerts/channels/{doing.channel.id}/edit", "/api/channels"]
    for path in places:
        content = owner.get(path).text
        assert "127.0.0.1" in content or path == "/alerts/channels/"
        assert SECRET not in content, path
    wrong = owner.post("/alerts/channels/add", {**sent, "field-port": "x"})
    assert wrong.status_code == 400
    assert SECRET not in wrong.text
    owner.post(f"/alerts/channels/{doing.channel.id}/edit", {**sent, "name": "Anna", "field-password": ""})
    kept = system.channel_secrets.get(doing.channel.secret)
    assert kept == {"password": SECRET}
    database = b"".join(path.read_bytes() for path in tmp_path.glob("monitor.db*"))
    assert SECRET.encode() not in database
    assert (tmp_path / "channels.json").stat().st_mode & 0o777 == 0o600


def test_no_backup_takes_the_secrets_along(owner: Visitor, system: System) -> None:
    import io
    import zipfile

    channels.add(system, {"kind": "webhook", "fields": {"url": f"http://127.0.0.1:9/{SECRET}"}})
    with owner.post("/backup/") as answer:
        content = answer.data
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert all(SECRET.encode() not in archive.read(name) for name in archive.namelist())
    assert "no backup" in owner.get("/alerts/channels/add").text


def test_removing_a_channel_forgets_its_secrets(owner: Visitor, system: System, tmp_path: Path) -> None:
    channel = channels.add(system, {"kind": "webhook", "fields": {"url": f"http://127.0.0.1:9/{SECRET}"}})
    owner.post(f"/alerts/channels/{channel.id}/remove")
    assert SECRET not in (tmp_path / "channels.json").read_text()


def test_only_owners_see_channels(viewer: Visitor) -> None:
    for path in (
        "/alerts/channels/",
        "/alerts/channels/add",
        "/api/channels",
        "/alerts/maintenance/",
        "/alerts/rules/add",
    ):
        assert viewer.get(path).status_code == 403


def test_the_test_button_says_what_happened(owner: Visitor, system: System) -> None:
    from tests.notify.receivers import web_receiver

    with web_receiver() as receiver:
        channel = channels.add(
            system, {"kind": "webhook", "name": "Tor", "fields": {"url": f"{receiver.address}/{SECRET}"}}
        )
        page = owner.post(f"/alerts/channels/{channel.id}/test").text
        assert "The test message to Tor was taken." in page
        assert receiver.got[0]["title"] == "Test message of the heat-pump monitor"
        receiver.status = 404
        page = owner.post(f"/alerts/channels/{channel.id}/test").text
        assert "The test message to Tor did not arrive" in page
        assert SECRET not in page


def test_maintenance_is_planned_once_or_every_week(owner: Visitor, system: System, add: Add) -> None:
    add()
    once = {"how": "once", "note": "sweep", "starts_at": "2025-11-22T08:00", "ends_at": "2025-11-22T10:00"}
    weekly = {"how": "weekly", "weekdays": ["2", "5"], "from_minute": "01:00", "to_minute": "03:00"}
    assert owner.post("/alerts/maintenance/", once).status_code == 302
    assert owner.post("/alerts/maintenance/", weekly).status_code == 302
    page = owner.get("/alerts/maintenance/").text
    assert "sweep" in page
    assert "every Wednesday, Saturday, 01:00 to 03:00" in page
    for wrong in (
        {**once, "ends_at": "2025-11-22T07:00"},
        {**once, "starts_at": "x"},
        {"how": "weekly"},
        {**weekly, "from_minute": "25:00"},
    ):
        assert owner.post("/alerts/maintenance/", wrong).status_code == 400


def test_notes_are_written_shown_changed_and_removed(owner: Visitor, system: System, add: Add) -> None:
    pump = add()
    tell(system, pump, NOW - 60, {"temp_flow": 30.0})
    sent = {"heatpump_id": pump.id, "text": "Filter <cleaned>", "at": "2025-11-21T12:00", "until": ""}
    assert owner.post("/annotations/add", sent).status_code == 302
    page = owner.get(f"/heatpumps/{pump.id}").text
    assert "Filter &lt;cleaned&gt;" in page
    ((note, _),) = annotations.within(system, pump.id, 0, NOW)
    assert note.author == "berta"
    owner.post(f"/annotations/{note.id}/edit", {**sent, "text": "Filter new", "until": "2025-11-21T13:00"})
    assert annotations.get(system, note.id).until == annotations.get(system, note.id).at + 3600
    for wrong in ({"text": ""}, {"at": "x"}, {"until": "2025-11-21T11:00"}, {"text": "x" * 501}):
        assert owner.post("/annotations/add", {**sent, **wrong}).status_code == 400
    owner.post(f"/annotations/{note.id}/remove")
    assert not annotations.within(system, pump.id, 0, NOW)


def test_an_alert_leaves_a_note_that_can_be_put_into_words(owner: Visitor, system: System, add: Add) -> None:
    pump = add(enabled=True)
    tell(system, pump, NOW - 120, {"temp_flow": 30.0})
    owner.post("/alerts/rules/add", {**COLD, "action": "save"})
    fire(system, pump)
    ((note, event),) = annotations.within(system, pump.id, 0, NOW)
    assert event is not None
    (shown,) = owner.get(f"/api/annotations?heatpump_id={pump.id}").json["annotations"]
    assert (shown["title"], shown["source"], shown["severity"]) == ("Boiler kalt", "alert", "critical")
    owner.post(f"/annotations/{note.id}/edit", {"text": "Pumpe stand", "at": "2025-11-21T14:00"})
    assert "Pumpe stand" in owner.get(f"/heatpumps/{pump.id}").text
