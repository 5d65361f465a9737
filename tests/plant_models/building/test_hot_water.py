"""Taps at a store: heat by the profile, mixing, too cold a store, and closed accounts."""

from typing import Any

import pytest

from plant_models.building.hot_water import SPORTS
from plant_models.water.network import HEAT_CAPACITY

STORE = """\
  store: {model: LayeredTank, volume: 20 m3, draw_top: (store top), draw_bottom: (store bottom)}
  showers: {model: HotWaterDraw, mean_heat: 200 kW}
  pump: {model: Pump, catalogue: il_80_220}
  holding: {model: PressureHolding, loop: (charge return), loop_volume: 1 m3}
"""
WATER = """\
  charge: (charge return) > pump > store > (charge return)
  hot: (store top) > showers.hot
  cold: showers.cold > (store bottom)
"""


@pytest.fixture
def store(plant_of: Any) -> Any:
    def make(temp: float) -> Any:
        plant = plant_of(STORE, WATER, temp=temp)
        plant.store.row("weather").start_second = 19.0 * 3600.0
        return plant

    return make


def test_the_profile_is_that_of_the_sports_centre() -> None:
    """S7: 200 kW on average, 400 kW in the peak hour."""
    assert max(SPORTS) == 2.0
    assert sum(SPORTS[6:22]) / 16 == pytest.approx(1.25, abs=0.1), "evenings weigh more than the mean"


def test_the_peak_hour_draws_400_kw_through_the_mixing_valve(store: Any) -> None:
    """Richmann: 400 kW at 42 degC is 3.18 kg/s at the taps, of which 30/48 come from the store at 60 degC."""
    plant = store(60.0)
    plant.advance(1800)
    taps = plant.store.row("showers")
    assert taps.heat == pytest.approx(400e3, rel=0.03)
    assert taps.hot_flow / 3.6 == pytest.approx(400e3 / (HEAT_CAPACITY * 48.0), rel=0.03)
    assert taps.tap_flow / 3.6 == pytest.approx(400e3 / (HEAT_CAPACITY * 30.0), rel=1e-6)
    assert taps.mixed_temp == pytest.approx(42.0, abs=0.5)
    assert taps.alarm_cold == taps.alarm_scald == 0.0


def test_what_is_counted_is_what_the_store_lost(store: Any) -> None:
    plant = store(60.0)
    tank, taps = plant.store.row("store"), plant.store.row("showers")
    plant.advance(1200)
    lost = 20e3 / 10 * HEAT_CAPACITY * (600.0 - sum(tank.layers))
    assert taps.energy + tank.lost == pytest.approx(lost, rel=1e-3)
    assert taps.volume == pytest.approx(taps.hot_flow * 1200 / 3600, rel=0.05)
    assert tank.bottom_temp < 30.0, "cold water lies under the hot"
    assert tank.top_temp > 59.0
    assert plant.balance()["energy_residual"] < 1e-6


def test_a_store_at_30_degc_gives_cold_showers(store: Any) -> None:
    plant = store(30.0)
    plant.advance(600)
    taps = plant.store.row("showers")
    assert taps.alarm_cold == 1.0
    assert taps.mixed_temp == pytest.approx(30.0, abs=0.5)
    assert taps.heat < 0.65 * taps.demand


@pytest.mark.parametrize(
    ("fault", "value", "seen"),
    [
        ("fault_mixing_valve", 1.0, lambda t: t.alarm_scald == 1.0 and t.mixed_temp > 55.0),
        ("fault_open_tap", 0.5, lambda t: t.heat == pytest.approx(500e3, rel=0.03)),
        ("fault_cold_supply", 1.0, lambda t: t.heat < 100.0),
    ],
)
def test_faults(store: Any, fault: str, value: float, seen: Any) -> None:
    plant = store(60.0)
    plant.store.row("showers")[fault] = value
    plant.advance(300)
    assert seen(plant.store.row("showers"))
