"""The older program's series become a heat pump's history, from a real VictoriaMetrics."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from click.testing import CliRunner

from app.cluster.client import VictoriaMetrics
from app.commands import main
from app.messages import Rejected, Unavailable
from app.services import config_heatpumps, heatpumps
from app.services.legacy import history
from app.store import readings
from tests.tools import required
from tests.victoriametrics import Server

BEGIN = 1_700_000_000
STEP_S, POLLS = 60, 1000


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A server of its own: series without labels are everybody's."""
    running = Server(required("victoria-metrics", "victoria-metrics"), tmp_path_factory.mktemp("old-series"))
    running.start()
    times = [(BEGIN + STEP_S * each) * 1000 + 250 for each in range(POLLS)]
    series = {
        "temp_outside": [-3.5 + each % 40 * 0.25 for each in range(POLLS)],
        "temp_heat_storage": [-1.0] * POLLS,
        "status_heat_pump": [float((1, 4, 99)[each % 3]) for each in range(POLLS)],
        "temp_water_target": [46.0] * POLLS,
        "curve_circuit_a": [0.30000000000000004] * POLLS,
        "colour": [1.0] * POLLS,
    }
    lines = [
        json.dumps({"metric": {"__name__": f"idm_heatpump_{name}"}, "values": values, "timestamps": times})
        for name, values in series.items()
    ]
    labelled = {"__name__": "idm_heatpump_temp_outside", "heatpump_id": "hp-001"}
    lines.append(json.dumps({"metric": labelled, "values": [99.0], "timestamps": [times[0] + 1000]}))
    requests.post(f"{running.address}/api/v1/import", data="\n".join(lines), timeout=20).raise_for_status()
    requests.get(f"{running.address}/internal/force_flush", timeout=20).raise_for_status()
    yield running
    running.stop()


@pytest.fixture
def pump(system):
    (taken,) = config_heatpumps.take(system, "x", {"idm": {"host": "127.0.0.1", "port": 9, "circuits": ["A"]}})
    return taken


def take(system, server, windows=None):
    last = None
    for number, progress in enumerate(history.take(system, "hp-legacy", VictoriaMetrics(server))):
        last = progress
        if number + 1 == windows:
            break
    return last


def kept(system, *sensors):
    return list(readings.samples(system.database.connection(), "hp-legacy", sensors, 0, BEGIN * 2))


def test_values_come_under_our_ids_with_our_words_and_without_sentinels(system, pump, filled):
    progress = take(system, filled.address)
    assert (progress.kept, progress.there) == (POLLS, 0)
    assert progress.unknown == {"idm_heatpump_colour"}
    assert progress.left == {"operating_mode: 99 is none of its states": POLLS // 3}
    found = kept(system, "temp_outside", "temp_buffer", "operating_mode", "temp_hot_water_target")
    assert [at for at, _ in found] == [BEGIN + STEP_S * each for each in range(POLLS)]
    assert [values[0] for _, values in found] == [-3.5 + each % 40 * 0.25 for each in range(POLLS)]
    assert {values[1] for _, values in found} == {None}
    assert [values[2] for _, values in found[:4]] == ["heating", "hot_water", None, "heating"]
    assert {values[3] for _, values in found} == {46}
    assert {values[0] for _, values in kept(system, "heating_curve_circuit_a")} == {0.3}


def test_it_goes_on_where_it_was_broken_off_and_a_second_time_changes_nothing(system, pump, filled):
    first = take(system, filled.address, windows=1)
    assert 0 < first.kept < POLLS
    second = take(system, filled.address)
    assert (first.kept + second.kept, second.there) == (POLLS, 0)
    assert take(system, filled.address) is None


def test_readings_of_our_own_stay(system, pump, filled):
    model = system.catalogue.find("idm", "navigator_2_0")
    own = history._readings("hp-legacy", model, {BEGIN: {"temp_outside": 12.5}}, history._places(model))
    with system.database.transaction() as db:
        readings.add(db, own[0])
    progress = take(system, filled.address)
    assert (progress.kept, progress.there) == (POLLS - 1, 1)
    assert kept(system, "temp_outside")[0] == (BEGIN, [12.5])


def test_the_command_line_tells_how_far_it_is_and_what_was_left(filled, tmp_path):
    (tmp_path / "old.json").write_text(json.dumps({"idm": {"host": "127.0.0.1", "port": 9}}))
    arguments = ["migrate", str(tmp_path / "old.json"), "--history", filled.address, "--data", str(tmp_path / "new")]
    foretold = CliRunner().invoke(main, [*arguments, "--dry-run"], catch_exceptions=False).output
    assert "would be taken for hp-legacy" in foretold
    assert "idm_heatpump_colour: is no sensor of this heat pump" in foretold
    done = CliRunner().invoke(main, arguments, catch_exceptions=False).output
    assert f"history: {POLLS} readings kept, 0 were there already" in done
    assert re.search(r"left +values +333 of operating_mode: 99 is none of its states", done)
    again = CliRunner().invoke(main, arguments, catch_exceptions=False).output
    assert "history: there is nothing that was not taken before" in again


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (
            "http://127.0.0.1:9/write",
            r"--history: VictoriaMetrics at http://127.0.0.1:9/api/v1/query cannot be reached",
        ),
        ("file:///etc/passwd", "--history: file:///etc/passwd is no base address such as"),
        ("127.0.0.1:8428", "--history: 127.0.0.1:8428 is no base address such as"),
    ],
)
def test_a_server_that_is_not_there_is_told(tmp_path, address, says):
    (tmp_path / "old.json").write_text(json.dumps({"idm": {"host": "127.0.0.1", "port": 9}}))
    arguments = ["migrate", str(tmp_path / "old.json"), "--data", str(tmp_path / "new")]
    result = CliRunner().invoke(main, [*arguments, "--history", address])
    assert result.exit_code == 1
    assert says in result.output


@pytest.mark.parametrize("said", [b'{"data": {"result": [{"value": [1, "NaN"]}]}}', b'{"data": {"result": [{}]}}'])
def test_an_answer_without_a_moment_is_no_victoriametrics(said):
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_):
            """Quietly."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with pytest.raises(Unavailable, match="is not VictoriaMetrics"):
                history.span(VictoriaMetrics(f"http://127.0.0.1:{server.server_port}"))
        finally:
            server.shutdown()
            thread.join()


def test_series_of_an_idm_never_become_another_makers_history(system):
    nibe = {"name": "NIBE", "manufacturer": "nibe", "model": "s_series", "connection_config": {"host": "127.0.0.1"}}
    other = heatpumps.add(system, nibe)
    with pytest.raises(Rejected, match="is a nibe/s_series, and series without labels are those of an idm/nav"):
        next(history.take(system, other.id, VictoriaMetrics("http://127.0.0.1:9")))
