"""The savings report against the source's own figures and sums by hand; its factors; the water account of the wells."""

import re

import pytest

from hil.books.factors import SHIPPED, read_factors
from hil.books.savings import electricity_used, fuel_used, savings, useful_energy
from hil.books.water_fields import water_fields
from hil.reports.savings_shown import savings_tables, water_table
from plant_models.assembly.assembly import components
from plant_models.assembly.plant_file import read_plant, ready_plants
from plant_models.building.fan_coil import FanCoil
from plant_models.building.zone import Zone
from plant_models.ground.well import SingleWell
from plant_models.households.household import Household
from plant_models.piping.meters import ElectricityMeter, FieldWaterMeter, HeatMeter
from plant_models.piping.pump import Pump
from plant_models.plant import MODELS_BY_NAME
from twin.errors import InputError
from twin.points import Model, parameter, sensor
from twin.store import Store

KWH = 3.6e6


class Burner(Model):
    """Stands for any component that burns a fuel."""

    fuel = parameter("1", 0.0, values={0: "gas", 1: "coal", 2: "electric"})
    fuel_energy = sensor("J")


@pytest.fixture
def store() -> Store:
    """A plant with a useful and an inner heat meter, pumps on one electricity meter and fans on another."""
    store = Store(
        {
            HeatMeter: ["load", "source"], ElectricityMeter: ["room_power", "fan_power"], Pump: ["p"], FanCoil: ["f"],
            Zone: ["z"], SingleWell: ["w_1", "w_2", "w_3"], FieldWaterMeter: ["out", "back"], Burner: ["b", "c"],
        }
    )  # fmt: skip
    store.row("source").useful = 0.0
    store.row("source").energy_heating = 1e6 * KWH
    store.row("p").meter, store.row("f").meter = 0, 1
    return store


def deliver(store: Store, heat: float, cold: float, units_and_pumps: float, fans: float = 0.0) -> None:
    """Set the counters of one hour [kWh]."""
    store.row("load").energy_heating, store.row("load").energy_cooling = heat * KWH, cold * KWH
    store.row("room_power").energy, store.row("fan_power").energy = units_and_pumps * KWH, fans * KWH


@pytest.mark.parametrize(
    ("heat", "cold", "power", "name", "expected"),
    [
        (0.0, 517.0, 91.1 + 30.0, "EERsys", 4.2692),
        (648.2, 0.0, 160.3 + 22.5, "COPsys", 3.5460),
        (648.2, 487.9, 160.3 + 22.5, "COPsys(h+c)", 6.2150),
    ],
)
def test_the_formulas_give_the_figures_of_the_source(validation, store, heat, cold, power, name, expected):
    """docs/plants/documents.md#s7, its contradictions resolved as there."""
    deliver(store, heat, cold, power, fans=50.0)
    found = savings(store, read_factors())
    case = f"savings report, rated hour of the sports centre: {name}"
    validation(case, "docs/plants/documents.md#s7", expected=expected, got=found.ratios[name], tolerance=5e-5)
    assert set(found.ratios) == {name, "SPF"}
    assert found.ratios["SPF"] == pytest.approx((heat + cold) / (power + 50.0))


def test_the_yardstick_by_hand(store):
    deliver(store, 700.0, 360.0, 250.0, fans=10.0)
    found = savings(store, read_factors(), water_tax=5.0)
    coal, gas, plant = (found.systems[name] for name in ("coal", "gas", "plant"))
    assert coal.fuel == pytest.approx(700.0 / 0.70)
    assert gas.fuel == pytest.approx(700.0 / 0.90)
    assert coal.electricity == gas.electricity == pytest.approx(360.0 / 4.0 + 7.0 + 10.0)
    assert plant.electricity == plant.final == 260.0
    assert coal.primary == pytest.approx(1000.0 * 1.1 + 107.0 * 2.6)
    assert coal.co2 == pytest.approx(1000.0 * 94.6 * 0.0036 + 107.0 * 0.6776)
    assert gas.nox == pytest.approx(700.0 / 0.9 * 74e-3 * 0.0036 + 107.0 * 133e-6)
    assert plant.cost == pytest.approx(260.0 * 0.80 + 5.0)
    assert found.saved("coal")["final"] == pytest.approx(1.0 - 260.0 / 1107.0)
    assert found.saved("coal")["so2"] > 0.9


def test_every_factor_is_shown_with_its_source(store):
    deliver(store, 100.0, 0.0, 30.0)
    tables = savings_tables(savings(store, read_factors()))
    text = SHIPPED.read_text()
    assert {name for name, _, _ in tables.factors} >= {
        "electricity.co2",
        "coal.so2",
        "yardstick.chiller",
        "water.tax_rate",
    }
    for _, _, source in tables.factors:
        assert source in text
    row = next(row for row in tables.amounts if row[0].startswith("Primary"))
    assert row[-1] == "31.6 %"
    assert len(tables.amounts) == 9


def test_without_useful_meters_the_rooms_count(store):
    store.row("load").useful = 0.0
    store.row("z").heat_from_emitter = -12.0 * KWH
    assert useful_energy(store) == (0.0, 12.0, "as heat given to the rooms")


def test_households_have_meters_of_their_own():
    store = Store({Household: ["a", "b"], Zone: ["z"], HeatMeter: ["ring"]})
    store.row("ring").useful = 0.0
    store.row("a").energy_heating, store.row("b").energy_heating = 5.0 * KWH, 6.0 * KWH
    store.row("b").energy_cooling = 2.0 * KWH
    assert useful_energy(store) == (11.0, 2.0, "at the households' meters")


def test_nothing_delivered_nothing_reported(store):
    assert savings(store, read_factors()) is None


def test_fans_alone_on_a_meter_are_terminals(store):
    deliver(store, 1.0, 0.0, 5.0, fans=2.0)
    assert electricity_used(store) == (7.0, 2.0)
    store.row("p").meter = 1
    assert electricity_used(store) == (7.0, 0.0), "a meter that also counts a pump is the plant room's"


def test_fuel_by_kind(store):
    store.row("b").fuel_energy, store.row("c").fuel_energy = 30.0 * KWH, 40.0 * KWH
    store.row("c").fuel = 1.0
    assert fuel_used(store) == {"coal": 40.0, "gas": 30.0}
    store.row("c").fuel = 2.0
    assert fuel_used(store) == {"gas": 30.0}


def test_the_water_of_a_field(store, tmp_path):
    for number, well in enumerate(("w_1", "w_2", "w_3")):
        row = store.row(well)
        row.withdrawn, row.reinjected = 100.0, 100.0 - number
        if number < 2:
            row.withdrawn_meter, row.reinjected_meter = 0, 1
    store.row("out").volume, store.row("back").volume = 203.0, 196.0
    field, alone = water_fields(store, read_factors())
    assert (field.wells, field.withdrawn, field.reinjected, field.difference) == ("w_1 to w_2", 200.0, 199.0, 1.0)
    assert field.difference_metered == pytest.approx(7.0)
    assert field.tolerance == pytest.approx(0.02 * 399.0)
    assert field.closes
    assert (field.taxed, field.tax) == (pytest.approx(7.0), pytest.approx(28.0))
    assert (alone.wells, alone.difference_metered, alone.closes, alone.taxed) == ("w_3", None, None, 2.0)
    store.row("back").volume = 190.0
    other = tmp_path / "mine.yaml"
    other.write_text(
        SHIPPED.read_text().replace("tax_base:    difference", "tax_base: withdrawn").replace("4 CNY/m3", "0.5 CNY/m3")
    )
    field = water_fields(store, read_factors(str(other)))[0]
    assert not field.closes
    assert (field.taxed, field.tax) == (203.0, 101.5)
    assert len(water_table([field])[0]) == 8


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("0.80 CNY/kWh", "0.80"), r"mine.yaml:\d+:\d+: electricity.price: '0.80' is not such as '0.80 CNY/kWh'"),
        (("0.80 CNY/kWh", "0.80 EUR/kWh"), "is not such as"),
        (("94.6 kg/GJ", "94.6 kg"), "is not a quantity"),
        (("94.6 kg/GJ", "-1 kg/GJ"), "outside 0"),
        (("94.6 kg/GJ", "nan kg/GJ"), "not a quantity"),
        (('"0.70"', '"7"'), "yardstick.coal_boiler: 7 is outside 0.1 .. 1.2"),
        (("coal:\n", "cole:\n"), "did you mean 'coal'"),
        (("pm25:", "pm2.5:"), "did you mean 'pm25'"),
        (("difference ", "everything "), "tax_base"),
        (("currency: CNY", "currency: yuan"), "currency"),
    ],
)
def test_wrong_factors_are_refused(tmp_path, change, message):
    file = tmp_path / "mine.yaml"
    assert change[0] in SHIPPED.read_text()
    file.write_text(SHIPPED.read_text().replace(change[0], change[1], 1))
    with pytest.raises(InputError, match=message):
        read_factors(str(file))


def test_factors_that_are_not_there_are_refused(tmp_path):
    with pytest.raises(InputError, match=re.escape("nowhere.yaml: cannot be read")):
        read_factors("nowhere.yaml")


@pytest.mark.parametrize("plant", list(ready_plants()))
def test_inner_meters_do_not_count_as_delivered(plant):
    """A heat meter on the side of the ground, of a tower, of a ring or of a circulation has `useful: 0`."""
    parts = components(read_plant(plant), MODELS_BY_NAME)
    meters = {name: str(part.given.get("useful", "1")) for name, part in parts.items() if part.model is HeatMeter}
    inner = re.compile(r"source|ground|well|tower|condenser|ring|circulation|station")
    assert not [name for name, useful in meters.items() if useful == "1" and inner.search(name)]
