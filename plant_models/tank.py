"""A tank of water in layers, warm above cold (physics.md 1.11): buffer and domestic hot water.

A passage of kind 3 joins the top (its upstream end) to the bottom (its downstream end); several passages may share a
tank, such as a charging and a drawing circuit, and what moves inside is the sum of their flows.
"""

import math

from plant_models.network import DENSITY, HEAT_CAPACITY
from twin.kernel import Rows, kernel
from twin.points import Model, parameter, sensor, state

LAYERS = 10
"""Layers of a tank; layer 0 is the top."""
PACE = 30.0
"""Loss and conduction between layers advance in steps of this many seconds."""


class LayeredTank(Model):
    """Stratified tank of 10 equal layers, ports at top and bottom. Source: physics.md 1.11.

    The flow of one tick must not exceed the water of one layer: flow * dt <= 100 kg per m3 of tank.
    """

    volume = parameter("m3", 1.0, lo=0.01, hi=1000.0, doc="water inside")
    loss_rate = parameter("W/(K m3)", 1.5, lo=0.0, hi=100.0, doc="wall loss; 1-2 kWh/(d m3) at 40 K")
    conduction = parameter("W/K", 3.0, lo=0.0, hi=1000.0, doc="heat conduction between two neighbouring layers")
    ambient = parameter("degC", 20.0, lo=-50.0, hi=60.0, doc="what surrounds the tank")
    heater_layer = parameter("1", 9.0, lo=0.0, hi=9.0, doc="layer that takes `heat`; 0 is the top")
    heat = state("W", doc="heat given to the water inside by a coil or a heater during this tick")
    layers = state("degC", 15.0, count=LAYERS, doc="temperature of the layers, top first")
    top_temp = sensor("degC", 15.0, doc="temperature of the top layer")
    middle_temp = sensor("degC", 15.0, doc="temperature of the fifth layer")
    bottom_temp = sensor("degC", 15.0, doc="temperature of the bottom layer")
    loss = sensor("W", doc="heat lost through the wall, mean of the last step of 30 s")
    lost = state("J", doc="heat lost through the wall since the start")
    down = state("kg", doc="water that moves from the top downwards during this tick, net")
    top_in = state("kg K", doc="heat brought in at the top during this tick, above the top layer")
    bottom_in = state("kg K", doc="heat brought in at the bottom during this tick, above the bottom layer")
    since = state("s", doc="time since the last step of loss and conduction")


@kernel
def fill(tank: Rows, temp: float) -> None:
    """Give all the water one temperature [degC]."""
    for k in range(LAYERS):
        tank.layers[k] = temp
    tank.top_temp = tank.middle_temp = tank.bottom_temp = temp


@kernel
def stored_energy(tank: Rows) -> float:
    """Heat stored in the water, above 0 degC [J]."""
    energy: float = 0.0
    for k in range(LAYERS):
        energy += tank.layers[k] * tank.volume * (DENSITY * HEAT_CAPACITY / LAYERS)
    return energy


@kernel
def leaving_temp(tank: Rows, flow: float) -> float:
    """Temperature of the water that leaves [degC]: the bottom layer's at flow from the top, else the top layer's."""
    temp: float = tank.layers[LAYERS - 1] if flow >= 0.0 else tank.layers[0]
    return temp


@kernel
def push(tank: Rows, flow: float, entering_temp: float, dt: float) -> None:
    """Note what one passage brings in this tick; `advance` then moves the layers, once for all passages."""
    mass = flow * dt
    tank.down += mass
    if mass > 0.0:
        tank.top_in += mass * (entering_temp - tank.layers[0])
    else:
        tank.bottom_in -= mass * (entering_temp - tank.layers[LAYERS - 1])


@kernel
def advance(tanks: Rows, dt: float) -> None:
    """Move the layers by one tick after all `push` calls: flow, heater, mixing of what is unstable, loss."""
    for i in range(len(tanks)):
        tank = tanks[i]
        tank.since += dt
        disturbed = tank.since >= PACE - 1e-9
        if tank.down != 0.0 or tank.top_in != 0.0 or tank.bottom_in != 0.0:
            _move(tank)
            disturbed = True
        if tank.heat != 0.0:
            tank.layers[int(tank.heater_layer)] += tank.heat * dt * LAYERS / (tank.volume * DENSITY * HEAT_CAPACITY)
            disturbed = True
        if tank.since >= PACE - 1e-9:
            _lose(tank, tank.since)
            tank.since = 0.0
        if disturbed:
            _settle(tank)
            tank.top_temp = tank.layers[0]
            tank.middle_temp = tank.layers[LAYERS // 2 - 1]
            tank.bottom_temp = tank.layers[LAYERS - 1]


@kernel
def _move(tank: Rows) -> None:
    """Shift heat with the net flow (upwind); what enters was told by `push`."""
    layers = tank.layers
    per_layer = tank.volume * DENSITY / LAYERS
    share = tank.down / per_layer
    if share > 0.0:
        for k in range(LAYERS - 1, 0, -1):
            layers[k] += share * (layers[k - 1] - layers[k])
    else:
        for k in range(LAYERS - 1):
            layers[k] -= share * (layers[k + 1] - layers[k])
    layers[0] += tank.top_in / per_layer
    layers[LAYERS - 1] += tank.bottom_in / per_layer
    tank.down = tank.top_in = tank.bottom_in = 0.0


@kernel
def _lose(tank: Rows, seconds: float) -> None:
    """Wall loss (exact decay, booked) and conduction between neighbours over a step [s]."""
    layers = tank.layers
    capacity = tank.volume * DENSITY * HEAT_CAPACITY / LAYERS
    exchanged = min(0.25, tank.conduction * seconds / capacity)
    before = layers[0]
    for k in range(LAYERS - 1):
        passed = exchanged * (before - layers[k + 1])
        before = layers[k + 1]
        layers[k] -= passed
        layers[k + 1] += passed
    share = 1.0 - math.exp(-seconds * tank.loss_rate / (DENSITY * HEAT_CAPACITY))
    total = 0.0
    for k in range(LAYERS):
        gone = share * (layers[k] - tank.ambient)
        layers[k] -= gone
        total += gone
    tank.lost += total * capacity
    tank.loss = total * capacity / seconds


@kernel
def _settle(tank: Rows) -> None:
    """Mix layers that lie warmer under colder into one temperature, as buoyancy would; heat is kept."""
    layers = tank.layers
    for k in range(1, LAYERS):
        if layers[k] <= layers[k - 1]:
            continue
        total, start = layers[k], k
        while start > 0 and total > layers[start - 1] * (k - start + 1):
            start -= 1
            total += layers[start]
        mean = total / (k - start + 1)
        for j in range(start, k + 1):
            layers[j] = mean
