"""The hydraulic solver: flows of all passages and pressures of all junctions, by the global gradient method.

Newton's method on flows and pressures together (Todini and Pilati 1988, as in EPANET 2): each iteration solves one
sparse symmetric system for the pressure corrections; the flows that follow close at every rigid free junction to
rounding, converged or not. Warm start from the flows and pressures in the tables.

- Law of a passage: see `Passage`. The quadratic part is m sqrt(m m + CREEP CREEP) instead of m |m|, and every passage
  resists with at least LEAST_LOSS, which also stands in for a lesser gradient.
- A Newton step that goes too far is shortened until the work done along it vanishes (line search on the content of the
  network, Collins et al. 1978), so cold starts, reversals and closing check valves converge.
- Check valve: against backward flow a linear resistance CHECK_LOSS, hence 0.2 g/s at 2 bar.
- A vessel (`compliance` C): inflow dt = C (pressure after - pressure before), implicit, so stable for any C and dt.
- A part without held junction and vessel (all its valves closed) keeps the level of its pressures: GROUND is added to
  the diagonal of the matrix only, never to the water balance, so the correction is damped and no water is lost.
- Not converged within MAX_ITERATIONS: the last flows are kept (they close), `failures` counts it, and `moved` stays 1,
  so that the next tick goes on from there. Not finite: the flows and pressures from before are put back.
"""

import math
from typing import NamedTuple

import numpy as np

from plant_models.water.elimination import Real, Whole, eliminate, entry_of, pattern
from plant_models.water.network import BLOCKED_LOSS
from twin.errors import InputError
from twin.kernel import Rows, kernel

CREEP = 0.002
"""Flow [kg/s] below which a quadratic loss becomes linear, as laminar flow does."""
LEAST_LOSS = 0.02
"""Linear loss of every passage [Pa s/kg]."""
CHECK_LOSS = 1e9
"""Linear loss of a closed check valve [Pa s/kg]."""
GROUND = 1e-12
"""Added to the diagonal of the matrix [kg/(s Pa)]; leaks of lesser conductance shift a level over several solutions."""
TOLERANCE = 1e-9
"""Error of the flows and water imbalance left, relative to the largest flow plus 1 kg/s."""
NOISE = 1e-10
"""A flow below this [kg/s] is rounding: its passage stands still."""
SAFE = 0.1
"""Relative correction below which a full Newton step is taken unseen."""
MAX_ITERATIONS = 60
SETTLED = 1e-9
"""Inflow of a vessel [kg/s] below which it counts as still; its owner sets `moved` when the pressure has run."""


class Topology(NamedTuple):
    """Who is joined with whom, the pattern of the elimination, and the room to work in. Made by `topology`."""

    junction: Whole
    """Place of each junction in the order of elimination; the number of free junctions where it is held."""
    upstream: Whole
    downstream: Whole
    coupling: Whole  # index into `matrix` of what each passage couples
    start: Whole
    row: Whole
    target: Whole
    matrix: Real
    right: Real
    flow: Real
    change: Real
    linear: Real
    forward: Real  # linear coefficient of forward flow; `linear` is that of backward flow
    quadratic: Real
    cubic: Real
    lift: Real
    ease: Real
    pressure: Real
    old: Real


def _ends(junctions: Rows, passages: Rows) -> list[tuple[int, int]]:
    """The two junctions of every passage, checked."""
    ends = []
    for number in range(len(passages)):
        a, b = int(passages[number].upstream), int(passages[number].downstream)
        if not (0 <= a < len(junctions) and 0 <= b < len(junctions)) or a == b:
            raise InputError(
                f"passage {number} joins junctions {a} and {b}; expected two different of {len(junctions)}"
            )
        ends.append((a, b))
    return ends


def topology(junctions: Rows, passages: Rows) -> Topology:
    """Order the elimination and make the room to work in, once for a plant.

    Raises InputError where a passage is not connected at both ends, or joins a junction with itself.
    """
    ends = _ends(junctions, passages)
    free = [j for j in range(len(junctions)) if junctions[j].held == 0.0]
    unknown = {j: u for u, j in enumerate(free)}
    n = len(free)
    shape = pattern(n, [(unknown[a], unknown[b]) for a, b in ends if a in unknown and b in unknown])
    place = [int(shape.place[unknown[j]]) if j in unknown else n for j in range(len(junctions))]
    spare = n + 1 + len(shape.row)
    coupling = [entry_of(shape, place[a], place[b]) if max(place[a], place[b]) < n else spare for a, b in ends]
    return Topology(
        junction=np.array(place, np.int64),
        upstream=np.array([a for a, _ in ends], np.int64),
        downstream=np.array([b for _, b in ends], np.int64),
        coupling=np.array(coupling, np.int64),
        start=shape.start,
        row=shape.row,
        target=shape.target,
        matrix=np.zeros(spare + 1),
        right=np.zeros(n + 1),
        ease=np.zeros(len(ends)),
        **{name: np.zeros(len(ends)) for name in ("flow", "change", "linear", "forward", "quadratic", "cubic", "lift")},
        **{name: np.zeros(len(place)) for name in ("pressure", "old")},
    )


@kernel
def _gather(junctions: Rows, passages: Rows, net: Topology) -> None:
    """Copy what the iterations need side by side."""
    for e in range(len(passages)):
        p = passages[e]
        net.flow[e] = p.flow
        net.linear[e] = p.linear + LEAST_LOSS + BLOCKED_LOSS * p.blocked
        if p.check > 0.5:
            net.linear[e] += CHECK_LOSS
        net.forward[e] = p.linear + LEAST_LOSS - p.lift_1 + BLOCKED_LOSS * p.blocked
        net.quadratic[e] = p.quadratic + p.lift_2
        net.cubic[e] = p.lift_3
        net.lift[e] = p.lift_0
    for j in range(len(junctions)):
        net.pressure[j] = junctions[j].pressure
        net.old[j] = junctions[j].pressure


@kernel
def _loss(net: Topology, e: int, flow: float) -> float:
    """Pressure loss of passage e [Pa] at a flow [kg/s]."""
    linear = net.forward[e] if flow >= 0.0 else net.linear[e]
    resisted = net.quadratic[e] * math.sqrt(flow * flow + CREEP * CREEP) + net.cubic[e] * flow * flow
    return (linear + resisted) * flow - net.lift[e]  # type: ignore[no-any-return]


@kernel
def _gradient(net: Topology, e: int, flow: float) -> float:
    """Slope of `_loss` [Pa s/kg], at least LEAST_LOSS."""
    linear = net.forward[e] if flow >= 0.0 else net.linear[e]
    size = math.sqrt(flow * flow + CREEP * CREEP)
    slope: float = linear + net.quadratic[e] * (size + flow * flow / size) + 3.0 * net.cubic[e] * flow * flow
    return max(slope, LEAST_LOSS)


@kernel
def _assemble(junctions: Rows, net: Topology, dt: float) -> None:
    """The linear system for the pressure corrections; `change` becomes the flow corrections at unchanged pressures."""
    for k in range(len(net.matrix)):
        net.matrix[k] = 0.0
    for j in range(len(net.junction)):
        taken = junctions[j].compliance / dt
        net.matrix[net.junction[j]] = GROUND + taken
        net.right[net.junction[j]] = -taken * (net.pressure[j] - net.old[j])
    for e in range(len(net.flow)):
        flow = net.flow[e]
        ease = 1.0 / _gradient(net, e, flow)
        drop = net.pressure[net.upstream[e]] - net.pressure[net.downstream[e]]
        change = (drop - _loss(net, e, flow)) * ease
        net.change[e] = change
        net.ease[e] = ease
        up, down = net.junction[net.upstream[e]], net.junction[net.downstream[e]]
        net.matrix[up] += ease
        net.matrix[down] += ease
        net.matrix[net.coupling[e]] -= ease
        net.right[up] -= flow + change
        net.right[down] += flow + change


@kernel
def _correct(net: Topology) -> float:
    """Make `change` the full flow corrections; returns the error that they will leave, relative to the largest flow.

    Losses are quadratic, so corrections of no more than the part r of every flow leave r^2; this does not hold where a
    flow turns or LEAST_LOSS stood in for a slope. There, and always as an upper bound, it is the largest correction.
    """
    net.right[len(net.right) - 1] = 0.0
    largest, most, part, unbalanced = 0.0, 1.0, 0.0, 0.0
    for e in range(len(net.flow)):
        rise = net.right[net.junction[net.upstream[e]]] - net.right[net.junction[net.downstream[e]]]
        flow = net.flow[e]
        change = net.change[e] + net.ease[e] * rise
        net.change[e] = change
        largest = max(largest, abs(change))
        most = max(most, 1.0 + abs(flow + change))
        turned = flow * (flow + change) <= 0.0 or net.ease[e] >= 1.0 / LEAST_LOSS
        part = max(part, 1.0 if turned and change != 0.0 else abs(change) / (abs(flow) + CREEP))
    for place in range(len(net.right)):
        unbalanced = max(unbalanced, GROUND * abs(net.right[place]))
    return max(min(largest / most, part * part), unbalanced / most)


@kernel
def _work(net: Topology, part: float) -> float:
    """Slope of the content of the network along the correction, after a part of it [W m3/kg]; 0 at the best part."""
    total = 0.0
    for e in range(len(net.flow)):
        up, down = net.upstream[e], net.downstream[e]
        drop = net.pressure[up] - net.pressure[down]
        drop += part * (net.right[net.junction[up]] - net.right[net.junction[down]])
        total += net.change[e] * (_loss(net, e, net.flow[e] + part * net.change[e]) - drop)
    return total


@kernel
def _part(net: Topology) -> float:
    """The part of the correction to take: 1, or less where the full one would overshoot by more than half."""
    first = _work(net, 0.0)
    beyond = _work(net, 1.0)
    if first >= 0.0 or beyond <= -0.5 * first:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(20):
        guess = high * math.sqrt(first / (first - beyond)) if low == 0.0 else math.sqrt(low * high)
        value = _work(net, guess)
        if abs(value) <= -0.5 * first:
            return guess
        if value > 0.0:
            high, beyond = guess, value
        else:
            low = guess
        if low > 0.5 * high:
            break
    return max(low, 1e-6)


@kernel
def _iterate(junctions: Rows, network: Rows, net: Topology, dt: float) -> None:
    """Newton until the corrections are small; the figures go to the row of the network."""
    left, count = 1.0, 0
    while left > TOLERANCE and count < MAX_ITERATIONS:
        _assemble(junctions, net, dt)
        eliminate(net.matrix, net.right, net.start, net.row, net.target, GROUND)
        left = _correct(net)
        part = _part(net) if left > SAFE else 1.0
        for e in range(len(net.flow)):
            net.flow[e] += part * net.change[e]
        for j in range(len(net.junction)):
            net.pressure[j] += part * net.right[net.junction[j]]
        count += 1
    network[0].residual = left
    network[0].iterations += count


@kernel
def _finite(net: Topology) -> bool:
    total = 0.0
    for e in range(len(net.flow)):
        total += net.flow[e]
    for j in range(len(net.pressure)):
        total += net.pressure[j]
    return math.isfinite(total)


@kernel
def solve(junctions: Rows, passages: Rows, network: Rows, net: Topology, dt: float) -> None:
    """Find flows, pressures and inflows for a tick of dt [s] with the present coefficients; vessels move meanwhile.

    Clears `moved` where the tolerance was reached, sets `drift` (largest inflow of a vessel), counts what it does.
    Checked against EPANET by tests/plant_models/water/test_epanet.py::test_agrees_with_epanet
    """
    _gather(junctions, passages, net)
    _iterate(junctions, network, net, dt)
    network[0].solutions += 1.0
    finite = _finite(net)
    if finite:
        for e in range(len(passages)):
            passages[e].flow = net.flow[e] if abs(net.flow[e]) > NOISE else 0.0
        for j in range(len(junctions)):
            junctions[j].pressure = net.pressure[j]
    done = finite and network[0].residual <= TOLERANCE
    network[0].moved = 0.0 if done else 1.0
    network[0].failures += 0.0 if done else 1.0
    _balance(junctions, passages, network, net)


@kernel
def _balance(junctions: Rows, passages: Rows, network: Rows, net: Topology) -> None:
    """Book the inflow of every junction, the drift, and the worst water balance of a rigid free junction."""
    for j in range(len(junctions)):
        junctions[j].inflow = 0.0
    largest = 1e-3
    for e in range(len(passages)):
        flow = passages[e].flow
        largest = max(largest, abs(flow))
        junctions[net.upstream[e]].inflow -= flow
        junctions[net.downstream[e]].inflow += flow
    drift, left = 0.0, 0.0
    for j in range(len(junctions)):
        inflow = abs(junctions[j].inflow)
        if junctions[j].compliance > 0.0:
            drift = max(drift, inflow)
        elif junctions[j].held == 0.0:
            left = max(left, inflow)
    network[0].drift = drift
    network[0].closure = max(network[0].closure, left / largest)
