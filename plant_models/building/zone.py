"""Rooms: air, surfaces with furniture, inner mass and outer walls, and the moisture of the air
(docs/physics/buildings.md#rooms).

The network of ISO 13790 with three changes: the air is a node of its own; the surface node has a capacity
(furniture, the first layer of plaster); and the one mass is split in two, for floor, ceiling and partitions see the
room only, outer walls see the outside too, and most of the sun falls on the former. So the model stays inside
the limits of ASHRAE 140 for a light and a heavy building (tests/plant_models/building/test_ashrae_140.py).
"""

import math
from typing import Any, ClassVar

from plant_models.building.four_nodes import prepare
from plant_models.building.zone_sizing import FACADES, ROOM_AIR_HEAT, zone_parameters
from plant_models.constants import AIR_DENSITY, EVAPORATION_HEAT
from plant_models.weather import psychrometrics as moist
from twin.kernel import Rows, kernel
from twin.points import Model, fault, parameter, sensor, state
from twin.symbol import Symbol

SUN_ERROR = 3.0
"""Reading of a room sensor in the sun above the true air temperature [K] (docs/physics/buildings.md#rooms)."""


class Zone(Model):
    """A room or a group of alike rooms: heat and humidity in an exact step of `step_s`
    (docs/physics/buildings.md#rooms).

    Heat into the room is positive. The table of weather needs its row. Emitters hand in joules with `give_heat` and
    take water vapour with `give_vapour`; the step spends both as their mean. Rooms take turns: in each tick those step
    whose turn it is. `temp` is the truth; a thermostat sees `measured_temp`. Conductances come from `zone_parameters`.
    Balances, closed to rounding: stored_energy = heat_from_emitter + gains - heat_to_outside (+ what was stored first),
    stored_vapour = vapour_gained - vapour_to_outside - vapour_to_surfaces (+ what was stored first).
    The schedule counts `occupied_from` to `occupied_to` (over midnight where from > to, always where equal).
    """

    initial = ("temp", "humidity")
    symbol = Symbol("house")
    energies: ClassVar = {
        "heat given to the rooms": "heat_from_emitter", "heat of people, lamps and sun": "gains",
        "heat lost by the building": "heat_to_outside",
        "heat that walls and furniture gave up": "heat_to_outside - heat_from_emitter - gains",
    }  # fmt: skip
    design = {  # noqa: RUF012
        "area": "m2", "height": "m", "heaviness": "", "design_load": "W/m2", "indoor": "degC", "air_changes": "1/h",
        "window_south": "m2", "window_west": "m2", "window_north": "m2", "window_east": "m2",
        "window_u": "W/(m2 K)", "window_g": "1", "furniture": "1",
    }  # fmt: skip

    # what emitters and thermostats touch in every tick: eight numbers side by side
    temp = sensor("degC", 20.0, doc="air temperature, the truth")
    measured_temp = sensor("degC", 20.0, doc="what the room sensor shows to its thermostat")
    dew_point = sensor("degC", 9.27, doc="dew point of the room air")
    humidity_ratio = state("1", 0.00725, doc="water per dry air of the room [kg/kg]; 0.00725 is 50 % at 20 degC")
    incoming = state("J", doc="heat handed in since the last step, not yet spent")
    incoming_radiant = state("J", doc="the part of it that goes to the surfaces, beside `radiant_share`")
    incoming_vapour = state("kg", doc="vapour handed in since the last step, not yet spent; negative: taken by coils")
    heat_from_emitter = state("J", doc="heat handed in by emitters, in all")

    humidity = sensor("1", 0.5, lo=0.0, hi=1.0, doc="relative humidity of the room air")
    operative_temp = sensor("degC", 20.0, doc="0.3 air + 0.7 surfaces (ISO 13790)")
    occupancy = sensor("1", doc="people present, 1 as designed")
    heat = sensor("W", doc="heat from the emitter, mean of the last step")
    solar_gain = sensor("W", doc="gain through the windows")
    mass_temp = state("degC", 20.0, doc="temperature of the inner mass: floor, ceiling, partitions")
    wall_temp = state("degC", 20.0, doc="temperature of the outer walls")
    surface_temp = state("degC", 20.0, doc="mean temperature of the inner surfaces and the furniture")
    heat_to_outside = state("J", doc="heat lost to the outside, in all")
    gains = state("J", doc="internal and solar gains, in all")
    vapour_gained = state("kg", doc="vapour of people, less that taken by coils, in all")
    vapour_to_outside = state("kg", doc="vapour lost with the air, in all")
    vapour_to_surfaces = state("kg", doc="condensed on windows and walls, in all")
    visitors = state("1", lo=0.0, doc="people in beside the schedule, 1 as designed; a scenario sets or ramps it")
    update = state("1", count=22, doc="exact step: two symmetric matrices of four_nodes, two factors of the vapour")
    update_step = state("s", doc="step for which `update` holds")
    update_ventilation = state("W/K", doc="ventilation conductance for which `update` holds")
    turn = state("1", doc="first row: ticks since its last step; the others follow in their turn")

    area = parameter("m2", 20.0, lo=0.1, doc="floor area")
    volume = parameter("m3", 60.0, lo=0.1, doc="air volume")
    capacity_air = parameter(
        "J/K", 365040.0, lo=1.0, doc="heat capacity of the air and what is as fast: 5 times that of air alone"
    )
    capacity_surface = parameter("J/K", 0.8e6, lo=1.0, doc="heat capacity of furniture and surface layers")
    capacity_mass = parameter("J/K", 2.31e6, lo=1.0, doc="heat capacity of floor, ceiling and partitions")
    capacity_walls = parameter("J/K", 0.99e6, lo=1.0, doc="heat capacity of the outer walls")
    conductance_windows = parameter("W/K", 7.5, lo=0.0, doc="windows, outside to surface")
    conductance_fabric = parameter("W/K", 55.11, lo=0.0, doc="outside to the mass of the walls")
    conductance_mass = parameter("W/K", 318.5, lo=0.0, doc="inner mass to surface")
    conductance_walls = parameter("W/K", 136.5, lo=0.0, doc="mass of the walls to surface")
    conductance_air = parameter("W/K", 310.5, lo=0.0, doc="surface to air")
    aperture_south = parameter("m2", 0.57, doc="effective sun-collecting area facing south")
    aperture_west = parameter("m2", 0.0, doc="effective sun-collecting area facing west")
    aperture_north = parameter("m2", 0.57, doc="effective sun-collecting area facing north")
    aperture_east = parameter("m2", 0.0, doc="effective sun-collecting area facing east")
    aperture_walls = parameter("m2", 0.0, doc="walls and roof: absorbed global irradiance that reaches their mass")
    radiant_to_mass = parameter("1", 0.7, lo=0.0, hi=1.0, doc="share of sun and radiant gains on the inner mass")
    radiant_to_surface = parameter(
        "1",
        0.0,
        lo=0.0,
        hi=1.0,
        doc="share of sun and radiant gains that leaves the lit surface before its mass",
    )
    air_changes = parameter("1/h", 0.5, lo=0.0, doc="infiltration")
    air_changes_occupied = parameter("1/h", 0.0, lo=0.0, doc="more air changes while people are in")
    air_changes_open = parameter("1/h", 5.0, lo=0.0, doc="air changes with a window open")
    gains_always = parameter("W", 40.0, doc="internal gains day and night")
    gains_occupied = parameter("W", 160.0, doc="more internal gains at full occupancy: people, lamps, machines")
    vapour_always = parameter("kg/s", 0.0, lo=0.0, doc="vapour released day and night: plants, drying, cooking")
    vapour_occupied = parameter("kg/s", 3.6e-5, lo=0.0, doc="vapour of people at full occupancy, 65 g/h each")
    vapour_capacity = parameter(
        "1", 5.0, lo=1.0, hi=1000.0, doc="vapour held by air, furniture and plaster, by that of air alone"
    )
    occupied_from = parameter("h", 8.0, lo=0.0, hi=24.0, doc="first occupied hour of the day")
    occupied_to = parameter("h", 18.0, lo=0.0, hi=24.0, doc="end of the occupied hours")
    weekdays_only = parameter("1", 1.0, lo=0.0, hi=1.0, doc="1: nobody is in on Saturday and Sunday")
    radiant_share = parameter("1", 0.0, lo=0.0, hi=1.0, doc="share of the emitter's heat given to the surfaces")
    step_s = parameter("s", 60.0, lo=0.1, doc="step of the rooms; that of the first row counts for all")

    window_open = fault(doc="a window stands open: the room cools within minutes and its emitter never stops")
    sensor_in_sun = fault(doc="the room sensor reads 3 K too high: the room is kept too cold")
    occupancy_surge = fault(doc="three times the designed people are in: the room overheats, the air is stale")

    @classmethod
    def size(cls, figures: dict[str, Any]) -> dict[str, float]:
        """The conductances by `zone_parameters`; windows are given by facade."""
        glass = {k.removeprefix("window_"): v for k, v in figures.items() if k.removeprefix("window_") in FACADES}
        others = {k: v for k, v in figures.items() if k.removeprefix("window_") not in FACADES}
        return zone_parameters(others.pop("area", 20.0), windows=glass or None, **others)

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """Start with everything in the room at `temp`."""
        row.mass_temp = row.wall_temp = row.surface_temp = row.operative_temp = row.measured_temp = row.temp

    @classmethod
    def begin(cls, row: Any, number: int, tables: dict[str, Any], given: dict[str, float]) -> None:  # noqa: ARG003
        """The air at `temp` with the `humidity` of before or as given; walls and mass follow (steady_start.py)."""
        saturated = moist.vapour_pressure(float(row.temp))
        if "humidity" in given:
            row.humidity_ratio = moist.humidity_ratio(given["humidity"] * saturated)
        pressure = moist.partial_pressure(float(row.humidity_ratio))
        row.humidity, row.dew_point = pressure / saturated, moist.dew_point(pressure)
        row.measured_temp, row.operative_temp = row.temp, 0.3 * row.temp + 0.7 * row.surface_temp


@kernel
def give_heat(zones: Rows, i: int, joules: float) -> None:
    """Hand heat [J] of an emitter to room `i`; negative to cool it."""
    zones[i].incoming += joules
    zones[i].heat_from_emitter += joules


@kernel
def give_radiant_heat(zones: Rows, i: int, joules: float) -> None:
    """Hand heat [J] of a warm or cold floor, panel or lamp to the surfaces of room `i`."""
    zones[i].incoming_radiant += joules
    give_heat(zones, i, joules)


@kernel
def give_vapour(zones: Rows, i: int, kilograms: float) -> None:
    """Hand water vapour [kg] to the air of room `i`; negative where a coil takes it out."""
    zones[i].incoming_vapour += kilograms


@kernel
def vapour_mass(zone: Rows) -> float:
    """Dry air [kg] with the capacity for vapour of the room: air, furniture, plaster."""
    return AIR_DENSITY * zone.volume * zone.vapour_capacity  # type: ignore[no-any-return]


@kernel
def occupancy(zone: Rows, hour: float, weekday: float) -> float:
    """People in the room, 1 as designed, by the schedule and the surge."""
    first, last = zone.occupied_from, zone.occupied_to
    if first < last:
        inside = first <= hour < last
    elif first > last:
        inside = hour >= first or hour < last
    else:
        inside = True
    if zone.weekdays_only > 0.5 and weekday > 4.5:
        inside = False
    return (1.0 if inside else 0.0) + zone.visitors + 2.0 * zone.occupancy_surge  # type: ignore[no-any-return]


@kernel
def _prepare(zone: Rows, ventilation: float, dt: float) -> None:
    """What the exact step needs; found anew only when the air change or the step has changed."""
    a, m, w = zone.conductance_air, zone.conductance_mass, zone.conductance_walls
    surface = a + m + w + zone.conductance_windows
    conductances = (
        a + ventilation, -a, 0.0, 0.0, surface, -m, -w, m, 0.0, w + zone.conductance_fabric,
    )  # fmt: skip
    capacities = (zone.capacity_air, zone.capacity_surface, zone.capacity_mass, zone.capacity_walls)
    prepare(conductances, capacities, dt, zone.update)
    held = vapour_mass(zone)
    x = ventilation / ROOM_AIR_HEAT * AIR_DENSITY / held * dt
    part = -math.expm1(-x) / x if x > 1e-9 else 1.0
    zone.update[20] = part * dt / held
    zone.update[21] = ((1.0 - part) / x if x > 1e-5 else 0.5 - x / 6.0) * dt / held
    zone.update_step, zone.update_ventilation = dt, ventilation


@kernel
def _move_heat(zone: Rows, outdoor: float, inner: float, solar: float, on_walls: float, dt: float) -> None:
    """One exact step of a room under constant boundaries, energy booked with the means of the step
    (docs/physics/buildings.md#exact-step)."""
    a, m, w = zone.conductance_air, zone.conductance_mass, zone.conductance_walls
    glass, fabric, ventilation = zone.conductance_windows, zone.conductance_fabric, zone.update_ventilation
    at_once = zone.radiant_to_surface * (0.5 * inner + solar)
    spread = 0.5 * inner + solar - at_once
    zone.heat = zone.incoming / dt
    radiant = zone.incoming_radiant / dt
    radiant += zone.radiant_share * (zone.heat - radiant)
    air, star, mass, walls = zone.temp, zone.surface_temp, zone.mass_temp, zone.wall_temp
    qa = a * (star - air) - ventilation * (air - outdoor) + 0.5 * inner + zone.heat - radiant
    qs = a * (air - star) + m * (mass - star) + w * (walls - star) - glass * (star - outdoor) + radiant + at_once
    qm = m * (star - mass) + zone.radiant_to_mass * spread
    qw = w * (star - walls) - fabric * (walls - outdoor) + (1.0 - zone.radiant_to_mass) * spread + on_walls
    u = zone.update
    zone.temp = air + u[0] * qa + u[1] * qs + u[2] * qm + u[3] * qw
    zone.surface_temp = star + u[1] * qa + u[4] * qs + u[5] * qm + u[6] * qw
    zone.mass_temp = mass + u[2] * qa + u[5] * qs + u[7] * qm + u[8] * qw
    zone.wall_temp = walls + u[3] * qa + u[6] * qs + u[8] * qm + u[9] * qw
    air += u[10] * qa + u[11] * qs + u[12] * qm + u[13] * qw
    star += u[11] * qa + u[14] * qs + u[15] * qm + u[16] * qw
    walls += u[13] * qa + u[16] * qs + u[18] * qm + u[19] * qw
    lost = ventilation * (air - outdoor) + glass * (star - outdoor) + fabric * (walls - outdoor)
    zone.heat_to_outside += lost * dt
    zone.gains += (inner + solar + on_walls) * dt
    zone.incoming = zone.incoming_radiant = 0.0
    zone.operative_temp = 0.3 * zone.temp + 0.7 * zone.surface_temp


@kernel
def _move_vapour(zone: Rows, outdoor_ratio: float, people: float, dt: float) -> None:
    """One exact step of the humidity ratio; what the air cannot hold condenses on the surfaces and warms the room."""
    held = vapour_mass(zone)
    flow = zone.update_ventilation / ROOM_AIR_HEAT * AIR_DENSITY
    source = zone.vapour_always + zone.vapour_occupied * people + zone.incoming_vapour / dt
    rate = source + flow * (outdoor_ratio - zone.humidity_ratio)
    mean = zone.humidity_ratio + zone.update[21] * rate
    ratio = zone.humidity_ratio + zone.update[20] * rate
    zone.vapour_gained += source * dt
    zone.vapour_to_outside += flow * (mean - outdoor_ratio) * dt
    zone.incoming_vapour = 0.0
    saturated = moist.vapour_pressure(zone.temp)
    most = moist.humidity_ratio(saturated)
    if ratio > most:
        surplus = (ratio - most) * held
        zone.vapour_to_surfaces += surplus
        zone.incoming += surplus * EVAPORATION_HEAT
        zone.gains += surplus * EVAPORATION_HEAT
        ratio = most
    zone.humidity_ratio = ratio
    pressure = moist.partial_pressure(ratio)
    zone.humidity = pressure / saturated
    zone.dew_point = moist.dew_point(pressure)


@kernel
def advance(zones: Rows, weather: Rows, dt: float) -> None:
    """Let dt [s] pass: each room takes one exact step every `step_s`, spread over the ticks by row."""
    if len(zones) == 0 or len(weather) == 0:
        return
    groups = max(1, int(zones[0].step_s / dt + 0.5))
    turn = int(zones[0].turn) + 1
    turn = turn if turn < groups else 0
    zones[0].turn = turn
    first = groups - turn if turn > 0 else 0
    if first >= len(zones):
        return
    sky = weather[0]
    outdoor_ratio = moist.humidity_ratio(moist.vapour_pressure(sky.dew_point))
    for i in range(first, len(zones), groups):
        zone = zones[i]
        step = groups * dt if zone.update_step > 0.0 else (groups - first) * dt
        people = occupancy(zone, sky.hour, sky.weekday)
        changes = zone.air_changes + zone.air_changes_occupied * people
        changes += zone.window_open * max(0.0, zone.air_changes_open - zone.air_changes)
        ventilation = ROOM_AIR_HEAT * zone.volume * changes / 3600.0
        if zone.update_step != step or zone.update_ventilation != ventilation:
            _prepare(zone, ventilation, step)
        solar = zone.aperture_south * sky.irradiance_south + zone.aperture_west * sky.irradiance_west
        solar += zone.aperture_north * sky.irradiance_north + zone.aperture_east * sky.irradiance_east
        zone.occupancy = people
        zone.solar_gain = solar
        inner = zone.gains_always + zone.gains_occupied * people
        _move_heat(zone, sky.outdoor_temp, inner, solar, zone.aperture_walls * sky.global_irradiance, step)
        _move_vapour(zone, outdoor_ratio, people, step)
        zone.measured_temp = zone.temp + SUN_ERROR * zone.sensor_in_sun
