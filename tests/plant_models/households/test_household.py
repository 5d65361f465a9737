"""Households: shared water, exact sums, meters, steps in turn, presence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from plant_models.households.room_unit import RoomUnit
from plant_models.households.sequence import draw
from plant_models.water.network import HEAT_CAPACITY
from twin.errors import InputError
from twin.store import Store

PRINT_BITS = """
import sys
sys.path.insert(0, sys.argv[1])
from conftest import House
at = House(room=18.5, step=10.0)
at.units[1].presence = 0.5
at.run(400)
at.units[0].mode_cmd = 2.0
at.run(200)
print(at.plant.store.values.tobytes().hex())
"""


def test_water_gets_minus_what_the_units_take(house):
    at = house(room=18.0)
    for _ in range(20):
        at.run(30)
        taken = sum(unit.source_heat for unit in at.units)
        assert at.house.source_heat == taken
        lost = sum(
            0.05 * unit.water_mass * (at.passage.temp - zone.temp)
            for unit, zone in zip(at.units, at.zones, strict=True)
        )
        assert at.passage.heat == pytest.approx(-taken - lost, rel=1e-5)
        assert at.house.heat == sum(unit.capacity for unit in at.units)
        assert at.house.power == pytest.approx(15.0 + sum(unit.power for unit in at.units), rel=1e-15)
    for unit in at.units:
        assert unit.capacity == unit.source_heat + unit.power


def test_energies_agree_between_rooms_meters_and_water(house):
    at = house(room=18.0).run(7200)
    lost = at.house.energy_standing
    coldest, warmest = (min(zone.temp for zone in at.zones), max(zone.temp for zone in at.zones))
    assert 18.0 < coldest <= warmest < 21.0
    assert 0.3 * 7200 * (18.0 - 10.0) < -lost < 0.3 * 7200 * (21.0 - 8.0), "6 kg at 8 to 10 degC, 0.05 W/(K kg)"
    rooms = sum(zone.heat_from_emitter for zone in at.zones) - lost
    assert rooms == pytest.approx(at.house.energy_heating, rel=1e-12)
    assert rooms == pytest.approx(sum(unit.heat_to_room for unit in at.units), rel=1e-12)
    electric = sum(unit.energy for unit in at.units)
    assert rooms == pytest.approx(at.house.energy_source + electric, rel=1e-12)
    assert at.house.energy == pytest.approx(electric + 15.0 * 7200, rel=1e-3), "with standby"
    assert at.power.energy == pytest.approx(at.house.energy, rel=1e-3), "the meter is a step ahead"
    assert at.plant.balance()["energy_residual"] < 1e-7


def test_the_passage_carries_what_open_valves_let_through(house):
    at = house(room=18.0).run(300)
    both = at.house.flow
    assert at.units[0].water_flow == pytest.approx(at.units[1].water_flow)
    assert sum(unit.water_flow for unit in at.units) == pytest.approx(both / 3.6, rel=1e-2)
    drop = at.passage.quadratic * (both / 3.6) ** 2
    assert drop == pytest.approx(30e3 * (both / 3.6 / 0.25) ** 2, rel=0.01)
    at.units[0].enable_cmd = 0.0
    at.run(30)
    assert 0.4 * both < at.house.flow < 0.95 * both
    assert at.house.running == 1.0
    assert at.house.leaving_temp == pytest.approx(
        at.house.entering_temp - at.house.source_heat / (at.house.flow / 3.6 * HEAT_CAPACITY), abs=0.3
    )


def test_a_step_of_ten_seconds_gives_the_energy_of_one_second(house):
    found = [house(room=18.0, step=step).run(4 * 3600) for step in (1.0, 10.0)]
    heats = [at.house.energy_heating for at in found]
    assert heats[1] == pytest.approx(heats[0], rel=0.01)
    assert found[1].zones[0].temp == pytest.approx(found[0].zones[0].temp, abs=0.1)


def test_without_supply_all_stops_and_comes_back_one_after_another(house):
    at = house(room=17.0).run(300)
    at.house.no_supply = 1.0
    at.run(2)
    assert at.house.power == at.house.running == at.house.heat == 0.0
    at.house.no_supply = 0.0
    counts = []
    for _ in range(100):
        at.run(1)
        counts.append(at.house.running)
    assert {0.0, 1.0, 2.0} == set(counts), "never both in the same second"


def test_presence_is_drawn_alike_in_every_run_and_as_often_as_given():
    rows = Store({RoomUnit: [f"u{n}" for n in range(400)]}).tables["roomunit"]
    rows.presence = 0.6
    shares, again = [], []
    for spell in range(12):
        for n in range(len(rows)):
            draw(rows[n], n, 3.0, spell * 14400.0)
        shares.append(float(rows.occupied.mean()))
        again.append(rows.occupied.copy())
    assert sum(shares) / len(shares) == pytest.approx(0.6, abs=0.03)
    assert min(shares) > 0.5
    assert max(shares) < 0.7
    assert any((again[0] != later).any() for later in again[1:])
    rows.spell = -1.0
    for n in range(len(rows)):
        draw(rows[n], n, 3.0, 0.0)
    assert (rows.occupied == again[0]).all()


def test_nobody_in_lets_the_room_go_down_to_the_set_back(house):
    at = house(room=20.0)
    at.units[0].presence = 0.0
    at.run(10)
    assert at.units[0].used_sp == 16.0
    assert at.units[0].calling == 0.0


def test_units_of_a_household_must_stand_together(house):
    plant = house().plant
    tables = plant.store.tables
    with pytest.raises(InputError, match="stands apart"):
        RoomUnit.connect(tables["roomunit"][0], 5, tables)


def test_compiled_and_plain_python_give_the_same_bits():
    folder = str(Path(__file__).parent)
    said = {
        subprocess.run(
            [sys.executable, "-c", PRINT_BITS, folder], check=True, capture_output=True, text=True,
            cwd=Path(__file__).resolve().parents[3], env={**os.environ, "NUMBA_DISABLE_JIT": plain},
        ).stdout
        for plain in ("0", "1")
    }  # fmt: skip
    assert len(said) == 1
