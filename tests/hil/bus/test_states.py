"""What the names of a device's numbers mean for the point behind them."""

from datetime import datetime

import pytest

from hil.bus.bus import Bus
from hil.bus.maps.device_file import parse_device
from hil.bus.refusal import RefusedRequest
from hil.bus.unit import Unit
from plant_models.plant import build
from twin.errors import InputError

START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)


@pytest.fixture(scope="module")
def store():
    return build("office", START, 86400.0).store


def bus(store, component, *registers):
    lines = "".join(f"  - {{{register}}}\n" for register in registers)
    device = parse_device(f"device: panel\nsource: made up\nregisters:\n{lines}", "panel.yaml")
    return Bus(store, [Unit(component, 502, 1, device, component)])


def state_register(values):
    return f"table: ir, address: 0, name: s, type: enum, values: {{{values}}}, point: state"


def hand_switch(values, more="", point="enable_cmd"):
    return f"table: hr, address: 0, name: hand, type: enum, access: rw, values: {values}, point: {point}{more}"


def test_the_number_written_is_the_state_that_it_is_called(store):
    """A pump whose maker counts 0 ON, 1 OFF: writing OFF stops it."""
    panel = bus(store, "load_pump_1", hand_switch("{0: ON, 1: OFF}"))
    slot = panel.slot("load_pump_1.hand")
    for raw, command in ((0.0, 1.0), (1.0, 0.0), (0.0, 1.0)):
        panel.write(slot, raw)
        for write in panel.inbox.take(0):
            store.values[write.slot] = write.value
        assert store.read("load_pump_1.enable_cmd") == command
        panel.refresh(0.0)
        assert panel.values[slot.place] == raw
    with pytest.raises(RefusedRequest):
        panel.write(slot, 2.0)
    store.write("load_pump_1.enable_cmd", 0.0)


def test_the_names_of_a_point_with_states_are_matched_whatever_their_case(store):
    panel = bus(store, "hp_1", state_register(states_of(store)))
    for code, raw in ((0.0, 10.0), (1.0, 11.0)):
        store.write("hp_1.state", code)
        panel.refresh(0.0)
        assert panel.values[0] == raw
    store.write("hp_1.state", 0.0)


def states_of(store):
    """The states of a unit in capitals, counted from 10."""
    return ", ".join(f"{10 + code}: {name.upper()}" for code, name in store.point("hp_1.state").values.items())


def test_three_positions_on_a_point_with_two_say_what_they_mean(store):
    panel = bus(store, "load_pump_1", hand_switch("{0: AUTO, 1: OFF, 2: ON}", ", means: {0: off}"))
    slot = panel.slot("load_pump_1.hand")
    for raw, command in ((2.0, 1.0), (1.0, 0.0), (0.0, 0.0)):
        panel.write(slot, raw)
        writes = list(panel.inbox.take(0))
        assert [write.value for write in writes] == [command]
    panel.refresh(0.0)
    assert panel.values[slot.place] == 0.0, "the first number in the file that stands for a state is the one shown"


@pytest.mark.parametrize(
    ("register", "message"),
    [
        (hand_switch("{0: AUTO, 1: OFF, 2: ON}"), "panel.hand: what 0: 'AUTO' means for enable_cmd is not known"),
        (hand_switch("{0: offf, 1: ON}"), "'offf' means for enable_cmd is not known; did you mean 'off'?"),
        (hand_switch("{0: off, 1: 'on'}", ", means: {2: off}"), "means: 2 is not among the values"),
        (
            hand_switch("{0: A, 1: B}", ", means: {0: off, 1: 7}"),
            "means: 1: '7' is no state of enable_cmd: means: 1: 7 is",
        ),
        (hand_switch("{0: off, 1: OFF}"), "two of its names are 'off'"),
        (hand_switch("{0: off, 1: 'on'}", "", "speed_sp_nope"), "no point 'speed_sp_nope'"),
        ("table: ir, address: 0, name: a, uom: bananas", "uom: 'bananas' is not a unit"),
        (
            "table: ir, address: 0, name: w, type: bitfield, bits: {0: running}, point: running",
            "are points of their own",
        ),
        ("table: ir, address: 0, name: n, type: uint16, means: {0: off}", "'means' is for the type enum"),
    ],
)
def test_a_name_that_means_nothing_or_two_things_is_refused(store, register, message):
    with pytest.raises(InputError) as error:
        bus(store, "load_pump_1", register)
    assert message in str(error.value)


def test_a_state_that_no_number_stands_for_is_refused_where_it_would_be_shown(store):
    with pytest.raises(InputError, match=r"no number stands for .* of state; give each a value"):
        bus(store, "hp_1", state_register("0: 'off'"))
