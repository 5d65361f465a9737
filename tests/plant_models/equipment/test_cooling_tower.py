"""Cooling towers against Merkel's integral, rating points, the rule of thumb for evaporation, and their faults."""

from typing import Any

import pytest

from plant_models.equipment import cooling_tower as towers
from plant_models.equipment.cooling_tower import saturated_enthalpy
from plant_models.water.network import HEAT_CAPACITY
from plant_models.weather.psychrometrics import wet_bulb

PARTS = """\
  tower: {model: CoolingTower, heat_rejection: 600 kW, meter: power}
  pump: {model: Pump, catalogue: il_80_220}
  boiler: {model: Boiler, kind: electric, rated_capacity: 600 kW, limit_temp: 99 degC, meter: other}
  power: {model: ElectricityMeter}
  other: {model: ElectricityMeter}
"""
RING = "  ring: (basin) > pump > boiler > tower > (basin)"


@pytest.fixture
def tower(plant_of: Any) -> Any:
    def make(air: float, dew: float, load: float) -> Any:
        plant = plant_of(PARTS, RING, temp=20.0)
        store = plant.store
        plant._tables.series[:, 0], plant._tables.series[:, 1] = air, dew
        for path in ("pump.enable_cmd", "pump.speed_cmd", "boiler.enable_cmd", "tower.enable_cmd", "tower.speed_cmd"):
            store.write(path, 1.0)
        store.row("boiler").leaving_temp_sp = 95.0
        store.row("boiler").fault_element = 1.0 - load / 600e3
        store.row("boiler").fault_control = 1.0
        return plant

    return make


def merkel(entering: float, leaving: float, wet: float, ratio: float) -> float:
    """Merkel number by Chebyshev's four points (CTI), ratio = water / air: independent of any effectiveness."""
    cooling = entering - leaving
    air = saturated_enthalpy(wet)
    total = 0.0
    for share in (0.1, 0.4, 0.6, 0.9):
        at = leaving + share * cooling
        total += 1.0 / (saturated_enthalpy(at) - air - ratio * HEAT_CAPACITY * share * cooling)
    return cooling / 4.0 * HEAT_CAPACITY * total


def test_the_rated_ntu_is_merkel_s_number(tower: Any, validation: Any) -> None:
    """NTU on the air side over slope is Merkel's number (Braun): within 5 % of Chebyshev's integral at 37/32/28."""
    row = tower(33.5, 23.0, 600e3).store.row("tower")
    number = float(row.rated_ntu) * row.air_ratio
    integral = merkel(37.0, 32.0, 28.0, 1.0 / row.air_ratio)
    case = "cooling tower 37/32/28 degC: Merkel number"
    validation(
        case, "Merkel's integral by Chebyshev's four points", expected=integral, got=number, tolerance="5 %", unit="1"
    )


def test_the_rating_point(tower: Any) -> None:
    """GB/T 7190: 600 kW from 37 to 32 degC at a wet bulb of 28 degC and the rated flow."""
    plant = tower(31.5, 26.9, 600e3)
    assert wet_bulb(31.5, 26.9) == pytest.approx(28.0, abs=0.05)
    plant.advance(7200)
    row = plant.store.row("tower")
    assert row.heat == pytest.approx(600e3, rel=0.02)
    shifted = 600e3 / (HEAT_CAPACITY * row.flow / 3.6)
    assert row.entering_temp - row.leaving_temp == pytest.approx(shifted, rel=0.02)
    assert 0.5 * (row.entering_temp + row.leaving_temp) == pytest.approx(34.5, abs=0.7)
    assert plant.balance()["energy_residual"] < 1e-6


def test_evaporation_is_one_percent_of_the_water_for_7_k(tower: Any) -> None:
    """The rule of the trade: 0.9..1.2 % of the circulating water for every 7 K, less in cool air."""
    plant = tower(33.5, 23.75, 600e3)
    plant.advance(3600)
    row = plant.store.row("tower")
    share = row.evaporation / 1000.0 / row.flow * 7.0 / (row.entering_temp - row.leaving_temp)
    assert 0.009 < share < 0.013
    bleed = row.make_up_flow - row.evaporation / 1000.0
    assert bleed == pytest.approx(row.evaporation / 1000.0 / 3.0 + 5e-5 * row.flow, rel=0.02), "four cycles"


def test_slower_fans_cool_less_for_the_cube_of_the_power(tower: Any) -> None:
    plant = tower(25.0, 18.0, 500e3)
    plant.advance(3600)
    row = plant.store.row("tower")
    cold, power = float(row.leaving_temp), float(plant.store.read("power.power"))
    plant.store.write("tower.speed_cmd", 0.5)
    plant.advance(3600)
    assert row.leaving_temp > cold + 2.0
    assert plant.store.read("power.power") == pytest.approx(power / 8.0)
    row.fan_steps = 2.0
    plant.store.write("tower.speed_cmd", 0.6)
    plant.advance(60)
    assert row.speed == 1.0


def test_no_water_leaves_colder_than_the_wet_bulb(tower: Any) -> None:
    plant = tower(20.0, 10.0, 50e3)
    plant.advance(7200)
    row = plant.store.row("tower")
    assert row.wet_bulb_temp < row.leaving_temp < row.wet_bulb_temp + 3.0


def test_the_basin_is_kept_from_freezing_by_its_heater(tower: Any) -> None:
    plant = tower(-12.0, -18.0, 0.0)
    for path in ("pump.enable_cmd", "tower.enable_cmd", "boiler.enable_cmd"):
        plant.store.write(path, 0.0)
    plant.store.row("tower/passage").temp = 5.0
    plant.advance(86400)
    row = plant.store.row("tower")
    assert row.alarm_freeze == 0.0
    assert plant.store.read("power.energy") > 1e7
    row.fault_heater = 1.0
    plant.advance(86400)
    assert row.alarm_freeze == 1.0


@pytest.mark.parametrize(
    ("fault", "value", "seen"),
    [
        ("fault_fouled_fill", 1.0, lambda t, was: t.leaving_temp > was + 2.0),
        ("fault_fan", 1.0, lambda t, was: t.leaving_temp > was + 5.0 and t.running == 0.0),
        ("fault_vibration", 1.0, lambda t, _: t.running == 0.0 and t.alarm_vibration == 1.0),
        ("fault_nozzles", 3.0, lambda t, _: t.flow < 85.0),
        ("fault_float_shut", 1.0, lambda t, _: t.alarm_level == 1.0),
    ],
)
def test_faults(tower: Any, fault: str, value: float, seen: Any) -> None:
    plant = tower(30.0, 22.0, 500e3)
    plant.advance(2400)
    row = plant.store.row("tower")
    was = float(row.leaving_temp)
    row[fault] = value
    plant.advance(7200)
    assert seen(row, was)
    assert plant.balance()["energy_residual"] < 1e-6


def test_effectiveness_has_its_limits() -> None:
    assert towers.counterflow_effectiveness(2.0, 1.0) == pytest.approx(2.0 / 3.0)
    assert towers.counterflow_effectiveness(50.0, 0.5) == pytest.approx(1.0)
    assert towers.counterflow_effectiveness(1.0, 1e-9) == pytest.approx(0.6321, abs=1e-4)
