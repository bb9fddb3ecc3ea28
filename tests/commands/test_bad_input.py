"""Each wrong word on the command line gets one clear sentence, and nothing is half-written."""

import socket

import pytest
from click.testing import CliRunner

from app.commands import main
from app.store.database import Database


def run(*arguments, text=None):
    return CliRunner().invoke(main, list(arguments), input=text)


def sentence(result):
    """The one line on standard error."""
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit), result.exception
    lines = [line for line in result.stderr.splitlines() if not line.startswith(("Usage:", "Try ")) and line]
    assert len(lines) == 1
    return lines[0]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["read", "acme/one", "127.0.0.1"], ["acme/one", "idm/navigator_2_0"]),
        (["read", "idm", "127.0.0.1"], ["idm is not in the catalogue"]),
        (["read", "idm/../idm_navigator_2_0", "127.0.0.1"], ["not in the catalogue"]),
        (["read", "idm/navigator_2_0", ":502"], [":502 has no host"]),
        (["read", "idm/navigator_2_0", ""], ["has no host"]),
        (["read", "idm/navigator_2_0", "127.0.0.1:0"], ["127.0.0.1:0", "1..65535"]),
        (["read", "idm/navigator_2_0", "127.0.0.1:65536"], ["1..65535"]),
        (["read", "idm/navigator_2_0", "127.0.0.1:http"], ["1..65535"]),
        (["read", "idm/navigator_2_0", "127.0.0.1:"], ["127.0.0.1:"]),
        (["read", "idm/navigator_2_0", "127.0.0.1:1"], ["127.0.0.1:1 refuses the connection"]),
        (["read", "idm/navigator_2_0", "no-such-host.invalid:502"], ["no-such-host.invalid", "not known"]),
        (["read", "idm/navigator_2_0", "127.0.0.1", "--option", "circuits=H"], ["circuits", "H", "A, B, C"]),
        (["read", "idm/navigator_2_0", "127.0.0.1", "--option", "rooms=1"], ["rooms=1", "circuits", "zones"]),
        (["read", "idm/navigator_2_0", "127.0.0.1", "--option", "circuits"], ["circuits"]),
        (["read", "idm/navigator_2_0", "127.0.0.1", "--unit-id", "256"], ["--unit-id", "256"]),
        (["read", "idm/navigator_2_0", "127.0.0.1", "--timeout", "-1"], ["--timeout"]),
        (["simulate", "idm/navigator_2_0", "--set", "temp_outsid=1"], ["temp_outsid"]),
        (["simulate", "idm/navigator_2_0", "--port", "0", "--set", "temp_outside"], ["temp_outside"]),
        (["simulate", "idm/navigator_2_0", "--port", "0", "--set", "error_code=70000"], ["error_code", "70000"]),
        (["simulate", "idm/navigator_2_0", "--port", "0", "--set", "temp_outside=nan"], ["temp_outside"]),
        (["simulate", "idm/navigator_2_0", "--port", "0", "--set", "system_mode=party"], ["system_mode", "party"]),
        (["simulate", "luxtronik/luxtronik_2_1", "--set", "mode_heating=comfort"], ["mode_heating", "comfort"]),
        (["simulate", "vaillant/arotherm", "--dump", __file__], [__file__, "lists no messages"]),
        (["simulate", "idm/navigator_2_0", "--dump", __file__], ["a recorded idm/navigator_2_0 cannot be replayed"]),
        (["read", "vaillant/arotherm", "127.0.0.1", "--unit-id", "1"], ["unit_id=1", "host, port, circuit, timeout"]),
        (["read", "vaillant/arotherm", "127.0.0.1", "--connection", "planet=mars"], ["planet=mars", "circuit"]),
        (["read", "vaillant/arotherm", "127.0.0.1", "--connection", "circuit=h m u"], ["h m u", "hmu"]),
        (["read", "vaillant/arotherm", "127.0.0.1", "--connection", "circuit"], ["circuit", "settings"]),
        (["simulate", "luxtronik/luxtronik_2_1", "--dump", __file__], [__file__, "no recorded Luxtronik"]),
        (["simulate", "idm/navigator_2_0", "--dump", __file__], ["--dump"]),
        (["read", "luxtronik/luxtronik_2_1", "127.0.0.1:1"], ["127.0.0.1:1 refuses the connection"]),
        (["simulate", "acme/one"], ["acme/one"]),
        (["fly"], ["fly"]),
    ],
)
def test_the_sentence_names_what_is_wrong(arguments, names):
    told = sentence(run(*arguments))
    for name in names:
        assert name in told


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["add", "acme/one", "127.0.0.1", "--offline"], ["acme/one"]),
        (["add", "idm/navigator_2_0", "two words", "--offline"], ["two words"]),
        (["add", "idm/navigator_2_0", "127.0.0.1:99999", "--offline"], ["1..65535"]),
        (["add", "idm/navigator_2_0", "127.0.0.1", "--offline", "--interval", "-5"], ["--interval", "-5"]),
        (["add", "idm/navigator_2_0", "127.0.0.1", "--offline", "--name", ""], ["name"]),
        (["add", "idm/navigator_2_0", "127.0.0.1", "--offline", "--name", "A" * 81], ["name is longer than 80"]),
        (["add", "idm/navigator_2_0", "127.0.0.1:1"], ["refuses the connection", "not added", "--offline"]),
        (["remove", "hp-077", "--yes"], ["hp-077"]),
        (["user", "add", "anna", "--role", "king"], ["king", "owner"]),
    ],
)
def test_nothing_is_kept_of_what_is_refused(tmp_path, arguments, names):
    told = sentence(run(*arguments, "--data", str(tmp_path)))
    for name in names:
        assert name in told
    assert run("list", "--data", str(tmp_path)).output == ""


def test_a_second_heat_pump_at_the_same_address_is_refused(tmp_path):
    here = ["--offline", "--data", str(tmp_path)]
    assert run("add", "idm/navigator_2_0", "127.0.0.1:5020", *here).exit_code == 0
    assert "hp-001" in sentence(run("add", "idm/navigator_2_0", "127.0.0.1:5020", *here))
    assert run("add", "idm/navigator_2_0", "127.0.0.1:5020", "--unit-id", "2", *here).exit_code == 0
    assert run("list", "--data", str(tmp_path)).output.count("127.0.0.1:5020") == 2


def test_a_short_password_is_refused_and_no_account_made(tmp_path):
    refused = run("user", "add", "anna", "--role", "owner", "--password-stdin", "--data", str(tmp_path), text="short\n")
    assert "8 characters" in sentence(refused)
    made = run(
        "user", "add", "anna", "--role", "owner", "--password-stdin", "--data", str(tmp_path), text="long enough\n"
    )
    assert made.exit_code == 0
    assert "long enough" not in made.output


@pytest.mark.parametrize(
    ("spoil", "names"),
    [
        (lambda folder: (folder / "monitor.db").write_bytes(b"no database" * 500), ["monitor.db", "damaged"]),
        (lambda folder: (folder / "config.yaml").write_text("interval: -1"), ["config.yaml", "interval", "-1"]),
        (lambda folder: (folder / "config.yaml").write_text("a: ["), ["config.yaml", "YAML"]),
        (lambda folder: (folder / "config.yaml").write_text("colour: red"), ["config.yaml", "colour"]),
    ],
)
@pytest.mark.parametrize("command", [["serve"], ["list"]])
def test_an_installation_that_cannot_run_says_which_file_and_why(tmp_path, spoil, names, command):
    spoil(tmp_path)
    told = sentence(run(*command, "--data", str(tmp_path)))
    for name in names:
        assert name in told


@pytest.mark.parametrize(
    "command",
    [["list"], ["remove", "hp-001", "--yes"], ["compact"], ["export", "hp-001"], ["user", "list"], ["push-history"]],
)
def test_a_slip_in_the_name_of_the_folder_begins_no_installation(tmp_path, command):
    told = sentence(run(*command, "--data", str(tmp_path / "dta")))
    assert f"{tmp_path / 'dta'}: there is no installation here" in told
    assert not (tmp_path / "dta").exists()


def test_a_port_in_use_is_told_with_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = sentence(run("simulate", "idm/navigator_2_0", "--port", str(port)))
    assert told == f"Error: cannot listen on 127.0.0.1:{port}: Address already in use; choose another --port or --host"


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "data").write_text("")
    assert "data" in sentence(run("list", "--data", str(tmp_path / "data")))


def test_set_up_without_a_browser(tmp_path):
    here = ["--data", str(tmp_path)]
    added = run(
        "add", "idm/navigator_2_0", "192.0.2.7", "--name", "Gebäude A", "--option", "circuits=A,B", "--offline", *here
    )
    assert added.output == "hp-001 Gebäude A: added\n"
    listed = run("list", *here).output
    assert "hp-001" in listed
    assert "idm/navigator_2_0" in listed
    assert "192.0.2.7:502" in listed
    Database(tmp_path / "monitor.db").close()
    assert run("remove", "hp-001", *here, text="n\n").exit_code != 0
    assert run("remove", "hp-001", "--yes", *here).exit_code == 0
    assert run("list", *here).output == ""
