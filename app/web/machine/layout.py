"""Where the parts of the picture lie, wide for a screen and narrow for a phone; in units of the drawing. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.web.machine.having import Choices, Circuit, Having
from app.web.machine.paper import SIZES, Corner, Drawing, Node, Paper, Place, Said, Tank

WIDE, NARROW = 1200.0, 360.0
LEAST_HEIGHT, MARGIN = 300.0, 16.0
ROW, NARROW_ROW = 60.0, 68.0
ZONE_ROW = 56.0
PIPE_APART = 140.0
"""Between flow and return."""


def wide(having: Having) -> Drawing:
    """From left to right: source, machine, backup heater, tanks, circuits below each other; zones in rows beneath."""
    middle = max(LEAST_HEIGHT, 24 + len(having.circuits) * ROW) / 2
    height = 2 * middle
    paper = Paper(having)
    width, top = SIZES["source"][0], middle - SIZES["source"][1] / 2
    title: Place = (MARGIN + width / 2, top - 14, "middle")
    source = paper.add("source", "source", "", MARGIN, top, title=title)
    machine_x = MARGIN + width + 96
    machine = paper.add("machine", "machine", "", machine_x, middle - SIZES["machine"][1] / 2)
    _wide_source(paper, source, machine)
    if having.air_to_air:
        _indoor(paper, machine_x + SIZES["machine"][0] + 120, middle, machine)
    else:
        _wide_water(paper, machine, middle)
    height = _zones(paper, height, columns=6, left=MARGIN)
    return paper.drawing(WIDE, height)


def _wide_source(paper: Paper, source: Node, machine: Node) -> None:
    having = paper.having
    left, right, middle = source.x + source.width, machine.x, source.y + source.height / 2
    for key, place, y, back in (
        ("source_in", having.source_in, middle - 28, False),
        ("source_out", having.source_out, middle + 28, True),
    ):
        paper.pipe(key, [(left, y), (right, y)], place)
        paper.stream("source", [(left, y), (right, y)], back=back)
        if place:
            paper.say((left + right) / 2, y + (22 if back else -12), "middle", place)


def _wide_water(paper: Paper, machine: Node, middle: float) -> None:
    having, edge = paper.having, machine.x + machine.width
    flow_y, back_y = middle - PIPE_APART / 2, middle + PIPE_APART / 2
    paper.say(edge + 12, flow_y - 12, "start", having.flow, "flow")
    paper.say(edge + 12, back_y + 24, "start", having.back, "return")
    x = edge + 140
    if having.backup:
        width, tall = SIZES["backup"]
        title: Place = (x + width / 2, flow_y - tall / 2 - 10, "middle")
        paper.add("backup", "backup", "", x, flow_y - tall / 2, title=title)
        x += width + 34
    flow_end = back_end = edge + 130.0
    for kind in _tanks(having):
        flow_end = back_end = _wide_tank(paper, kind, x, (edge, flow_y, back_y), middle)
        x += SIZES[kind][0] + 30
    if having.circuits:
        flow_end, back_end = x + 8, x + 26
        _wide_circuits(paper, (edge, flow_y, back_y), (flow_end, back_end), middle)
    paper.pipe("flow", [(edge, flow_y), (flow_end, flow_y)], having.flow)
    paper.pipe("return", [(edge, back_y), (back_end, back_y)], having.back)
    paper.stream("main", [(edge, flow_y), (edge + 130, flow_y)])
    paper.stream("main", [(edge, back_y), (edge + 130, back_y)], back=True)


def _wide_tank(paper: Paper, kind: Tank, x: float, pipes: tuple[float, float, float], middle: float) -> float:
    edge, flow_y, back_y = pipes
    having, (width, tall) = paper.having, SIZES[kind]
    place = having.hot_water if kind == "hot_water" else having.buffer
    center = x + width / 2
    target = having.hot_water_target if kind == "hot_water" else ()
    says = [Said(center, middle + 6, "middle", place, lead=True)]
    if target:
        says.append(Said(center, back_y + 24, "middle", target, "target"))
    paper.pipe(f"{kind}_flow", [(center, flow_y), (center, middle - tall / 2)], having.flow)
    paper.pipe(f"{kind}_return", [(center, middle + tall / 2), (center, back_y)], having.back)
    paper.stream(kind, [(edge, flow_y), (center, flow_y), (center, middle - tall / 2)])
    paper.stream(kind, [(edge, back_y), (center, back_y), (center, middle + tall / 2)], back=True)
    title: Place = (center, flow_y - 14, "middle")
    paper.add(kind, kind, "", x, middle - tall / 2, title=title, says=says, tone_of=place)
    return center


def _wide_circuits(paper: Paper, pipes: tuple[float, float, float], ends: Corner, middle: float) -> None:
    edge, flow_y, back_y = pipes
    having, (flow_x, back_x) = paper.having, ends
    tall = SIZES["circuit"][1]
    places = [middle + (number - (len(having.circuits) - 1) / 2) * ROW for number in range(len(having.circuits))]
    x = back_x + 22
    ups, downs = [y - 10 for y in places], [y + 10 for y in places]
    highest, lowest = min(back_y, *downs), max(flow_y, *ups)
    crossing = [(flow_x, back_y)] if lowest > back_y else []
    paper.pipe("flow", [(flow_x, min(flow_y, *ups)), (flow_x, lowest)], having.flow, over=crossing)
    paper.pipe("return", [(back_x, highest), (back_x, max(back_y, *downs))], having.back)
    for circuit, y, up, down in zip(having.circuits, places, ups, downs, strict=True):
        over = [(back_x, up)] if up > highest else []
        _branches(paper, circuit, (flow_x, up), (back_x, down), x, flow_over=over)
        paper.stream(circuit.key, [(edge, flow_y), (flow_x, flow_y), (flow_x, up), (x, up)])
        paper.stream(circuit.key, [(edge, back_y), (back_x, back_y), (back_x, down), (x, down)], back=True)
        paper.add_circuit(circuit, x, y - tall / 2)


def narrow(having: Having) -> Drawing:
    """Source and machine above, everything else below each other on two upright pipes."""
    paper = Paper(having)
    source = paper.add("source", "source", "", 6, 34, size=(96, 96), title=(54, 22, "middle"))
    machine = paper.add("machine", "machine", "", 176, 8, size=(176, 176))
    _wide_source(paper, source, machine)
    if having.air_to_air:
        _indoor(paper, 6, 240, machine)
        return paper.drawing(NARROW, _zones(paper, 300, columns=2, left=8))
    bottom = machine.y + machine.height
    top, under = (machine.x + 20, bottom), (machine.x + 46, bottom)
    flow_x, back_x, flow_y, back_y = 46.0, 22.0, bottom + 26, bottom + 52
    paper.say(machine.x + 62, flow_y + 5, "start", having.flow, "flow")
    paper.say(machine.x + 62, back_y + 5, "start", having.back, "return")
    start_flow, start_back = [top, (top[0], flow_y), (flow_x, flow_y)], [under, (under[0], back_y), (back_x, back_y)]
    paper.stream("main", start_flow)
    paper.stream("main", start_back, back=True)
    y = back_y + 16 + NARROW_ROW / 2
    ends = (flow_y, back_y)
    if having.backup:
        tall = SIZES["backup"][1]
        paper.add("backup", "backup", "", flow_x - 8, y - tall / 2, title=(136, y + 5, "start"))
        ends = (y + tall, back_y)
        y += NARROW_ROW
    for kind in _tanks(having):
        last = kind == _tanks(having)[-1] and not having.circuits
        _narrow_tank(paper, kind, y, start_flow, start_back, last=last)
        ends = (y - 12, y + 12)
        y += NARROW_ROW
    for circuit in having.circuits:
        x, up, down = 76.0, y - 10, y + 10
        over = [(flow_x, down)] if circuit is not having.circuits[-1] else []
        _branches(paper, circuit, (flow_x, up), (back_x, down), x, back_over=over)
        paper.stream(circuit.key, [*start_flow, (flow_x, up), (x, up)])
        paper.stream(circuit.key, [*start_back, (back_x, down), (x, down)], back=True)
        paper.add_circuit(circuit, x, y - SIZES["circuit"][1] / 2)
        ends = (up, down)
        y += NARROW_ROW
    paper.pipe("flow", [*start_flow, (flow_x, ends[0])], having.flow)
    crossed = [(flow_x, back_y)] if ends[0] > back_y else []
    paper.pipe("return", [*start_back, (back_x, ends[1])], having.back, crossed)
    return paper.drawing(NARROW, _zones(paper, y - NARROW_ROW / 2 + 4, columns=2, left=8))


def _narrow_tank(
    paper: Paper,
    kind: Tank,
    y: float,
    start_flow: list[Corner],
    start_back: list[Corner],
    *,
    last: bool,
) -> None:
    having, x = paper.having, 76.0
    place = having.hot_water if kind == "hot_water" else having.buffer
    flow_x, back_x = start_flow[-1][0], start_back[-1][0]
    says = [Said(136, y + 14, "start", place, lead=True)]
    if kind == "hot_water" and having.hot_water_target:
        says.append(Said(NARROW - 8, y + 14, "end", having.hot_water_target, "target"))
    paper.pipe(f"{kind}_flow", [(flow_x, y - 12), (x, y - 12)], having.flow)
    paper.pipe(f"{kind}_return", [(back_x, y + 12), (x, y + 12)], having.back, [] if last else [(flow_x, y + 12)])
    paper.stream(kind, [*start_flow, (flow_x, y - 12), (x, y - 12)])
    paper.stream(kind, [*start_back, (back_x, y + 12), (x, y + 12)], back=True)
    paper.add(kind, kind, "", x, y - 27, size=(44, 54), title=(136, y - 6, "start"), says=says, tone_of=place)


def _branches(
    paper: Paper,
    circuit: Circuit,
    flow: Corner,
    back: Corner,
    x: float,
    flow_over: Sequence[Corner] = (),
    back_over: Sequence[Corner] = (),
) -> None:
    paper.pipe(f"{circuit.key}_flow", [flow, (x, flow[1])], circuit.flow or paper.having.flow, flow_over)
    paper.pipe(f"{circuit.key}_return", [back, (x, back[1])], circuit.back or paper.having.back, back_over)


def _indoor(paper: Paper, x: float, middle: float, machine: Node) -> None:
    """Of an air-to-air machine: what blows into the room."""
    width, tall = SIZES["indoor"]
    says = (
        [Said(x + width / 2, middle + tall / 2 + 24, "middle", paper.having.room, "room")] if paper.having.room else []
    )
    edge = machine.x + machine.width
    if x > edge:
        corners = [(edge, middle), (x, middle)]
    else:
        corners = [(machine.x + 30, machine.y + machine.height), (machine.x + 30, middle), (x + width, middle)]
    paper.pipe("flow", corners, ())
    paper.stream("main", corners)
    paper.add(
        "indoor", "indoor", "", x, middle - tall / 2, title=(x + width / 2, middle - tall / 2 - 12, "middle"), says=says
    )


def _zones(paper: Paper, top: float, *, columns: int, left: float) -> float:
    """Adds the zones in rows; how far down the drawing goes then."""
    width = SIZES["zone"][0]
    for number, zone in enumerate(paper.having.zones):
        row, column = divmod(number, columns)
        x, y = left + column * (width + 16), top + 8 + row * ZONE_ROW
        says = [Said(x + width - 10, y + 29, "end", zone.says, lead=True)] if zone.says else []
        paper.add("zone", zone.key, zone.name, x, y, title=(x + 42, y + 29, "start"), says=says)
    rows = -(-len(paper.having.zones) // columns)
    return top + (8 + rows * ZONE_ROW if rows else 0)


def _tanks(having: Having) -> list[Tank]:
    places: list[tuple[Tank, Choices]] = [("hot_water", having.hot_water), ("buffer", having.buffer)]
    return [kind for kind, place in places if place]
