"""The thermal network: heat rides on the flows of the hydraulic network.

Junctions mix, stirred passages follow dT/dt = (m/M)(T_in - T) + Q/(M c) exactly, pipes delay, tanks are layered. Pipes
and tanks give their leaving temperature from what they hold at the start of a step ("explicit"); everything else is
evaluated downstream from them, in an order that is found anew when a flow turns round. Every directed ring of flow
holds a pump; a ring without pipe or tank is opened at its pump, whose water then leaves at its temperature of the
start. Heat enters once, as `passage.heat`, and energy closes to rounding. Source:
docs/physics/water.md#heat-on-the-flows, docs/physics/piping.md#pipes, docs/physics/equipment.md#tanks.
"""

import math

from plant_models.equipment.tank import leaving_temp as tank_leaving_temp
from plant_models.equipment.tank import push as tank_push
from plant_models.piping.pipe import leaving_temp as pipe_leaving_temp
from plant_models.piping.pipe import push as pipe_push
from plant_models.tick.order import EXPLICIT, NEAR, QUIET, SIZE, STEPS, STILL, Order
from plant_models.water.network import ENOUGH, HEAT_CAPACITY, LAYERED, PASSES, PLUG, STIRRED
from twin.kernel import Rows, kernel

MOST_STEPS = 100


@kernel
def arrange(passages: Rows, junctions: Rows, order: Order, dt: float) -> None:
    """Take over new flows; find the order again when the direction of a flow has changed."""
    turned = False
    for i in range(len(passages)):
        flow = passages[i].flow
        sign = 1 if flow > STILL else (-1 if flow < -STILL else 0)
        if sign != order.sign[i]:
            order.sign[i] = sign
            turned = True
    if turned:
        _sort(passages, junctions, order)
    _weigh(passages, order, dt)
    _mark(passages, junctions, order)


@kernel
def _sort(passages: Rows, junctions: Rows, order: Order) -> None:
    """Place every passage after all that flow into its source junction; explicit ones free their target at once."""
    for j in range(len(junctions)):
        order.waiting[j] = 0
    size = len(passages)
    explicit = 0
    for i in range(size):
        order.placed[i] = 0
        if passages[i].kind >= PLUG:
            explicit += 1
            _place(passages, order, i, size - explicit)
        elif order.sign[i] != 0:
            order.waiting[_target(passages, order, i)] += 1
    done = 0
    while done + explicit < size:
        before = done
        for i in range(size):
            if order.placed[i] == 0 and _ready(passages, junctions, order, i):
                _place(passages, order, i, done)
                done += 1
                if order.sign[i] != 0:
                    order.waiting[order.target[done - 1]] -= 1
        if done == before:
            i = _ring_opener(passages, order)
            explicit += 1
            _place(passages, order, i, size - explicit)
            order.waiting[order.target[size - explicit]] -= 1
    order.counts[SIZE] = done
    order.counts[EXPLICIT] = explicit


@kernel
def _source(passages: Rows, order: Order, i: int) -> int:
    return int(passages[i].upstream if order.sign[i] >= 0 else passages[i].downstream)


@kernel
def _target(passages: Rows, order: Order, i: int) -> int:
    return int(passages[i].downstream if order.sign[i] >= 0 else passages[i].upstream)


@kernel
def _ready(passages: Rows, junctions: Rows, order: Order, i: int) -> bool:
    """True when the temperature of the water that enters is known, or no water does."""
    source = _source(passages, order, i)
    known: bool = order.sign[i] == 0 or order.waiting[source] == 0 or junctions[source].given_temp > 0.0
    return known


@kernel
def _place(passages: Rows, order: Order, i: int, slot: int) -> None:
    order.placed[i] = 1
    order.passage[slot] = i
    order.source[slot] = _source(passages, order, i)
    order.target[slot] = _target(passages, order, i)


@kernel
def _ring_opener(passages: Rows, order: Order) -> int:
    """Of the passages that wait for each other, the one whose water lasts longest at its flow."""
    best, longest = -1, -1.0
    for i in range(len(passages)):
        if order.placed[i] == 0 and order.sign[i] != 0:
            lasts = passages[i].mass / abs(passages[i].flow) if passages[i].kind == STIRRED else 0.0
            if lasts > longest:
                best, longest = i, lasts
    return best


@kernel
def _weigh(passages: Rows, order: Order, dt: float) -> None:
    """Flows, junction inflows, step count and the weights of the exact update."""
    for j in range(len(order.inflow)):
        order.inflow[j] = 0.0
    ordered, explicit = order.counts[SIZE], order.counts[EXPLICIT]
    size = len(passages)
    turnover = 1.0
    for slot in range(size):
        i = order.passage[slot]
        flow = abs(passages[i].flow) if order.sign[i] != 0 else 0.0
        order.flow[slot] = flow
        order.inflow[order.target[slot]] += flow
        if slot >= size - explicit and passages[i].mass > 0.0:
            turnover = max(turnover, flow * dt / passages[i].mass)
    order.counts[STEPS] = min(MOST_STEPS, math.ceil(turnover - 1e-9))
    step = dt / order.counts[STEPS]
    for slot in range(ordered):
        mass = passages[order.passage[slot]].mass
        if passages[order.passage[slot]].kind == STIRRED:
            x = order.flow[slot] * step / mass
            if x > 1e-4:
                held = (1.0 - math.exp(-x)) / x
                order.k_temp[slot] = held
                order.k_heat[slot] = (1.0 - held) / x * step / (mass * HEAT_CAPACITY)
            else:
                order.k_temp[slot] = 1.0 - 0.5 * x
                order.k_heat[slot] = (0.5 - x / 6.0) * step / (mass * HEAT_CAPACITY)


@kernel
def _mark(passages: Rows, junctions: Rows, order: Order) -> None:
    """List the passages whose water stands or drips, and those that end where not enough flows in."""
    quiet, near = 0, 0
    for i in range(len(passages)):
        p = passages[i]
        up, down = int(p.upstream), int(p.downstream)
        given = junctions[up].given_temp > 0.0 or junctions[down].given_temp > 0.0
        if p.kind == PASSES and given:
            continue
        if order.sign[i] == 0 or (abs(p.flow) < ENOUGH and p.kind != PASSES):
            order.quiet[quiet] = i
            quiet += 1
        if order.inflow[up] < ENOUGH or order.inflow[down] < ENOUGH:
            order.near[near] = i
            near += 1
    order.counts[QUIET], order.counts[NEAR] = quiet, near


@kernel
def advance(passages: Rows, junctions: Rows, pipes: Rows, tanks: Rows, balance: Rows, order: Order, dt: float) -> None:
    """Advance all water temperatures by one tick of dt [s] at the present flows and heats."""
    steps = order.counts[STEPS]
    for _ in range(steps):
        _step(passages, junctions, pipes, tanks, balance, order, dt / steps)


@kernel
def _step(passages: Rows, junctions: Rows, pipes: Rows, tanks: Rows, balance: Rows, order: Order, dt: float) -> None:
    for j in range(len(junctions)):
        order.heat[j] = 0.0
    _release(passages, pipes, tanks, order, dt)
    _run_through(passages, junctions, balance, order, dt)
    _take_up(passages, junctions, pipes, tanks, balance, order, dt)
    stored = 0.0
    for j in range(len(junctions)):
        junction = junctions[j]
        if order.inflow[j] >= ENOUGH and junction.given_temp == 0.0:
            junction.temp = order.heat[j] / order.inflow[j]
        taken_up = junction.compliance > 0.0 or (junction.held > 0.0 and junction.given_temp == 0.0)  # an open basin
        if taken_up and junction.inflow != 0.0:
            stored += junction.inflow * _mixture(junctions, order, j)
    if stored != 0.0:
        _book(balance, 0.0, -stored * HEAT_CAPACITY * dt, abs(stored) * HEAT_CAPACITY * dt)


@kernel
def _release(passages: Rows, pipes: Rows, tanks: Rows, order: Order, dt: float) -> None:
    """What explicit passages give to their target junctions."""
    size = len(passages)
    for slot in range(size - order.counts[EXPLICIT], size):
        p = passages[order.passage[slot]]
        if order.flow[slot] > 0.0:
            if p.kind == PLUG:
                p.leaving_temp = pipe_leaving_temp(pipes[p.store], p.flow, dt)
                if p.leaving_temp < p.freezing_temp:
                    p.ice += order.flow[slot] * dt * HEAT_CAPACITY * (p.freezing_temp - p.leaving_temp)
                    p.leaving_temp = p.freezing_temp
            elif p.kind == LAYERED:
                p.leaving_temp = tank_leaving_temp(tanks[p.store], p.flow)
            else:
                p.leaving_temp = p.temp
            order.heat[order.target[slot]] += order.flow[slot] * p.leaving_temp


@kernel
def _run_through(passages: Rows, junctions: Rows, balance: Rows, order: Order, dt: float) -> None:
    """The ordered passages, each after all that flow into it."""
    advected, heat, through = 0.0, 0.0, 0.0
    for slot in range(order.counts[SIZE]):
        p = passages[order.passage[slot]]
        flow = order.flow[slot]
        gain = _gain(p, balance, dt)
        if flow > 0.0:
            entering = _mixture(junctions, order, order.source[slot])
            leaving = entering
            if p.kind == STIRRED:
                leaving = entering + (p.temp - entering) * order.k_temp[slot] + gain * order.k_heat[slot]
                leaving = max(leaving, p.freezing_temp)
                p.temp += (flow * dt * (entering - leaving) + gain * dt / HEAT_CAPACITY) / p.mass
            p.entering_temp = entering
            p.leaving_temp = leaving
            order.heat[order.target[slot]] += flow * leaving
            crossing = _crossing(junctions, order, slot, entering, leaving)
            advected += crossing
            through += abs(crossing)
        elif p.kind == STIRRED:
            p.temp += gain * dt / (p.mass * HEAT_CAPACITY)
            p.leaving_temp = p.temp
        heat += p.heat
        p.energy += p.heat * dt
        through += abs(p.heat)
    _book(balance, heat * dt, advected * dt, through * dt)


@kernel
def _take_up(passages: Rows, junctions: Rows, pipes: Rows, tanks: Rows, balance: Rows, order: Order, dt: float) -> None:
    """What explicit passages take in, now that all mixtures are known."""
    advected, heat, through = 0.0, 0.0, 0.0
    size = len(passages)
    for slot in range(size - order.counts[EXPLICIT], size):
        p = passages[order.passage[slot]]
        flow = order.flow[slot]
        if flow > 0.0:
            p.entering_temp = _mixture(junctions, order, order.source[slot])
            crossing = _crossing(junctions, order, slot, p.entering_temp, p.leaving_temp)
            advected += crossing
            through += abs(crossing)
        if p.kind == PLUG:
            p.coldest, p.warmest = min(p.coldest, p.entering_temp), max(p.warmest, p.entering_temp)
            balance[0].lost += pipe_push(pipes[p.store], p.flow if flow > 0.0 else 0.0, p.entering_temp, dt)
        elif p.kind == LAYERED:
            balance[0].lost += tank_push(tanks[p.store], p.flow if flow > 0.0 else 0.0, p.entering_temp, dt)
        elif p.mass > 0.0:
            gain = _gain(p, balance, dt)
            p.temp += (flow * dt * (p.entering_temp - p.leaving_temp) + gain * dt / HEAT_CAPACITY) / p.mass
            heat += p.heat
            p.energy += p.heat * dt
            through += abs(p.heat)
            if flow <= 0.0:
                p.leaving_temp = p.temp
        else:
            p.temp = p.entering_temp
    _book(balance, heat * dt, advected * dt, through * dt)


@kernel
def _gain(p: Rows, balance: Rows, dt: float) -> float:
    """Heat given to stirred water less what it loses to its room [W]; the loss is booked."""
    loss: float = p.loss_rate * (p.temp - p.room_temp)
    balance[0].lost += loss * dt
    return float(p.heat - loss)


@kernel
def _book(balance: Rows, heat: float, advected: float, through: float) -> None:
    balance[0].heat += heat
    balance[0].advected += advected
    balance[0].throughput += through


@kernel
def _mixture(junctions: Rows, order: Order, j: int) -> float:
    """Temperature of the water leaving a junction [degC]: given, or of the mixture collected in this step."""
    if junctions[j].given_temp > 0.0 or order.inflow[j] <= 0.0:
        return float(junctions[j].temp)
    return float(order.heat[j] / order.inflow[j])


@kernel
def _crossing(junctions: Rows, order: Order, slot: int, entering: float, leaving: float) -> float:
    """Heat [W] that a passage brings across the boundary: from a junction of given temperature, or into one."""
    crossing = 0.0
    if junctions[order.source[slot]].given_temp > 0.0:
        crossing += order.flow[slot] * HEAT_CAPACITY * entering
    if junctions[order.target[slot]].given_temp > 0.0:
        crossing -= order.flow[slot] * HEAT_CAPACITY * leaving
    return crossing
