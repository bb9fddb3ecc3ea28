"""Addresses: the numbers in them, and the query that goes along to another page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import url_for
from werkzeug.routing import IntegerConverter, Map


class Number(IntegerConverter):
    """A whole number that the database can hold; at any other one there is nothing."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**63 - 1)


def asking(endpoint: str, query: Mapping[str, str | Sequence[str]]) -> str:
    """The address of a page with what somebody typed as its query.

    To url_for some of the names would mean something: `_scheme` another protocol, `endpoint` another page.
    """
    address = url_for(endpoint)
    return f"{address}?{urlencode(query, doseq=True)}" if query else address
