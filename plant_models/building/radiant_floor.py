"""Radiant floors: water in the slab, the slab's two states, and the surface by EN 1264 (docs/plants/documents.md#s13).

Heating: q = 8.92 (T_floor - T_room)^1.1 [W/m2], the basic characteristic of EN 1264-2; cooling: 7 W/(m2 K), ISO 11855.
"""

import math
from typing import Any, ClassVar

from plant_models.building.fan_coil import resistance
from plant_models.building.standing_water import STANDS, towards
from plant_models.building.zone import give_heat, give_radiant_heat
from plant_models.water.ice import Icing
from plant_models.water.network import HEAT_CAPACITY, M3H, STIRRED
from twin.errors import InputError
from twin.kernel import Rows, kernel
from twin.points import Model, alarm, command, fault, link, parameter, sensor, setpoint, state, status
from twin.symbol import ROOMS, Symbol

SURFACE, EXPONENT, COOLED = 8.92, 1.1, 7.0
LINEAR_SURFACE = 10.8
"""Film of the heated floor that belongs to `characteristic` [W/(m2 K)] (EN 1264-2)."""
RADIANT = 0.55
"""Share of a floor's heat that goes to the other surfaces: 5.5 of 10 W/(m2 K)."""


class RadiantFloor(Icing, Model):
    """A floor with pipes and a two-position valve under its own thermostat; heats or cools the room above.

    Two nodes: the layer of the pipes and the surface. In steady state q = characteristic x log-mean difference of water
    and room, as EN 1264 rates floors. Heat into the room is positive. Closed to rounding: water = room + down + stored.
    In cooling the guard shuts the valve when the surface is less than 1 K above the room's dew point.
    """

    initial = ("core_temp", "surface_temp")
    symbol = Symbol("floor", end=ROOMS)
    into_water = "radiant floors"
    energies: ClassVar = {
        "heat given to rooms by radiant floors": "room_energy", "heat lost below radiant floors": "down_energy",
        "heat that radiant floors took from the water": "water_energy",
    }  # fmt: skip
    passage = link("passage")
    zone = link("zone", "the room above")
    design: ClassVar = {"area": "m2", "flow_per_area": "kg/(h m2)"}
    area = parameter("m2", 100.0, lo=0.1, doc="heated floor")
    characteristic = parameter("W/(m2 K)", 5.5, lo=0.5, hi=10.0, doc="per log-mean difference; tiles, 150 mm pitch")
    cover = parameter("W/(m2 K)", 21.0, lo=1.0, doc="pipe layer to surface: 45 mm screed and tiles")
    core_capacity = parameter("J/(K m2)", 70e3, lo=1e3, doc="layer of the pipes")
    top_capacity = parameter("J/(K m2)", 60e3, lo=1e3, doc="what lies above")
    down_conductance = parameter("W/(m2 K)", 0.3, lo=0.0, doc="insulation below")
    below_temp = parameter("degC", 14.0, doc="below the insulation")
    rated_flow = parameter("kg/s", 0.4, lo=1e-4, doc="water at which `rated_pressure_drop` holds")
    rated_pressure_drop = parameter("Pa", 25e3, lo=1.0, doc="pipes and open valve at the rated flow")
    valve_share = parameter("1", 0.3, lo=0.01, hi=0.99, doc="share of the open valve in the pressure drop")
    leak = parameter("1", 0.001, lo=0.0, hi=1.0, doc="flow coefficient of the closed valve, as a fraction")
    stroke = parameter("s", 180.0, lo=1.0, doc="thermal actuator from end to end")
    water_per_area = parameter("kg/m2", 0.9, lo=0.01, doc="water in the pipes")
    hysteresis = parameter("K", 0.3, lo=0.0, doc="the thermostat switches this much before and behind its set point")
    most_surface = parameter("degC", 29.0, doc="warmest surface where people stay (EN 1264: 9 K above the room)")

    enable_cmd = command(default=1.0, lo=0.0, hi=1.0, values={0: "off", 1: "on"}, doc="on/off key of the thermostat")
    mode_cmd = command(default=1.0, lo=0.0, hi=2.0, values={0: "off", 1: "heat", 2: "cool"}, doc="season")
    temp_sp = setpoint("degC", 20.0, lo=10.0, hi=32.0, doc="room temperature")
    room_temp = sensor("degC", 20.0, doc="the thermostat's own reading")
    surface_temp = sensor("degC", 20.0, doc="floor surface")
    core_temp = sensor("degC", 20.0, doc="layer of the pipes")
    entering_temp = sensor("degC", 20.0, doc="water entering")
    leaving_temp = sensor("degC", 20.0, doc="water leaving")
    water_flow = sensor("m3/h", doc="water through the floor")
    heat = sensor("W", doc="heat into the room; negative when cooling")
    valve = sensor("1", doc="valve position")
    calling = status(doc="the thermostat calls")
    condensation_risk = status(doc="surface less than 1 K above the dew point: the guard has shut the valve")
    alarm_condensation = alarm(doc="surface below the dew point: the floor is wet and slippery")
    position_used = state("1", -1.0, doc="valve position in the network's coefficients")
    water_energy = state("J", doc="heat taken from the water, in all")
    room_energy = state("J", doc="heat into the room, in all")
    down_energy = state("J", doc="heat lost downwards, in all")
    share = state("1", doc="share of the difference of core and surface that passes in a tick")
    share_dt = state("s", doc="dt for which `share` holds")
    film = state("W/(m2 K)", doc="pipe wall: water to the pipe layer")

    fault_air = fault(doc="Air in the pipes: this share of the circuits stands still, floor cold in stripes.")
    fault_valve_stuck = fault(doc="Actuator dead: the valve stays where it is; room too warm or too cold for hours.")
    fault_guard = fault(doc="Dew-point sensor dead: the guard does not act, the cooled floor gets wet.")
    fault_carpet = fault(doc="Carpet laid on the floor: half the output at the same water; the room stays cold.")

    @classmethod
    def size(cls, figures: dict[str, Any]) -> dict[str, float]:
        """Rated water from the area, 12 kg/(h m2) unless given."""
        if "area" not in figures:
            return {}
        area = float(figures["area"])
        return {"area": area, "rated_flow": area * float(figures.get("flow_per_area", 12.0)) / 3600.0}

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """The pipes as stirred water behind a closed valve; all at the temperature of the room."""
        if row.zone < 0:
            raise InputError(f"radiant floor {number + 1} of the plant lies in no room; give `zone: <name of a Zone>`")
        rest = 1.0 / row.characteristic - 1.0 / row.cover - 1.0 / LINEAR_SURFACE
        if rest <= 0.0:
            raise InputError(f"radiant floor {number + 1}: characteristic and cover leave nothing for the pipes")
        row.film = 1.0 / rest
        passage = tables["passage"][int(row.passage)]
        passage.kind, passage.mass = STIRRED, row.area * row.water_per_area
        passage.quadratic = resistance(row, row.valve)
        row.core_temp = row.surface_temp = row.room_temp = tables["zone"][int(row.zone)].temp


@kernel
def _thermostat(f: Rows, dew_point: float) -> None:
    """Call with hysteresis, surface limit and condensation guard."""
    on = f.enable_cmd > 0.5 and f.mode_cmd > 0.5
    short = f.temp_sp - f.room_temp if f.mode_cmd < 1.5 else f.room_temp - f.temp_sp
    if not on or short < -f.hysteresis:
        f.calling = 0.0
    elif short > f.hysteresis:
        f.calling = 1.0
    risk = f.mode_cmd > 1.5 and on and f.surface_temp < dew_point + (1.5 if f.condensation_risk > 0.5 else 1.0)
    f.condensation_risk = 1.0 if risk and f.fault_guard < 0.5 else 0.0
    f.alarm_condensation = 1.0 if f.surface_temp < dew_point else 0.0


@kernel
def actuate(floors: Rows, zones: Rows, passages: Rows, network: Rows, dt: float) -> None:
    """Thermostats and valves; the network hears of every twentieth of a stroke."""
    for i in range(len(floors)):
        f = floors[i]
        zone = zones[f.zone]
        f.room_temp = zone.measured_temp
        _thermostat(f, zone.dew_point)
        hot = f.mode_cmd < 1.5 and f.surface_temp > f.most_surface
        wanted = 1.0 if f.calling > 0.5 and f.condensation_risk < 0.5 and not hot else 0.0
        if f.fault_valve_stuck < 0.5:
            step = dt / f.stroke
            f.valve = min(f.valve + step, 1.0) if wanted > 0.5 else max(f.valve - step, 0.0)
        ended = f.valve != f.position_used and (f.valve <= 0.0 or f.valve >= 1.0)
        if ended or abs(f.valve - f.position_used) > 0.05:
            passages[f.passage].quadratic = resistance(f, f.valve)
            f.position_used = f.valve
            network[0].moved = 1.0


@kernel
def surface_heat(difference: float) -> float:
    """Heat of a floor [W/m2] at surface less room [K]: EN 1264-2 when warmer, ISO 11855-2 when colder."""
    if difference > 0.0:
        return SURFACE * math.pow(difference, EXPONENT)
    return COOLED * difference


@kernel
def _from_water(f: Rows, passage: Rows, room: float, dt: float) -> float:
    """Heat from the water to the pipe layer [W]; the layer of running circuits is that much warmer."""
    flow, running = abs(passage.flow), 1.0 - f.fault_air
    if running <= 0.01:
        return 0.0
    stream = flow * HEAT_CAPACITY
    core = room + (f.core_temp - room) / running
    if flow < STANDS * f.rated_flow:
        return towards(passage, f.film * f.area * running, core, dt)
    given = stream * (1.0 - math.exp(-f.film * f.area * running / stream)) * (passage.entering_temp - core)
    return float(given)


@kernel
def exchange(floors: Rows, zones: Rows, passages: Rows, dt: float) -> None:
    """Heat from the water through the slab into the room and down, for a tick of dt [s]; each passed once."""
    for i in range(len(floors)):
        f = floors[i]
        passage = passages[f.passage]
        core, top = f.core_capacity * f.area, f.top_capacity * f.area
        if f.share_dt != dt:
            f.share_dt = dt
            f.share = 1.0 - math.exp(-f.cover * f.area * dt * (1.0 / core + 1.0 / top))
        given = _from_water(f, passage, zones[f.zone].temp, dt)
        up = f.share * (f.core_temp - f.surface_temp) / (1.0 / core + 1.0 / top)
        down = f.down_conductance * f.area * (f.core_temp - f.below_temp)
        f.heat = f.area * surface_heat(f.surface_temp - zones[f.zone].temp) * (1.0 - 0.5 * f.fault_carpet)
        f.core_temp += ((given - down) * dt - up) / core
        f.surface_temp += (up - f.heat * dt) / top
        passage.heat = -given
        give_radiant_heat(zones, f.zone, RADIANT * f.heat * dt)
        give_heat(zones, f.zone, (1.0 - RADIANT) * f.heat * dt)
        f.water_energy += given * dt
        f.room_energy += f.heat * dt
        f.down_energy += down * dt


@kernel
def sense(floors: Rows, passages: Rows) -> None:
    """Water temperatures and flow."""
    for i in range(len(floors)):
        f = floors[i]
        passage = passages[f.passage]
        f.entering_temp, f.leaving_temp = passage.entering_temp, passage.leaving_temp
        f.water_flow = passage.flow * M3H
