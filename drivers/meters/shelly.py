"""A Shelly with a meter, over its local web interface, whichever generation it is.

Source: the maker's documents. Second generation and later (shelly-api-docs.shelly.cloud/gen2, Shelly.GetStatus): `em:N`
total_act_power (W) with `emdata:N` total_act (Wh), `em1:N` act_power with `em1data:N` total_act_energy, and `switch:N`,
`pm1:N`, `cover:N` and `light:N` apower with aenergy.total (Wh). First generation (…/gen1, /status): `emeters` power (W)
and total (Wh), `meters` power (W) and total (watt-minutes).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drivers.errors import BadAnswer
from drivers.meters import web
from drivers.meters.json_answer import number, parsed
from drivers.meters.source import Meter

RPC, STATUS = "/rpc/Shelly.GetStatus", "/status"
WH_PER_WATT_MINUTE = 1 / 60
_COUNTED_BESIDE = {
    "em": ("emdata", "total_act_power", "total_act"),
    "em1": ("em1data", "act_power", "total_act_energy"),
}
_COUNTED_INSIDE = ("pm1", "switch", "cover", "light")

Channel = tuple[float | None, float | None]
"""Power in W and energy in Wh, None where it does not say."""


def read(meter: Meter, secret: str) -> Channel:
    """Power and energy of the chosen channel, or of the only one. Raises DriverError."""
    base = meter.address.rstrip("/")
    try:
        channels = of_rpc(parsed(web.get(base + RPC, meter.user, secret)))
    except BadAnswer as newer:  # the first generation knows no such address
        try:
            channels = of_status(parsed(web.get(base + STATUS, meter.user, secret)))
        except BadAnswer:
            raise newer from None
    return _chosen(channels, meter.channel)


def of_rpc(status: Any) -> dict[str, Channel]:
    """By component, such as em:0."""
    channels: dict[str, Channel] = {}
    for name, component in (status if isinstance(status, dict) else {}).items():
        kind, _, place = str(name).partition(":")
        if not isinstance(component, Mapping):
            continue
        if kind in _COUNTED_BESIDE:
            beside, power, energy = _COUNTED_BESIDE[kind]
            counted = status.get(f"{beside}:{place}")
            channels[name] = (_number(component, power), _number(counted, energy))
        elif kind in _COUNTED_INSIDE and "apower" in component:
            channels[name] = (_number(component, "apower"), _number(component.get("aenergy"), "total"))
    if not channels:
        raise BadAnswer("what answers is no Shelly with a meter")
    return channels


def of_status(status: Any) -> dict[str, Channel]:
    """By place, such as emeters/0; `emeters` of a three-phase meter is all of its phases together."""
    lists = status if isinstance(status, dict) else {}
    channels: dict[str, Channel] = {}
    emeters = [each for each in lists.get("emeters") or [] if isinstance(each, Mapping)]
    if len(emeters) == 3:
        channels["emeters"] = (_sum(emeters, "power"), _sum(emeters, "total"))
    else:
        channels |= {
            f"emeters/{at}": (_number(each, "power"), _number(each, "total")) for at, each in enumerate(emeters)
        }
    if not emeters:
        for at, each in enumerate(lists.get("meters") or []):
            if isinstance(each, Mapping) and each.get("is_valid", True):
                minutes = _number(each, "total")
                counted = None if minutes is None else minutes * WH_PER_WATT_MINUTE
                channels[f"meters/{at}"] = (_number(each, "power"), counted)
    if not channels:
        raise BadAnswer("what answers is no Shelly with a meter")
    return channels


def _chosen(channels: Mapping[str, Channel], wanted: str) -> Channel:
    if not wanted and len(channels) == 1:
        return next(iter(channels.values()))
    if wanted in channels:
        return channels[wanted]
    known = ", ".join(channels)
    if wanted:
        raise BadAnswer("this Shelly has no channel %(channel)s; it has %(known)s", channel=wanted, known=known)
    raise BadAnswer("this Shelly has several channels, choose one: %(known)s", known=known)


def _sum(parts: list[Mapping[str, Any]], field: str) -> float | None:
    numbers = [value for value in (_number(part, field) for part in parts) if value is not None]
    return sum(numbers) if len(numbers) == len(parts) else None


def _number(component: Any, field: str) -> float | None:
    if not isinstance(component, Mapping) or component.get(field) is None:
        return None
    return number(component[field], field)
