"""Hot water from units with a second condenser and with a desuperheater, at the plants' own meters
(docs/plants/documents.md#s8)."""

from datetime import datetime

import pytest

from plant_models.plant import Plant, build

WINTER_VALVES = ("v1", "v3", "v5", "v7")
PUMPS = ("well_pump", "source_pump", "load_pump", "recovery_pump", "circulation_pump")


def at_work(name: str, hours: float = 1.0, **units: float) -> Plant:
    """A plant with all pumps running and both units heating."""
    plant = build(name, datetime(2026, 1, 15), 2 * 86400.0, "beijing_heating_design_day")  # noqa: DTZ001
    store = plant.store
    for path, _ in store.paths():
        component, point = path.split(".")
        if component.startswith(PUMPS) and point in ("enable_cmd", "speed_cmd"):
            store.write(path, 1.0 if point == "enable_cmd" else 0.9)
        if component in WINTER_VALVES and point == "open_cmd":
            store.write(path, 1.0)
        if component.startswith(("hp_", "dhw_heater")) and point == "enable_cmd":
            store.write(path, 1.0)
        if component.startswith("hp_") and point in units:
            store.write(path, units[point])
    plant.advance(round(hours * 3600))
    return plant


def test_all_heat_to_the_store_makes_heat_and_cold_2_cop_less_1() -> None:
    """docs/plants/documents.md#s7: with all heat and cold useful COP(h+c) = 2 COP - 1; the main condenser gets
    nothing."""
    plant = at_work("recovery_two_condensers", 0.35, recovery_cmd=1.0, recovery_temp_sp=60.0)
    read = plant.store.read
    for unit in ("hp_1", "hp_2"):
        assert read(f"{unit}.recovery_share") == pytest.approx(1.0, abs=1e-9)
        heat, cold, power = (read(f"{unit}.{name}") for name in ("recovery_capacity", "cooling_capacity", "power"))
        assert heat == pytest.approx(cold + power, rel=1e-12)
        assert (heat + cold) / power == pytest.approx(2.0 * read(f"{unit}.cop") - 1.0, rel=1e-12)
    capacities = read("hp_1.recovery_capacity") + read("hp_2.recovery_capacity")
    assert read("recovery_meter.power") == pytest.approx(capacities, rel=0.03)


def test_the_second_condensers_share_goes_back_at_its_set_point() -> None:
    plant = at_work("recovery_two_condensers", 3.0, recovery_cmd=1.0, recovery_temp_sp=45.0)
    assert plant.store.read("hp_1.recovery_share") < 0.6
    assert plant.store.read("hp_1.recovery_leaving_temp") < 47.5


def test_a_desuperheater_gives_10_to_15_percent_at_the_meter_and_a_hotter_store() -> None:
    """docs/plants/documents.md#s8; heat by the loop's meter over what the two units give in half an hour."""
    plant = at_work("desuperheater", 2.0, leaving_temp_sp=50.0)
    store = plant.store
    names = ("recovery_meter.energy_heating", "hp_1.heating_energy", "hp_2.heating_energy")
    before = [store.read(name) for name in names]
    plant.advance(1800)
    metered, first, second = (store.read(name) - was for name, was in zip(names, before, strict=True))
    assert 0.10 < metered / (first + second) < 0.15
    plant.advance(5 * 3600)
    assert store.read("preheat_tank.top_temp") > store.read("hp_1.condenser_leaving_temp") + 2.0


def test_no_desuperheating_without_its_water() -> None:
    plant = at_work("desuperheater", 0.4, leaving_temp_sp=55.0)
    plant.store.write("recovery_pump_1.enable_cmd", 0.0)
    plant.advance(120)
    assert plant.store.read("hp_1.recovery_capacity") == pytest.approx(0.0, abs=1.0)
    assert plant.store.read("hp_2.recovery_capacity") > 1e3
