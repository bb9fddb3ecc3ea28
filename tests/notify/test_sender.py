"""Messages reach real servers, once, in the channel's language, at its hours; what fails is tried again and told."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.store import alert_events, channels
from tests.notify.conftest import SECRET, T0, WEBHOOK, Sending
from tests.notify.receivers import MailReceiver, WebReceiver
from tests.waiting import eventually

REPOSITORY = Path(__file__).parents[2]
EMAIL = replace(
    WEBHOOK,
    kind="email",
    secret="mail",
    language="de",
    shown={
        "security": "none",
        "user": "berta",
        "from": "monitor@example.org",
        "to": "berta@example.org, anna@example.org",
    },
)


def test_a_message_says_what_where_since_when_and_what_to_do(sending: Sending, web: WebReceiver) -> None:
    channel = sending.channel({"url": f"{web.address}/hook?key={SECRET}"})
    sending.read(31.25)
    sending.system.sender.send_due(channel.id)
    (got,) = web.got
    assert web.paths == [f"/hook?key={SECRET}"]
    assert got["title"] == "Warning: Gebäude A: too cold"
    event, row = alert_events.log(sending.db, limit=1)[0], sending.rows()[0]
    assert got["message"].splitlines() == [
        "Hot water temperature: 31.25\u00a0°C, below 40\u00a0°C.",
        "Since 14:00.",
        "What to do: call Anna",
        f"https://heat.example/alerts/events/{event.id}",
        f"[{event.id}-{row.id}]",
    ]
    assert row.notified_at == sending.now
    sending.now += 4 * 3600
    sending.read(50.0)
    sending.system.sender.send_due(channel.id)
    assert web.got[1]["title"] == "Over: Gebäude A: too cold"
    assert "It lasted 4 h, from 14:00 to 18:00." in web.got[1]["message"]


def test_mail_goes_to_a_real_mail_server_in_german(sending: Sending, mail: MailReceiver) -> None:
    shown = {**EMAIL.shown, "host": "127.0.0.1", "port": str(mail.port)}
    channel = sending.channel({"password": SECRET}, EMAIL, shown=shown)
    sending.read(31.25)
    sending.system.sender.send_due(channel.id)
    message = mail.got[0]
    assert message["Subject"] == "Warnung: Gebäude A: too cold"
    content = message.get_body(("plain", "html"))
    assert content is not None
    lines = content.get_content().replace("\u00a0", " ").splitlines()
    assert lines[:2] == ["Warmwassertemperatur: 31,25 °C, unter 40 °C.", "Seit 14:00."]
    assert sorted({to for each in mail.recipients for to in each}) == ["anna@example.org", "berta@example.org"]


def test_a_wrong_password_is_told_without_saying_it(
    sending: Sending, mail: MailReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = {**EMAIL.shown, "host": "127.0.0.1", "port": str(mail.port)}
    channel = sending.channel({"password": "not-the-password"}, EMAIL, shown=shown)
    sending.read(31.0)
    sending.system.sender.send_due(channel.id)
    found = channels.find(sending.db, channel.id)
    assert found is not None
    assert found.failure is not None
    assert not mail.got
    assert "not-the-password" not in found.failure + caplog.text


def test_what_fails_is_tried_again_later_and_told(
    sending: Sending, web: WebReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = sending.channel({"url": f"{web.address}/{SECRET}?key={SECRET}2"})
    web.status = 500
    sending.read(31.0)
    for _ in range(2):
        sending.system.sender.send_due(channel.id)
    (row,) = sending.rows()
    assert (row.tries, row.due_at, row.notified_at) == (1, sending.now + 15, None)
    found = channels.find(sending.db, channel.id)
    assert found is not None
    assert "500" in (found.failure or "")
    assert SECRET not in (found.failure or "") + caplog.text
    sending.now += 15
    sending.system.sender.send_due(channel.id)
    assert sending.rows()[0].due_at == sending.now + 60
    web.status = 200
    sending.now += 60
    sending.system.sender.send_due(channel.id)
    found = channels.find(sending.db, channel.id)
    assert found is not None
    assert found.failure is None
    assert len(web.got) == 1


def test_after_a_day_it_is_given_up(sending: Sending, web: WebReceiver) -> None:
    channel = sending.channel({"url": web.address})
    web.status = 500
    sending.read(31.0)
    sending.system.sender.send_due(channel.id)
    sending.now += 86_400
    sending.system.sender.send_due(channel.id)
    assert sending.rows()[0].given_up == "failed"


def test_quiet_hours_hold_back_all_but_what_is_critical(sending: Sending, web: WebReceiver) -> None:
    quiet = {"quiet_from": 13 * 60, "quiet_to": 15 * 60}
    channel = sending.channel({"url": web.address}, **quiet)
    sending.read(31.0)
    sending.system.sender.send_due(channel.id)
    assert not web.got
    assert sending.rows()[0].due_at == T0 + 3600
    sending.now = T0 + 3600
    sending.system.sender.send_due(channel.id)
    assert len(web.got) == 1
    sending.now = T0 + 10
    with sending.system.database.transaction() as db:
        db.execute("UPDATE alert_events SET severity = 'critical'")
    sending.read(50.0)
    sending.system.sender.send_due(channel.id)
    assert len(web.got) == 2


def test_what_is_over_when_quiet_hours_end_is_told_once(sending: Sending, web: WebReceiver) -> None:
    channel = sending.channel({"url": web.address}, quiet_from=13 * 60, quiet_to=15 * 60)
    sending.read(31.0)
    sending.system.sender.send_due(channel.id)
    sending.read(50.0)
    sending.system.sender.send_due(channel.id)
    sending.now = T0 + 3600
    sending.system.sender.send_due(channel.id)
    assert [got["title"] for got in web.got] == ["Over: Gebäude A: too cold"]
    assert [row.given_up for row in sending.rows()] == ["superseded", None]


def test_a_channel_that_hangs_holds_up_no_other(sending: Sending, web: WebReceiver, mail: MailReceiver) -> None:
    sending.system.clock = time.time
    sending.now = int(time.time())
    web.go_on.clear()
    shown = {**EMAIL.shown, "host": "127.0.0.1", "port": str(mail.port), "to": "berta@example.org"}
    sending.channel({"url": web.address})
    sending.channel({"password": SECRET}, EMAIL, shown=shown)
    sending.system.sender.start()
    sending.read(31.0)
    eventually(lambda: mail.got)
    assert not web.got
    web.go_on.set()
    eventually(lambda: web.got)


def test_a_restored_database_finds_no_secret_and_says_so(sending: Sending, web: WebReceiver) -> None:
    channel = sending.channel({"url": web.address})
    sending.system.channel_secrets.keep_only(())
    sending.read(31.0)
    sending.system.sender.send_due(channel.id)
    found = channels.find(sending.db, channel.id)
    assert found is not None
    assert "enter it again" in (found.failure or "")


KILLED = """
import sys, time
from pathlib import Path
from app.config import Config
from app.polling import pipeline
from app.reading import Column, Reading
from app.store import heatpumps
from app.system import assemble
system = assemble(Config(Path(sys.argv[1])))
pump = heatpumps.find(system.database.connection(), "hp-001")
if sys.argv[2] == "send":
    system.sender.start()
reading = Reading("hp-001", int(time.time()), (Column("temp_hot_water", "°C", "float64"),), (31.0,))
pipeline.keep(system.database, reading, watch=(system.watch, pump))
print("committed", flush=True)
time.sleep(60)
"""


def _killed(folder: Path, how: str, ready: object) -> None:
    command = [sys.executable, "-c", KILLED, str(folder), how]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"committed\n"
        if callable(ready):
            eventually(ready)
        process.kill()


def test_killed_between_commit_and_send_the_message_arrives_once(
    sending: Sending, web: WebReceiver, tmp_path: Path
) -> None:
    sending.channel({"url": web.address})
    _killed(tmp_path, "only commit", None)
    assert not web.paths
    sending.system.clock = time.time
    sending.system.sender.start()
    eventually(lambda: sending.rows()[0].notified_at)
    assert len(web.got) == 1
    assert "already" not in web.got[0]["message"]


def test_killed_while_sending_it_is_sent_once_more_and_says_so(
    sending: Sending, web: WebReceiver, tmp_path: Path
) -> None:
    sending.channel({"url": web.address})
    web.go_on.clear()
    _killed(tmp_path, "send", lambda: web.paths)
    assert sending.rows()[0].notified_at is None
    web.go_on.set()
    eventually(lambda: web.got)
    sending.system.clock = time.time
    sending.system.sender.start()
    eventually(lambda: sending.rows()[0].notified_at)
    assert len(web.got) == 2
    first, second = (got["message"].splitlines() for got in web.got)
    assert first[-1] == second[-1], "the mark tells that it is the same message"
    assert "You may have received this message already." in second
    assert "You may have received this message already." not in first


def test_killed_after_it_arrived_nothing_is_sent_again(sending: Sending, web: WebReceiver, tmp_path: Path) -> None:
    sending.channel({"url": web.address})
    _killed(tmp_path, "send", lambda: sending.rows() and sending.rows()[0].notified_at)
    sending.system.clock = time.time
    sending.system.sender.start()
    sending.system.sender.tell()
    time.sleep(0.5)
    assert len(web.got) == 1
