"""A single-circulation well: water out of the lower screen, back into the upper one, through the ground between.

Source: docs/physics/ground.md#wells, docs/plants/documents.md#s1. From the return pipe through `wellhead` and
`reinjection` into the ground, by `extraction` to the submersible pump (a Pump of its own), by `overflow` to the drain.
The ground beyond each screen is a junction of given pressure and temperature.
"""

import math
from typing import Any, ClassVar

from plant_models.ground.aquifer import (
    PACKED_SKIN,
    head_slope,
    packed_water,
    set_loss,
    set_pressure,
    short_cut,
    step_ground,
)  # fmt: skip
from plant_models.ground.past import WellPast
from plant_models.ground.well_return import SHUT, drive_return, interlock_with, own_pumps, stroke_valve
from plant_models.ground.well_sizing import check_range, sized
from plant_models.ground.well_solids import PASSING_FILTER, START_SAND_TIME, carry_solids, maintain, warn
from plant_models.piping.meters import add_water
from plant_models.water.cavities import empty
from plant_models.water.network import DENSITY, GRAVITY_HEAD, HEAT_CAPACITY, M3H, STIRRED
from twin.kernel import Rows, kernel
from twin.points import RISES, Model, alarm, command, fault, link, parameter, sensor, state, status
from twin.symbol import SOURCE, Symbol

PACE, DRY_LOSS = 600.0, 1e9
"""Step of the ground, the clogging and the filter [s]; loss at rated flow [Pa] of an intake that draws air."""


class SingleWell(WellPast, Model):
    """Single-circulation well with 100 % reinjection: CJXH-80 (80 kW, 16 m3/h, 72 m) up to 500 kW (100 m3/h)."""

    symbol = Symbol("well", end=SOURCE, name_at=38)
    energies: ClassVar = {"heat drawn from the wells": "ground_energy"}
    volumes: ClassVar = {
        "withdrawn from the wells": "withdrawn", "reinjected into the wells": "reinjected",
        "lost by overflow": "overflowed",
    }  # fmt: skip
    wellhead = link("passage", "from the return pipe into the return zone of the bore")
    reinjection = link("passage", "from the return zone through throttle and upper screen into the ground")
    extraction = link("passage", "from the ground through lower screen and sand filter to the pump")
    overflow = link("passage", "from the return zone to the drain, opens at the limit pressure")
    return_zone = link("junction")
    aquifer_return = link("junction", "ground beyond the upper screen")
    aquifer_extraction = link("junction", "ground beyond the lower screen")
    drain = link("junction")
    withdrawn_meter = link("fieldwatermeter", "meter that also counts the withdrawn water")
    reinjected_meter = link("fieldwatermeter", "meter that also counts the reinjected water")
    pump = link("pump", "pump that the return valve is interlocked with; the next one in the chain unless given")
    standby_pump = link("pump", "a second pump on the same well; the return valve is open while either is on")
    route = ("wellhead", "reinjection", "extraction")
    ends: ClassVar = {
        "wellhead": ("", "return_zone"),
        "reinjection": ("return_zone", "aquifer_return"),
        "extraction": ("aquifer_extraction", ""),
        "overflow": ("return_zone", "drain"),
    }
    design: ClassVar = {"capacity": "W", "flow": "m3/h", "depth": "m", "spacing": "m"}

    depth = parameter("m", 72.0, lo=30.0, hi=130.0, doc="depth; screens and seal as in the CJXH-80, in proportion")
    rated_flow = parameter("m3/h", 16.0, lo=0.5, hi=200.0, doc="circulating water of one well")
    ground_temp = parameter("degC", 14.5, lo=0.0, hi=30.0, doc="undisturbed ground water; Beijing 13-15 degC")
    drift = parameter("K/d", 0.0, lo=-0.1, hi=0.1, doc="drift of the ground water by neighbouring wells")
    drift_after = parameter("d", 0.0, lo=0.0, doc="time until the drift begins: breakthrough from the next well")
    drift_end = parameter("K", 3.0, lo=0.0, hi=10.0, doc="the drift goes no further than this, either way")
    anisotropy = parameter("1", 3.0, lo=1.0, hi=10.0, doc="horizontal to vertical conductivity")
    particles = parameter("1", 0.0, lo=0.0, hi=1.0, doc="1: annulus packed with heat-exchange particles")
    conductivity = parameter("m/s", 1e-3, lo=1e-6, hi=0.1, doc="hydraulic conductivity; 1e-3 gravel, 1e-4 sand")
    return_screen = parameter("m", 14.0, lo=1.0, hi=100.0, doc="length of the upper screen")
    extraction_screen = parameter("m", 16.0, lo=1.0, hi=100.0, doc="length of the lower screen")
    reach = parameter("1", 93.0, lo=2.0, hi=1e5, doc="influence radius over well radius, 14 m over 0.15 m")
    turbulence = parameter("s2/m5", 50.0, lo=0.0, hi=1e5, doc="C of the head loss C Q^2 at each screen")
    extraction_skin = parameter("1", 0.0, lo=0.0, hi=200.0, doc="skin factor of the lower screen")
    lag = parameter("s", 120.0, lo=1.0, hi=3600.0, doc="time constant of the ground-water level")
    static_depth = parameter("m", 12.0, lo=0.0, hi=100.0, doc="depth of the static water level below the floor")
    pump_depth = parameter("m", 30.0, lo=1.0, hi=120.0, doc="depth of the pump intake below the floor")
    throttle = parameter("Pa", 1.6e5, lo=0.0, hi=1e6, doc="loss of the return throttle at rated flow")
    hold_pressure = parameter("Pa", 2e4, lo=-9e4, hi=5e5, doc="gauge pressure the return valve holds at least")
    valve_time = parameter(
        "s", 10.0, lo=0.1, hi=600.0, doc="stroke of the return valve, which closes with the pump off"
    )
    valve_leakage = parameter("1", 1e-4, lo=0.0, hi=0.1, doc="share of its opening that the closed return valve leaves")
    high_pressure = parameter("Pa", 1.5e5, lo=0.0, hi=1.6e6, doc="return pressure of the alarm: half the limit")
    limit_pressure = parameter("Pa", 3e5, lo=0.0, hi=1.6e6, doc="gauge pressure at which the overflow opens")
    seal = parameter("1", 0.0, lo=0.0, hi=0.3, doc="share of the return that passes the seal even when healthy")
    short_circuit = parameter("W/K", 50.0, lo=0.0, hi=5000.0, doc="heat conduction between the two waters of the bore")
    bore_volume = parameter("m3", 2.0, lo=0.1, hi=20.0, doc="water in the bore on each side of the seal, 1-3 m3")
    fines = parameter("mg/L", 0.5, lo=0.0, hi=100.0, doc="solids in the water that no filter holds")
    sand_base = parameter("ppm", 0.5, lo=0.0, hi=100.0, doc="sand at quiet operation, by volume")
    sand_slope = parameter("ppm", 10.0, lo=0.0, hi=1000.0, doc="more sand per sand_flow above sand_flow")
    sand_flow = parameter("m3/h", 20.0, lo=0.5, hi=300.0, doc="flow above which the formation gives sand")
    sand_start = parameter("ppm", 10.0, lo=0.0, hi=1000.0, doc="more sand at a start, fading with 60 s")
    clogging_rate = parameter("1/kg", 0.343, lo=0.0, hi=1e3, doc="skin per solids reinjected: 10 in a season of 120 d")
    filter_loss = parameter("Pa", 1e4, lo=0.0, hi=1e6, doc="loss of the clean sand filter at rated flow")
    filter_volume = parameter("m3", 0.005, lo=1e-5, hi=1.0, doc="sand that doubles the filter's loss")
    backwash_time = parameter(
        "s", 1800.0, lo=1.0, hi=86400.0, doc="duration of a backwash, which leaves 20 % of the skin"
    )

    backwash_cmd = command(
        lo=0.0, hi=1.0, doc="1: flush the upper screen backwards to the drain; once per command, well pump off"
    )
    filter_clean_cmd = command(lo=0.0, hi=1.0, doc="1: empty the sand filter")

    flow = sensor("m3/h", doc="water withdrawn")
    return_flow = sensor("m3/h", doc="water reinjected")
    return_valve = sensor("1", 1.0, doc="position of the return valve; 1 open")
    leaving_temp = sensor("degC", 14.5, doc="water leaving the well")
    entering_temp = sensor("degC", 14.5, doc="water coming back to the well")
    return_pressure = sensor("Pa", doc="gauge pressure at the wellhead of the return")
    level = sensor("m", doc="water above the pump intake")
    sand = sensor("ppm", doc="sand in the withdrawn water by volume; limit 5 ppm, 1/200 000")
    turbidity = sensor("mg/L", doc="solids in the reinjected water, limit 20 mg/L; in a backwash of the drained water")
    filter_dp = sensor("Pa", doc="pressure loss of the sand filter")
    withdrawn = sensor("m3", doc="water withdrawn since the start, that of backwashes included")
    reinjected = sensor("m3", doc="water reinjected since the start", tags=(RISES,))
    overflowed = sensor("m3", doc="water lost to the drain since the start, by overflow and backwash")
    backwashing = status(doc="a backwash is going on")
    slow_season = status(
        doc="a month and longer with less water than the ground's response was fitted for: warmer in the ground",
        law="response of the ground, fitted from 0.15 m3/h per metre of depth",
    )
    alarm_dry = alarm(doc="the pump intake draws air")
    alarm_overflow = alarm(doc="water runs to the drain: not all goes back")
    alarm_pressure = alarm(doc="return pressure above high_pressure: screen clogged, or the flow too high")
    alarm_sand = alarm(doc="sand over 1/200 000 by volume (5 ppm) for a minute")
    alarm_turbidity = alarm(doc="more than 20 mg/L goes back into the ground for a minute")

    seal_leak = fault(hi=0.3, doc="seal leaks: returned water mixes into the extraction, leaving water colder at once")
    clogging = fault(hi=500.0, doc="added skin: the upper screen clogs, return pressure up, flow down")
    level_drop = fault("m", hi=100.0, doc="ground water sinks: less suction pressure, at last the pump draws air")
    sand_burst = fault("ppm", hi=1000.0, doc="the formation gives sand: sand over the limit, filter loads up")
    pressure_loss = fault(
        hi=1.0, doc="return valve does not throttle: return pressure falls below atmosphere, draws air"
    )
    valve_stuck_open = fault(doc="return valve does not close: the idle well takes water that other wells lift")
    casing_breach = fault(hi=1.0, doc="casing breaks: 20 % of the return short-cuts, turbidity steps up by 60 mg/L")
    filter_clogging = fault(hi=100.0, doc="filter blocked: its loss grows by this factor, flow falls")

    skin = state("1", doc="skin factor of the upper screen")
    filter_load = state("m3", doc="sand in the filter")
    near = state("K", count=12, doc="first cascade at two ratios of conductivity: ground above undisturbed")
    far = state("K", count=4, doc="second cascade")
    ground_excess = state("K", doc="ground water that reaches the lower screen, above undisturbed")
    drifted = state("K", doc="drift of the ground water since the start")
    ground_energy = state("J", doc="heat taken from the ground since the start")
    return_lagged = state("kg/s", doc="reinjection as the ground-water level follows it")
    extraction_lagged = state("kg/s", doc="extraction as the ground-water level follows it")
    start_sand = state("ppm", doc="sand brought up by the last start")
    washed_out = state("mg/L", doc="solids in the water that a backwash drains")
    sand_time = state("s", doc="time that the sand has been over its limit")
    turbid_time = state("s", doc="time that the turbidity has been over its limit")
    age = state("s", doc="time that the ground has been stepped through")
    backwash_left = state("s", doc="time left of the backwash")
    commanded = state("1", doc="backwash command of the last tick")
    since = state("s", doc="time since the last step of the ground")
    step_water = state("kg", doc="water reinjected in this step")
    step_heat = state("kg K", doc="the same times its temperature")
    step_sand = state("m3", doc="sand caught by the filter in this step")
    step_solids = state("kg", doc="solids reinjected in this step")
    log_reach = state("1", doc="logarithm of `reach`")
    per_rated = state("s2/kg2", doc="one over the rated flow squared")
    sieve = state("Pa s2/kg2", doc="quadratic loss of the sand filter")
    skin_seen = state("1", -1.0, doc="skin that the return coefficients are for")
    loss_seen = state("1", -1.0, doc="pressure loss fault that they are for")
    valve_seen = state("1", -1.0, doc="position of the return valve that they are for")
    worn_seen = state("1", -1.0, doc="state of filter and intake that the extraction coefficients are for")
    share_dt = state("s", doc="tick that the two shares are for")
    lag_share = state("1", doc="1 - exp(-dt/lag)")
    sand_kept = state("1", doc="exp(-dt/60 s)")

    @classmethod
    def size(cls, figures: dict[str, Any]) -> dict[str, float]:
        """A well for a ground capacity (5 kW per m3/h), a flow and a depth, scaled from the CJXH-80."""
        return sized(figures)

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """Fill the bore with ground water, give the ground its pressure, and find the well's own pump."""
        passages, junctions = tables["passage"], tables["junction"]
        check_range(row)
        interlock_with(row, own_pumps(row, passages, tables.get("pump", ())), len(tables[cls.table]))
        row.return_valve = 1.0 if row.pump < 0 else 0.0
        row.log_reach, row.per_rated = math.log(row.reach), (M3H / row.rated_flow) ** 2
        for at in (row.wellhead, row.extraction):
            passages[at].kind, passages[at].mass = STIRRED, row.bore_volume * DENSITY * packed_water(row.particles)
            passages[at].temp = passages[at].leaving_temp = row.ground_temp
        passages[row.overflow].check = 1.0
        passages[row.reinjection].leaving_temp = row.ground_temp
        passages[row.overflow].linear = SHUT
        for at in (row.aquifer_return, row.aquifer_extraction, row.drain):
            junctions[at].held = junctions[at].given_temp = 1.0
            junctions[at].temp = row.ground_temp
            junctions[at].pressure = -GRAVITY_HEAD * row.static_depth
        junctions[row.drain].pressure = row.limit_pressure + GRAVITY_HEAD * junctions[row.return_zone].elevation
        junctions[passages[row.extraction].downstream].elevation = -row.pump_depth
        junctions[row.aquifer_extraction].elevation = -row.depth
        junctions[row.aquifer_return].elevation = -row.static_depth - row.return_screen
        if row.past_water > 0.0 or row.past_excess != 0.0:
            cls.begin(row, number, tables, {})


@kernel
def interlock(wells: Rows, pumps: Rows, dt: float) -> None:
    """Open the return valve of every well whose pump is switched on, and close that of every other."""
    for i in range(len(wells)):
        stroke_valve(wells[i], pumps, dt)


@kernel
def actuate(wells: Rows, passages: Rows, junctions: Rows, network: Rows, dt: float) -> None:
    """Levels, clogging and the overflow: what the ground, screens and filter set against the flow."""
    for i in range(len(wells)):
        well = wells[i]
        if dt != well.share_dt:
            well.share_dt = dt
            well.lag_share = 1.0 - math.exp(-dt / well.lag)
            well.sand_kept = math.exp(-dt / START_SAND_TIME)
        maintain(well, max(0.0, -passages[well.reinjection].flow), dt)
        drive_return(well, passages, junctions, network)
        _extraction_side(well, passages, junctions, network)


@kernel
def _extraction_side(well: Rows, passages: Rows, junctions: Rows, network: Rows) -> None:
    """Screen, filter and water level; an intake that draws air hardly passes water."""
    out = passages[well.extraction]
    flow = max(0.0, out.flow)
    well.extraction_lagged += (flow - well.extraction_lagged) * well.lag_share
    screen = GRAVITY_HEAD * well.turbulence / (DENSITY * DENSITY)
    static = -GRAVITY_HEAD * (well.static_depth + well.level_drop)
    drawdown = (out.linear * well.extraction_lagged + screen * flow * flow) / GRAVITY_HEAD
    well.level = well.pump_depth - well.static_depth - well.level_drop - drawdown
    well.alarm_dry = 1.0 if well.level < 0.0 else 0.0 if well.level > 0.5 else well.alarm_dry
    worn = well.filter_load / well.filter_volume + 100.0 * well.filter_clogging + 1e5 * well.alarm_dry
    if worn != well.worn_seen:
        well.worn_seen = worn
        loaded = well.filter_loss * (1.0 + well.filter_load / well.filter_volume) * (1.0 + well.filter_clogging)
        well.sieve = loaded * well.per_rated
        skin = well.extraction_skin + PACKED_SKIN * well.particles
        slope = head_slope(well.conductivity, well.extraction_screen, well.log_reach, skin)
        set_loss(out, slope, screen + well.sieve + well.alarm_dry * DRY_LOSS * well.per_rated, network)
    well.filter_dp = well.sieve * flow * flow
    ground = junctions[well.aquifer_extraction]
    pressure = max(static + out.linear * (flow - well.extraction_lagged), GRAVITY_HEAD * ground.elevation)
    set_pressure(ground, pressure, network)
    empty(junctions[out.downstream], network, well.alarm_dry)


@kernel
def exchange(wells: Rows, passages: Rows, junctions: Rows) -> None:
    """Temperature of the water that enters the lower screen: ground water, with what passes the seal."""
    for i in range(len(wells)):
        well = wells[i]
        flow = passages[well.extraction].flow
        if flow > 0.0:
            ground = well.ground_temp + well.drifted + well.ground_excess
            mixed = min(1.0, short_cut(well) + well.short_circuit / (flow * HEAT_CAPACITY))
            junctions[well.aquifer_extraction].temp = ground + mixed * (passages[well.wellhead].leaving_temp - ground)


@kernel
def sense(wells: Rows, passages: Rows, junctions: Rows, meters: Rows, dt: float) -> None:
    """Sensors, water and energy accounts, and the slow steps of ground, clogging and filter."""
    for i in range(len(wells)):
        well = wells[i]
        out, back = passages[well.extraction], passages[well.reinjection]
        carry_solids(well, out.flow * M3H)
        well.flow = out.flow * M3H
        well.return_flow = back.flow * M3H
        well.leaving_temp = out.leaving_temp
        well.entering_temp = passages[well.wellhead].entering_temp
        zone = junctions[well.return_zone]
        well.return_pressure = zone.pressure - GRAVITY_HEAD * zone.elevation
        spilled = passages[well.overflow].flow
        well.alarm_overflow = 1.0 if spilled > 0.001 else 0.0
        forward, backward = max(0.0, back.flow), max(0.0, -back.flow)
        volume = forward * dt / DENSITY
        well.withdrawn += (out.flow + backward) * dt / DENSITY
        well.reinjected += volume
        well.overflowed += spilled * dt / DENSITY
        add_water(meters, well.withdrawn_meter, out.flow + backward)
        add_water(meters, well.reinjected_meter, forward)
        warn(well, dt)
        taken = out.flow * junctions[well.aquifer_extraction].temp - back.flow * back.leaving_temp
        well.ground_energy += taken * HEAT_CAPACITY * dt
        if back.flow > 0.0:
            well.step_water += back.flow * dt
            well.step_heat += back.flow * dt * back.leaving_temp
            well.step_solids += volume * well.turbidity * 1e-3
        if out.flow > 0.0:
            well.step_sand += out.flow * dt / DENSITY * well.sand * 1e-6 * (1.0 - PASSING_FILTER)
        well.since += dt
        if well.since >= PACE - 1e-6:
            step_ground(well)
