"""What every ready plant brings: a bench of devices, a controller configuration, and the two steady days.

That the reference controller passes all scenarios of all plants is tested in `test_library_runs`.
"""

from datetime import datetime

import pytest

from hil.bench.bench import Bench
from hil.bench.bench_file import plant_of, read_bench
from hil.bench.bus_link import BusLink
from hil.bench.scenario_choice import chosen, scenarios_of
from hil.controllers.registry import controller
from hil.controllers.settings.configuration import configuration
from plant_models.assembly.plant_file import read_plant, ready_plants
from plant_models.plant import build
from twin.errors import InputError

START = datetime(2026, 1, 15)  # noqa: DTZ001
PLANTS = list(ready_plants())


@pytest.mark.parametrize("plant", PLANTS)
def test_a_bench_serves_all_that_its_controller_needs(plant):
    bench = Bench(build(plant, START, 86400.0), read_bench(plant), START)
    bench.refresh()
    made = controller("reference", BusLink(bench.bus), plant)
    made.scan(0.0)
    assert plant_of(plant) == plant


@pytest.mark.parametrize("plant", PLANTS)
def test_it_has_the_two_steady_days(plant):
    assert {"steady_winter_day", "steady_summer_day"} <= set(scenarios_of(plant))
    for scenario in chosen(plant):
        assert scenario.plant == plant


@pytest.mark.parametrize("plant", PLANTS)
def test_it_is_named_as_its_file_and_says_what_it_is(plant):
    text = read_plant(plant)
    assert text.file.plant == plant
    assert 10 < len(text.file.title) < 90
    assert text.file.speculative == ("(speculative)" in text.file.title)


VARIANT = """\
plant: mine
based_on: office
title: My own office
components: {"hp_[1-2]": {rated_heating_capacity: 250 kW}}
"""
CONFIGURATION = """\
controller: mine
program: plant_room
wiring:
  source: {pumps: "source_pump_[1-2]", meter: source_meter}
  load:   {pumps: load_pump_1, meter: load_meter, holding: load_holding}
  units:  hp_1
  rooms:  fan_coil_[1-8]
settings: {curve_cold: [-10 degC, 45 degC], rotation_s: 2 d, least_source_flow: 10 L/s, max_starts: 4}
"""


@pytest.fixture
def variant(tmp_path):
    (tmp_path / "mine.yaml").write_text(VARIANT)
    return str(tmp_path / "mine.yaml")


def test_a_plant_of_the_users_own_takes_bench_scenarios_and_controller_from_what_it_is_based_on(variant):
    (scenario,) = chosen("steady_winter_day", variant)
    assert scenario.plant == variant
    assert len(read_bench(variant)) == len(read_bench("office"))
    assert configuration(variant).program == "plant_room"
    with pytest.raises(InputError, match="did you mean 'cold_snap'"):
        chosen("cold_snip", variant)


def made(text, tmp_path):
    file = tmp_path / "configuration.yaml"
    file.write_text(text)
    bench = Bench(build("office", START, 86400.0), read_bench("office"), START)
    bench.refresh()
    return controller(str(file), BusLink(bench.bus))


def test_a_configuration_of_the_users_own(tmp_path):
    program = made(CONFIGURATION, tmp_path)
    assert program.settings.curve_cold == (-10.0, 45.0)
    assert program.settings.rotation_s == 172800.0
    assert program.settings.least_source_flow == pytest.approx(36.0)
    assert program.settings.max_starts == 4
    assert len(program.units.units) == 1
    assert program.wells is None
    program.scan(0.0)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rotation_s:", "rotation:", "configuration.yaml:8:45: no setting 'rotation'; did you mean 'rotation_s'"),
        ("10 L/s", "10 kW", "configuration.yaml:8:81: least_source_flow: 10 kW is not a quantity in m3/h"),
        ("45 degC]", "45 degC, 5 degC]", "curve_cold: expected a list of 2"),
        ("units:", "unit:", "configuration.yaml:6:3: no key 'unit'; did you mean 'units'"),
        ("load_pump_1", "lead_pump_1", "did you mean 'load_pump_1.enable_cmd'"),
        ("plant_room", "plant_rom", "configuration.yaml:2:10: no program 'plant_rom'; did you mean 'plant_room'"),
        ("program: plant_room", "", "the key 'program' is missing"),
    ],
)
def test_a_wrong_configuration_is_told_with_its_place(tmp_path, old, new, message):
    assert old in CONFIGURATION
    with pytest.raises(InputError) as caught:
        made(CONFIGURATION.replace(old, new), tmp_path)
    assert message in str(caught.value)
