"""Small recordings and a small plant for the tests of the scenario language."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pytest

from scenarios import Event, MemoryRecording, Outcome, Scenario, judge, read

UNITS = {
    "supply.temp": "degC",
    "supply.setpoint": "degC",
    "return.temp": "degC",
    "zone_1.temp": "degC",
    "zone_2.temp": "degC",
    "zone_10.temp": "degC",
    "bus.supply.temp": "degC",
    "weather.outdoor_temp": "degC",
    "valve.position": "1",
    "hp_1.running": "1",
    "hp_2.running": "1",
    "hp_1.stopped": "1",
    "hp_1.alarm_flow": "1",
    "hp_1.state": "1",
    "hp_2.state": "1",
    "hp_1.power": "W",
    "hp_2.power": "W",
    "hp_1.heat": "W",
    "loop.pressure": "Pa",
    "loop.flow": "m3/h",
}
STATES = {0: "off", 1: "wait", 2: "run"}
VALUES = {"hp_1.state": STATES, "hp_2.state": STATES}

Make = Callable[..., MemoryRecording]


@pytest.fixture
def make() -> Make:
    """A recording with given times and signals; every other signal is there and zero."""

    def made(
        time: Iterable[float], signals: Mapping[str, Iterable[float]] | None = None, events: Iterable[Event] = ()
    ) -> MemoryRecording:
        times = np.asarray(list(time), float)
        all_signals: dict[str, Iterable[float]] = {path: np.zeros(times.size) for path in UNITS}
        return MemoryRecording(times, all_signals | dict(signals or {}), UNITS, events, VALUES)

    return made


@pytest.fixture
def plant(make: Make) -> MemoryRecording:
    """The directory of names that conditions are checked against."""
    return make([0.0])


HEAD = """
scenario: probe
title: probe
why: probe
requirements: {REQ-1: something}
plant: office
clock: {start: "2026-01-15T04:00:00+01:00", duration: 100 s}
timeline:
  - {at: 20 s, fault: hp_1.stopped, to: 1, for: 40 s, id: down}
  - {at: 30 s, set: valve.position, to: 1, id: opened}
expect:
"""
DOWN = [Event(20, "down", "physical"), Event(60, "down", "physical", on=False)]
SHORT = {
    "temp": "supply.temp",
    "hp1": "hp_1.running",
    "hp2": "hp_2.running",
    "alarm": "hp_1.alarm_flow",
    "power": "hp_1.power",
    "heat": "hp_1.heat",
    "flow": "loop.flow",
    "valve": "valve.position",
}


@pytest.fixture
def outcome() -> Callable[[MemoryRecording, str], Outcome]:
    """What becomes of one criterion, given as its line in the file, on a recording."""
    return lambda recording, line: judge(read(f"{HEAD}  - {{id: c, {line}}}\n", "probe.yaml"), recording)[-1]


@pytest.fixture
def check(make: Make, outcome: Callable[[MemoryRecording, str], Outcome]) -> Callable[..., None]:
    """Judge one line on signals from 0 to `last`, every second, the plant `down` from 20 s to 60 s."""

    def checked(line: str, expected: str, last: int, signals: Mapping[str, np.ndarray]) -> None:
        time = np.arange(last + 1.0)
        cut = {SHORT[name]: np.asarray(values, float)[: last + 1] for name, values in signals.items()}
        found = outcome(make(time, cut, [event for event in DOWN if event.time_s <= last]), line)
        verdict, _, rest = expected.partition(": ")
        assert found.verdict == verdict, found
        words = rest.split()
        margin = None if not words or words[0] == "None" else pytest.approx(float(words[0]))
        assert found.margin == margin, found
        assert not words or found.unit == (words[1] if words[1] != "@" else ""), found
        assert found.at_s == (None if not words or words[-1] == "None" else float(words[-1])), found
        assert found.sentence
        total = line.startswith(("integral", "ratio"))
        assert (found.violation is not None) == (verdict == "fail" and not total), found

    return checked


@pytest.fixture
def scenario_with() -> Callable[[str], Scenario]:
    """A scenario with one criterion (`c`, above 0 degC) and more lines behind it."""
    return lambda lines: read(f"{HEAD}  - {{id: c, always: supply.temp > 0 degC}}\n{lines}", "probe.yaml")
