"""The page from which every setting is found, each with how it stands; the small ones are changed right there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from app.services import (
    accounts,
    backups,
    channels,
    configuration,
    maintenance,
    preferences,
    retention,
    tariffs,
    telemetry,
    tokens,
)
from app.web import access, money
from app.web.access import own_account, owner_only
from app.web.bytes_said import said
from app.web.formats import day, number
from app.web.languages import opening
from app.web.page import moment
from app.web.parts import system

if TYPE_CHECKING:
    from app.services.publishing import Doing, Publisher

pages = Blueprint("settings", __name__, url_prefix="/settings")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of settings: its title, where it is, and in one line how it stands."""

    title: Callable[[], str]
    endpoint: str
    state: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Section:
    title: Callable[[], str]
    entries: tuple[Entry, ...]


@pages.get("/")
@own_account
def hub() -> ResponseReturnValue:
    sections = [(section.title(), [each for each in section.entries if _may_open(each)]) for section in SECTIONS]
    return render_template(
        "settings_hub/page.html",
        sections=[(title, entries) for title, entries in sections if entries],
        chosen_theme=preferences.theme(system(), current_user.user.id) or "auto",
        currencies=preferences.CURRENCIES,
        chosen_currency=preferences.currency(system()),
    )


@pages.post("/appearance")
@own_account
def choose_appearance() -> ResponseReturnValue:
    preferences.choose_theme(system(), current_user.user.id, request.form.get("theme", ""))
    return redirect(url_for("settings.hub"))


@pages.post("/currency")
@owner_only
def choose_currency() -> ResponseReturnValue:
    preferences.choose_currency(system(), request.form.get("currency", ""))
    return redirect(url_for("settings.hub"))


@pages.get("/victoriametrics")
@owner_only
def victoriametrics() -> ResponseReturnValue:
    return _victoria_page([])


@pages.post("/victoriametrics")
@owner_only
def try_victoriametrics() -> ResponseReturnValue:
    """The connection test: it sends no sample."""
    return _victoria_page(configuration.try_delivery(system()) if configuration.delivery(system()) else [])


@pages.get("/mqtt")
@owner_only
def mqtt() -> ResponseReturnValue:
    publisher: Publisher | None = current_app.extensions.get("publisher")
    config = system().config
    broker = configuration.without_password(config.mqtt)
    commands = None if publisher is None else publisher.commands
    return render_template(
        "settings_hub/mqtt.html",
        config=config,
        broker=broker,
        doing=_publishing(),
        commands=None if commands is None else commands.counts,
    )


@pages.get("/program")
@owner_only
def file() -> ResponseReturnValue:
    return render_template(
        "settings_hub/program.html", settings=configuration.settings(system()), folder=system().config.folder
    )


def _victoria_page(checked: list[configuration.Checked]) -> str:
    return render_template(
        "settings_hub/victoriametrics.html", delivery=configuration.delivery(system()), checked=checked
    )


def _may_open(entry: Entry) -> bool:
    if entry.endpoint not in current_app.view_functions:
        return False
    return bool(current_user.rights.may(access.decision(current_app, entry.endpoint)))


def _people() -> str:
    found = len(accounts.all_of_them(system()))
    return str(ngettext("%(num)d account", "%(num)d accounts", found))


def _tokens() -> str:
    found = len(tokens.all_of_them(system()))
    return str(ngettext("%(num)d token", "%(num)d tokens", found) if found else gettext("None: no program has a key."))


def _publishing() -> Doing | None:
    """How the publishing to a broker goes; None when there is none."""
    publisher: Publisher | None = current_app.extensions.get("publisher")
    return None if publisher is None else publisher.doing


def how_mqtt_goes() -> str:
    doing = _publishing()
    if doing is None:
        return str(gettext("Not used."))
    if doing.trouble is not None:
        return opening(doing.trouble)
    if not doing.connected:
        return str(gettext("Not connected yet."))
    if system().config.mqtt_commands:
        return str(gettext("Connected; settings can be changed over it."))
    return str(gettext("Connected."))


def _telemetry() -> str:
    sharing = telemetry.state(system())
    return str(gettext("On.") if sharing.enabled else gettext("Off: nothing is shared."))


def _channels() -> str:
    found = channels.all_of_them(system())
    if not found:
        return str(gettext("None yet: alerts are shown here, but nobody is told."))
    failing = sum(each.failure is not None for each in found)
    many = str(ngettext("%(num)d channel", "%(num)d channels", len(found)))
    if failing:
        return f"{many}; {ngettext('%(num)d does not work', '%(num)d do not work', failing)}"
    return many


def _maintenance() -> str:
    found = maintenance.all_of_them(system())
    return str(ngettext("%(num)d planned", "%(num)d planned", len(found)) if found else gettext("None planned."))


def _retention() -> str:
    choice = retention.chosen(system())
    if choice.raw_days is None and choice.hourly_days is None:
        return str(gettext("Everything is kept for good."))
    if choice.raw_days is None:
        return str(gettext("For %(days)s days.", days=number(choice.hourly_days or 0, 0)))
    return str(gettext("Every sample for %(days)s days.", days=number(choice.raw_days, 0)))


def _backups() -> str:
    nightly = backups.nightly(system())
    if nightly is None:
        return str(gettext("Nightly backups are off."))
    if not nightly.made:
        return str(gettext("Every night; there is none yet."))
    newest = nightly.made[0]
    return str(gettext("Every night; the newest: %(time)s, %(size)s.", time=moment(newest.at), size=said(newest.size)))


def _victoriametrics() -> str:
    found = configuration.delivery(system())
    if found is None:
        return str(gettext("Not used: the history lies in the own database."))
    if found.waiting:
        return f"{found.write or found.read}; {ngettext('%(num)d poll waits', '%(num)d polls wait', found.waiting)}"
    return found.write or found.read


def _tariffs() -> str:
    found = tariffs.all_of_them(system())
    if not found:
        return str(gettext("None: no costs are shown."))
    newest = found[-1]
    price = money.per_kwh(newest.prices[-1].per_kwh)
    return str(gettext("%(price)s since %(day)s.", price=price, day=day(newest.since)))


def _file() -> str:
    found = sum(each.origin is not None for each in configuration.settings(system()))
    return str(
        ngettext("%(num)d is not as usual.", "%(num)d are not as usual.", found) if found else gettext("As usual.")
    )


SECTIONS = (
    Section(
        lambda: gettext("People and programs"),
        (
            Entry(lambda: gettext("Own account"), "own_account.page", lambda: current_user.name),
            Entry(lambda: gettext("People"), "people.page", _people),
            Entry(lambda: gettext("Tokens"), "tokens.page", _tokens),
            Entry(lambda: "MQTT", "settings.mqtt", how_mqtt_goes),
            Entry(lambda: gettext("Sharing values"), "telemetry.page", _telemetry),
        ),
    ),
    Section(
        lambda: gettext("Messages"),
        (
            Entry(lambda: gettext("Channels for messages"), "alerts.all_channels", _channels),
            Entry(lambda: gettext("Maintenance"), "alerts.all_maintenance", _maintenance),
        ),
    ),
    Section(
        lambda: gettext("History"),
        (
            Entry(lambda: gettext("How long history is kept"), "retention.page", _retention),
            Entry(lambda: gettext("Backup"), "backups.page", _backups),
            Entry(lambda: "VictoriaMetrics", "settings.victoriametrics", _victoriametrics),
        ),
    ),
    Section(
        lambda: gettext("Energy"),
        (Entry(lambda: gettext("Electricity tariffs"), "tariffs.page", _tariffs),),
    ),
    Section(
        lambda: gettext("This computer"),
        (
            Entry(lambda: gettext("Settings of the program"), "settings.file", _file),
            Entry(lambda: gettext("System"), "own_state.page", lambda: gettext("Polls, disk, budgets, and the log.")),
        ),
    ),
)
"""In the order of the page. Another page of settings is one more entry; one that nobody here may open is left out."""
