"""Finish a unit when a plant is built: its size from a rated capacity, its flows, its water and its pressure loss."""

from typing import Any

from plant_models.heat_pump.air_coil import size_coil
from plant_models.heat_pump.performance_map import look_up
from plant_models.heat_pump.states import DESUPERHEATER, ONOFF, REFRIGERANT_SIDE
from plant_models.water.ice import UNDERCOOLING
from plant_models.water.network import HEAT_CAPACITY, M3H, STANDING_LOSS, STIRRED
from twin.errors import InputError
from twin.kernel import Rows
from twin.points import parameter, status

UNIT_MASS = 150.0 / 445e3
"""Water in either exchanger per watt of rated cold [kg/W] (docs/physics/heat-pumps.md#rating-a-unit: 100-200 kg in the
screw unit of scale 1)."""

ENVELOPE = ("least_evaporating_temp", "greatest_evaporating_temp", "least_condensing_temp", "greatest_condensing_temp")
OPEN_TEMP = -99.0
"""What a temperature of the envelope is where the map's is to hold [degC]."""


class Rating:
    """Points of the unit's size: what its rating sets where they are 0."""

    speculative = status(
        values=ONOFF.names, doc="no such machine exists: assumed figures (docs/plants/documents.md#s14)"
    )
    scale = parameter("1", 1.0, lo=1e-6, hi=1e4, doc="size of the unit: capacity as a factor on the map")
    rated_heating_capacity = parameter("W", 0.0, lo=0.0, doc="at the map's rating point; sets scale; 0: scale as given")
    nominal_evaporator_flow = parameter("m3/h", 0.0, lo=0.0, doc="0: as the map's rating point says, mostly 5 K")
    nominal_condenser_flow = parameter("m3/h", 0.0, lo=0.0, doc="0: as the map's rating point says, mostly 5 K")
    evaporator_mass = parameter("kg", 0.0, lo=0.0, doc="water inside; 0: 0.34 kg per kW of cold")
    condenser_mass = parameter("kg", 0.0, lo=0.0, doc="water inside; 0: 0.34 kg per kW of cold")
    evaporator_drop = parameter("Pa", 50e3, lo=0.0, doc="pressure loss at nominal flow")
    condenser_drop = parameter("Pa", 50e3, lo=0.0, doc="pressure loss at nominal flow")


def scale_for(map_row: Rows, heating_capacity: float) -> float:
    """The scale that gives this heating capacity [W] at the map's rating point; 648.2 kW: 1.096 of the screw."""
    cooling, power, _, _ = look_up(map_row, map_row.rating[0], map_row.rating[1])
    return heating_capacity / (cooling + power)


def rate_unit(unit: Rows, map_row: Rows) -> None:
    """Set scale, nominal flows, water, cut-outs and envelope of a unit where its parameters leave them open (0).

    A scale of 1.096 gives 83.8 m3/h at the evaporator and 111.4 m3/h at the condenser (docs/plants/documents.md#s7).
    """
    if unit.rated_heating_capacity > 0.0:
        unit.scale = scale_for(map_row, float(unit.rated_heating_capacity))
    evap_temp, cond_temp, evap_difference, cond_difference = map_row.rating
    cooling, power, _, _ = look_up(map_row, evap_temp, cond_temp)
    flow_per_watt = unit.scale * M3H / HEAT_CAPACITY
    if unit.nominal_evaporator_flow <= 0.0:
        unit.nominal_evaporator_flow = cooling * flow_per_watt / evap_difference
    if unit.nominal_condenser_flow <= 0.0:
        unit.nominal_condenser_flow = (cooling + power) * flow_per_watt / cond_difference
    for number, name in enumerate(("lp_cut_out", "hp_cut_out", "hp_reset")):
        if unit[name] <= 0.0:
            unit[name] = map_row.cut_outs[number]
    for number, name in enumerate(ENVELOPE[:4]):
        if unit[name] <= OPEN_TEMP:
            unit[name] = map_row.envelope[number]
    if unit.least_pressure_difference < 0.0:
        unit.least_pressure_difference = map_row.envelope[4]
    unit.speculative = map_row.speculative
    if unit.evaporator_mass <= 0.0:
        unit.evaporator_mass = UNIT_MASS * cooling * unit.scale
    if unit.condenser_mass <= 0.0:
        unit.condenser_mass = UNIT_MASS * cooling * unit.scale


def take_roles(unit: Rows, tables: dict[str, Any]) -> None:
    """Which passages the unit has, checked; with a four-way valve the source begins as evaporator."""
    inside = unit.changeover == REFRIGERANT_SIDE
    wanted, other = ("source", "load"), ("evaporator", "condenser")
    wanted, other = (wanted, other) if inside else (other, wanted)
    for name in wanted:
        if unit[name] < 0:
            kind = "refrigerant_side" if inside else "water_side"
            raise InputError(f"{name} stands in no water chain; changeover: {kind} needs {wanted[0]} and {wanted[1]}")
    for name in other:
        if unit[name] >= 0:
            kind = "water_side" if inside else "refrigerant_side"
            raise InputError(
                f"{name} is a passage with changeover: {kind}; here the passages are {' and '.join(wanted)}"
            )
    if inside:
        unit.evaporator, unit.condenser = unit.source, unit.load
        unit.air = float(any(unit.source == coil.air for coil in tables.get("aircoil", ())))


def fit_passages(unit: Rows, passages: Rows) -> None:
    """Give the passages of a rated unit their stirred water and their pressure loss; the coil keeps its air."""
    if unit.recovery >= 0:
        part = unit.desuperheater_share if unit.recovery_type == DESUPERHEATER else 1.0
        if unit.nominal_recovery_flow <= 0.0:
            unit.nominal_recovery_flow = part * unit.nominal_condenser_flow
        mass = part * unit.condenser_mass
        _fit(passages[unit.recovery], mass, float(unit.recovery_drop), float(unit.nominal_recovery_flow))
    if unit.air > 0.5:
        unit.nominal_evaporator_flow = 0.0
    else:
        evaporator = passages[unit.evaporator]
        _fit(evaporator, unit.evaporator_mass, unit.evaporator_drop, unit.nominal_evaporator_flow)
        evaporator.freezing_temp = min(0.0, unit.freezing_temp + UNDERCOOLING)
    _fit(passages[unit.condenser], unit.condenser_mass, unit.condenser_drop, unit.nominal_condenser_flow)


def _fit(passage: Rows, mass: float, drop: float, nominal: float) -> None:
    passage.kind = STIRRED
    passage.mass, passage.loss_rate = mass, STANDING_LOSS * mass
    passage.linear = 0.0
    passage.quadratic = drop * M3H * M3H / (nominal * nominal)


def fit_coil(unit: Rows, number: int, tables: dict[str, Any]) -> None:
    """Size the coil in the air that is the unit's source, where the plant file leaves it open."""
    if unit.air > 0.5:
        row = tables["performancemap"][unit.map]
        cooling, _, _, _ = look_up(row, row.rating[0], row.rating[1])
        coil = next(coil for coil in tables["aircoil"] if coil.air == unit.source)
        coil.unit = number
        size_coil(coil, tables["passage"][coil.air], cooling * unit.scale)
