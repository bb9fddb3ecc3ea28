"""The picture of one heat pump as a page shows it: drawings, words, a table, and the same for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from app.services import metering, status, values
from app.services.status import Status
from app.services.values import Current
from app.store.heatpumps import HeatPump
from app.system import System
from app.web.machine import doing, having, layout
from app.web.machine.doing import Doing
from app.web.machine.having import Choices, Having
from app.web.machine.paper import Drawing
from drivers.model import Model

OLD_S = 3600
"""Older values are not shown as the present."""

STATES: Mapping[doing.State, Callable[[], str]] = {
    "offline": lambda: gettext("Does not answer"),
    "waiting": lambda: gettext("Not read yet"),
    "disabled": lambda: gettext("Disabled"),
    "fault": lambda: gettext("Fault"),
    "defrost": lambda: gettext("Defrosting"),
    "heating": lambda: gettext("Heating"),
    "hot_water": lambda: gettext("Hot water"),
    "cooling": lambda: gettext("Cooling"),
    "pool": lambda: gettext("Pool"),
    "blocked": lambda: gettext("Blocked"),
    "off": lambda: gettext("Off"),
    "unknown": lambda: gettext("State not known"),
}
SOURCES: Mapping[having.SourceKind, Callable[[], str]] = {
    "air": lambda: gettext("Outdoor air"),
    "air to air": lambda: gettext("Outdoor air"),
    "brine": lambda: gettext("Ground (brine)"),
    "water": lambda: gettext("Ground water"),
    "unknown": lambda: gettext("Heat source"),
}
SMALL_WORDS: Mapping[str, Callable[[], str]] = {
    "flow": lambda: gettext("Flow"),
    "return": lambda: gettext("Return"),
    "room": lambda: gettext("Room"),
    "outside": lambda: gettext("Outdoors"),
    "target": lambda: gettext("Target"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """`old`: the last reading is more than an hour ago."""

    having: Having
    doing: Doing
    wide: Drawing
    narrow: Drawing
    old: bool

    @property
    def tones(self) -> dict[str, str]:
        """The colour of each pipe and tank, by key."""
        found = {pipe.key: pipe.tone_of for pipe in self.wide.pipes}
        found |= {node.key: node.tone_of for node in self.wide.nodes if node.tone_of}
        return {key: doing.tone(place, self.doing.state) for key, place in found.items()}


def of(system: System, pump: HeatPump, model: Model, currents: Sequence[Current], its_status: Status) -> Picture:
    answers = metering.of(system, pump)
    parts = having.of(
        model,
        pump.options,
        currents,
        None if answers is None else answers.source,
        no_backup=answers is not None and answers.backup_heater == "none",
    )
    told = {each.sensor.id: each for each in currents}
    fault = values.fault(system, pump, model) is not None
    does = doing.of(parts, its_status, told.get("operating_mode"), told.get("defrost"), fault=fault)
    return Picture(parts, does, layout.wide(parts), layout.narrow(parts), is_old(system, its_status))


def plain(system: System, pump: HeatPump, model: Model) -> dict[str, Any]:
    """The same for programs, and for the script that moves the picture."""
    picture = of(system, pump, model, values.of(system, pump, model), status.of(system, pump))
    return {
        "state": picture.doing.state,
        "text": state(picture),
        "caption": caption(picture),
        "running": picture.doing.running,
        "on": sorted(picture.doing.on),
        "tones": picture.tones,
        "old": picture.old,
    }


def is_old(system: System, its_status: Status) -> bool:
    return its_status.last_seen is not None and system.clock() - its_status.last_seen > OLD_S


def state(picture: Picture) -> str:
    return STATES[picture.doing.state]()


def caption(picture: Picture) -> str:
    """Heating: the compressor runs, the backup heater is on."""
    does, told = picture.doing, []
    if does.state in doing.SILENT:
        return str(gettext("%(state)s: what the picture shows are the last values.", state=state(picture)))
    if does.running is not None:
        told.append(gettext("the compressor runs") if does.running else gettext("the compressor rests"))
    if "backup" in does.on:
        told.append(gettext("the backup heater is on"))
    if "booster" in does.on:
        told.append(gettext("the booster heater of the tank is on"))
    return f"{state(picture)}: {', '.join(told)}." if told else f"{state(picture)}."


def title(kind: str, name: str, parts: Having) -> str:
    """What a part is called."""
    if kind == "source":
        return str(SOURCES[parts.source]())
    if kind == "circuit":
        return str(gettext("Circuit %(name)s", name=name) if name else gettext("Heating circuit"))
    words: Mapping[str, Callable[[], str]] = {
        "backup": lambda: gettext("Backup heater"),
        "hot_water": lambda: gettext("Hot water"),
        "buffer": lambda: gettext("Buffer tank"),
        "zone": lambda: gettext("Zone %(name)s", name=name),
        "indoor": lambda: gettext("Indoor unit"),
    }
    return str(words[kind]())


def small_word(what: str) -> str:
    return str(SMALL_WORDS[what]()) if what else ""


def rows(parts: Having) -> Iterator[tuple[str, Choices]]:
    """The table beside the picture: part, and the sensors of one value."""
    machine = gettext("Heat pump")
    source = title("source", "", parts)
    places: list[tuple[str, Choices]] = [
        (source, parts.outside),
        (source, parts.source_in),
        (source, parts.source_out),
        *((machine, (each,)) for each in parts.compressors),
        (machine, parts.frequency),
        (machine, parts.electric),
        (machine, parts.heat),
        (machine, parts.flow),
        (machine, parts.back),
        *((title("backup", "", parts), (each,)) for each in parts.backup),
        (title("hot_water", "", parts), parts.hot_water),
        (title("hot_water", "", parts), parts.hot_water_target),
        (title("hot_water", "", parts), parts.booster),
        (title("buffer", "", parts), parts.buffer),
        *((title("circuit", each.name, parts), place) for each in parts.circuits for place in _of_circuit(each)),
        *((title("zone", each.name, parts), each.says) for each in parts.zones),
    ]
    return (row for row in places if row[1])


def _of_circuit(circuit: having.Circuit) -> tuple[Choices, ...]:
    return (circuit.flow, circuit.back, circuit.room, circuit.pump)
