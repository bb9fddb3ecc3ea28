"""What people type freely: of any letters, but nothing that nobody sees."""

from __future__ import annotations

import unicodedata

from app.messages import Invalid

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the direction of writing, so that what follows reads as something else (Unicode TR 36, 3.1)."""

LINES = frozenset("\n\r\t")


def check(field: str, text: str, most: int) -> None:
    """Raises Invalid for more than so many characters, and for control characters other than line ends and tabs."""
    if len(text.strip()) > most:
        raise Invalid(field, "is longer than %(most)d characters", most=most)
    if any(hidden(letter) for letter in text if letter not in LINES):
        raise Invalid(field, "must not have control characters")


def hidden(letter: str) -> bool:
    return letter in TURNING or unicodedata.category(letter) in ("Cc", "Cs")
