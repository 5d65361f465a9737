"""Four-way valve, second condenser and desuperheater (docs/plants/documents.md#s8, #s9): what they exchange, and
when."""

from typing import Any

import pytest

from plant_models.heat_pump.performance_map import look_up


def cooling(rig: Any, **more: float) -> Any:
    """A reversible unit that cools its load: the water of a tower enters at 25, the building's at 12 degC."""
    return rig((25.0, 12.0), changeover=1.0, mode_cmd=1.0, **more)


def test_both_changeovers_give_the_same_heat(rig: Any) -> None:
    """S9: the same machine, exchanged outside or inside."""
    outside, inside = rig().full_load().unit, rig(changeover=1.0).full_load().unit
    for name in ("heating_capacity", "cooling_capacity", "power", "leaving_temp", "condensing_pressure"):
        assert inside[name] == pytest.approx(outside[name], rel=1e-9)
    assert inside.leaving_temp == inside.condenser_leaving_temp
    assert inside.source_leaving_temp == inside.evaporator_leaving_temp


def test_cooling_exchanges_the_parts_and_follows_the_map(rig: Any) -> None:
    bench = cooling(rig).full_load()
    unit = bench.unit
    assert (unit.evaporator, unit.condenser, unit.four_way_valve, unit.mode) == (1, 0, 1.0, 1.0)
    cold, power, _, _ = look_up(bench.map, float(bench.condenser.temp), float(bench.evaporator.temp))
    assert unit.map_clamped == 0.0
    assert unit.cooling_capacity == pytest.approx(unit.scale * cold, rel=0.01)  # flows are those of the other side
    assert unit.power == pytest.approx(unit.scale * power, rel=0.03)
    assert bench.condenser.heat == pytest.approx(-unit.cooling_capacity, rel=1e-12)
    assert bench.evaporator.heat == pytest.approx(unit.cooling_capacity + unit.power, rel=1e-12)
    assert unit.leaving_temp == bench.condenser.leaving_temp < 12.0


def test_a_change_of_mode_waits_moves_the_valve_and_equalises(rig: Any) -> None:
    """Off for mode_delay (240 s); the valve takes its 10 s; both pressures meet on the way (four lags of 60 s)."""
    bench = rig((15.0, 30.0), changeover=1.0, min_off=0.0).full_load()
    unit = bench.unit
    assert unit.condensing_pressure > 1.5 * unit.evaporating_pressure
    bench.condenser.entering_temp, unit.mode_cmd, unit.leaving_temp_sp = 20.0, 1.0, 7.0
    bench.until(lambda u: u.four_way_valve > 0.0)
    assert unit.running == 0.0
    assert bench.until(lambda u: u.four_way_valve >= 1.0) == pytest.approx(9.0, abs=1.0)
    waited = bench.until(lambda u: u.running > 0.5)
    assert waited == pytest.approx(240.0 + 20.0 - 10.0, abs=2.0)
    bench = rig((15.0, 40.0), changeover=1.0).full_load()
    bench.unit.enable_cmd = 0.0
    bench.run(400.0)
    assert bench.unit.condensing_pressure == pytest.approx(bench.unit.evaporating_pressure, rel=0.01)


def test_a_stuck_four_way_valve_heats_what_it_should_cool(rig: Any) -> None:
    """The load warms up although cooling is commanded, until high pressure trips."""
    bench = rig((15.0, 20.0), changeover=1.0, min_off=0.0).run(5.0)
    unit = bench.unit
    unit.four_way_valve_stuck, unit.mode_cmd, unit.enable_cmd, unit.leaving_temp_sp = 1.0, 1.0, 1.0, 7.0
    bench.until(lambda u: u.capacity == 1.0)
    assert unit.cooling_capacity < 0.0
    assert unit.leaving_temp > 22.0
    assert unit.heating_capacity - unit.cooling_capacity == pytest.approx(unit.power, rel=1e-12)
    bench.condenser.entering_temp = 64.0
    bench.until(lambda u: u.alarm_hp > 0.5)


def test_half_way_the_four_way_valve_moves_no_heat(rig: Any) -> None:
    bench = rig((15.0, 30.0), changeover=1.0).full_load()
    bench.unit.four_way_valve, bench.unit.four_way_valve_stuck = 0.5, 1.0
    bench.tick()
    assert bench.evaporator.heat == 0.0
    assert bench.condenser.heat == bench.unit.power > 0.0


def test_two_condensers_share_the_heat_on_one_pressure(rig: Any) -> None:
    """S8: no water valve switches; the warmer water decides the pressure, and its share is what is commanded."""
    bench = rig((12.0, 25.0), recovery=40.0).full_load()
    unit = bench.unit
    alone = float(unit.condensing_temp)
    assert bench.recovery.heat == 0.0
    unit.recovery_cmd = 0.4
    bench.run(200.0)
    assert unit.recovery_share == pytest.approx(0.4)
    assert bench.recovery.heat == pytest.approx(0.4 * unit.heating_capacity, rel=1e-9)
    assert bench.recovery.heat + bench.condenser.heat == pytest.approx(unit.heating_capacity, rel=1e-12)
    assert unit.condensing_temp == pytest.approx(bench.recovery.temp + 0.4 * 2.0, abs=0.05)
    assert unit.condensing_temp > alone + 8.0
    assert unit.recovery_energy > 0.0


def test_recovery_mode_gives_all_heat_and_follows_the_recovery_water(rig: Any) -> None:
    """The main condenser may stand still; S7's point 648.2/160.3 kW at 7/50 degC is met through the second one."""
    bench = rig((12.0, 20.0), recovery=45.0, mode_cmd=2.0)
    bench.flow(1.0, 0.0, 1.0)
    unit = bench.full_load().unit
    assert (unit.mode, unit.recovery_share) == (2.0, 1.0)
    assert unit.leaving_temp == unit.recovery_leaving_temp == pytest.approx(50.0, abs=0.05)
    assert unit.recovery_capacity == pytest.approx(648.2e3, rel=0.005)
    assert unit.power == pytest.approx(160.3e3, rel=0.005)
    assert bench.condenser.heat == 0.0
    bench.flow(1.0, 1.0, 0.0)
    bench.until(lambda u: u.alarm_flow > 0.5, limit=10.0)


def test_the_share_goes_back_when_the_recovery_water_is_hot_or_stands(rig: Any) -> None:
    bench = rig((12.0, 25.0), recovery=40.0, recovery_cmd=0.5, recovery_temp_sp=44.0).full_load()
    unit = bench.unit
    bench.recovery.entering_temp = 48.0
    bench.run(200.0)
    assert unit.recovery_share == 0.0
    bench.recovery.entering_temp = 35.0
    bench.run(200.0)
    assert unit.recovery_share == pytest.approx(0.5)
    bench.flow(1.0, 1.0, 0.0)
    bench.run(70.0)
    assert (unit.recovery_share, unit.alarm, unit.running) == (0.0, 0.0, 1.0)
    unit.recovery_valve_stuck = 1.0
    bench.flow(1.0, 1.0, 1.0)
    assert bench.run(100.0).unit.recovery_share == 0.0


@pytest.mark.parametrize("cond", [30.0, 45.0])
def test_a_desuperheater_takes_10_to_15_per_cent_hotter_than_condensing(rig: Any, cond: float) -> None:
    """docs/plants/documents.md#s8: 10-15 % of the condensing heat; its water may leave warmer than the refrigerant
    condenses."""
    bench = rig((12.0, cond), recovery=cond, recovery_type=1.0).full_load()
    unit = bench.unit
    assert 0.10 <= unit.recovery_capacity / unit.heating_capacity <= 0.15
    bench.flow(1.0, 1.0, 0.25)
    bench.recovery.entering_temp = unit.condensing_temp
    bench.run(120.0)
    assert unit.recovery_leaving_temp > unit.condensing_temp + 3.0
    assert unit.recovery_leaving_temp < unit.discharge_temp
    bench.recovery.entering_temp = unit.discharge_temp + 5.0
    bench.run(60.0)
    assert unit.recovery_capacity == 0.0


def test_a_unit_without_a_second_condenser_takes_recovery_for_heating(rig: Any) -> None:
    assert rig(mode_cmd=2.0).full_load().unit.mode == 0.0
    assert rig(recovery=40.0, recovery_type=1.0, mode_cmd=2.0).full_load().unit.mode == 0.0
