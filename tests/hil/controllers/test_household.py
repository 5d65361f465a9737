"""The household program: pumps that stand in for each other, wells by the water's temperature, and stops."""

from datetime import datetime

import pytest

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bench.bus_link import BusLink
from hil.controllers.registry import controller
from plant_models.plant import build

START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)


class Ring:
    """A plant with its household program."""

    def __init__(self, plant: str, weather: str = "beijing_heating_design_day", **set_first: float) -> None:
        self.bench = Bench(build(plant, START, 4 * 86400.0, weather), read_bench(plant), START)
        self.store = self.bench.store
        for path, value in set_first.items():
            self.store.write(path.replace("__", "."), value)
        self.bench.refresh()
        self.program = controller("reference", BusLink(self.bench.bus), plant)
        self.bench.control(self.program, 10_000)

    def run(self, minutes: float) -> "Ring":
        self.bench.schedule.run(self.bench.schedule.now_ms + round(minutes * 60_000))
        return self

    def read(self, path: str) -> float:
        return self.store.read(path)

    def running(self, name: str, most: int) -> int:
        return sum(self.read(f"{name}_{n}.running") > 0.5 for n in range(1, most + 1))


def test_the_pump_runs_while_a_valve_is_open_and_a_while_after():
    house = Ring("household_5_6").run(60)
    assert house.read("pump.running") == 1.0
    assert house.read("house.running") >= 1.0
    house.store.write("panel.season_selector", 0.0)
    house.run(1)
    assert house.read("house.open_valves") == 0.0
    house.run(5)
    assert house.read("pump.running") == 0.0
    assert house.read("panel.alarm") == 0.0


def test_emergency_stop_stops_water_and_units_until_it_is_reset():
    house = Ring("household_5_6").run(60)
    house.store.write("panel.emergency_stop", 1.0)
    house.run(2)
    assert house.read("pump.running") == house.read("house.running") == 0.0
    house.store.write("panel.emergency_stop", 0.0)
    house.run(5)
    assert house.read("house.running") == 0.0
    house.store.write("panel.alarm_reset", 1.0)
    house.store.tables["roomunit"].temp_sp = 25.0
    house.run(8)
    assert house.read("house.running") >= 1.0


def test_low_pressure_stops_the_pump_and_lights_the_lamp():
    house = Ring("household_5_6").run(60)
    house.store.write("holding.make_up_failed", 1.0)
    house.store.write("holding.leak", 100.0)
    house.run(10)
    assert house.read("holding.pressure") < 150e3
    assert house.read("pump.running") == 0.0
    assert house.read("panel.alarm_pressure") == 1.0


def test_a_broken_coupling_is_seen_by_the_missing_flow():
    house = Ring("household_5_6").run(60)
    house.store.write("pump.fault_coupling", 1.0)
    house.run(7)  # the units stop themselves first; it is seen when they ask for water again
    assert house.read("panel.alarm_flow") == 1.0
    assert house.read("panel.alarm_source_pump") == 1.0
    house.store.write("pump.fault_coupling", 0.0)
    house.run(15)
    assert house.read("house.running") >= 1.0, "a single pump is tried again"


@pytest.fixture(scope="module")
def village() -> Ring:
    """A village at work."""
    return Ring("village_500").run(150)


def test_wells_follow_the_temperature_of_the_ring(village: Ring):
    few = village.running("well_pump", 5)
    assert 1 <= few < 5
    assert 11.5 < village.read("ring_meter.supply_temp") < 14.5
    village.run(240)
    assert village.running("well_pump", 5) >= few
    assert 11.5 < village.read("ring_meter.supply_temp") < 14.5


def test_the_standby_pump_takes_over_within_a_minute(village: Ring):
    duty = next(n for n in (1, 2) if village.read(f"ring_pump_{n}.running") > 0.5)
    before = village.read("ring_meter.flow")
    village.store.write(f"ring_pump_{duty}.fault_trip", 1.0)
    village.run(1.0)
    assert village.read(f"ring_pump_{3 - duty}.running") == 1.0
    assert village.read("panel.alarm_source_pump") == 1.0
    village.run(8.0)  # the units have stopped for want of flow, and start again after their minimum off time
    assert village.read("ring_meter.flow") > 0.9 * before
    village.store.write(f"ring_pump_{duty}.fault_trip", 0.0)


def test_the_head_follows_the_flow(village: Ring):
    settings = village.program.settings
    part = min(village.read("ring_meter.flow") / settings.design_flow, 1.0)
    wanted = settings.head_sp * (settings.head_least + (1.0 - settings.head_least) * part * part)
    on = next(n for n in (1, 2) if village.read(f"ring_pump_{n}.running") > 0.5)
    full = village.read(f"ring_pump_{on}.speed") > 0.99
    assert village.read(f"ring_pump_{on}.head") == pytest.approx(wanted, rel=0.12) or full


def test_two_pumps_share_the_flow_of_the_larger_villages():
    village = Ring("village_1000").run(180)
    assert village.running("ring_pump", 3) == 2
    assert 0.0 < village.read("ring_meter.flow") < 230.0
