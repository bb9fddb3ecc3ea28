"""The report of a month arrives by e-mail on the first of the next one, once, in the channel's language."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from pypdf import PdfReader

from app.messages import Invalid
from app.services import channels
from app.store.heatpumps import HeatPump
from app.system import System
from app.web.report_mail import ReportMail
from tests.notify.receivers import MailReceiver, mail_receiver
from tests.web.test_analysis_page import FIRST, live

PASSWORD = "of-this-test"


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()


@pytest.fixture
def mail() -> Iterator[MailReceiver]:
    with mail_receiver(PASSWORD) as receiver:
        yield receiver


@pytest.fixture
def pump(system: System, add: Callable[..., HeatPump]) -> HeatPump:
    made = add("Kindergarten")
    live(system, made, FIRST, 3)
    return made


def a_channel(system: System, port: int, **more: object) -> int:
    fields = {
        "host": "127.0.0.1",
        "port": str(port),
        "security": "none",
        "user": "berta",
        "password": PASSWORD,
        "from": "a@example.org",
        "to": "b@example.org",
    }
    sent = {"kind": "email", "name": "Berta", "language": "de", "fields": fields, "monthly_report": True}
    return channels.add(system, sent | more).id


def test_the_report_arrives_once_as_a_german_pdf_file(
    app: Flask, system: System, pump: HeatPump, mail: MailReceiver
) -> None:
    a_channel(system, mail.port)
    sending = ReportMail(app, system)
    for moment, arrived in (
        ("2025-11-30 23:00", 0),
        ("2025-12-01 05:59", 0),
        ("2025-12-01 06:00", 1),
        ("2025-12-01 06:10", 1),
        ("2025-12-20 06:00", 1),
    ):
        system.clock = lambda moment=moment: at(moment)  # type: ignore[misc]
        sending.send_due()
        assert len(mail.got) == arrived, moment
    (attached,) = mail.got[0].iter_attachments()
    assert attached.get_filename() == "heat-pumps-2025-11.pdf"
    words = PdfReader(io.BytesIO(attached.get_content())).pages[0].extract_text()
    assert "Betriebsbericht November 2025" in words
    assert "Kindergarten" in words


def test_a_report_that_fails_is_tried_again_for_three_days(
    app: Flask, system: System, pump: HeatPump, mail: MailReceiver
) -> None:
    channel_id = a_channel(system, 9)
    sending = ReportMail(app, system)
    system.clock = lambda: at("2025-12-01 06:00")
    sending.send_due()
    (doing,) = channels.all_of_them(system)
    assert doing.failure is not None
    channels.change(system, channel_id, {"fields": {"port": str(mail.port)}})
    system.clock = lambda: at("2025-12-04 05:50")
    sending.send_due()
    assert len(mail.got) == 1


def test_who_did_not_ask_for_it_gets_none(app: Flask, system: System, pump: HeatPump, mail: MailReceiver) -> None:
    a_channel(system, mail.port, monthly_report=False)
    a_channel(system, mail.port, enabled=False)
    system.clock = lambda: at("2025-12-01 06:00")
    ReportMail(app, system).send_due()
    assert mail.got == []


def test_only_e_mail_carries_a_report(system: System) -> None:
    sent = {"kind": "webhook", "fields": {"url": "http://127.0.0.1:9/x"}, "monthly_report": True}
    with pytest.raises(Invalid) as refused:
        channels.add(system, sent)
    assert refused.value.field == "monthly_report"
