"""Constant-pressure make-up of a closed loop: gas vessel, make-up pump and tank, relief valve, and the loop's leak.

Source: docs/physics/piping.md#pressure-holding, docs/sequences/sources.md#pressure, docs/plants/documents.md#s4. The
vessel is the compliance of a loop junction: the solver takes
    inflow dt = compliance (pressure after - pressure before),
and the inflow it books is the water the vessel takes up. The pressure itself follows the gas law from that content,
so the account of water closes to rounding.
"""

from typing import Any, ClassVar

from plant_models.constants import ATMOSPHERE
from plant_models.piping.filling import fill_loop
from plant_models.piping.leaks import SHUT, leak, prepare
from plant_models.piping.make_up import count_starts, drive, refill
from plant_models.water.network import DENSITY, GRAVITY_HEAD, M3H
from plant_models.weather.psychrometrics import vapour_pressure
from twin.kernel import Rows, kernel
from twin.points import RISES, Model, alarm, command, fault, link, parameter, sensor, setpoint, state, status
from twin.symbol import Symbol

NOTICED = 200.0
"""A pressure change by thermal expansion [Pa] that is worth solving the network again: 2 cm of water."""
RESEAT = 0.9
"""The relief valve closes at this part of its opening pressure."""
LEAST_GAS = 0.005
"""Gas [m3 at pre-charge pressure] that is left when the pre-charge is lost."""
MIXING = 300.0
"""Time constant [s] of the mean loop temperature behind that of supply and return."""


class PressureHolding(Model):
    """Pressure holding of one loop. 40/80/200 L vessels take 10/20/50 L between 0.2 and 0.3 MPa."""

    initial = ("loop_temp", "pressure", "initial_pressure", "tank_level")
    begin_turn = 1
    symbol = Symbol("vessel", stub=True)
    energies: ClassVar = {"electricity of pressure holding": "energy"}
    volumes: ClassVar = {"made up": "made_up", "leaked": "leaked", "relieved": "relieved"}
    make_up = link("passage", "from the make-up tank into the loop")
    relief = link("passage", "relief valve")
    leak_way = link("passage", "what the loop loses")
    loop = link("junction", "where the set is joined to the loop, best at the pump suction")
    supply = link("junction", "warm side of the loop, for its mean temperature; default `loop`")
    back = link("junction", "cold side of the loop; default `loop`")
    tank = link("junction")
    drain = link("junction")
    outside = link("junction")
    meter = link("electricitymeter")
    ends: ClassVar = {"make_up": ("tank", "loop"), "relief": ("loop", "drain"), "leak_way": ("loop", "outside")}

    volume = parameter("m3", 0.04, lo=0.002, hi=20.0, doc="volume of the vessel: 40, 80 or 200 L")
    precharge = parameter("Pa", 2.0e5, lo=0.0, hi=1.6e6, doc="gauge pressure of the gas in the empty vessel")
    loop_volume = parameter("m3", 20.0, lo=0.01, hi=5000.0, doc="water in the loop")
    elasticity = parameter("1/Pa", 2e-9, lo=4e-10, hi=1e-6, doc="volume the full loop gives per pressure, relative")
    fill_temp = parameter("degC", 15.0, lo=0.0, hi=95.0, doc="loop temperature at which expansion counts from 0")
    initial_pressure = parameter("Pa", 2.5e5, lo=0.0, hi=1.6e6, doc="gauge pressure at the start")
    make_up_flow = parameter("m3/h", 2.0, lo=0.01, hi=100.0, doc="make-up at 0.25 MPa: 2, 4 or 10 m3/h")
    make_up_head = parameter("Pa", 1.0e6, lo=2.6e5, hi=2.5e6, doc="shut-off pressure of the make-up pump")
    make_up_temp = parameter("degC", 12.0, lo=0.0, hi=40.0, doc="temperature of the make-up water")
    make_up_power = parameter("W", 750.0, lo=0.0, hi=1e5, doc="electric power of the make-up pump")
    tank_volume = parameter("m3", 1.0, lo=0.01, hi=1000.0, doc="make-up tank: 1, 2 or 10 m3")
    refill_flow = parameter("m3/h", 1.5, lo=0.0, hi=100.0, doc="float valve of the make-up tank")
    softener_volume = parameter("m3", 0.0, lo=0.0, hi=1e4, doc="water softened between regenerations; 0 no softener")
    softener_time = parameter("s", 3600.0, lo=0.0, hi=86400.0, doc="regeneration, during which nothing is refilled")
    relief_pressure = parameter("Pa", 3.8e5, lo=1e4, hi=2e6, doc="gauge pressure at which the relief valve opens")
    relief_flow = parameter("m3/h", 4.0, lo=0.01, hi=500.0, doc="discharge at 10 % over the opening pressure")
    low_pressure = parameter("Pa", 1.5e5, lo=0.0, hi=1.6e6, doc="limit of alarm_low")
    high_pressure = parameter("Pa", 3.5e5, lo=0.0, hi=2e6, doc="limit of alarm_high")

    enable_cmd = command(default=1.0, lo=0.0, hi=1.0, doc="1 releases the make-up pump")
    auto_cmd = command(default=1.0, lo=0.0, hi=1.0, doc="1: two-point control of its own; 0: follows make_up_cmd")
    make_up_cmd = command(lo=0.0, hi=1.0, doc="make-up pump by hand or from the controller")
    on_pressure_sp = setpoint("Pa", 2.0e5, lo=0.0, hi=1.6e6, doc="make-up starts below")
    off_pressure_sp = setpoint("Pa", 3.0e5, lo=0.0, hi=1.6e6, doc="make-up stops at")

    pressure = sensor("Pa", 2.5e5, doc="gauge pressure at the vessel")
    tank_level = sensor("1", 0.9, lo=0.0, hi=1.0, doc="level of the make-up tank")
    power = sensor("W", doc="electric power")
    made_up = sensor("m3", doc="water made up since the start")
    relieved = sensor("m3", doc="water lost by the relief valve since the start")
    leaked = sensor("m3", doc="water leaked since the start")
    starts = sensor("1", doc="starts of the make-up pump", tags=(RISES,))
    starts_per_hour = sensor("1", doc="starts within the last hour")
    run_time = sensor("s", doc="time the make-up pump has run since the start")
    running = status(doc="run proof of the make-up pump")
    regenerating = status(doc="the softener regenerates")
    alarm_low = alarm(doc="pressure under 0.15 MPa: water shortage, pumps should stop")
    alarm_high = alarm(doc="pressure over 0.35 MPa")
    alarm_vapour = alarm(doc="the loop is at the vapour pressure of its water: pockets of vapour, or air, in it")
    alarm_tank_low = alarm(doc="make-up tank under 10 %: the make-up pump is locked out")
    alarm_leak = alarm(doc="more than 6 starts an hour or 30 minutes of make-up at a stretch")

    leak = fault("L/h", hi=50000.0, doc="the loop leaks, at 0.25 MPa: make-up starts often, at last pressure falls")
    precharge_lost = fault(
        hi=1.0, doc="vessel waterlogged, 5 L of gas left: pressure jumps, pump starts 8 times as often"
    )
    relief_stuck = fault(hi=1.0, doc="relief valve reseats this much too low: water runs to the drain, endless make-up")
    sensor_drift = fault("Pa", lo=-2e5, hi=2e5, doc="pressure reads too high by this: held too low, pumps cavitate")
    tank_empty = fault(hi=1.0, doc="mains shut and tank drained: make-up locked out, pressure falls")
    make_up_failed = fault(hi=1.0, doc="make-up pump does not run: no proof though pressure is low")
    make_up_stuck = fault(hi=1.0, doc="contactor welded: make-up runs on, the relief valve opens, the tank runs low")
    softener_stuck = fault(hi=1.0, doc="softener stuck in regeneration: no refill, at last no make-up")

    loop_temp = state("degC", 15.0, doc="mean temperature of the loop")
    hottest = state("degC", 15.0, doc="the warmer of that and the water at the vessel, which boils first")
    content = state("kg", doc="water in the loop beyond its filling at fill_temp with the vessel empty")
    demand = state("1", doc="two-point control asks for make-up")
    tank_water = state("m3", doc="water in the make-up tank")
    refilled = state("m3", doc="water let into the make-up tank since the start")
    drained = state("m3", doc="water drained from the make-up tank by the fault")
    filling = state("1", doc="the float valve is open")
    softened = state("m3", doc="water softened since the last regeneration")
    regeneration = state("s", doc="time left of the regeneration")
    bins = state("1", count=12, doc="starts by five minutes")
    bin = state("1", doc="the present five minutes")
    bin_age = state("s", doc="time in it")
    at_a_stretch = state("s", doc="time the make-up pump has run without a stop")
    energy = state("J", doc="electric energy since the start", tags=(RISES,))
    leak_set = state("L/h", doc="leak that the passage is set for")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """Fill the vessel to its initial pressure and the tank to 90 %; give the outside its pressures."""
        passages, junctions = tables["passage"], tables["junction"]
        touched = {int(end) for passage in passages for end in (passage.upstream, passage.downstream)}
        row.supply = row.supply if row.supply in touched else row.loop
        row.back = row.back if row.back in touched else row.loop
        prepare(row, tables)
        for at in (row.tank, row.drain, row.outside):
            junctions[at].held = junctions[at].given_temp = 1.0
            junctions[at].temp = row.make_up_temp
        passages[row.make_up].check = passages[row.relief].check = 1.0
        passages[row.make_up].linear = passages[row.relief].linear = SHUT
        over = row.relief_flow / M3H
        passages[row.relief].quadratic = (1.1 - RESEAT) * row.relief_pressure / (over * over)
        row.loop_temp = 0.5 * (junctions[row.supply].temp + junctions[row.back].temp)
        row.tank_water = 0.9 * row.tank_volume
        _pressurise(row, junctions)

    @classmethod
    def begin(cls, row: Any, number: int, tables: dict[str, Any], given: dict[str, float]) -> None:  # noqa: ARG003
        """All water of the loop at `loop_temp`, the vessel at `pressure`, the tank at `tank_level`."""
        if "loop_temp" in given:
            fill_loop(int(row.loop), given["loop_temp"], tables)
            row.hottest = given["loop_temp"]
        row.initial_pressure = given.get("pressure", given.get("initial_pressure", row.initial_pressure))
        row.tank_water = row.tank_level * row.tank_volume
        _pressurise(row, tables["junction"])


def _pressurise(row: Any, junctions: Any) -> None:
    """Fill the vessel to its initial pressure, with the loop as warm as it is."""
    gas = (row.precharge + ATMOSPHERE) * row.volume
    water = row.volume - gas / (row.initial_pressure + ATMOSPHERE)
    if water < 0.0:
        water = (row.initial_pressure - row.precharge) * row.elasticity * row.loop_volume
    row.content = DENSITY * (water - expansion(row.loop_volume, row.fill_temp, row.loop_temp))
    junctions[row.loop].pressure = row.initial_pressure + GRAVITY_HEAD * junctions[row.loop].elevation
    row.pressure = row.initial_pressure


@kernel
def density(temp: float) -> float:
    """Density of water at 1 bar [kg/m3], 0..100 degC. Source: Gill 1982 / McCutcheon 1993; checked against IAPWS."""
    off = temp - 3.9863
    return 1000.0 * (1.0 - (temp + 288.9414) * off * off / (508929.2 * (temp + 68.12963)))


@kernel
def expansion(volume: float, fill_temp: float, temp: float) -> float:
    """Volume [m3] by which a loop filled at one temperature has expanded at another. 20 m3 from 5 to 20 degC: 36 L."""
    return volume * (density(fill_temp) / density(temp) - 1.0)


@kernel
def vessel_state(row: Rows) -> tuple[float, float]:
    """Gauge pressure [Pa] and compliance [kg/Pa] of the loop from its content: gas law, or elasticity when empty.

    It does not fall below the vapour pressure of the loop's water: vapour takes the place of what is missing.
    """
    lost = row.precharge_lost * max(0.0, row.volume - LEAST_GAS)
    gas = (row.precharge + ATMOSPHERE) * (row.volume - lost)
    water = row.content / DENSITY + expansion(row.loop_volume, row.fill_temp, row.loop_temp)
    if water <= 0.0:
        stretch = row.elasticity * row.loop_volume
        pressure = gas / row.volume - ATMOSPHERE + water / stretch
        return max(vapour_pressure(row.hottest) - ATMOSPHERE, pressure), stretch * DENSITY
    room = max(1e-4 * row.volume, row.volume - water)
    return gas / room - ATMOSPHERE, DENSITY * room * room / gas


@kernel
def actuate(holdings: Rows, passages: Rows, junctions: Rows, network: Rows, dt: float) -> None:
    """Vessel pressure, make-up pump, relief valve and leak for a tick of dt [s]."""
    for i in range(len(holdings)):
        row = holdings[i]
        warm = 0.5 * (junctions[row.supply].temp + junctions[row.back].temp)
        row.loop_temp += (warm - row.loop_temp) * min(1.0, dt / MIXING)
        row.hottest = max(row.loop_temp, junctions[row.loop].temp)
        pressure, compliance = vessel_state(row)
        vessel = junctions[row.loop]
        level = GRAVITY_HEAD * vessel.elevation
        vessel.compliance = compliance
        if abs(pressure + level - vessel.pressure) > NOTICED:
            vessel.pressure = pressure + level
            network[0].moved = 1.0
        drive(row, passages[row.make_up], network)
        _relieve(row, passages[row.relief], junctions[row.drain], pressure, level, network)
        if row.leak != row.leak_set:
            row.leak_set = row.leak
            leak(passages[row.leak_way], network, row.leak)


@kernel
def _relieve(row: Rows, way: Rows, drain: Rows, pressure: float, level: float, network: Rows) -> None:
    """Open the relief valve at its opening pressure, close it at RESEAT of that; both are lower where it is stuck."""
    seat = row.relief_pressure * (1.0 - row.relief_stuck)
    reseat = RESEAT * seat
    was_open = way.linear == 0.0
    is_open = pressure > (reseat + NOTICED if was_open else seat)
    if is_open != was_open or drain.pressure != reseat + level:
        way.linear = 0.0 if is_open else SHUT
        drain.pressure = reseat + level
        network[0].moved = 1.0


@kernel
def sense(holdings: Rows, passages: Rows, junctions: Rows, dt: float) -> None:
    """Water accounts, tank, meters, counters and alarms after the flows of the tick are known."""
    for i in range(len(holdings)):
        row = holdings[i]
        row.content += junctions[row.loop].inflow * dt
        made = passages[row.make_up].flow * dt / DENSITY
        row.made_up += made
        row.relieved += passages[row.relief].flow * dt / DENSITY
        row.leaked += passages[row.leak_way].flow * dt / DENSITY
        pressure = vessel_state(row)[0]
        row.alarm_vapour = 1.0 if pressure <= vapour_pressure(row.hottest) - ATMOSPHERE else 0.0
        row.pressure = max(-ATMOSPHERE, pressure + row.sensor_drift)
        refill(row, made, dt)
        count_starts(row, dt)
        row.power = row.make_up_power * row.running
        row.energy += row.power * dt
        row.alarm_low = 1.0 if row.pressure < row.low_pressure else 0.0
        row.alarm_high = 1.0 if row.pressure > row.high_pressure else 0.0
