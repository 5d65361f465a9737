"""The office plant as a whole: it behaves like one, and its accounts close in every step."""

from datetime import datetime

import pytest

from plant_models.plant import build
from plant_models.tick.balance import stored_energy
from plant_models.water.network import M3H

WINTER = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)
SUMMER = datetime(2026, 7, 15)  # noqa: DTZ001


def office(start=WINTER, open_valves=(1, 3, 5, 7)):
    plant = build("office", start, 10 * 86400.0)
    for number in open_valves:
        plant.store.write(f"v{number}.open_cmd", 1.0)
    plant.advance(70)
    for name in ("well_pump_1", "well_pump_2", "well_pump_3", "well_pump_4", "source_pump_1", "load_pump_1"):
        plant.store.write(f"{name}.enable_cmd", 1.0)
        plant.store.write(f"{name}.speed_cmd", 0.95)
    plant.advance(60)
    return plant


def heating(plant, setpoint=45.0):
    for number in range(1, 9):
        plant.store.write(f"fan_coil_{number}.temp_sp", 26.0)
    for unit in ("hp_1", "hp_2"):
        plant.store.write(f"{unit}.leaving_temp_sp", setpoint)
        plant.store.write(f"{unit}.enable_cmd", 1.0)
    plant.advance(3600)
    return plant


@pytest.fixture(scope="module")
def winter():
    return heating(office())


def test_flows_are_those_of_the_design(winter):
    read = winter.store.read
    assert read("well_1.flow") == pytest.approx(16.0, rel=0.1)
    assert read("source_pump_1.flow") == pytest.approx(64.0, rel=0.1)
    assert read("load_pump_1.flow") == pytest.approx(70.0, rel=0.15)
    assert read("source_pump_2.flow") == pytest.approx(0.0, abs=0.01)
    for unit in ("hp_1", "hp_2"):
        assert read(f"{unit}.evaporator_flow") == pytest.approx(read("source_pump_1.flow") / 2, rel=0.02)


def test_the_units_heat_the_building_from_the_wells(winter):
    read = winter.store.read
    assert read("hp_1.state") == 3.0
    assert 3.5 < read("hp_1.cop") < 7.0
    assert read("hp_1.condenser_leaving_temp") > 35.0
    assert read("well_1.leaving_temp") > 14.0
    assert read("zone_1.temp") > 15.0
    for unit in ("hp_1", "hp_2"):
        given = read(f"{unit}.heating_capacity")
        assert given == pytest.approx(read(f"{unit}.cooling_capacity") + read(f"{unit}.power"), rel=1e-12)


def test_all_water_goes_back(winter):
    read = winter.store.read
    assert read("withdrawn.volume") == pytest.approx(read("reinjected.volume"), rel=1e-6)
    assert read("withdrawn.volume") > 50.0


def test_loops_keep_their_pressure(winter):
    for holding in ("source_holding", "load_holding"):
        assert 0.2 <= winter.store.read(f"{holding}.pressure", "MPa") <= 0.38


def test_the_accounts_of_the_run_close(winter):
    balance = winter.balance()
    assert balance["energy_residual"] < 1e-6
    assert abs(balance["energy_drift"]) < 1e-8
    assert balance["water_residual"] < 1e-6
    assert balance["failures"] == 0


def test_energy_closes_in_every_step():
    plant = office()
    heating(plant)
    tables, balance = plant.store.tables, plant.store.row("balance")

    def state():
        stored = stored_energy(tables["passage"], tables["pipe"], tables["layeredtank"])
        return stored, balance.heat + balance.advected - balance.lost, float(balance.throughput)

    before = state()
    for step in range(300):
        if step == 100:
            plant.store.write("load_pump_1.fault_trip", 1.0)
        if step == 200:
            plant.store.write("v5.fault_stuck_at", 0.4)
        plant.advance(1)
        after = state()
        left = (after[0] - before[0]) - (after[1] - before[1])
        assert abs(left) < 1e-6 * (after[2] - before[2]), step
        before = after


def test_a_stopped_source_pump_takes_the_units_down_before_they_freeze():
    plant = heating(office())
    plant.store.write("source_pump_1.fault_trip", 1.0)
    plant.advance(120)
    for unit in ("hp_1", "hp_2"):
        assert plant.store.read(f"{unit}.alarm_flow") == 1.0
        assert plant.store.read(f"{unit}.running") == 0.0
        assert plant.store.read(f"{unit}.frozen") == 0.0


def test_all_valves_closed_is_a_dead_head():
    plant = office(open_valves=())
    read = plant.store.read
    head = read("source_pump_1.head")
    assert read("source_pump_1.flow") == pytest.approx(0.0, abs=0.5)
    assert head == pytest.approx(17.2185 * 0.95**2, rel=0.03)


def test_both_groups_open_joins_the_loops():
    """V1 and V2 both open: source water runs to the condenser, and the two vessels come to one pressure."""
    plant = office(open_valves=(1, 2, 3, 4, 5, 6, 7, 8))
    plant.advance(600)
    crossing = plant.store.read("v2.flow") + plant.store.read("v6.flow")
    assert abs(crossing) > 5.0
    passages = plant.store.tables["passage"]
    assert float(abs(passages.flow).max()) * M3H < 200.0
    assert plant.balance()["failures"] == 0


def test_summer_valves_cool_the_building():
    plant = office(SUMMER, open_valves=(2, 4, 6, 8))
    store = plant.store
    for number in range(1, 9):
        store.write(f"fan_coil_{number}.mode_cmd", 2.0)
        store.write(f"fan_coil_{number}.temp_sp", 20.0)
        for node in ("temp", "surface_temp", "mass_temp", "wall_temp"):
            store.write(f"zone_{number}.{node}", 28.0)
    for unit in ("hp_1", "hp_2"):
        store.write(f"{unit}.mode_cmd", 1.0)
        store.write(f"{unit}.leaving_temp_sp", 8.0)
        store.write(f"{unit}.enable_cmd", 1.0)
    plant.advance(3600)
    assert store.read("hp_1.state") == 3.0
    assert store.read("hp_1.evaporator_leaving_temp") < 14.0
    assert store.read("zone_1.temp") < 27.5
    assert store.read("well_1.entering_temp") > store.read("well_1.leaving_temp")


def test_the_tick_hardly_matters():
    """The same 40 minutes with ticks of 0.5, 1 and 5 s ends alike."""
    heats = []
    for tick in (0.5, 1.0, 5.0):
        plant = office()
        plant.tick_s = tick
        for unit in ("hp_1", "hp_2"):
            plant.store.write(f"{unit}.leaving_temp_sp", 55.0)
            plant.store.write(f"{unit}.enable_cmd", 1.0)
        plant.advance(round(2400 / tick))
        heats.append(plant.store.read("hp_1.heating_energy"))
    assert heats[0] == pytest.approx(heats[1], rel=0.005)
    assert heats[2] == pytest.approx(heats[1], rel=0.005)
