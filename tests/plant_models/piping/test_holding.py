"""Pressure holding: the vessel's gas law, starts by leaks, expansion, and a water account that closes."""

from typing import Any

import pytest
from CoolProp.CoolProp import PropsSI

from plant_models.constants import ATMOSPHERE
from plant_models.piping import holding
from plant_models.piping.holding import PressureHolding
from plant_models.water.hydraulics import SETTLED, solve, topology
from plant_models.water.network import Junction, Network, Passage
from twin.store import Store


class Rig:
    """A circulating loop of 20 m3 with its pressure holding."""

    def __init__(self, **parameters: float) -> None:
        self.store = Store(
            {
                Junction: ["vessel", "tank", "drain", "outside", "warm", "spare"],
                Passage: ["make_up", "relief", "leak_way", "pump", "load"],
                Network: ["network"],
                PressureHolding: ["holding"],
            }
        )
        self.tables: Any = self.store.tables
        self.passages, self.junctions, self.network = (self.tables[k] for k in ("passage", "junction", "network"))
        self.rows = self.tables["pressureholding"]
        self.row = self.rows[0]
        for number, ends in enumerate([(1, 0), (0, 2), (0, 3), (0, 4), (4, 0)]):
            self.passages[number].upstream, self.passages[number].downstream = ends
        for number, name in enumerate(("make_up", "relief", "leak_way")):
            self.row[name] = number
        for number, name in enumerate(("loop", "tank", "drain", "outside", "supply", "back")):
            self.row[name] = number
        self.passages[3].lift_0, self.passages[3].quadratic, self.passages[4].quadratic = 1.5e5, 10.0, 300.0
        self.junctions[0].elevation = -2.0
        for name, value in parameters.items():
            self.row[name] = value
        PressureHolding.connect(self.row, 0, self.tables)
        self.junctions[4].pressure = 3e5
        self.net = topology(self.junctions, self.passages)
        self.lowest = self.highest = float(self.row.pressure)

    def run(self, seconds: float, dt: float = 1.0) -> None:
        for _ in range(round(seconds / dt)):
            holding.actuate(self.rows, self.passages, self.junctions, self.network, dt)
            if self.network[0].moved > 0.0 or self.network[0].drift > SETTLED:
                solve(self.junctions, self.passages, self.network, self.net, dt)
            holding.sense(self.rows, self.passages, self.junctions, dt)
            self.lowest = min(self.lowest, float(self.row.pressure))
            self.highest = max(self.highest, float(self.row.pressure))

    def balance(self) -> float:
        """Water brought in less water lost [m3]."""
        return float(self.row.made_up - self.row.relieved - self.row.leaked)


@pytest.mark.parametrize(("litres", "accepts"), [(40, 10), (80, 20), (200, 50)])
def test_vessels_accept_a_quarter_of_their_volume_between_two_and_three_bar(
    litres: float, accepts: float, validation: Any
) -> None:
    contents = []
    for pressure in (2e5, 3e5):
        rig = Rig(volume=litres / 1000.0, initial_pressure=pressure)
        contents.append(float(rig.row.content))
        assert holding.vessel_state(rig.row)[0] == pytest.approx(pressure, abs=1e-6)
    validation(f"vessel of {litres} L between 0.2 and 0.3 MPa: takes", "Boyle's law, docs/physics/piping.md",
               expected=accepts, got=contents[1] - contents[0], tolerance="0.5 %", unit="L")  # fmt: skip


def test_compliance_is_the_derivative_of_the_gas_law() -> None:
    rig = Rig()
    for step in (0.0, 5.0, -13.0):
        rig.row.content += step
        pressure, compliance = holding.vessel_state(rig.row)
        rig.row.content += 1e-5
        assert 1e-5 / (holding.vessel_state(rig.row)[0] - pressure) == pytest.approx(compliance, rel=1e-5)
    assert pressure < 2e5, "the last one with the vessel empty"


def test_density_and_expansion_are_those_of_water(validation: Any) -> None:
    temps = [5.0, 10.0, 20.0, 45.0, 60.0, 90.0]
    validation(
        "density of water for the expansion", "CoolProp (IAPWS-95) at 1 bar", tolerance=0.2, unit="kg/m3",
        expected=[PropsSI("D", "T", temp + 273.15, "P", ATMOSPHERE, "Water") for temp in temps],
        got=[holding.density(temp) for temp in temps], x=("degC", temps),
    )  # fmt: skip
    assert holding.expansion(20.0, 5.0, 20.0) * 1000.0 == pytest.approx(36.0, abs=1.0)
    assert holding.expansion(1.0, 10.0, 45.0) == pytest.approx(0.0097, abs=2e-4)


@pytest.mark.parametrize(("leak", "starts"), [(50.0, 5.0), (200.0, 20.0), (1000.0, 100.0)])
def test_starts_per_hour_follow_from_the_leak(leak: float, starts: float) -> None:
    """docs/physics/piping.md#pressure-holding counts the emptying alone; the time of filling against the leak comes on
    top of each cycle."""
    rig = Rig()
    rig.row.leak = leak
    rig.run(900.0)
    before, rig.lowest = float(rig.row.starts), 9e5
    rig.run(3600.0)
    emptying, filling = 1.0 / starts, 10.0 / (2000.0 - leak)
    assert rig.row.starts - before == pytest.approx(1.0 / (emptying + filling), rel=0.1, abs=1.0)
    assert rig.lowest > 1.9e5, "and the pressure is held"
    assert rig.row.alarm_leak == float(leak > 100.0)
    assert rig.network[0].failures == 0.0


def test_a_full_vessel_takes_eighteen_seconds() -> None:
    rig = Rig(initial_pressure=1.99e5)
    rig.run(1.0)
    assert rig.row.running == 1.0
    rig.run(30.0)
    assert rig.row.running == 0.0
    assert rig.row.run_time == pytest.approx(18.0, abs=2.0)
    assert 3.0e5 <= rig.row.pressure < 3.15e5
    assert rig.row.energy == pytest.approx(750.0 * rig.row.run_time)


def test_water_account_closes() -> None:
    rig = Rig(softener_volume=0.3)
    content, tank = float(rig.row.content), float(rig.row.tank_water)
    rig.row.leak = 800.0
    rig.run(1800.0)
    rig.row.relief_stuck = 0.3
    rig.run(600.0, 0.5)
    rig.row.leak, rig.row.relief_stuck = 0.0, 0.0
    rig.run(600.0, 5.0)
    row = rig.row
    assert row.leaked > 0.4
    assert row.relieved > 0.01
    assert row.content - content == pytest.approx(1000.0 * rig.balance(), abs=1e-9 * 1000.0 * row.made_up)
    assert row.tank_water - tank == pytest.approx(row.refilled - row.drained - row.made_up, abs=1e-12)
    assert rig.network[0].failures == 0.0


def test_a_leak_larger_than_make_up_ends_in_the_low_alarm() -> None:
    rig = Rig()
    rig.row.leak = 3000.0
    rig.run(300.0)
    assert rig.row.alarm_low == 1.0
    assert rig.row.running == 1.0
    rig.run(1800.0)
    assert rig.row.alarm_leak == 1.0 or rig.row.alarm_tank_low == 1.0
    assert rig.row.pressure > -1e5


def test_warming_up_without_a_real_vessel_opens_the_relief_valve() -> None:
    rig = Rig(fill_temp=5.0, initial_pressure=2.9e5)
    rig.junctions[0].temp = rig.junctions[4].temp = 5.0
    rig.row.supply, rig.row.back, rig.row.loop_temp = 4, 0, 5.0
    PressureHolding.connect(rig.row, 0, rig.tables)
    for step in range(150):
        rig.junctions[0].temp, rig.junctions[4].temp = 5.0 + 0.1 * step, 5.2 + 0.1 * step
        rig.run(30.0)
    rig.run(1800.0)
    assert 3.79e5 < rig.highest < 4.2e5, "the relief valve holds the loop near its opening pressure"
    swallowed = rig.row.relieved * 1000.0
    assert swallowed == pytest.approx(36.0 - 7.0, abs=3.0), "what the 40 L vessel cannot take between 0.29 and 0.38 MPa"
    assert rig.row.alarm_high == 1.0
    rig.junctions[0].temp = rig.junctions[4].temp = 5.0
    rig.run(3600.0)
    assert rig.row.made_up > 0.02, "and cooling down again calls for make-up"
    assert rig.lowest > 1.8e5


def test_the_relief_valve_blows_down_by_ten_percent_and_closes() -> None:
    rig = Rig(initial_pressure=3.8e5 + 500.0)
    moves = []
    for _ in range(120):
        was_open = rig.passages[1].linear == 0.0
        rig.run(1.0)
        if (rig.passages[1].linear == 0.0) != was_open:
            moves.append(float(rig.row.pressure))
    assert len(moves) == 2, "it opens once and closes once"
    assert rig.row.pressure == pytest.approx(0.9 * 3.8e5, rel=0.01)
    gas = 0.04 * 301325.0
    lost = gas / (0.9 * 3.8e5 + 101325.0) - gas / (3.805e5 + 101325.0)
    assert rig.row.relieved == pytest.approx(lost, rel=0.02), "by the gas law of the 40 L vessel"


def test_lost_precharge_multiplies_the_starts_by_eight() -> None:
    counts = []
    for lost in (0.0, 1.0):
        rig = Rig()
        rig.row.precharge_lost = lost
        rig.row.leak = 50.0
        rig.run(1800.0)
        before = float(rig.row.starts)
        rig.run(3600.0)
        counts.append(float(rig.row.starts) - before)
    assert counts[1] / counts[0] == pytest.approx(8.0, rel=0.25)


def test_sensor_drift_holds_the_loop_too_low() -> None:
    rig = Rig()
    rig.row.sensor_drift, rig.row.leak = 5e4, 200.0
    rig.run(3600.0)
    assert rig.lowest > 1.9e5, "as the sensor shows it"
    true = rig.junctions[0].pressure + 2.0 * 9806.65
    assert true == pytest.approx(rig.row.pressure - 5e4, abs=2e3)


def test_faults_that_stop_the_make_up() -> None:
    for name in ("make_up_failed", "tank_empty"):
        rig = Rig()
        rig.row.leak = 200.0
        rig.row[name] = 1.0
        rig.run(3600.0)
        assert rig.row.demand == 1.0
        assert rig.row.running == 0.0
        assert rig.row.alarm_low == 1.0
        assert rig.row.alarm_tank_low == float(name == "tank_empty")
    rig = Rig()
    rig.row.relief_stuck = 0.6
    rig.run(2000.0)
    assert rig.row.relieved > 0.1
    assert rig.row.alarm_leak == 1.0


def test_commands_release_and_replace_the_two_point_control() -> None:
    rig = Rig(initial_pressure=1.9e5)
    rig.row.enable_cmd = 0.0
    rig.run(60.0)
    assert rig.row.running == 0.0
    rig.row.enable_cmd, rig.row.auto_cmd = 1.0, 0.0
    rig.run(60.0)
    assert rig.row.running == 0.0
    rig.row.make_up_cmd = 1.0
    rig.run(5.0)
    assert rig.row.running == 1.0


def test_a_quiet_loop_is_not_solved_again_and_holds_its_pressure() -> None:
    rig = Rig()
    rig.run(60.0)
    solved = float(rig.network[0].solutions)
    rig.run(3600.0)
    assert rig.network[0].solutions == solved
    assert rig.row.pressure == pytest.approx(2.5e5, abs=200.0)


def test_softener_blocks_the_refill_while_it_regenerates() -> None:
    rig = Rig(softener_volume=0.1, tank_volume=1.0)
    rig.row.tank_water = 0.6
    rig.run(400.0)
    assert rig.row.regenerating == 1.0
    level = float(rig.row.tank_level)
    rig.run(600.0)
    assert rig.row.tank_level == pytest.approx(level, abs=1e-8)
    rig.run(3600.0)
    assert rig.row.tank_level > level
