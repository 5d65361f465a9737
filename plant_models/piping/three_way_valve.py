"""Three-way valves, mixing or diverting: two seats on one stem (docs/physics/piping.md#three-way-valves)."""

from typing import Any, ClassVar

from plant_models.piping.seats import seat_leakage
from plant_models.piping.starts import begin_valve
from plant_models.piping.valve import (
    CHARACTERISTICS,
    DRIVES,
    LINEAR,
    OPEN_CLOSE,
    SPRINGS,
    SWITCH,
    SWITCHES,
    move,
    opening,
    set_loss,
    show_switch,
)
from plant_models.water.network import M3H
from twin.kernel import Rows, kernel
from twin.points import RISES, Model, command, fault, link, parameter, sensor, state, status
from twin.symbol import Symbol


class ThreeWayValve(Model):
    """Three-way valve: at position 1 way A is open and way B closed, at 0 the other way round; AB is always open.

    Its ports are named, not chained: `ab: (supply), a: (boiler), b: (return)`. Water runs as the pressures want: from A
    and B to AB the valve mixes, from AB to A and B it diverts. Kv of a way is kv (leak + (1 - leak) phi(y)) with y the
    position for A and its complement for B; phi as of a motor valve, for A; B is linear. Source:
    docs/physics/piping.md#three-way-valves.
    """

    initial = ("position", "start_position")
    begin_turn = 0
    symbol = Symbol("valve", meets=True, letters={"way_a": "A", "way_b": "B"})
    energies: ClassVar = {"electricity of three-way valves": "energy"}
    design: ClassVar = {"seat": ""}
    way_a = link("passage", "from A to AB")
    way_b = link("passage", "from B to AB")
    ab = link("junction", "common port")
    a = link("junction")
    b = link("junction")
    meter = link("electricitymeter")
    ends: ClassVar = {"way_a": ("a", "ab"), "way_b": ("b", "ab")}
    position_cmd = command(lo=0.0, hi=1.0, doc="modulating: position wanted, 1 all of A")
    open_cmd = command(lo=0.0, hi=1.0, doc="open/close: 1 to A, 0 to B; three-point: 1 run towards A")
    close_cmd = command(lo=0.0, hi=1.0, doc="three-point: 1 run towards B")
    drive = parameter("1", 0.0, values=DRIVES.names, doc="what the actuator listens to")
    kv = parameter("m3/h", 100.0, lo=1e-3, doc="flow of either way fully open at 1 bar")
    characteristic = parameter("1", float(LINEAR), values=CHARACTERISTICS.names, doc="Kv of way A over position")
    leakage = parameter("1", 1e-4, lo=0.0, hi=1.0, doc="Kv of a closed way over Kv open; 0 is tight")
    stroke_time = parameter("s", 90.0, lo=0.1, doc="time of a full stroke")
    spring = parameter("1", 0.0, values=SPRINGS.names, doc="what it does without power: hold, to B, to A")
    start_position = parameter("1", 0.0, lo=0.0, hi=1.0, doc="position, and command, at the start")
    motor_power = parameter("W", 5.0, lo=0.0, doc="electric power while moving")

    position = sensor("1", lo=0.0, hi=1.0, doc="position feedback: 0 all of B, 1 all of A")
    a_proof = status(doc="end switch: at A")
    b_proof = status(doc="end switch: at B")
    flow = sensor("m3/h", doc="flow of the common port, positive when it mixes")
    flow_a = sensor("m3/h", doc="flow of way A, positive towards AB")
    flow_b = sensor("m3/h", doc="flow of way B, positive towards AB")
    power = sensor("W", doc="electric power of the actuator")
    energy = state("J", doc="electric energy since the start", tags=(RISES,))
    leak_seen = state("1", -1.0, doc="leakage that the passages were last set for")
    position_seen = state("1", -1.0, doc="position that the passages were last set for")

    fault_stuck = fault(doc="Stuck where it is: neither position nor flows follow the command.")
    fault_stuck_at = fault(doc="Runs to this position and sticks there whatever is commanded (0.001 counts as B).")
    fault_slow = fault(hi=20.0, doc="Slow: the stroke takes longer by this many times (2: three times as long).")
    fault_reversed = fault(doc="Wired the wrong way round: goes to A when told to go to B; the feedback is true.")
    fault_a_switch = fault(hi=2.0, values=SWITCHES.names, doc="Switch at A never (1) or always (2) made.")
    fault_b_switch = fault(hi=2.0, values=SWITCHES.names, doc="Switch at B never (1) or always (2) made.")
    fault_leak_by = fault(doc="Worn seats: this share of kv passes a closed way (0.01 .. 0.1).")
    fault_power = fault(doc="Actuator without power: holds its position, or its spring drives it home.")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """Put the valve and its commands where they start."""
        row.position = row.position_cmd = row.start_position
        row.open_cmd = 1.0 if row.start_position > 0.5 and row.drive == OPEN_CLOSE else 0.0
        _set(row, tables["passage"])

    @classmethod
    def begin(cls, row: Any, number: int, tables: dict[str, Any], given: dict[str, float]) -> None:  # noqa: ARG003
        """At `position`, with the commands that hold it there."""
        begin_valve(row, row.drive == OPEN_CLOSE, given)

    @classmethod
    def size(cls, figures: dict[str, Any]) -> dict[str, float]:
        """The leakage of a class of seats: `seat: class_iv`."""
        return seat_leakage(figures)


@kernel
def _set(v: Rows, passages: Rows) -> None:
    """Losses of both ways at the present position."""
    set_loss(v, passages[v.way_a], opening(v.characteristic, v.position))
    set_loss(v, passages[v.way_b], 1.0 - v.position)


@kernel
def actuate(valves: Rows, passages: Rows, network: Rows, dt: float) -> None:
    """Move all three-way valves for a tick of dt [s] and set the losses of their ways."""
    for i in range(len(valves)):
        v = valves[i]
        move(v, dt)
        leak = v.leakage + v.fault_leak_by
        if v.position != v.position_seen or leak != v.leak_seen:
            v.position_seen, v.leak_seen = v.position, leak
            _set(v, passages)
            network[0].moved = 1.0


@kernel
def sense(valves: Rows, passages: Rows) -> None:
    """End switches and flows."""
    for i in range(len(valves)):
        v = valves[i]
        v.a_proof = show_switch(v.position >= 1.0 - SWITCH, v.fault_a_switch)
        v.b_proof = show_switch(v.position <= SWITCH, v.fault_b_switch)
        v.flow_a, v.flow_b = passages[v.way_a].flow * M3H, passages[v.way_b].flow * M3H
        v.flow = v.flow_a + v.flow_b
