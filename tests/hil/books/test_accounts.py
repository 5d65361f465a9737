"""The accounts of a run: every kind has its lines, and what the lines say of the water adds up."""

import pytest

from hil.books.accounts import INTO_WATER, energy_account, water_account, water_gains
from plant_models.equipment.boiler import Boiler
from plant_models.plant import Plant
from plant_models.tick.balance import stored_energy
from plant_models.tick.kinds import MODELS
from tests.plant_models.ready import PLANTS, at_work, rows
from twin.points import terms

KWH = 3.6e6
TOTAL = INTO_WATER + "all together"


def held(plant: Plant) -> float:
    """Heat in all water of the plant above 0 degC [kWh]."""
    tables = plant._tables
    return float(stored_energy(tables.passage, tables.pipe, tables.layeredtank)) / KWH


@pytest.mark.parametrize("name", PLANTS)
def test_the_lines_of_the_water_add_up_to_what_it_has_gained(name):
    plant = at_work(name)
    before, held_before = water_gains(plant.store), held(plant)
    throughput = float(plant.store.read("balance.throughput"))
    plant.advance(120)
    after, gained = water_gains(plant.store), held(plant) - held_before
    crossed = (float(plant.store.read("balance.throughput")) - throughput) / KWH
    parts = sum(after[line] - before[line] for line in after if line != TOTAL)
    assert crossed > 1e-3
    assert abs(parts - (after[TOTAL] - before[TOTAL])) <= 1e-9 * crossed
    assert abs(parts - gained) <= 1e-6 * crossed
    assert after == {line: value for line, value in energy_account(plant.store).items() if line in after}


@pytest.mark.parametrize("name", PLANTS)
def test_whoever_heats_or_cools_the_water_is_named(name):
    store = at_work(name).store
    for passage, model, row in store.components():
        if model.table == "passage" and store.tables["passage"][row].energy != 0.0:
            owner = store.model(passage.split("/")[0])
            assert owner.into_water, f"{owner.__name__} gives heat to the water and has no name for it"


def test_kinds_of_every_sort_are_in_the_accounts():
    stores = [at_work(name).store for name in PLANTS]
    lines = {line for store in stores for line in (*energy_account(store), *water_account(store))}
    assert lines >= {
        "heat given by the units", "electricity of the units", "heat drawn from the wells", "electricity of pumps",
        "heat drawn from the boreholes", "heat given by boilers", "fuel of boilers", "heat drawn as hot water",
        "heat lost by pools", "let into pools", "heat given to the air by cooling towers", "let into cooling towers",
        "heat given to rooms by air handlers", "heat given to rooms by radiant floors", "electricity of air coils",
        "heat of room units into the rooms, net", "heat given to rooms by fan coils", "drawn as hot water",
        "into the water: boilers", "into the water: air coils, whose air counts as water", "into the water: pools",
    }  # fmt: skip


def test_boilers_show_their_heat_and_their_fuel():
    plant = at_work("boiler_chiller")
    for name, model, _ in plant.store.components():
        if model is Boiler:
            plant.store.write(f"{name}.leaving_temp_sp", 80.0)
    plant.advance(1800)
    account = energy_account(plant.store)
    heat, fuel = account["heat given by boilers"], account["fuel of boilers"]
    assert heat == pytest.approx(float(rows(plant, Boiler).heat_energy.sum()) / KWH)
    assert heat > 1.0
    assert 0.9 * fuel < heat < 1.1 * fuel
    assert account["into the water: boilers"] == pytest.approx(heat)


def test_every_line_is_declared_of_counters_of_one_unit():
    names = [line for model in MODELS for line in (*model.energies, *model.volumes) if "{name}" not in line]
    assert len(names) == len(set(names))
    for model in MODELS:
        for lines, units in ((model.energies, {"J"}), (model.volumes, {"m3", "kg"})):
            for counters in lines.values():
                found = {model.points[name].unit for name, _ in terms(counters)}
                assert len(found) == 1
                assert found <= units
    assert terms("one - other + third") == [("one", 1.0), ("other", -1.0), ("third", 1.0)]
