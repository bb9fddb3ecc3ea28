"""What every model file promises, asked of every file in drivers/models; and the figures of single models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

import pytest

from drivers import limits
from drivers.blocks import Block, plan
from drivers.catalogue import MODELS_FOLDER, Catalogue
from drivers.model import Model
from drivers.model_file import load_model
from drivers.sensor import Options, Sensor, Tier
from drivers.vocabulary import load_vocabulary
from drivers.wire import decoded, encoded

FILES = sorted(MODELS_FOLDER.glob("*.yaml"))


@pytest.fixture(scope="module", params=FILES, ids=[path.stem for path in FILES])
def model(request: pytest.FixtureRequest) -> Model:
    return load_model(request.param)


@pytest.fixture(scope="module")
def navigator() -> Model:
    return load_model(MODELS_FOLDER / "idm_navigator_2_0.yaml")


def _option_sets(model: Model) -> Iterator[Options]:
    """The usual machine, the bare one, the full one, and one for every single part."""
    yield model.default_options()
    yield {}
    yield {name: option.choices for name, option in model.options.items()}
    for name, option in model.options.items():
        for choice in option.choices:
            yield {name: (choice,)}


def _plans(model: Model) -> Iterator[list[Block]]:
    """How its registers are read; places with names are not read in blocks."""
    if all(sensor.path for sensor in model.every_sensor.values()):
        return
    for options in _option_sets(model):
        yield plan(_registers(model, options, "fast", "slow"), model.reads)
        yield plan(_registers(model, options, "fast"), model.reads)
        yield plan(_registers(model, options, "slow"), model.reads)


def _registers(model: Model, options: Options, *tiers: Tier) -> list[Sensor]:
    return [sensor for sensor in model.sensors(options, tiers) if sensor.derived is None]


def _writable(model: Model) -> list[Sensor]:
    return [sensor for sensor in model.every_sensor.values() if sensor.write is not None]


def test_the_catalogue_finds_every_file_by_manufacturer_and_model() -> None:
    catalogue = Catalogue()
    assert [catalogue.named(model.name) for model in catalogue] == list(catalogue)


def test_it_reads_something_with_any_options(model: Model) -> None:
    for options in _option_sets(model):
        assert model.sensors(options)


def test_every_sensor_is_read_by_a_machine_with_everything(model: Model) -> None:
    everything = {name: option.choices for name, option in model.options.items()}
    read = {sensor.id for sensor in model.sensors(everything)}
    assert read == {sensor.id for sensor in model.every_sensor.values() if sensor.readable}


def test_ids_and_places_are_unique(model: Model) -> None:
    places = Counter((sensor.table, sensor.place, sensor.bit) for sensor in model.registers.values())
    assert [place for place, count in places.items() if count > 1] == []
    assert all(sensor_id == sensor.id for sensor_id, sensor in model.every_sensor.items())


def test_no_two_sensors_are_called_the_same(model: Model) -> None:
    for language in ("de", "en"):
        titles = Counter(sensor.title[language] for sensor in model.every_sensor.values())
        assert [title for title, count in titles.items() if count > 1] == []


def test_every_source_is_described_and_every_described_source_is_used(model: Model) -> None:
    cited = {source for sensor in model.every_sensor.values() for source in sensor.sources}
    assert cited == set(model.sources)
    assert all(model.sources.values())


def test_everything_an_owner_reads_is_there_in_german_and_english(model: Model) -> None:
    texts = [model.setup, *(chart.title for chart in model.dashboard)]
    texts += [option.title for option in model.options.values()]
    for sensor in model.every_sensor.values():
        texts += [sensor.title, *sensor.state_titles.values()]
        assert set(sensor.states.values()) == set(sensor.state_titles)
    assert [text for text in texts if not text.de.strip() or not text.en.strip()] == []


def test_every_model_has_an_operating_mode_in_the_words_that_all_makers_share(model: Model) -> None:
    shared = {"off", "standby", "heating", "hot_water", "cooling", "defrost", "pool", "blocked", "fault"}
    mode = model.every_sensor["operating_mode"]
    assert {"heating", "hot_water"} <= set(mode.states.values()) <= shared
    assert mode.tier == "fast"


def test_a_read_takes_adjacent_registers_only(model: Model) -> None:
    for blocks in _plans(model):
        for block in blocks:
            for before, after in pairwise(block.sensors):
                bits_of_one_word = before.at == after.at and None not in (before.bit, after.bit)
                assert before.end == after.at or bits_of_one_word
            assert {sensor.table for sensor in block.sensors} == {block.table}


def test_a_read_is_never_longer_than_the_controller_allows(model: Model) -> None:
    assert max((block.count for blocks in _plans(model) for block in blocks), default=0) <= model.reads.max_count


def test_registers_that_must_stay_apart_never_share_a_read(model: Model) -> None:
    for blocks in _plans(model):
        for block in blocks:
            places = {sensor.at for sensor in block.sensors}
            assert not any(apart <= places for apart in model.reads.never_together)


def test_registers_that_must_stay_apart_are_registers_of_the_model(model: Model) -> None:
    places = {sensor.at for sensor in model.registers.values()}
    assert all(apart <= places for apart in model.reads.never_together)


def test_a_register_that_wants_to_be_alone_is_read_alone(model: Model) -> None:
    for blocks in _plans(model):
        for block in blocks:
            assert len(block.sensors) == 1 or not any(sensor.alone for sensor in block.sensors)


def test_a_doubtful_register_never_shares_a_read_with_a_certain_one(model: Model) -> None:
    for blocks in _plans(model):
        assert all(len({sensor.optional for sensor in block.sensors}) == 1 for block in blocks)


def test_every_planned_sensor_is_read_exactly_once(model: Model) -> None:
    for options in _option_sets(model):
        sensors = [sensor for sensor in _registers(model, options, "fast", "slow") if not sensor.path]
        planned = [sensor.id for block in plan(sensors, model.reads) for sensor in block.sensors]
        assert sorted(planned) == sorted(sensor.id for sensor in sensors)


def test_every_sentinel_means_no_value(model: Model) -> None:
    for sensor in model.every_sensor.values():
        bare = replace(sensor, absent=frozenset(), states={}, scale=1.0, divide=1, bit=None)
        for sentinel in sensor.absent:
            if sensor.type == "thousands":
                assert decoded(sensor, (int(sentinel), 0)) is decoded(sensor, (0, int(sentinel))) is None, sensor.id
                continue
            raw = sentinel if isinstance(sentinel, str) else encoded(bare, sentinel)
            assert decoded(sensor, raw) is None, sensor.id


def test_every_state_leads_to_its_code_and_back(model: Model) -> None:
    for sensor in model.registers.values():
        for code, word in sensor.states.items():
            assert decoded(sensor, encoded(sensor, code)) == word, sensor.id
            assert decoded(sensor, encoded(sensor, word)) == word, sensor.id


def test_every_limit_of_a_setting_may_be_written_and_reads_back(model: Model) -> None:
    for sensor in _writable(model):
        for limit in (sensor.write.minimum, sensor.write.maximum) if sensor.write else ():
            if limit is not None and not sensor.states:
                limits.check(sensor, limit)
                assert decoded(sensor, encoded(sensor, limit)) in (limit, None), sensor.id


def test_every_code_to_write_is_a_state_and_reads_back(model: Model) -> None:
    for sensor in _writable(model):
        for code in (sensor.write.states or ()) if sensor.write else ():
            limits.check(sensor, code)
            assert decoded(sensor, encoded(sensor, code)) == sensor.states[code], sensor.id


def test_every_setting_knows_what_may_be_sent(model: Model) -> None:
    for sensor in _writable(model):
        assert not sensor.states or (sensor.write and sensor.write.states), sensor.id
        assert sensor.kind != "counter", sensor.id


def test_a_value_that_must_be_refreshed_has_a_neutral_one(model: Model) -> None:
    for sensor in _writable(model):
        assert sensor.write
        assert sensor.write.refresh_s is None or sensor.write.neutral is not None, sensor.id


def test_a_new_heat_pump_gets_a_dashboard_of_sensors_it_has(model: Model) -> None:
    read = {sensor.id for sensor in model.sensors(model.default_options())}
    assert model.dashboard
    for chart in model.dashboard:
        assert set(chart.sensors) <= read, chart.title.en


def test_a_chart_of_states_shows_states_and_a_line_shows_one_unit(model: Model) -> None:
    for chart in model.dashboard:
        sensors = [model.every_sensor[sensor_id] for sensor_id in chart.sensors]
        if chart.type == "states":
            assert {sensor.kind for sensor in sensors} <= {"state", "switch"}, chart.title.en
        else:
            assert len({sensor.unit for sensor in sensors}) == 1, chart.title.en


def test_what_tells_that_a_part_is_fitted_belongs_to_that_part(model: Model) -> None:
    for name, option in model.options.items():
        for choice, sensor_ids in option.fitted_when.items():
            for sensor_id in sensor_ids:
                assert (name, choice) in model.every_sensor[sensor_id].part


def test_every_word_of_the_vocabulary_has_a_title_in_both_languages() -> None:
    vocabulary = load_vocabulary()
    titles: list[Mapping[str, object]] = [vocabulary.categories, vocabulary.states, vocabulary.sensors]
    for words in titles:
        assert [key for key, word in words.items() if not getattr(word, "de", "") or not getattr(word, "en", "")] == []


# ── iDM Navigator 2.0 ──


def _reads(model: Model, options: Options, *tiers: str) -> tuple[int, int]:
    """Requests of one poll: those that every machine answers, and those that only newer firmware answers."""
    wanted = [each for each in model.sensors(options) if each.derived is None and (not tiers or each.tier in tiers)]
    blocks = plan(wanted, model.reads)
    optional = sum(block.sensors[0].optional for block in blocks)
    return len(blocks) - optional, optional


def test_the_navigator_has_all_its_registers_and_88_of_them_wear_out(navigator: Model) -> None:
    assert len(navigator.every_sensor) == 668
    worn = [sensor for sensor in _writable(navigator) if sensor.write and sensor.write.wear == "eeprom"]
    assert len(worn) == 88


@pytest.mark.parametrize(
    ("circuits", "zones", "fitted"),
    [("A", "", 141), ("AB", "", 157), ("ABCDEFG", "", 237), ("A", "1", 184), ("", "", 125)],
)
def test_the_navigator_reads_only_the_parts_that_are_fitted(
    circuits: str, zones: str, fitted: int, navigator: Model
) -> None:
    assert len(navigator.sensors({"circuits": tuple(circuits), "zones": tuple(zones)})) == fitted


def test_the_navigators_measured_values_need_19_reads(navigator: Model) -> None:
    assert sum(_reads(navigator, {"circuits": ("A",)}, "fast")) <= 19


def test_all_values_of_a_navigator_need_38_reads_and_four_attempts_at_newer_ones(navigator: Model) -> None:
    certain, optional = _reads(navigator, {"circuits": ("A",)})
    assert certain <= 38
    assert optional <= 4


def test_the_navigators_settings_that_ride_along_are_the_two_between_measured_values(navigator: Model) -> None:
    riding = [sensor.id for sensor in _writable(navigator) if sensor.tier == "fast"]
    assert riding == ["system_mode", "mode_solar"]


def test_the_navigators_undocumented_mode_is_read_and_never_written(navigator: Model) -> None:
    mode = navigator.every_sensor["system_mode"]
    assert mode.states[3] == "holiday"
    assert mode.write is not None
    assert mode.write.states == (0, 1, 2, 4, 5)


def test_the_navigators_fault_acknowledgement_is_never_read(navigator: Model) -> None:
    everything = {name: option.choices for name, option in navigator.options.items()}
    assert "acknowledge_faults" not in [sensor.id for sensor in navigator.sensors(everything)]


@pytest.mark.parametrize(
    ("sensor_id", "at"),
    [
        ("temp_flow_circuit_g", 1362),
        ("mode_circuit_g", 1399),
        ("heating_curve_circuit_g", 1441),
        ("curve_offset_g", 1511),
        ("temp_external_room_g", 1662),
        ("mode_zone_10", 2585),
        ("relay_zone_10_room_9", 2649),
        ("temp_room_zone_1_room_2", 2009),
        ("mode_zone_10_room_8", 2641),
    ],
)
def test_the_navigators_repeated_registers_lie_where_the_manual_says(sensor_id: str, at: int, navigator: Model) -> None:
    assert navigator.every_sensor[sensor_id].at == at
