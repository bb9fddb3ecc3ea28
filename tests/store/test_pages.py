"""The order in which chunks fill the database's pages."""

import random

from app.store import pages


def begun(sizes):
    """How many pages appending rows of these sizes begins."""
    number, room = 1, pages._ROOM
    for size in sizes:
        taken = pages._local(size) + pages._CELL
        if taken > room:
            number, room = number + 1, pages._ROOM
        room -= taken
    return number


def test_every_row_comes_once_and_fewer_pages_are_begun():
    draw = random.Random(1)
    for sizes in ([draw.randrange(20, 1100) for _ in range(100)], [draw.randrange(20, 40_000) for _ in range(100)]):
        order = pages.filling(sizes)
        assert sorted(order) == list(range(100))
        least = -(-sum(pages._local(size) + pages._CELL for size in sizes) // pages._ROOM)
        assert least <= begun([sizes[place] for place in order]) <= min(1.1 * least, begun(sizes) - 1)


def test_nothing_and_one_row_are_orders_too():
    assert pages.filling([]) == []
    assert pages.filling([10_000_000]) == [0]
