"""Fan coils with their room thermostat, the trade's zone controller (docs/physics/buildings.md#fan-coils)."""

import math
from typing import Any, ClassVar

from plant_models.building.coil_laws import DRY_AIR, coil_conductance, effectiveness, sensible_share
from plant_models.building.standing_water import lose_to_room
from plant_models.building.zone import give_heat, give_vapour
from plant_models.constants import EVAPORATION_HEAT
from plant_models.piping.leaks import TIGHT
from plant_models.water.ice import Icing
from plant_models.water.network import HEAT_CAPACITY, M3H, STIRRED
from twin.errors import InputError
from twin.kernel import Rows, kernel
from twin.points import RISES, Model, command, fault, link, parameter, sensor, setpoint, state, status
from twin.symbol import ROOMS, Symbol

AIR_SHARE = 0.7
"""Share of the coil's thermal resistance on the air side at the rated flows; the rest is on the water side."""
WET_SHARE = 0.75
"""Sensible share of the rated cooling (docs/physics/buildings.md#fan-coils)."""
WAR_SWING, WAR_TURN = 3.0, 900.0
"""How far and how often people at war turn the set point [K, s]."""
_STILL = 1e-6
STEPS = {0: "off", 1: "low", 2: "medium", 3: "high"}


class FanCoil(Icing, Model):
    """Fan coil of a room, or many alike as one, with a two-position valve in its passage and its own thermostat.

    `capacity` is the heat into the room: positive when heating. The room gets capacity + fan power; the water gets
    -capacity when dry, and when wet also the condensate's heat: closure of the water side is
    passage.heat dt = -(heat of the coil into the room) + latent_energy. Below the dew point of its room the coil is
    wet: condensate = latent_energy / heat of evaporation leaves the room's vapour. Rated at 7/12 degC water and a
    room of 27 degC, 19 degC wet bulb for cooling; 45/40 degC and 20 degC for heating (EN 1397). A manual `fan_cmd`
    keeps the fan running in the dead band too.
    """

    symbol = Symbol("coil_with_fan", end=ROOMS)
    in_rooms = True
    into_water = "fan coils"
    energies: ClassVar = {
        "heat given to rooms by fan coils": "heat_to_room", "heat of condensation in fan coils": "latent_energy",
        "electricity of fan coils": "energy",
    }  # fmt: skip
    design = {"heating_capacity": "W", "cooling_capacity": "W", "pressure_drop": "Pa"}  # noqa: RUF012

    passage = link("passage")
    zone = link("zone", "the room it blows into")
    meter = link("electricitymeter")

    rated_cooling = parameter("W", 3600.0, lo=1.0, doc="total cooling at 7/12 degC, room 27 degC")
    rated_heating = parameter("W", 3600.0, lo=1.0, doc="heating at 45/40 degC, room 20 degC")
    rated_air_flow = parameter("m3/h", 612.0, lo=1.0, doc="air at full fan speed")
    rated_flow = parameter("kg/s", 0.172, lo=1e-4, doc="water at which `rated_pressure_drop` holds")
    rated_pressure_drop = parameter("Pa", 30e3, lo=1.0, doc="coil and open valve at the rated water flow")
    rated_power = parameter("W", 60.0, lo=0.0, doc="fan at full speed")
    valve_share = parameter("1", 0.3, lo=0.01, hi=0.99, doc="share of the open valve in the pressure drop")
    leak = parameter("1", 0.001, lo=0.0, hi=1.0, doc="flow coefficient of the closed valve, as a fraction")
    stroke = parameter("s", 120.0, lo=1.0, doc="time of the valve from end to end, 60..180 s")
    lag = parameter("s", 45.0, lo=1.0, doc="time constant of the coil, 30..60 s")
    mass = parameter("kg", 3.0, lo=0.0, doc="water and metal of the coil, as water")
    hysteresis = parameter("K", 0.5, lo=0.0, doc="the thermostat switches this much before and behind its set point")

    temp_sp = setpoint("degC", 20.0, lo=16.0, hi=32.0, doc="room temperature")
    mode_cmd = command(default=1.0, lo=0.0, hi=2.0, values={0: "off", 1: "heat", 2: "cool"}, doc="season")
    enable_cmd = command(default=1.0, lo=0.0, hi=1.0, doc="on/off key of the thermostat")
    fan_cmd = command(lo=0.0, hi=3.0, values={0: "auto", 1: "low", 2: "medium", 3: "high"}, doc="fan speed by hand")

    room_temp = sensor("degC", 20.0, doc="the thermostat's own reading")
    entering_temp = sensor("degC", 20.0, doc="water entering the coil")
    leaving_temp = sensor("degC", 20.0, doc="water leaving the coil")
    water_flow = sensor("m3/h", doc="water through the coil")
    capacity = sensor("W", doc="heat into the room without the fan's; negative when cooling")
    condensate = sensor("kg/h", doc="water running off the coil")
    power = sensor("W", doc="electric power of the fan")
    valve_open = status(doc="end switch: the valve is open")
    calling = status(doc="the thermostat calls for heat or cold")
    fan_step = status(lo=0.0, hi=3.0, values=STEPS, doc="speed at which the fan is ordered to run: 40, 70, 100 %")
    running = status(doc="run proof of the fan")

    position = state("1", doc="valve position")
    position_used = state("1", -1.0, doc="valve position in the network's coefficients")
    conductance = state("W/K", doc="sensible heat per kelvin between room and entering water, with the lag")
    target = state("W/K", doc="the same, without the lag")
    coil_heating = state("W/K", doc="UA of the coil at the heating point; found at the first tick")
    coil_cooling = state("W/K", doc="UA of the coil at the cooling point; found at the first tick")
    used_ua = state("W/K", doc="UA for which `target` holds")
    used_air = state("1", -1.0, doc="air flow for which `target` holds, fraction")
    used_flow = state("kg/s", -1.0, doc="water flow for which `target` holds")
    used_share = state("1", 1.0, doc="sensible share for which `target` holds")
    decay = state("1", doc="exp(-dt/lag)")
    decay_dt = state("s", doc="dt for which `decay` holds")
    energy = state("J", doc="electric energy of the fan", tags=(RISES,))
    heat_to_room = state("J", doc="heat of the coil into the room, in all")
    latent_energy = state("J", doc="heat of condensation into the water, in all")
    war_s = state("s", doc="time since the set point was turned")
    war_sign = state("1", 1.0, doc="1: turned up, -1: turned down")

    filter_blocked = fault(doc="up to 70 % less air: little capacity, the water comes back with little change")
    dirty_coil = fault(doc="up to 60 % less conductance: full fan, warm enough water, too little capacity")
    valve_stuck = fault(doc="the valve stays where it is: no heat, or heat that does not end")
    setpoint_war = fault(
        doc="people turn the knob 3 K up and down by turns: the room swings, the fan runs up again and again"
    )
    fan_failed = fault(doc="the fan does not run: valve open, no run proof, no capacity")

    @classmethod
    def size(cls, figures: dict[str, Any]) -> dict[str, float]:
        """Air, fan, water and mass in proportion to the capacities; one figure stands for both capacities."""
        if not figures:
            return {}
        cooling = figures.get("cooling_capacity", figures.get("heating_capacity", 3600.0))
        return fan_coil_parameters(cooling, figures.get("heating_capacity"), figures.get("pressure_drop", 30e3))

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """Make the passage a stirred one with the coil's mass, valve closed."""
        if row.zone < 0:
            raise InputError(f"fan coil {number + 1} of the plant blows into no room; give `zone: <name of a Zone>`")
        passage = tables["passage"][row.passage]
        passage.kind = STIRRED
        passage.mass = row.mass
        passage.quadratic = resistance(row, row.position)


def fan_coil_parameters(cooling: float, heating: float | None = None, pressure_drop: float = 30e3) -> dict[str, float]:
    """Parameters of a `FanCoil` of a total cooling capacity at 7/12 degC and a heating capacity at 45/40 degC [W].

    Water flow for 5 K at the larger of both; 170 m3/h of air and 17 W of fan per kW of cooling, as in common ranges.
    """
    heating = cooling if heating is None else heating
    if not (cooling > 0.0 and heating > 0.0 and pressure_drop > 0.0):
        raise InputError(f"fan coil: {cooling:g} W, {heating:g} W and {pressure_drop:g} Pa must all be positive")
    larger = max(cooling, heating)
    return {
        "rated_cooling": cooling, "rated_heating": heating, "rated_air_flow": 0.17 * cooling,
        "rated_flow": larger / (5.0 * HEAT_CAPACITY), "rated_pressure_drop": pressure_drop,
        "rated_power": cooling / 60.0, "mass": 3.0 * cooling / 3600.0,
    }  # fmt: skip


@kernel
def resistance(row: Rows, position: float) -> float:
    """Quadratic loss coefficient of coil and valve [Pa s2/kg2] at a valve position."""
    opening = max(TIGHT, row.leak + (1.0 - row.leak) * position)
    open_loss = row.rated_pressure_drop / (row.rated_flow * row.rated_flow)
    return open_loss * (1.0 - row.valve_share + row.valve_share / (opening * opening))  # type: ignore[no-any-return]


@kernel
def _rate(row: Rows) -> None:
    """Find the UA of both rating points."""
    air = DRY_AIR * row.rated_air_flow / 3600.0
    row.coil_heating = coil_conductance(row.rated_heating, air, row.rated_heating / 5.0, 25.0)
    row.coil_cooling = coil_conductance(WET_SHARE * row.rated_cooling, air, WET_SHARE * row.rated_cooling / 5.0, 20.0)


@kernel
def _wanted(row: Rows, dt: float) -> float:
    """The set point as the thermostat takes it: what was ordered, or what people at war have made of it."""
    if row.setpoint_war > 0.0:
        row.war_s += dt
        if row.war_s >= WAR_TURN:
            row.war_s, row.war_sign = 0.0, -row.war_sign
    return min(max(row.temp_sp + WAR_SWING * row.setpoint_war * row.war_sign, 16.0), 32.0)  # type: ignore[no-any-return]


@kernel
def _thermostat(row: Rows, room: float, dt: float) -> None:
    """Call with hysteresis, and the fan step by deviation; 0.2 K between a step and the one below."""
    wanted = _wanted(row, dt)
    row.room_temp = room
    on = row.enable_cmd > 0.5 and row.mode_cmd > 0.5
    short = wanted - room if row.mode_cmd < 1.5 else room - wanted
    if not on or short < -row.hysteresis:
        row.calling = 0.0
    elif short > row.hysteresis:
        row.calling = 1.0
    if not on:
        row.fan_step = 0.0
    elif row.fan_cmd > 0.5:
        row.fan_step = math.floor(row.fan_cmd + 0.5)
    elif row.calling < 0.5:
        row.fan_step = 0.0
    elif short > 1.5 or (row.fan_step == 3.0 and short > 1.3):
        row.fan_step = 3.0
    elif short > 0.7 or (row.fan_step >= 2.0 and short > 0.5):
        row.fan_step = 2.0
    else:
        row.fan_step = 1.0


@kernel
def actuate(fan_coils: Rows, zones: Rows, passages: Rows, network: Rows, dt: float) -> None:
    """Thermostats, valve strokes and the passages' coefficients; the network hears of every twentieth of a stroke."""
    for i in range(len(fan_coils)):
        row = fan_coils[i]
        if row.zone >= 0:
            _thermostat(row, zones[row.zone].measured_temp, dt)
        wanted = 1.0 if row.calling > 0.5 else 0.0
        if row.position != wanted and row.valve_stuck < 0.5:
            travel = dt / row.stroke
            row.position = min(row.position + travel, 1.0) if wanted > 0.5 else max(row.position - travel, 0.0)
        row.valve_open = 1.0 if row.position >= 1.0 else 0.0
        ended = row.position == wanted and row.position_used != wanted
        if row.passage >= 0 and (ended or abs(row.position - row.position_used) > 0.05):
            passages[row.passage].quadratic = resistance(row, row.position)
            row.position_used = row.position
            network[0].moved = 1.0


@kernel
def _retarget(row: Rows, ua: float, air: float, flow: float, share: float) -> None:
    """Conductance of a coil of rated `ua` for an air fraction, a water flow [kg/s] and a sensible share of the heat."""
    row.used_ua, row.used_air, row.used_flow, row.used_share = ua, air, flow, share
    if air <= 0.0 or flow <= _STILL:
        row.target = 0.0
        return
    relative = flow / row.rated_flow
    ua /= AIR_SHARE * math.pow(air, -0.6) + (1.0 - AIR_SHARE) * math.pow(relative, -0.8)
    stream = DRY_AIR * row.rated_air_flow / 3600.0 * air
    water = HEAT_CAPACITY * flow * share
    row.target = effectiveness(ua, stream, water) * min(stream, water)


@kernel
def exchange(fan_coils: Rows, zones: Rows, passages: Rows, dt: float) -> None:
    """Heat between water and room over dt [s], passed once: joules to the room's accumulator, watts to the passage."""
    for i in range(len(fan_coils)):
        row = fan_coils[i]
        row.running = 1.0 if row.fan_step >= 1.0 and row.fan_failed < 0.5 else 0.0
        if row.running < 0.5 and row.conductance == 0.0:
            row.capacity = row.power = row.condensate = 0.0
            if row.passage >= 0:
                passages[row.passage].heat = 0.0
        elif row.passage >= 0 and row.zone >= 0:
            _exchange_one(row, passages[row.passage], zones, dt)
        if row.passage >= 0 and row.zone >= 0:
            row.heat_to_room += lose_to_room(passages[row.passage], zones, row.zone, dt)


@kernel
def _fan_speed(row: Rows) -> float:
    """Air flow as a fraction of the rated one."""
    if row.running < 0.5:
        return 0.0
    speed = 0.4 if row.fan_step <= 1.0 else (0.7 if row.fan_step <= 2.0 else 1.0)
    return speed * (1.0 - 0.7 * row.filter_blocked)  # type: ignore[no-any-return]


@kernel
def _exchange_one(row: Rows, passage: Rows, zones: Rows, dt: float) -> None:
    """One fan coil: conductance with its lag, heat limited to what the water can give, energies."""
    if row.coil_heating == 0.0:
        _rate(row)
    zone = zones[row.zone]
    room = zone.temp
    flow = abs(passage.flow)
    water = passage.entering_temp if flow > _STILL else passage.temp
    share = sensible_share(water, room, zone.dew_point, zone.humidity_ratio)
    air = _fan_speed(row)
    ua = (row.coil_heating if water > room else row.coil_cooling) * (1.0 - 0.6 * row.dirty_coil)
    moved = abs(flow - row.used_flow) > 0.01 * flow or abs(share - row.used_share) > 0.01
    if moved or air != row.used_air or ua != row.used_ua:
        _retarget(row, ua, air, flow, share)
    if row.decay_dt != dt:
        row.decay_dt, row.decay = dt, math.exp(-dt / row.lag)
    row.conductance = row.target + (row.conductance - row.target) * row.decay
    if row.target == 0.0 and row.conductance < 0.1:
        row.conductance = 0.0
    limit = HEAT_CAPACITY * flow * abs(water - room)
    if (passage.temp - room) * (water - room) > 0.0:
        limit += passage.mass * HEAT_CAPACITY * abs(passage.temp - room) / max(dt, 10.0)
    heat = min(row.conductance * abs(water - room), share * limit)
    row.capacity = heat if water > room else -heat
    row.power = 0.0
    if row.running > 0.5:
        row.power = row.rated_power * (0.3 if row.fan_step <= 1.0 else (0.6 if row.fan_step <= 2.0 else 1.0))
    passage.heat = -row.capacity / share
    row.energy += row.power * dt
    row.heat_to_room += row.capacity * dt
    latent = passage.heat + row.capacity
    row.latent_energy += latent * dt
    row.condensate = 3600.0 * latent / EVAPORATION_HEAT
    if latent > 0.0:
        give_vapour(zones, row.zone, -latent * dt / EVAPORATION_HEAT)
    give_heat(zones, row.zone, (row.capacity + row.power) * dt)


@kernel
def sense(fan_coils: Rows, passages: Rows) -> None:
    """Water temperatures and flow."""
    for i in range(len(fan_coils)):
        row = fan_coils[i]
        if row.passage >= 0:
            passage = passages[row.passage]
            row.entering_temp = passage.entering_temp
            row.leaving_temp = passage.leaving_temp
            row.water_flow = M3H * passage.flow
