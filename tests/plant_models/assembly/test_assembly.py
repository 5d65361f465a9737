"""Building plants from files: links, parameters, and what is said about mistakes."""

from datetime import datetime

import pytest

from plant_models.assembly.assembly import components
from plant_models.assembly.plant_file import PlantText, ready_plants
from plant_models.assembly.rows import lay_out
from plant_models.assembly.waterways import waterways
from plant_models.equipment.plate_exchanger import PlateExchanger
from plant_models.plant import MODELS_BY_NAME, Plant, build
from twin.errors import InputError
from twin.yaml_lines import load

START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)
LOOP = """\
plant: loop
title: A pump and a pipe in a ring
source: test
site: {weather: beijing_design_year, ground_temp: 12 degC}
components:
  pump: {model: Pump, catalogue: il_80_220}
  pipe: {model: Pipe, dn_mm: 100 mm, length_m: 50 m}
  holding: {model: PressureHolding, loop: (back), loop_volume: 1 m3}
water:
  ring: (back) > pump > pipe > (back)
"""


def plant(text=LOOP):
    return Plant(PlantText(load(text, "loop.yaml")), START, 86400.0)


def test_a_ring_runs():
    ring = plant()
    ring.store.write("pump.enable_cmd", 1.0)
    ring.store.write("pump.speed_cmd", 1.0)
    ring.advance(120)
    assert ring.store.read("pump.flow") > 50.0
    assert ring.store.read("pump/passage.flow") == pytest.approx(ring.store.read("pipe/passage.flow"), rel=1e-9)
    assert ring.store.read("holding.pressure", "bar") == pytest.approx(2.5, abs=0.05)
    assert ring.balance()["energy_residual"] < 1e-6


def test_parameters_carry_units_into_the_store():
    ring = plant(LOOP.replace("length_m: 50 m", "length_m: 0.05 km"))
    assert ring.store.read("pipe.length_m") == 50.0
    assert ring.store.read("pump.head_0") == 17.2185


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("model: Pump,", "model: Pomp,", "loop.yaml:6:17: no model 'Pomp'; did you mean 'Pump'?"),
        ("dn_mm: 100 mm", "dn_mm: 100", "loop.yaml:7:30: pipe.dn_mm: '100' has no unit"),
        ("dn_mm: 100 mm", "dn_mm: 100 kW", "loop.yaml:7:30: pipe.dn_mm: 100 kW is not a quantity in mm"),
        ("dn_mm: 100 mm", "dn_mm: 1 mm", "loop.yaml:7:30: pipe.dn_mm: 1 mm is outside 5 .. 2000 mm"),
        ("dn_mm: 100 mm", "width: 100 mm", "no parameter 'width'"),
        ("il_80_220", "il_80_221", "did you mean 'il_80_220'?"),
        ("> pipe >", "> pype >", "no component 'pype'; did you mean 'pipe'?"),
        ("> pump > pipe >", "> pump >", "pipe.passage stands in no water chain"),
        ("> pump > pipe >", "> pump > pipe > pipe >", "water runs through pipe.passage twice"),
        ("> pump > pipe >", "> pump.outlet > pipe >", "no passage 'pump.outlet'"),
        ("plant: loop\n", "", "loop.yaml:1:1: the key 'plant' is missing"),
        ("title:", "titel:", "loop.yaml:2:1: no key 'titel'; did you mean 'title'?"),
        ("ground_temp: 12 degC", "ground_temp: 12 K", "'12 K' is not a temperature"),
        ("beijing_design_year", "bejing_design_year", "did you mean 'beijing_design_year'?"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_nearest_name(old, new, message):
    with pytest.raises(InputError) as error:
        plant(LOOP.replace(old, new))
    assert message in str(error.value)


def test_an_optional_passage_that_stands_in_no_chain_is_left_out(monkeypatch):
    exchanger = "  hx: {model: PlateExchanger, area: 10 m2}\nwater:"
    text = PlantText(load(LOOP.replace("water:", exchanger).replace("pipe > (", "pipe > hx.primary > ("), "loop.yaml"))
    parts = components(text, MODELS_BY_NAME)
    with pytest.raises(InputError, match=r"hx\.secondary stands in no water chain"):
        waterways(text, parts)
    monkeypatch.setattr(PlateExchanger, "optional", ("secondary",))
    water, steps = waterways(text, parts)
    assert ("hx", "secondary") not in {(step.component, step.passage) for step in steps}
    assert lay_out(parts, water, steps)[0].row("hx").secondary == -1


def test_a_map_is_named_without_a_component_of_its_own():
    """In the plant file or in the catalogue; a wrong name tells the nearest map."""
    unit = "  hp: {model: WaterWaterUnit, catalogue: sports_centre_b}\nwater:\n"
    text = LOOP.replace("water:\n", unit).replace("pump > pipe", "pump > hp.evaporator > pipe > hp.condenser")
    built = plant(text).store
    assert built.row("hp").map == built.row_number("screw_r134a")
    assert built.read("hp.scale") == 1.095
    assert plant(text.replace("sports_centre_b}", "geolia_17, scale: 2}")).store.read("hp.scale") == 2.0
    with pytest.raises(InputError, match=r"loop.yaml:9:3.*did you mean 'screw_r134a'"):
        plant(text.replace("catalogue: sports_centre_b", "map: screw_r143a"))


def test_a_range_in_a_value_runs_along_with_that_of_the_name():
    office = build("office", START, 86400.0)
    for number in range(1, 9):
        coil = office.store.row(f"fan_coil_{number}")
        assert coil.zone == office.store.row_number(f"zone_{number}")


def test_unequal_ranges_are_refused():
    text = LOOP.replace("  pump: {model", "  pump_[1-3]: {drive: 'x_[1-2]', model")
    with pytest.raises(InputError, match="names 2 things for 3 components"):
        plant(text)


def test_ready_plants_build():
    for name in ready_plants():
        assert build(name, START, 86400.0).name == name


def test_the_order_of_kernels_is_told():
    order = plant().order()
    assert order[0] == "actuate: weather.advance_weather"
    assert "exchange: thermal.advance" in order
    assert not any("water_water_unit" in step for step in order)
    assert (
        order.index("actuate: pump.actuate") < order.index("flow: hydraulics.solve") < order.index("sense: pump.sense")
    )
