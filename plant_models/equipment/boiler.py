"""Boilers burning gas or coal, and electric heaters, with their own control and safety (docs/plants/documents.md#s11).

The burner goes from one state to another:

    from      to        when                                                            after
    off       purge     enabled with enough water, 2 K below the set point              -
    purge     firing    purged, and a flame                                             start_time
    purge     off       no longer enabled, or too little water                          -
    firing    off       no longer enabled, too little water, or 3 K too hot     -
    firing    off       the flame is gone                                               -
    off       locked    the safety limiter has acted                                    -
    purge     locked    three purges without a flame                                    3 x start_time
    firing    locked    the safety limiter has acted                                    -
    locked    off       reset                                                           -
"""

import math
from typing import Any, ClassVar

from plant_models.water.ice import Icing
from plant_models.water.network import HEAT_CAPACITY, M3H, STANDING_LOSS, STIRRED
from twin.enumeration import Enumeration
from twin.errors import unknown
from twin.kernel import Rows, kernel
from twin.points import RISES, Model, command, fault, link, parameter, sensor, setpoint, state, status
from twin.points import alarm as own_alarm
from twin.symbol import Symbol

FUELS = Enumeration("gas", "coal", "electric")
GAS, COAL, ELECTRIC = FUELS
STATES = Enumeration("off", "purge", "firing", "locked")
OFF, PURGE, FIRING, LOCKED = STATES
DEW = 57.0
"""Return temperature below which flue gas of natural gas condenses [degC]."""
KINDS: dict[str, dict[str, float]] = {
    "gas": {"efficiency": 0.96, "min_load": 0.2, "start_time": 45.0, "lag": 20.0, "jacket_loss": 0.005},
    "coal": {"efficiency": 0.70, "min_load": 0.3, "start_time": 1800.0, "lag": 900.0, "jacket_loss": 0.03},
    "electric": {"efficiency": 0.99, "min_load": 0.0, "start_time": 2.0, "lag": 5.0, "jacket_loss": 0.002},
}
"""What differs by fuel: a room-sealed condensing gas boiler, a small grate-fired coal boiler, an immersion heater."""


class Boiler(Icing, Model):
    """A boiler that holds its leaving temperature between its least and its full load, and protects itself.

    fuel = (heat + jacket loss) / efficiency, on the lower heating value. Gas: `condensing_gain` per kelvin of return
    below 57 degC (0.96 becomes 1.07 at 30 degC with 0.004, as EN 15502 ratings do). `fuel_energy` counts gas and coal,
    `energy` electricity: the fuel of an electric heater is all electricity. Defaults by fuel: `KINDS`.
    Source: docs/plants/documents.md#s11; efficiency levels 92/42/EEC.
    """

    symbol = Symbol("boiler")
    into_water = "boilers"
    energies: ClassVar = {
        "heat given by boilers": "heat_energy", "fuel of boilers": "fuel_energy", "electricity of boilers": "energy",
    }  # fmt: skip
    passage = link("passage")
    meter = link("electricitymeter")
    design: ClassVar = {"kind": ""}
    enable_cmd = command(lo=0.0, hi=1.0, values={0: "off", 1: "on"}, doc="the boiler may fire")
    leaving_temp_sp = setpoint("degC", 60.0, lo=20.0, hi=95.0, doc="leaving water")
    capacity_limit_cmd = command("1", 1.0, lo=0.0, hi=1.0, doc="demand limit; the least firing rate is never refused")
    reset_cmd = command(lo=0.0, hi=1.0, doc="0 to 1 clears a lock-out")
    fuel = parameter("1", 0.0, values=FUELS.names, doc="what it burns")
    rated_capacity = parameter("W", 200e3, lo=100.0, doc="heat into the water at full load")
    rated_flow = parameter("m3/h", 0.0, lo=0.0, doc="0: 10 K at full load")
    drop = parameter("Pa", 10e3, lo=0.0, doc="pressure loss at the rated flow")
    water = parameter("kg", 0.0, lo=0.0, doc="water inside; 0: 0.5 kg per kW, at least 10 kg")
    efficiency = parameter("1", 0.96, lo=0.2, hi=1.1, doc="burner and flue at full load, return above 57 degC")
    condensing_gain = parameter("1/K", 0.004, lo=0.0, hi=0.01, doc="gas: more per kelvin of return below 57 degC")
    jacket_loss = parameter("1", 0.005, lo=0.0, hi=0.2, doc="heat lost by the hot boiler over its rated capacity")
    room_temp = parameter("degC", 20.0, lo=-50.0, hi=60.0, doc="boiler room; an idle boiler cools towards it")
    min_load = parameter("1", 0.2, lo=0.0, hi=1.0, doc="least firing rate")
    start_time = parameter("s", 45.0, lo=0.0, doc="purge and ignition; coal: until the bed burns")
    lag = parameter("s", 20.0, lo=0.1, doc="time constant of the heat; coal: of the bed")
    limit_temp = parameter("degC", 95.0, doc="own safety limiter: locks out above this")
    flow_switch_point = parameter("1", 0.3, lo=0.0, hi=1.0, doc="of the rated flow; does not fire below")
    auxiliary_power = parameter("W", 0.0, lo=0.0, doc="fan and controls while firing")

    firing_state = status(lo=0.0, hi=3.0, values=STATES.names, doc="burner")
    running = status(doc="flame, or contactor of the heater")
    load = sensor("1", doc="heat into the water over the rated capacity")
    heat = sensor("W", doc="heat into the water")
    fuel_power = sensor("W", doc="fuel burnt, lower heating value; electric: nothing")
    power = sensor("W", doc="electric power")
    entering_temp = sensor("degC", 15.0, doc="water entering")
    leaving_temp = sensor("degC", 15.0, doc="water leaving")
    flow = sensor("m3/h", doc="water flow")
    run_hours = sensor("h", doc="time with the burner firing", tags=(RISES,))
    alarm = own_alarm(doc="any alarm of the boiler")
    alarm_lockout = own_alarm(doc="burner locked out: no flame after three tries, or the safety limiter")
    alarm_limit = own_alarm(doc="the safety limiter has acted")
    alarm_flow = own_alarm(doc="enabled without enough water")
    energy = state("J", doc="electricity, in all", tags=(RISES,))
    fuel_energy = state("J", doc="fuel burnt, in all", tags=(RISES,))
    heat_energy = state("J", doc="heat into the water, in all")
    starts = state("1", doc="starts counted", tags=(RISES,))
    tries = state("1", doc="ignitions without flame")
    timer = state("s", doc="time in this state")
    seen_reset = state("1", doc="reset command of the last tick")

    fault_no_flame = fault(doc="No flame: purges three times, then lock-out; no heat until a reset.")
    fault_sooted = fault(doc="Sooted or scaled: a fifth less efficiency, hotter flue, more fuel for the same heat.")
    fault_control = fault(doc="Controller sticks at full fire: leaving water rises to the limiter, lock-out.")
    fault_element = fault(doc="Heating elements or grate partly dead: this share of the capacity is missing.")

    @classmethod
    def size(cls, figures: dict[str, Any]) -> dict[str, float]:
        """What follows from the kind of fuel; `kind: gas`, `coal` or `electric`."""
        if "kind" not in figures:
            return {}
        kind = cls.points["fuel"].values
        number = next((n for n, name in kind.items() if name == figures["kind"]), None)
        if number is None:
            raise unknown("kind of boiler", str(figures["kind"]), KINDS)
        return {"fuel": float(number), **KINDS[str(figures["kind"])]}

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """Flow, water and pressure loss of the passage."""
        if row.rated_flow <= 0.0:
            row.rated_flow = row.rated_capacity / (10.0 * HEAT_CAPACITY) * M3H
        if row.water <= 0.0:
            row.water = max(10.0, 0.5e-3 * row.rated_capacity)
        passage = tables["passage"][int(row.passage)]
        passage.kind, passage.mass, passage.room_temp = STIRRED, row.water, row.room_temp
        passage.quadratic = row.drop * M3H * M3H / (row.rated_flow * row.rated_flow)


@kernel
def _enter(b: Rows, state: float) -> None:
    """Change the state of the burner: nothing else does."""
    b.firing_state = state


@kernel
def _guard(b: Rows, enough: bool) -> None:
    """Limiter, lock-out and reset."""
    if b.reset_cmd > b.seen_reset:
        b.alarm_limit = b.alarm_lockout = b.tries = 0.0
        if b.firing_state == LOCKED:
            _enter(b, OFF)
    b.seen_reset = b.reset_cmd
    if b.leaving_temp > b.limit_temp:
        b.alarm_limit = 1.0
    if b.alarm_limit > 0.5 or b.tries > 2.5:
        b.alarm_lockout = 1.0
        _enter(b, LOCKED)
    b.alarm_flow = 1.0 if b.enable_cmd > 0.5 and not enough else 0.0


@kernel
def _sequence(b: Rows, enough: bool, dt: float) -> None:
    """Off, purge, firing: from the instruments of the last tick."""
    wanted = b.enable_cmd > 0.5 and enough
    b.timer += dt
    if b.firing_state == LOCKED:
        return
    if not wanted:
        _enter(b, OFF)
    elif b.firing_state == OFF:
        if b.leaving_temp < b.leaving_temp_sp - 2.0 or b.fault_control > 0.5:
            _enter(b, PURGE)
            b.timer = 0.0
    elif b.firing_state == PURGE:
        if b.timer >= b.start_time and b.fault_no_flame > 0.5:
            b.tries += 1.0
            b.timer = 0.0
        elif b.timer >= b.start_time:
            _enter(b, FIRING)
            b.starts += 1.0
            b.tries = 0.0
    elif (b.leaving_temp > b.leaving_temp_sp + 3.0 and b.fault_control < 0.5) or b.fault_no_flame > 0.5:
        _enter(b, OFF)


@kernel
def actuate(boilers: Rows, dt: float) -> None:
    """Protections and sequence of all boilers for a tick of dt [s]."""
    for i in range(len(boilers)):
        b = boilers[i]
        enough = b.flow >= b.flow_switch_point * b.rated_flow
        _guard(b, enough)
        _sequence(b, enough, dt)
        b.running = 1.0 if b.firing_state == FIRING else 0.0
        b.run_hours += b.running * dt / 3600.0
        b.alarm = max(b.alarm_lockout, b.alarm_limit, b.alarm_flow)


@kernel
def burner_efficiency(b: Rows, entering: float) -> float:
    """Heat out of the fuel's lower heating value at a return temperature [degC]."""
    gain = b.condensing_gain * max(0.0, DEW - entering) if b.fuel == GAS else 0.0
    return (b.efficiency + min(gain, 0.11)) * (1.0 - 0.2 * b.fault_sooted)  # type: ignore[no-any-return]


@kernel
def exchange(boilers: Rows, passages: Rows, dt: float) -> None:
    """Heat into the water, fuel and electricity for a tick of dt [s]."""
    for i in range(len(boilers)):
        b = boilers[i]
        passage = passages[b.passage]
        target = 0.0
        if b.firing_state == FIRING:
            wanted = abs(passage.flow) * HEAT_CAPACITY * (b.leaving_temp_sp - passage.entering_temp) / b.rated_capacity
            target = 1.0 if b.fault_control > 0.5 else max(min(wanted, b.capacity_limit_cmd, 1.0), b.min_load)
            target *= 1.0 - b.fault_element
        if target != b.load:
            b.load = target + (b.load - target) * math.exp(-dt / b.lag)
            if abs(b.load - target) < 1e-6:
                b.load = target
        b.heat = b.load * b.rated_capacity
        passage.heat = b.heat
        passage.loss_rate = 0.0 if b.load > 0.0 else STANDING_LOSS * b.water
        hot = b.jacket_loss * b.rated_capacity if b.load > 0.0 else 0.0
        taken = (b.heat + hot) / burner_efficiency(b, passage.entering_temp)
        b.fuel_power = 0.0 if b.fuel == ELECTRIC else taken
        b.power = (taken if b.fuel == ELECTRIC else 0.0) + (b.auxiliary_power if b.running > 0.5 else 0.0)
        b.energy += b.power * dt
        b.fuel_energy += b.fuel_power * dt
        b.heat_energy += b.heat * dt


@kernel
def sense(boilers: Rows, passages: Rows) -> None:
    """Water temperatures and flow."""
    for i in range(len(boilers)):
        b = boilers[i]
        passage = passages[b.passage]
        b.flow = passage.flow * M3H
        b.entering_temp = passage.entering_temp
        b.leaving_temp = passage.leaving_temp
