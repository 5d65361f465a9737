"""Three-way valves against the definition of kv, in an injection circuit, and with their faults."""

from collections.abc import Callable

import pytest

from plant_models.plant import Plant

WAYS = """
  valve: {model: ThreeWayValve, kv: 25 m3/h, leakage: 0, a: (hot), b: (cold), ab: (mixed), stroke_time: 30 s}
  one:   {model: Pipe, dn_mm: 300 mm, length_m: 1 m}
  two:   {model: Pipe, dn_mm: 300 mm, length_m: 1 m}
  pump:  {model: Pump, catalogue: il_80_220, drive: dol}
  holding: {model: PressureHolding, volume: 80 L, loop_volume: 1 m3, loop: (mixed)}
"""
WATER = "  loop: (mixed) > pump > (split)\n  a: (split) > one > (hot)\n  b: (split) > two > (cold)"
INJECTION = """
  primary_pump: {model: Pump, catalogue: circulation_18m3h, drive: dol}
  heater:       {model: Boiler, kind: electric, rated_capacity: 200 kW, rated_flow: 18 m3/h}
  rail:         {model: Pipe, dn_mm: 100 mm, length_m: 10 m}
  mixer:        {model: ThreeWayValve, kv: 25 m3/h, a: (supply), b: (cooled), ab: (mixed), stroke_time: 60 s}
  pump:         {model: Pump, catalogue: circulation_18m3h, drive: dol}
  floor:        {model: Pipe, dn_mm: 80 mm, length_m: 100 m, ambient: 20 degC, u_loss: 40 W/(m K)}
  back:         {model: Pipe, dn_mm: 80 mm, length_m: 10 m}
  holding:      {model: PressureHolding, volume: 80 L, loop_volume: 2 m3, loop: (return)}
"""
INJECTED = """
  primary: (return) > primary_pump > heater > (supply) > rail > (return)
  secondary: (mixed) > pump > floor > (cooled) > back > (return)
"""


@pytest.mark.parametrize("position", [0.0, 0.25, 0.5, 1.0])
def test_linear_ways_share_the_flow_by_the_position(plant_of: Callable[..., Plant], position: float) -> None:
    """Both ways see one difference of pressure, so the flows are as y to 1 - y, and their sum is kv sqrt(drop)."""
    plant = plant_of(WAYS, WATER)
    plant.store.write("valve.position_cmd", position)
    plant.store.write("pump.enable_cmd", 1.0)
    plant.advance(120)
    total, drop = plant.store.read("valve.flow"), plant.store.read("hot.pressure") - plant.store.read("mixed.pressure")
    assert plant.store.read("valve.flow_a") == pytest.approx(position * total, abs=0.02)
    assert total == pytest.approx(25.0 * (drop / 1e5) ** 0.5, rel=0.02)
    assert plant.store.read("pump.flow") == pytest.approx(total, rel=1e-6)
    assert (plant.store.read("valve.a_proof"), plant.store.read("valve.b_proof")) == (position == 1, position == 0)


def test_it_diverts_when_water_comes_from_the_common_port(plant_of: Callable[..., Plant]) -> None:
    plant = plant_of(WAYS, "  loop: (split) > pump > (mixed)\n  a: (hot) > one > (split)\n  b: (cold) > two > (split)")
    plant.store.write("valve.position_cmd", 1.0)
    plant.store.write("pump.enable_cmd", 1.0)
    plant.advance(120)
    assert plant.store.read("valve.flow_a") == pytest.approx(-plant.store.read("pump.flow"), rel=1e-6)
    assert abs(plant.store.read("valve.flow_b")) < 1e-6
    plant.store.write("valve.position_cmd", 0.0)
    plant.advance(15)
    assert plant.store.read("valve.flow_a") == pytest.approx(plant.store.read("valve.flow_b"), rel=0.03)
    plant.advance(60)
    assert plant.store.read("valve.flow_b") == pytest.approx(-plant.store.read("pump.flow"), rel=1e-6)


def test_an_injection_circuit_mixes_to_the_balance_of_heat(plant_of: Callable[..., Plant]) -> None:
    plant = plant_of(INJECTION, INJECTED, temp=20.0)
    read = plant.store.read
    for path, value in (
        ("primary_pump.enable_cmd", 1.0), ("heater.enable_cmd", 1.0), ("heater.leaving_temp_sp", 70.0),
        ("pump.enable_cmd", 1.0), ("mixer.position_cmd", 0.4),
    ):  # fmt: skip
        plant.store.write(path, value)
    plant.advance(4 * 3600)
    hot, cooled = read("mixer.flow_a"), read("mixer.flow_b")
    assert hot > 1.0
    assert cooled > 1.0
    mixed = (hot * read("supply.temp") + cooled * read("cooled.temp")) / (hot + cooled)
    assert read("mixed.temp") == pytest.approx(mixed, abs=0.01)
    assert read("cooled.temp") + 2.0 < mixed < read("supply.temp") - 2.0
    plant.store.write("mixer.position_cmd", 0.0)
    plant.advance(6 * 3600)
    assert read("mixed.temp") == pytest.approx(20.0, abs=3.0)
    assert plant.balance()["energy_residual"] < 1e-6
    assert plant.balance()["water_residual"] < 1e-6


@pytest.mark.parametrize(
    ("fault", "value", "position"),
    [("stuck", 1, 0.0), ("stuck_at", 0.3, 0.3), ("reversed", 1, 0.0), ("power", 1, 0.0), ("slow", 2.0, 1 / 3)],
)
def test_faults_of_the_actuator(plant_of: Callable[..., Plant], fault: str, value: float, position: float) -> None:
    plant = plant_of(WAYS, WATER)
    plant.store.write(f"valve.fault_{fault}", value)
    plant.store.write("valve.position_cmd", 1.0)
    plant.advance(30)
    assert plant.store.read("valve.position") == pytest.approx(position, abs=0.01)


@pytest.mark.parametrize(
    ("faults", "at_a", "between", "at_b"),
    [
        ({}, (1, 0), (0, 0), (0, 1)),
        ({"a_switch": 1}, (0, 0), (0, 0), (0, 1)),
        ({"a_switch": 2}, (1, 0), (1, 0), (1, 1)),
        ({"b_switch": 1}, (1, 0), (0, 0), (0, 0)),
        ({"b_switch": 2, "a_switch": 1}, (0, 1), (0, 1), (0, 1)),
    ],
)
def test_end_switches_that_are_lost_or_lie(
    plant_of: Callable[..., Plant], faults: dict[str, float], at_a: object, between: object, at_b: object
) -> None:
    """Position and flows are right all the while; only the switches are not."""
    plant = plant_of(WAYS, WATER)
    for name, value in faults.items():
        plant.store.write(f"valve.fault_{name}", value)
    for position, shown in ((1.0, at_a), (0.5, between), (0.0, at_b)):
        plant.store.write("valve.position_cmd", position)
        plant.advance(40)
        assert plant.store.read("valve.position") == pytest.approx(position)
        assert (plant.store.read("valve.a_proof"), plant.store.read("valve.b_proof")) == shown


def test_worn_seats_pass_water_through_the_closed_way(plant_of: Callable[..., Plant]) -> None:
    plant = plant_of(WAYS, WATER)
    plant.store.write("valve.fault_leak_by", 0.05)
    plant.store.write("pump.enable_cmd", 1.0)
    plant.advance(60)
    assert plant.store.read("valve.flow_a") == pytest.approx(0.05 * plant.store.read("valve.flow_b"), rel=0.03)


def test_open_close_drive_sends_all_to_one_side(plant_of: Callable[..., Plant]) -> None:
    plant = plant_of(WAYS.replace("stroke_time", "drive: open_close, stroke_time"), WATER)
    plant.store.write("valve.open_cmd", 1.0)
    plant.advance(40)
    assert (plant.store.read("valve.position"), plant.store.read("valve.a_proof")) == (1.0, 1.0)
