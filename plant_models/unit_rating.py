"""Finish a unit when a plant is built: its size from a rated capacity, its flows, its water and its pressure loss."""

from plant_models.network import HEAT_CAPACITY, M3H, STIRRED
from plant_models.performance_map import look_up
from twin.kernel import Rows

RATED_EVAPORATOR, RATED_CONDENSER = 7.0, 50.0
"""Leaving waters of the heating rating [degC] (systems.md S7)."""
RATED_DIFFERENCE = 5.0
"""K between entering and leaving water at the rating, both sides."""
UNIT_MASS = 150.0
"""Water in either exchanger of a unit of scale 1 [kg] (physics.md 1.8: 100-200)."""


def scale_for(map_row: Rows, heating_capacity: float) -> float:
    """The scale that gives this heating capacity [W] at 7/50 degC leaving, full load; 648.2 kW: 1.096 of the screw."""
    cooling, power, _, _ = look_up(map_row, RATED_EVAPORATOR, RATED_CONDENSER)
    return heating_capacity / (cooling + power)


def rate_unit(unit: Rows, map_row: Rows) -> None:
    """Set scale and nominal flows of a unit where its parameters leave them open (0).

    A scale of 1.096 gives 83.8 m3/h at the evaporator and 111.4 m3/h at the condenser (physics.md 3.1).
    """
    if unit.rated_heating_capacity > 0.0:
        unit.scale = scale_for(map_row, float(unit.rated_heating_capacity))
    cooling, power, _, _ = look_up(map_row, RATED_EVAPORATOR, RATED_CONDENSER)
    flow_per_watt = unit.scale * M3H / (HEAT_CAPACITY * RATED_DIFFERENCE)
    if unit.nominal_evaporator_flow <= 0.0:
        unit.nominal_evaporator_flow = cooling * flow_per_watt
    if unit.nominal_condenser_flow <= 0.0:
        unit.nominal_condenser_flow = (cooling + power) * flow_per_watt
    if unit.evaporator_mass <= 0.0:
        unit.evaporator_mass = UNIT_MASS * unit.scale
    if unit.condenser_mass <= 0.0:
        unit.condenser_mass = UNIT_MASS * unit.scale


def fit_passages(unit: Rows, evaporator: Rows, condenser: Rows) -> None:
    """Give the two passages of a rated unit their stirred water and their pressure loss."""
    sides = (
        (evaporator, unit.evaporator_mass, unit.evaporator_drop, unit.nominal_evaporator_flow),
        (condenser, unit.condenser_mass, unit.condenser_drop, unit.nominal_condenser_flow),
    )
    for passage, mass, drop, nominal in sides:
        passage.kind = STIRRED
        passage.mass = mass
        passage.linear = 0.0
        passage.quadratic = drop * M3H * M3H / (nominal * nominal)
