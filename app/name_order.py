"""Names in the order in which people look for them: House 2 before House 10, Österreich beside Oslo."""

from __future__ import annotations

import re
import unicodedata

DIGITS = 12


def order(name: str) -> str:
    """What a name is sorted by."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(each))
    return re.sub(r"[0-9]+", lambda found: found[0].zfill(DIGITS), plain)
