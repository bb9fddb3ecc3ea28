"""The parts of the web application, put together."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from werkzeug.middleware.proxy_fix import ProxyFix

from app.system import System
from app.web import (
    access,
    account,
    addresses,
    alerts,
    api,
    assets,
    audit,
    backups,
    compare,
    compression,
    csrf,
    csv_download,
    dashboards,
    errors,
    headers,
    health,
    heatpumps,
    hosts,
    installable,
    jobs,
    languages,
    overview,
    own_account,
    own_state,
    page,
    people,
    reports,
    retention,
    scraping,
    sessions,
    settings_hub,
    simulated,
    tariffs,
    telemetry,
    time_line,
    tokens,
    turns,
)

REPOSITORY = Path(__file__).parents[2]
LARGEST_REQUEST_BYTES = 1_000_000
BLUEPRINTS = (
    account.pages,
    own_account.pages,
    people.pages,
    tokens.pages,
    overview.pages,
    compare.pages,
    dashboards.pages,
    heatpumps.pages,
    backups.pages,
    retention.pages,
    alerts.pages,
    time_line.pages,
    tariffs.pages,
    telemetry.pages,
    audit.pages,
    jobs.pages,
    reports.pages,
    simulated.pages,
    settings_hub.pages,
    own_state.pages,
    installable.pages,
    api.interface,
    scraping.scrape,
    assets.vendor,
)


def wired(system: System, secret_key: str) -> Flask:
    """Wires everything, starts nothing. Raises RuntimeError for a view that does not say who may call it."""
    app = Flask(
        "app",
        root_path=str(REPOSITORY / "app"),
        static_folder=REPOSITORY / "static",
        template_folder=REPOSITORY / "templates",
    )
    app.extensions["system"] = system
    app.extensions["categories"] = system.catalogue.vocabulary.categories
    app.config.update(
        SECRET_KEY=secret_key,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST_BYTES,
        BOOTSTRAP_SERVE_LOCAL=True,
        # a page may stay open on a wall for weeks; its token ends with the session
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_TIMEZONE=system.config.timezone,
        **sessions.cookie_settings(system.config.behind_https),
    )
    if system.config.behind_https:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    app.url_map.converters["int"] = addresses.Number
    Bootstrap5(app)
    Babel(app, locale_selector=languages.chosen)
    app.session_interface = sessions.Cookies()
    sessions.login_manager().init_app(app, add_context_processor=False)
    hosts.add_to(app, system.config)  # first of all: under a foreign name nothing is said
    app.before_request(access.guard)  # before the CSRF check: who is not signed in learns that first
    csrf.add_to(app)
    turns.add_to(app)
    headers.add_to(app, system.config.behind_https)
    assets.add_to(app)
    compression.add_to(app)
    errors.add_to(app)
    page.add_to(app)
    health.add_to(app)
    csv_download.add_to(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    access.check_decisions(app)
    return app
