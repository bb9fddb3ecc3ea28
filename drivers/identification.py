"""What a machine calls itself (Modbus: read device identification)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAKER, PRODUCT_CODE, VERSION = 0, 1, 2
"""Objects that every identification has (Modbus Application Protocol 1.1b3, 6.21)."""

LONGEST = 60


@dataclass(frozen=True, slots=True)
class Identification:
    """Its maker, product and software version, as it sends them; "" for what it does not tell."""

    maker: str
    product: str
    version: str

    @classmethod
    def of(cls, objects: Mapping[int, Any]) -> Identification:
        """From the objects of an answer; one that is sent twice or is no text is none."""
        return cls(*(_text(objects.get(place)) for place in (MAKER, PRODUCT_CODE, VERSION)))

    def __str__(self) -> str:
        return " ".join(part for part in (self.maker, self.product, self.version) if part)


def _text(content: object) -> str:
    if not isinstance(content, bytes):
        return ""
    letters = content.decode("ascii", "replace")
    return "".join(letter for letter in letters if letter.isprintable() and letter != "\ufffd").strip()[:LONGEST]
