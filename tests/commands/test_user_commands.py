"""`user` as it is typed: the way back in for an owner who has lost password or phone."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from app.commands import main
from app.config import Config
from app.services import accounts, signed_in
from app.system import assemble

FIRST, SECOND = "a long pass phrase\n", "another pass phrase\n"


@pytest.fixture
def data(tmp_path, idm):
    """An installation with an owner and two heat pumps."""
    from app.services import heatpumps

    system = assemble(Config(tmp_path))
    heatpumps.add(system, idm)
    heatpumps.add(system, idm | {"connection_config": {"host": "127.0.0.1", "port": 10}})
    system.database.close()
    assert call(tmp_path, "add", "berta", "--role", "owner", "--password-stdin", text=FIRST).exit_code == 0
    return tmp_path


def call(data, *arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, ["user", *arguments, "--data", str(data)], input=text)


def opened(data):
    return assemble(Config(data))


def test_an_account_is_added_bounded_listed_and_removed(data) -> None:
    bounds = ["--until", "2999-12-31", "--heatpump", "hp-002"]
    assert call(data, "add", "ines", "--role", "installer", *bounds, "--password-stdin", text=FIRST).exit_code == 0
    assert call(data, "list").output.splitlines() == [
        "berta  owner  all heat pumps",
        "ines  installer  hp-002  until 2999-12-31",
    ]
    assert call(data, "role", "INES", "--role", "viewer").exit_code == 0
    assert "ines  viewer  all heat pumps" in call(data, "list").output
    assert call(data, "remove", "ines").exit_code == 0
    assert "ines" not in call(data, "list").output


def test_a_forgotten_password_is_replaced_and_ends_every_session(data) -> None:
    system = opened(data)
    key = signed_in.begin(system, accounts.named(system, "berta"), "", "")
    assert call(data, "password", "berta", "--password-stdin", text=SECOND).exit_code == 0
    assert signed_in.who(system, key, "") is None
    assert accounts.who(system, "berta", FIRST.strip()) is None
    assert accounts.who(system, "berta", SECOND.strip()) is not None
    system.database.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["password", "nobody", "--password-stdin"], "there is no account nobody"),
        (["password", "berta", "--password-stdin"], "at least 8 characters"),
        (["role", "berta", "--role", "viewer"], "this is the only owner"),
        (["remove", "berta"], "this is the only owner"),
        (["add", "ines", "--role", "viewer", "--until", "soon", "--password-stdin"], "soon is not a day"),
        (["add", "ines", "--role", "viewer", "--heatpump", "hp-9", "--password-stdin"], "these heat pumps is gone"),
        (["second-factor", "berta"], "--remove"),
    ],
)  # fmt: skip
def test_a_wrong_word_changes_nothing_and_says_why(data, arguments: list[str], said: str) -> None:
    result = call(data, *arguments, text="short\n" if arguments[0] == "password" else FIRST)
    assert result.exit_code != 0
    assert said in result.stderr
    assert call(data, "list").output == "berta  owner  all heat pumps\n"


def test_a_lost_phone_is_forgotten(data) -> None:
    from app.store import second_factors

    system = opened(data)
    user = accounts.named(system, "berta")
    with system.database.transaction() as db:
        second_factors.propose(db, user.id, system.seal.close("ABCDEFGH"))
        second_factors.confirm(db, user.id, 1)
    assert call(data, "list").output == "berta  owner  all heat pumps  second factor\n"
    assert call(data, "second-factor", "berta", "--remove").exit_code == 0
    assert call(data, "list").output == "berta  owner  all heat pumps\n"
    system.database.close()
