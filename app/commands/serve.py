"""`serve`: poll the heat pumps and serve the web interface until told to end."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app import logs, memory, systemd
from app.commands import ending
from app.commands.arguments import configuration, data_option
from app.config import Config
from app.folder import Folder
from app.services import config_heatpumps
from app.system import System, assemble

if TYPE_CHECKING:
    from flask import Flask

POLL_GRACE_S = 2.0
"""Polls that still run at the end get this long; the whole end stays below 3 s."""

PUBLISHING_GRACE_S = 1.5
"""So long we wait for the broker to take our farewell; without it, it finds out by itself."""

WEB_THREADS = 14
MOST_SOCKETS = 600
"""Never reached: connections.Limits makes room long before, and what waits unaccepted would wait for good."""

log = logging.getLogger(__name__)


@click.command()
@click.option("--host", help="Address to listen on. [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the web interface. [default: 8080]")
@data_option
def serve(host: str | None, port: int | None, folder: Path) -> None:
    """Poll the heat pumps and serve the web interface. Ends cleanly on SIGTERM."""
    ending.in_order()
    logs.set_up()
    config = configuration(folder, host=host, port=port)
    own = Folder(config.folder)
    with own.held(f"a heat-pump monitor on {config.host}:{config.port}"):
        system = assemble(config)
        config_heatpumps.at_start(system)
        run(system, own.secret_key())


def run(system: System, secret_key: str) -> None:
    """Serve until something of `ending` comes. Raises ClickException when the address cannot be had."""
    from app import create_app
    from app.commands.watchdog import Watchdog, WebPulse
    from app.services import health
    from app.services.job_runner import JobRunner
    from app.services.publishing import Publisher
    from app.services.telemetry_sender import TelemetrySender
    from app.web.report_mail import ReportMail

    memory.tune()
    config = system.config
    app = create_app(system, secret_key)
    sockets: dict[int, Any] = {}
    try:
        server = _listening(app, config, sockets)
    except OSError as error:
        system.database.close()
        raise click.ClickException(
            f"{config.host}:{config.port} cannot be listened on: {error.strerror}; choose another with --port or --host"
        ) from error
    publisher = Publisher(system) if config.mqtt else None
    app.extensions["publisher"] = publisher
    pulse = WebPulse(sockets)
    pulse.watch(server)
    watchdog = Watchdog(lambda: health.lifeless(system) or pulse.trouble())
    try:
        system.start()
        JobRunner(system).start()
        ReportMail(app, system).start()
        if publisher is not None:
            publisher.start()
        TelemetrySender(system).start()
        log.info("serving on http://%s:%d with data in %s", config.host, config.port, config.folder)
        pulse.within_loop(lambda: systemd.tell("READY=1", f"STATUS=serving on {config.host}:{config.port}"))
        watchdog.start()
        server.run()
    finally:
        ending.has_begun()
        watchdog.stop()
        systemd.tell("STOPPING=1", "STATUS=finishing what runs")
        server.close()
        if publisher is not None:
            publisher.stop(PUBLISHING_GRACE_S)
        finished = system.stop(POLL_GRACE_S)
        log.info("ended")
        if not finished:
            # A heat pump hangs in the middle of a request. Its thread would hold the process for the whole
            # time-out, and there is nothing left to keep.
            logging.shutdown()
            os._exit(0)


def _listening(app: Flask, config: Config, sockets: dict[int, Any]) -> Any:
    """The web server, which takes requests once it runs. Raises OSError."""
    from waitress.server import create_server

    from app.commands import connections
    from app.web.wiring import LARGEST_REQUEST_BYTES

    server = create_server(
        app,
        sockets,
        host=config.host,
        port=config.port,
        threads=WEB_THREADS,
        ident=None,
        # what Flask would refuse anyway need not lie on the disk first
        max_request_body_size=2 * LARGEST_REQUEST_BYTES,
        max_request_header_size=32_768,
        asyncore_use_poll=True,  # select() knows no more than 1024 files
        connection_limit=MOST_SOCKETS,
    )
    connections.limit(sockets, connections.BEHIND_A_PROXY if config.behind_https else connections.Limits())
    return server
