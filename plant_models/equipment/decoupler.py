"""A buffer with four ports, also called hydraulic separator or low-loss header: two loops share its water.

Ten layers of stirred water lie on each other, joined at levels; the ports end at levels by their heights. What one loop
sends more than the other takes goes down or up through the layers, with next to no resistance, so that the pumps of
one loop do not feel those of the other. Source: docs/physics/equipment.md#decouplers.
"""

import math
from typing import Any, ClassVar

from plant_models.equipment.tank import LAYERS, settle
from plant_models.water.friction import kv_loss
from plant_models.water.network import DENSITY, HEAT_CAPACITY, M3H, STIRRED
from twin.errors import InputError
from twin.kernel import Rows, kernel
from twin.points import Model, fault, link, parameter, sensor, state
from twin.symbol import Symbol

FASTEST = 0.2
"""Vertical speed [m/s] beyond which layers mix (docs/physics/equipment.md#decouplers)."""
PORTS = ("source_supply", "source_return", "load_supply", "load_return")
"""The passages through the nozzles."""


class Decoupler(Model):
    """Four-port buffer or hydraulic separator of 10 equal layers between a source loop and a load loop.

    Its ports end the chains of both loops: `decoupler.source_return > pump > boiler > decoupler.source_supply` and
    `decoupler.load_supply > pump > radiators > decoupler.load_return`. A height is that of the nozzle over that of the
    vessel, to the next tenth. Warmer water below colder is mixed at once, as in a tank; heat is kept. One pressure
    holding serves both loops. Source: docs/physics/equipment.md#decouplers.
    """

    symbol = Symbol(
        '<path d="M-12 -20H12V20H-12Z"/><path d="M-12 0H12" fill="none" stroke-dasharray="3 3"/>',
        meets=True,
        letters={"source_supply": "S", "source_return": "S", "load_supply": "L", "load_return": "L"},
    )
    into_water = "decouplers, net"
    energies: ClassVar = {"heat lost by decouplers": "lost"}
    source_supply = link("passage", "nozzle: warm water of the source comes in")
    source_return = link("passage", "nozzle: water goes back to the source")
    load_supply = link("passage", "nozzle: water goes to the load")
    load_return = link("passage", "nozzle: water comes back from the load")
    layer_1, layer_2, layer_3, layer_4, layer_5, layer_6, layer_7, layer_8, layer_9, layer_10 = (
        link("passage", "a layer; 1 is the top") for _ in range(10)
    )
    level_0, level_1, level_2, level_3, level_4, level_5, level_6, level_7, level_8, level_9, level_10 = (
        link("junction", "above a layer and below the one before it; 0 is the top") for _ in range(11)
    )
    ends: ClassVar = {
        "source_supply": ("", "level_0"), "source_return": ("level_10", ""),
        "load_supply": ("level_0", ""), "load_return": ("", "level_10"),
        **{f"layer_{k}": (f"level_{k - 1}", f"level_{k}") for k in range(1, LAYERS + 1)},
    }  # fmt: skip
    volume = parameter("m3", 0.3, lo=0.005, hi=1000.0, doc="water inside")
    diameter = parameter("m", 0.5, lo=0.02, hi=20.0, doc="inner diameter, for the vertical speed")
    source_supply_height = parameter("1", 0.9, lo=0.0, hi=1.0, doc="height of the nozzle")
    source_return_height = parameter("1", 0.0, lo=0.0, hi=1.0, doc="height of the nozzle")
    load_supply_height = parameter("1", 1.0, lo=0.0, hi=1.0, doc="height of the nozzle")
    load_return_height = parameter("1", 0.1, lo=0.0, hi=1.0, doc="height of the nozzle")
    nozzle_kv = parameter("m3/h", 0.0, lo=0.0, doc="flow of a nozzle at 1 bar; 0 no loss")
    loss_rate = parameter("W/(K m3)", 1.5, lo=0.0, hi=100.0, doc="wall loss; 1-2 kWh/(d m3) at 40 K")
    conduction = parameter("W/K", 3.0, lo=0.0, hi=1000.0, doc="heat conduction between two neighbouring layers")
    ambient = parameter("degC", 20.0, lo=-50.0, hi=60.0, doc="room that it stands in")

    top_temp = sensor("degC", 15.0, doc="temperature of the top layer")
    middle_temp = sensor("degC", 15.0, doc="temperature of the fifth layer")
    bottom_temp = sensor("degC", 15.0, doc="temperature of the bottom layer")
    source_flow = sensor("m3/h", doc="water from the source")
    load_flow = sensor("m3/h", doc="water to the load")
    down_flow = sensor("m3/h", doc="water going down through the middle; negative: up, the load takes more")
    beyond = sensor("m/s", law="layers: faster vertical water mixes them", doc="vertical speed beyond 0.2 m/s")
    loss = sensor("W", doc="heat lost through the wall")
    lost = state("J", doc="heat lost through the wall since the start")
    layers = state("degC", 15.0, count=LAYERS, doc="temperature of the layers, top first")
    ways = state("1", count=LAYERS, doc="passages of the layers, top first")

    fault_stirred = fault(doc="Baffles torn off: jets stir the vessel, at 1 its water is of one temperature.")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """Fill the layers and let the ports end at their heights; InputError where a supply is not above its return."""
        passages = tables["passage"]
        for loop in ("source", "load"):
            if row[f"{loop}_supply_height"] <= row[f"{loop}_return_height"]:
                raise InputError(f"{loop}_supply_height must lie above {loop}_return_height")
        for port in PORTS:
            level = row[f"level_{round(LAYERS * (1.0 - float(row[f'{port}_height'])))}"]
            way = passages[int(row[port])]
            way["downstream" if port in ("source_supply", "load_return") else "upstream"] = level
            way.quadratic = kv_loss(float(row.nozzle_kv)) if row.nozzle_kv > 0.0 else 0.0
        for k in range(LAYERS):
            row.ways[k] = row[f"layer_{k + 1}"]
            way = passages[int(row.ways[k])]
            way.kind, way.mass, way.quadratic = STIRRED, row.volume * DENSITY / LAYERS, 0.0
            way.loss_rate, way.room_temp = row.loss_rate * row.volume / LAYERS, row.ambient


@kernel
def _rearrange(d: Rows, capacity: float, dt: float) -> None:
    """Conduction between neighbours, torn baffles, and mixing of warmer water below colder; heat is kept."""
    layers = d.layers
    exchanged = min(0.25, d.conduction * dt / capacity)
    before, total = layers[0], layers[0]
    for k in range(LAYERS - 1):
        total += layers[k + 1]
        passed = exchanged * (before - layers[k + 1])
        before = layers[k + 1]
        layers[k] -= passed
        layers[k + 1] += passed
    if d.fault_stirred > 0.0:
        for k in range(LAYERS):
            layers[k] += d.fault_stirred * (total / LAYERS - layers[k])
    settle(d)


@kernel
def exchange(decouplers: Rows, passages: Rows, dt: float) -> None:
    """Heat that the layers give each other in a tick of dt [s], and what they lose to the room."""
    for i in range(len(decouplers)):
        d = decouplers[i]
        capacity = d.volume * DENSITY * HEAT_CAPACITY / LAYERS
        d.loss = 0.0
        for k in range(LAYERS):
            way = passages[int(d.ways[k])]
            d.layers[k] = way.temp
            d.loss += way.loss_rate * (way.temp - way.room_temp)
        d.lost += d.loss * dt
        _rearrange(d, capacity, dt)
        for k in range(LAYERS):
            way = passages[int(d.ways[k])]
            way.heat = (d.layers[k] - way.temp) * capacity / dt


@kernel
def sense(decouplers: Rows, passages: Rows) -> None:
    """Temperatures of the layers, flows, and how fast water moves between the ports."""
    for i in range(len(decouplers)):
        d = decouplers[i]
        fastest = 0.0
        for k in range(LAYERS):
            way = passages[int(d.ways[k])]
            d.layers[k] = way.temp
            fastest = max(fastest, abs(way.flow))
        d.top_temp, d.middle_temp, d.bottom_temp = d.layers[0], d.layers[LAYERS // 2 - 1], d.layers[LAYERS - 1]
        d.source_flow = passages[d.source_supply].flow * M3H
        d.load_flow = passages[d.load_supply].flow * M3H
        d.down_flow = passages[int(d.ways[LAYERS // 2 - 1])].flow * M3H
        speed = fastest / (DENSITY * 0.25 * math.pi * d.diameter * d.diameter)
        d.beyond = max(0.0, speed - FASTEST)
