"""The energy and water accounts of a run, read from the meters and counters of the plant."""

from plant_models.building.zone import Zone
from plant_models.ground.borehole import BoreholeField
from plant_models.ground.well import SingleWell
from plant_models.heat_pump.water_water_unit import WaterWaterUnit
from plant_models.households.household import Household
from plant_models.piping.holding import PressureHolding
from plant_models.piping.meters import ElectricityMeter, FieldWaterMeter, HeatMeter, WaterMeter
from plant_models.piping.pipe import Pipe
from twin.points import Model
from twin.store import Store

KWH = 3.6e6
ENERGY: tuple[tuple[type[Model], str, str], ...] = (
    (WaterWaterUnit, "heating_energy", "heat given by the units"),
    (WaterWaterUnit, "cooling_energy", "heat taken up by the units"),
    (WaterWaterUnit, "energy", "electricity of the units"),
    (SingleWell, "ground_energy", "heat drawn from the wells"),
    (BoreholeField, "ground_energy", "heat drawn from the boreholes"),
    (Household, "energy_heating", "heat given by room units"),
    (Household, "energy_cooling", "heat taken up by room units"),
    (Household, "energy", "electricity of households"),
    (Household, "energy_source", "heat taken from the water by room units"),
    (Zone, "heat_from_emitter", "heat given to the rooms"),
    (Zone, "gains", "heat of people, lamps and sun"),
    (Zone, "heat_to_outside", "heat lost by the building"),
)
WATER: tuple[tuple[type[Model], str, str], ...] = (
    (SingleWell, "withdrawn", "withdrawn from the wells"),
    (SingleWell, "reinjected", "reinjected into the wells"),
    (SingleWell, "overflowed", "lost by overflow"),
    (PressureHolding, "made_up", "made up"),
    (PressureHolding, "leaked", "leaked"),
    (PressureHolding, "relieved", "relieved"),
    (Pipe, "leaked", "leaked from pipes"),
    (BoreholeField, "leaked", "leaked from boreholes"),
)


def energy_account(store: Store) -> dict[str, float]:
    """Energies since the start [kWh] by name: sums over the plant, then every meter."""
    account = {text: _sum(store, model, point) / KWH for model, point, text in ENERGY if model.table in store.tables}
    if Zone.table in store.tables:
        account["heat that walls and furniture gave up"] = (
            _sum(store, Zone, "heat_to_outside") - _sum(store, Zone, "heat_from_emitter") - _sum(store, Zone, "gains")
        ) / KWH
    for name, model, _ in store.components():
        if model is ElectricityMeter:
            account[f"{name} (meter)"] = store.read(f"{name}.energy") / KWH
        elif model is HeatMeter:
            account[f"{name}, heating (meter)"] = store.read(f"{name}.energy_heating") / KWH
            account[f"{name}, cooling (meter)"] = store.read(f"{name}.energy_cooling") / KWH
    return account


def water_account(store: Store) -> dict[str, float]:
    """Volumes since the start [m3] by name."""
    account = {text: _sum(store, model, point) for model, point, text in WATER if model.table in store.tables}
    for name, model, _ in store.components():
        if model in (FieldWaterMeter, WaterMeter):
            account[f"{name} (meter)"] = store.read(f"{name}.volume")
    return account


def _sum(store: Store, model: type[Model], point: str) -> float:
    return float(store.tables[model.table][point].sum())
