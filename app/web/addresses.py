"""The numbers in addresses."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter, Map


class Number(IntegerConverter):
    """A whole number that the database can hold; at any other one there is nothing."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**63 - 1)
