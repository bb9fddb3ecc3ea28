"""Add, change, switch off, remove and try out heat pumps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.messages import Conflict, Invalid, NotFound
from app.polling.pace import least_interval_s
from app.services import meters
from app.services.heatpump_content import SHARE, Content, checked
from app.store import heatpumps
from app.store.heatpumps import ENTRY, HEATED_AREA, HeatPump, address_of
from app.system import System
from drivers.base import Answer, Connection
from drivers.errors import DriverError
from drivers.identification import Identification
from drivers.model import Model
from drivers.sensor import PRODUCT, Options, Tier


@dataclass(frozen=True, slots=True)
class Trial:
    """A successful connection test: the answer, and the parts that the machine reports as fitted, per option.

    `calls_itself` is what the machine says it is, where it does.
    """

    model: Model
    answer: Answer
    fitted: Mapping[str, list[str]]
    calls_itself: Identification | None = None

    @property
    def delivered(self) -> int:
        """How many sensors have a value."""
        return sum(sample.value is not None for sample in self.answer.samples.values())


def get(system: System, heatpump_id: str) -> HeatPump:
    """Raises NotFound."""
    pump = find(system, heatpump_id)
    if pump is None:
        raise NotFound("there is no heat pump %(id)s", id=heatpump_id)
    return pump


def find(system: System, heatpump_id: str) -> HeatPump | None:
    return heatpumps.find(system.database.connection(), heatpump_id)


def all_of_them(system: System) -> list[HeatPump]:
    return heatpumps.all_of_them(system.database.connection())


def add(system: System, sent: Mapping[str, Any]) -> HeatPump:
    """Keep a new heat pump and poll it from now on. Raises Invalid or Conflict, naming the field."""
    content = checked(system.catalogue, sent)
    now = int(system.clock())
    with system.database.transaction() as db:
        _refuse_second(heatpumps.at_address(db, content.connection), None, content)
        pump = _heat_pump(heatpumps.new_id(db), content, now, now)
        heatpumps.put(db, pump)
    system.follow_the_list()
    return pump


def change(system: System, heatpump_id: str, sent: Mapping[str, Any]) -> HeatPump:
    """Change the fields that were sent; the others stay. Raises NotFound, Invalid or Conflict."""
    before = get(system, heatpump_id)
    content = checked(system.catalogue, _merged(system, before, sent))
    if before.enabled and not content.enabled:
        system.holding.end_all(heatpump_id)
    content = _still_second(before, content)
    with system.database.transaction() as db:
        _refuse_second(heatpumps.at_address(db, content.connection), heatpump_id, content)
        after = _heat_pump(heatpump_id, content, before.created_at, int(system.clock()))
        heatpumps.put(db, after)
    if (after.manufacturer, after.model) != (before.manufacturer, before.model):
        system.latest.forget(heatpump_id)
    system.follow_the_list()
    return after


def remove(system: System, heatpump_id: str) -> None:
    """The heat pump with its history. Raises NotFound."""
    get(system, heatpump_id)
    system.holding.end_all(heatpump_id)
    system.poller.remove(heatpump_id)
    with system.database.transaction() as db:
        heatpumps.remove(db, heatpump_id)
    meters.tidy(system)
    system.latest.forget(heatpump_id)


def complaints(system: System, sent: Mapping[str, Any], heatpump_id: str | None = None) -> list[Invalid]:
    """Everything that is wrong with what somebody is about to send, not only the first thing.

    `heatpump_id` is the heat pump that is being changed; nothing is kept.
    """
    found: dict[str, Invalid] = {}
    rest: dict[str, Any] = dict(sent)
    while True:
        try:
            content = checked(system.catalogue, rest)
            if not found:
                if heatpump_id is not None:
                    content = _still_second(get(system, heatpump_id), content)
                holder = heatpumps.at_address(system.database.connection(), content.connection)
                _refuse_second(holder, heatpump_id, content)
        except Invalid as complaint:
            if complaint.field in found:
                return list(found.values())
            found[complaint.field] = complaint
            rest = _without(rest, complaint.field)
        else:
            return list(found.values())


def try_out(system: System, sent: Mapping[str, Any]) -> Trial:
    """Read everything once, now, and ask which parts are fitted; nothing is kept.

    Of a machine that answers slowly, what every poll asks for. Takes as long as the heat pump does. Raises Invalid, or
    the DriverError that tells what went wrong.
    """
    content = checked(system.catalogue, sent)
    model, connection = content.model, Connection.of(content.connection)
    driver = system.drivers.open(model, connection, for_owner=True)
    try:
        tiers: tuple[Tier, ...] = ("fast",) if model.reads.answer_s else ("fast", "slow")
        answer = driver.read(model.sensors(content.settings, tiers))
        tellers = model.tellers()
        told = driver.read(tellers).values if tellers else {}
        name = _name(system, model, connection)
    finally:
        driver.close()
    return Trial(model, answer, model.fitted(told) | _product(model, name), name)


def _name(system: System, model: Model, connection: Connection) -> Identification | None:
    """A gateway that does not hand this question on is no reason to call the machine silent."""
    try:
        return system.drivers.identification(model, connection)
    except DriverError:
        return None


def _product(model: Model, name: Identification | None) -> dict[str, list[str]]:
    """The product of the series that a machine of this name is, as the option that says so."""
    option = model.options.get(PRODUCT)
    choice = option.named(name.product) if option is not None and name is not None else None
    return {} if choice is None else {PRODUCT: [choice]}


def usual_interval_s(system: System, model: Model, options: Options) -> float:
    """How often such a machine is read unless its owner says otherwise."""
    return max(system.config.interval, least_interval_s(model, options))


def sent_again(pump: HeatPump) -> dict[str, Any]:
    """A stored heat pump in the shape in which it is sent."""
    return {
        "name": pump.name,
        "manufacturer": pump.manufacturer,
        "model": pump.model,
        "connection_config": {name: value for name, value in pump.connection.items() if name != ENTRY},
        "device_config": dict(pump.settings),
        "enabled": pump.enabled,
    }


def _merged(system: System, before: HeatPump, sent: Mapping[str, Any]) -> dict[str, Any]:
    merged = sent_again(before)
    if any(key in sent and sent[key] != merged[key] for key in ("manufacturer", "model")):
        _forget_the_old_model(system, merged, sent)
    for key, value in sent.items():
        inner = merged.get(key)
        merged[key] = {**inner, **value} if isinstance(inner, dict) and isinstance(value, Mapping) else value
    return merged


def _forget_the_old_model(system: System, merged: dict[str, Any], sent: Mapping[str, Any]) -> None:
    """Another model knows other parts, and its protocol may know fewer settings of a connection."""
    wanted = {**merged, **sent}
    model = system.catalogue.find(str(wanted["manufacturer"]), str(wanted["model"]))
    if model is None:
        return
    connection, settings = merged["connection_config"], merged["device_config"]
    merged["connection_config"] = {name: connection[name] for name in model.connection.fields if name in connection}
    kept = ("interval", SHARE, HEATED_AREA)
    merged["device_config"] = {name: value for name, value in settings.items() if name in kept}


def _without(sent: Mapping[str, Any], field: str) -> dict[str, Any]:
    """The same without this field, so that the others can be looked at; a missing host is made up."""
    outer, _, inner = field.partition(".")
    rest = dict(sent)
    if not inner:
        rest.pop(outer, None)
    else:
        rest[outer] = {key: value for key, value in sent[outer].items() if key != inner}
        if inner == "host":
            rest[outer]["host"] = "localhost"
    return rest


def _still_second(before: HeatPump, content: Content) -> Content:
    """A second entry for one machine may be changed like any other, as long as it stays at that machine."""
    if ENTRY not in before.connection or address_of(before.connection) != address_of(content.connection):
        return content
    return replace(content, connection={**content.connection, ENTRY: before.connection[ENTRY]})


def _refuse_second(holder: HeatPump | None, heatpump_id: str | None, content: Content) -> None:
    if holder is not None and holder.id != heatpump_id:
        raise Conflict(
            "connection_config.host" if "host" in content.connection else "connection_config.installation",
            "%(address)s already belongs to %(id)s (%(name)s)",
            address=heatpumps.address_of(content.connection),
            id=holder.id,
            name=holder.name,
        )


def _heat_pump(heatpump_id: str, content: Content, created_at: int, updated_at: int) -> HeatPump:
    return HeatPump(
        id=heatpump_id,
        name=content.name,
        manufacturer=content.model.manufacturer,
        model=content.model.id,
        connection=content.connection,
        settings=content.settings,
        enabled=content.enabled,
        created_at=created_at,
        updated_at=updated_at,
    )
