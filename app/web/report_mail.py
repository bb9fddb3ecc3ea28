"""Sends the report of a month that is over to every channel that wants it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import force_locale, gettext

from app.name_order import order
from app.notify.delivery import Attachment
from app.polling.poller import BACKGROUND
from app.services import channels, heatpumps, report
from app.store.channels import Channel
from app.system import System
from app.web import periods

LOOK_S = 600.0
HOUR = 6
"""On the first of a month: yesterday's figures are there by then."""
TRIED_FOR = timedelta(days=3)

log = logging.getLogger(__name__)


class ReportMail:
    """Looks every ten minutes, on the thread for long work."""

    def __init__(self, app: Flask, system: System) -> None:
        self._app = app
        self._system = system

    def start(self) -> None:
        self._system.poller.every(LOOK_S, self.send_due, lane=BACKGROUND)

    def send_due(self) -> None:
        """Send what is due. A channel that fails is tried again for three days; the channels' page says why."""
        now = datetime.fromtimestamp(self._system.clock(), UTC).astimezone(ZoneInfo(self._system.config.timezone))
        begun = now.replace(day=1, hour=HOUR, minute=0, second=0, microsecond=0)
        if not begun <= now < begun + TRIED_FOR:
            return
        month = f"{begun - timedelta(days=1):%Y-%m}"
        for doing in channels.all_of_them(self._system):
            channel = doing.channel
            if channel.enabled and channel.monthly_report and channel.reported != month:
                self._send(channel, month)

    def _send(self, channel: Channel, month: str) -> None:
        with self._app.app_context(), force_locale(channel.language):
            title, content = made(self._system, month)
            body = gettext("The report of all heat pumps is attached.")
        file = Attachment(f"heat-pumps-{month}.pdf", "application/pdf", content)
        failure = channels.post(self._system, channel.id, title, body, file)
        if failure is None:
            channels.note_reported(self._system, channel.id, month)
        else:
            log.warning("the report of %s did not reach channel %d (%s): %s", month, channel.id, channel.name, failure)


def made(system: System, month: str) -> tuple[str, bytes]:
    """Title and PDF file of this month (2026-10), of all heat pumps; inside an application context."""
    from app.web import report_blocks, report_pdf  # who sends no report need not carry them

    chosen = periods.chosen(month)
    sheets = [
        report.sheet(system, pump, chosen.unit, chosen.start, chosen.end, chosen.before)
        for pump in sorted(heatpumps.all_of_them(system), key=lambda pump: order(pump.name))
    ]
    title = gettext("Operating report %(period)s", period=periods.title(chosen))
    return title, report_pdf.made(title, report_blocks.blocks(sheets, chosen))
