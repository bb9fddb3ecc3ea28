"""The connection test: read everything once; and when that fails, find out why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.messages import Message, Sentence
from app.services import heatpumps
from app.services.heatpump_content import checked
from app.services.heatpumps import Trial
from app.system import System
from drivers import recognise
from drivers.base import Answer
from drivers.discovered import Found
from drivers.errors import BadAnswer, Cause, DriverError, Refused
from drivers.model import Model
from drivers.probe import PROBES, probe
from drivers.scan import QUESTION_S

Code = Literal[
    "name_not_found",
    "refused",
    "timeout",
    "silent",
    "closed",
    "busy",
    "wrong_unit",
    "wrong_framing",
    "other_machine",
    "not_understood",
    "token_refused",
]

CODES: Mapping[Cause, Code] = {
    "name": "name_not_found",
    "refused": "refused",
    "nobody": "timeout",
    "silent": "silent",
    "closed": "closed",
    "busy": "busy",
    "token": "token_refused",
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a test failed, in words, and what to do. `found` is who was met instead, where that was found out."""

    code: Code
    failure: DriverError
    reason: Sentence
    advice: Sentence
    found: Found | None = None

    @property
    def answers(self) -> bool:
        """Somebody answers; it is not the one that was meant."""
        return self.code in ("wrong_unit", "wrong_framing", "other_machine", "not_understood")

    @property
    def model(self) -> Model | None:
        """The model to choose instead, where one fits."""
        return self.found.model if self.found is not None and self.code == "other_machine" else None

    @property
    def unit_id(self) -> int | None:
        """The unit id to set instead."""
        return self.found.unit_id if self.found is not None else None


@dataclass(frozen=True, slots=True)
class Place:
    """Which machine is meant to answer, and where."""

    model: Model
    connection: Mapping[str, Any]


def run(system: System, sent: Mapping[str, Any]) -> Trial | Diagnosis:
    """Takes as long as the heat pump does; when it fails, some seconds more. Raises Invalid."""
    content = checked(system.catalogue, sent)
    place = Place(content.model, content.connection)
    try:
        trial = heatpumps.try_out(system, sent)
    except DriverError as failure:
        return why(system.catalogue, place, failure)
    return another(system.catalogue, place, trial.answer) or trial


def another(models: Iterable[Model], place: Place, answer: Answer) -> Diagnosis | None:
    """Who gave this answer, when it was not the one that is meant; asks some seconds more only when in doubt."""
    if recognise.verdict(place.model, answer).says != "other":
        return None
    found = _who(models, place)
    if found is None or not _is_another(found, place.model):
        return None
    return _met(place, BadAnswer("%(address)s answers, but not like a %(model)s", **_facts(place)), found)


def why(models: Iterable[Model], place: Place, failure: DriverError) -> Diagnosis:
    """Why it could not be read, and what to do; takes some seconds."""
    could_be_another = failure.cause in ("silent", "closed") or (
        isinstance(failure, BadAnswer | Refused) and failure.cause is None
    )
    found = _who(models, place) if could_be_another else None
    if found is not None and (_is_another(found, place.model) or _is_elsewhere(found, place)):
        return _met(place, failure, found)
    code = CODES[failure.cause] if failure.cause is not None else "not_understood"
    if found is not None and found.says in ("unknown", "foreign"):
        code = "not_understood"
    elif code == "not_understood" and not isinstance(failure, BadAnswer | Refused):
        code = "timeout"
    return Diagnosis(code, failure, failure, _advice(code, place))


def _who(models: Iterable[Model], place: Place) -> Found | None:
    """Who answers there; None where the protocol has no way of asking. Tries the usual unit ids as well."""
    where = place.connection
    if place.model.driver not in PROBES:
        return None
    question_s = min(where["timeout"], QUESTION_S)
    return probe(where["host"], where["port"], tuple(models), question_s, PROTOCOLS_OF[place.model.driver])


PROTOCOLS_OF = {name: (name, *(other for other in PROBES if other != name)) for name in PROBES}
"""The protocol of the model first."""


def _is_another(found: Found, model: Model) -> bool:
    fitting = {each.name for each in (found.model, *found.alike) if each is not None}
    return found.says == "other" or (found.says == "model" and model.name not in fitting)


def _is_elsewhere(found: Found, place: Place) -> bool:
    """It is the right machine, behind another unit id, or spoken to in another way."""
    where = place.connection
    other_unit = found.unit_id is not None and found.unit_id != where.get("unit_id")
    return found.says == "model" and (other_unit or _in_another_framing(found, place))


def _in_another_framing(found: Found, place: Place) -> bool:
    return found.framing is not None and found.framing != place.connection.get("framing")


def _met(place: Place, failure: DriverError, found: Found) -> Diagnosis:
    facts = _facts(place)
    if not _is_another(found, place.model) and _in_another_framing(found, place):
        reason = Message("%(address)s answers, but the gateway speaks in the other way", facts)
        rtu, tcp = Message("Choose Modbus RTU over TCP for the gateway."), Message("Choose Modbus TCP for the gateway.")
        advice = rtu if found.framing == "rtu" else tcp
        return Diagnosis("wrong_framing", failure, reason, advice, found)
    if not _is_another(found, place.model):
        asked = place.connection.get("unit_id")
        reason = Message(
            "%(address)s answers as unit %(unit)d, not as unit %(asked)d",
            {**facts, "unit": found.unit_id, "asked": asked},
        )
        return Diagnosis(
            "wrong_unit", failure, reason, Message("Set the unit ID to %(unit)d.", {"unit": found.unit_id}), found
        )
    machine = found.model.title if found.model is not None else found.machine
    reason = Message("%(machine)s answers at %(address)s, not %(model)s", {**facts, "machine": machine})
    if found.model is None:
        advice = Message(
            "There is no model of it here: its registers mean other things, so it is neither read nor written to."
        )
    else:
        advice = Message("Choose %(machine)s as the model.", {"machine": machine})
    return Diagnosis("other_machine", failure, reason, advice, found)


def _facts(place: Place) -> dict[str, object]:
    where = place.connection
    return {"address": f"{where.get('host')}:{where.get('port')}", "model": place.model.title}


def _advice(code: Code, place: Place) -> Message:
    model, where = place.model, place.connection
    facts = {"model": model.title, "port": model.connection.port, "unit": where.get("unit_id")}
    if "host" not in where and code != "token_refused":
        return Message("Check this computer's internet connection, and try again in a few minutes.")
    if code == "silent" and where.get("unit_id") is None:
        code = "closed"
    return Message(_ADVICE[code].template, facts)


_ADVICE: Mapping[Code, Message] = {
    "name_not_found": Message("Check the spelling, or type the IP address instead; the router lists it."),
    "refused": Message(
        "Something is switched on at this address, but the port is closed. Switch the interface on at the heat pump,"
        " and check the port: a %(model)s usually has %(port)s. Another program may hold the only line."
    ),
    "timeout": Message(
        "Check the address, and whether the heat pump is switched on and connected to this network; a firewall may be"
        " in between."
    ),
    "silent": Message(
        "Something takes the connection, but it answers neither as unit %(unit)d nor as another usual one. Check the"
        " unit ID at the heat pump, and stop other programs that read it."
    ),
    "closed": Message(
        "It hung up. Many controllers talk to one program at a time: stop others that read it, and try again"
        " in a minute."
    ),
    "busy": Message("Another heat pump behind the same address is being read. Try again in a minute."),
    "not_understood": Message(
        "What answers there does not speak as a %(model)s does. Check the address, the port and the model."
    ),
    "token_refused": Message("Sign in at the maker's cloud again, then test once more."),
}
