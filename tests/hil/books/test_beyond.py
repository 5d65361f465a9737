"""Outside the model's range: what says so is found in the recording, told with its law, and stands in the result."""

import pytest

from hil.books.beyond import Beyond, beyond, flags
from plant_models.heat_pump.water_water_unit import WaterWaterUnit
from plant_models.piping.pump import Pump
from scenarios import MemoryRecording
from twin.points import Model, sensor
from twin.store import Store

TIME = [0.0, 10.0, 20.0, 30.0, 50.0]


class Probe(Model):
    """A component with a law that says by how much it was left."""

    reading = sensor("degC")
    beyond_curve = sensor("K", law="curve of the probe")


@pytest.fixture
def store():
    return Store({Probe: ["probe_1", "probe_2"], WaterWaterUnit: ["hp_1"], Pump: ["pump"]})


def recording(**signals):
    known = {path.replace("__", "."): values for path, values in signals.items()}
    return MemoryRecording(TIME, known, dict.fromkeys(known, "1"))


def test_only_points_with_a_law_are_flags(store):
    found = {path: point.law for path, point in flags(store)}
    assert found["probe_1.beyond_curve"] == "curve of the probe"
    assert found["hp_1.map_clamped"].startswith("performance map")
    assert "probe_1.reading" not in found


def test_first_time_length_and_worst_moment(store):
    found = beyond(store, recording(probe_1__beyond_curve=[0.0, -1.0, 0.0, 2.5, 0.5], probe_1__reading=[9.0] * 5))
    assert found == [Beyond("probe_1.beyond_curve", "curve of the probe", "K", 10.0, 30.0, 2.5, 30.0)]


def test_the_longest_comes_first_and_what_is_not_known_is_no_flag(store):
    nan = float("nan")
    found = beyond(
        store,
        recording(
            probe_1__beyond_curve=[1.0, 0.0, 0.0, 0.0, 0.0],
            probe_2__beyond_curve=[nan, nan, 0.0, 0.0, nan],
            hp_1__map_clamped=[0.0, 1.0, 1.0, 1.0, 0.0],
        ),
    )
    assert [(one.path, one.length_s) for one in found] == [("hp_1.map_clamped", 40.0), ("probe_1.beyond_curve", 10.0)]


def test_a_flag_of_several_states_is_told_by_their_names(store):
    found = beyond(store, recording(hp_1__envelope=[0.0, 2.0, 2.0, 5.0, 0.0]))
    names = {2: "mop", 5: "low difference"}
    assert [(one.law, one.first_s, one.length_s, one.worst) for one in found] == [
        (f"operating envelope of the unit: {names[2]}", 10.0, 20.0, 1.0),
        (f"operating envelope of the unit: {names[5]}", 30.0, 20.0, 1.0),
    ]


def test_a_law_that_was_kept_is_not_listed(store):
    assert beyond(store, recording(probe_1__beyond_curve=[0.0] * 5)) == []
