"""A tank of water in layers, warm above cold (docs/physics/equipment.md#tanks): buffer and domestic hot water.

Its passages (kind 3) join the top, their upstream end, to the bottom; what moves inside is the sum of their flows.
"""

import math
from typing import Any, ClassVar

import numpy as np

from plant_models.water.ice import Icing
from plant_models.water.network import DENSITY, HEAT_CAPACITY, LAYERED
from twin.errors import InputError
from twin.kernel import Rows, kernel
from twin.points import Model, link, parameter, sensor, state
from twin.symbol import Symbol

LAYERS = 10
"""Layers of a tank; layer 0 is the top."""
THERMOMETERS = {"top_temp": 0, "middle_temp": LAYERS // 2 - 1, "bottom_temp": LAYERS - 1}
"""The layers in which the thermometers are."""
PACE = 30.0
"""Loss and conduction between layers advance in steps of this many seconds."""


class LayeredTank(Icing, Model):
    """Stratified tank of 10 equal layers with two circuits from top to bottom. Source: docs/physics/equipment.md#tanks.

    `passage` stands in the chains of the plant file. The circuit `draw` is joined by naming its two junctions; water
    drawn from the top while cold water enters below is flow below zero. Without names it stands still.
    """

    initial = ("temp", "layers", "top_temp", "middle_temp", "bottom_temp")
    symbol = Symbol("layered_tank")
    energies: ClassVar = {"heat lost by tanks": "lost"}
    passage = link("passage")
    draw = link("passage", "second circuit, from draw_top to draw_bottom")
    draw_top = link("junction")
    draw_bottom = link("junction")
    volume = parameter("m3", 1.0, lo=0.01, hi=1000.0, doc="water inside")
    loss_rate = parameter("W/(K m3)", 1.5, lo=0.0, hi=100.0, doc="wall loss; 1-2 kWh/(d m3) at 40 K")
    conduction = parameter("W/K", 3.0, lo=0.0, hi=1000.0, doc="heat conduction between two neighbouring layers")
    ambient = parameter("degC", 20.0, lo=-50.0, hi=60.0, doc="what surrounds the tank")
    heater_layer = parameter("1", 9.0, lo=0.0, hi=9.0, doc="layer that takes `heat`; 0 is the top")
    heat = state("W", doc="heat given to the water inside by a coil or a heater during this tick")
    layers = state("degC", 15.0, count=LAYERS, doc="temperature of the layers, top first")
    temp = sensor("degC", 15.0, doc="mean temperature of the layers")
    top_temp = sensor("degC", 15.0, doc="temperature of the top layer")
    middle_temp = sensor("degC", 15.0, doc="temperature of the fifth layer")
    bottom_temp = sensor("degC", 15.0, doc="temperature of the bottom layer")
    loss = sensor("W", doc="heat lost through the wall, mean of the last step of 30 s")
    lost = state("J", doc="heat lost through the wall since the start")
    down = state("kg", doc="water that moves from the top downwards during this tick, net")
    top_in = state("kg K", doc="heat brought in at the top during this tick, above the top layer")
    bottom_in = state("kg K", doc="heat brought in at the bottom during this tick, above the bottom layer")
    since = state("s", doc="time since the last step of loss and conduction")
    told = state("1", doc="passages that have told their flow in this step")
    ends: ClassVar = {"draw": ("draw_top", "draw_bottom")}

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """Make both passages layered ones, and fill with water of their temperature."""
        for at in (row.passage, row.draw):
            passage = tables["passage"][at]
            passage.kind, passage.store, passage.mass = LAYERED, number, row.volume * DENSITY / LAYERS
        fill(row, float(tables["passage"][row.passage].temp))

    @classmethod
    def begin(cls, row: Any, number: int, tables: dict[str, Any], given: dict[str, float]) -> None:  # noqa: ARG003
        """All layers at `temp`, or along the line between thermometers that are given; then single layers.

        InputError where warm water would lie under cold: it would not stay so.
        """
        if "temp" in given:
            fill(row, given["temp"])
        shown = {at: given[name] for name, at in THERMOMETERS.items() if name in given}
        places = {0: float(row.layers[0]), LAYERS - 1: float(row.layers[LAYERS - 1])} | shown
        if shown:
            at = sorted(places)
            row.layers[:] = np.interp(range(LAYERS), at, [places[k] for k in at])
        for k in range(LAYERS):
            row.layers[k] = given.get(f"layers[{k}]", row.layers[k])
            if k and row.layers[k] > row.layers[k - 1]:
                raise InputError(
                    f"layer {k} at {row.layers[k]:g} degC would lie under layer {k - 1} at {row.layers[k - 1]:g} degC, "
                    "and they would mix; layer 0 is the top"
                )
        _sense(row)
        for at in (row.passage, row.draw):
            passage = tables["passage"][int(at)]
            passage.temp, passage.entering_temp, passage.leaving_temp = row.temp, row.top_temp, row.bottom_temp


@kernel
def fill(tank: Rows, temp: float) -> None:
    """Give all the water one temperature [degC]."""
    for k in range(LAYERS):
        tank.layers[k] = temp
    tank.temp = tank.top_temp = tank.middle_temp = tank.bottom_temp = temp


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
    return float(tank.layers[LAYERS - 1] if flow >= 0.0 else tank.layers[0])


@kernel
def push(tank: Rows, flow: float, entering_temp: float, dt: float) -> float:
    """What one of the two passages brings in dt [s]; to be called for both, also at no flow: the second call acts.

    flow * dt must not exceed the water of a layer. Returns the heat lost through the wall less the heater's [J].
    """
    mass = flow * dt
    tank.down += mass
    if mass > 0.0:
        tank.top_in += mass * (entering_temp - tank.layers[0])
    else:
        tank.bottom_in -= mass * (entering_temp - tank.layers[LAYERS - 1])
    tank.told += 1.0
    if tank.told < 2.0:
        return 0.0
    tank.told = 0.0
    return _advance(tank, dt)


@kernel
def _advance(tank: Rows, dt: float) -> float:
    """Move the layers: flow, heater, loss, mixing of what is unstable; the heat lost less the heater's [J]."""
    tank.since += dt
    out = 0.0
    due = tank.since >= PACE - 1e-9
    moved = tank.down != 0.0 or tank.top_in != 0.0 or tank.bottom_in != 0.0
    if moved:
        _move(tank)
    if tank.heat != 0.0:
        tank.layers[int(tank.heater_layer)] += tank.heat * dt * LAYERS / (tank.volume * DENSITY * HEAT_CAPACITY)
        out -= tank.heat * dt
    if due:
        out += _lose(tank, tank.since)
        tank.since = 0.0
    if moved or due or tank.heat != 0.0:
        settle(tank)
        _sense(tank)
    return out


@kernel
def _sense(tank: Rows) -> None:
    """The mean, and what the three thermometers show."""
    total: float = 0.0
    for k in range(LAYERS):
        total += tank.layers[k]
    tank.temp = total / LAYERS
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
def _lose(tank: Rows, seconds: float) -> float:
    """Conduction between neighbours and wall loss (exact decay) over a step [s]; the heat lost [J]."""
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
    lost: float = total * capacity
    tank.lost += lost
    tank.loss = lost / seconds
    return lost


@kernel
def settle(tank: Rows) -> None:
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


@kernel
def move(tank: Rows, to: float, most: float, side: float) -> float:
    """Bring water nearer to a temperature [degC] by heat [J], `most` at most, the top first: ice floats, steam rises.

    side: 1 takes the heat from layers above it, -1 gives it to layers below. Returns the heat, 0 or above.
    """
    capacity = tank.volume * DENSITY * HEAT_CAPACITY / LAYERS
    moved: float = 0.0
    for k in range(LAYERS):
        over = side * (tank.layers[k] - to)
        if over > 0.0 and moved < most:
            heat = min(over * capacity, most - moved)
            tank.layers[k] -= side * heat / capacity
            moved += heat
    if moved > 0.0:
        settle(tank)
        _sense(tank)
    return min(moved, most)


@kernel
def cool(tank: Rows, heat: float) -> None:
    """Take heat [J] from all layers alike."""
    for k in range(LAYERS):
        tank.layers[k] -= heat / (tank.volume * DENSITY * HEAT_CAPACITY)
    _sense(tank)
