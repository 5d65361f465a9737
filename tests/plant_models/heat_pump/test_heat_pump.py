"""The unit's heat and power against rated points, closed forms and the energy balance."""

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plant_models.heat_pump.performance_map import PerformanceMap, fill_map, load_map
from plant_models.heat_pump.rating import scale_for
from twin.kernel import JIT
from twin.store import Store


def test_rated_heating_point(rig: Any, validation: Any) -> None:
    """docs/plants/documents.md#s7: 648.2 kW heat from 160.3 kW at 7/12 and 50/45 degC, so 487.9 kW cold, COP 4.04."""
    unit = rig().full_load().unit
    assert unit.evaporator_leaving_temp == pytest.approx(7.0, abs=0.02)
    assert unit.condenser_leaving_temp == pytest.approx(50.0, abs=0.02)
    for name, expected, got, kind in (
        ("heating capacity", 648.2, unit.heating_capacity / 1e3, "kW"),
        ("power", 160.3, unit.power / 1e3, "kW"),
        ("cooling capacity", 487.9, unit.cooling_capacity / 1e3, "kW"),
        ("COP", 4.0437, unit.cop, ""),
        ("COP + EER, which is 2 COP - 1", 2 * 4.0437 - 1, unit.cop + unit.eer, ""),
    ):
        case = f"water/water unit B at 7/12 and 50/45 degC: {name}"
        validation(case, "docs/plants/documents.md#s7", expected=expected, got=got, tolerance="0.5 %", unit=kind)
    assert unit.map_clamped == 0.0


def test_rated_cooling_point(rig: Any, validation: Any) -> None:
    """docs/plants/documents.md#s7: 517 kW cold from 91.1 kW at 7/12 and 35/30 degC with the flows given there."""
    bench = rig((12.0, 30.0), scale=1.0, nominal_evaporator_flow=88.8, nominal_condenser_flow=104.5)
    bench.unit.mode_cmd = 1.0
    unit = bench.full_load().unit
    assert unit.leaving_temp == unit.evaporator_leaving_temp == pytest.approx(7.0, abs=0.02)
    assert unit.condenser_leaving_temp == pytest.approx(35.0, abs=0.02)
    for name, expected, got, kind in (
        ("cooling capacity", 517.0, unit.cooling_capacity / 1e3, "kW"),
        ("power", 91.1, unit.power / 1e3, "kW"),
        ("EER", 5.675, unit.eer, ""),
    ):
        case = f"water/water unit A at 7/12 and 35/30 degC: {name}"
        validation(case, "docs/plants/documents.md#s7", expected=expected, got=got, tolerance="0.5 %", unit=kind)


@pytest.mark.parametrize(
    ("name", "heat", "power"), [("wwc_220h_x", 21.80, 3.82), ("wwc_100h_x", 11.00, 1.96), ("geolia_17", 22.13, 4.25)]
)
def test_a_small_unit_at_w10_w35(rig: Any, name: str, heat: float, power: float) -> None:
    """docs/physics/heat-pumps.md#rated-points: at work, between 10 degC and 30 degC entering, it settles on its point
    of EN 14511."""
    unit = rig((10.0, 30.0), map=name, scale=1.0, steps=1.0).full_load().unit
    assert unit.condenser_leaving_temp == pytest.approx(35.0, abs=0.1)
    assert unit.heating_capacity == pytest.approx(1e3 * heat, rel=0.01)
    assert unit.power == pytest.approx(1e3 * power, rel=0.01)


def test_size_and_flows_follow_from_the_rated_capacity(rig: Any) -> None:
    """docs/physics/heat-pumps.md#maps: 1.095 of the map; documents, S7: 83.8 and 111.4 m3/h."""
    store = Store({PerformanceMap: ["screw"]})
    fill_map(store.row("screw"), load_map("screw_r134a"))
    assert scale_for(store.row("screw"), 648.2e3) == pytest.approx(1.095, rel=0.002)
    bench = rig()
    assert bench.unit.nominal_evaporator_flow == pytest.approx(83.8, rel=0.005)
    assert bench.unit.nominal_condenser_flow == pytest.approx(111.4, rel=0.005)
    assert bench.evaporator.mass == pytest.approx(150 * 1.095, rel=0.002)
    nominal = bench.unit.nominal_condenser_flow / 3.6
    assert bench.condenser.quadratic * nominal * nominal == pytest.approx(50e3, rel=1e-12)
    assert rig(scale=0.5, nominal_evaporator_flow=30.0).unit.nominal_evaporator_flow == 30.0


def test_energy_balance_of_every_tick(rig: Any) -> None:
    """Heat to the condenser is heat from the evaporator plus power, through start, steps, trip and run-down."""
    bench = rig()
    unit = bench.unit
    unit.enable_cmd, unit.leaving_temp_sp = 1.0, 52.0
    heat = cold = work = 0.0
    for second in range(900):
        if second == 700:
            bench.flow(0.3, 1.0)
        bench.tick()
        assert bench.condenser.heat == pytest.approx(-bench.evaporator.heat + unit.power, rel=1e-12, abs=1e-9)
        heat, cold, work = heat + bench.condenser.heat, cold - bench.evaporator.heat, work + unit.power
    assert unit.alarm_flow == 1.0
    assert unit.heating_energy == pytest.approx(heat, rel=1e-12)
    assert unit.cooling_energy == pytest.approx(cold, rel=1e-12)
    assert unit.energy == pytest.approx(work, rel=1e-12)
    assert unit.heating_energy == pytest.approx(unit.cooling_energy + unit.energy, rel=1e-12)


@pytest.mark.parametrize("dt", [0.1, 1.0, 5.0])
def test_start_lag_against_its_closed_form(rig: Any, dt: float) -> None:
    """A first-order lag of 30 s to the first of four steps: after t the heat booked is Q/4 (t - 30 (1 - e^(-t/30)))."""
    bench = rig(scale=1.0, start_time=120.0)
    bench.flat_map(400e3, 100e3)
    bench.unit.enable_cmd, bench.unit.leaving_temp_sp = 1.0, 60.0
    bench.until(lambda unit: unit.contactor > 0.5, dt=dt)
    bench.run(60.0 - dt, dt)
    grown = 1.0 - math.exp(-2.0)
    assert bench.unit.capacity == pytest.approx(0.25 * grown, rel=1e-9)
    assert bench.unit.cooling_energy == pytest.approx(100e3 * (60.0 - 30.0 * grown), rel=1e-9)
    assert bench.unit.energy == pytest.approx(100e3 * 0.3625 * (60.0 - 30.0 * grown), rel=1e-9)


@pytest.mark.parametrize(
    ("part_load", "limit", "capacity", "power"),
    [
        (0.0, 0.5, 0.5, 0.575), (0.0, 0.74, 0.5, 0.575), (0.0, 0.75, 0.75, 0.7875), (0.0, 0.0, 0.25, 0.3625),
        (0.0, 1.0, 1.0, 1.0), (1.0, 0.6, 0.6, 0.66), (2.0, 0.5, 0.5, 0.5**1.05), (2.0, 0.1, 0.3, 0.3**1.05),
    ],
)  # fmt: skip
def test_part_load_and_demand_limit(rig: Any, part_load: float, limit: float, capacity: float, power: float) -> None:
    """docs/physics/heat-pumps.md#part-load: P(y) = P (0.15 + 0.85 y) at fixed, P y^1.05 at variable speed; a limit
    never stops the unit."""
    bench = rig(scale=1.0, part_load=part_load)
    bench.flat_map(400e3, 100e3)
    bench.unit.enable_cmd, bench.unit.leaving_temp_sp, bench.unit.capacity_limit_cmd = 1.0, 60.0, limit
    bench.run(1200.0)
    assert bench.unit.capacity == pytest.approx(capacity, abs=1e-5)
    assert bench.unit.cooling_capacity == pytest.approx(capacity * 400e3, rel=1e-4)
    assert bench.unit.power == pytest.approx(power * 100e3, rel=1e-4)


def test_the_demand_limit_acts_at_once(rig: Any) -> None:
    bench = rig().full_load()
    assert bench.unit.stage == 4.0
    bench.unit.capacity_limit_cmd = 0.5
    bench.tick()
    assert bench.unit.stage == 2.0
    assert bench.run(60.0).unit.capacity == pytest.approx(0.5, abs=0.01)


def test_low_flow_widens_the_approach(rig: Any) -> None:
    """docs/physics/heat-pumps.md#refrigerant-side: T_c = leaving + 2 K (flow ratio)^-0.8 at full load; 60 % of nominal
    gives 3.0 K."""
    bench = rig((16.0, 40.0), flow_switch_point=0.1).full_load()
    unit = bench.unit
    assert unit.condensing_temp - unit.condenser_leaving_temp == pytest.approx(2.0, abs=1e-3)
    assert unit.evaporator_leaving_temp - unit.evaporating_temp == pytest.approx(2.0, abs=1e-3)
    power = unit.power
    bench.flow(0.6, 0.6)
    bench.run(90.0)
    assert unit.capacity == 1.0
    assert unit.condensing_temp - unit.condenser_leaving_temp == pytest.approx(2.0 * 0.6**-0.8, abs=1e-3)
    assert unit.evaporator_leaving_temp - unit.evaporating_temp == pytest.approx(2.0 * 0.6**-0.8, abs=1e-3)
    assert unit.power > 1.05 * power


def test_a_unit_at_rest_gives_no_heat_and_its_pressures_become_equal(rig: Any) -> None:
    """Through the open expansion valve, with a lag of 60 s, to the mean of the waters: 28.5 degC."""
    bench = rig().full_load()
    bench.unit.enable_cmd = 0.0
    bench.run(400.0)
    unit = bench.unit
    assert (unit.power, unit.heating_capacity, unit.cooling_capacity, unit.cop) == (0.0, 0.0, 0.0, 0.0)
    assert (bench.evaporator.heat, bench.condenser.heat) == (0.0, 0.0)
    assert unit.evaporating_pressure == pytest.approx(738e3, rel=0.02)  # R134a at 28.5 degC, CoolProp 8.0
    assert unit.condensing_pressure == pytest.approx(unit.evaporating_pressure, rel=0.02)


def test_compiled_and_plain_python_give_the_same_bits(fingerprint_here: str) -> None:
    """A run of all part-load types with trips and faults, here and in a process of the other kind."""
    script = Path(__file__).with_name("conftest.py")
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1" if JIT else "0"}
    done = subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == fingerprint_here


def test_less_than_a_quarter_of_the_flow_is_told_while_the_unit_runs(rig: Any) -> None:
    """The approach follows the film down to a quarter of the flow, and the report tells of less; none at rest."""
    for part, told in ((1.0, 0.0), (0.45, 0.0), (0.2, 1.0)):
        bench = rig(flow_switch_point=0.1).full_load()
        bench.flow(1.0, part)
        bench.tick()
        assert bench.unit.film_held == told, part
        assert bench.unit.condenser_factor == pytest.approx(max(part, 0.25) ** -0.8, rel=1e-6)
    bench.unit.enable_cmd = 0.0
    bench.run(900.0)
    assert (bench.unit.power, bench.unit.film_held) == (0.0, 0.0)
