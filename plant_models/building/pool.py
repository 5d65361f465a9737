"""Swimming and landscape pools: evaporation, sun and sky, make-up water, ice and algae
(docs/physics/buildings.md#pools)."""

import math
from typing import Any, ClassVar

from plant_models.building.zone import give_heat, give_vapour
from plant_models.constants import EVAPORATION_HEAT, FUSION_HEAT, ZERO_CELSIUS
from plant_models.water.cavities import empty
from plant_models.water.network import DENSITY, GRAVITY_HEAD, HEAT_CAPACITY, M3H, NEVER, STIRRED
from plant_models.weather.psychrometrics import PSYCHROMETER, vapour_pressure
from twin.kernel import Rows, kernel
from twin.points import RISES, Model, alarm, command, fault, link, parameter, sensor, state, status
from twin.symbol import ROOMS, Symbol

STILL_AIR, MOVED_AIR = 0.089, 0.0782
"""Evaporation heat per area and vapour pressure [W/(m2 Pa)], and its growth with the wind [per m/s] (Carrier 1918)."""
STEFAN_BOLTZMANN = 5.67e-8
EMISSIVITY = 0.95
ICE_DENSITY, ICE_CONDUCTIVITY = 917.0, 2.2
WATER_TO_ICE = 60.0
"""Film coefficient under the ice [W/(m2 K)]: slow circulation; a documented default."""
ABOVE_ICE = 20.0
"""Air and radiation above the ice, linear [W/(m2 K)]; a documented default."""
DAY = 86400.0
EMPTY, REFILLED = 0.01, 0.05
"""Water [m] below which a basin gives air, and from which on it gives water again."""


class Pool(Model):
    """A pool in a hall (`hall`) or out of doors, stirred by its filter circuit; its surface is at atmosphere.

    Evaporation A F (0.089 + 0.0782 v)(p_w - p_a) with the activity F; convection by Bowen's ratio from the same film.
    Out of doors also sun, and long waves to a sky by Brunt. The hall takes up the vapour; mains water replaces it.
    Closed to rounding: heat to the water = -lost_energy + 333.6 kJ/kg ice; water: level area = made_up + rained -
    evaporated - leaked. The heat capacity is that of the full basin. Source: docs/physics/buildings.md#pools.
    """

    initial = ("temp", "start_temp")
    symbol = Symbol("pool", end=ROOMS)
    into_water = "pools"
    energies: ClassVar = {"heat lost by pools": "lost_energy"}
    volumes: ClassVar = {
        "let into pools": "made_up", "rained into pools": "rained", "evaporated from pools": "evaporated",
        "overflowed from pools": "overflowed", "leaked from pools": "leaked",
    }  # fmt: skip
    passage = link("passage")
    hall = link("zone", "the hall of an indoor pool; none: out of doors")
    weather = link("weather", "-1 stands for the only row")
    area = parameter("m2", 1400.0, lo=1.0, doc="water surface")
    depth = parameter("m", 1.6, lo=0.05, doc="mean depth of the full basin")
    start_temp = parameter("degC", 0.0, lo=0.0, hi=40.0, doc="water at the start; 0: as all water of the plant")
    wind_share = parameter("1", 0.5, lo=0.0, hi=10.0, doc="out of doors: wind at the water over wind at 10 m")
    hall_wind = parameter("m/s", 0.1, lo=0.0, doc="air speed over the water in a hall")
    activity_idle = parameter("1", 0.5, lo=0.0, hi=10.0, doc="activity factor with nobody in")
    activity_open = parameter("1", 1.0, lo=0.0, hi=10.0, doc="activity factor while open")
    open_from = parameter("h", 6.0, lo=0.0, hi=24.0, doc="opens")
    open_to = parameter("h", 22.0, lo=0.0, hi=24.0, doc="closes")
    fresh_water = parameter("m3/h", 0.0, lo=0.0, doc="fresh water while open (30 L a bather, DIN 19643); overflows")
    mains_temp = parameter("degC", 12.0, lo=0.0, hi=40.0, doc="make-up water")
    ground_conductance = parameter("W/K", 500.0, lo=0.0, doc="walls and floor to the ground")
    ground_temp = parameter("degC", 14.0, doc="ground around the basin")
    sun_share = parameter("1", 0.85, lo=0.0, hi=1.0, doc="share of the sun that the water takes up")
    cloudiness = parameter("1", 0.4, lo=0.0, hi=1.0, doc="mean cloud cover, for the sky's long waves")
    make_up_rate = parameter("m3/h", 10.0, lo=0.0, doc="float valve fully open")
    drop = parameter("Pa", 20e3, lo=0.0, doc="pressure loss of inlets and gutter at `rated_flow`")
    rated_flow = parameter("m3/h", 300.0, lo=0.1, doc="filter circuit")
    flow_switch_point = parameter("1", 0.5, lo=0.0, hi=1.0, doc="of the rated flow")
    algae_temp = parameter("degC", 25.0, doc="algae grow above this")
    algae_days = parameter("1", 5.0, lo=0.1, hi=1000.0, doc="days above it until the water turns green")
    step_s = parameter("s", 60.0, lo=1.0, doc="step of the surface balance")

    cover_cmd = command(lo=0.0, hi=1.0, values={0: "open", 1: "closed"}, doc="pool cover: a tenth of the evaporation")
    temp = sensor("degC", 15.0, doc="pool water")
    flow = sensor("m3/h", doc="filter circuit")
    flow_ok = status(doc="flow switch of the filter circuit")
    entering_temp = sensor("degC", 15.0, doc="water coming back to the pool")
    level = sensor("m", doc="water level above the mark")
    loss = sensor("W", doc="heat lost in all: what holds the temperature")
    evaporation = sensor("kg/h", doc="water evaporating; negative: dew falls on water colder than the dew point")
    make_up_flow = sensor("m3/h", doc="mains water coming in")
    ice_thickness = sensor("m", doc="ice on the water")
    alarm_ice = alarm(doc="ice on the water")
    alarm_algae = alarm(doc="too warm for too long: the water turns green")
    alarm_level = alarm(doc="level 5 cm below the mark")
    dry = state("1", doc="1: the basin has run empty, its outlet gives air")
    rain = state("mm/h", lo=0.0, doc="rain on an outdoor pool; a scenario sets it")
    ice = state("kg", doc="ice")
    warm_time = state("s", doc="time above `algae_temp`, less time below")
    lost_energy = state("J", doc="heat lost, in all")
    evaporated = state("kg", doc="water evaporated, in all")
    made_up = state("m3", doc="mains water taken, in all", tags=(RISES,))
    rained = state("m3", doc="rain, in all", tags=(RISES,))
    overflowed = state("m3", doc="water over the gutter to the drain, in all", tags=(RISES,))
    leaked = state("m3", doc="water leaked, in all", tags=(RISES,))
    filling = state("1", doc="float valve open")
    to_hall = state("W", doc="heat to the hall's air")
    freezing = state("kg/s", doc="ice forming")
    elapsed = state("s", 1e9, doc="time since the last surface balance")

    fault_crowd = fault(doc="Many more bathers: evaporation up by two thirds, the heating falls behind, hall humid.")
    fault_leak = fault("m3/h", hi=100.0, doc="Basin leaks: level sinks, the float valve hardly closes, colder water.")
    fault_float_open = fault(doc="Float valve stuck open: water runs over the gutter day and night, heat demand up.")
    fault_float_shut = fault(doc="Float valve stuck shut: the level sinks by evaporation until its alarm.")
    fault_cover = fault(doc="Cover torn: commanded closed, yet evaporation goes on as if open.")
    fault_flow_switch = fault(lo=-1.0, doc="Flow switch wrong: +1 always made, -1 never; the flow tells the truth.")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """The basin as stirred water that ends at the atmosphere."""
        passage = tables["passage"][int(row.passage)]
        passage.kind, passage.mass = STIRRED, row.area * row.depth * DENSITY
        passage.freezing_temp = NEVER
        rated = row.rated_flow / M3H
        passage.quadratic = row.drop / (rated * rated)
        surface = tables["junction"][int(passage.downstream)]
        surface.held, surface.pressure = 1.0, surface.elevation * GRAVITY_HEAD
        if row.start_temp > 0.0:
            for name in ("temp", "entering_temp", "leaving_temp"):
                passage[name] = row.start_temp
        row.temp = passage.temp

    @classmethod
    def begin(cls, row: Any, number: int, tables: dict[str, Any], given: dict[str, float]) -> None:  # noqa: ARG003
        """All its water at `temp`."""
        row.temp = given.get("temp", given.get("start_temp"))
        passage = tables["passage"][int(row.passage)]
        passage.temp = passage.entering_temp = passage.leaving_temp = row.temp


@kernel
def film(wind: float) -> float:
    """Evaporation heat per area and vapour pressure difference [W/(m2 Pa)] at a wind [m/s], activity 1."""
    return STILL_AIR + MOVED_AIR * wind


@kernel
def sky_loss(temp: float, air: float, dew: float, cloudiness: float) -> float:
    """Long-wave loss [W/m2] to a sky of emissivity 0.52 + 0.065 sqrt(e/hPa) (Brunt 1932), clouds as 80 % of a cover."""
    clear = min(0.52 + 0.065 * math.sqrt(vapour_pressure(dew) / 100.0), 1.0)
    sky = clear + (1.0 - clear) * 0.8 * cloudiness
    water, above = temp + ZERO_CELSIUS, air + ZERO_CELSIUS
    return EMISSIVITY * STEFAN_BOLTZMANN * (water * water * water * water - sky * above * above * above * above)


@kernel
def _open(p: Rows, hour: float) -> bool:
    opened: bool = p.open_from <= hour < p.open_to
    return opened


@kernel
def _activity(p: Rows, hour: float) -> float:
    """Activity factor, cover and crowd included."""
    factor = p.activity_open if _open(p, hour) else p.activity_idle
    if p.cover_cmd > 0.5 and p.fault_cover < 0.5:
        factor = 0.1 * p.activity_idle
    return factor * (1.0 + 0.67 * p.fault_crowd)  # type: ignore[no-any-return]


@kernel
def _surface(p: Rows, temp: float, zones: Rows, sky: Rows) -> float:
    """Heat lost by the surface at temp [degC] in W; sets evaporation and the heat that the hall gets."""
    if p.hall >= 0:
        air, dew, wind = zones[p.hall].temp, zones[p.hall].dew_point, p.hall_wind
        outside = 5.0 * (temp - zones[p.hall].surface_temp)
    else:
        air, dew, wind = sky.outdoor_temp, sky.dew_point, p.wind_share * sky.wind_speed
        outside = sky_loss(temp, air, dew, p.cloudiness) - p.sun_share * sky.global_irradiance
    per_pascal = film(wind)
    evaporating = p.area * _activity(p, sky.hour) * per_pascal * (vapour_pressure(temp) - vapour_pressure(dew))
    warm = p.area * (per_pascal * PSYCHROMETER * (temp - air) + outside)
    p.evaporation = evaporating / EVAPORATION_HEAT * 3600.0
    p.to_hall = warm if p.hall >= 0 else 0.0
    return warm + evaporating  # type: ignore[no-any-return]


@kernel
def _fill(p: Rows, hour: float) -> None:
    """Float valve and fresh water."""
    if p.level < -0.005:
        p.filling = 1.0
    elif p.level >= 0.0:
        p.filling = 0.0
    opening = 1.0 if p.fault_float_open > 0.5 else (0.0 if p.fault_float_shut > 0.5 else p.filling)
    fresh = p.fresh_water if _open(p, hour) and p.fault_float_shut < 0.5 else 0.0
    p.make_up_flow = max(fresh, opening * p.make_up_rate)


@kernel
def _balance(p: Rows, passage: Rows, zones: Rows, sky: Rows, period: float) -> None:
    """Rates that hold for the coming period [s]: losses, ice, make-up."""
    temp = passage.temp
    _fill(p, sky.hour)
    incoming = (p.make_up_flow + p.rain * p.area * 1e-3) / M3H
    others = p.ground_conductance * (temp - p.ground_temp) + incoming * HEAT_CAPACITY * (temp - p.mains_temp)
    if p.ice < 1e-6 and temp >= 0.0:
        p.ice = p.freezing = 0.0
        p.loss = _surface(p, temp, zones, sky) + others
        passage.heat = -p.loss
        return
    through = 1.0 + ABOVE_ICE * p.ice / (p.area * ICE_DENSITY * ICE_CONDUCTIVITY)
    upward = _surface(p, 0.0, zones, sky) / through
    taken = p.area * WATER_TO_ICE * max(temp, 0.0)
    if temp < 0.0:
        taken = passage.mass * HEAT_CAPACITY * temp / period
    most = upward + p.ice * FUSION_HEAT / period
    taken = min(taken, most)
    p.freezing = (upward - taken) / FUSION_HEAT
    p.loss = upward + others
    p.to_hall /= through
    p.evaporation = 0.0
    passage.heat = -taken - others


@kernel
def exchange(pools: Rows, passages: Rows, zones: Rows, weather: Rows, dt: float) -> None:
    """Losses and make-up of every pool for a tick of dt [s]; the balance of the surface is made every `step_s`."""
    for i in range(len(pools)):
        p = pools[i]
        passage = passages[p.passage]
        p.elapsed += dt
        if p.elapsed > p.step_s - 0.5 * dt:
            p.elapsed = 0.0
            _balance(p, passage, zones, weather[p.weather], math.ceil(p.step_s / dt - 0.5) * dt)
        p.ice = max(p.ice + p.freezing * dt, 0.0)
        p.lost_energy += p.loss * dt
        if p.hall >= 0:
            give_heat(zones, p.hall, p.to_hall * dt)
            give_vapour(zones, p.hall, p.evaporation * dt / 3600.0)
        _count_water(p, dt)
        warm = passage.temp > p.algae_temp
        p.warm_time = min(p.warm_time + dt, 30.0 * DAY) if warm else max(p.warm_time - dt, 0.0)


@kernel
def _count_water(p: Rows, dt: float) -> None:
    """Level and counters after dt [s]; what comes above the mark runs over."""
    hours = dt / 3600.0
    rained = p.rain * 1e-3 * p.area * hours
    leaking = min(p.fault_leak * hours, max(0.0, p.level + p.depth) * p.area)
    p.made_up += p.make_up_flow * hours
    p.rained += rained
    p.evaporated += p.evaporation * hours
    p.leaked += leaking
    p.level += (p.make_up_flow * hours + rained - leaking - p.evaporation * hours / DENSITY) / p.area
    if p.level > 0.0:
        p.overflowed += p.level * p.area
        p.level = 0.0


@kernel
def sense(pools: Rows, passages: Rows, junctions: Rows, network: Rows) -> None:
    """Instruments and alarms; an empty basin gives air until it holds some water again."""
    for i in range(len(pools)):
        p = pools[i]
        passage = passages[p.passage]
        p.temp, p.flow, p.entering_temp = passage.temp, passage.flow * M3H, passage.entering_temp
        made = p.flow >= p.flow_switch_point * p.rated_flow
        p.flow_ok = 1.0 if p.fault_flow_switch > 0.5 or (made and p.fault_flow_switch > -0.5) else 0.0
        p.ice_thickness = p.ice / (ICE_DENSITY * p.area)
        p.alarm_ice = 1.0 if p.ice > 0.0 else 0.0
        p.alarm_algae = 1.0 if p.warm_time > p.algae_days * DAY else 0.0
        p.alarm_level = 1.0 if p.level < -0.05 else 0.0
        dry = 1.0 if p.level + p.depth <= (REFILLED if p.dry > 0.5 else EMPTY) else 0.0
        if dry != p.dry:
            p.dry = dry
            empty(junctions[passage.downstream], network, dry)
