"""One borehole field whose entering water and flow are given, advanced by its kernels alone."""

from typing import Any

import pytest

from plant_models.ground import borehole, borehole_exchange
from plant_models.ground.borehole import BoreholeField
from plant_models.piping import pipe
from plant_models.piping.pipe import Pipe
from plant_models.tick.balance import Balance
from plant_models.water.network import HEAT_CAPACITY, Junction, Network, Passage
from twin.store import Store


class FieldRig:
    """A field and the water that goes through it; `kg_s` is the flow of all boreholes together.

    The grout holds no heat unless told, so that the wall answers at once.
    """

    def __init__(self, name: str = "single", kg_s: float = 0.25, **parameters: float) -> None:
        self.store = Store(
            {
                Junction: ["in", "out"],
                Passage: ["field/passage"],
                Network: ["network"],
                Balance: ["balance"],
                Pipe: ["field/water"],
                BoreholeField: ["field"],
            }
        )
        t: Any = self.store.tables
        self.fields, self.passages, self.pipes = t["boreholefield"], t["passage"], t["pipe"]
        self.junctions, self.network, self.balance = t["junction"], t["network"], t["balance"]
        self.field, self.passage = self.fields[0], self.passages[0]
        self.field.passage = self.field.water = 0
        self.passage.upstream, self.passage.downstream = 0, 1
        for key, value in {**BoreholeField.size({"field": name}), "grout_storage": 0.0, **parameters}.items():
            self.field[key] = value
        BoreholeField.connect(self.field, 0, t)
        self.passage.flow = kg_s

    def tick(self, entering: float, dt: float = 1.0) -> float:
        """One tick; the temperature of the leaving water [degC]."""
        borehole.actuate(self.fields, self.passages, self.pipes, self.network, self.balance, dt)
        borehole_exchange.exchange(self.fields, self.passages, self.pipes)
        self.passage.leaving_temp = pipe.leaving_temp(self.pipes[0], self.passage.flow, dt)
        self.passage.entering_temp = entering
        self.balance[0].lost += pipe.push(self.pipes[0], self.passage.flow, entering, dt)
        borehole.sense(self.fields, self.passages, self.pipes, dt)
        return float(self.passage.leaving_temp)

    def hold_wall(self, wall: float) -> None:
        """Keep the wall at a temperature [degC], whatever heat is drawn."""
        self.field.ground_temp = wall
        self.field.response = self.field.own_response = 0.0

    def settle(self, entering: float, seconds: float = 3600.0, dt: float = 1.0) -> float:
        """The leaving temperature [degC] after so long with water of one temperature."""
        for _ in range(round(seconds / dt)):
            self.tick(entering, dt)
        return float(self.passage.leaving_temp)

    def draw(self, power: float, seconds: float, dt: float = 1.0) -> float:
        """Take a constant heat [W] out of the leaving water; the entering temperature [degC] at the end."""
        entering = float(self.passage.entering_temp)
        for _ in range(round(seconds / dt)):
            entering = self.tick(entering, dt) - power / (self.passage.flow * HEAT_CAPACITY)
        return entering


@pytest.fixture
def field_rig() -> type[FieldRig]:
    """The class of borehole fields with given water."""
    return FieldRig
