"""Meters read flows, temperatures and powers of a tick and add them up."""

from typing import Any

import pytest

from plant_models.piping import meters
from plant_models.piping.meters import ElectricityMeter, FieldWaterMeter, HeatMeter, WaterMeter
from plant_models.water.network import Junction, Passage
from twin.store import Store


def bench() -> Any:
    store = Store(
        {
            Junction: ["supply", "back"],
            Passage: ["loop", "branch"],
            HeatMeter: ["heat"],
            WaterMeter: ["water"],
            FieldWaterMeter: ["field"],
            ElectricityMeter: ["power"],
        }
    )
    store.tables["passage"].flow = [100.0 / 3.6, -1.0]
    store.tables["junction"].temp = [45.0, 40.7]
    heat = store.row("heat")
    heat.passage, heat.supply, heat.back = 0, 0, 1
    store.row("water").passage = 0
    return store


def test_heat_meter_at_the_rated_flow_of_a_village_ring() -> None:
    """100 m3/h cooled by 4.3 K carry 500 kW (docs/physics/equipment.md#plate-exchangers)."""
    store = bench()
    tables = store.tables
    for _ in range(3600):
        meters.read_heat(tables["heatmeter"], tables["passage"], tables["junction"], 1.0)
    assert store.read("heat.flow") == pytest.approx(100.0)
    assert store.read("heat.power") == pytest.approx(500e3, rel=2e-3)
    assert store.read("heat.energy_heating", "kWh") == pytest.approx(500.0, rel=2e-3)
    assert store.read("heat.volume") == pytest.approx(100.0)
    tables["junction"].temp = [7.0, 12.0]
    meters.read_heat(tables["heatmeter"], tables["passage"], tables["junction"], 10.0)
    assert store.read("heat.power") < 0.0
    assert store.read("heat.energy_cooling") == pytest.approx(100.0 / 3.6 * 4190.0 * 5.0 * 10.0)
    assert store.read("heat.energy_heating", "kWh") == pytest.approx(500.0, rel=2e-3)


def test_water_meter_with_its_class_error_and_a_meter_that_sums() -> None:
    store = bench()
    tables = store.tables
    store.row("water").error = 0.02
    for _ in range(36):
        meters.add_water(tables["fieldwatermeter"], 0, 4.0)
        meters.add_water(tables["fieldwatermeter"], 0, 6.0)
        meters.add_water(tables["fieldwatermeter"], -1, 99.0)
        meters.read_field(tables["fieldwatermeter"], 10.0)
        meters.read_water(tables["watermeter"], tables["passage"], 10.0)
    assert store.read("water.volume") == pytest.approx(10.0 * 1.02)
    assert store.read("field.flow") == pytest.approx(36.0)
    assert store.read("field.volume") == pytest.approx(3.6)


def test_electricity_meter_adds_its_consumers() -> None:
    store = bench()
    table = store.tables["electricitymeter"]
    for _ in range(1800):
        meters.clear(table)
        meters.add(table, 0, 7500.0)
        meters.add(table, 0, 500.0)
        meters.add(table, -1, 1e6)
        meters.integrate(table, 2.0)
    assert store.read("power.power") == 8000.0
    assert store.read("power.energy", "kWh") == pytest.approx(8.0)
