"""A small controller with every oddity that the simulators know, as a model file."""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.model import Model
from drivers.model_file import load_model
from drivers.simulators.plant import Plant

DAY_S = 86_400

CONTROLLER = """
    manufacturer: tester
    manufacturer_title: Tester
    model: oddity
    title: Tester Oddity
    driver: modbus_tcp
    connection: {port: 502}
    capabilities: {heating: true}
    setup: {de: "", en: ""}
    sources: {one: first, two: second}
    defaults:
      word_order: little
      sources: [one, two]
      absent: {float32: [-1.0], uint8: [255], uint16: [65535]}
    reads: {max_count: 40, never_together: [[30, 31]]}
    options:
      circuits: {title: {de: K, en: C}, choices: [A, B, C], default: [A], unfitted: sentinel,
                 fitted_when: ["temp_flow_circuit_{choice}"]}
      zones: {title: {de: Z, en: Z}, choices: [1, 2], default: [], unfitted: refused,
              fitted_when: ["mode_zone_{choice}"]}
    states:
      hot_water_only: {de: a, en: a}
      first: {de: b, en: b}
    sensors:
      temp_outside: {at: 10, type: float32, absent: []}
      temp_outside_avg: {at: 12, type: float32, absent: []}
      operating_mode: {at: 14, type: uint8, states: {0: "off", 1: heating, 4: hot_water, 8: defrost}}
      compressor_on: {at: 15, type: uint8}
      temp_hot_water: {at: 16, type: int16, scale: 0.1}
      temp_hot_water_target: {at: 17, type: uint8, tier: slow, write: {wear: eeprom, min: 35, max: 60}, default: 46}
      system_mode:
        {at: 18, type: uint8, states: {0: standby, 1: automatic, 3: holiday, 4: hot_water_only}, default: 1,
         write: {wear: eeprom, states: [0, 1, 4]}}
      heating_curve: {at: 19, type: uint8, write: {wear: eeprom, min: 2, max: 9}, default: 5}
      humidity: {at: 30, type: float32, title: {de: H, en: H}, unit: "%", category: circuits}
      mode: {at: 31, type: uint8, title: {de: M, en: M}, category: state, default: 7}
      energy_heat_total: {at: 32, type: uint32, word_order: big, scale: 0.1}
      compressor_starts: {at: 34, type: uint16}
      solar: {at: 40, type: float32, title: {de: S, en: S}, category: solar}
      solar_pump: {at: 42, type: uint8, title: {de: S, en: S}, category: solar}
      solar_state: {at: 43, type: uint8, states: {2: first}, title: {de: S, en: S}, category: solar, absent: []}
      demand_glt:
        {at: 44, type: float32, title: {de: G, en: G}, category: external, write: {wear: volatile, min: 15, max: 30}}
      buffer_glt:
        {at: 63, type: float32, title: {de: G, en: G}, category: external, write: {wear: volatile, neutral: -1}}
      bare: {at: 46, type: int16, title: {de: B, en: B}, category: state}
      room_mode: {at: 50, type: uint8, alone: true, title: {de: R, en: R}, category: state, default: 3}
      room_relay: {at: 51, type: uint8, title: {de: R, en: R}, category: state, default: 1}
      acknowledge:
        {at: 60, type: uint8, readable: false, title: {de: Q, en: Q}, category: external,
         write: {wear: volatile, min: 0, max: 1}}
      newer: {at: 61, type: uint8, optional: true, title: {de: N, en: N}, category: state, default: 9}
      small:
        {at: 62, type: int8, title: {de: K, en: K}, category: settings, write: {wear: volatile, min: -20, max: 20}}
    repeat:
      - over: {circuit: circuits}
        sensors:
          "temp_flow_circuit_{circuit}": {at: {from: 70, step: {circuit: 2}}, type: float32}
          "temp_room_target_circuit_{circuit}":
            {at: {from: 80, step: {circuit: 2}}, type: float32, write: {wear: eeprom, min: 15, max: 30}, default: 22}
      - over: {zone: zones}
        sensors:
          "mode_zone_{zone}":
            {at: {from: 90, step: {zone: 1}}, type: uint8, states: {0: "off", 1: heating},
             title: {de: M, en: M}, category: zones}
"""


def at(text: str) -> float:
    """Unix seconds of a day, such as 2024-01-15."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def a_model(folder: Path, text: str = CONTROLLER) -> Model:
    file = folder / "tester_oddity.yaml"
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    return load_model(file)


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return a_model(tmp_path_factory.mktemp("models"))


@pytest.fixture
def plant() -> Plant:
    return Plant(1, start=at("2024-01-15"))
