"""What the program before this one kept is taken once, and what has no place here is named."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner
from werkzeug.security import generate_password_hash

from app.commands import main
from app.config import BadConfig, load
from app.services import accounts, alerts, channels, dashboards, heatpumps, jobs
from app.services.legacy import taking
from app.services.legacy.names import Names
from app.services.legacy.report import Report
from app.services.legacy.source import open_source
from app.store import annotations, write_rules
from app.store.idm_logger import NotReadable
from tests.services.legacy import ancestor
from tests.store import earlier


@pytest.fixture
def old(tmp_path):
    return ancestor.make(tmp_path / "old")


def take(system, folder):
    return taking.take(system, open_source(folder))


def left(report):
    return {(each.kind, each.what): each.said for each in report.found if each.outcome == "left"}


def everything(system):
    """All that the owner has set up."""
    return [line for line in system.database.connection().iterdump() if line.startswith("INSERT")]


def test_the_machine_becomes_a_heat_pump_with_zones_counted_from_1(system, old):
    take(system, old)
    pump = heatpumps.get(system, "hp-legacy")
    assert pump.name == "Wärmepumpe (Migriert)"
    assert dict(pump.connection) == {"host": "127.0.0.1", "port": 9, "unit_id": 1, "timeout": 5}
    assert dict(pump.settings) == {"circuits": ["A", "B"], "zones": ["1", "3"], "interval": 60}


def test_a_second_time_changes_nothing(system, old):
    first = take(system, old)
    before = everything(system)
    second = take(system, old)
    assert everything(system) == before
    assert first.count("taken") > 5
    assert second.count("taken") == 0
    assert left(second) == left(first)


def test_what_its_owner_changed_or_removed_here_is_not_taken_again(system, old):
    take(system, old)
    (job, *_) = jobs.all_of_them(system)
    jobs.remove(system, job.id)
    heatpumps.change(system, "hp-legacy", {"name": "Heizung"})
    take(system, old)
    assert len(jobs.all_of_them(system)) == 1
    assert heatpumps.get(system, "hp-legacy").name == "Heizung"
    heatpumps.remove(system, "hp-legacy")
    assert "was removed here" in left(take(system, old))["heat pump", "hp-legacy"]
    assert heatpumps.all_of_them(system) == []


def test_killed_in_the_middle_nothing_comes_twice_and_nothing_is_lost(system, old, monkeypatch):
    class Killed(BaseException):
        """As if by kill -9: nothing after it runs."""

    kept = alerts.add

    def add_and_end(*given):
        kept(*given)
        raise Killed

    monkeypatch.setattr(alerts, "add", add_and_end)
    with pytest.raises(Killed):
        take(system, old)
    monkeypatch.setattr(alerts, "add", kept)
    take(system, old)
    assert [each.name for each in alerts.all_of_them(system) if each.heatpump_id] == ["Zu kalt", "Störung"]


def test_rules_know_our_sensors_and_our_words(system, old):
    report = take(system, old)
    cold, fault = (each for each in alerts.all_of_them(system) if each.heatpump_id == "hp-legacy")
    assert (cold.name, cold.advice, cold.repeat_s, cold.enabled) == ("Zu kalt", "Warmwasser prüfen", 3600, True)
    (condition,) = cold.conditions
    assert (condition.kind, condition.sensor, condition.comparison, condition.value) == (
        "threshold", "temp_hot_water", "below", 40.0,
    )  # fmt: skip
    (condition,) = fault.conditions
    assert (condition.kind, condition.sensor, condition.words) == ("state", "operating_mode", ("defrost",))
    assert not fault.enabled
    assert left(report)["rule", "Fremd"] == "no_such_sensor is no sensor of this heat pump"
    assert "every so often" in left(report)["rule", "Bericht"]


def test_jobs_keep_their_days_and_times(system, old):
    report = take(system, old)
    mode, water = jobs.all_of_them(system)
    assert (mode.content.sensor, mode.content.value) == ("system_mode", "automatic")
    assert mode.kept.name == "Betriebsart der Anlage = Automatik"
    assert (mode.content.schedule.days, mode.content.schedule.times) == ((0, 1), ("06:30",))
    assert (water.content.sensor, water.content.value, water.kept.paused) == ("temp_hot_water_target", 50, True)
    assert {job.pump.id for job in (mode, water)} == {"hp-legacy"}
    reasons = [said for (kind, _), said in left(report).items() if kind == "job"]
    assert [said.split(": ")[-1] for said in reasons] == [
        "500 is above the maximum 95.0", "no_such_register is no sensor of this heat pump",
        "'25:00' is no time such as 06:30", "'Someday' is no day such as Mon",
    ]  # fmt: skip


def a_job(sensor="temp_water_target", value="50", days='["Mon"]', identity="j"):
    return (identity, sensor, value, "06:00", days, 1, 0)


def a_rule(kind="threshold", sensor="temp_outside", condition=">", threshold="1", message=""):
    return ("r", "Regel", kind, sensor, condition, threshold, message, 1, 0, 0)


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (a_rule(sensor="request_water_status", condition="=", threshold="1"), ("threshold", "above", 0.5)),
        (a_rule(sensor="request_water_status", condition="!=", threshold="True"), ("threshold", "below", 0.5)),
        (a_rule(sensor="failure_id", condition="!=", threshold="0"), ("threshold", "above", 0.0)),
        (a_rule(condition="=", threshold="0"), None),
        (a_rule(kind="status"), None),
        (a_rule(sensor=""), None),
    ],
)
def test_a_rule_means_here_what_it_meant_there_or_is_left(system, tmp_path, rule, kept):
    report = take(system, ancestor.make(tmp_path / "old", alerts=[rule]))
    found = [each.conditions[0] for each in alerts.all_of_them(system) if each.heatpump_id]
    assert [(each.kind, each.comparison, each.value) for each in found] == ([] if kept is None else [kept])
    assert (("rule", "Regel") in left(report)) == (kept is None)


def test_what_the_older_program_filled_into_its_texts_does_not_stand_there_raw(system, tmp_path):
    old = ancestor.make(tmp_path / "old", alerts=[a_rule(message="{name}: {sensor} ist {value} um {time}")])
    take(system, old)
    (rule,) = (each for each in alerts.all_of_them(system) if each.heatpump_id)
    assert rule.advice == "Regel: Außentemperatur ist … um …"


@pytest.mark.parametrize(
    ("job", "days", "value"),
    [
        (a_job(days="[]"), (0, 1, 2, 3, 4, 5, 6), 50),
        (a_job("request_water", "True"), (0,), 1),
        (a_job("request_water", "0"), (0,), 0),
    ],
)
def test_a_job_does_here_what_it_did_there(system, tmp_path, job, days, value):
    take(system, ancestor.make(tmp_path / "old", jobs=[job]))
    (kept,) = jobs.all_of_them(system)
    assert (kept.content.schedule.days, kept.content.value) == (days, value)


def test_jobs_and_rules_of_another_machine_are_never_attached_to_this_one(system, tmp_path):
    old = ancestor.make(tmp_path / "old", jobs=[a_job(identity="a"), a_job(value="51", identity="b")])
    with closing(sqlite3.connect(old / "idm_logger.db")) as db, db:
        db.execute("ALTER TABLE jobs ADD COLUMN heatpump_id TEXT")
        db.execute("UPDATE jobs SET heatpump_id = CASE id WHEN 'a' THEN 'hp-legacy' ELSE 'hp-002' END")
    found = left(take(system, old))
    assert [job.content.value for job in jobs.all_of_them(system)] == [50]
    assert [said for (kind, _), said in found.items() if kind == "job"] == [
        "belongs to hp-002, and only the machine in the settings is taken; enter it by hand"
    ]


def test_things_with_the_same_id_or_none_are_all_taken(system, tmp_path):
    chart = {"title": "x", "queries": [{"query": "temp_outside"}]}
    boards = [{"id": each, "name": f"Tafel {place}", "charts": [chart]} for place, each in enumerate("aab")]
    notes = [{"id": None, "time": 1_700_000_000 + each, "text": "x"} for each in range(3)]
    old = ancestor.make(tmp_path / "old", dashboards=boards, annotations=notes)
    first = take(system, old)
    assert {each.name for each in dashboards.all_of_them(system)} >= {"Tafel 0", "Tafel 1", "Tafel 2"}
    assert len([each for each in first.found if (each.kind, each.outcome) == ("note", "taken")]) == 3
    assert take(system, old).count("taken") == 0


@pytest.mark.parametrize("time", [1e300, -5, 0, "0001-01-01", "9" * 400, None, True])
def test_a_note_of_no_time_is_left(system, tmp_path, time):
    old = ancestor.make(tmp_path / "old", annotations=[{"time": time, "text": "x"}])
    assert any(kind == "note" and "is no time" in said for (kind, _), said in left(take(system, old)).items())


def test_notes_are_on_the_charts(system, old):
    report = take(system, old)
    (note,) = annotations.within(system.database.connection(), "hp-legacy", 1_699_999_999, 1_700_000_001, 10)
    assert (note.at, note.text) == (1_700_000_000, "Wartung")
    assert any(kind == "note" for kind, _ in left(report))


def test_a_channel_is_taken_with_its_password_opened(system, old):
    take(system, old)
    (channel,) = (each.channel for each in channels.all_of_them(system))
    assert (channel.kind, channel.name) == ("email", "E-Mail")
    assert channel.shown["to"] == "anna@example.org"
    assert system.channel_secrets.get(channel.secret) == {"password": "hidden"}


def test_telegram_and_discord_are_channels_here_too(system, tmp_path):
    telegram = {"enabled": True, "bot_token": "123456789:abcdefg_hijklmnop", "chat_ids": ["42"]}
    discord = {"enabled": False, "webhook_url": "https://discord.com/api/webhooks/1/abc"}
    old = ancestor.make(tmp_path / "old", telegram=telegram, discord=discord, email={})
    take(system, old)
    found = [each.channel for each in channels.all_of_them(system)]
    assert {each.kind: each.enabled for each in found} == {"telegram": True, "discord": False}


def test_what_stands_there_besides_is_named(system, tmp_path):
    old = ancestor.make(
        tmp_path / "old",
        mqtt={"broker": "127.0.0.1", "topic_prefix": "idm", "qos": 1, "tls_ca_cert": ""},
        dashboards=[{"name": "Tafel", "layout": 2, "charts": [{"title": "Bild", "zoom": 1, "queries": []}]}],
        annotations=[{"id": "n", "time": 1_700_000_000, "text": "x", "author": "A"}],
    )
    found = left(take(system, old))
    assert {("setting", "mqtt.qos"), ("chart", "Tafel: layout"), ("chart", "Tafel: Bild: zoom")} <= found.keys()
    assert ("setting", "mqtt.tls_ca_cert") not in found
    assert any(kind == "note" and what.endswith(": author") for kind, what in found)


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (None, "sealed, and .secret.key is not in the folder"),
        (b"nonsense", ".secret.key is no key"),
        (b"A" * 43 + b"=", "sealed with another key"),
    ],
)
def test_without_the_right_key_a_channel_is_left_and_it_is_said(system, tmp_path, key, says):
    old = ancestor.make(tmp_path / "old", with_key=False)
    if key is not None:
        (old / ".secret.key").write_bytes(key)
    assert says in left(take(system, old))["channel", "email"]
    assert channels.all_of_them(system) == []


def test_the_administrator_signs_in_with_the_password_of_before(system, old):
    take(system, old)
    user = accounts.who(system, "admin", ancestor.PASSWORD)
    assert user is not None
    assert user.role == "owner"


@pytest.mark.parametrize(
    "hashed", ["sha256$salt$abcdef", "md5$x$y", "bcrypt:12$x$y", "plain", "scrypt:many:8:1$salt$abc", "$$"]
)
def test_a_password_hashed_in_an_unsupported_way_is_left(system, tmp_path, hashed):
    old = ancestor.make(tmp_path / "old", web={"admin_password_hash": hashed})
    assert "hashed in a way" in left(take(system, old))["account", "admin"]
    assert accounts.first_start(system)


def test_the_password_that_the_older_program_came_with_opens_nothing_here(system, tmp_path):
    hashed = generate_password_hash("admin", "scrypt")
    old = ancestor.make(tmp_path / "old", web={"admin_password_hash": hashed})
    assert "came with" in left(take(system, old))["account", "admin"]
    assert accounts.first_start(system)


def test_settings_are_taken_where_there_are_such(system, old):
    report = take(system, old)
    assert (system.config.folder / "config.yaml").read_text() == "victoriametrics: http://127.0.0.1:8428\n"
    assert "" in write_rules.stops(system.database.connection())
    assert ("setting", "colour") in left(report)
    assert ("channel", "webdav") in left(report)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://example.org/vm/write?db=x", "https://example.org/vm"),
        ("http://127.0.0.1:8428/api/v1/import/prometheus", "http://127.0.0.1:8428"),
        ("http://127.0.0.1:99999/write", None),
        ("http://[::1/write", None),
        ("http://a b/write", None),
        ("file:///etc/passwd", None),
        (5, None),
    ],
)
def test_the_address_of_victoriametrics_is_taken_only_when_the_program_starts_with_it(system, tmp_path, url, base):
    report = take(system, ancestor.make(tmp_path / "old", metrics={"url": url}))
    assert load(system.config.folder, {}).victoriametrics == (base or "")
    assert (("setting", "metrics.url") in left(report)) == (base is None)


@pytest.mark.parametrize(
    ("before", "added"), [("port: 8181\n", True), ('{"port": 8181}\n', False), ("port: 8181\n...\n", False)]
)
def test_the_settings_that_are_there_stay_as_they_are(system, old, before, added):
    path = system.config.folder / "config.yaml"
    path.write_text(before)
    path.chmod(0o640)
    report = take(system, old)
    assert path.read_text() == before + ("victoriametrics: http://127.0.0.1:8428\n" if added else "")
    assert path.stat().st_mode & 0o777 == 0o640
    assert (("setting", "metrics.url") in left(report)) is not added


@pytest.mark.parametrize("state", ["in use", "broken off"])
def test_a_database_that_was_not_closed_is_read_whole_and_left_alone(system, old, state):
    with closing(sqlite3.connect(old / "idm_logger.db", isolation_level=None)) as db:
        if state == "in use":
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?)", a_job(value="51"))
        else:
            db.execute("PRAGMA cache_size = 1")
            db.execute("BEGIN")
            db.execute("DELETE FROM alerts")
            db.execute("UPDATE settings SET value = value || zeroblob(90000)")
        copy = shutil.copytree(old, old.with_name("copy"))
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    assert len(before) > 2
    report = take(system, copy)
    assert ("51" in str([job.content.value for job in jobs.all_of_them(system)])) is (state == "in use")
    assert any(each.what == "Zu kalt" and each.outcome == "taken" for each in report.found)
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


def test_a_password_in_the_address_of_victoriametrics_is_never_shown(system, tmp_path):
    old = ancestor.make(tmp_path / "old", metrics={"url": "http://anna:hidden@127.0.0.1:8428/api/v1/write"})
    report = take(system, old)
    assert "hidden@127.0.0.1:8428" in (system.config.folder / "config.yaml").read_text()
    assert not any("hidden" in str(each) for each in report.found)


def test_unknown_tables_settings_files_and_parts_are_named(system, tmp_path):
    idm = {"host": "127.0.0.1", "port": 9, "circuits": ["A", "Z"], "zones": [0, 11], "colour": "red"}
    old = ancestor.make(tmp_path / "old", idm=idm, logging={"interval": 60, "level": "INFO"})
    (old / "notes.txt").write_text("by hand")
    found = left(take(system, old))
    assert found["file", "notes.txt"] == "was not read"
    assert "'Z'" in found["setting", "idm.circuits"]
    assert "11" in found["setting", "idm.zones"]
    assert {("setting", "idm.colour"), ("setting", "logging.level")} <= found.keys()
    assert heatpumps.get(system, "hp-legacy").settings["zones"] == ["1"]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda old: (old / "idm_logger.db").unlink(), "has neither idm_logger.db nor"),
        (lambda old: (old / "idm_logger.db").write_bytes(b"nothing" * 999), "cannot be read"),
        (lambda old: (old / "idm_logger.db").write_bytes(b""), "has no table settings"),
        (lambda old: old.rename(old.with_name("elsewhere")), "is not there"),
        (lambda old: rewrite(old, "[" * 99_999), "is no JSON"),
        (lambda old: rewrite(old, "[1]"), "holds no named values; is it the older program's"),
    ],
)
def test_a_folder_that_is_none_of_the_older_program_is_refused(system, old, spoil, says):
    spoil(old)
    before = everything(system)
    with pytest.raises(NotReadable, match=says):
        take(system, old)
    assert everything(system) == before


def test_a_machine_without_an_address_is_refused_by_name(system, tmp_path):
    old = ancestor.make(tmp_path / "old", idm={"port": 502})
    with pytest.raises(BadConfig, match=r"idm_logger.db: idm: host: the address"):
        take(system, old)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config.json", '{"idm": {"host": "127.0.0.1", "port": 9, "circuits": ["A"], "zones": [0]}}'),
        ("config.yaml", "idm: {host: 127.0.0.1, port: 9, circuits: [A], zones: [0]}\n"),
    ],
)
def test_a_configuration_alone_is_enough(system, tmp_path, name, text):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / name).write_text(text)
    for path in (tmp_path / "old", tmp_path / "old" / name):
        take(system, path)
        assert heatpumps.get(system, "hp-legacy").settings["zones"] == ["1"]
    assert len(heatpumps.all_of_them(system)) == 1


def test_every_name_of_the_older_program_is_one_sensor(catalogue):
    model = catalogue.find("idm", "navigator_2_0")
    names = Names(model)
    assert names.sensor("temp_heat_storage").id == "temp_buffer"
    assert names.sensor("idm_heatpump_temp_target_zone_10_room_8").id == "temp_room_target_zone_10_room_8"
    assert names.sensor("temp_outside").id == "temp_outside"
    found = [names.sensor(sensor.formerly or sensor.id) for sensor in model.registers.values()]
    assert found == list(model.registers.values())


def rewrite(old, config):
    with closing(sqlite3.connect(old / "idm_logger.db")) as db, db:
        db.execute("UPDATE settings SET value = ? WHERE key = 'config'", (config,))


def test_a_name_from_the_database_cannot_steer_the_terminal():
    report = Report()
    report.left("rule", "\x1b[2J\u202ename\r", "is left")
    assert str(report.found[0]).isprintable()


def test_a_dry_run_leaves_an_older_database_and_the_settings_beside_it_alone(old, tmp_path):
    earlier.put(tmp_path / "v2", "2")
    (tmp_path / "fresh").mkdir()
    (tmp_path / "fresh" / "config.json").write_text(json.dumps({"idm": {"host": "127.0.0.1", "port": 9}}))
    for folder, says in (("v2", "must first be brought to version"), ("fresh", "hp-legacy Wärmepumpe (Migriert): was")):
        before = {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        assert says in run(old, "--dry-run", "--data", tmp_path / folder)
        assert {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()} == before


def run(*arguments):
    return CliRunner().invoke(main, ["migrate", *map(str, arguments)], catch_exceptions=False).output


def test_a_dry_run_says_the_same_and_changes_nothing(old, tmp_path):
    before = {path.name: path.read_bytes() for path in old.iterdir()}
    told = run(old, "--dry-run", "--data", tmp_path / "new")
    assert told.endswith("nothing was changed\n")
    assert not (tmp_path / "new").exists()
    taken = run(old, "--data", tmp_path / "new")
    assert [line for line in told.splitlines() if line[:4] in ("left", "take")] == [
        line for line in taken.splitlines() if line[:4] in ("left", "take")
    ]
    again = run(old, "--dry-run", "--data", tmp_path / "new")
    assert "0 would be taken" in again
    assert {path.name: path.read_bytes() for path in old.iterdir()} == before


def test_a_dashboard_stands_on_the_page_of_its_heat_pump(system, old):
    report = take(system, old)
    (kept,) = (each for each in dashboards.all_of_them(system) if each.name == "Zuhause")
    assert kept.heatpump_id == "hp-legacy"
    assert [(chart.kind, [line.sensor for line in chart.lines]) for chart in kept.config.charts] == [
        ("line", ["temp_buffer", "temp_flow_circuit_a"]), ("states", ["operating_mode"]),
    ]  # fmt: skip
    assert ("chart", "Zuhause: Temperaturen: Mittel") in left(report)
