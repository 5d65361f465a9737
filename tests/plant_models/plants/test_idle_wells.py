"""Wells that stand still take no water from those that run: the return valve of each is interlocked with its pump."""

from datetime import datetime

import pytest

from plant_models.assembly.plant_file import ready_plants
from plant_models.ground.well import SingleWell
from plant_models.plant import Plant, build
from twin.errors import InputError

START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)


def wells(plant: Plant) -> list[str]:
    """Names of the wells of a plant."""
    return [name for name, part in plant.parts.items() if part.model is SingleWell]


PLANTS = {name: build(name, START, 86400.0) for name in ready_plants()}
MANY = [name for name, plant in PLANTS.items() if len(wells(plant)) > 1]


def pump_of(plant: Plant, well: str) -> str:
    """The pump that the return valve of a well is interlocked with."""
    return [name for name, model, _ in plant.store.components() if model.table == "pump"][
        int(plant.store.row(well).pump)
    ]


def one_on(name: str, seconds: int = 900) -> Plant:
    """A plant with the pump of its first well on, all others off."""
    plant = build(name, START, 86400.0)
    pump = pump_of(plant, wells(plant)[0])
    plant.store.write(f"{pump}.enable_cmd", 1.0)
    plant.store.write(f"{pump}.speed_cmd", 1.0)
    plant.advance(seconds)
    return plant


def test_every_well_of_every_plant_has_a_pump_of_its_own() -> None:
    assert len(MANY) > 5
    for name, plant in PLANTS.items():
        pumps = [pump_of(plant, well) for well in wells(plant) if plant.store.row(well).pump >= 0]
        assert len(set(pumps)) == len(wells(plant)), name


@pytest.mark.parametrize("name", MANY)
def test_idle_wells_take_less_than_a_hundredth_of_the_water(name: str) -> None:
    plant = one_on(name)
    first, *idle = wells(plant)
    store = plant.store
    withdrawn = store.read(f"{first}.withdrawn")
    assert withdrawn > 1.0
    assert store.read(f"{first}.return_valve") == 1.0
    assert store.read(f"{first}.reinjected") == pytest.approx(withdrawn, rel=0.01)
    for well in idle:
        assert store.read(f"{well}.return_valve") == 0.0
    assert sum(abs(store.read(f"{well}.reinjected")) for well in idle) < 0.01 * withdrawn
    assert plant.balance()["water_residual"] < 1e-6
    assert plant.balance()["energy_residual"] < 1e-6


def test_a_return_valve_stuck_open_lets_the_idle_well_drink() -> None:
    plant = one_on("office")
    before = plant.store.read("well_2.reinjected")
    plant.store.write("well_2.valve_stuck_open", 1.0)
    plant.advance(900)
    assert plant.store.read("well_2.reinjected") - before > 0.3 * plant.store.read("well_1.flow") / 4.0
    assert plant.store.read("well_2.withdrawn") < 0.01


def test_the_return_valve_follows_its_pump_within_its_stroke() -> None:
    plant = one_on("office", 60)
    plant.store.write("well_1.valve_time", 20.0)
    plant.store.write("well_pump_1.enable_cmd", 0.0)
    plant.advance(10)
    assert plant.store.read("well_1.return_valve") == pytest.approx(0.5, abs=0.06)
    plant.advance(12)
    assert plant.store.read("well_1.return_valve") == 0.0
    plant.store.write("well_1.backwash_cmd", 1.0)
    plant.advance(30)
    assert plant.store.read("well_1.return_valve") == 1.0, "a backwash comes back through it"
    assert plant.store.read("well_1.return_flow") < -5.0


TWO_PUMPS = """\
  well_[1-2]: {model: SingleWell}
  duty_[1-2]: {model: Pump, catalogue: submersible_20m3h, check_valve: 1}
  standby: {model: Pump, catalogue: submersible_20m3h, check_valve: 1}
  tank: {model: LayeredTank, volume: 5 m3}
"""


def test_a_well_opens_for_its_standby_pump_too(plant_of) -> None:
    """Duty and standby on one well: the return valve is open while either is on, and shut when both are off."""
    plant = plant_of(TWO_PUMPS, "  wells: (back) > [well_1 > [duty_1 | standby] | well_2 > duty_2] > tank > (back)")
    store = plant.store
    for first, second, opened in ((0.0, 0.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)):
        store.write("duty_1.enable_cmd", first)
        store.write("standby.enable_cmd", second)
        plant.advance(60)
        assert store.read("well_1.return_valve") == opened
        assert store.read("well_2.return_valve") == 0.0


def test_a_well_beside_others_without_a_pump_of_its_own_is_refused(plant_of) -> None:
    pumps = TWO_PUMPS.replace("duty_[1-2]", "duty_1")
    with pytest.raises(InputError, match="has no pump of its own: its return valve would stay open"):
        plant_of(pumps, "  wells: (back) > [well_1 > [duty_1 | standby] | well_2] > tank > (back)")
    three = TWO_PUMPS.replace("standby:", "standby_[1-2]:")
    many = "well_1 > [duty_1 | standby_1 | standby_2]"
    with pytest.raises(InputError, match="3 pumps draw from one well"):
        plant_of(three, f"  wells: (back) > [{many} | well_2 > duty_2] > tank > (back)")
