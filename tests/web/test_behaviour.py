"""How a heat pump behaves: on its page, on its page of anomalies, on the overview and as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from app.analysis.behaviour.verdict import Hour, Reason
from app.analysis.detector.learning import Learning, State
from app.polling import detecting
from app.polling.detecting import Known
from app.reading import Reading
from app.store import detectors, findings, readings
from app.store.detectors import Detector
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.conftest import NOW
from tests.web.people import Visitor, tell

HOUR = NOW // 3600 * 3600 - 3600
HOT = (
    Reason("spread_heating", "", -0.63, 3.45, "K", NOW - 7200, None, -2.6, 45.3),
    Reason("frozen:temp_flow", "", None, None, "", NOW - 7200, 40000.0, -2.6, 45.3),
    Reason("run_share", "", 0.5, 0.25, "", NOW - 7200, None, -2.6, None),
)


@pytest.fixture
def pump(system: System, add: Callable[..., HeatPump]) -> HeatPump:
    return add("Kindergarten", enabled=True)


def known(system: System, pump: HeatPump, days: int, state: State, **more: Any) -> None:
    learned = Known(Learning(state, min(days, 30), 30, more.pop("rare", ())), ("spread_heating", "run_share"))
    made = {"begins_at": 0, "because": "first", "manufacturer": "idm", "model": "navigator_2_0"} | more
    with system.database.transaction() as db:
        detectors.begin(db, Detector(pump.id, **made))
        kept = detectors.find(db, pump.id)
        assert kept is not None
        told = msgspec.json.encode(learned).decode()
        detectors.keep_model(db, kept, NOW, (NOW - 90 * 86400, NOW - 28 * 86400), told, b"")


def judged(system: System, pump: HeatPump, score: float, at: int = HOUR, news: tuple[str, ...] = ()) -> None:
    hour = Hour(at, score, news, HOT if score >= 1 else ())
    reading = Reading(pump.id, at + 3599, (detecting.COLUMN,), (score,))
    with system.database.transaction() as db:
        readings.add(db, reading)
        detecting.note(db, pump.id, [hour])
        detectors.judged(db, pump.id, at + 3600, detecting.last_of([hour]))
    system.latest.put(reading)


def section(visitor: Visitor, pump: HeatPump) -> str:
    page = visitor.get(f"/heatpumps/{pump.id}").text
    return page.split('id="behaviour-title"')[1].split("</section>")[0]


def test_a_new_heat_pump_has_nothing_judged_and_its_page_says_so(owner: Visitor, pump: HeatPump) -> None:
    assert "Nothing was judged yet. Nothing was learned yet; plain signs of trouble are watched." in section(
        owner, pump
    )
    page = owner.get(f"/heatpumps/{pump.id}/anomalies").text
    assert "There is no score of this time." in page
    assert "Nothing unusual in the last 90 days." in page


@pytest.mark.parametrize(
    ("days", "state", "more", "words"),
    [
        (9, State.LEARNING, {}, "Learning: day 9 of 30. Until then, plain signs of trouble are watched."),
        (30, State.LEARNING, {"rare": (3,)}, "Learning still: on too few days so far defrosts."),
        (35, State.PROVISIONAL, {}, "the judgement is provisional"),
        (80, State.TRUSTED, {}, "It is well known."),
        (2, State.LEARNING, {"because": "exchanged"}, "exchanged for another model"),
        (2, State.LEARNING, {"because": "new normal"}, "learned anew, as its owner said. Learning: day 2 of 30."),
        (80, State.TRUSTED, {"model": "altherma"}, "exchanged for another model"),
    ],
)
def test_it_says_how_far_a_heat_pump_is_known(
    owner: Visitor, system: System, pump: HeatPump, days: int, state: State, more: dict[str, Any], words: str
) -> None:
    known(system, pump, days, state, **more)
    judged(system, pump, 0.42)
    for page in (section(owner, pump), owner.get(f"/heatpumps/{pump.id}/anomalies").text):
        assert words in page
        assert ("score 0.42 at 14:00" in page) == ("model" not in more)


def test_an_alarm_is_explained_in_both_languages_and_stands_on_the_overview(
    owner: Visitor, system: System, pump: HeatPump
) -> None:
    known(system, pump, 80, State.TRUSTED)
    judged(system, pump, 1.6)
    text = section(owner, pump)
    assert "It behaves unusually: score 1.60 at 14:00." in text
    assert (
        "Spread while heating: -0.63 K, 4.08 K below what is expected at -3 °C outdoors and 45 Hz, since 12:03" in text
    )
    assert "It always says the same (flow temperature), since 12:03" in text
    assert "50.0 %, 25.0 % above what is expected at -3 °C outdoors, since" in text
    assert "Behaves unusually since 13:00" in owner.get("/").text
    german = {"Accept-Language": "de"}
    page = owner.get(f"/heatpumps/{pump.id}/anomalies", headers=german).text
    assert "Spreizung" in page
    assert "4,08 K unter" in page


def test_a_score_below_the_line_gives_no_reasons(owner: Visitor, system: System, pump: HeatPump) -> None:
    known(system, pump, 80, State.TRUSTED)
    judged(system, pump, 0.999)
    assert "<li>" not in section(owner, pump)
    assert "Behaves unusually" not in owner.get("/").text


def test_an_old_score_is_not_the_present(owner: Visitor, system: System, pump: HeatPump) -> None:
    known(system, pump, 80, State.TRUSTED)
    judged(system, pump, 1.6, HOUR - 10 * 86400)
    assert "Nothing was judged since 11 Nov, 14:00: it was not read." in section(owner, pump)
    assert "Behaves unusually" not in owner.get("/").text


def test_what_is_new_is_shown(owner: Visitor, system: System, pump: HeatPump) -> None:
    known(system, pump, 80, State.TRUSTED)
    judged(system, pump, 0.99, news=("first defrost", "record cold"))
    assert "New operating range, which raises no alarm: defrosts, which were hardly seen before; colder" in section(
        owner, pump
    )


def test_the_owner_says_what_it_was_and_it_is_learned_again(
    owner: Visitor, viewer: Visitor, system: System, pump: HeatPump
) -> None:
    known(system, pump, 80, State.TRUSTED)
    judged(system, pump, 1.6)
    address = f"/heatpumps/{pump.id}/anomalies/1/verdict"
    assert viewer.post(address, {"verdict": "real"}).status_code == 403
    assert owner.post(address, {"verdict": "perhaps"}).status_code == 400
    assert owner.post(f"/heatpumps/{pump.id}/anomalies/2/verdict", {"verdict": "real"}).status_code == 404
    assert owner.post(address, {"verdict": "not a fault"}).status_code == 302
    page = owner.get(f"/heatpumps/{pump.id}/anomalies").text
    assert "No fault, says berta; it counts as normal from now on." in page
    detector = detectors.find(system.database.connection(), pump.id)
    assert detector is not None and detector.fitted_at is None
    assert owner.post(address, {"verdict": ""}).status_code == 302
    assert "says berta" not in owner.get(f"/heatpumps/{pump.id}/anomalies").text


def test_days_are_left_out_and_learned_again(owner: Visitor, system: System, pump: HeatPump) -> None:
    address = f"/heatpumps/{pump.id}/anomalies"
    for first, last in (("", ""), ("2025-11-05", "2025-11-03"), ("2025-11-05", "2027-01-01"), ("0001-01-01", "x")):
        assert owner.post(f"{address}/mark", {"first": first, "last": last}).status_code == 400
    assert owner.post(f"{address}/mark", {"first": "2025-11-03", "last": "2025-11-04"}).status_code == 302
    assert "Left out of what is learned: 3 Nov, 00:00 to 5 Nov, 00:00" in owner.get(address).text
    assert owner.post(f"{address}/1/verdict", {"verdict": "real"}).status_code == 400
    assert owner.post(f"{address}/1/unmark").status_code == 302
    assert owner.post(f"{address}/1/unmark").status_code == 404
    assert findings.between(system.database.connection(), pump.id, 0, NOW) == []


def test_the_same_as_json(owner: Visitor, viewer: Visitor, system: System, pump: HeatPump) -> None:
    address = f"/api/heatpumps/{pump.id}/anomalies"
    assert owner.get(address).json["state"] == "nothing"
    known(system, pump, 80, State.TRUSTED)
    judged(system, pump, 1.6)
    told = viewer.get(address).json
    assert (told["state"], told["score"], told["alarm"], told["at"]) == ("trusted", 1.6, True, HOUR)
    (finding,) = told["findings"]
    assert (finding["lasts"], finding["reasons"][0]["expected"]) == (True, 3.45)
    assert viewer.send("PUT", f"{address}/1", {"verdict": "real"}).status_code == 403
    assert owner.send("PUT", f"{address}/1", {"verdikt": "real"}).status_code == 400
    assert owner.send("PUT", f"{address}/1", {"verdict": ["real"]}).status_code == 400
    assert owner.send("PUT", f"{address}/1", {"verdict": "real"}).json["findings"][0]["verdict"] == "real"
    assert owner.send("POST", f"{address}/new-normal").json["state"] == "nothing"


def test_the_score_is_a_sensor_of_every_chart_export_and_metric(owner: Visitor, system: System, pump: HeatPump) -> None:
    known(system, pump, 80, State.TRUSTED)
    judged(system, pump, 0.42)
    course = owner.get(f"/api/heatpumps/{pump.id}/series?sensors=anomaly_score&from={NOW - 86400}&to={NOW}").json
    assert 0.42 in course["series"][0]["mean"]
    assert owner.get(f"/api/data/{pump.id}").json["values"]["anomaly_score"] == 0.42
    assert "0.42" in owner.get(f"/heatpumps/{pump.id}/export.csv?sensors=anomaly_score").text
    assert "Anomaly score" in owner.get(f"/heatpumps/{pump.id}").text
    tell(system, pump, NOW, {"temp_outside": -2.5})
    assert re.search(r"^idm_heatpump_anomaly_score\{.*\} 0\.42$", owner.get("/metrics").text, re.MULTILINE)
