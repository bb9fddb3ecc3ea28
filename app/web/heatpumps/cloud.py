"""The part of a heat pump's form that belongs to its maker's cloud: the account, its calls, and which heat pump."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.messages import Invalid
from app.services import cloud
from app.web.heatpumps.form import Form
from app.web.parts import system
from drivers.cloud_calls import CallsMade
from drivers.errors import DriverError
from drivers.viessmann import Found


@dataclass(frozen=True, slots=True)
class CloudPart:
    """`machines` when the account was asked for them, `failure` when it could not be; no `calls` without an account."""

    signed_in: bool = False
    calls: CallsMade | None = None
    machines: tuple[Found, ...] | None = None
    failure: DriverError | None = None


def part(form: Form, look: bool = False) -> CloudPart | None:
    """None for a model that is not in a cloud. With `look` the account is asked for its heat pumps: one call."""
    if not form.model.connection.is_cloud:
        return None
    try:
        account = cloud.account(system(), form.model, form.connection)
    except Invalid:
        return CloudPart()
    found = CloudPart(account.signed_in, account.calls_made())
    if not look:
        return found
    try:
        machines = tuple(cloud.machines(system(), form.model, form.connection))
    except DriverError as failure:
        return replace(found, failure=failure, signed_in=account.signed_in, calls=account.calls_made())
    return replace(found, machines=machines, signed_in=account.signed_in, calls=account.calls_made())


def sign_out(form: Form) -> None:
    """Raises Invalid for a field of the account."""
    cloud.sign_out(system(), form.model, form.connection)


def with_the_only_one(form: Form, found: CloudPart | None) -> Form:
    """Where the account has a single heat pump, it is the one that is meant."""
    if found is None or found.machines is None or len(found.machines) != 1 or form.connection.get("machine"):
        return form
    only = found.machines[0]
    chosen = {"installation": only.installation, "gateway": only.gateway, "machine": only.machine}
    return replace(form, connection={**form.connection, **chosen})
