"""The dashboard asks for series that there are, through a data source that its reader chooses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.cluster.client import VictoriaMetrics
from app.config import Config
from app.services import heatpumps, metrics
from app.system import assemble
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.waiting import eventually

DASHBOARD = json.loads((Path(__file__).parents[2] / "deploy" / "grafana" / "heat-pumps.json").read_text("utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUESTIONS = [target["expr"] for panel in PANELS for target in panel["targets"]]
NAME = re.compile(r"\b(?:idm_heatpump|heatpump_monitor)_\w+")


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    """The name of every series of a running installation that pushes too."""
    system = assemble(Config(tmp_path_factory.mktemp("watched"), victoriametrics="http://127.0.0.1:1"))
    model = system.catalogue.named("idm/navigator_2_0")
    with ModbusSimulator(model, model.default_options(), Plant(1, start=1_700_000_000)) as simulator:
        connection = {"host": "127.0.0.1", "port": simulator.port}
        sent = {"name": "Haus", "manufacturer": "idm", "model": "navigator_2_0", "connection_config": connection}
        pump = heatpumps.add(system, sent)
        system.start()
        eventually(lambda: system.latest.of(pump.id))
        eventually(lambda: system.poller.reader(pump.id).last)
        content = metrics.page(system, "")[0].decode()
        system.stop(5)
    return {re.split("[{ ]", line)[0] for line in content.splitlines() if not line.startswith("#")}


def test_every_series_it_asks_for_exists(series):
    asked = {name for question in QUESTIONS for name in NAME.findall(question)}
    asked |= {name for each in DASHBOARD["templating"]["list"] for name in NAME.findall(str(each["query"]))}
    assert asked <= series
    assert len(asked) > 10


def test_every_panel_uses_the_data_source_that_the_reader_chose():
    assert DASHBOARD["templating"]["list"][0]["name"] == "datasource"
    for panel in DASHBOARD["panels"]:
        assert panel["datasource"]["uid"] == "${datasource}", panel["title"]
        for target in panel.get("targets", ()):
            assert target["datasource"]["uid"] == "${datasource}", panel["title"]


def test_no_panel_lies_on_another():
    taken = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_can_be_answered(server, question):
    filled_in = question.replace("$heat_pump", ".*").replace("$box", ".*")
    assert "$" not in filled_in
    assert isinstance(VictoriaMetrics(server.address).query("query", query=filled_in, time=1_700_000_000), list)
