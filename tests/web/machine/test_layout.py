"""Where parts lie: each once, inside the drawing, none on another, for every model and several sets of options."""

from __future__ import annotations

import re
from itertools import combinations, product

import pytest

from app.web.machine import layout
from app.web.machine.having import Having
from app.web.machine.paper import Drawing, Node
from drivers.catalogue import Catalogue
from tests.catalogue import CATALOGUE
from tests.web.machine.conftest import Have

SOURCES = ("air", "brine", "water", "air to air", None)
LONGEST, LONGEST_WITH_WORD = 64, 106
"""About as wide as “-10,5 °C” and “Raum 21,3 °C” are drawn."""
MODELS = tuple(model.name for model in CATALOGUE)


def option_sets(catalogue: Catalogue, name: str) -> list[dict[str, list[str]]]:
    """None of the parts, the first one, three, and all of them."""
    model = catalogue.named(name)
    assert model is not None
    parts = {option: list(each.choices) for option, each in model.options.items() if option != "product"}
    return [{option: choices[:number] for option, choices in parts.items()} for number in (0, 1, 3, 99)]


def both(parts: Having) -> list[Drawing]:
    return [layout.wide(parts), layout.narrow(parts)]


def expected(parts: Having) -> set[str]:
    found = {"source", "machine"}
    found |= {"indoor"} if parts.air_to_air else set()
    for key in ("backup", "buffer", "hot_water"):
        if getattr(parts, key) and not parts.air_to_air:
            found.add(key)
    return found | {each.key for each in (*parts.circuits, *parts.zones)}


@pytest.mark.parametrize("name", MODELS)
def test_every_model_is_drawn_whole_and_nothing_twice(have: Have, catalogue: Catalogue, name: str) -> None:
    for options, source in product(option_sets(catalogue, name), SOURCES):
        parts = have(name, options, source=source)
        for drawing in both(parts):
            keys = [node.key for node in drawing.nodes]
            assert len(keys) == len(set(keys))
            assert set(keys) == expected(parts)


@pytest.mark.parametrize("name", MODELS)
def test_parts_lie_inside_and_beside_each_other(have: Have, catalogue: Catalogue, name: str) -> None:
    for options, source in product(option_sets(catalogue, name), SOURCES):
        for drawing in both(have(name, options, source=source)):
            for node in drawing.nodes:
                assert drawing.left <= node.x
                assert node.x + node.width <= drawing.left + drawing.width
                assert node.y >= 0
                assert node.y + node.height <= drawing.height
            for one, other in combinations(drawing.nodes, 2):
                assert not _overlap(one, other), (name, options, one.key, other.key)


@pytest.mark.parametrize("name", MODELS)
def test_words_and_pipes_stay_inside(have: Have, catalogue: Catalogue, name: str) -> None:
    for options, source in product(option_sets(catalogue, name), SOURCES):
        for drawing in both(have(name, options, source=source)):
            said = [*drawing.says, *(each for node in drawing.nodes for each in node.says)]
            places = [(each.x, each.y) for each in said]
            places += [corner for pipe in (*drawing.pipes, *drawing.streams) for corner in pipe.corners]
            assert all(drawing.left <= x <= drawing.left + drawing.width for x, _ in places)
            assert all(0 <= y <= drawing.height for _, y in places)
            for each in said:
                longest = LONGEST_WITH_WORD if each.what else LONGEST
                reach = {"start": (0, longest), "middle": (longest / 2, longest / 2), "end": (longest, 0)}[each.anchor]
                assert drawing.left <= each.x - reach[0]
                assert each.x + reach[1] <= drawing.left + drawing.width, (name, options, each.what)


@pytest.mark.parametrize("name", MODELS)
def test_pipes_and_streams_run_straight_and_have_a_length(have: Have, catalogue: Catalogue, name: str) -> None:
    for options in option_sets(catalogue, name):
        for drawing in both(have(name, options)):
            for pipe in (*drawing.pipes, *drawing.streams):
                assert re.fullmatch(r"M-?[\d.]+ -?[\d.]+( L-?[\d.]+ -?[\d.]+)+", pipe.path)
                steps = list(zip(pipe.corners, pipe.corners[1:], strict=False))
                assert all(one[0] == other[0] or one[1] == other[1] for one, other in steps), pipe
                assert any(one != other for one, other in steps), pipe


@pytest.mark.parametrize("drawn", [layout.wide, layout.narrow])
def test_every_circuit_and_tank_hangs_on_flow_and_return(have: Have, drawn: object) -> None:
    parts = have("idm/navigator_2_0", {"circuits": ["A", "B", "C"]})
    drawing: Drawing = drawn(parts)  # type: ignore[operator]
    pipes = {pipe.key for pipe in drawing.pipes}
    streams = {(stream.key, stream.back) for stream in drawing.streams}
    for key in ("circuit_a", "circuit_b", "circuit_c", "hot_water", "buffer"):
        assert {f"{key}_flow", f"{key}_return"} <= pipes
        assert {(key, False), (key, True)} <= streams


def test_seven_circuits_take_more_room_than_one(have: Have) -> None:
    one, seven = (have("idm/navigator_2_0", {"circuits": list(names)}) for names in ("A", "ABCDEFG"))
    assert layout.wide(seven).height > layout.wide(one).height
    assert layout.narrow(seven).height > layout.narrow(one).height + 300


def test_a_picture_of_little_stands_in_the_middle(have: Have) -> None:
    little = layout.wide(have("idm/navigator_2_0", {"circuits": []}, {"temp_flow": 30.0}))
    assert little.left < -100


def _overlap(one: Node, other: Node) -> bool:
    apart = (
        one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + one.height <= other.y
        or other.y + other.height <= one.y
    )
    return not apart
