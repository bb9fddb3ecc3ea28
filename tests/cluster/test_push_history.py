"""`push-history`: what was kept before there was a VictoriaMetrics gets there too."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from app.commands import main
from tests.cluster.conftest import T0, keep
from tests.victoriametrics import free_port
from tests.waiting import eventually


def push_history(folder, *arguments):
    return CliRunner().invoke(main, ["push-history", "--data", str(folder), *arguments])


def configure(folder, **keys):
    (folder / "config.yaml").write_text("".join(f"{key}: {value}\n" for key, value in keys.items()))


def test_the_history_gets_there_once_and_what_waits_for_delivery_is_left_to_the_monitor(
    server, furnished, box, tmp_path
):
    system = furnished()
    for poll in range(50):
        keep(system, T0 + 1000 * poll, (float(poll), "off", None))
    keep(furnished(victoriametrics=server.address), T0 + 50_000, (50.0, "off", None))  # the monitor will deliver it
    configure(tmp_path, victoriametrics=server.address, box=box, timezone="UTC")
    # T0 is 2023-11-14 22:13:20 UTC; the third poll is the first one after 22:46
    first = push_history(tmp_path, "--from", "2023-11-14T22:46", "--to", "2023-11-15", "--heatpump", "hp-001")
    assert first.exit_code == 0, first.output
    states = 1 + len(system.catalogue.named("idm/navigator_2_0").every_sensor["operating_mode"].state_titles)
    assert f"{5 * states} samples sent, 0 were there already" in first.output
    eventually(lambda: sum(map(len, server.samples(box).values())) >= 5 * states)
    second = push_history(tmp_path)
    assert f"{45 * states} samples sent, {5 * states} were there already" in second.output
    eventually(lambda: sum(map(len, server.samples(box).values())) >= 50 * states)
    assert server.samples(box)["temp_outside"] == [(T0 + 1000 * poll, float(poll)) for poll in range(50)]


def test_a_heat_pump_without_history_is_told(server, furnished, tmp_path):
    furnished()
    configure(tmp_path, victoriametrics=server.address)
    told = push_history(tmp_path)
    assert told.exit_code == 0
    assert "no history in this time" in told.output


@pytest.mark.parametrize(
    ("keys", "arguments", "says"),
    [
        ({}, [], "the key victoriametrics is not set"),
        ({"victoriametrics": "ftp://x"}, [], "victoriametrics: must be a base address"),
        ({"victoriametrics": "http://127.0.0.1:1"}, ["--heatpump", "hp-007"], "there is no heat pump hp-007"),
        ({"victoriametrics": "http://127.0.0.1:1"}, ["--from", "yesterday"], "yesterday"),
        (
            {"victoriametrics": "http://127.0.0.1:1"},
            ["--from", "2026-02-01", "--to", "2026-01-01"],
            "--from must be before --to",
        ),
        ({"victoriametrics": f"http://127.0.0.1:{free_port()}"}, [], "cannot be reached"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(furnished, tmp_path, keys, arguments, says):
    keep(furnished(), T0, (1.0, "off", None))
    configure(tmp_path, **keys)
    told = push_history(tmp_path, *arguments)
    assert told.exit_code != 0
    assert says in told.stderr.replace("\n", " ")
    assert "Traceback" not in told.output
