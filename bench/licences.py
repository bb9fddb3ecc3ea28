"""Writes docs/licences.md: under which licence each package of requirements.lock comes, by its own metadata."""

from __future__ import annotations

import re
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "licences.md"
LONGEST = 80
HEAD = """\
# Licences of what this is built with

Made by `make licences` from what the packages of `requirements.lock` say about themselves; a test keeps it complete.
The program itself is under the MIT licence (LICENSE). None of these is changed or copied into this tree; the charting
library that `uplot-python` packs (uPlot) is served to the browser as it is.

| package | licence |
|---|---|
"""


def packages() -> list[str]:
    """Everything that is installed with the program, by name."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return sorted(set(re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)))


def licence(package: str) -> str | None:
    """What the package says itself, in the words of its metadata; None when it is not installed here."""
    try:
        facts = metadata(package)
    except PackageNotFoundError:
        return None
    classified = [each.split(" :: ")[-1] for each in _all(facts, "Classifier") if each.startswith("License ::")]
    expression, text = "".join(_all(facts, "License-Expression")), "".join(_all(facts, "License")).strip()
    short = "" if "\n" in text or len(text) > LONGEST or text.startswith("Copyright") else text
    return expression or short or " / ".join(classified) or "not said in its metadata"


def _all(facts: PackageMetadata, field: str) -> list[str]:
    return facts.get_all(field) or []


def page(known: dict[str, str]) -> str:
    """`known`: what an older page says of packages that are not installed here."""
    rows = [f"| {each} | {licence(each) or known.get(each, 'not installed here')} |" for each in packages()]
    return HEAD + "\n".join(rows) + "\n"


def listed() -> dict[str, str]:
    """What the page says now."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    return dict(re.findall(r"^\| ([\w.-]+) \| (.+) \|$", text, re.MULTILINE))


if __name__ == "__main__":
    PAGE.write_text(page(listed()), encoding="utf-8")
