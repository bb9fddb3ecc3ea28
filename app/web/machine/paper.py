"""A drawing of a heat pump while it is made: parts, pipes, what flows in them and what stands beside them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.web.machine.having import Choices, Circuit, Having

Kind = Literal["source", "machine", "backup", "hot_water", "buffer", "circuit", "zone", "indoor"]
Tank = Literal["hot_water", "buffer"]
Anchor = Literal["start", "middle", "end"]
Corner = tuple[float, float]
Place = tuple[float, float, Anchor]

SIZES: dict[Kind, tuple[float, float]] = {
    "source": (132.0, 128.0),
    "machine": (168.0, 208.0),
    "backup": (60.0, 34.0),
    "hot_water": (96.0, 104.0),
    "buffer": (96.0, 104.0),
    "circuit": (44.0, 44.0),
    "zone": (164.0, 46.0),
    "indoor": (132.0, 72.0),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A value and where it stands; `what` is a word before it, `lead` whether it is a large one."""

    x: float
    y: float
    anchor: Anchor
    place: Choices
    what: Literal["", "flow", "return", "room", "target", "electric", "heat", "outside"] = ""
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A part: its corner and size, where its title stands, and what it says."""

    kind: Kind
    key: str
    name: str
    x: float
    y: float
    width: float
    height: float
    title: Place | None
    says: tuple[Said, ...] = ()
    tone_of: Choices = ()


@dataclass(frozen=True, slots=True)
class Pipe:
    """A line of corners, coloured by the temperature in it."""

    key: str
    corners: tuple[tuple[float, float], ...]
    tone_of: Choices

    @property
    def path(self) -> str:
        return path(self.corners)


@dataclass(frozen=True, slots=True)
class Stream:
    """What flows while `key` is at work: from the machine outwards, or back to it."""

    key: str
    corners: tuple[tuple[float, float], ...]
    back: bool

    @property
    def path(self) -> str:
        return path(self.corners)


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    nodes: tuple[Node, ...]
    pipes: tuple[Pipe, ...]
    streams: tuple[Stream, ...]
    says: tuple[Said, ...]
    """What stands at pipes."""


def path(corners: Sequence[tuple[float, float]]) -> str:
    """M 0 0 L 10 0 …"""
    return " ".join(f"{'L' if place else 'M'}{x:g} {y:g}" for place, (x, y) in enumerate(corners))


class Paper:
    """What has been put onto a drawing so far."""

    def __init__(self, having: Having) -> None:
        self.having = having
        self._nodes: list[Node] = []
        self._pipes: list[Pipe] = []
        self._streams: list[Stream] = []
        self._says: list[Said] = []

    def add(
        self,
        kind: Kind,
        key: str,
        name: str,
        x: float,
        y: float,
        *,
        size: tuple[float, float] | None = None,
        title: Place | None = None,
        says: Sequence[Said] = (),
        tone_of: Choices = (),
    ) -> Node:
        width, height = size or SIZES[kind]
        self._nodes.append(Node(kind, key, name, x, y, width, height, title, tuple(says), tone_of))
        return self._nodes[-1]

    def add_circuit(self, circuit: Circuit, x: float, y: float) -> None:
        width, height = SIZES["circuit"]
        left, line = x + width + 16, y + height / 2 + 16
        says = [Said(left, line, "start", circuit.flow, lead=True)] if circuit.flow else []
        if circuit.room:
            says.append(Said(left + (76 if circuit.flow else 0), line, "start", circuit.room, "room"))
        title: Place = (left, y + height / 2 - (4 if says else -5), "start")
        self.add("circuit", circuit.key, circuit.name, x, y, title=title, says=says)

    def pipe(self, key: str, corners: Sequence[tuple[float, float]], tone_of: Choices, *, first: bool = False) -> None:
        self._pipes.insert(0 if first else len(self._pipes), Pipe(key, tuple(corners), tone_of))

    def stream(self, key: str, corners: Sequence[tuple[float, float]], *, back: bool = False) -> None:
        self._streams.append(Stream(key, tuple(corners), back))

    def say(self, x: float, y: float, anchor: Anchor, place: Choices, what: Literal["", "flow", "return"] = "") -> None:
        if place:
            self._says.append(Said(x, y, anchor, place, what))

    def drawing(self, width: float, height: float) -> Drawing:
        return Drawing(width, height, tuple(self._nodes), tuple(self._pipes), tuple(self._streams), tuple(self._says))
