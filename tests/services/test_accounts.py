"""Accounts and signing in."""

import pytest

from app.messages import Conflict, Invalid
from app.services import accounts, passwords


def test_the_right_password_finds_the_user_and_a_wrong_one_nobody(system):
    accounts.create(system, "anna", "correct horse", "owner")
    found = accounts.who(system, "Anna ", "correct horse")
    assert found is not None
    assert found.role == "owner"
    assert "correct horse" not in found.password_hash
    assert accounts.who(system, "anna", "Correct horse") is None
    assert accounts.who(system, "bert", "correct horse") is None


def test_the_first_account_is_the_owners_and_the_only_one_made_that_way(system):
    assert accounts.first_start(system)
    accounts.create_first(system, "anna", "correct horse")
    assert not accounts.first_start(system)
    with pytest.raises(Conflict):
        accounts.create_first(system, "mallory", "correct horse")


@pytest.mark.parametrize(
    ("field", "name", "password", "role"),
    [
        ("username", "", "long enough", "owner"),
        ("username", "   ", "long enough", "owner"),
        ("username", "x" * 81, "long enough", "owner"),
        ("password", "anna", "short", "owner"),
        ("password", "anna", "", "owner"),
        ("password", "anna", "x" * 1001, "owner"),
        ("role", "anna", "long enough", "king"),
    ],
)
def test_a_wrong_field_is_named(system, field, name, password, role):
    with pytest.raises(Invalid) as refusal:
        accounts.create(system, name, password, role)
    assert refusal.value.field == field
    assert accounts.first_start(system)


def test_a_name_is_taken_whatever_its_case(system):
    accounts.create(system, "anna", "correct horse", "owner")
    with pytest.raises(Conflict, match="Anna"):
        accounts.create(system, "Anna", "another horse", "viewer")


def test_what_stands_behind_the_longest_password_is_not_looked_at():
    """Half a million accents cost minutes to sort, and anybody may send them to the page of signing in."""
    kept = passwords.hashed("e" * passwords.LONGEST)
    assert passwords.matches(kept, "e" * passwords.LONGEST + "\u0301\u0316")
    assert not passwords.matches(kept, "e" * (passwords.LONGEST - 1) + "\u0301")
