"""What people type freely may be anything that can be seen."""

from __future__ import annotations

import pytest

from app.messages import Invalid
from app.services import annotations as notes
from app.services import free_text, heatpumps, maintenance, tokens
from app.store import users
from app.system import System


@pytest.mark.parametrize("text", ["", "Wärme\n\tzwei Zeilen", "הערה", "ملاحظة", "👩‍🔧 da", "=1+1 <b>", "x" * 20])
def test_what_can_be_seen_is_taken(text: str) -> None:
    free_text.check("note", text, 20)


UNSEEN = ["a\0b", "\x1b[2Jall is well", "gpj.\u202eexe", "\u2066x", "\x85x", "\ud800"]


@pytest.mark.parametrize("text", [*UNSEEN, "x" * 21])
def test_what_nobody_sees_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        free_text.check("note", text, 20)


@pytest.mark.parametrize("text", UNSEEN)
def test_no_name_and_no_note_hides_anything(system: System, idm: dict[str, object], text: str) -> None:
    with pytest.raises(Invalid, match="control"):
        heatpumps.add(system, idm | {"name": f"a{text}b"})
    with pytest.raises(Invalid, match="control"):
        notes.add(system, None, 1, f"a{text}b", author="anna")
    with pytest.raises(Invalid, match="control"):
        maintenance.add(system, {"note": f"a{text}b", "starts_at": 1, "ends_at": 2})
    with system.database.transaction() as db:
        owner = users.find(db, users.add(db, "anna", "-", "owner", 0))
    assert owner is not None
    with pytest.raises(Invalid, match="control"):
        tokens.make(system, owner, f"a{text}b", ["read"], None, None)
