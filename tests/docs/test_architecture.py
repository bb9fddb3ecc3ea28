"""docs/architecture.md says where everything lies: no package without its line, no line without its package."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2]
TEXT = (FOLDER / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGES = sorted(
    str(folder.relative_to(FOLDER))
    for root in ("app", "drivers")
    for folder in (FOLDER / root).rglob("*")
    if any(folder.glob("*.py")) or any(folder.glob("*.yaml"))
)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_in_the_architecture(package: str) -> None:
    assert f"`{package}`" in TEXT or f"`{package}/`" in TEXT, f"{package} is not in docs/architecture.md"


def test_every_folder_and_file_of_the_architecture_is_there() -> None:
    named = set(re.findall(r"`((?:app|bench|deploy|docs|drivers|static|templates|tests)/[\w/.-]*)`", TEXT))
    assert len(named) > 40
    missing = {each for each in named if not (FOLDER / each).exists()}
    assert missing == set()
