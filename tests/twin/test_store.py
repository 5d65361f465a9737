"""The store: names, tables and the vector are three views of the same numbers."""

import numpy as np
import pytest

from twin.errors import InputError
from twin.points import Model, command, link, sensor, state, status
from twin.store import Store


class Well(Model):
    """A link, a sensor and a row of numbers."""

    passage = link("passage")
    leaving_temp = sensor("degC", 14.5)
    layer = state("degC", 10.0, count=3)


class Pump(Model):
    """A limited command and a proof."""

    speed_cmd = command("1", lo=0.0, hi=1.0)
    running = status()
    flow = sensor("m3/h")


@pytest.fixture
def store() -> Store:
    return Store({Well: ["well_1", "well_2"], Pump: ["pump_1", "pump_2", "pump_3"]})


def test_everything_starts_at_its_default_and_unconnected(store: Store) -> None:
    assert store.values.size == 2 * (1 + 1 + 3) + 3 * 3
    assert store.tables["well"].leaving_temp.tolist() == [14.5, 14.5]
    assert (store.tables["well"].layer == 10.0).all()
    assert store.tables["well"].passage.tolist() == [-1, -1]
    assert store.tables["pump"].speed_cmd.tolist() == [0.0, 0.0, 0.0]


def test_path_row_table_and_vector_are_one_number(store: Store) -> None:
    for number, (path, _) in enumerate(store.paths()):
        store.values[store.index(path)] = number
    assert len({store.index(path) for path, _ in store.paths()}) == 2 * 4 + 3 * 3
    for number, (path, _) in enumerate(store.paths()):
        assert store.read(path) == number
    assert store.row("well_2").layer[1] == store.read("well_2.layer[1]")
    store.tables["pump"][2].flow = 12.5
    assert store.read("pump_3.flow") == 12.5
    store.row("pump_3").flow = 13.5
    assert store.values[store.index("pump_3.flow")] == 13.5
    assert store.tables["well"].passage.tolist() == [-1, -1]


def test_paths_come_in_the_order_of_the_vector(store: Store) -> None:
    paths = [path for path, _ in store.paths()]
    assert paths[:5] == ["well_1.leaving_temp", "well_1.layer[0]", "well_1.layer[1]", "well_1.layer[2]",
                         "well_2.leaving_temp"]  # fmt: skip
    indices = [store.index(path) for path in paths]
    assert indices == sorted(indices)


def test_components_their_models_and_rows(store: Store) -> None:
    assert list(store.components())[1:3] == [("well_2", Well, 1), ("pump_1", Pump, 0)]
    assert store.model("pump_2") is Pump
    assert store.row_number("pump_2") == 1
    assert store.models == {"well": Well, "pump": Pump}
    assert store.point("well_1.layer[2]") is Well.points["layer"]


def test_values_are_read_and_written_in_other_units(store: Store) -> None:
    store.write("pump_1.flow", 10.0, "L/s")
    assert store.read("pump_1.flow") == 36.0
    assert store.read("pump_1.flow", "m3/s") == 0.01
    store.write("well_1.leaving_temp", 50.0, "degF")
    assert store.read("well_1.leaving_temp") == pytest.approx(10.0)
    assert store.read("well_1.leaving_temp", "K") == pytest.approx(283.15)
    store.write("pump_1.speed_cmd", 40.0, "%")
    assert store.read("pump_1.speed_cmd") == pytest.approx(0.4)


def test_a_value_out_of_range_is_refused_and_not_stored(store: Store) -> None:
    for value in (-0.01, 1.01, float("nan")):
        with pytest.raises(InputError, match=r"pump_1.speed_cmd: .* is outside 0 .. 1$"):
            store.write("pump_1.speed_cmd", value)
    with pytest.raises(InputError, match="not a quantity in m3/h"):
        store.write("pump_1.flow", 1.0, "kW")
    assert store.read("pump_1.speed_cmd") == 0.0


def test_commands_are_writable_and_measurements_are_not(store: Store) -> None:
    assert store.writable("pump_1.speed_cmd")
    assert not store.writable("pump_1.running")
    assert not store.writable("well_1.layer[0]")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("well_1.leaving_tmp", "well_1 (Well): no point 'leaving_tmp'; did you mean 'leaving_temp'?"),
        ("wel_1.leaving_temp", "no component 'wel_1'; did you mean 'well_1'?"),
        ("well_1", "'well_1' is not a path; expected component.point, such as hp_1.leaving_temp"),
        ("well_1.layer", "'well_1.layer': 'layer' has elements [0] .. [2]"),
        ("well_1.layer[3]", "'well_1.layer[3]': 'layer' has elements [0] .. [2]"),
        ("well_1.layer[-1]", "'well_1.layer[-1]' is not a path; expected component.point, such as hp_1.leaving_temp"),
        ("well_1.leaving_temp[1]", "'well_1.leaving_temp[1]': 'leaving_temp' has elements [0] .. [0]"),
        ("well_1.passage", "well_1 (Well): no point 'passage'; allowed: layer, leaving_temp"),
        ("", "'' is not a path; expected component.point, such as hp_1.leaving_temp"),
    ],
)
def test_a_wrong_path_says_what_is_wrong_with_it(store: Store, path: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        store.index(path)
    assert str(caught.value) == message


def test_two_components_cannot_share_a_name() -> None:
    with pytest.raises(InputError, match="two components are named 'x'"):
        Store({Well: ["x"], Pump: ["x"]})


def test_a_kind_without_components_has_an_empty_table() -> None:
    store = Store({Well: [], Pump: ["pump_1"]})
    assert len(store.tables["well"]) == 0
    assert store.index("pump_1.flow") == 2


def test_a_snapshot_restores_every_bit_in_place(store: Store) -> None:
    vector = store.values
    bits = np.random.default_rng(1).integers(0, 2**63, vector.size).view(np.float64)
    vector[:] = bits
    snapshot = store.snapshot()
    vector[:] = 0.0
    assert snapshot.view(np.int64).tolist() == bits.view(np.int64).tolist()
    store.restore(snapshot)
    assert store.values is vector
    assert vector.view(np.int64).tolist() == bits.view(np.int64).tolist()
    snapshot[:] = 1.0
    assert vector.view(np.int64).tolist() == bits.view(np.int64).tolist()


def test_a_snapshot_of_another_plant_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match="the snapshot has 3 numbers, this plant 19"):
        store.restore(np.zeros(3))
