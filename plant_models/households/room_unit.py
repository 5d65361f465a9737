"""A direct-expansion room unit: the water/air heat pump of one room, with its thermostat
(docs/physics/heat-pumps.md#room-units).

Heating: Q = Q_n (1 + 0.025 (t_w - t_w0) - 0.006 (t_a - 20)), power by a Carnot efficiency that the rating point fixes,
condensing 20 K above the room, evaporating 3 K below the leaving water. Cooling is its mirror image. Both approaches
shrink with the load, as in Modelica Buildings' ConstantCarnotEffectiveness. A unit that cools evaporates below the
surface of its coil, which dries the air: see `drying`. Its household drives it: see `household`.
"""

from typing import Any, ClassVar

from plant_models.constants import ZERO_CELSIUS
from plant_models.heat_pump.pressures import LEAST_LIFT
from plant_models.households.drying import COIL_APPROACH, Drying, dry_air
from plant_models.households.states import ALARMS, DRIVES, STATES
from plant_models.water.network import HEAT_CAPACITY, STIRRED
from twin.errors import InputError
from twin.kernel import Rows, kernel
from twin.points import RISES, Model, command, fault, link, parameter, sensor, setpoint, state, status
from twin.symbol import ROOMS, Symbol

AIR_APPROACH, WATER_APPROACH = 20.0, 3.0
"""Refrigerant against room air and leaving water at full load [K] (docs/physics/heat-pumps.md#room-units)."""
SOURCE_SLOPE, SINK_SLOPE = 0.025, -0.006
"""Capacity per kelvin of the side that evaporates and of the side that condenses
(docs/physics/heat-pumps.md#room-units)."""
ROOM_HEATING, ROOM_COOLING = 20.0, 27.0
"""Room air at the rating points [degC]."""
WATER_HEATING, WATER_COOLING = 10.0, 25.0
"""Water entering at the rating points [degC]; nobody gives them for these units, W10 is that of EN 14511."""
LEAST_SPEED = 0.2
MOST_LEFT = 0.999


class RoomUnit(Drying, Model):
    """Room unit on demand: thermostat 16..32 degC, compressor, water valve that closes with it, protections of its own.

    `capacity` is the heat into the room, its electricity included: positive when heating; when cooling it contains
    `latent`, the heat of the vapour that runs off as condensate. The water gives `source_heat` = capacity - power;
    negative when the room is cooled. Units of one household stand together in the
    plant file. `share` is the part of the catalogued set that this room has.
    """

    symbol = Symbol("coil_with_fan", end=ROOMS)
    energies: ClassVar = {
        "heat of room units into the rooms, net": "heat_to_room", "electricity of room units": "energy",
        "heat of condensation in room units": "latent_energy",
    }  # fmt: skip
    catalogue = "room_units"
    route = ()

    household = link("household", "the household whose water and electricity it uses")
    zone = link("zone", "the room it blows into")

    rated_heating = parameter("W", 5600.0, lo=1.0, doc="heat into the room at water 10 degC, room 20 degC")
    rated_cooling = parameter("W", 0.0, lo=0.0, doc="cooling at water 25 degC, room 27 degC; 0: 0.9 rated_heating")
    rated_power = parameter("W", 1500.0, lo=1.0, doc="electric power at the heating point")
    rated_flow = parameter("kg/s", 0.25, lo=1e-4, doc="water at which the household's pressure drop holds")
    share = parameter("1", 1.0, lo=0.01, hi=1.0, doc="part of the set for this room; scales the figures above")
    fan_share = parameter("1", 0.08, lo=0.0, hi=0.5, doc="fan and electronics, part of the rated power; a default")
    drive = parameter("1", 0.0, values=DRIVES.names, doc="inverter 20..100 %, or on/off")
    hysteresis = parameter("K", 0.5, lo=0.05, hi=3.0, doc="the thermostat switches this much before and behind")
    band = parameter("K", 1.0, lo=0.1, hi=5.0, doc="full speed when the room is this far from its set point")
    ramp = parameter("s", 60.0, lo=1.0, doc="compressor from standstill to full speed")
    min_off = parameter("s", 180.0, lo=0.0, doc="stop to start at least (docs/physics/heat-pumps.md#room-units)")
    start_delay = parameter("s", 0.0, lo=0.0, hi=600.0, doc="wait after power-up; 0: 5..80 s by its number")
    least_flow = parameter("1", 0.5, lo=0.0, hi=1.0, doc="flow switch, fraction of the rated flow")
    presence = parameter("1", 1.0, lo=0.0, hi=1.0, doc="part of the four-hour spells in which the room is used")
    water_mass = parameter("kg", 6.0, lo=0.1, doc="water and metal of the evaporator, as water; scaled by `share`")

    temp_sp = setpoint("degC", 20.0, lo=16.0, hi=32.0, doc="room temperature")
    away_sp = setpoint("degC", 16.0, lo=16.0, hi=32.0, doc="room temperature while nobody is in (heating)")
    mode_cmd = command(default=1.0, lo=0.0, hi=2.0, values={0: "off", 1: "heat", 2: "cool"}, doc="mode")
    enable_cmd = command(default=1.0, lo=0.0, hi=1.0, doc="on/off key of the thermostat")
    limit_cmd = command(
        default=1.0, lo=0.0, hi=1.0, doc="demand limit of the compressor; an on/off unit stops below 0.2"
    )
    reset_cmd = command(lo=0.0, hi=1.0, doc="0 to 1 ends a lock-out")

    room_temp = sensor("degC", 20.0, doc="the thermostat's own reading")
    used_sp = sensor("degC", 20.0, doc="set point in use, clamped to 16..32 degC")
    entering_temp = sensor("degC", 15.0, doc="water entering the unit")
    leaving_temp = sensor("degC", 15.0, doc="water leaving the unit")
    water_flow = sensor("kg/s", doc="water through the unit")
    capacity = sensor("W", doc="heat into the room; negative when cooling")
    source_heat = sensor("W", doc="heat taken from the water; negative when cooling")
    power = sensor("W", doc="electric power")
    speed = sensor("1", doc="compressor speed, 0 or 0.2..1")
    status_code = status(values=STATES.names, doc="state of the unit")
    calling = status(doc="the thermostat calls and the unit may run: water is wanted")
    occupied = status(default=1.0, doc="somebody is in the room")
    valve_open = status(doc="end switch of the water valve")
    running = status(doc="run proof of the compressor")
    warning_low_source = status(doc="leaving water at 6 degC or less: the unit unloads itself")
    alarm = status(doc="stopped by a protection; see alarm_code")
    alarm_code = status(values=ALARMS.names, doc="which protection stopped it last")
    starts = state("1", doc="starts of the compressor", tags=(RISES,))
    run_hours = state("h", doc="hours of the compressor", tags=(RISES,))
    energy = state("J", doc="electric energy since the start", tags=(RISES,))
    standing = state("W", doc="heat that the water in the unit loses to the room")
    heat_to_room = state("J", doc="heat given to the room since the start, cooling counted negative, without vapour")

    efficiency = state("1", 0.4, doc="Carnot efficiency that the rating point fixes")
    valve = state("1", doc="1: the water valve is open")
    heating = state("1", 1.0, doc="1: the refrigerant circuit stands for heating")
    limit = state("1", 1.0, doc="the unit's own limit by cold water")
    since_stop = state("s", 1000.0, doc="time since the compressor stopped")
    in_state = state("s", doc="time in the present state")
    dry = state("s", doc="time without flow while running")
    cold = state("s", doc="time with the leaving water at its limit")
    mild = state("s", doc="time with the leaving water warm enough again")
    low_pressure_time = state("s", doc="time below the low-pressure limit")
    waits_for_warmth = state("1", doc="1: stopped by cold water, waits for 7 degC")
    retries = state("1", doc="protections in a row")
    locked = state("1", doc="1: locked out until a reset")
    frozen = state("1", doc="1: the evaporator has frozen and burst; the unit is dead")
    reset_seen = state("1", doc="reset command of the last step")
    spell = state("1", -1.0, doc="number of the four-hour spell that `occupied` was drawn for")

    valve_stuck = fault(doc="The water valve stays where it is: no start for want of flow, or water when all is off.")
    low_flow = fault(doc="Strainer blocked, up to 90 % less water: colder leaving water, flow or low-source stops.")
    filter_blocked = fault(doc="Air filter blocked: up to 40 % less heat at more power, at last a high-pressure stop.")
    dirty_coil = fault(doc="Dirty coil: up to 20 % less heat at more power, the room stays short on cold days.")
    refrigerant_leak = fault(doc="Refrigerant lost, this share of the capacity with it: long runs, low-pressure stops.")
    inverter_stuck = fault(doc="Inverter stuck: the compressor runs at full speed or not at all, cold water stops it.")
    compressor_failed = fault(doc="Compressor does not run: power of the fan only, an alarm after half a minute.")
    sensor_offset = fault("K", lo=-10.0, hi=10.0, doc="Thermostat reads this much too high: the room is too cold.")
    remote_sp = fault("degC", lo=-50.0, hi=100.0, doc="A remote gives this set point, 0 none: it is clamped to 16..32.")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """Scale to the room's share, fix the efficiency, and join the household; its units stand side by side."""
        if row.household < 0 or row.zone < 0:
            raise InputError(f"room unit {number + 1} of the plant needs `household:` and `zone:`")
        for name in ("rated_heating", "rated_cooling", "rated_power", "rated_flow", "water_mass"):
            row[name] *= row.share
        row.rated_cooling = row.rated_cooling or 0.9 * row.rated_heating
        row.efficiency = carnot_efficiency(row)
        row.start_delay = row.start_delay or 5.0 + 37.0 * number % 76.0
        row.since_stop = row.min_off - row.start_delay
        house = tables["household"][row.household]
        if house.units <= 0:
            house.first, house.units = number, 0
        if house.first + house.units != number:
            raise InputError(f"room unit {number + 1} of the plant stands apart from the others of its household")
        house.units += 1
        passage = tables["passage"][house.passage]
        passage.kind = STIRRED
        passage.mass += row.water_mass
        row.room_temp = tables["zone"][row.zone].temp
        row.entering_temp = row.leaving_temp = passage.temp


def carnot_efficiency(row: Any) -> float:
    """The share of the Carnot COP with which the heating point comes out exactly; InputError where it cannot."""
    leaving = WATER_HEATING - (row.rated_heating - row.rated_power) / (row.rated_flow * HEAT_CAPACITY)
    condensing = ROOM_HEATING + AIR_APPROACH
    lift = condensing - (leaving - WATER_APPROACH)
    found = row.rated_heating * lift / ((1.0 - row.fan_share) * row.rated_power * (condensing + ZERO_CELSIUS))
    if not 0.05 < found < 0.95:
        raise InputError(
            f"a room unit of {row.rated_heating:g} W heat, {row.rated_power:g} W power and {row.rated_flow:g} kg/s has "
            f"a Carnot efficiency of {found:.2f}; allowed 0.05 .. 0.95"
        )
    return float(found)


@kernel
def perform(u: Rows, room: float, ratio: float, entering: float, flow: float, still: float) -> tuple[float, float]:
    """Work out capacity, power and water side of a running unit; returns condensing and evaporating temperature [degC].

    room, ratio: room air [degC] and its vapour [kg/kg]
    entering, flow: its water [degC, kg/s]; still: leaving water where too little flows [degC]
    Checked by tests/plant_models/households/test_room_unit.py::test_rating_points
    """
    heating = u.heating > 0.5
    leaving = entering - u.source_heat / (flow * HEAT_CAPACITY) if flow > u.least_flow * u.rated_flow else still
    u.leaving_temp = leaving
    soiled = 1.0 + u.filter_blocked + 0.5 * u.dirty_coil
    part = u.speed
    air = AIR_APPROACH * part * soiled
    water = WATER_APPROACH * part + 15.0 * u.refrigerant_leak * part
    if heating:
        heat = u.rated_heating * (1.0 + SOURCE_SLOPE * (entering - WATER_HEATING) + SINK_SLOPE * (room - ROOM_HEATING))
    else:
        heat = u.rated_cooling * (1.0 + SOURCE_SLOPE * (room - ROOM_COOLING) + SINK_SLOPE * (entering - WATER_COOLING))
    heat = max(heat, 0.0) * part * (1.0 - 0.4 * u.filter_blocked) * (1.0 - 0.2 * u.dirty_coil)
    heat *= 1.0 - MOST_LEFT * u.refrigerant_leak
    if u.compressor_failed > 0.5:
        heat = 0.0
    u.latent = 0.0
    if heating or heat == 0.0:
        u.coil_temp = condensing = room + air
        evaporating = leaving - water
    else:
        condensing = leaving + WATER_APPROACH * part
        heat = dry_air(u, heat, room, ratio, condensing - LEAST_LIFT + COIL_APPROACH * part)
        evaporating = u.coil_temp - COIL_APPROACH * part - 15.0 * u.refrigerant_leak * part
    lift = max(condensing - evaporating, LEAST_LIFT)
    fan = u.fan_share * u.rated_power
    carnot = (condensing if heating else evaporating) + ZERO_CELSIUS
    u.power = fan + heat * lift / (u.efficiency * max(carnot, 100.0))
    u.capacity = heat if heating else -heat
    if heat == 0.0:
        u.capacity = fan
    u.source_heat = u.capacity - u.power
    return condensing, evaporating


@kernel
def rest(u: Rows, still: float) -> None:
    """A unit whose compressor stands: no heat, no power."""
    u.capacity = u.power = u.source_heat = u.latent = u.speed = u.running = 0.0
    u.leaving_temp = still
