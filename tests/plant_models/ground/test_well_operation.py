"""Wells at work: pressures, clogging and backwash, sand, level and filter, and what their alarms say."""

import math
from datetime import datetime
from typing import Any

import pytest

from plant_models.assembly.plant_file import PlantText
from plant_models.ground import well
from plant_models.plant import Plant
from plant_models.water.network import GRAVITY_HEAD
from twin.yaml_lines import load


def test_a_season_clogs_the_screen_to_skin_ten_and_loads_the_filter(well_rig: Any) -> None:
    rig = well_rig(sand_start=0.0)
    rig.extract(80e3, 16.0, 120 * 86400.0)
    skin = float(rig.well.skin)
    assert skin == pytest.approx(10.0, rel=0.03)
    assert rig.well.withdrawn == pytest.approx(46080.0)
    assert rig.well.withdrawn == rig.well.reinjected == rig.store.read("out.volume")
    well.actuate(rig.tables["singlewell"], rig.passages, rig.junctions, rig.network, 1.0)
    assert rig.well.filter_dp > 3e4, "a season of sand in the filter"
    rig.well.filter_clean_cmd = 1.0
    well.actuate(rig.tables["singlewell"], rig.passages, rig.junctions, rig.network, 1.0)
    assert rig.well.filter_dp == pytest.approx(1e4)


def test_a_backwash_flushes_the_screen_to_the_drain_and_leaves_a_fifth(well_rig: Any) -> None:
    rig = well_rig(skin=10.0)
    rig.run(60.0)
    rig.well.backwash_cmd = 1.0
    rig.run(60.0)
    assert rig.well.backwashing == rig.well.alarm_overflow == 1.0
    assert -18.0 < rig.well.return_flow < -14.0
    assert rig.well.turbidity > 1000.0, "the water of a backwash is mud"
    assert rig.well.alarm_turbidity == 0.0
    early = float(rig.well.turbidity)
    rig.run(1700.0)
    assert 0.15 * early < rig.well.turbidity < 0.5 * early
    rig.run(60.0)
    assert rig.well.backwashing == rig.well.alarm_overflow == 0.0
    assert rig.well.skin == pytest.approx(2.0, rel=0.02)
    assert rig.well.overflowed == pytest.approx(8.0, rel=0.1)
    assert rig.well.withdrawn == pytest.approx(rig.well.overflowed, rel=1e-6)
    assert rig.well.reinjected == 0.0
    assert abs(rig.well.return_flow) < 0.05
    rig.pump(2.2e5)
    rig.run(900.0)
    assert rig.well.return_flow == pytest.approx(rig.well.flow, rel=1e-6)


def test_a_backwash_while_the_pump_runs_washes_little_and_one_broken_off_washes_in_part(well_rig: Any) -> None:
    running, short = well_rig(skin=10.0), well_rig(skin=10.0)
    running.pump(2.2e5)
    running.run(60.0)
    running.well.backwash_cmd = short.well.backwash_cmd = 1.0
    running.run(1900.0)
    assert running.well.skin > 9.0
    assert running.well.overflowed > 5.0, "what the pump sends goes to the drain instead of back"
    short.run(600.0)
    short.well.backwash_cmd = 0.0
    short.run(10.0)
    assert short.well.backwashing == 0.0
    assert short.well.skin == pytest.approx(10.0 * 0.2 ** (1.0 / 3.0), rel=0.03)


def test_a_running_well_is_pressurised_and_stays_so_when_stopped(well_rig: Any) -> None:
    rig = well_rig()
    rig.pump(2.2e5)
    rig.run(900.0)
    flow = float(rig.well.flow)
    assert 14.0 < flow < 18.0
    assert rig.well.return_flow == pytest.approx(flow, rel=1e-6), "100 % reinjection"
    expected = 1.6e5 * (flow / 16.0) ** 2 + GRAVITY_HEAD * (0.229 * flow / 16.0 - 12.0)
    assert rig.well.return_pressure == pytest.approx(expected, abs=300.0)
    assert rig.network[0].failures == 0.0
    solved = float(rig.network[0].solutions)
    rig.run(60.0)
    assert rig.network[0].solutions == solved, "a steady well is not solved again"
    rig.pump(1.5e5)
    rig.run(900.0)
    assert 1.0 < rig.well.flow < 12.0
    assert rig.well.return_pressure == pytest.approx(2e4, abs=200.0), "at part load the return valve holds 0.2 bar"
    rig.pump(0.0)
    rig.run(600.0)
    assert abs(rig.well.flow) < 0.01
    assert rig.well.return_pressure == pytest.approx(2e4, abs=200.0), "and keeps it at standstill"
    rig.passages[4].check, rig.network[0].moved = 0.0, 1.0
    rig.run(60.0)
    assert abs(rig.well.flow) < 0.01, "a leaking check valve of the pump lets nothing run for long"
    assert rig.well.return_pressure < -9e4, "but the return line loses its pressure"
    rig.passages[4].check = 1.0
    rig.pump(2.2e5)
    rig.run(900.0)
    assert rig.well.flow == pytest.approx(flow, rel=0.01)


def test_return_valve_that_does_not_throttle_draws_a_vacuum(well_rig: Any) -> None:
    rig = well_rig()
    rig.pump(4.0e5)
    rig.well.pressure_loss = 1.0
    rig.run(900.0)
    assert rig.well.return_pressure == pytest.approx(-95e3, abs=1e3)


def test_clogging_raises_the_pressure_lowers_the_flow_and_at_last_spills(well_rig: Any) -> None:
    rig = well_rig()
    rig.pump(2.4e5)
    rig.run(900.0)
    flow, index = float(rig.well.flow), float(rig.well.return_pressure / rig.well.flow)
    rig.well.clogging = 100.0
    rig.run(900.0)
    assert rig.well.flow < 0.9 * flow
    assert rig.well.return_pressure / rig.well.flow > 1.2 * index
    head = 0.0505 * (math.log(93.0) + 100.0) * rig.well.flow / 16.0 - 12.0
    expected = 1.6e5 * (rig.well.flow / 16.0) ** 2 + GRAVITY_HEAD * head
    assert rig.well.return_pressure == pytest.approx(expected, abs=500.0)
    rig.well.clogging = 500.0
    rig.well.limit_pressure = 0.9e5
    rig.junctions[5].pressure = 0.9e5
    rig.run(900.0)
    assert rig.well.alarm_overflow == 1.0
    assert rig.well.return_flow < 0.98 * rig.well.flow
    assert rig.well.withdrawn == pytest.approx(rig.well.reinjected + rig.well.overflowed, rel=1e-9)
    assert rig.well.return_pressure < 1.0e5


def test_a_falling_water_level_ends_in_a_dry_pump(well_rig: Any) -> None:
    rig = well_rig()
    rig.pump(4.0e5)
    rig.run(600.0)
    level, flow = float(rig.well.level), float(rig.well.flow)
    rig.well.level_drop = 10.0
    rig.run(600.0)
    assert rig.well.level == pytest.approx(level - 10.0, abs=0.1)
    assert rig.well.alarm_dry == 0.0
    rig.well.level_drop = 20.0
    rig.run(60.0)
    assert rig.well.alarm_dry == 1.0
    assert rig.well.flow < 0.1 * flow
    rig.well.level_drop = 0.0
    rig.run(900.0)
    assert rig.well.flow == pytest.approx(flow, rel=0.01)


def test_sand_comes_with_starts_with_flow_and_with_a_burst(well_rig: Any) -> None:
    rig = well_rig()
    rig.flow(16.0)
    rig.tick(1.0)
    assert rig.well.sand > 5.0, "a start stirs up sand over 1/200 000"
    for _ in range(600):
        rig.tick(1.0)
    assert rig.well.sand == pytest.approx(0.5, abs=0.01)
    assert rig.well.turbidity < 1.0
    rig.flow(30.0)
    rig.tick(1.0)
    assert rig.well.sand > 5.0, "half again the critical flow is too much"
    rig.flow(16.0)
    rig.well.sand_burst = 40.0
    rig.tick(1.0)
    assert rig.well.sand == pytest.approx(40.5, abs=0.01)


def test_alarms_of_sand_turbidity_and_return_pressure(well_rig: Any) -> None:
    rig = well_rig()
    rig.flow(16.0)
    for _ in range(120):
        rig.tick(1.0)
    assert rig.well.alarm_sand == rig.well.alarm_turbidity == rig.well.alarm_pressure == 0.0
    rig.well.sand_burst = 100.0
    for _ in range(61):
        rig.tick(1.0)
    assert rig.well.alarm_sand == rig.well.alarm_turbidity == 1.0
    rig.well.sand_burst = 0.0
    rig.tick(1.0)
    assert rig.well.alarm_sand == rig.well.alarm_turbidity == 0.0
    rig.junctions[2].pressure = 1.6e5
    rig.tick(1.0)
    assert rig.well.alarm_pressure == 1.0


def test_filter_clogging_throttles_the_well(well_rig: Any) -> None:
    rig = well_rig()
    rig.pump(2.4e5)
    rig.run(600.0)
    flow = float(rig.well.flow)
    rig.well.filter_clogging = 30.0
    rig.run(600.0)
    assert rig.well.flow < 0.85 * flow
    assert rig.well.filter_dp > 8e4


START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)
PLANT = """\
plant: loop
title: A well that warms a cold duct
source: test
site: {weather: beijing_design_year, ground_temp: 14.5 degC}
components:
  well: {model: SingleWell, capacity: 80 kW, flow: 16 m3/h, depth: 72 m, withdrawn_meter: out, reinjected_meter: back}
  pump: {model: Pump, catalogue: submersible_16m3h, drive: vfd, check_valve: 1}
  duct: {model: Pipe, dn_mm: 80 mm, length_m: 100 m, u_loss: 40 W/(m K), ambient: 1 degC}
  out: {model: FieldWaterMeter}
  back: {model: FieldWaterMeter}
water:
  ring: (return) > well > pump > duct > (return)
"""
FAULTS = [
    ("well.seal_leak", 0.3), ("well.clogging", 60.0), ("well.level_drop", 20.0), ("well.sand_burst", 100.0),
    ("well.pressure_loss", 1.0), ("well.casing_breach", 1.0), ("well.filter_clogging", 20.0),
    ("pump.fault_check_open", 1.0), ("pump.fault_trip", 1.0),
]  # fmt: skip


def plant() -> Plant:
    loop = Plant(PlantText(load(PLANT, "loop.yaml")), START, 86400.0)
    loop.store.write("pump.enable_cmd", 1.0)
    loop.store.write("pump.speed_cmd", 1.0)
    return loop


def test_accounts_of_energy_and_water_close_while_faults_come_and_go() -> None:
    loop = plant()
    for path, value in FAULTS:
        loop.advance(300)
        loop.store.write(path, value)
        loop.advance(600)
        loop.store.write("pump.enable_cmd", 0.0)
        loop.advance(120)
        loop.store.write("pump.enable_cmd", 1.0)
        loop.store.write(path, 0.0)
    loop.store.write("pump.enable_cmd", 0.0)
    loop.store.write("well.backwash_cmd", 1.0)
    loop.advance(2400)
    balance, store = loop.balance(), loop.store
    assert balance["energy_residual"] < 1e-6
    assert balance["water_residual"] < 1e-6
    assert balance["failures"] == 0.0
    given_back = store.read("well.reinjected") + store.read("well.overflowed")
    assert store.read("well.withdrawn") == pytest.approx(given_back, abs=1e-3)
    assert store.read("out.volume") == pytest.approx(store.read("well.withdrawn"), rel=1e-9)
    assert store.read("well.overflowed") > 7.0, "the backwash went to the drain"


def test_pump_without_its_check_valve_siphons_the_return_line_empty_on_a_stop() -> None:
    loop = plant()
    loop.advance(600)
    loop.store.write("pump.fault_check_open", 1.0)
    loop.advance(600)
    assert loop.store.read("well.return_pressure") > 2e4, "nothing is seen while the pump runs"
    loop.store.write("pump.enable_cmd", 0.0)
    loop.advance(300)
    assert loop.store.read("well.return_pressure") < -9e4
