"""docs/licences.md names every package that comes with the program, and the licence that it says itself."""

from __future__ import annotations

import pytest

from bench import licences


def test_the_page_is_what_make_licences_writes() -> None:
    assert licences.PAGE.read_text(encoding="utf-8") == licences.page(licences.listed())


def test_every_package_is_listed_with_a_licence() -> None:
    listed = licences.listed()
    assert set(licences.packages()) == set(listed) - {"package"}
    assert len(listed) > 30


@pytest.mark.parametrize("package", licences.packages())
def test_no_licence_forbids_what_the_program_does(package: str) -> None:
    """It is served over a network and given away under MIT: a licence that would ask for more must be looked at."""
    said = licences.listed()[package]
    assert not any(word in said for word in ("AGPL", "Affero", "SSPL", "Commons Clause", "not said", "not installed"))
    assert "GPL" not in said or "LGPL" in said or "Lesser" in said
