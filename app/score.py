"""The anomaly score as a sensor of every heat pump: nobody reads it from a machine, and everything can use it."""

from __future__ import annotations

from drivers.sensor import Sensor, Text

SCORE = "anomaly_score"
INTERVAL_S = 3600.0

SCORE_SENSOR = Sensor(
    id=SCORE,
    title=Text(de="Auffälligkeit (1 = Alarmgrenze)", en="Anomaly score (1 = alarm line)"),
    unit="",
    category="state",
    kind="number",
    table="",
    at=0,
    type="float32",
    words=2,
    word_order="big",
    scale=1.0,
    tier="slow",
    sources=("detector", "detector"),  # computed here: nobody else could confirm it
)
"""One value per hour, 0 and more; from 1 on the heat pump behaves unusually."""
