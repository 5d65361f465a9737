"""Every fault of the water side and what a plant engineer would see of it, in one table, on a small plant at work.

The plant: a cold loop with duty and standby pump, motor valve, check valve, overflow valve and pipe, and a hot loop
behind the plates of an exchanger. What is seen is compared with the same plant without the fault at the same moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from plant_models.assembly.plant_file import PlantText
from plant_models.equipment.plate_exchanger import PlateExchanger
from plant_models.piping.check_valve import CheckValve
from plant_models.piping.holding import PressureHolding
from plant_models.piping.meters import HeatMeter
from plant_models.piping.overflow_valve import OverflowValve
from plant_models.piping.pipe import Pipe
from plant_models.piping.pump import Pump
from plant_models.piping.valve import Valve
from plant_models.plant import Plant
from plant_models.water.network import HEAT_CAPACITY
from twin.points import FAULT
from twin.yaml_lines import load

PLANT = """\
plant: water_side
title: two loops and an exchanger
source: test
site: {weather: beijing_design_year, ground_temp: 12 degC}
components:
  pump_[1-2]: {model: Pump, catalogue: il_80_220, check_valve: 1, meter: power}
  hot_pump: {model: Pump, catalogue: il_80_220}
  valve: {model: Valve, kv: 120 m3/h, start_position: 1, meter: power}
  tight: {model: Valve, kv: 60 m3/h}
  flap: {model: CheckValve, kv: 200 m3/h}
  bypass: {model: OverflowValve, set_drop: 60 kPa, band: 20 kPa, kv: 30 m3/h}
  pipe: {model: Pipe, dn_mm: 125 mm, length_m: 50 m, nominal_flow: 60 m3/h}
  hot_pipe: {model: Pipe, dn_mm: 125 mm, length_m: 50 m, nominal_flow: 60 m3/h}
  hx: {model: PlateExchanger, area: 60 m2, primary_flow_design: 60 m3/h, secondary_flow_design: 60 m3/h}
  holding: {model: PressureHolding, loop: (back), loop_volume: 2 m3, softener_volume: 100 m3}
  hot_holding: {model: PressureHolding, loop: (hot back), loop_volume: 2 m3, initial_pressure: 290 kPa}
  meter: {model: HeatMeter, passage: pipe, supply: (supply), back: (back)}
  power: {model: ElectricityMeter}
water:
  cold: (back) > [pump_1 | pump_2] > (delivery) > valve > pipe > hx.secondary > (supply) > flap > (back)
  short: (delivery) > [bypass | tight] > (back)
  hot: (hot back) > hot_pump > hot_pipe > hx.primary > (hot back)
"""
KINDS = (Pump, Valve, CheckValve, OverflowValve, PlateExchanger, Pipe, PressureHolding, HeatMeter)


@dataclass(frozen=True)
class Seen:
    """A point that lies between low and high: as a multiple of its healthy value, or as it is."""

    point: str
    low: float
    high: float
    relative: bool = True


def share(point: str, low: float, high: float) -> Seen:
    return Seen(point, low, high)


def value(point: str, low: float, high: float | None = None) -> Seen:
    return Seen(point, low, low if high is None else high, relative=False)


CASES: list[tuple[str, float, int, tuple[Seen, ...]]] = [
    ("pump_1.fault_trip", 1, 60, (value("pump_1.flow", -0.1, 0.1), value("pump_1.alarm_trip", 1))),
    ("pump_1.fault_coupling", 1, 60, (value("pump_1.flow", -0.1, 0.1), value("pump_1.running", 1),
                                      value("pump_1.current", 0.449, 0.451))),
    ("pump_1.fault_no_proof", 1, 60, (share("pump_1.flow", 0.999, 1.001), value("pump_1.running", 0))),
    ("pump_2.fault_false_proof", 1, 60, (value("pump_2.flow", -0.1, 0.1), value("pump_2.running", 1))),
    ("pump_1.fault_wear", 0.2, 60, (share("pump_1.flow", 0.7, 0.95), share("pump_1.head", 0.6, 0.95))),
    ("pump_1.fault_stuck_speed", 1, 60, (share("pump_1.speed", 1, 1),)),
    ("pump_1.fault_reverse", 1, 60, (share("pump_1.flow", 0.3, 0.7), value("pump_1.running", 1))),
    ("pump_1.fault_cavitation", 1, 60, (share("pump_1.flow", 0.3, 0.75), value("pump_1.alarm_cavitation", 1))),
    ("pump_2.fault_check_open", 1, 60, (value("pump_2.flow", -80, -5), share("pipe/passage.flow", 0.5, 0.95))),
    ("pump_1.fault_bearing", 1, 800, (value("pump_1.bearing_temp", 85, 130), value("pump_1.alarm_bearing", 1))),
    ("pump_1.fault_power", 1, 60, (value("pump_1.flow", -0.1, 0.1), value("pump_1.alarm_trip", 0))),
    ("pump_2.fault_hand", 1, 60, (value("pump_2.speed", 1), share("pump_1.flow", 0.3, 0.95))),
    ("valve.fault_stuck", 1, 60, (share("valve.position", 1, 1),)),
    ("valve.fault_stuck_at", 0.3, 120, (value("valve.position", 0.3), share("pump_1.flow", 0.3, 0.97))),
    ("valve.fault_stuck_at", 0.001, 120, (value("valve.position", 0), value("pipe/passage.flow", 0, 0.1))),
    ("valve.fault_slow", 2, 60, (share("valve.flow", 0.99, 1.01),)),
    ("valve.fault_reversed", 1, 120, (value("valve.position", 0), value("valve.closed_proof", 1))),
    ("valve.fault_open_switch", 1, 10, (value("valve.open_proof", 0), share("valve.flow", 0.999, 1.001))),
    ("valve.fault_closed_switch", 2, 10, (value("valve.closed_proof", 1), share("valve.flow", 0.999, 1.001))),
    ("tight.fault_leak_by", 0.1, 30, (value("tight.closed_proof", 1), value("tight.flow", 3, 10))),
    ("valve.fault_power", 1, 30, (share("valve.position", 1, 1), value("valve.power", 0))),
    ("flap.fault_stuck_open", 1, 30, (share("flap.flow", 0.999, 1.001),)),
    ("flap.fault_stuck_closed", 0.95, 30, (share("flap.flow", 0.05, 0.9),)),
    ("bypass.fault_stuck", 1, 30, (share("bypass.opening", 1, 1),)),
    ("bypass.fault_shift", -6e4, 60, (value("bypass.opening", 0.9, 1), value("bypass.flow", 15, 40))),
    ("hx.fault_fouling", 2e-4, 5, (share("hx.ua", 0.5, 0.65), share("hx.heat_flow", 0.6, 0.97))),
    ("hx.fault_clog_primary", 1, 60, (share("hx.primary_flow", 0.4, 0.9), share("hx.primary_drop", 1.2, 3))),
    ("hx.fault_clog_secondary", 1, 60, (share("hx.secondary_flow", 0.4, 0.9), share("hx.secondary_drop", 1.2, 3))),
    ("hx.fault_leak", 3000, 900, (share("holding.pressure", 1.02, 1.5), share("hot_holding.pressure", 0.5, 0.98))),
    ("hx.fault_frozen", 1, 60, (value("hx.frozen", 1), value("hx.secondary_flow", 0, 2),
                                value("hx.heat_flow", -5e4, 5e4))),
    ("hx.fault_bypass", 0.5, 5, (share("hx.heat_flow", 0.5, 0.97), share("hx.primary_flow", 0.999, 1.001))),
    ("pipe.fault_leak", 400, 3600, (value("pipe.leaked", 0.3, 0.5), value("holding.alarm_leak", 1),
                                    value("holding.starts_per_hour", 20, 50))),
    ("pipe.fault_leak", 5e4, 600, (value("holding.alarm_low", 1), value("holding.pressure", -1e5, 1.5e5))),
    ("pipe.fault_blockage", 50, 60, (share("pipe/passage.flow", 0.3, 0.9),)),
    ("pipe.fault_strainer", 0.9, 60, (share("pipe/passage.flow", 0.3, 0.9),)),
    ("pipe.fault_strainer", 1.0, 60, (share("pipe/passage.flow", 0, 0.15), share("pump_1.head", 1.05, 2))),
    ("pipe.fault_air", 0.8, 60, (share("pipe/passage.flow", 0.3, 0.95),)),
    ("pipe.fault_fouling", 25, 60, (share("pipe/passage.flow", 0.3, 0.95),)),
    ("holding.leak", 200, 3600, (value("holding.leaked", 0.15, 0.25), value("holding.starts_per_hour", 10, 30))),
    ("holding.precharge_lost", 1, 60, (share("holding.pressure", 1.05, 1.6), value("holding.starts", 1, 9))),
    ("holding.relief_stuck", 0.5, 120, (value("holding.relieved", 0.005, 1), value("holding.pressure", 1e5, 2.2e5))),
    ("holding.sensor_drift", 5e4, 60, (share("holding.pressure", 1.1, 1.3), share("pump_1.npsh_margin", 0.9, 1.1))),
    ("holding.tank_empty", 1, 300, (value("holding.alarm_tank_low", 1), value("holding.tank_level", 0, 0.1))),
    ("holding.make_up_failed", 1, 60, (value("holding.running", 0),)),
    ("holding.make_up_stuck", 1, 300, (value("holding.alarm_high", 1), value("holding.relieved", 1e-3, 1))),
    ("holding.softener_stuck", 1, 60, (value("holding.regenerating", 1), value("holding.filling", 0, 1))),
    ("meter.fault_swapped", 1, 10, (share("meter.power", -1.001, -0.999),)),
    ("meter.fault_reversed", 1, 10, (share("meter.flow", -1.001, -0.999), share("meter.power", -1.001, -0.999))),
]  # fmt: skip


@pytest.fixture(scope="module")
def water_side() -> Plant:
    plant = Plant(PlantText(load(PLANT, "water.yaml")), datetime(2026, 1, 15), 86400.0)  # noqa: DTZ001
    store = plant.store
    store.write("valve.position_cmd", 1.0)
    for pump in ("pump_1", "hot_pump"):
        store.write(f"{pump}.enable_cmd", 1.0)
        store.write(f"{pump}.speed_cmd", 0.95)
    plant.advance(120)
    hot = store.tables["passage"].temp  # water of 40 degC comes round to the exchanger
    for name in ("hot_pump/passage", "hx/primary"):
        hot[store.row_number(name)] = 40.0
    store.row("hot_pipe").excess[:] += 28.0
    store.row("hot_pipe").content += 28.0 * store.row("hot_pipe").water
    store.row("balance").audits = 0.0
    plant.advance(30)
    return plant


@pytest.mark.parametrize(("fault", "size", "seconds", "seen"), CASES, ids=[f"{c[0]}={c[1]}" for c in CASES])
def test_what_is_seen_of_a_fault(
    fault: str, size: float, seconds: int, seen: tuple[Seen, ...], water_side: Plant
) -> None:
    plant, start = water_side, water_side.snapshot()
    plant.advance(seconds)
    healthy = {s.point: plant.store.read(s.point) for s in seen}
    plant.restore(start)
    plant.store.write(fault, size)
    plant.advance(seconds)
    found = {s.point: plant.store.read(s.point) for s in seen}
    accounts = plant.balance()
    plant.restore(start)
    for s in seen:
        scale = healthy[s.point] if s.relative else 1.0
        low, high = sorted((s.low * scale, s.high * scale))
        assert low - 1e-9 <= found[s.point] <= high + 1e-9, (s.point, healthy[s.point], found[s.point])
    assert accounts["energy_residual"] < 1e-6
    assert accounts["water_residual"] < 1e-6
    assert accounts["failures"] == 0


def test_the_table_holds_every_fault_of_the_water_side(water_side: Plant) -> None:
    told = {(water_side.store.model(path.split(".")[0]), path.split(".")[1]) for path, *_ in CASES}
    declared = {(model, name) for model in KINDS for name, point in model.points.items() if point.kind == FAULT}
    assert declared - told == set()


@pytest.fixture
def plant(water_side: Plant) -> Iterator[Plant]:
    start = water_side.snapshot()
    yield water_side
    water_side.restore(start)


def test_a_dead_headed_pump_warms_its_water(plant: Plant) -> None:
    """docs/physics/piping.md#valves: no flow, full head, and the water inside warms by some 0.3 to 1 K a minute."""
    plant.store.write("valve.position_cmd", 0.0)
    plant.store.write("bypass.fault_shift", 2e5)
    plant.advance(180)
    before = plant.store.read("pump_1/passage.temp")
    plant.advance(60)
    assert plant.store.read("pump_1.flow") == pytest.approx(0.0, abs=0.1)
    assert plant.store.read("pump_1.head") == pytest.approx(17.2185 * 0.95**2, rel=0.01)
    assert 0.3 < plant.store.read("pump_1/passage.temp") - before < 1.0


def test_half_travel_takes_flow_and_raises_the_drop(plant: Plant) -> None:
    flow, drop = plant.store.read("valve.flow"), plant.store.read("valve.drop")
    plant.store.write("valve.position_cmd", 0.3)
    plant.advance(120)
    assert plant.store.read("valve.flow") < 0.9 * flow
    assert plant.store.read("valve.drop") > 3.0 * drop


def test_a_worn_standby_takes_over_as_far_as_it_can(plant: Plant) -> None:
    flow = plant.store.read("pump_1.flow")
    plant.store.write("pump_1.fault_trip", 1.0)
    plant.store.write("pump_2.fault_wear", 0.3)
    plant.store.write("pump_2.enable_cmd", 1.0)
    plant.store.write("pump_2.speed_cmd", 0.95)
    plant.advance(60)
    assert 0.6 * flow < plant.store.read("pump_2.flow") < 0.95 * flow


def _chill(plant: Plant, temp: float) -> None:
    for name in ("pump_1/passage", "hx/secondary"):
        plant.store.row(name).temp = temp
    pipe = plant.store.row("pipe")
    pipe.excess[:] = (temp - pipe.reference) / pipe.decay
    pipe.content = pipe.water * (temp - pipe.reference) / pipe.decay


def test_plates_freeze_when_so_much_heat_is_taken_and_thaw_when_it_comes_back(plant: Plant) -> None:
    """400 kg a side: 5 % ice are 20 kg, so 6.7 MJ below 0 degC block it; half of the ice gone sets it free."""
    side = plant.store.row("hx/secondary")
    plant.store.write("hot_pump.fault_trip", 1.0)
    plant.advance(60)
    _chill(plant, 0.0)
    side.temp = -3.9
    plant.advance(2)
    flow = plant.store.read("hx.secondary_flow")
    assert (plant.store.read("hx.alarm_freeze"), plant.store.read("hx.frozen")) == (1.0, 0.0)
    assert plant.store.read("hx.secondary_ice") == pytest.approx(3.9 * HEAT_CAPACITY / 333.6e3, rel=0.01)
    side.temp -= 0.2
    plant.advance(2)
    assert plant.store.read("hx.frozen") == 1.0
    assert plant.store.read("hx.secondary_flow") < 1e-6 * flow
    side.temp += 1.9
    plant.advance(2)
    assert plant.store.read("hx.frozen") == 1.0
    side.temp += 0.3
    plant.advance(2)
    assert plant.store.read("hx.frozen") == 0.0
    assert plant.store.read("hx.secondary_flow") == pytest.approx(flow, rel=0.01)


def test_glycol_keeps_plates_from_freezing(plant: Plant) -> None:
    plant.store.row("hx/secondary").freezing_temp = -15.0
    plant.store.write("hot_pump.fault_trip", 1.0)
    _chill(plant, -2.0)
    plant.advance(300)
    assert (plant.store.read("hx.alarm_freeze"), plant.store.read("hx.frozen")) == (0.0, 0.0)


def test_a_mended_leak_leaks_no_more(plant: Plant) -> None:
    """What leaks is what the content of the loop loses."""
    store = plant.store
    store.write("holding.make_up_failed", 1.0)
    content = store.read("holding.content")
    store.write("pipe.fault_leak", 100.0)
    plant.advance(120)
    leaked = store.read("pipe.leaked")
    assert leaked == pytest.approx(100.0 / 3.6e6 * 120, rel=0.35)
    assert content - store.read("holding.content") == pytest.approx(1000.0 * leaked, rel=1e-6)
    store.write("pipe.fault_leak", 0.0)
    plant.advance(60)
    assert store.read("pipe.leaked") == pytest.approx(leaked, rel=1e-6)


def test_water_crosses_a_holed_plate_with_its_heat(plant: Plant) -> None:
    """The hot loop has the higher pressure: its vessel gives what the other takes, and the heat account closes."""
    store = plant.store
    contents = [store.read(f"{name}.content") for name in ("hot_holding", "holding")]
    for name in ("hot_holding", "holding"):
        store.write(f"{name}.make_up_failed", 1.0)
    store.write("hx.fault_leak", 2000.0)
    plant.advance(10)
    given = contents[0] - store.read("hot_holding.content")
    taken = store.read("holding.content") - contents[1]
    assert given == pytest.approx(taken, rel=1e-6)
    assert 1.0 < given < 20.0
    plant.advance(3600)
    assert store.read("hx.leak_flow") == pytest.approx(0.0, abs=0.01)
    assert plant.balance()["energy_residual"] < 1e-6
