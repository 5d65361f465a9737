"""Pumps: the maker's points and the affinity table of docs/physics/piping.md#pump-reference through the solver; drives,
proofs, faults."""

import math
from itertools import pairwise
from typing import Any

import pytest

from plant_models.catalogue import FOLDER, catalogue, read_catalogue
from plant_models.piping import pump as pumps
from plant_models.piping.pump import Pump
from plant_models.water.hydraulics import solve, topology
from plant_models.water.network import GRAVITY_HEAD, M3H, Junction, Network, Passage
from twin.errors import InputError
from twin.store import Store


class Rig:
    """Pumps in parallel between two held levels, with a system of k q^2 metres behind them."""

    def __init__(self, names: list[str], friction: float, static: float = 0.0, **given: float) -> None:
        self.store = Store(
            {
                Pump: names,
                Junction: ["low", "header", "high"],
                Passage: [*(f"{n}/passage" for n in names), "system"],
                Network: ["network"],
            }
        )
        self.tables = self.store.tables
        self.low = self.store.row("low")
        self.low.held = self.store.row("high").held = 1.0
        self.store.row("high").pressure = static * GRAVITY_HEAD
        for number, name in enumerate(names):
            passage = self.store.row(f"{name}/passage")
            passage.upstream, passage.downstream = 0, 1
            row = self.store.row(name)
            row.passage = number
            for key, value in {**catalogue("pumps", "il_80_220"), **given}.items():
                row[key] = value
            Pump.connect(row, number, self.tables)
        system = self.store.row("system")
        system.upstream, system.downstream = 1, 2
        system.quadratic = friction * GRAVITY_HEAD * M3H * M3H
        self.topology = topology(self.tables["junction"], self.tables["passage"])

    def __getitem__(self, name: str) -> Any:
        return self.store.row(name)

    def run(self, seconds: float, dt: float = 1.0) -> "Rig":
        t = self.tables
        for _ in range(round(seconds / dt)):
            pumps.actuate(t["pump"], t["passage"], t["network"], dt)
            if t["network"][0].moved > 0.0:
                solve(t["junction"], t["passage"], t["network"], self.topology, dt)
            pumps.exchange(t["pump"], t["passage"], dt)
            pumps.sense(t["pump"], t["passage"], t["junction"], dt)
        assert t["network"][0].failures == 0.0
        return self


def running(friction: float = 12.0 / 70**2, static: float = 0.0, speed: float = 1.0, **given: float) -> Rig:
    rig = Rig(["p"], friction, static, **given)
    rig["p"].enable_cmd, rig["p"].speed_cmd = 1.0, speed
    return rig.run(60)


def test_points_of_the_maker(validation: Any) -> None:
    flows = [10.9, 31.1, 52.6, 65.4, 77.1, 89.4, 101.7]
    heads = [17.15, 16.75, 15.74, 14.56, 13.09, 11.06, 8.86]
    powers = [1905, 2549, 3146, 3435, 3593, 3710, 3793]
    source = "Wilo IL 80/220-4/4, docs/physics/piping.md#pump-reference"
    found = [running(head / flow**2)["p"] for flow, head in zip(flows, heads, strict=True)]
    assert [p.flow for p in found] == pytest.approx(flows, rel=0.01)
    x = ("flow, m3/h", flows)
    validation(
        "pump IL 80/220: head", source, expected=heads, got=[p.head for p in found], tolerance=0.2, unit="m", x=x
    )
    shaft = [p.power * p.vfd_efficiency for p in found]
    validation("pump IL 80/220: power", source, expected=powers, got=shaft, tolerance="1 %", unit="W", x=x)


def test_affinity_on_friction_alone(validation: Any) -> None:
    speeds = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5]
    found = [running(speed=speed)["p"] for speed in speeds]
    source, x = "affinity laws on H = 12 (q/70)2, docs/physics/piping.md#pump-reference", ("speed", speeds)
    for name, unit, expected, got, tolerance in (
        ("flow", "m3/h", [74.23, 66.80, 59.38, 51.96, 44.54, 37.11], [p.flow for p in found], 0.01),
        ("head", "m", [13.49, 10.93, 8.64, 6.61, 4.86, 3.37], [p.head for p in found], 0.01),
        (
            "power",
            "W",
            [3561.5, 2596.3, 1823.5, 1221.6, 769.3, 445.2],
            [p.power * p.vfd_efficiency for p in found],
            1.0,
        ),
    ):
        case = f"pump on friction alone: {name}"
        validation(case, source, expected=expected, got=got, tolerance=tolerance, unit=unit, x=x)


def test_affinity_with_static_head(validation: Any) -> None:
    """Reached from full speed: at 0.6 the shut-off head of 6.199 m is only just above the 6 m."""
    speeds, flows = [1.0, 0.9, 0.8, 0.7, 0.6], []
    for speed in speeds:
        rig = running(6.0 / 70**2, 6.0)
        rig["p"].speed_cmd = speed
        flows.append(float(rig.run(60)["p"].flow))
    validation(
        "pump against 6 m of static head: flow", "intersection of curves, docs/physics/piping.md#pump-reference",
        expected=[76.6, 64.9, 52.0, 36.9, 11.1], got=flows, tolerance=0.1, unit="m3/h", x=("speed", speeds),
    )  # fmt: skip


def test_two_in_parallel_give_a_tenth_more(validation: Any) -> None:
    rig = Rig(["p", "q"], 12.0 / 70**2, check_valve=1.0)
    for name in "pq":
        rig[name].enable_cmd = rig[name].speed_cmd = 1.0
    both = rig.run(60)["system"].flow * M3H
    source = "intersection of curves, docs/physics/piping.md#pump-reference"
    validation("two pumps in parallel: flow", source, expected=81.76, got=both, tolerance=0.1, unit="m3/h")
    rig["q"].enable_cmd = 0.0
    assert rig.run(60)["p"].flow == pytest.approx(74.23, abs=0.02)
    assert abs(rig["q"].flow) < 1e-3


@pytest.mark.parametrize("item", list(read_catalogue(FOLDER / "pumps.csv")))
def test_a_second_equal_pump_started_beside_a_running_one_takes_its_half(item: str) -> None:
    """On a curve that rises from no flow on it would deliver nothing."""
    rated = catalogue("pumps", item)
    rig = Rig(["p", "q"], 0.8 * rated["head_0"] / (1.6 * rated["rated_flow"]) ** 2, check_valve=1.0, **rated)
    rig["p"].enable_cmd = rig["p"].speed_cmd = 1.0
    alone = float(rig.run(60)["p"].flow)
    rig["q"].enable_cmd = rig["q"].speed_cmd = 1.0
    rig.run(60)
    assert rig["q"].flow == pytest.approx(rig["p"].flow, rel=1e-6)
    assert 1.02 * alone < rig["q"].flow + rig["p"].flow < 2.0 * alone


@pytest.mark.parametrize("item", list(read_catalogue(FOLDER / "pumps.csv")))
def test_heads_of_the_catalogue_fall_from_no_flow_on(item: str) -> None:
    rated = catalogue("pumps", item)
    heads = [
        rated["head_0"] + q * (rated["head_1"] + q * (rated["head_2"] + q * rated["head_3"]))
        for q in (0.02 * k * rated["rated_flow"] for k in range(60))
    ]
    assert all(after < before for before, after in pairwise(heads))


def test_a_rising_curve_is_refused_with_its_reason() -> None:
    with pytest.raises(InputError, match=r"the head of the pump rises with the flow .*would deliver nothing"):
        Rig(["p"], 12.0 / 70**2, head_1=0.04341)


def test_a_pump_at_a_closed_valve_trips_before_its_water_boils() -> None:
    rig = running()
    rig["p/passage"].temp = 110.5
    p = rig.run(1)["p"]
    assert (p.alarm_hot, p.alarm_trip, p.energised) == (1.0, 1.0, 0.0)
    rig["p/passage"].temp = 60.0
    assert (rig.run(30)["p"].alarm_hot, p.alarm_trip) == (0.0, 1.0)


def test_water_runs_back_through_the_standby_when_its_check_valve_sticks() -> None:
    rig = Rig(["p", "q"], 12.0 / 70**2, check_valve=1.0)
    rig["p"].enable_cmd = rig["p"].speed_cmd = 1.0
    rig["q"].fault_check_open = 1.0
    rig.run(60)
    assert rig["q"].flow < -20.0
    assert 0.5 < rig["system"].flow * M3H / 74.23 < 0.8
    assert rig["q"].flow + rig["p"].flow == pytest.approx(rig["system"].flow * M3H)


def test_ramps_proof_and_counters_of_a_converter() -> None:
    rig = Rig(["p"], 12.0 / 70**2)
    p = rig["p"]
    p.enable_cmd, p.speed_cmd = 1.0, 1.0
    rig.run(8)
    assert (p.speed, p.running) == (pytest.approx(8 / 30), 0.0)
    rig.run(1)
    assert (p.speed, p.running, p.starts) == (pytest.approx(0.3), 1.0, 1.0)
    rig.run(21)
    assert p.speed == pytest.approx(1.0)
    p.enable_cmd = 0.0
    rig.run(5)
    assert (p.speed, p.running, p.power) == (pytest.approx(0.5), 0.0, 0.0)
    rig.run(6)
    assert (p.speed, p.starts) == (0.0, 1.0)
    assert p.run_hours == pytest.approx(30 / 3600)
    p.enable_cmd, p.speed_cmd = 1.0, 0.1
    assert rig.run(60)["p"].speed == pytest.approx(p.min_speed)


@pytest.mark.parametrize("dt", [0.1, 1.0])
def test_direct_on_line_start_and_coasting(dt: float) -> None:
    rig = Rig(["p"], 12.0 / 70**2, drive=1.0)
    rig["p"].enable_cmd = 1.0
    rig.run(2, dt)
    assert rig["p"].speed == pytest.approx(1.0 - math.exp(-2.0 / 2.5))
    assert rig.run(30, dt)["p"].speed == 1.0
    rig["p"].enable_cmd = 0.0
    rig.run(6, dt)
    assert rig["p"].speed == pytest.approx(1.0 / (1.0 + 6.0 / 2.0))
    assert rig["p"].flow == pytest.approx(74.23 / 4.0, rel=0.01)


def test_energy_is_the_integral_of_power_and_heat_its_share() -> None:
    rig = running()
    before = float(rig["p"].energy)
    rig.run(100)
    assert rig["p"].energy - before == pytest.approx(100.0 * rig["p"].power)
    assert rig["p/passage"].heat == pytest.approx(0.8 * rig["p"].power)


@pytest.mark.parametrize(
    ("fault", "value", "seen", "head_left"),
    [
        ("coupling", 1, 1, 0),
        ("no_proof", 1, 0, 1),
        ("wear", 0.2, 1, 0.8),
        ("trip", 1, 0, 0),
        ("power", 1, 0, 0),
        ("false_proof", 1, 1, 1),
        ("cavitation", 1, 1, 0.3),
        ("bearing", 1, 1, 1),
    ],
)
def test_faults_in_flow_and_proof(fault: str, value: float, seen: float, head_left: float) -> None:
    """The flow is the root of head_left H(q) = 12 (q / 70)^2, computed apart."""
    rig = running()
    rig["p"][f"fault_{fault}"] = value
    p = rig.run(120)["p"]
    expected = {0: 0.0, 0.3: 44.516, 0.8: 68.156, 1: 74.225}[head_left]
    assert p.flow == pytest.approx(expected, rel=1e-3, abs=1e-3)
    assert p.running == seen
    assert p.alarm_trip == (fault == "trip")


def test_a_false_proof_shows_a_stopped_pump_running() -> None:
    rig = Rig(["p"], 12.0 / 70**2, fault_false_proof=1.0).run(5)
    assert (rig["p"].running, rig["p"].flow) == (1.0, 0.0)


def test_broken_coupling_shows_in_the_current() -> None:
    rig = running()
    rig["p"].fault_coupling = 1.0
    assert rig.run(10)["p"].current == pytest.approx(0.45)


def test_wrong_way_round_meets_the_scaled_curve() -> None:
    p = running(fault_reverse=1.0)["p"]
    x = p.flow / 0.4
    assert p.head == pytest.approx(0.5 * (17.2185 - 2.9942e-4 * x**2 - 5.0779e-6 * x**3), rel=1e-3)
    assert 25.0 < p.flow < 55.0


def test_stuck_converter_ignores_the_speed_but_stops() -> None:
    rig = running(speed=0.6)
    rig["p"].fault_stuck_speed, rig["p"].speed_cmd = 1.0, 1.0
    assert rig.run(60)["p"].speed == pytest.approx(0.6)
    rig["p"].enable_cmd = 0.0
    assert rig.run(60)["p"].speed == 0.0


def test_overload_trips_and_needs_a_reset() -> None:
    rig = running(rated_power=3000.0, overload_delay=20.0)
    p = rig.run(30)["p"]
    assert (p.alarm_trip, p.alarm_overload, p.energised) == (1.0, 1.0, 0.0)
    p.rated_power, p.remote_reset, p.reset_cmd = 4000.0, 0.0, 1.0
    assert rig.run(5)["p"].alarm_trip == 1.0
    p.panel_reset_cmd = 1.0
    assert rig.run(60)["p"].alarm_trip == 0.0
    assert p.running == 1.0


def test_low_inlet_pressure_cavitates() -> None:
    rig = running()
    assert rig["p"].npsh_margin == pytest.approx(
        (101325 - 1705) / GRAVITY_HEAD - 1.5 * (1 + (74.23 / 70) ** 2), abs=0.05
    )
    rig.low.pressure = -8.5 * GRAVITY_HEAD
    rig.tables["network"][0].moved = 1.0
    p = rig.run(60)["p"]
    assert p.alarm_cavitation == 1.0
    assert p.suction < 0.9
    assert p.flow < 60.0


def test_bearing_warms_with_its_time_constant_and_trips() -> None:
    rig = running(fault_bearing=1.0, overload_limit=2.0)
    start = float(rig["p"].bearing_temp)
    rig.run(600)
    assert rig["p"].bearing_temp == pytest.approx(115.0 + (start - 115.0) * math.exp(-1.0), abs=0.1)
    assert rig["p"].alarm_bearing == 1.0
    assert rig.run(900)["p"].alarm_trip == 1.0


def test_catalogue_items_are_parameters_of_the_pump() -> None:
    items = read_catalogue(FOLDER / "pumps.csv")
    for item, values in items.items():
        for name, value in values.items():
            assert Pump.point(name, item).check(value, item) == value
    sub = items["submersible_16m3h"]
    assert 30.0 <= sub["head_0"] + sub["head_1"] * 16 + sub["head_2"] * 256 <= 40.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("item,head_0,source\nx,ten,y\n", "pumps.csv:2: head_0: 'ten' is not a number"),
        ("item,head_0,source\nx,nan,y\n", "'nan' is not a number"),
        ("item,head_0,source\nx,10,\n", "needs its name and its source"),
        ("item,head_0,source\nx,10\n", "expected 3 cells"),
        ("item,head_0,source\nx,10,y\nx,11,y\n", "pumps.csv:3: the item 'x' is there twice"),
    ],
)
def test_bad_catalogue_lines_are_refused(tmp_path: Any, text: str, message: str) -> None:
    path = tmp_path / "pumps.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_catalogue(path)


def test_unknown_items_name_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'il_80_220'"):
        catalogue("pumps", "il_80_22")
    with pytest.raises(InputError, match="no catalogue 'pump'; did you mean 'pumps'"):
        catalogue("pump", "il_80_220")
