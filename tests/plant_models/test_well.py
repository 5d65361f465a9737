"""Single-circulation wells against a two-dimensional reference, closed forms and the published heads."""

import math
from typing import Any

import pytest

from plant_models import aquifer, well
from plant_models.hydraulics import solve, topology
from plant_models.meters import FieldWaterMeter, read_field
from plant_models.network import GRAVITY_HEAD, HEAT_CAPACITY, M3H, Junction, Network, Passage
from plant_models.well import SingleWell
from twin.store import Store

JUNCTIONS = ["header", "suction", "zone", "ground_return", "ground_extraction", "drain"]
PASSAGES = ["wellhead", "reinjection", "extraction", "overflow", "pump"]


class Rig:
    """One well whose pump sends the water straight back to its wellhead."""

    def __init__(self, **parameters: float) -> None:
        names = {
            Junction: JUNCTIONS,
            Passage: PASSAGES,
            Network: ["network"],
            SingleWell: ["well"],
            FieldWaterMeter: ["out"],
        }
        self.store = Store(names)
        self.tables: Any = self.store.tables
        self.passages, self.junctions, self.network = (self.tables[k] for k in ("passage", "junction", "network"))
        self.well = self.tables["singlewell"][0]
        for row, ends in enumerate([(0, 2), (2, 3), (4, 1), (2, 5), (1, 0)]):
            self.passages[row].upstream, self.passages[row].downstream = ends
            self.passages[row].kind = 0
        for name, row in zip(("wellhead", "reinjection", "extraction", "overflow"), range(4), strict=True):
            self.well[name] = row
        for name, row in (("return_zone", 2), ("aquifer_return", 3), ("aquifer_extraction", 4), ("drain", 5)):
            self.well[name] = row
        self.well.withdrawn_meter = 0
        for name, value in parameters.items():
            self.well[name] = value
        SingleWell.connect(self.well, 0, self.tables)
        self.passages[4].check = 1.0
        self.net = topology(self.junctions, self.passages)

    def flow(self, m3h: float) -> None:
        for row in (0, 1, 2):
            self.passages[row].flow = m3h / M3H

    def pump(self, pressure: float) -> None:
        """A pump of that shut-off pressure [Pa] that loses a tenth of it at 16 m3/h."""
        self.passages[4].lift_0, self.passages[4].lift_2 = pressure, 0.1 * pressure / (16 / M3H) ** 2
        self.network[0].moved = 1.0

    def run(self, seconds: float, dt: float = 1.0) -> None:
        """Ticks with the hydraulic solver; the returned water keeps its temperature."""
        for _ in range(round(seconds / dt)):
            well.actuate(self.tables["singlewell"], self.passages, self.junctions, self.network, dt)
            if self.network[0].moved > 0.0:
                self.network[0].moved = 0.0
                solve(self.junctions, self.passages, self.network, self.net, dt)
            self.tick(dt)

    def tick(self, dt: float) -> None:
        well.exchange(self.tables["singlewell"], self.passages, self.junctions)
        well.sense(self.tables["singlewell"], self.passages, self.junctions, self.tables["fieldwatermeter"], dt)
        read_field(self.tables["fieldwatermeter"], dt)

    def extract(self, power: float, m3h: float, seconds: float, dt: float = 600.0) -> float:
        """Take a constant heat [W]; the temperature of the extracted water at the end [degC]."""
        self.flow(m3h)
        for _ in range(round(seconds / dt)):
            returned = self.junctions[4].temp - power / (m3h / M3H * HEAT_CAPACITY)
            self.passages[0].leaving_temp = self.passages[1].leaving_temp = returned
            self.tick(dt)
        return float(self.junctions[4].temp)


@pytest.mark.parametrize(
    ("ratio", "power", "m3h", "reference"),
    [
        (1, 80e3, 16, [14.40, 13.98, 13.65, 13.37]),
        (3, 80e3, 16, [14.50, 14.48, 14.37, 14.23]),
        (1, 500e3, 100, [12.82, 11.77, 10.98, 10.34]),
        (3, 500e3, 100, [13.94, 13.30, 12.82, 12.42]),
    ],
)
def test_extraction_temperature_follows_the_two_dimensional_reference(
    validation: Any, ratio: float, power: float, m3h: float, reference: list[float]
) -> None:
    """physics.md 3.8: Darcy and heat in two dimensions, after 30, 60, 90 and 120 days of constant extraction."""
    rig = Rig(anisotropy=ratio, short_circuit=0.0)
    temps = [rig.extract(power, m3h, 30 * 86400.0) for _ in reference]
    validation(
        f"well, {power / 1e3:g} kW at {m3h:g} m3/h, K_h/K_v {ratio:g}: extracted water",
        "finite volumes in two dimensions, Darcy and heat, physics.md 3.8",
        expected=reference, got=temps, tolerance=0.15, unit="degC", x=("days", [30, 60, 90, 120]),
    )  # fmt: skip
    if power == 500e3:
        returned = temps[-1] - power / (m3h / M3H * HEAT_CAPACITY)
        assert returned == pytest.approx(6.05 if ratio == 1 else 8.13, abs=0.15)


def test_the_ground_gives_what_was_extracted_and_the_step_does_not_matter() -> None:
    fine, coarse = Rig(short_circuit=0.0), Rig(short_circuit=0.0)
    temps = [fine.extract(80e3, 16.0, 20 * 86400.0, 60.0), coarse.extract(80e3, 16.0, 20 * 86400.0, 600.0)]
    assert temps[0] == pytest.approx(temps[1], abs=1e-3)
    assert fine.well.ground_energy == pytest.approx(80e3 * 20 * 86400.0, rel=1e-6)


def test_a_leaking_seal_lowers_the_temperature_as_the_closed_form_says(validation: Any) -> None:
    leaks, falls = [0.05, 0.1, 0.2, 0.3], []
    for leak in leaks:
        rig = Rig(short_circuit=0.0)
        rig.well.seal_leak = leak
        falls.append(rig.extract(80e3, 16.0, 24000.0) - 14.5)
    validation(
        "well, leaking seal, 80 kW at 16 m3/h: change of the extracted water", "closed form, physics.md 3.8",
        expected=[-0.226, -0.477, -1.074, -1.841], got=falls, tolerance=2e-3, unit="K", x=("share leaking", leaks),
    )  # fmt: skip


def test_cascade_is_exact_whatever_the_step() -> None:
    """Cells in series: the step response is an Erlang distribution of the volume passed."""
    x = 2.3
    exact = 1.0 - math.exp(-x) * sum(x**j / math.factorial(j) for j in range(6))
    for parts in (1, 7, 500):
        rig = Rig()
        for _ in range(parts):
            aquifer.cascade(rig.well.near, 6, x / parts, 1.0)
        assert rig.well.near[5] == pytest.approx(exact, abs=1e-13)


def test_particles_delay_the_cold_and_a_breach_hurries_it() -> None:
    plain, packed = Rig(short_circuit=0.0), Rig(short_circuit=0.0, particles=1.0)
    days = 60 * 86400.0
    assert plain.extract(80e3, 16.0, days) < packed.extract(80e3, 16.0, days) - 0.005
    packed.well.casing_breach = 1.0
    assert packed.extract(80e3, 16.0, 1200.0) < 14.5 - 1.0
    assert packed.well.turbidity > 60.0


@pytest.mark.parametrize(
    ("m3h", "conductivity", "rise", "fall"),
    [(16, 1e-3, (0.20, 0.25), (0.16, 0.21)), (100, 1e-3, (1.2, 1.57), (1.0, 1.3)), (16, 1e-4, (2.0, 2.5), (1.6, 2.1))],
)
def test_heads_are_those_of_the_two_dimensional_reference(
    validation: Any, m3h: float, conductivity: float, rise: tuple[float, float], fall: tuple[float, float]
) -> None:
    """physics.md 1.1: head rise and drawdown [m] per flow, scaling as Q/K."""
    rig = Rig(conductivity=conductivity, throttle=0.0, filter_loss=0.0, hold_pressure=-9e4, static_depth=2.0)
    rig.flow(m3h)
    for _ in range(1200):
        well.actuate(rig.tables["singlewell"], rig.passages, rig.junctions, rig.network, 1.0)
    back = rig.passages[1]
    flow = m3h / M3H
    head = (back.linear * flow + back.quadratic * flow * flow + rig.junctions[3].pressure) / GRAVITY_HEAD + 2.0
    name, source = f"well, {m3h:g} m3/h, K {conductivity:g} m/s", "the same two-dimensional reference, physics.md 1.1"
    drawdown = rig.well.pump_depth - 2.0 - rig.well.level
    validation(f"{name}: head rise of the return", source, expected=rise, got=head, unit="m")
    validation(f"{name}: drawdown of the extraction", source, expected=fall, got=drawdown, unit="m")


def test_skin_ten_adds_half_a_metre() -> None:
    slopes = [aquifer.head_slope(1e-3, 14.0, math.log(93.0), skin) for skin in (0.0, 10.0)]
    assert (slopes[1] - slopes[0]) * 16.0 / M3H / GRAVITY_HEAD == pytest.approx(0.5, abs=0.01)


def test_a_season_clogs_the_screen_to_skin_ten_and_backwash_leaves_a_fifth() -> None:
    rig = Rig(sand_start=0.0)
    rig.extract(80e3, 16.0, 120 * 86400.0)
    skin = float(rig.well.skin)
    assert skin == pytest.approx(10.0, rel=0.03)
    assert rig.well.withdrawn == pytest.approx(46080.0)
    assert rig.well.withdrawn == rig.well.reinjected == rig.store.read("out.volume")
    rig.well.backwash_cmd = 1.0
    for second in range(1900):
        well.actuate(rig.tables["singlewell"], rig.passages, rig.junctions, rig.network, 1.0)
        assert rig.well.backwashing == float(second < 1799)
    assert rig.well.skin == pytest.approx(0.2 * skin, rel=1e-9)
    assert rig.well.filter_dp > 3e4, "a season of sand in the filter"
    rig.well.filter_clean_cmd = 1.0
    well.actuate(rig.tables["singlewell"], rig.passages, rig.junctions, rig.network, 1.0)
    assert rig.well.filter_dp == pytest.approx(1e4)


def test_a_running_well_is_pressurised_and_stays_so_when_stopped() -> None:
    rig = Rig()
    rig.pump(2.2e5)
    rig.run(900.0)
    flow = float(rig.well.flow)
    assert 14.0 < flow < 18.0
    assert rig.well.return_flow == pytest.approx(flow, rel=1e-6), "100 % reinjection"
    expected = 1.6e5 * (flow / 16.0) ** 2 + GRAVITY_HEAD * (0.229 * flow / 16.0 - 12.0)
    assert rig.well.return_pressure == pytest.approx(expected, abs=300.0)
    assert rig.network[0].failures == 0.0
    solved = float(rig.network[0].solutions)
    rig.run(60.0)
    assert rig.network[0].solutions == solved, "a steady well is not solved again"
    rig.pump(1.5e5)
    rig.run(900.0)
    assert 1.0 < rig.well.flow < 12.0
    assert rig.well.return_pressure == pytest.approx(2e4, abs=200.0), "at part load the return valve holds 0.2 bar"
    rig.pump(0.0)
    rig.run(600.0)
    assert abs(rig.well.flow) < 0.01
    assert rig.well.return_pressure == pytest.approx(2e4, abs=200.0), "and keeps it at standstill"
    rig.passages[4].check, rig.network[0].moved = 0.0, 1.0
    rig.run(60.0)
    assert abs(rig.well.flow) < 0.01, "a leaking check valve of the pump lets nothing run for long"
    assert rig.well.return_pressure < -9e4, "but the return line loses its pressure"
    rig.passages[4].check = 1.0
    rig.pump(2.2e5)
    rig.run(900.0)
    assert rig.well.flow == pytest.approx(flow, rel=0.01)


def test_return_valve_that_does_not_throttle_draws_a_vacuum() -> None:
    rig = Rig()
    rig.pump(4.0e5)
    rig.well.pressure_loss = 1.0
    rig.run(900.0)
    assert rig.well.return_pressure == pytest.approx(-95e3, abs=1e3)


def test_clogging_raises_the_pressure_lowers_the_flow_and_at_last_spills() -> None:
    rig = Rig()
    rig.pump(2.4e5)
    rig.run(900.0)
    flow, index = float(rig.well.flow), float(rig.well.return_pressure / rig.well.flow)
    rig.well.clogging = 100.0
    rig.run(900.0)
    assert rig.well.flow < 0.9 * flow
    assert rig.well.return_pressure / rig.well.flow > 1.2 * index
    head = 0.0505 * (math.log(93.0) + 100.0) * rig.well.flow / 16.0 - 12.0
    expected = 1.6e5 * (rig.well.flow / 16.0) ** 2 + GRAVITY_HEAD * head
    assert rig.well.return_pressure == pytest.approx(expected, abs=500.0)
    rig.well.clogging = 500.0
    rig.well.limit_pressure = 0.9e5
    rig.junctions[5].pressure = 0.9e5
    rig.run(900.0)
    assert rig.well.alarm_overflow == 1.0
    assert rig.well.return_flow < 0.98 * rig.well.flow
    assert rig.well.withdrawn == pytest.approx(rig.well.reinjected + rig.well.overflowed, rel=1e-9)
    assert rig.well.return_pressure < 1.0e5


def test_a_falling_water_level_ends_in_a_dry_pump() -> None:
    rig = Rig()
    rig.pump(4.0e5)
    rig.run(600.0)
    level, flow = float(rig.well.level), float(rig.well.flow)
    rig.well.level_drop = 10.0
    rig.run(600.0)
    assert rig.well.level == pytest.approx(level - 10.0, abs=0.1)
    assert rig.well.alarm_dry == 0.0
    rig.well.level_drop = 20.0
    rig.run(60.0)
    assert rig.well.alarm_dry == 1.0
    assert rig.well.flow < 0.1 * flow
    rig.well.level_drop = 0.0
    rig.run(900.0)
    assert rig.well.flow == pytest.approx(flow, rel=0.01)


def test_groundwater_follows_a_start_within_minutes() -> None:
    rig = Rig(conductivity=1e-4, throttle=0.0, hold_pressure=-9e4)
    rig.pump(3.0e5)
    rig.run(12.0)
    early = 30.0 - 12.0 - float(rig.well.level)
    rig.run(900.0)
    late = 30.0 - 12.0 - float(rig.well.level)
    assert early < 0.3 * late


def test_sand_comes_with_starts_with_flow_and_with_a_burst() -> None:
    rig = Rig()
    rig.flow(16.0)
    rig.tick(1.0)
    assert rig.well.sand > 5.0, "a start stirs up sand over 1/200 000"
    for _ in range(600):
        rig.tick(1.0)
    assert rig.well.sand == pytest.approx(0.5, abs=0.01)
    assert rig.well.turbidity < 1.0
    rig.flow(30.0)
    rig.tick(1.0)
    assert rig.well.sand > 5.0, "half again the critical flow is too much"
    rig.flow(16.0)
    rig.well.sand_burst = 40.0
    rig.tick(1.0)
    assert rig.well.sand == pytest.approx(40.5, abs=0.01)


def test_filter_clogging_throttles_the_well() -> None:
    rig = Rig()
    rig.pump(2.4e5)
    rig.run(600.0)
    flow = float(rig.well.flow)
    rig.well.filter_clogging = 30.0
    rig.run(600.0)
    assert rig.well.flow < 0.85 * flow
    assert rig.well.filter_dp > 8e4


def test_a_well_is_sized_from_its_capacity() -> None:
    values = SingleWell.size({"capacity": 500e3})
    assert values["rated_flow"] == pytest.approx(100.0)
    assert values["sand_flow"] == pytest.approx(125.0)
    assert SingleWell.size({"depth": 72.0})["return_screen"] == SingleWell.points["return_screen"].default
