"""The thermal network against closed forms: mixing, exact stirring, rings, reversal, and energy closed to rounding."""

import math

import pytest

from plant_models.equipment.tank import LayeredTank
from plant_models.piping.pipe import Pipe
from plant_models.tick.balance import Balance, audit, stored_energy
from plant_models.tick.order import new_order
from plant_models.tick.thermal import advance, arrange
from plant_models.water.network import HEAT_CAPACITY, STIRRED, Junction, Passage
from twin.store import Store


class Water:
    """A network with flows as given: `ways` are (upstream, downstream, kg/s, stirred kg, degC)."""

    def __init__(self, ways, given=()):
        places = sorted({end for way in ways for end in way[:2]})
        names = [f"way_{number}" for number in range(len(ways))]
        self.store = Store({Junction: places, Passage: names, Pipe: [], LayeredTank: [], Balance: ["balance"]})
        self.junctions, self.passages, self.pipes, self.tanks, self.balance = self.store.tables.values()
        for row, (upstream, downstream, flow, mass, temp) in zip(self.passages, ways, strict=True):
            row.upstream, row.downstream = places.index(upstream), places.index(downstream)
            row.flow, row.mass, row.temp, row.leaving_temp = flow, mass, temp, temp
            row.kind = STIRRED if mass > 0.0 else 0
        for place, temp in given:
            junction = self.junctions[places.index(place)]
            junction.given_temp, junction.temp = 1.0, temp
        self.order = new_order(len(self.passages), len(self.junctions))

    def run(self, seconds, dt=1.0):
        arrange(self.passages, self.junctions, self.order, dt)
        for _ in range(round(seconds / dt)):
            advance(self.passages, self.junctions, self.pipes, self.tanks, self.balance, self.order, dt)
        return self

    def stored(self):
        return stored_energy(self.passages, self.pipes, self.tanks)

    def booked(self):
        row = self.balance[0]
        return row.heat + row.advected - row.lost

    def read(self, path):
        return self.store.read(path)


def test_junctions_mix_by_flow():
    water = Water(
        [("hot", "tee", 2.0, 0.0, 0.0), ("cold", "tee", 6.0, 0.0, 0.0), ("tee", "out", 8.0, 0.0, 0.0)],
        given=[("hot", 60.0), ("cold", 20.0), ("out", 0.0)],
    ).run(1)
    assert water.read("tee.temp") == pytest.approx(30.0, rel=1e-14)
    assert water.read("way_2.leaving_temp") == pytest.approx(30.0, rel=1e-14)


@pytest.mark.parametrize("dt", [0.1, 1.0, 10.0])
def test_a_stirred_volume_follows_its_exponential_whatever_the_tick(dt):
    water = Water([("in", "out", 2.0, 150.0, 20.0)], given=[("in", 50.0), ("out", 0.0)])
    water.passages[0].heat = 41900.0
    water.run(60, dt)
    final = 50.0 + 41900.0 / (2.0 * HEAT_CAPACITY)
    expected = final + (20.0 - final) * math.exp(-60.0 * 2.0 / 150.0)
    assert water.read("way_0.temp") == pytest.approx(expected, rel=1e-12)


def test_heat_without_flow_warms_the_water_that_stands():
    water = Water([("in", "out", 0.0, 100.0, 10.0)], given=[("in", 5.0), ("out", 5.0)])
    water.passages[0].heat = 4190.0
    assert water.run(100).read("way_0.temp") == pytest.approx(11.0, rel=1e-12)


def test_a_nearly_still_volume_is_continuous_with_a_still_one():
    temps = []
    for flow in (0.0, 2e-9, 1e-5):
        water = Water([("in", "out", flow, 100.0, 10.0)], given=[("in", 5.0), ("out", 5.0)])
        water.passages[0].heat = 4190.0
        temps.append(water.run(100).read("way_0.temp"))
    assert temps[1] == pytest.approx(temps[0], abs=1e-6)
    assert temps[2] == pytest.approx(temps[0], abs=1e-3)


def test_a_ring_of_stirred_volumes_keeps_its_energy():
    water = Water([("a", "b", 3.0, 30.0, 80.0), ("b", "c", 3.0, 200.0, 20.0), ("c", "a", 3.0, 100.0, 40.0)])
    before = water.stored()
    water.run(2000)
    mean = (30.0 * 80.0 + 200.0 * 20.0 + 100.0 * 40.0) / 330.0
    assert water.stored() == pytest.approx(before, rel=1e-13)
    for number in range(3):
        assert water.read(f"way_{number}.temp") == pytest.approx(mean, abs=1e-6)


def test_a_heated_ring_takes_up_what_it_is_given():
    water = Water([("a", "b", 3.0, 30.0, 20.0), ("b", "c", 3.0, 0.0, 20.0), ("c", "a", 3.0, 300.0, 20.0)])
    before = water.stored()
    water.passages[2].heat = 10e3
    water.run(600)
    assert water.stored() - before == pytest.approx(6e6, rel=1e-12)
    drop = water.read("way_2.leaving_temp") - water.read("way_2.entering_temp")
    share = 300.0 / 330.0  # of the heat, what does not stay in the volume that is heated
    assert drop == pytest.approx(10e3 / (3.0 * HEAT_CAPACITY) * (1 - share), rel=0.02)


def test_a_turned_flow_carries_its_heat_the_other_way():
    water = Water(
        [("left", "middle", 1.0, 50.0, 30.0), ("middle", "right", 1.0, 50.0, 30.0)],
        given=[("left", 60.0), ("right", 10.0)],
    ).run(2000)
    assert water.read("middle.temp") == pytest.approx(60.0, abs=1e-6)
    for row in water.passages:
        row.flow = -1.0
    water.run(2000)
    assert water.read("middle.temp") == pytest.approx(10.0, abs=1e-6)
    assert water.stored() == pytest.approx(100.0 * HEAT_CAPACITY * 10.0, rel=1e-9)


def test_recirculation_through_a_pump_beside_the_main_flow():
    """A standby pump with a leaking check valve: part of the flow runs back, in a ring without a pipe."""
    water = Water(
        [
            ("in", "suction", 2.0, 0.0, 20.0), ("suction", "pressure", 3.0, 20.0, 20.0),
            ("suction", "pressure", -1.0, 20.0, 20.0), ("pressure", "out", 2.0, 100.0, 20.0),
        ],
        given=[("in", 20.0), ("out", 0.0)],
    )  # fmt: skip
    water.passages[1].heat = 8380.0
    water.run(3000)
    assert water.read("way_3.temp") == pytest.approx(21.0, abs=1e-6)
    assert water.read("way_1.temp") == pytest.approx(20.0 + 0.5 + 2.0 / 3.0, abs=0.3)


def test_energy_closes_to_rounding_in_every_step():
    water = Water(
        [
            ("in", "a", 5.0, 0.0, 20.0), ("a", "b", 2.0, 80.0, 30.0), ("a", "b", 3.0, 150.0, 40.0),
            ("b", "c", 5.0, 20.0, 50.0), ("c", "out", 5.0, 0.0, 50.0),
        ],
        given=[("in", 12.0), ("out", 0.0)],
    )  # fmt: skip
    for step in range(200):
        water.passages[1].heat = 5e4 * math.sin(step)
        water.passages[2].heat = -3e4
        stored, booked, through = water.stored(), water.booked(), water.balance[0].throughput
        water.run(1)
        left = (water.stored() - stored) - (water.booked() - booked)
        assert abs(left) < 1e-12 * max(water.balance[0].throughput - through, abs(stored))


def test_a_short_volume_in_a_ring_is_advanced_in_smaller_steps():
    water = Water([("a", "b", 10.0, 5.0, 80.0), ("b", "a", 10.0, 4.0, 20.0)])
    before = water.stored()
    water.run(100, dt=10.0)
    assert water.order.counts[2] == 20
    assert water.stored() == pytest.approx(before, rel=1e-13)


def test_the_audit_finds_heat_that_nobody_booked():
    water = Water([("a", "b", 3.0, 30.0, 20.0), ("b", "a", 3.0, 300.0, 20.0)])
    water.passages[1].heat = 1e4
    args = (water.passages, water.pipes, water.tanks, water.balance)
    audit(*args, 1.0, 10.0)
    for step in range(100):
        water.run(1)
        if step == 50:
            water.passages[1].temp += 0.001
        audit(*args, 1.0, 10.0)
    row = water.balance[0]
    assert row.drift == pytest.approx(0.001 * 300.0 * HEAT_CAPACITY, rel=1e-6)
    assert row.residual == pytest.approx(0.001 * 300.0 * HEAT_CAPACITY / 1e5, rel=1e-3)


def test_an_open_basin_takes_its_overflow_at_its_own_temperature():
    """The basin's level is held but not its temperature: what overflows carries heat out of the account."""
    water = Water(
        [("in", "basin", 8.0, 150.0, 20.0), ("basin", "out", 3.0, 30.0, 10.0)], given=[("in", 50.0), ("out", 0.0)]
    )
    basin = water.store.row("basin")
    basin.held, basin.inflow = 1.0, 5.0
    before = water.stored()
    water.run(20)
    assert water.stored() - before == pytest.approx(water.booked(), rel=1e-12)
