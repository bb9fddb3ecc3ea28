"""What a browser is, in two words, from what it calls itself."""

from __future__ import annotations

LONGEST = 60
PROGRAMS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl", "curl"),
)  # fmt: skip
"""The first that is found counts: most of them also claim to be those after them."""

PLACES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def named(called: str) -> str:
    """Firefox · Windows; what is not known as it calls itself; empty for one that says nothing."""
    found = [next((word for sign, word in signs if sign in called), "") for signs in (PROGRAMS, PLACES)]
    return " · ".join(word for word in found if word) if found[0] else called[:LONGEST]
