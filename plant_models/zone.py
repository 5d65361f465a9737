"""Rooms: the ISO 13790 network of five resistances, with the air as a node of its own (physics.md 1.14)."""

import math
from collections.abc import Mapping
from typing import Any

from twin.errors import InputError, unknown
from twin.kernel import Rows, kernel
from twin.points import Model, fault, link, parameter, sensor, state

AIR_HEAT = 1.2 * 1014.0
"""Heat capacity of room air [J/(m3 K)]."""
SURFACE_RATIO = 4.5
"""Area of all inner surfaces per floor area."""
SURFACE_TO_AIR, MASS_TO_SURFACE = 3.45, 9.1
"""Heat transfer coefficients of ISO 13790 [W/(m2 K)]."""
SUN_ERROR = 3.0
"""Reading of a room sensor in the sun above the true air temperature [K] (physics.md 1.14)."""
FACADES = ("south", "west", "north", "east")
DESIGN_OUTDOOR = -7.6
"""Heating design temperature of Beijing [degC] (physics.md 4.2)."""
HEAVINESS = {"light": (110e3, 2.5), "medium": (165e3, 2.5), "heavy": (260e3, 3.0)}
"""Heat capacity of the mass [J/(K m2)] and its effective surface, both per floor area (physics.md 1.14)."""


class Zone(Model):
    """A room or a group of alike rooms: air and building mass, exact step of `step_s` (physics.md 1.14).

    Heat into the room is positive. The table of weather needs its row. Emitters hand in joules with `give_heat`;
    the step spends them as their mean.
    Balance, closed to rounding: stored_energy = heat_from_emitter + gains - heat_to_outside (+ what was stored first).
    `temp` is the truth; a thermostat sees `measured_temp`. Conductances come from `zone_parameters`.
    The schedule counts `occupied_from` to `occupied_to` (over midnight where from > to, always where equal).
    """

    design = {  # noqa: RUF012
        "area": "m2", "height": "m", "heaviness": "", "design_load": "W/m2", "indoor": "degC", "air_changes": "1/h",
        "window_south": "m2", "window_west": "m2", "window_north": "m2", "window_east": "m2",
        "window_u": "W/(m2 K)", "window_g": "1", "furniture": "1",
    }  # fmt: skip

    weather = link("weather", "-1 stands for the only row")

    area = parameter("m2", 20.0, doc="floor area")
    volume = parameter("m3", 60.0, doc="air volume")
    capacity_air = parameter("J/K", 292032.0, doc="heat capacity of air and furniture")
    capacity_mass = parameter("J/K", 3.3e6, doc="heat capacity of the building mass")
    conductance_windows = parameter("W/K", 7.5, doc="windows, outside to surface")
    conductance_fabric = parameter("W/K", 42.97, doc="walls, outside to mass")
    conductance_mass = parameter("W/K", 455.0, doc="mass to surface")
    conductance_air = parameter("W/K", 310.5, doc="surface to air")
    aperture_south = parameter("m2", 0.57, doc="effective sun-collecting area facing south")
    aperture_west = parameter("m2", 0.0, doc="effective sun-collecting area facing west")
    aperture_north = parameter("m2", 0.57, doc="effective sun-collecting area facing north")
    aperture_east = parameter("m2", 0.0, doc="effective sun-collecting area facing east")
    air_changes = parameter("1/h", 0.5, lo=0.0, doc="infiltration")
    air_changes_occupied = parameter("1/h", 0.0, lo=0.0, doc="more air changes while people are in")
    air_changes_open = parameter("1/h", 5.0, lo=0.0, doc="air changes with a window open")
    gains_always = parameter("W", 40.0, doc="internal gains day and night")
    gains_occupied = parameter("W", 160.0, doc="more internal gains at full occupancy: people, lamps, machines")
    occupied_from = parameter("h", 8.0, lo=0.0, hi=24.0, doc="first occupied hour of the day")
    occupied_to = parameter("h", 18.0, lo=0.0, hi=24.0, doc="end of the occupied hours")
    weekdays_only = parameter("1", 1.0, doc="1: nobody is in on Saturday and Sunday")
    radiant_share = parameter("1", 0.0, lo=0.0, hi=1.0, doc="share of the emitter's heat given to the surfaces")
    dew_point = parameter("degC", 14.0, doc="dew point of the room air, taken as constant")
    step_s = parameter("s", 60.0, doc="step of the rooms; that of the first row counts for all")

    temp = sensor("degC", 20.0, doc="air temperature, the truth")
    operative_temp = sensor("degC", 20.0, doc="0.3 air + 0.7 surfaces (ISO 13790)")
    measured_temp = sensor("degC", 20.0, doc="what the room sensor shows to its thermostat")
    occupancy = sensor("1", doc="people present, 1 as designed")
    heat = sensor("W", doc="heat from the emitter, mean of the last step")
    solar_gain = sensor("W", doc="gain through the windows")
    mass_temp = state("degC", 20.0, doc="temperature of the building mass")
    surface_temp = state("degC", 20.0, doc="mean temperature of the inner surfaces, mean of the last step")

    incoming = state("J", doc="heat handed in by emitters since the last step, not yet spent")
    heat_from_emitter = state("J", doc="heat handed in by emitters, in all")
    heat_to_outside = state("J", doc="heat lost to the outside, in all")
    gains = state("J", doc="internal and solar gains, in all")
    elapsed = state("s", doc="first row: time since the last step")
    update = state("1", count=12, doc="matrices of the exact step: Ad, Bd and A, four numbers each")
    update_step = state("s", doc="step for which `update` holds")
    update_ventilation = state("W/K", doc="ventilation conductance for which `update` holds")

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
        row.mass_temp = row.surface_temp = row.operative_temp = row.measured_temp = row.temp


def zone_parameters(
    area: float,
    *,
    height: float = 3.0,
    heaviness: str = "medium",
    design_load: float = 65.0,
    indoor: float = 18.0,
    air_changes: float = 0.5,
    windows: Mapping[str, float] | None = None,
    window_u: float = 2.5,
    window_g: float = 0.38,
    furniture: float = 4.0,
    where: str = "zone",
) -> dict[str, float]:
    """Parameters of a `Zone` in the terms of the trade; the design load is met exactly, without gains.

    area [m2], height [m], heaviness: light, medium or heavy; design_load: heat [W/m2] that holds `indoor` [degC] at
    -7.6 degC outside, 70 W/m2 for a village room, 65 W/m2 for an office (physics.md 1.14); air_changes [1/h];
    windows: area [m2] by orientation, default 15 % of the floor, half south and half north; window_u [W/(m2 K)];
    window_g: sun let in per window area, frame and blinds included; furniture: heat capacity in units of the air's.
    Raises InputError where windows and air alone lose more than the load.
    """
    glass = dict(windows) if windows is not None else {"south": 0.075 * area, "north": 0.075 * area}
    positive = (area, height, design_load, indoor - DESIGN_OUTDOOR, window_u, furniture)
    _check(heaviness, glass, positive, air_changes, where)
    per_area, mass_area = HEAVINESS[heaviness]
    to_air = SURFACE_TO_AIR * SURFACE_RATIO * area
    to_mass = MASS_TO_SURFACE * mass_area * area
    through_glass = window_u * sum(glass.values())
    total = design_load * area / (indoor - DESIGN_OUTDOOR)
    through_air = AIR_HEAT * air_changes * area * height / 3600.0
    fabric = _fabric(total, through_air, through_glass, to_air, to_mass, where)
    found = {
        "area": area, "volume": area * height, "capacity_air": AIR_HEAT * area * height * furniture,
        "capacity_mass": per_area * area, "conductance_windows": through_glass, "conductance_fabric": fabric,
        "conductance_mass": to_mass, "conductance_air": to_air, "air_changes": air_changes,
        "gains_always": 2.0 * area, "gains_occupied": 8.0 * area,
    }  # fmt: skip
    for name in FACADES:
        found[f"aperture_{name}"] = window_g * glass.get(name, 0.0)
    return found


def _check(
    heaviness: str, glass: Mapping[str, float], positive: tuple[float, ...], air_changes: float, where: str
) -> None:
    """InputError where the design figures of a room cannot be."""
    if heaviness not in HEAVINESS:
        raise unknown("heaviness", heaviness, HEAVINESS, where)
    for name in glass:
        if name not in FACADES:
            raise unknown("orientation", name, FACADES, where)
    if not all(value > 0.0 for value in positive) or air_changes < 0.0 or min(glass.values(), default=0.0) < 0.0:
        raise InputError(f"{where}: area, height, design load, U value and furniture must be positive")


def _fabric(total: float, air: float, glass: float, to_air: float, to_mass: float, where: str) -> float:
    """Conductance of the walls [W/K] with which the whole room loses `total`; InputError where none is left."""
    fabric = _behind(_behind(total - air, to_air) - glass, to_mass)
    if not 0.0 < fabric < math.inf:
        raise InputError(
            f"{where}: the load of {total:.1f} W/K leaves no share for the walls beside {glass:.1f} W/K of windows "
            f"and {air:.1f} W/K of air; give a higher load or fewer windows"
        )
    return fabric


def _behind(total: float, first: float) -> float:
    """The conductance that in series with `first` gives `total` [W/K]; -1 where there is none."""
    return 1.0 / (1.0 / total - 1.0 / first) if 0.0 < total < first else -1.0


@kernel
def give_heat(zones: Rows, i: int, joules: float) -> None:
    """Hand heat [J] of an emitter to room `i`; negative to cool it."""
    zones[i].incoming += joules
    zones[i].heat_from_emitter += joules


@kernel
def stored_energy(zone: Rows) -> float:
    """Heat in a room above 0 degC [J], with what is handed in and not yet spent."""
    return zone.capacity_air * zone.temp + zone.capacity_mass * zone.mass_temp + zone.incoming  # type: ignore[no-any-return]


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
    return (1.0 if inside else 0.0) + 2.0 * zone.occupancy_surge  # type: ignore[no-any-return]


@kernel
def _prepare(zone: Rows, ventilation: float, dt: float) -> None:
    """The matrices of the exact step: Ad = exp(A dt), Bd = A^-1 (Ad - I), by the two eigenvalues (physics.md 0.1)."""
    to_air, to_mass = zone.conductance_air, zone.conductance_mass
    surface = max(to_air + to_mass + zone.conductance_windows, 1e-9)
    a11 = -(ventilation + to_air * (1.0 - to_air / surface)) / zone.capacity_air
    a12 = to_air * to_mass / surface / zone.capacity_air
    a21 = to_air * to_mass / surface / zone.capacity_mass
    a22 = -(zone.conductance_fabric + to_mass * (1.0 - to_mass / surface)) / zone.capacity_mass
    zone.update[8], zone.update[9], zone.update[10], zone.update[11] = a11, a12, a21, a22
    middle = 0.5 * (a11 + a22)
    half = 0.5 * (a11 - a22)
    apart = max(math.sqrt(half * half + a12 * a21), 1e-15)
    slow, fast = middle + apart, middle - apart
    slow_b = math.expm1(slow * dt) / slow if abs(slow * dt) > 1e-12 else dt
    fast_b = math.expm1(fast * dt) / fast if abs(fast * dt) > 1e-12 else dt
    for k in range(2):
        on_slow = math.exp(slow * dt) if k == 0 else slow_b
        on_fast = math.exp(fast * dt) if k == 0 else fast_b
        share = (on_slow - on_fast) / (2.0 * apart)
        centre = 0.5 * (on_slow + on_fast)
        zone.update[4 * k] = centre + share * half
        zone.update[4 * k + 1] = share * a12
        zone.update[4 * k + 2] = share * a21
        zone.update[4 * k + 3] = centre - share * half
    zone.update_step = dt
    zone.update_ventilation = ventilation


@kernel
def _advance_one(zone: Rows, ventilation: float, outdoor: float, inner: float, solar: float, dt: float) -> None:
    """One exact step of a room under constant boundaries."""
    if zone.update_step != dt or zone.update_ventilation != ventilation:
        _prepare(zone, ventilation, dt)
    to_air, to_mass, glass = zone.conductance_air, zone.conductance_mass, zone.conductance_windows
    surface = max(to_air + to_mass + glass, 1e-9)
    inside = MASS_TO_SURFACE * SURFACE_RATIO * zone.area
    mass_share = min(1.0, to_mass / inside)
    surface_share = max(0.0, 1.0 - mass_share - glass / inside)
    spread = 0.5 * inner + solar
    zone.heat = zone.incoming / dt
    radiant = zone.radiant_share * zone.heat
    on_surface = glass * outdoor + surface_share * spread + radiant
    on_air = ventilation * outdoor + 0.5 * inner + zone.heat - radiant
    on_mass = zone.conductance_fabric * outdoor + mass_share * spread
    f1 = (on_air + to_air / surface * on_surface) / zone.capacity_air
    f2 = (on_mass + to_mass / surface * on_surface) / zone.capacity_mass
    m = zone.update
    air = m[0] * zone.temp + m[1] * zone.mass_temp + m[4] * f1 + m[5] * f2
    mass = m[2] * zone.temp + m[3] * zone.mass_temp + m[6] * f1 + m[7] * f2
    _book(zone, ventilation, outdoor, on_surface, (air - zone.temp) / dt - f1, (mass - zone.mass_temp) / dt - f2, dt)
    zone.gains += (0.5 * inner + (mass_share + surface_share) * spread) * dt
    zone.incoming = 0.0
    zone.temp, zone.mass_temp = air, mass
    zone.operative_temp = 0.3 * air + 0.7 * zone.surface_temp


@kernel
def _book(zone: Rows, ventilation: float, outdoor: float, on_surface: float, r1: float, r2: float, dt: float) -> None:
    """Book the heat lost over a step with the mean temperatures, the solution of A mean = r (physics.md 0.1)."""
    m = zone.update
    determinant = m[8] * m[11] - m[9] * m[10]
    if determinant <= 0.0:
        return
    air = (m[11] * r1 - m[9] * r2) / determinant
    mass = (m[8] * r2 - m[10] * r1) / determinant
    to_air, to_mass, glass = zone.conductance_air, zone.conductance_mass, zone.conductance_windows
    zone.surface_temp = (to_air * air + to_mass * mass + on_surface) / max(to_air + to_mass + glass, 1e-9)
    lost = ventilation * (air - outdoor) + glass * (zone.surface_temp - outdoor)
    zone.heat_to_outside += (lost + zone.conductance_fabric * (mass - outdoor)) * dt


@kernel
def advance(zones: Rows, weather: Rows, dt: float) -> None:
    """Let dt [s] pass; every `step_s` all rooms take one exact step. Costs nothing in the ticks between."""
    if len(zones) == 0 or len(weather) == 0:
        return
    clock = zones[0]
    clock.elapsed += dt
    if clock.elapsed < clock.step_s - 0.5 * dt:
        return
    step = clock.elapsed
    clock.elapsed = 0.0
    for i in range(len(zones)):
        zone = zones[i]
        sky = weather[zone.weather]
        people = occupancy(zone, sky.hour, sky.weekday)
        changes = zone.air_changes + zone.air_changes_occupied * people
        changes += zone.window_open * max(0.0, zone.air_changes_open - zone.air_changes)
        solar = zone.aperture_south * sky.irradiance_south + zone.aperture_west * sky.irradiance_west
        solar += zone.aperture_north * sky.irradiance_north + zone.aperture_east * sky.irradiance_east
        zone.occupancy = people
        zone.solar_gain = solar
        inner = zone.gains_always + zone.gains_occupied * people
        _advance_one(zone, AIR_HEAT * zone.volume * changes / 3600.0, sky.outdoor_temp, inner, solar, step)
        zone.measured_temp = zone.temp + SUN_ERROR * zone.sensor_in_sun
