"""Water at its saturation and pressures at their floor, against steam tables and the balance of heat."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from plant_models.equipment.tank import LayeredTank
from plant_models.piping.pipe import Pipe
from plant_models.plant import Plant
from plant_models.tick.balance import stored_energy
from plant_models.tick.boiling import saturation_temp
from plant_models.tick.liquid import limit
from plant_models.water.network import HEAT_CAPACITY, STIRRED, Junction, Network, Passage
from twin.store import Store

DEAD_HEAD = """
  pump:    {model: Pump, catalogue: il_80_220, drive: dol, limit_temp: LIMIT}
  valve:   {model: Valve, kv: 250 m3/h, seat: rate_a, drive: open_close}
  pipe:    {model: Pipe, dn_mm: 125 mm, length_m: 40 m, nominal_flow: 60 m3/h, ambient: 20 degC}
  holding: {model: PressureHolding, volume: 80 L, loop_volume: 1 m3, loop: (a)}
"""


@pytest.mark.parametrize(("bar", "boils_at"), [(1.01325, 100.0), (2.0, 120.2), (3.5, 138.9), (0.2, 60.1)])
def test_saturation_follows_the_steam_tables(bar: float, boils_at: float, validation: Any) -> None:
    """IAPWS IF97 saturation temperatures; the Magnus form is within 2 K up to 3.5 bar."""
    junction = Store({Junction: ["j"]}).row("j")
    junction.pressure = bar * 1e5 - 101325.0
    validation(f"water boils at {bar:g} bar absolute", "IAPWS IF97", expected=boils_at, got=saturation_temp(junction),
               tolerance=2.0, unit="degC")  # fmt: skip


def test_heat_beyond_saturation_makes_steam_and_comes_back() -> None:
    store = Store({Junction: ["a", "b"], Passage: ["p"], Network: ["network"], Pipe: [], LayeredTank: []})
    p, tables = store.row("p"), store.tables
    waters = (tables["passage"], tables["pipe"], tables["layeredtank"])
    p.upstream, p.downstream, p.kind, p.mass, p.temp = 0, 1, STIRRED, 10.0, 150.0
    held = stored_energy(*waters)
    limit(tables["passage"], tables["junction"], tables["pipe"], tables["layeredtank"], tables["network"], 1.0)
    assert p.temp == pytest.approx(100.0, abs=1.0)
    assert p.steam == pytest.approx(10.0 * HEAT_CAPACITY * (150.0 - p.temp))
    assert store.read("network.boiling") == 1.0
    assert stored_energy(*waters) == pytest.approx(held)
    p.temp -= 80.0
    limit(tables["passage"], tables["junction"], tables["pipe"], tables["layeredtank"], tables["network"], 1.0)
    assert p.temp == pytest.approx(70.0)
    assert (p.steam, store.read("network.boiling"), store.read("network.boiled")) == (0.0, 0.0, 1.0)


def at_a_closed_valve(plant_of: Callable[..., Plant], limit_temp: str) -> Plant:
    plant = plant_of(DEAD_HEAD.replace("LIMIT", limit_temp), "  loop: (a) > pump > valve > pipe > (a)", temp=20.0)
    plant.store.write("pump.enable_cmd", 1.0)
    plant.advance(4 * 3600)
    return plant


def test_a_pump_at_a_closed_valve_trips_on_its_thermal_switch(plant_of: Callable[..., Plant]) -> None:
    """1521 W, 80 % of them into 20 kg that lose 4 W/K: 110 degC are reached after 7 min, then it cools."""
    plant = at_a_closed_valve(plant_of, "110 degC")
    assert plant.store.read("pump.alarm_trip") == 1.0
    assert plant.store.read("pump.run_hours") == pytest.approx(
        -20.0 * HEAT_CAPACITY / 4.0 * math.log(1.0 - 90.0 * 4.0 / (0.8 * 1521.0)) / 3600.0, rel=0.02
    )
    assert 20.0 < plant.store.read("pump/passage.temp") < 110.0
    assert "boiled_s" not in plant.balance()


def test_without_a_switch_its_water_boils_and_says_so(plant_of: Callable[..., Plant]) -> None:
    plant = at_a_closed_valve(plant_of, "200 degC")
    temp = plant.store.read("pump/passage.temp")
    assert 135.0 < temp < 155.0
    assert temp == pytest.approx(saturation_temp(plant.store.row("a")), abs=0.5)
    assert plant.store.read("network.boiling") == 1.0
    assert plant.balance()["boiled_s"] > 1800.0
    assert plant.balance()["energy_residual"] < 1e-6


def test_no_pump_sucks_below_the_vapour_pressure(plant_of: Callable[..., Plant]) -> None:
    """A throttled suction: the head breaks down before the inlet is at 0 absolute."""
    parts = """
  strainer: {model: Valve, kv: 250 m3/h, start_position: 0.03, characteristic: linear}
  pump:     {model: Pump, catalogue: il_80_220, drive: dol}
  pipe:     {model: Pipe, dn_mm: 125 mm, length_m: 40 m, nominal_flow: 60 m3/h, ambient: 20 degC}
  holding:  {model: PressureHolding, volume: 80 L, loop_volume: 1 m3, loop: (a), initial_pressure: 0.1 bar,
             precharge: 0.05 bar, enable_cmd: 0}
"""
    plant = plant_of(parts, "  loop: (a) > strainer > (inlet) > pump > pipe > (a)", temp=20.0)
    plant.store.write("holding.enable_cmd", 0.0)
    plant.store.write("pump.enable_cmd", 1.0)
    plant.advance(300)
    assert plant.store.read("pump.alarm_cavitation") == 1.0
    assert plant.store.read("inlet.pressure") > -101325.0
    assert plant.store.read("pump.npsh_margin") > -3.0 * plant.store.read("pump.npsh_required")
    assert plant.store.read("pump.flow") > 1.0


def test_an_emptied_loop_is_at_the_vapour_pressure_and_no_gauge_shows_less_than_vacuum(
    plant_of: Callable[..., Plant],
) -> None:
    plant = plant_of(DEAD_HEAD.replace("LIMIT", "110 degC"), "  loop: (a) > pump > valve > pipe > (a)", temp=20.0)
    row = plant.store.row("holding")
    plant.store.write("holding.enable_cmd", 0.0)
    row.content, row.sensor_drift = -50.0, -2e4
    plant.advance(10)
    assert row.alarm_vapour == 1.0
    assert row.pressure == pytest.approx(-101325.0)
    row.sensor_drift = 0.0
    plant.advance(10)
    assert row.pressure + 101325.0 == pytest.approx(2339.0, rel=0.02), "saturated at 20 degC"
