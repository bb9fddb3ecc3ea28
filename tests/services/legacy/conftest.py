"""An older program's folder."""

from __future__ import annotations

import pytest

from tests.services.legacy import ancestor


@pytest.fixture
def old(tmp_path):
    return ancestor.make(tmp_path / "old")
