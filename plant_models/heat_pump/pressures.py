"""The two pressures of a unit, and the envelope that they must stay in (docs/physics/heat-pumps.md#envelope).

An expansion valve holds the evaporating temperature below its greatest (MOP). With little difference of pressures it
lets too little liquid through and the evaporator starves, whatever the water would give: the condensing temperature
stays above the evaporating one by LEAST_LIFT. A four-way valve half way leads hot gas straight to the suction side:
the pressures come together and the discharge gas grows hot. All functions take one row of the table of units.
"""

from plant_models.heat_pump.performance_map import saturation_pressure
from plant_models.heat_pump.states import ENVELOPES, HEATING, HOT_GAS, ONOFF, REFRIGERANT_SIDE
from twin.kernel import Rows, kernel
from twin.points import parameter, sensor, status
from twin.points import state as kept

START_LAG, STOP_LAG, TRIP_LAG, POCKET_LAG, EQUALISE_LAG, PRESSURE_LAG, DISCHARGE_LAG = 0, 1, 2, 3, 4, 5, 6
INSIDE, COLD_EVAPORATION, MOP, COLD_CONDENSATION, HOT_CONDENSATION, LOW_DIFFERENCE = ENVELOPES
LEAST_LIFT = 8.0
"""K between the saturation temperatures of a running compressor at least: that of a pressure ratio of 1.3 and less."""
BYPASS_HEATING = 110.0
"""K by which the discharge gas grows hotter where all of it goes straight back to the suction side; assumed."""
STILL_TEMP = 0.05


class Pressures:
    """Points of the refrigerant's temperatures and pressures, and of the envelope."""

    map_clamped = status(
        values=ONOFF.names,
        doc="runs beyond the edge of its map: the figures of the edge are used",
        law="performance map, held at its edge",
    )
    envelope = status(
        values=ENVELOPES.names,
        lo=0.0,
        hi=5.0,
        doc="what limits a running unit: it unloads, or trips",
        law="operating envelope of the unit",
    )
    evaporating_temp = sensor("degC", 15.0, doc="saturation temperature of the low side")
    condensing_temp = sensor("degC", 15.0, doc="saturation temperature of the high side")
    evaporating_pressure = sensor("Pa", 488e3, doc="absolute")
    condensing_pressure = sensor("Pa", 488e3, doc="absolute")
    discharge_temp = sensor("degC", 15.0)
    pressure_lag = parameter("s", 8.0, lo=0.1, doc="time constant of both saturation temperatures, running")
    discharge_lag = parameter("s", 90.0, lo=0.1, doc="time constant of the discharge gas: metal of the compressor")
    equalise_lag = parameter("s", 60.0, lo=0.1, doc="pressures become equal at rest with this lag")
    least_evaporating_temp = parameter("degC", -99.0, lo=-99.0, doc="unloads below it; -99: that of the map")
    greatest_evaporating_temp = parameter("degC", -99.0, lo=-99.0, doc="MOP of the valve; -99: that of the map")
    least_condensing_temp = parameter("degC", -99.0, lo=-99.0, doc="a flag below it; -99: that of the map")
    greatest_condensing_temp = parameter("degC", -99.0, lo=-99.0, doc="unloads above it; -99: that of the map")
    least_pressure_difference = parameter(
        "Pa", -1.0, lo=-1.0, doc="feeds the oil; 0: oil comes without it; -1: that of the map, screws 1.7 bar"
    )
    low_pressure_temp = kept("degC", -300.0, doc="temperature to which evaporating_pressure belongs")
    high_pressure_temp = kept("degC", -300.0, doc="temperature to which condensing_pressure belongs")


@kernel
def thawing(unit: Rows) -> bool:
    """True while the coil in the air is the condenser of a heating unit: as the four-way valve stands, not as told."""
    return bool(unit.air > 0.5 and unit.evaporator != unit.source and unit.mode == HEATING)


@kernel
def passed(unit: Rows) -> float:
    """Part of the gas that goes the right way through the four-way valve; the rest goes back to the suction side."""
    return abs(2.0 * unit.four_way_valve - 1.0) if unit.changeover == REFRIGERANT_SIDE else 1.0


@kernel
def open_part(unit: Rows) -> float:
    """Part of the gas that passes the evaporator: less while the four-way valve is on its way; hot gas takes none."""
    return 0.0 if unit.defrosting > 0.5 and unit.defrost == HOT_GAS else passed(unit)


@kernel
def limit(unit: Rows, low: float, high: float) -> tuple[float, float]:
    """Saturation temperatures [degC] that nature allows, from those that the waters would give: low and high side."""
    low = min(low, unit.greatest_evaporating_temp, high - LEAST_LIFT)
    back = 1.0 - passed(unit)
    if back > 0.0:
        middle = 0.5 * (low + high)
        low, high = low + (middle - low) * back, high + (middle - high) * back
    return low, high


@kernel
def settle(unit: Rows, row: Rows, low: float, high: float, discharge: float) -> None:
    """Let the refrigerant of a running unit follow [degC]: both saturation temperatures and the discharge gas."""
    held, slow = unit.lag_decay[PRESSURE_LAG], unit.lag_decay[DISCHARGE_LAG]
    unit.evaporating_temp = low + (unit.evaporating_temp - low) * held
    unit.condensing_temp = max(high + (unit.condensing_temp - high) * held, unit.evaporating_temp)
    discharge += BYPASS_HEATING * (1.0 - passed(unit))
    unit.discharge_temp = max(discharge + (unit.discharge_temp - discharge) * slow, unit.condensing_temp)
    _set_pressures(unit, row, 0.0)
    _judge(unit)


@kernel
def equalise(unit: Rows, row: Rows, cold: float, warm: float) -> None:
    """A unit at rest: through its open expansion valve both sides take the mean of the waters [degC], slowly."""
    mean, decay = 0.5 * (cold + warm), unit.lag_decay[EQUALISE_LAG]
    unit.evaporating_temp = mean + (unit.evaporating_temp - mean) * decay
    unit.condensing_temp = mean + (unit.condensing_temp - mean) * decay
    unit.discharge_temp = warm + (unit.discharge_temp - warm) * unit.lag_decay[DISCHARGE_LAG]
    unit.map_clamped = 0.0
    unit.envelope = INSIDE
    _set_pressures(unit, row, STILL_TEMP)


@kernel
def _set_pressures(unit: Rows, row: Rows, tolerance: float) -> None:
    """Both pressures from the refrigerant's temperatures, anew when those have moved by more than the tolerance [K]."""
    if abs(unit.evaporating_temp - unit.low_pressure_temp) > tolerance:
        unit.low_pressure_temp = unit.evaporating_temp
        unit.evaporating_pressure = saturation_pressure(row, unit.evaporating_temp)
    if abs(unit.condensing_temp - unit.high_pressure_temp) > tolerance:
        unit.high_pressure_temp = unit.condensing_temp
        unit.condensing_pressure = saturation_pressure(row, unit.condensing_temp)


@kernel
def low_difference(unit: Rows) -> bool:
    """True when the pressures are too near to each other to feed the oil."""
    return bool(unit.condensing_pressure - unit.evaporating_pressure < unit.least_pressure_difference)


@kernel
def _judge(unit: Rows) -> None:
    """Say what limits the unit; the gravest last."""
    unit.envelope = INSIDE
    if unit.evaporating_temp > unit.greatest_evaporating_temp - STILL_TEMP:
        unit.envelope = MOP
    if unit.condensing_temp < unit.least_condensing_temp:
        unit.envelope = COLD_CONDENSATION
    if unit.evaporating_temp < unit.least_evaporating_temp:
        unit.envelope = COLD_EVAPORATION
    if unit.condensing_temp > unit.greatest_condensing_temp:
        unit.envelope = HOT_CONDENSATION
    if low_difference(unit):
        unit.envelope = LOW_DIFFERENCE
