"""A check valve of its own in a pipe (a pump can have one built in)."""

from typing import Any

from plant_models.water.friction import kv_loss
from plant_models.water.network import M3H
from twin.kernel import Rows, kernel
from twin.points import Model, fault, link, parameter, sensor
from twin.symbol import Symbol


class CheckValve(Model):
    """Check valve: a plain loss forwards, closed backwards but for 0.2 g/s at 2 bar."""

    symbol = Symbol("check_valve", narrow=True, turns=True)
    passage = link("passage")
    kv = parameter("m3/h", 100.0, lo=1e-3, doc="flow forwards at 1 bar")
    flow = sensor("m3/h", doc="flow, positive in the free direction")
    fault_stuck_open = fault(doc="Does not close: water runs backwards when the pressure turns.")
    fault_stuck_closed = fault(hi=0.9999, doc="Opens badly: this share of kv is missing (0.99 is all but blocked).")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """Prepare the passage."""
        passage = tables["passage"][int(row.passage)]
        passage.check = 1.0
        passage.quadratic = kv_loss(float(row.kv))


@kernel
def actuate(valves: Rows, passages: Rows, network: Rows) -> None:
    """Let the faults act on the passages."""
    for i in range(len(valves)):
        v = valves[i]
        passage = passages[v.passage]
        check = 1.0 if v.fault_stuck_open < 0.5 else 0.0
        quadratic = kv_loss(v.kv * (1.0 - v.fault_stuck_closed))
        if check != passage.check or quadratic != passage.quadratic:
            passage.check, passage.quadratic = check, quadratic
            network[0].moved = 1.0


@kernel
def sense(valves: Rows, passages: Rows) -> None:
    """Flow of all check valves."""
    for i in range(len(valves)):
        valves[i].flow = passages[valves[i].passage].flow * M3H
