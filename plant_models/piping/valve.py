"""Motor valves with stroke time, characteristic, leakage and end switches (docs/physics/piping.md#valves)."""

import math
from typing import Any, ClassVar

from plant_models.piping.leaks import SHUT
from plant_models.piping.seats import WEEPING, seat_leakage
from plant_models.piping.starts import begin_valve
from plant_models.water.friction import kv_loss
from plant_models.water.network import M3H
from twin.enumeration import Enumeration
from twin.kernel import Rows, kernel
from twin.points import RISES, Model, command, fault, link, parameter, sensor, state, status
from twin.symbol import Symbol

DRIVES = Enumeration("modulating", "open_close", "three_point")
MODULATING, OPEN_CLOSE, THREE_POINT = DRIVES
CHARACTERISTICS = Enumeration("linear", "equal_percentage", "butterfly")
LINEAR, EQUAL_PERCENTAGE, BUTTERFLY = CHARACTERISTICS
SPRINGS = Enumeration("hold", "close", "open")
HOLD, CLOSE, OPEN = SPRINGS
SWITCHES = Enumeration("healthy", "lost", "lies")
RANGEABILITY = 50.0
"""Ratio of an equal-percentage valve."""
SWITCH = 0.01
"""The end switches act within this distance of the ends."""


class Valve(Model):
    """Motor valve: position with a rate limit, flow coefficient by its characteristic. Source:
    docs/physics/piping.md#valves.

    Kv at position y is kv (leak + (1 - leak) phi(y)), phi: linear y; equal percentage (50^y - 1) / 49; butterfly
    1 - cos(90 deg y). A closed valve so passes `leakage` of kv: that of its `seat`, or a figure of its own.
    """

    initial = ("position", "start_position")
    begin_turn = 0
    symbol = Symbol("valve")
    energies: ClassVar = {"electricity of valves": "energy"}
    design: ClassVar = {"seat": ""}
    passage = link("passage")
    meter = link("electricitymeter")
    position_cmd = command(lo=0.0, hi=1.0, doc="modulating: position wanted")
    open_cmd = command(lo=0.0, hi=1.0, doc="open/close: 1 open, 0 close; three-point: 1 run towards open")
    close_cmd = command(lo=0.0, hi=1.0, doc="three-point: 1 run towards closed")
    drive = parameter("1", 0.0, values=DRIVES.names, doc="what the actuator listens to")
    kv = parameter("m3/h", 100.0, lo=1e-3, doc="flow fully open at 1 bar")
    characteristic = parameter("1", 0.0, values=CHARACTERISTICS.names, doc="Kv over position")
    leakage = parameter("1", 1e-4, lo=0.0, hi=1.0, doc="Kv closed over Kv open; 0 is tight")
    stroke_time = parameter("s", 90.0, lo=0.1, doc="time of a full stroke")
    spring = parameter("1", 0.0, values=SPRINGS.names, doc="what it does without power")
    start_position = parameter("1", 0.0, lo=0.0, hi=1.0, doc="position, and command, at the start")
    motor_power = parameter("W", 5.0, lo=0.0, doc="electric power while moving")

    position = sensor("1", lo=0.0, hi=1.0, doc="position feedback: 0 closed, 1 open")
    open_proof = status(doc="end switch: open")
    closed_proof = status(doc="end switch: closed")
    flow = sensor("m3/h", doc="flow through the valve")
    drop = sensor("Pa", doc="pressure difference over the valve")
    power = sensor("W", doc="electric power of the actuator")
    energy = state("J", doc="electric energy since the start", tags=(RISES,))
    leak_seen = state("1", -1.0, doc="leakage that the passage was last set for")
    position_seen = state("1", -1.0, doc="position that the passage was last set for")

    fault_stuck = fault(
        doc="Stuck where it is: neither position nor flow follow the command, the end switches are true."
    )
    fault_stuck_at = fault(doc="Runs to this position and sticks there whatever is commanded (0.001 counts as closed).")
    fault_slow = fault(hi=20.0, doc="Slow: the stroke takes longer by this many times (2: three times as long).")
    fault_reversed = fault(doc="Wired the wrong way round: opens when told to close; the feedback is true.")
    fault_open_switch = fault(hi=2.0, values=SWITCHES.names, doc="Open switch never (1) or always (2) made.")
    fault_closed_switch = fault(hi=2.0, values=SWITCHES.names, doc="Closed switch never (1) or always (2) made.")
    fault_leak_by = fault(doc="Leaks when closed: this share of kv passes (0.01 .. 0.1), the closed switch is made.")
    fault_power = fault(doc="Actuator without power: holds its position, or its spring drives it home.")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """Put the valve and its commands where they start."""
        row.position = row.position_cmd = row.start_position
        row.open_cmd = 1.0 if row.start_position > 0.5 and row.drive == OPEN_CLOSE else 0.0
        set_loss(row, tables["passage"][int(row.passage)], opening(row.characteristic, row.position))

    @classmethod
    def begin(cls, row: Any, number: int, tables: dict[str, Any], given: dict[str, float]) -> None:  # noqa: ARG003
        """At `position`, with the commands that hold it there."""
        begin_valve(row, row.drive == OPEN_CLOSE, given)

    @classmethod
    def size(cls, figures: dict[str, Any]) -> dict[str, float]:
        """The leakage of a class of seats: `seat: class_iv`."""
        return seat_leakage(figures)


@kernel
def opening(characteristic: float, y: float) -> float:
    """Share of kv that a seat opens at a position y."""
    share = y
    if characteristic == EQUAL_PERCENTAGE:
        share = (math.exp(y * math.log(RANGEABILITY)) - 1.0) / (RANGEABILITY - 1.0)
    elif characteristic == BUTTERFLY:
        share = 1.0 - math.cos(0.5 * math.pi * y)
    return share


@kernel
def kv_of(v: Rows, share: float) -> float:
    """Flow coefficient [m3/h at 1 bar] of a seat that is open by this share, leakage included."""
    leak = min(1.0, v.leakage + v.fault_leak_by)
    kv: float = v.kv * (leak + (1.0 - leak) * share)
    return kv


@kernel
def set_loss(v: Rows, passage: Rows, share: float) -> None:
    """Loss of the passage of a seat that is open by this share; closed and tight it lets nothing through."""
    kv = kv_of(v, share)
    passage.linear = passage.quadratic = 0.0
    if kv <= 0.0:
        passage.linear = SHUT
    elif share <= 0.0 and kv <= WEEPING * v.kv:
        passage.linear = 1e5 * M3H / kv
    else:
        passage.quadratic = kv_loss(kv)


@kernel
def _target(v: Rows) -> float:
    """Where the actuator wants to go now; its own position where it is to stay."""
    target: float = v.position_cmd
    if v.drive == OPEN_CLOSE:
        target = 1.0 if v.open_cmd > 0.5 else 0.0
    elif v.drive == THREE_POINT:
        target = v.position
        if (v.open_cmd > 0.5) != (v.close_cmd > 0.5):
            target = 1.0 if v.open_cmd > 0.5 else 0.0
    if v.fault_reversed > 0.5 and not (v.drive == THREE_POINT and target == v.position):
        target = 1.0 - target
    if v.fault_power > 0.5:
        target = v.position
        if v.spring != HOLD:
            target = 0.0 if v.spring == CLOSE else 1.0
    if v.fault_stuck_at > 0.0:
        target = v.fault_stuck_at if v.fault_stuck_at > 0.001 else 0.0
    if v.fault_stuck > 0.5:
        target = v.position
    return target


@kernel
def move(v: Rows, dt: float) -> None:
    """Let an actuator run for dt [s], and count what it takes."""
    target = _target(v)
    step = dt / (v.stroke_time * (1.0 + v.fault_slow))
    moving = target != v.position
    if moving:
        v.position = min(target, v.position + step) if target > v.position else max(target, v.position - step)
    v.power = v.motor_power if moving and v.fault_power < 0.5 else 0.0
    v.energy += v.power * dt


@kernel
def actuate(valves: Rows, passages: Rows, network: Rows, dt: float) -> None:
    """Move all valves for a tick of dt [s] and set the losses of their passages."""
    for i in range(len(valves)):
        v = valves[i]
        move(v, dt)
        leak = v.leakage + v.fault_leak_by
        if v.position != v.position_seen or leak != v.leak_seen:
            v.position_seen, v.leak_seen = v.position, leak
            set_loss(v, passages[v.passage], opening(v.characteristic, v.position))
            network[0].moved = 1.0


@kernel
def show_switch(made: bool, faulty: float) -> float:
    """What an end switch shows: 1 lost never made, 2 lying always made."""
    if faulty > 0.5:
        return 1.0 if faulty > 1.5 else 0.0
    return 1.0 if made else 0.0


@kernel
def sense(valves: Rows, passages: Rows, junctions: Rows) -> None:
    """End switches, flow and pressure difference."""
    for i in range(len(valves)):
        v = valves[i]
        passage = passages[v.passage]
        v.open_proof = show_switch(v.position >= 1.0 - SWITCH, v.fault_open_switch)
        v.closed_proof = show_switch(v.position <= SWITCH, v.fault_closed_switch)
        v.flow = passage.flow * M3H
        v.drop = junctions[passage.upstream].pressure - junctions[passage.downstream].pressure
