"""Air handling units with heat recovery, a water coil and layered supply (docs/plants/documents.md#s13)."""

import math
from typing import Any, ClassVar

from plant_models.building.coil_laws import DRY_AIR, coil_conductance, effectiveness, sensible_share
from plant_models.building.fan_coil import WET_SHARE, resistance
from plant_models.building.layered_supply import SUPPLIES, form_layers
from plant_models.building.standing_water import STANDING_FILM, STANDS, lose_to_room, towards
from plant_models.building.zone import give_heat, give_vapour
from plant_models.constants import AIR_DENSITY, EVAPORATION_HEAT
from plant_models.water.ice import Icing
from plant_models.water.network import HEAT_CAPACITY, M3H, STIRRED
from plant_models.weather import psychrometrics as moist
from twin.errors import InputError
from twin.kernel import Rows, kernel
from twin.points import RISES, Model, alarm, command, fault, link, parameter, sensor, setpoint, state, status
from twin.symbol import ROOMS, Symbol

DEADBAND = 0.25
"""The valve rests while the supply is this near its set point [K]."""


class AirHandlingUnit(Icing, Model):
    """Supply and exhaust fans, heat recovery, fresh-air damper and one change-over coil with its modulating valve.

    Its own controller keeps the room (`temp_sp`) by the supply temperature between `supply_low` and `supply_high`, and
    the supply by the valve; a plant only enables it and says heat or cool. Heat into the room is that of the air blown
    in less that taken out, positive when heating; the coil's heat comes out of its passage. Fresh air and the wet coil
    change the room's humidity; the recovery is of heat alone.
    """

    symbol = Symbol("air_handler", end=ROOMS)
    in_rooms = True
    into_water = "air handlers"
    energies: ClassVar = {
        "heat given to rooms by air handlers": "room_energy", "heat of air handlers' coils into the air": "coil_energy",
        "heat that air handlers took from the water": "water_energy", "electricity of air handlers": "energy",
        "heat that air handlers lost to outdoor air": "outside_energy",
    }  # fmt: skip
    passage = link("passage")
    zone = link("zone", "the room it serves")
    weather = link("weather", "-1 stands for the only row")
    meter = link("electricitymeter")
    design: ClassVar = {"heating_capacity": "W", "cooling_capacity": "W", "air_flow": "m3/h"}
    rated_air_flow = parameter("m3/h", 10000.0, lo=1.0, doc="air at full fan speed")
    rated_heating = parameter("W", 60e3, lo=1.0, doc="coil at 50/45 degC water, air entering at 10 degC")
    rated_cooling = parameter("W", 60e3, lo=1.0, doc="coil at 7/12 degC water, air of 30 degC, 42 %: 3/4 sensible")
    rated_flow = parameter("kg/s", 2.9, lo=1e-4, doc="water at which `rated_pressure_drop` holds")
    rated_pressure_drop = parameter("Pa", 40e3, lo=1.0, doc="coil and open valve at the rated water flow")
    valve_share = parameter("1", 0.5, lo=0.01, hi=0.99, doc="share of the open valve in the pressure drop")
    leak = parameter("1", 0.001, lo=0.0, hi=1.0, doc="flow coefficient of the closed valve, as a fraction")
    stroke = parameter("s", 120.0, lo=1.0, doc="time of the valve from end to end")
    rated_power = parameter("W", 5000.0, lo=0.0, doc="both fans at full speed; grows with the cube of the speed")
    recovery = parameter("1", 0.7, lo=0.0, hi=0.95, doc="heat recovery, sensible: temperature ratio")
    least_fresh = parameter("1", 0.2, lo=0.0, hi=1.0, doc="least share of fresh air")
    supply_low = parameter("degC", 17.0, doc="coldest supply: nobody sits in a draught")
    supply_high = parameter("degC", 32.0, doc="warmest supply")
    layered = parameter("1", 1.0, values=SUPPLIES.names, doc="supply at the floor, or mixed")
    height = parameter("m", 8.0, lo=2.0, doc="height of the room")
    layer_time = parameter("s", 900.0, lo=1.0, doc="time in which warm air under the roof comes and goes; a default")
    room_gain = parameter("1", 3.0, lo=0.0, hi=100.0, doc="kelvin of supply per kelvin of room")
    room_time = parameter("s", 3600.0, lo=1.0, doc="integral time of the room controller")
    valve_time = parameter("s", 120.0, lo=1.0, doc="integral time of the supply controller")
    mass = parameter("kg", 60.0, lo=1.0, doc="water and metal of the coil, as water")
    lag = parameter("s", 30.0, lo=1.0, doc="time constant of the coil")

    enable_cmd = command(default=1.0, lo=0.0, hi=1.0, values={0: "off", 1: "on"}, doc="fans and controller on")
    mode_cmd = command(default=1.0, lo=0.0, hi=2.0, values={0: "air", 1: "heat", 2: "cool"}, doc="what the water is")
    speed_cmd = command(default=1.0, lo=0.0, hi=1.0, doc="fan speed")
    fresh_cmd = command(default=0.3, lo=0.0, hi=1.0, doc="share of fresh air wanted")
    temp_sp = setpoint("degC", 22.0, lo=10.0, hi=32.0, doc="room temperature")

    running = status(doc="run proof of the fans")
    valve_open = status(doc="end switch: the valve is fully open")
    calling = status(doc="the valve asks for water")
    room_temp = sensor("degC", 20.0, doc="room, occupied height")
    supply_temp = sensor("degC", 20.0, doc="supply air")
    exhaust_temp = sensor("degC", 20.0, doc="air leaving the room")
    mixed_temp = sensor("degC", 20.0, doc="air entering the coil")
    floor_temp = sensor("degC", 20.0, doc="air at the ankles")
    entering_temp = sensor("degC", 20.0, doc="water entering the coil")
    leaving_temp = sensor("degC", 20.0, doc="water leaving the coil")
    water_flow = sensor("m3/h", doc="water through the coil")
    valve = sensor("1", doc="valve position")
    air_flow = sensor("m3/h", doc="supply air")
    fresh_air = sensor("m3/h", doc="fresh air")
    supply_sp = sensor("degC", 20.0, doc="supply temperature wanted by the room controller")
    coil_heat = sensor("W", doc="heat of the coil into the air, sensible; negative when cooling")
    heat = sensor("W", doc="heat into the room; negative when cooling")
    recovered = sensor("W", doc="heat recovered from the exhaust air")
    power = sensor("W", doc="electric power of the fans")
    alarm_frost = alarm(doc="frost guard: coil water below 5 degC with the fans on; fans stopped, valve open")
    energy = state("J", doc="electricity, in all", tags=(RISES,))
    coil_energy = state("J", doc="heat of the coil into the air, in all")
    water_energy = state("J", doc="heat taken from the water, in all")
    latent_energy = state("J", doc="heat of condensation into the water, in all")
    room_energy = state("J", doc="heat into the room, in all")
    outside_energy = state("J", doc="heat that fresh air and recovery took from the air circuit, in all")
    integral = state("K", doc="memory of the room controller")
    wanted = state("1", doc="valve position wanted")
    speed = state("1", doc="fan speed")
    position_used = state("1", -1.0, doc="valve position in the network's coefficients")
    conductance_heating = state("W/K", doc="UA of the coil at the heating point")
    conductance_cooling = state("W/K", doc="UA of the coil at the cooling point")

    fault_belt = fault(doc="Fan belt torn: commanded on, no run proof, no air; the coil water comes back unchanged.")
    fault_filter = fault(doc="Filter blocked: up to 70 % less air, room not held at full valve.")
    fault_coil = fault(doc="Coil dirty: up to 60 % less transfer, valve far open, supply short of its set point.")
    fault_valve_stuck = fault(doc="Valve stays where it is: supply too warm or too cold, whatever the room asks for.")
    fault_damper = fault(doc="Fresh-air damper stuck fully open: coil load up, frost guard acts in a cold night.")
    fault_recovery = fault(doc="Recovery wheel stands still: no heat from the exhaust air, coil load up.")

    @classmethod
    def size(cls, figures: dict[str, Any]) -> dict[str, float]:
        """Water, fans and mass in proportion to the coil and the air."""
        if not figures:
            return {}
        heating = float(figures.get("heating_capacity", figures.get("cooling_capacity", 60e3)))
        cooling = float(figures.get("cooling_capacity", heating))
        air = float(figures.get("air_flow", max(heating, cooling) / 6.0))
        larger = max(heating, cooling)
        return {
            "rated_heating": heating, "rated_cooling": cooling, "rated_air_flow": air, "rated_power": 0.5 * air,
            "rated_flow": larger / (5.0 * HEAT_CAPACITY), "mass": max(1e-3 * larger, 1.0),
        }  # fmt: skip

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """The coil as stirred water behind a closed valve; UA of both rating points."""
        if row.zone < 0:
            raise InputError(
                f"air handling unit {number + 1} of the plant serves no room; give `zone: <name of a Zone>`"
            )
        air = DRY_AIR * row.rated_air_flow / 3600.0
        sensible = WET_SHARE * row.rated_cooling
        row.conductance_heating = coil_conductance(row.rated_heating, air, row.rated_heating / 5.0, 40.0)
        row.conductance_cooling = coil_conductance(sensible, air, sensible / 5.0, 23.0)
        passage = tables["passage"][int(row.passage)]
        passage.kind, passage.mass = STIRRED, row.mass
        passage.quadratic = _resistance(row)
        row.room_temp = row.supply_temp = row.supply_sp = row.exhaust_temp = tables["zone"][int(row.zone)].temp


@kernel
def _resistance(u: Rows) -> float:
    """Quadratic loss of coil and valve; the valve is equal-percentage with a ratio of 50."""
    phi = (math.exp(u.valve * math.log(50.0)) - 1.0) / 49.0
    return resistance(u, phi)


@kernel
def _control(u: Rows, dt: float) -> None:
    """Room controller (PI on the supply), supply controller (I on the valve), frost guard."""
    sign = 1.0 if u.mode_cmd < 1.5 else -1.0
    off = u.temp_sp - u.room_temp
    trim = u.integral + off * dt / u.room_time * u.room_gain
    wanted = u.temp_sp + u.room_gain * off + trim
    u.supply_sp = min(max(wanted, u.supply_low), u.supply_high)
    if wanted == u.supply_sp:
        u.integral = trim
    if u.running < 0.5 or u.mode_cmd < 0.5:
        u.wanted = 0.0
        u.integral = 0.0
    elif abs(u.supply_sp - u.supply_temp) > DEADBAND:
        u.wanted = min(max(u.wanted + sign * (u.supply_sp - u.supply_temp) / 10.0 * dt / u.valve_time, 0.0), 1.0)
    if u.alarm_frost > 0.5:
        u.wanted = 1.0
    u.calling = 1.0 if u.wanted > 0.05 else 0.0


@kernel
def actuate(units: Rows, passages: Rows, network: Rows, dt: float) -> None:
    """Fans, controllers and valves; the network hears of every fiftieth of a stroke."""
    for i in range(len(units)):
        u = units[i]
        on = u.enable_cmd > 0.5 and u.fault_belt < 0.5 and u.alarm_frost < 0.5
        target = u.speed_cmd if on else 0.0
        u.speed = min(target, u.speed + dt / 30.0) if target > u.speed else max(target, u.speed - dt / 30.0)
        u.running = 1.0 if u.speed > 0.05 else 0.0
        if u.alarm_frost > 0.5 and passages[u.passage].temp > 10.0:
            u.alarm_frost = 0.0
        _control(u, dt)
        if u.fault_valve_stuck < 0.5:
            step = dt / u.stroke
            u.valve = min(u.wanted, u.valve + step) if u.wanted > u.valve else max(u.wanted, u.valve - step)
        u.valve_open = 1.0 if u.valve >= 0.99 else 0.0
        ended = u.valve != u.position_used and (u.valve <= 0.0 or u.valve >= 1.0)
        if ended or abs(u.valve - u.position_used) > 0.02:
            u.position_used = u.valve
            passages[u.passage].quadratic = _resistance(u)
            network[0].moved = 1.0


@kernel
def _coil(u: Rows, passage: Rows, water: float, stream: float, share: float, dt: float) -> float:
    """Sensible heat of the coil into the air [W] towards which it goes, at a sensible share; dt [s]."""
    if stream <= 0.0:
        return 0.0
    flow = abs(passage.flow)
    stands = flow < STANDS * u.rated_flow
    ua = u.conductance_heating if water > u.mixed_temp else u.conductance_cooling
    ua *= 1.0 - 0.6 * u.fault_coil
    air = DRY_AIR * u.rated_air_flow / 3600.0
    ua /= 0.7 * math.pow(stream / air, -0.6) + 0.3 * math.pow(STANDING_FILM if stands else flow / u.rated_flow, -0.8)
    if stands:
        return towards(passage, stream * (1.0 - math.exp(-ua / stream)), u.mixed_temp, dt)
    passing = HEAT_CAPACITY * flow * share
    return effectiveness(ua, stream, passing) * min(stream, passing) * (water - u.mixed_temp)  # type: ignore[no-any-return]


@kernel
def _mix(u: Rows, outdoor: float, stream: float) -> None:
    """Fresh air through the recovery, mixed with return air; the recovery is passed by where it would do harm."""
    fresh = max(u.fresh_cmd, u.least_fresh) if u.fault_damper < 0.5 else 1.0
    gain = u.recovery * (1.0 - u.fault_recovery) * (u.exhaust_temp - outdoor)
    helps = gain > 0.0 if u.mode_cmd < 1.5 else gain < 0.0
    used = gain if helps else 0.0
    u.mixed_temp = fresh * (outdoor + used) + (1.0 - fresh) * u.exhaust_temp
    u.recovered = fresh * stream * used
    u.fresh_air = fresh * u.air_flow


@kernel
def exchange(units: Rows, zones: Rows, passages: Rows, weather: Rows, dt: float) -> None:
    """Air and water of every unit for a tick of dt [s]: heat passed once each way."""
    for i in range(len(units)):
        u = units[i]
        zone, passage, sky = zones[u.zone], passages[u.passage], weather[u.weather]
        share = u.speed * (1.0 - 0.7 * u.fault_filter)
        u.air_flow = u.rated_air_flow * share
        stream = DRY_AIR * u.air_flow / 3600.0
        _mix(u, sky.outdoor_temp, stream)
        u.power = u.rated_power * u.speed * u.speed * u.speed
        water = passage.temp if abs(passage.flow) < STANDS * u.rated_flow else passage.entering_temp
        outdoor = moist.humidity_ratio(moist.vapour_pressure(sky.dew_point))
        ratio = zone.humidity_ratio + u.fresh_air / max(u.air_flow, 1.0) * (outdoor - zone.humidity_ratio)
        dry = sensible_share(water, u.mixed_temp, moist.dew_point(moist.partial_pressure(ratio)), ratio)
        target = _coil(u, passage, water, stream, dry, dt)
        u.coil_heat = target + (u.coil_heat - target) * math.exp(-dt / u.lag) if stream > 0.0 else 0.0
        taken = u.coil_heat / dry
        passage.heat = -taken
        u.supply_temp = u.mixed_temp + (u.coil_heat + u.power) / stream if stream > 0.0 else zone.temp
        u.heat = stream * (u.supply_temp - u.exhaust_temp)
        give_heat(zones, u.zone, u.heat * dt)
        fresh = AIR_DENSITY * u.fresh_air / 3600.0 * (outdoor - zone.humidity_ratio)
        give_vapour(zones, u.zone, (fresh - (u.coil_heat - taken) / EVAPORATION_HEAT) * dt)
        _count(u, taken, lose_to_room(passage, zones, u.zone, dt), stream, dt)
        form_layers(u, zone, dt)


@kernel
def _count(u: Rows, taken: float, lost: float, stream: float, dt: float) -> None:
    """Energies of a tick, `lost` by standing water [J] too; outside = coil + fans - room closes the air circuit."""
    u.energy += u.power * dt
    u.coil_energy += u.coil_heat * dt + lost
    u.water_energy += taken * dt + lost
    u.latent_energy += (u.coil_heat - taken) * dt
    u.room_energy += u.heat * dt + lost
    u.outside_energy += stream * (u.exhaust_temp - u.mixed_temp) * dt


@kernel
def sense(units: Rows, zones: Rows, passages: Rows) -> None:
    """Instruments and the frost guard."""
    for i in range(len(units)):
        u = units[i]
        passage = passages[u.passage]
        u.room_temp = zones[u.zone].measured_temp
        u.entering_temp, u.leaving_temp = passage.entering_temp, passage.leaving_temp
        u.water_flow = passage.flow * M3H
        if u.running > 0.5 and passage.temp < 5.0 and u.mode_cmd < 1.5:
            u.alarm_frost = 1.0
