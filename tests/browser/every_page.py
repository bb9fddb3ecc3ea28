"""Every page that the URL map knows, with an example for each part of its address."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

from flask import Flask

from app.commands.demo import diary
from app.commands.demo.moving_in import MovingIn
from app.commands.demo.words import Language
from app.services import accounts, annotations, channels, dashboards, heatpumps, maintenance, meters, telemetry, tokens
from app.store.heatpumps import HeatPump
from app.system import System
from tests.browser.stage import USER

NO_PAGES = ("/api", "/static", "/bootstrap", "/vendor", "/metrics", "/healthz", "/sw.js", "/manifest.webmanifest")
WITHOUT_SIGN_IN = {"account.login", "account.setup", "installable.offline"}
EXAMPLES = {"heatpump_id": "hp-001", "sensor_id": "temp_hot_water_target"}
"""What a word in an address may be; a number is always 1."""

OTHERS = {"heatpumps.registers": {"heatpump_id": "hp-002"}}
"""Where the first heat pump has nothing to show: only a NIBE exports a list of its registers."""

WIZARD = {
    "wizard.address": "/heatpumps/add?kind=idm/navigator_2_0",
    "wizard.gateway": "/heatpumps/add?kind=nibe/f_series",
    "wizard.cloud": "/heatpumps/add?kind=viessmann/vitocal",
}
"""A step that has the address of the step before it."""

ENTERED = {
    "compare.page": "?heatpump=hp-001&heatpump=hp-002",
    "heatpumps.check_setting": "?value=48",
    "report.pdf": "",
    "jobs.add": "",
    "heatpumps.sign_in_answer": "?state=x",
}
"""What a page is asked with that makes no sense without."""


def addresses(app: Flask) -> dict[str, str]:
    """endpoint → an address of it, of every view that may be looked at. What is in no example is a number."""
    found = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(NO_PAGES):
            continue
        parts = {name: EXAMPLES.get(name, 1) for name in rule.arguments} | OTHERS.get(rule.endpoint, {})
        with app.test_request_context():
            found[rule.endpoint] = app.url_for(rule.endpoint, **parts) + ENTERED.get(rule.endpoint, "")
    return dict(sorted(found.items())) | WIZARD


WRITTEN = {
    "Alle Wärmepumpen": "All heat pumps",
    "Stromausfall im Ort": "Power cut in the village",
    "installateur@example.org": "installer@example.org",
    "Haussteuerung": "Home automation",
    "Telefon": "Telephone",
    "Wartung": "Maintenance",
    "Spülen": "Flushing",
}
"""What somebody who sits in front of it writes: German and English."""


def furnish(system: System, number: int, days: int, ending: ExitStack, language: Language = "de") -> MovingIn:
    """The houses of the demo with their last days; and what only somebody who sits in front of it would add."""
    diary.furnish(system, language)
    moving_in = MovingIn(system, number, ending, language, days)
    moving_in.begin(number)
    system.daily.run(gently=False)
    pumps = heatpumps.all_of_them(system)
    written = {german: german if language == "de" else english for german, english in WRITTEN.items()}
    dashboards.add_made(system, written["Alle Wärmepumpen"], None, dashboards.proposal(system, pumps))
    now = int(system.clock())
    annotations.add(system, None, now - 3600, written["Stromausfall im Ort"], until=now - 1800, author=USER)
    _settle_in(system, pumps[0], now, written)
    return moving_in


def _settle_in(system: System, pump: HeatPump, now: int, written: Mapping[str, str]) -> None:
    """People, keys, channels, a meter and whatever else makes an empty page a full one; nothing leaves the loopback."""
    accounts.create(system, written["installateur@example.org"], "a long pass phrase", "installer", heatpumps={pump.id})
    tokens.make(system, accounts.named(system, USER), written["Haussteuerung"], ["read"], None, None)
    webhook = {
        "kind": "webhook",
        "name": written["Telefon"],
        "fields": {"url": "http://127.0.0.1:9/"},
        "enabled": False,
    }
    channels.add(system, webhook)
    maintenance.add(system, {"note": written["Wartung"], "starts_at": now + 3600, "ends_at": now + 7200})
    maintenance.add(system, {"note": written["Spülen"], "weekdays": [0, 2], "from_minute": 120, "to_minute": 180})
    meters.add(system, pump, {"kind": "shelly", "address": "http://127.0.0.1:9"})
    telemetry.choose(system, "https://example.org/telemetry", [pump.id])
