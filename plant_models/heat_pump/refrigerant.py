"""The refrigerant side of a unit: heat, power, pressures and lags between its waters (docs/physics/heat-pumps.md#maps,
#refrigerant-side).

Heat and power come from the map at the saturation temperatures, written as the leaving waters that have them at the
design: so less flow, fouling and the smaller approach at part load all count. Two condensers share one condensing
pressure. Below a quarter of the nominal flow the film law no
longer holds, the factor stays and `film_held` says so; what happens then is the warming or cooling of the standing
water itself.
"""

import math

from plant_models.heat_pump.head_pressure import condenser_flow, condenser_water, follow
from plant_models.heat_pump.performance_map import look_up
from plant_models.heat_pump.pressures import (
    DISCHARGE_LAG,
    EQUALISE_LAG,
    POCKET_LAG,
    PRESSURE_LAG,
    START_LAG,
    STOP_LAG,
    TRIP_LAG,
    equalise,
    limit,
    open_part,
    settle,
    thawing,
)
from plant_models.heat_pump.states import COOLING, DESUPERHEATER, HOT_GAS, ONOFF, REFRIGERANT_SIDE, VARIABLE_SPEED
from plant_models.water.ice import undercooled
from plant_models.water.network import HEAT_CAPACITY, M3H
from twin.kernel import Rows, kernel
from twin.points import RISES, fault, parameter, sensor, status
from twin.points import state as kept

STEADY = 1e-6
LEAST_FILM, MOST_FILM, FILM = 0.25, 1.5, -0.8
"""Flows over the nominal one between which the approach follows its film law, and the power of that law."""
HELD_FILM = math.pow(LEAST_FILM, FILM)
"""Approach over the nominal one where the law is held."""
LEAK_SUPPRESSION = 25.0
"""K by which the evaporating temperature sinks with the whole charge lost, as a rate: 0.1 of the charge is 2.5 K."""
VALVE_SUPPRESSION = 4.0
"""K by which the evaporating temperature sinks with the expansion valve stuck."""
LEAK_UNLOADING = 0.3
"""Power that goes with lost capacity: the thinner suction gas unloads the compressor by less than it cools less."""
VALVE_LOSS = 0.3
"""Capacity lost with the expansion valve stuck (docs/physics/heat-pumps.md#refrigerant-side)."""
DEFROST_TEMP = -8.0
"""Water equivalent of the evaporating temperature that the expansion valve holds in a defrost at most [degC]."""
NARROW = 0.1
"""A condenser with less than this share of the heat is fed too little to raise the condensing pressure alone."""
RELIEF_TEMP, VACUUM_TEMP, FADE = 85.0, -45.0, 10.0
"""Where an internal relief valve or a vacuum ends the pumping of a compressor that nothing stops [degC]; over 10 K."""


class Refrigerant:
    """Points of the refrigerant side: temperatures, pressures, heat, power and their lags."""

    capacity = sensor("1", lo=0.0, hi=1.0, doc="actual capacity as a fraction of full load")
    freeze_sensor_temp = sensor("degC", 15.0, doc="pocket in the evaporator's outlet head, slower than the water")
    heating_capacity = sensor("W", doc="heat given on the warm side, recovery included; negative in a reverse defrost")
    cooling_capacity = sensor("W", doc="heat taken on the cold side, mean of the tick; negative in a defrost")
    power = sensor("W", doc="electric power, mean of the tick")
    cop = sensor("1", doc="heating capacity per power, 0 when off")
    eer = sensor("1", doc="cooling capacity per power, 0 when off")
    heating_energy = kept("J", doc="heat given, less what defrosts took back")
    cooling_energy = kept("J", doc="heat taken, less what defrosts gave to the coil")
    energy = kept("J", doc="electric energy", tags=(RISES,))
    start_lag = parameter("s", 30.0, lo=0.1, doc="time constant of heat and power, loading")
    stop_lag = parameter("s", 10.0, lo=0.1, doc="time constant of heat and power, unloading and stopping")
    trip_lag = parameter("s", 3.0, lo=0.1, doc="time constant of heat and power after a protective trip")
    crankcase_power = parameter("W", 0.0, lo=0.0, doc="crankcase heater, on while the compressor is off")
    freezing_temp = parameter("degC", -0.5, doc="so cold but for its ice, water bursts tubes; lower with glycol")
    freezing_time = parameter("s", 5.0, lo=0.0, doc="below the freezing temperature until the tubes burst")
    pocket_lag = parameter("s", 10.0, lo=0.1, doc="time constant of the freeze sensor")
    refrigerant_leak = fault(doc="Charge lost: capacity (1 - x), low pressure sinks, COP falls, in the end an LP trip.")
    condenser_fouling = fault("K", hi=15.0, doc="Scale: condensing temperature rises by this, power up, HP sooner.")
    evaporator_fouling = fault("K", hi=15.0, doc="Slime: evaporating temperature falls by this, less cold, LP sooner.")
    expansion_valve_stuck = fault(doc="Stuck half closed: superheat high, capacity 70 %, low pressure sinks.")
    freezing_timer = kept("s", doc="water below freezing with the compressor on")
    input_target = kept("1", doc="fraction of full-load power at that capacity")
    seen_target = kept("1", -1.0, doc="capacity to which input_target belongs")
    input_fraction = kept("1", doc="actual power as a fraction of full load")
    lag_dt = kept("s", doc="tick to which the lag weights belong")
    lag_decay = kept("1", count=7, doc="weight of the old value after a tick: start, stop, trip, pocket, equalising, "
                     "pressures, discharge gas")  # fmt: skip
    lag_held = kept("1", count=7, doc="weight of the old value in the mean of a tick")
    seen_evaporator_flow = kept("kg/s", -1.0, doc="flow to which the approach factor belongs")
    seen_condenser_flow = kept("kg/s", -1.0, doc="flow to which the approach factor belongs")
    film_held = status(
        values=ONOFF.names,
        doc="runs with less than a quarter of the nominal flow through an exchanger: its approach is that of a quarter",
        law="film law of the unit's exchangers, held below a quarter of the nominal flow",
    )
    evaporator_factor = kept("1", 1.0, doc="approach at this flow over approach at nominal flow")
    condenser_factor = kept("1", 1.0, doc="approach at this flow over approach at nominal flow")


@kernel
def convey(unit: Rows, evaporator: Rows, condenser: Rows, recovery: Rows, row: Rows, dt: float) -> None:
    """One tick of one unit: heat of its passages [W], power and energies; heat given = heat taken + power.

    recovery: the passage of the second condenser or desuperheater; any other where the unit has none
    """
    if unit.lag_dt != dt:
        _weigh_lags(unit, dt)
    unit.freeze_sensor_temp = evaporator.temp + (unit.freeze_sensor_temp - evaporator.temp) * unit.lag_decay[POCKET_LAG]
    if unit.contactor < 0.5 and unit.capacity == 0.0 and unit.input_fraction == 0.0:
        _rest(unit, evaporator, condenser, recovery, row)
        follow(unit, condenser, dt)
        unit.energy += unit.power * dt
        return
    _compress(unit, evaporator, condenser, recovery, row)
    evaporator.heat = -unit.cooling_capacity
    condenser.heat = unit.heating_capacity
    if unit.recovery >= 0:
        condenser.heat = unit.heating_capacity - unit.recovery_capacity
        recovery.heat = unit.recovery_capacity
    follow(unit, condenser, dt)
    if unit.changeover == REFRIGERANT_SIDE and (unit.mode == COOLING) == (unit.evaporator == unit.source):
        taken = unit.cooling_capacity
        unit.cooling_capacity = -unit.heating_capacity
        unit.heating_capacity = -taken
    _tell_ratios(unit)
    unit.heating_energy += unit.heating_capacity * dt
    unit.cooling_energy += unit.cooling_capacity * dt
    unit.recovery_energy += unit.recovery_capacity * dt
    unit.energy += unit.power * dt
    air = unit.air > 0.5 and unit.evaporator == unit.source
    freezing = unit.contactor > 0.5 and undercooled(evaporator) < unit.freezing_temp and not air
    unit.freezing_timer = unit.freezing_timer + dt if freezing else 0.0
    if unit.freezing_timer > 0.0 and unit.freezing_timer >= unit.freezing_time - STEADY:
        unit.frozen = 1.0


@kernel
def _tell_ratios(unit: Rows) -> None:
    """Heat and cold per power; 0 when off, negative while a defrost takes heat back."""
    unit.cop = unit.heating_capacity / unit.power if unit.power > 0.0 else 0.0
    unit.eer = unit.cooling_capacity / unit.power if unit.power > 0.0 else 0.0


@kernel
def _weigh_lags(unit: Rows, dt: float) -> None:
    """Weights of the exact first-order update, and of its mean, for ticks of dt [s]."""
    unit.lag_dt = dt
    for k in range(7):
        tau = unit.start_lag
        if k == STOP_LAG:
            tau = unit.stop_lag
        elif k == TRIP_LAG:
            tau = unit.trip_lag
        elif k == POCKET_LAG:
            tau = unit.pocket_lag
        elif k == EQUALISE_LAG:
            tau = unit.equalise_lag
        elif k == PRESSURE_LAG:
            tau = unit.pressure_lag
        elif k == DISCHARGE_LAG:
            tau = unit.discharge_lag
        decay = math.exp(-dt / tau)
        unit.lag_decay[k] = decay
        unit.lag_held[k] = (1.0 - decay) * tau / dt


@kernel
def _rest(unit: Rows, evaporator: Rows, condenser: Rows, recovery: Rows, row: Rows) -> None:
    """A unit at rest: no heat; the pressures become equal."""
    evaporator.heat = condenser.heat = recovery.heat = 0.0
    unit.heating_capacity = unit.cooling_capacity = unit.recovery_capacity = unit.cop = unit.eer = 0.0
    unit.power = unit.crankcase_power if unit.supply_loss < 0.5 else 0.0
    unit.freezing_timer = unit.film_held = 0.0
    equalise(unit, row, evaporator.temp, condenser_water(unit, condenser))


@kernel
def approach_factor(flow: float, nominal: float) -> float:
    """Approach at a flow [kg/s] over that at nominal flow [m3/h]: (flow ratio)^-0.8, held below 0.25 and above 1.5."""
    ratio = abs(flow) * M3H / nominal if nominal > 0.0 else 1.0
    return math.pow(min(MOST_FILM, max(LEAST_FILM, ratio)), FILM)


@kernel
def part_load_power(part_load: float, capacity: float) -> float:
    """Power as a fraction of full load: 0.15 + 0.85 y at fixed speed, y^1.05 at variable speed
    (docs/physics/heat-pumps.md#part-load)."""
    if capacity <= 0.0:
        return 0.0
    return math.pow(capacity, 1.05) if part_load == VARIABLE_SPEED else 0.15 + 0.85 * capacity


@kernel
def _compress(unit: Rows, evaporator: Rows, condenser: Rows, recovery: Rows, row: Rows) -> None:
    """Lags, refrigerant temperatures, heat and power of this tick."""
    _notice_flows(unit, evaporator.flow, condenser_flow(unit, condenser))
    unit.film_held = 1.0 if max(unit.evaporator_factor, unit.condenser_factor) >= HELD_FILM else 0.0
    capacity, power_part = _load(unit)
    approach = row.approach
    low = evaporator.temp - (approach * unit.evaporator_factor + unit.evaporator_fouling) * capacity
    if unit.defrosting > 0.5 or thawing(unit):
        low = min(low, DEFROST_TEMP - approach * capacity)
    warm, share = condenser_water(unit, condenser), 0.0
    warm += (approach * (unit.condenser_factor - 1.0) + unit.condenser_fouling) * capacity
    if unit.recovery_share > 0.0:
        warm, share = _common(unit.recovery_share, warm, recovery.temp, approach * capacity)
    low, high = limit(unit, low, warm + approach * capacity)
    cold, warm = low + approach, high - approach
    if unit.defrosting > 0.5 and unit.defrost == HOT_GAS:
        cold, warm = row.rating[0], row.rating[1]
    cooling, power, discharge, unit.map_clamped = look_up(row, cold, warm)
    suppression = LEAK_SUPPRESSION * unit.refrigerant_leak + VALVE_SUPPRESSION * unit.expansion_valve_stuck
    low -= suppression * capacity
    settle(unit, row, low, high, high + (discharge - warm - approach) * min(1.0, power_part))
    relief = min(1.0, max(0.0, (RELIEF_TEMP - high) / FADE)) * min(1.0, max(0.0, (low - VACUUM_TEMP) / FADE))
    charge = 1.0 - unit.refrigerant_leak
    unit.cooling_capacity = open_part(unit) * (
        unit.scale * cooling * capacity * charge * (1.0 - VALVE_LOSS * unit.expansion_valve_stuck) * relief
    )
    unit.power = unit.scale * power * power_part * (1.0 - LEAK_UNLOADING * unit.refrigerant_leak) * relief
    unit.heating_capacity = unit.cooling_capacity + unit.power
    unit.recovery_capacity = share * unit.heating_capacity
    if unit.recovery >= 0 and unit.recovery_type == DESUPERHEATER:
        unit.recovery_capacity = _desuperheat(unit, recovery)


@kernel
def _common(share: float, first: float, second: float, approach: float) -> tuple[float, float]:
    """Two condensers on one pressure: leaving temperature that stands for both [degC], and the second's share of heat.

    The refrigerant is an approach above either leaving temperature in proportion to the heat; the warmer decides. One
    that is fed less than NARROW condenses less than its share.
    """
    one, two = first - approach * share, second - approach * (1.0 - share)
    if two > one:
        weight = min(1.0, share / NARROW)
        return one + (two - one) * weight, share * weight
    weight = min(1.0, (1.0 - share) / NARROW)
    return two + (one - two) * weight, 1.0 - (1.0 - share) * weight


@kernel
def _desuperheat(unit: Rows, recovery: Rows) -> float:
    """Heat of the superheat that the recovery water takes [W], at most `desuperheater_share` of all heat given."""
    difference = max(0.0, unit.discharge_temp - recovery.entering_temp)
    taken = unit.desuperheater_effectiveness * max(0.0, recovery.flow) * HEAT_CAPACITY * difference
    return float(min(taken, unit.desuperheater_share * unit.heating_capacity))


@kernel
def _notice_flows(unit: Rows, evaporator_flow: float, condenser_flow: float) -> None:
    """The approach factors, anew when a flow [kg/s] has changed."""
    if evaporator_flow != unit.seen_evaporator_flow:
        unit.seen_evaporator_flow = evaporator_flow
        unit.evaporator_factor = approach_factor(evaporator_flow, unit.nominal_evaporator_flow)
    if condenser_flow != unit.seen_condenser_flow:
        unit.seen_condenser_flow = condenser_flow
        unit.condenser_factor = approach_factor(condenser_flow, unit.nominal_condenser_flow)


@kernel
def _load(unit: Rows) -> tuple[float, float]:
    """Capacity and power fractions, means of this tick; both follow their targets with the lag of what is happening."""
    target, lag = unit.capacity_target, START_LAG
    if unit.contactor < 0.5:
        target = 0.0
        lag = TRIP_LAG if unit.tripped > 0.5 else STOP_LAG
    elif target < unit.capacity:
        lag = STOP_LAG
    if target != unit.seen_target:
        unit.seen_target = target
        unit.input_target = part_load_power(unit.part_load, target)
    decay, held = unit.lag_decay[lag], unit.lag_held[lag]
    over, over_input = unit.capacity - target, unit.input_fraction - unit.input_target
    unit.capacity = target + over * decay if abs(over) > STEADY else target
    unit.input_fraction = unit.input_target + over_input * decay if abs(over_input) > STEADY else unit.input_target
    return target + over * held, unit.input_target + over_input * held
