"""A drawing of a heat pump while it is made: parts, pipes, what flows in them and what stands beside them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
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
CIRCUIT_WORDS = 200.0
"""What a circuit says beside itself takes about so much."""
BRIDGE = 7.0


@dataclass(frozen=True, slots=True)
class Said:
    """A value and where it stands; `what` is a word before it, `lead` whether it is a large one."""

    x: float
    y: float
    anchor: Anchor
    place: Choices
    what: Literal["", "flow", "return", "room", "target"] = ""
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
    """A line of corners, coloured by the temperature in it; at `bridges` it passes over another one."""

    key: str
    corners: tuple[Corner, ...]
    tone_of: Choices
    bridges: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return path(self.corners)


@dataclass(frozen=True, slots=True)
class Stream:
    """What flows while `key` is at work: from the machine outwards, or back to it."""

    key: str
    corners: tuple[Corner, ...]
    back: bool

    @property
    def path(self) -> str:
        return path(self.corners)


@dataclass(frozen=True, slots=True)
class Drawing:
    """`left` is where its view begins, so that what there is stands in the middle."""

    left: float
    width: float
    height: float
    nodes: tuple[Node, ...]
    pipes: tuple[Pipe, ...]
    streams: tuple[Stream, ...]
    says: tuple[Said, ...]
    """What stands at pipes."""


def path(corners: Sequence[Corner]) -> str:
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

    def pipe(self, key: str, corners: Sequence[Corner], tone_of: Choices, over: Sequence[Corner] = ()) -> None:
        """`over` are the places at which it passes over another pipe; these are drawn last."""
        bridges = tuple(_bridge(corners, each) for each in over)
        self._pipes.append(Pipe(key, tuple(corners), tone_of, bridges))

    def stream(self, key: str, corners: Sequence[Corner], *, back: bool = False) -> None:
        self._streams.append(Stream(key, tuple(corners), back))

    def say(self, x: float, y: float, anchor: Anchor, place: Choices, what: Literal["", "flow", "return"] = "") -> None:
        if place:
            self._says.append(Said(x, y, anchor, place, what))

    def drawing(self, width: float, height: float) -> Drawing:
        """In the middle of the width."""
        pipes = sorted(self._pipes, key=lambda pipe: len(pipe.bridges) > 0)
        right = max(node.x + node.width + (CIRCUIT_WORDS if node.kind == "circuit" else 0) for node in self._nodes)
        used = max(right, *(x for pipe in pipes for x, _ in pipe.corners))
        left = min(0.0, (used + min(node.x for node in self._nodes) - width) / 2)
        return Drawing(left, width, height, tuple(self._nodes), tuple(pipes), tuple(self._streams), tuple(self._says))


def _bridge(corners: Sequence[Corner], place: Corner) -> str:
    """A short piece of the line around this place."""
    x, y = place
    level = any(one[1] == other[1] == y for one, other in pairwise(corners))
    reach = (BRIDGE, 0.0) if level else (0.0, BRIDGE)
    return path([(x - reach[0], y - reach[1]), (x + reach[0], y + reach[1])])
