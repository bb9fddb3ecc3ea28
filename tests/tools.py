"""Programs that some tests need beside Python; CI insists on them with REQUIRE_TOOLS=1."""

from __future__ import annotations

import os
import shutil

import pytest


def required(program: str, package: str) -> str:
    """Where this program is; without it the test is skipped, or fails where it must not be missing."""
    found = shutil.which(program)
    if found is None:
        said = f"{program} is not installed; Debian has it in the package {package}"
        if os.environ.get("REQUIRE_TOOLS") == "1":
            pytest.fail(said)
        pytest.skip(said)
    return found
