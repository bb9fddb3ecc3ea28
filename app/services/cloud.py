"""Makers' clouds as an owner meets them: signing in, choosing a heat pump, and the calls that are left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.messages import Invalid, NotFound
from app.services import connection_content
from app.store.heatpumps import HeatPump
from app.system import System
from drivers import viessmann
from drivers.base import Cloud
from drivers.cloud_calls import CallsMade
from drivers.cloud_sign_in import SignIn, pasted
from drivers.model import Model
from drivers.viessmann import Found
from drivers.viessmann_account import Account, Accounts

TIMEOUT_S = 20.0
"""Somebody waits in front of a page."""

ACCOUNT_FIELDS = ("api", "login", "client_id")


@dataclass(frozen=True, slots=True)
class State:
    """How it stands with an account: whether somebody signed in, its calls, and the seconds between two polls."""

    signed_in: bool
    calls: CallsMade
    interval_s: float


def of(system: System, pump: HeatPump) -> State | None:
    """None for a heat pump that is not in its maker's cloud."""
    if "client_id" not in pump.connection:
        return None
    account = _accounts(system).of(Cloud.of(pump.connection))
    return State(account.signed_in, account.calls_made(), system.roster.interval_s(pump))


def account(system: System, model: Model, sent: Mapping[str, Any]) -> Account:
    """The account that these settings of a connection belong to. Raises Invalid, naming the field."""
    return _accounts(system).of(Cloud.of(_checked(model, sent)))


def begin(
    system: System, model: Model, sent: Mapping[str, Any], redirect: str, kept: Mapping[str, Sequence[str]]
) -> SignIn:
    """Begin a sign-in that comes back to `redirect`, with what was typed. Raises Invalid, naming the field."""
    settings = _checked(model, sent)
    where = redirect.strip()
    if not where or len(where) > 500 or not all("!" <= letter <= "~" for letter in where) or ":" not in where:
        raise Invalid("redirect", "%(value)s is not an address to come back to", value=redirect)
    return _accounts(system).begin(settings["login"], settings["client_id"], where, kept)


def begun(system: System, state: str) -> SignIn:
    """Raises NotFound when it is over, or the program was started anew meanwhile."""
    sign_in = _accounts(system).begun(state)
    if sign_in is None:
        raise NotFound("this sign-in is over; begin it again in the form of the heat pump")
    return sign_in


def finish(system: System, answer: Mapping[str, str]) -> SignIn:
    """End the sign-in that this answer of the maker's page belongs to. Raises a DriverError that says what to do."""
    accounts = _accounts(system)
    sign_in = accounts.answered(answer.get("state", ""))
    where = Cloud(login=sign_in.login, client_id=sign_in.client_id) if sign_in is not None else Cloud()
    return accounts.of(where).finish(sign_in, answer, TIMEOUT_S)


def finish_pasted(system: System, state: str, text: str) -> SignIn:
    """The same with what somebody copied from the browser: the whole address, or the code alone."""
    sign_in = begun(system, state)
    return finish(system, pasted(text, sign_in))


def typed_before(system: System, state: str) -> Mapping[str, Sequence[str]] | None:
    return _accounts(system).typed(state)


def machines(system: System, model: Model, sent: Mapping[str, Any]) -> list[Found]:
    """The heat pumps of this account. Takes one call. Raises Invalid or a DriverError."""
    return viessmann.machines(account(system, model, sent), TIMEOUT_S)


def sign_out(system: System, model: Model, sent: Mapping[str, Any]) -> None:
    """Forget the keys to this account. Raises Invalid, naming the field."""
    account(system, model, sent).sign_out()


def _checked(model: Model, sent: Mapping[str, Any]) -> dict[str, Any]:
    usual = model.connection.settings
    return {
        name: connection_content.CHECKS[name](f"connection_config.{name}", sent.get(name) or usual.get(name))
        for name in ACCOUNT_FIELDS
    }


def _accounts(system: System) -> Accounts:
    accounts = system.drivers.accounts
    assert accounts is not None, "assemble() gives every system its accounts"
    return accounts
