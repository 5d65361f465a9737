"""What a plant is told to begin at is there after the first tick, as if it had been so before; accounts start at 0."""

import math
from collections.abc import Callable
from datetime import datetime

import pytest

from plant_models.plant import Plant, build
from twin.errors import InputError

START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)
WINTER = {f"v{k}.position": 1.0 for k in (1, 3, 5, 7)}
AT_WORK = WINTER | {
    "bypass.opening": 1.0,
    "load_holding.loop_temp": 40.0,
    "source_holding.loop_temp": 12.0,
    "load_pump_1.speed": 0.9,
    "source_pump_1.running": 1.0,
    "hp_1.running": 1.0,
    "hp_1.capacity": 0.75,
}
"""The office in the middle of a winter's day: valves as in winter, water warm, one unit at three of four steps."""


def begun(values: dict[str, float], name: str = "office", ticks: int = 1) -> Plant:
    plant = build(name, START, 86400.0)
    plant.begin(values)
    plant.advance(ticks)
    return plant


def read(plant: Plant, *paths: str) -> list[float]:
    return [plant.store.read(path) for path in paths]


def balanced(plant: Plant) -> None:
    plant.advance(600)
    balance = plant.balance()
    assert balance["energy_residual"] < 1e-6
    assert balance["water_residual"] < 1e-6
    assert balance["failures"] == 0


def test_air_walls_and_moisture_of_rooms():
    plant = begun({"zone_1.temp": 25.0, "zone_2.mass_temp": 10.0, "zone_2.wall_temp": 5.0, "zone_3.humidity": 0.3})
    assert read(plant, "zone_1.temp", "zone_1.measured_temp") == [25.0, 25.0]
    assert 22.0 < plant.store.read("zone_1.operative_temp") < 25.0, "colder surfaces on a winter's day"
    assert plant.store.read("zone_1.mass_temp") > plant.store.read("zone_1.wall_temp") > 15.0, "their steady profile"
    assert read(plant, "zone_2.mass_temp", "zone_2.wall_temp") == [10.0, 5.0]
    assert plant.store.read("zone_3.dew_point") == pytest.approx(1.9, abs=0.1), "30 % at 20 degC: Magnus 1.9 degC"
    plant.advance(120)
    assert plant.store.read("zone_1.temp") == pytest.approx(25.0, abs=0.5)
    assert plant.store.read("zone_3.humidity") == pytest.approx(0.3, abs=0.01)


def test_air_that_is_warmer_holds_the_same_water():
    plant = begun({"zone_1.temp": 25.0})
    assert plant.store.read("zone_1.humidity") == pytest.approx(0.5 * 2339.0 / 3169.0, abs=0.005), "steam tables"


def test_a_loop_is_warm_in_all_its_water_and_nowhere_else():
    plant = begun(WINTER | {"load_holding.loop_temp": 40.0})
    loop = (
        "supply_riser.temp", "return_riser.temp", "buffer.temp", "buffer.layers[9]", "hp_2.condenser_leaving_temp",
        "load_meter.supply_temp", "load_meter.return_temp", "load_pump_2/passage.temp", "fan_coil_8/passage.temp",
        "load_holding.loop_temp",
    )  # fmt: skip
    for path in loop:
        assert plant.store.read(path) == pytest.approx(40.0, abs=0.05), path
    for path in ("source_pipe.temp", "hp_1.evaporator_leaving_temp", "well_supply_pipe.temp", "v8/passage.temp"):
        assert plant.store.read(path) < 16.0, path
    assert plant.store.read("load_holding.pressure") == pytest.approx(2.5e5, abs=200.0), "filled to its pressure"
    assert read(plant, "load_holding.made_up", "load_holding.relieved") == pytest.approx([0.0, 0.0], abs=1e-9)
    balanced(plant)


def test_closed_valves_end_a_loop():
    plant = begun({"load_holding.loop_temp": 40.0})
    assert plant.store.read("supply_riser.temp") == pytest.approx(40.0, abs=0.05)
    assert plant.store.read("hp_1.condenser_leaving_temp") < 16.0


def test_vessel_and_make_up_tank():
    plant = begun({"load_holding.pressure": 2.2e5, "source_holding.tank_level": 0.5})
    assert plant.store.read("load_holding.pressure") == pytest.approx(2.2e5, abs=300.0)
    assert plant.store.read("source_holding.tank_level") == pytest.approx(0.5, abs=0.001)
    balanced(plant)


def test_layers_of_a_tank():
    plant = begun({"buffer.top_temp": 49.0, "buffer.bottom_temp": 31.0, "buffer.layers[9]": 25.0}, ticks=5)
    assert read(plant, "buffer.top_temp", "buffer.layers[4]", "buffer.layers[8]", "buffer.bottom_temp") == [
        49.0, 41.0, 33.0, 25.0,
    ]  # fmt: skip
    assert plant.store.read("buffer.temp") == pytest.approx((sum(range(33, 50, 2)) + 25.0) / 10.0)
    assert begun({"buffer.temp": 45.0}).store.read("buffer.layers[7]") == 45.0
    with pytest.raises(InputError, match="buffer: layer 9 at 50 degC would lie under layer 8"):
        begun({"buffer.temp": 45.0, "buffer.layers[9]": 50.0})


def test_a_pipe_in_all_its_water():
    plant = begun(AT_WORK | {"return_riser.temp": 31.0}, ticks=10)
    assert plant.store.read("return_riser.temp") < 35.0
    assert plant.store.read("load_meter.return_temp") == pytest.approx(31.0, abs=0.1), "what flows out of it"
    balanced(plant)


@pytest.mark.parametrize("path", ["v1.position", "v1.start_position"])
def test_a_valve_stands_where_it_began(path):
    plant = begun({path: 1.0}, ticks=120)
    assert read(plant, "v1.position", "v1.open_proof", "v1.open_cmd") == [1.0, 1.0, 1.0]


def test_a_valve_moves_from_where_it_began():
    plant = begun({"v1.position": 1.0, "v1.open_cmd": 0.0}, ticks=30)
    assert plant.store.read("v1.position") == pytest.approx(0.5), "half a stroke of 60 s"


WAYS = """
  valve: {model: ThreeWayValve, kv: 25 m3/h, leakage: 0, a: (hot), b: (cold), ab: (mixed), stroke_time: 30 s}
  one:   {model: Pipe, dn_mm: 300 mm, length_m: 1 m}
  two:   {model: Pipe, dn_mm: 300 mm, length_m: 1 m}
  pump:  {model: Pump, catalogue: il_80_220, drive: dol}
  holding: {model: PressureHolding, volume: 80 L, loop_volume: 1 m3, loop: (mixed)}
"""
WATER = "  loop: (mixed) > pump > (split)\n  a: (split) > one > (hot)\n  b: (split) > two > (cold)"


def test_a_three_way_valve_shares_the_flow_from_the_first_tick(plant_of: Callable[..., Plant]):
    plant = plant_of(WAYS, WATER)
    plant.begin({"valve.position": 0.25, "pump.running": 1.0, "one.temp": 60.0, "two.temp": 20.0})
    plant.advance(1)
    assert read(plant, "valve.position", "valve.position_cmd", "pump.speed") == [0.25, 0.25, 1.0]
    assert plant.store.read("valve.flow_a") == pytest.approx(0.25 * plant.store.read("valve.flow"), rel=0.01)
    assert plant.store.read("mixed.temp") == pytest.approx(30.0, abs=0.1), "a quarter of 60, three of 20 degC"
    with pytest.raises(InputError, match=r"pump: a running pump begins at a speed of 1 .. 1, not at 0.5"):
        plant.begin({"pump.speed": 0.5})


def test_a_pump_is_at_its_speed_at_once():
    plant = begun(AT_WORK)
    assert read(plant, "load_pump_1.speed", "load_pump_1.running", "load_pump_1.starts") == [0.9, 1.0, 0.0]
    assert plant.store.read("load_pump_1.flow") > 30.0
    assert read(plant, "source_pump_1.speed", "source_pump_1.running") == [1.0, 1.0]
    for wrong in ({"load_pump_1.speed": 0.1}, {"load_pump_1.speed": 0.5, "load_pump_1.running": 0.0}):
        with pytest.raises(InputError, match=r"^load_pump_1: "):
            begun(wrong)


def test_a_unit_runs_on():
    plant = begun(AT_WORK, ticks=30)
    names = ("running", "contactor", "alarm", "starts", "starts_last_hour")
    assert read(plant, *(f"hp_1.{name}" for name in names)) == [1.0, 1.0, 0.0, 0.0, 1.0]
    assert plant.store.read("hp_1.on_time") == 630.0, "its minimum on time, and since"
    assert plant.store.read("hp_1.capacity") == pytest.approx(0.75, abs=0.01)
    assert plant.store.read("hp_1.heating_capacity") == pytest.approx(0.75 * 215e3, rel=0.25)
    assert plant.store.read("hp_1.energy") == pytest.approx(30.0 * plant.store.read("hp_1.power"), rel=0.05)
    balanced(plant)


def test_a_unit_begins_with_its_refrigerant_in_step():
    """The approach of either exchanger is there from the first tick, as after a minute; a cold unit needs many."""
    plant = begun(AT_WORK)
    approaches = []
    for ticks in (0, 60):
        plant.advance(ticks)
        low, cold, high, warm = read(
            plant, "hp_1.evaporating_temp", "hp_1.evaporator_leaving_temp", "hp_1.condensing_temp",
            "hp_1.condenser_leaving_temp",
        )  # fmt: skip
        approaches.append((cold - low, high - warm))
    assert approaches[0] == pytest.approx(approaches[1], abs=1.5)
    assert min(approaches[0]) > 1.0


def test_the_minimum_on_time_and_the_starts_of_the_hour_count():
    plant = begun(AT_WORK | {"hp_1.on_time": 120.0, "hp_1.enable_cmd": 0.0})
    assert read(plant, "hp_1.short_runs", "hp_1.running") == [1.0, 0.0], "stopped within its minimum on time"
    plant.advance(3400)
    assert plant.store.read("hp_1.starts_last_hour") == 1.0
    plant.advance(120)
    assert plant.store.read("hp_1.starts_last_hour") == 0.0, "it had started 120 s before the run"


def test_a_unit_with_a_four_way_valve_begins_cooling():
    plant = begun({"hp_1.mode": 1.0}, "air_source", ticks=5)
    assert read(plant, "hp_1.mode", "hp_1.mode_cmd", "hp_1.four_way_valve") == [1.0, 1.0, 1.0]
    row = plant.store.row("hp_1")
    assert (int(row.evaporator), int(row.condenser)) == (int(row.load), int(row.source))


def test_a_unit_begins_locked_out_and_is_reset():
    plant = begun({"hp_1.state": 6.0}, ticks=5)
    assert read(plant, "hp_1.state", "hp_1.alarm", "hp_1.alarm_lockout") == [6.0, 1.0, 1.0]
    plant.store.write("hp_1.reset_cmd", 1.0)
    plant.advance(2)
    assert read(plant, "hp_1.state", "hp_1.alarm") == [0.0, 0.0]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"hp_1.state": 1.0}, "begins at off, run or lockout, not at pre"),
        ({"hp_1.running": 1.0, "hp_1.state": 0.0}, "contradict each other"),
        ({"hp_1.running": 1.0, "hp_1.capacity": 0.1}, "a capacity of 0.25 .. 1, not at 0.1"),
        ({"hp_1.capacity": 0.5}, "give running: 1 too"),
        ({"hp_1.mode": 1.0, "hp_1.mode_cmd": 0.0}, "cannot be in mode"),
    ],
)
def test_a_unit_that_cannot_begin_so(values, said):
    with pytest.raises(InputError, match=said):
        begun(values)


def test_a_pool():
    plant = begun({"pool.temp": 22.0}, "landscape_pool", ticks=10)
    assert plant.store.read("pool.temp") == pytest.approx(22.0, abs=0.01)
    assert read(plant, "pool.lost_energy")[0] < 1e9
    balanced(plant)


def test_a_floor_and_its_slab():
    plant = begun({"floor.core_temp": 30.0, "floor.surface_temp": 27.0}, "great_hall", ticks=10)
    assert read(plant, "floor.core_temp", "floor.surface_temp") == pytest.approx([30.0, 27.0], abs=0.2)


def test_the_same_start_gives_the_same_bits():
    one, other = begun(AT_WORK, ticks=50), begun(dict(reversed(AT_WORK.items())), ticks=50)
    assert one.store.values.tobytes() == other.store.values.tobytes()


def test_nothing_is_booked_of_the_start():
    plant = build("office", START, 86400.0)
    plant.begin(AT_WORK)
    for name, model, _ in plant.store.components():
        for counter in ("energy", "heating_energy", "lost", "made_up", "starts", "run_hours"):
            if counter in model.points:
                assert plant.store.read(f"{name}.{counter}") == 0.0, f"{name}.{counter}"
    assert math.isclose(plant.store.read("balance.throughput"), 0.0)


BITS = f"""
from datetime import datetime
from plant_models.plant import build
plant = build("office", datetime(2026, 1, 15), 86400.0)
plant.begin({AT_WORK | {"well_1.past_water": 3e4, "well_1.past_excess": -5.0, "zone_1.humidity": 0.3}!r})
print(plant.store.values.tobytes().hex())
plant.advance(10)
print(plant.store.values.tobytes().hex())
"""


def test_a_start_has_the_same_bits_compiled_and_as_plain_python(printed_both_ways: Callable[[str], set[str]]):
    (printed,) = printed_both_ways(BITS)
    first, later = printed.split()
    assert first != later
