"""Radiators by EN 442 with a thermostatic valve (docs/physics/buildings.md#radiators).

Heat = rated output (mean excess / rated mean excess)^n, the excess logarithmic between the water that enters and the
water that leaves. So the steady state is that of EN 442 at any flow; water that stands gives heat by its own excess.
"""

import math
from typing import Any, ClassVar

from plant_models.building.fan_coil import resistance
from plant_models.building.zone import give_heat, give_radiant_heat
from plant_models.water.ice import Icing
from plant_models.water.network import HEAT_CAPACITY, M3H, STIRRED
from twin.enumeration import Enumeration
from twin.errors import InputError
from twin.kernel import Rows, kernel
from twin.points import Model, command, fault, link, parameter, sensor, setpoint, state
from twin.symbol import ROOMS, Symbol

WATER_PER_WATT, STEEL_PER_WATT, STEEL_HEAT = 5.8e-3, 0.0263, 490.0
"""Water [kg] and steel [kg] of a radiator per watt of rated output; specific heat of steel [J/(kg K)]."""
EVEN = 1e-3
"""Relative difference of two excesses below which their logarithmic mean is their arithmetic one."""
COVERED = 3.0
"""A covered head feels the room this much warmer [K]."""
STEP = 0.02
"""Travel of the valve that the network hears of."""
HEADS = Enumeration("thermostatic", "commanded")
THERMOSTATIC, COMMANDED = HEADS


class Radiator(Icing, Model):
    """Radiator of a room, or many alike as one, rated by EN 442 at 75/65/20 degC, with a thermostatic valve.

    Water and metal are one store, stirred; its surface gives `radiant_share` to the room's surfaces, the rest to its
    air. Heat into the room is positive, and all of it comes from the water. The valve opens in proportion: closed at
    `temp_sp`, open `band` below, behind the lag of its head. Source: docs/physics/buildings.md#radiators.
    """

    symbol = Symbol(
        '<rect x="-20" y="-16" width="40" height="32" rx="2"/><path d="M-12 -16V16M-4 -16V16M4 -16V16M12 -16V16"/>',
        end=ROOMS,
    )
    into_water = "radiators"
    energies: ClassVar = {"heat given to rooms by radiators": "room_energy"}
    design: ClassVar = {"output": "W"}
    passage = link("passage")
    zone = link("zone", "the room it stands in")

    rated_output = parameter("W", 1000.0, lo=1.0, doc="output at the rated temperatures")
    rated_supply = parameter("degC", 75.0, lo=30.0, hi=120.0, doc="water entering at the rating")
    rated_return = parameter("degC", 65.0, lo=25.0, hi=110.0, doc="water leaving at the rating")
    rated_room = parameter("degC", 20.0, lo=5.0, hi=30.0, doc="room at the rating")
    exponent = parameter("1", 1.3, lo=1.0, hi=1.6, doc="n of the characteristic")
    radiant_share = parameter("1", 0.35, lo=0.0, hi=1.0, doc="share of the heat that goes to the room's surfaces")
    water = parameter("kg", 5.8, lo=0.01, doc="water inside")
    metal = parameter("kg", 26.3, lo=0.0, doc="steel")
    rated_flow = parameter("kg/s", 0.0239, lo=1e-5, doc="water at which `rated_pressure_drop` holds")
    rated_pressure_drop = parameter("Pa", 8e3, lo=1.0, doc="radiator and open valve at the rated flow")
    valve_share = parameter("1", 0.9, lo=0.01, hi=0.99, doc="share of the open valve in the pressure drop")
    leak = parameter("1", 1e-3, lo=0.0, hi=1.0, doc="flow coefficient of the closed valve, as a fraction")
    head = parameter("1", float(THERMOSTATIC), values=HEADS.names, doc="what moves the valve: itself, or `valve_cmd`")
    band = parameter("K", 2.0, lo=0.1, hi=10.0, doc="room below its set point at which the valve is open")
    head_time = parameter("s", 900.0, lo=1.0, doc="time constant of the thermostatic head")

    temp_sp = setpoint("degC", 21.0, lo=5.0, hi=32.0, doc="room temperature at which the valve is closed")
    valve_cmd = command(default=1.0, lo=0.0, hi=1.0, doc="position of a valve without a thermostatic head")
    heat = sensor("W", doc="heat into the room")
    entering_temp = sensor("degC", 20.0, doc="water entering")
    leaving_temp = sensor("degC", 20.0, doc="water leaving")
    water_flow = sensor("m3/h", doc="water through the radiator")
    valve = sensor("1", doc="valve position")
    room_temp = sensor("degC", 20.0, doc="what the head of the valve feels")
    below_room = sensor("K", law="EN 442: it rates heating only", doc="water colder than the room by this")
    rated_excess = state("K", doc="logarithmic mean excess at the rating")
    position_used = state("1", -1.0, doc="valve position in the network's coefficients")
    sludge_used = state("1", doc="sludge in the network's coefficients")
    room_energy = state("J", doc="heat into the room, in all")

    fault_air = fault(doc="Air in it: this share of its surface stays cold, the room lacks heat at hot pipes.")
    fault_sludge = fault(hi=100.0, doc="Sludge: its pressure loss grows by this many times, water comes back cold.")
    fault_valve_stuck = fault(doc="Valve pin seized: the valve stays where it is, too much heat or none.")
    fault_covered = fault(doc="Head behind a curtain: it feels the room 3 K too warm and closes early.")

    @classmethod
    def size(cls, figures: dict[str, Any]) -> dict[str, float]:
        """Water, steel and flow in proportion to the output at 75/65/20 degC."""
        if "output" not in figures:
            return {}
        output = float(figures["output"])
        return {
            "rated_output": output, "rated_flow": output / (10.0 * HEAT_CAPACITY),
            "water": WATER_PER_WATT * output, "metal": STEEL_PER_WATT * output,
        }  # fmt: skip

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """Water and steel as one stirred store; InputError where it stands in no room or its rating is no rating."""
        if row.zone < 0:
            raise InputError(f"radiator {number + 1} of the plant stands in no room; give `zone: <name of a Zone>`")
        if not row.rated_supply > row.rated_return > row.rated_room:
            raise InputError("rated_supply, rated_return and rated_room must fall in this order")
        row.rated_excess = mean_excess(row.rated_supply - row.rated_room, row.rated_return - row.rated_room)
        row.room_temp = tables["zone"][int(row.zone)].temp
        row.valve = _wanted(row)
        passage = tables["passage"][int(row.passage)]
        passage.kind, passage.mass = STIRRED, row.water + row.metal * STEEL_HEAT / HEAT_CAPACITY
        passage.quadratic = _resistance(row)

    @classmethod
    def settle(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """The thermostatic head is as warm as its room."""
        row.room_temp = tables["zone"][int(row.zone)].temp


@kernel
def mean_excess(entering: float, leaving: float) -> float:
    """Logarithmic mean [K] of the excess of entering and leaving water over the room; that of the leaving water where
    it is not between the entering one and the room: the metal is warmer than what comes in, or all is at rest."""
    ratio = entering / leaving if leaving != 0.0 else 0.0
    if ratio <= 1.0:
        return leaving
    if ratio - 1.0 < EVEN:
        return 0.5 * (entering + leaving)
    return (entering - leaving) / math.log(ratio)


@kernel
def output(r: Rows, excess: float) -> float:
    """Heat [W] at a mean excess [K]; negative where the water is colder than the room."""
    given: float = r.rated_output * (1.0 - r.fault_air) * math.pow(abs(excess) / r.rated_excess, r.exponent)
    return math.copysign(given, excess)


@kernel
def _wanted(r: Rows) -> float:
    """Position that the head, or the command, asks for."""
    if r.head == COMMANDED:
        return float(r.valve_cmd)
    opening: float = (r.temp_sp - r.room_temp) / r.band
    return min(1.0, max(0.0, opening))


@kernel
def _resistance(r: Rows) -> float:
    """Quadratic loss coefficient of radiator and valve [Pa s2/kg2]."""
    return resistance(r, r.valve) * (1.0 + r.fault_sludge)  # type: ignore[no-any-return]


@kernel
def actuate(radiators: Rows, zones: Rows, passages: Rows, network: Rows, dt: float) -> None:
    """Thermostatic heads and valves; the network hears of every fiftieth of a stroke."""
    for i in range(len(radiators)):
        r = radiators[i]
        felt = zones[r.zone].measured_temp + COVERED * r.fault_covered
        r.room_temp += (felt - r.room_temp) * (1.0 - math.exp(-dt / r.head_time))
        if r.fault_valve_stuck < 0.5:
            r.valve = _wanted(r)
        ended = r.valve != r.position_used and (r.valve <= 0.0 or r.valve >= 1.0)
        if ended or abs(r.valve - r.position_used) > STEP or r.fault_sludge != r.sludge_used:
            passages[r.passage].quadratic = _resistance(r)
            r.position_used, r.sludge_used = r.valve, r.fault_sludge
            network[0].moved = 1.0


@kernel
def exchange(radiators: Rows, zones: Rows, passages: Rows, dt: float) -> None:
    """Heat from the water into the rooms for a tick of dt [s]; each joule passed once."""
    for i in range(len(radiators)):
        r = radiators[i]
        passage = passages[r.passage]
        room = zones[r.zone].temp
        excess = mean_excess(passage.entering_temp - room, passage.temp - room)
        r.heat = output(r, excess)
        r.below_room = max(0.0, -excess)
        passage.heat = -r.heat
        give_radiant_heat(zones, r.zone, r.radiant_share * r.heat * dt)
        give_heat(zones, r.zone, (1.0 - r.radiant_share) * r.heat * dt)
        r.room_energy += r.heat * dt


@kernel
def sense(radiators: Rows, passages: Rows) -> None:
    """Water temperatures and flow."""
    for i in range(len(radiators)):
        r = radiators[i]
        passage = passages[r.passage]
        r.entering_temp, r.leaving_temp = passage.entering_temp, passage.leaving_temp
        r.water_flow = passage.flow * M3H
