"""What each value fault does to a value; noise that is a function of seed and time; tables that a snapshot can hold."""

import hashlib
import math
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from twin.errors import InputError
from twin.fault_set import FaultSet, fault_rows
from twin.faults import VALUE_FAULTS, ValueFault, apply_faults
from twin.noise import gaussian, random_key, seed_of, uniform
from twin.points import Model, sensor
from twin.store import Store

Floats = NDArray[np.float64]
SIZE = 8


def fault_set(capacity: int = 8, seed: int = 7) -> FaultSet:
    return FaultSet(fault_rows(capacity), SIZE, seed)


def shown(faults: FaultSet, time_s: float, true: float = 20.0) -> Floats:
    """The sensed vector at a time: every value the same truth before the faults."""
    sensed = np.full(SIZE, true)
    apply_faults(sensed, faults.rows, time_s)
    return sensed


def one(kind: str, parameters: dict[str, float], ramp: float = 0.0, until: float = math.inf) -> FaultSet:
    """A fault on slot 3, begun at 100 s."""
    faults = fault_set()
    faults.start("f", kind, {"t.temp": [3]}, parameters, 100.0, ramp, until)
    return faults


@pytest.mark.parametrize("kind", VALUE_FAULTS)
def test_a_fault_touches_its_slot_only_and_only_in_its_time(kind: str) -> None:
    parameters = {"offset": 2.0, "factor": 1.5, "rate": 30.0, "sigma": 1.0, "value": 5.0, "step": 7.0}
    kinds = {parameter.name for parameter in VALUE_FAULTS[kind].parameters}
    faults = one(kind, {name: value for name, value in parameters.items() if name in kinds}, until=200.0)
    for time_s in (0.0, 99.999, 200.0, 1e6):
        assert (shown(faults, time_s) == 20.0).all()
    during = [shown(faults, time_s, 20.0 + time_s / 100.0) for time_s in (100.0, 150.0, 199.0)]
    for time_s, sensed in zip((100.0, 150.0, 199.0), during, strict=True):
        assert (np.delete(sensed, 3) == 20.0 + time_s / 100.0).all()
    assert any(sensed[3] != sensed[0] for sensed in during)


def test_offset_grows_in_over_its_ramp() -> None:
    faults = one("offset", {"offset": -4.0}, ramp=60.0)
    assert [shown(faults, t)[3] for t in (100.0, 115.0, 130.0, 160.0, 500.0)] == [20.0, 19.0, 18.0, 16.0, 16.0]
    assert shown(one("offset", {"offset": -4.0}), 100.0)[3] == 16.0


def test_scale_is_a_wrong_proportion() -> None:
    assert shown(one("scale", {"factor": 0.1}), 100.0)[3] == pytest.approx(2.0, rel=1e-15)
    assert shown(one("scale", {"factor": -1.0}), 100.0)[3] == -20.0
    assert shown(one("scale", {"factor": 2.0}, ramp=10.0), 105.0)[3] == 30.0


def test_drift_is_a_rate_per_hour() -> None:
    faults = one("drift", {"rate": 0.5})
    assert shown(faults, 100.0)[3] == 20.0
    assert shown(faults, 100.0 + 7200.0)[3] == 21.0


def test_stuck_holds_what_was_shown_at_its_begin() -> None:
    faults = one("stuck", {})
    assert [shown(faults, t, true)[3] for t, true in ((100.0, 21.5), (101.0, 30.0), (9999.0, -5.0))] == [21.5] * 3


def test_a_lost_signal_shows_the_last_value_or_the_substitute_and_never_nan() -> None:
    assert [shown(one("dropout", {}), t, 20.0 + t)[3] for t in (100.0, 101.0)] == [120.0, 121.0]
    held = one("dropout", {})
    assert [shown(held, t, 20.0 + t)[3] for t in (100.0, 101.0, 500.0)] == [120.0, 120.0, 120.0]
    assert shown(one("dropout", {"value": -3276.8}), 150.0)[3] == -3276.8


def test_a_share_of_the_samples_is_lost() -> None:
    faults = one("dropout", {"share": 0.3})
    times = np.arange(100.0, 5100.0)
    readings = np.array([shown(faults, t, t)[3] for t in times])
    fresh = readings == times
    assert fresh[1:].mean() == pytest.approx(0.7, abs=0.03)  # 4.6 standard deviations
    last_good = np.maximum.accumulate(np.where(fresh, times, 0.0))
    assert np.array_equal(readings, last_good)


def test_quantisation_rounds_to_the_step() -> None:
    faults = one("quantisation", {"step": 0.5})
    assert [shown(faults, 100.0, true)[3] for true in (20.24, 20.26, 20.75, -0.3)] == [20.0, 20.5, 21.0, -0.5]


def test_faults_on_one_slot_act_in_the_order_of_their_start() -> None:
    faults = fault_set()
    faults.start("a", "offset", {"t.temp": [3]}, {"offset": 0.3}, 0.0)
    faults.start("b", "quantisation", {"t.temp": [3]}, {"step": 1.0}, 0.0)
    faults.start("c", "scale", {"t.temp": [3]}, {"factor": 2.0}, 0.0)
    assert shown(faults, 1.0, 20.3)[3] == 42.0


def test_noise_is_normal_with_its_sigma_and_independent_from_sample_to_sample() -> None:
    seed = seed_of(7, "n", "t.temp")
    count = 40_000
    drawn = np.array([gaussian(seed, time_ms) for time_ms in range(0, 1000 * count, 1000)])
    error = 4.0 / math.sqrt(count)
    assert abs(drawn.mean()) < error
    assert abs(drawn.var() - 1.0) < error * math.sqrt(2.0)
    assert abs(np.mean(drawn[1:] * drawn[:-1])) < error
    assert abs(np.mean(drawn**3)) < error * math.sqrt(15.0)
    for quantile, share in ((-1.959964, 0.025), (-0.674490, 0.25), (0.0, 0.5), (1.281552, 0.9), (2.326348, 0.99)):
        assert abs((drawn < quantile).mean() - share) < 0.002 + error * math.sqrt(share * (1.0 - share))
    assert np.abs(drawn).max() <= 6.0


def test_even_numbers_fill_their_bins_evenly() -> None:
    count, bins = 40_000, 50
    drawn = [uniform(seed_of("even"), counter) for counter in range(count)]
    hits, _ = np.histogram(drawn, bins=bins, range=(0.0, 1.0))
    chi_squared = float(((hits - count / bins) ** 2).sum() / (count / bins))
    assert 20.0 < chi_squared < 95.0  # 49 degrees of freedom: mean 49, standard deviation 9.9


def test_every_bit_of_seed_and_counter_counts() -> None:
    seed, counter = seed_of("avalanche"), 1_234_567
    key = random_key(seed, counter)
    flips = [bin(key ^ random_key(seed ^ (1 << bit), counter)).count("1") for bit in range(63)]
    flips += [bin(key ^ random_key(seed, counter ^ (1 << bit))).count("1") for bit in range(63)]
    assert min(flips) >= 5
    assert 14.5 < sum(flips) / len(flips) < 17.5


def noisy(faults: FaultSet, times: Floats) -> Floats:
    return np.array([shown(faults, t)[[3, 4]] for t in times])


def test_noise_belongs_to_seed_name_path_and_time_and_to_nothing_else() -> None:
    times = np.arange(100.0, 200.0)
    slots = {"t.temp": [3], "u.temp": [4]}

    def readings(seed: int = 7, name: str = "n", order: int = 1, places: dict[str, list[int]] | None = None) -> Floats:
        faults = fault_set(seed=seed)
        faults.start("before", "offset", {"x.x": [0]}, {"offset": 1.0}, 0.0)
        faults.start(name, "noise", places or slots, {"sigma": 0.2}, 100.0)
        return noisy(faults, times[::order])[::order]

    first = readings()
    assert np.array_equal(first, readings())
    assert np.array_equal(first, readings(order=-1))
    assert np.array_equal(first, readings(places={"u.temp": [4], "t.temp": [3]}))
    assert (first != readings(seed=8)).all()
    assert (first != readings(name="m")).all()
    assert (first[:, 0] != first[:, 1]).all()
    assert first.std() == pytest.approx(0.2, abs=0.04)


def test_a_sensor_shown_twice_is_one_instrument() -> None:
    faults = fault_set()
    faults.start("n", "noise", {"t.temp": [3, 5]}, {"sigma": 1.0}, 0.0)
    sensed = shown(faults, 12.0)
    assert sensed[3] == sensed[5] != 20.0


def test_faults_end_in_any_order_and_rows_are_used_again() -> None:
    faults = fault_set(capacity=3)
    handles = [faults.start(n, "offset", {n: [k]}, {"offset": 1.0 + k}, 0.0) for k, n in enumerate("abc")]
    with pytest.raises(InputError, match="4 faulty values are too many; at most 3"):
        faults.start("d", "stuck", {"d": [3]}, {}, 0.0)
    assert shown(faults, 1.0).tolist() == [21.0, 22.0, 23.0, 20.0, 20.0, 20.0, 20.0, 20.0]
    faults.end(handles[1])
    faults.end(handles[1])
    assert faults.active() == {handles[0], handles[2]}
    assert shown(faults, 1.0).tolist() == [21.0, 20.0, 23.0, 20.0, 20.0, 20.0, 20.0, 20.0]
    faults.start("b", "offset", {"b": [7]}, {"offset": 5.0}, 2.0, until=10.0)
    assert shown(faults, 3.0)[7] == 25.0
    faults.start("e", "offset", {"e": [6]}, {"offset": 5.0}, 10.0)  # the row of "b" is free: its time has passed
    assert shown(faults, 11.0).tolist() == [21.0, 20.0, 23.0, 20.0, 20.0, 20.0, 25.0, 20.0]


def test_a_snapshot_of_the_store_holds_the_faults() -> None:
    class Meter(Model):
        temp = sensor("degC")

    store = Store({Meter: ["m"], ValueFault: ["fault_1", "fault_2"]})
    faults = FaultSet(store.tables["valuefault"], SIZE)
    handle = faults.start("s", "stuck", {"m.temp": [3]}, {}, 0.0)
    assert shown(faults, 1.0, 18.0)[3] == 18.0
    warm = store.snapshot()
    faults.end(handle)
    faults.start("o", "offset", {"m.temp": [3]}, {"offset": 1.0}, 2.0)
    store.restore(warm)
    assert faults.active() == {handle}
    assert shown(faults, 9.0, 30.0)[3] == 18.0
    faults.end(handle)
    assert shown(faults, 9.0, 30.0)[3] == 30.0


@pytest.mark.parametrize(
    ("kind", "parameters", "slots", "ramp", "message"),
    [
        ("ofset", {}, {"a": [0]}, 0.0, "no value fault 'ofset'; did you mean 'offset'"),
        ("offset", {}, {"a": [0]}, 0.0, "needs 'offset'"),
        ("stuck", {}, {"a": [0]}, 5.0, "has no ramp"),
        ("stuck", {}, {"a": [SIZE]}, 0.0, "a has no place 8 among 8 sensed values"),
        ("stuck", {}, {"a": [-1]}, 0.0, "no place -1"),
        ("stuck", {}, {"a": [0, 1, 2], "b": [0, 1, 2, 3, 4, 5]}, 0.0, "too many"),
    ],
)
def test_a_wrong_start_is_refused_and_changes_nothing(
    kind: str, parameters: dict[str, float], slots: dict[str, list[int]], ramp: float, message: str
) -> None:
    faults = fault_set()
    with pytest.raises(InputError, match=f"f: .*{message}"):
        faults.start("f", kind, slots, parameters, 0.0, ramp)
    assert not faults.active()


def test_a_name_stands_for_one_active_fault() -> None:
    faults = one("stuck", {})
    with pytest.raises(InputError, match="active already"):
        faults.start("f", "stuck", {"a": [0]}, {}, 100.0)


@pytest.mark.parametrize(
    ("kind", "given", "unit", "parsed"),
    [
        ("offset", {"offset": "2 K"}, "degC", {"offset": 2.0}),
        ("offset", {"offset": "50 kPa"}, "Pa", {"offset": 50000.0}),
        ("offset", {"offset": 1}, "1", {"offset": 1.0}),
        ("drift", {"rate": "24 K/d"}, "degC", {"rate": 1.0}),
        ("drift", {"rate": "0.5 m3/h/h"}, "m3/h", {"rate": 0.5}),
        ("scale", {"factor": 0.1}, "m3/h", {"factor": 0.1}),
        ("noise", {"sigma": "100 mK"}, "degC", {"sigma": 0.1}),
        ("dropout", {"value": "850 degC", "share": "20 %"}, "degC", {"value": 850.0, "share": 0.2}),
        ("quantisation", {"step": "0.5 K"}, "degC", {"step": 0.5}),
        ("stuck", {}, "degC", {}),
    ],
)
def test_parameters_are_given_with_their_units(
    kind: str, given: dict[str, object], unit: str, parsed: dict[str, float]
) -> None:
    assert VALUE_FAULTS[kind].parse(given, unit, "x.yaml:3") == pytest.approx(parsed)


def test_a_lost_signal_has_defaults() -> None:
    parsed = VALUE_FAULTS["dropout"].parse({}, "degC", "")
    assert math.isnan(parsed["value"])
    assert parsed["share"] == 1.0


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("offset", {"offset": "2 degC"}, "is a temperature; expected a difference in K"),
        ("offset", {"offset": "2 °C"}, "expected a difference in K"),
        ("offset", {"offset": 2}, "has no unit"),
        ("offset", {"offset": "1e400 K"}, "'1e400 K' is not a finite number"),
        ("offset", {}, "needs 'offset'"),
        ("offset", {"ofset": "2 K"}, "no parameter of fault 'offset' 'ofset'; did you mean 'offset'"),
        ("noise", {"sigma": "-1 K"}, "above 0"),
        ("quantisation", {"step": "0 K"}, "above 0"),
        ("dropout", {"share": 1.5}, "up to 1"),
        ("drift", {"rate": "1 bar/h"}, "not a quantity in K/h"),
    ],
)
def test_wrong_parameters_are_named_with_their_place(kind: str, given: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=f"x.yaml:3.*{message}"):
        VALUE_FAULTS[kind].parse(given, "degC", "x.yaml:3")


def test_the_registry_says_what_an_engineer_sees() -> None:
    assert list(VALUE_FAULTS) == [
        "offset", "scale", "drift", "stuck", "noise", "dropout", "quantisation", "broken", "short", "over", "under",
    ]  # fmt: skip
    fields = set(ValueFault.points)
    for name, kind in VALUE_FAULTS.items():
        assert kind.name == name
        assert kind.sentence.endswith(".")
        assert {parameter.field for parameter in kind.parameters} <= fields
        assert all(parameter.doc for parameter in kind.parameters)


BITS = """
    import hashlib
    import numpy as np
    from twin.fault_set import FaultSet, fault_rows
    from twin.faults import apply_faults
    from twin.kernel import JIT

    faults = FaultSet(fault_rows(16), 8, 7)
    every = {f"p{k}": [k] for k in range(8)}
    faults.start("n", "noise", every, {"sigma": 0.37}, 2.0, ramp=31.0)
    for slot, (kind, parameters) in enumerate((
        ("offset", {"offset": 0.1}), ("scale", {"factor": 1.1}), ("drift", {"rate": 0.3}), ("stuck", {}),
        ("dropout", {"share": 0.4}), ("dropout", {"value": 1.5, "share": 0.5}), ("quantisation", {"step": 0.1}),
    )):
        faults.start(f"f{slot}", kind, {f"p{slot}": [slot]}, parameters, 5.0)
    digest = hashlib.sha256()
    for time_ms in range(0, 600_000, 1700):
        sensed = np.arange(8) + time_ms / 7000.0
        apply_faults(sensed, faults.rows, time_ms / 1000.0)
        digest.update(sensed.tobytes())
    print(JIT, digest.hexdigest())
"""


def bits(disable_jit: str) -> list[str]:
    environment = {**os.environ, "NUMBA_DISABLE_JIT": disable_jit, "PYTHONWARNINGS": "error::RuntimeWarning"}
    command = [sys.executable, "-c", textwrap.dedent(BITS)]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_compiled_and_plain_python_give_the_same_bits() -> None:
    compiled, plain = bits("0"), bits("1")
    assert [compiled[0], plain[0]] == ["True", "False"]
    assert compiled[1] == plain[1]


def test_noise_stays_the_same_from_release_to_release() -> None:
    drawn = np.array([gaussian(seed_of(7, "n", "t.temp"), k) for k in range(1000)])
    assert hashlib.sha256(drawn.tobytes()).hexdigest()[:16] == "0997c2818fa99401"
