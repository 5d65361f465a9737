"""Physical faults are called `fault_<what>`; those declared without the prefix are found by either name."""

import json
from datetime import datetime

import numpy as np
import pytest

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from plant_models.plant import build
from plant_models.tick.kinds import MODELS
from scenarios.expressions.wildcards import matches
from scenarios.timeline.timeline import points
from twin.errors import InputError
from twin.points import FAULT, fault_name
from twin.recorded import open_recording
from twin.recorder import Column, Recorder, Source

START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)


def test_every_fault_is_found_by_its_name_with_the_prefix():
    for model in MODELS:
        for name, point in model.points.items():
            if point.kind == FAULT:
                assert model.point(fault_name(name)) is point
                assert model.point(name) is point
    assert fault_name("fault_trip") == "fault_trip"
    assert fault_name("refrigerant_leak") == "fault_refrigerant_leak"


def test_the_prefix_makes_no_fault_of_another_point(plant_of):
    store = build("office", START, 86400.0).store
    with pytest.raises(InputError, match="no point 'fault_running'"):
        store.read("hp_1.fault_running")
    with pytest.raises(InputError, match="did you mean 'fault_refrigerant_leak'"):
        store.read("hp_1.fault_refrigerant_lek")
    with pytest.raises(InputError, match="no parameter 'fault_volume'"):
        plant_of("  holding: {model: PressureHolding, fault_volume: 1}", "  {}")


def test_a_plant_file_a_store_and_a_scenario_take_both_names(plant_of):
    water = "  loop: (a) > pump > pipe > (a)"
    parts = "  pump: {model: Pump}\n  pipe: {model: Pipe}\n  holding: {model: PressureHolding, loop: (a), %s: 40 L/h}"
    for name in ("leak", "fault_leak"):
        assert plant_of(parts % name, water).store.read("holding.leak") == 40.0
    bench = Bench(build("office", START, 86400.0), read_bench("office"), START)
    bench.store.write("hp_1.fault_contactor_weld", 1.0)
    assert bench.store.read("hp_1.contactor_weld") == 1.0
    assert bench.store.index("hp_1.fault_contactor_weld") == bench.store.index("hp_1.contactor_weld")
    assert points("hp_1.fault_contactor_weld", bench.directory, "x") == ["hp_1.fault_contactor_weld"]
    wild = points("hp_[1-2].fault_contactor_weld", bench.directory, "x")
    assert wild == ["hp_1.contactor_weld", "hp_2.contactor_weld"]
    assert matches("pump_*.fault_trip", ["pump_1.fault_trip", "pump_1.trip"]) == {("1",): "pump_1.fault_trip"}


def test_a_recording_gives_a_fault_by_either_name(tmp_path):
    values = np.array([0.25])
    with Recorder(tmp_path / "run", [Source(values, [Column("hp_1.refrigerant_leak", "1", 0)])], 1000, {}) as recorder:
        recorder.record(0)
    recording = open_recording(tmp_path / "run")
    assert recording.paths() == ["hp_1.refrigerant_leak"]
    assert recording.unit("hp_1.fault_refrigerant_leak") == "1"
    assert json.dumps(recording.signal("hp_1.fault_refrigerant_leak").tolist()) == "[0.25]"
    with pytest.raises(InputError, match="no signal"):
        recording.signal("hp_1.fault_leak")
