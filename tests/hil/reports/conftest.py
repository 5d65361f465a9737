"""A synthetic run of six hours: recorded as a run is, judged by the real criteria, one of them violated by a fault."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hil.reports.result import RunResult
from scenarios import judge, read
from scenarios.criteria.verdict import worst
from twin.recorded import open_recording
from twin.recorder import Column, Recorder, Source

SCENARIO = """
scenario: source-pump-failure
title: A source pump fails during the morning peak
why: The controller must start the standby pump, keep the supply warm and never let the evaporator freeze.
requirements:
  REQ-HP-014: The supply stays warm enough for the rooms whatever single pump fails.
  REQ-HP-021: The standby pump runs within one minute after the duty pump has failed.
  REQ-ALM-003: A failed pump is reported by an alarm.
  REQ-DOC-001: The failure is written into the maintenance log.
plant: office
clock: {start: "2026-01-15T04:00:00+01:00", duration: 6 h, seed: 7}
timeline:
  - {id: peak, at: 1 h, set: supply.set_temp_sp, to: 45 degC}
  - {id: p1_down, at: 2 h 10 min, fault: source_pump_1.jammed, to: 1, for: 40 min}
  - {id: reads_high, at: 4 h, fault: sensor.offset, target: supply.supply_temp, offset: 2 K, for: 30 min}
expect:
  - {id: warm, requirement: REQ-HP-014, always: supply.supply_temp > 38 degC, grace: 60 s, from: 30 min}
  - {id: standby, requirement: REQ-HP-021, after: p1_down, that: source_pump_2.running, within: 60 s}
  - {id: alarm, requirement: REQ-ALM-003, after: p1_down, that: source_pump_1.alarm_jammed, within: 2 min}
  - {id: loop-pressure, between: load.pressure, lo: 1.5 bar, hi: 2.6 bar}
  - {id: energy, integral: hp_1.power, at_most: 310 kWh, severity: warn}
  - {id: defrosts, after: hp_1.alarm_frost, that: hp_1.running < 1, within: 10 s}
"""
VERSIONS = {"geotwin": "0.1.0", "python": "3.11.9", "numpy": "2.4.6", "numba": "0.62.1"}
MODES = {0: "off", 1: "heat", 2: "cool", 3: "defrost"}
Make = Callable[..., RunResult]


def signals(time: Any) -> dict[str, tuple[str, Any]]:
    """Unit and values of every signal: a day's swing, a pump that fails between 2 h 10 min and 2 h 50 min."""
    hours = time / 3600.0
    noise = np.random.default_rng(5).normal(0.0, 0.15, time.size)
    down = (hours >= 2 + 1 / 6) & (hours < 2 + 5 / 6)
    dip = np.where(down, 8.0 * np.sin(np.clip((hours - 2 - 1 / 6) / (2 / 3), 0, 1) * np.pi), 0.0)
    supply = 38.9 + 4.5 * (1 - np.exp(-np.maximum(hours - 0.2, 0) * 4)) + 0.8 * np.sin(hours * 9) + noise - dip
    power = np.where(down, 31e3, 52e3 + 9e3 * np.sin(hours * 5))
    found: dict[str, tuple[str, Any]] = {
        "supply.supply_temp": ("degC", supply),
        "supply.set_temp_sp": ("degC", np.where(hours < 1, 42.0, 45.0)),
        "supply.return_temp": ("degC", supply - 5.0 - 0.5 * np.sin(hours * 3)),
        "weather.outdoor_temp": ("degC", -9.0 + 2.5 * np.sin(hours / 6 * np.pi)),
        "source.leaving_temp": ("degC", 9.0 - np.where(down, 4.0, 0.0) + noise),
        "hp_1.power": ("W", power),
        "hp_1.heating_capacity": ("W", 3.9 * power),
        "hp_1.energy": ("J", np.cumsum(power) * 5.0),
        "hp_1.running": ("1", np.ones_like(time)),
        "hp_1.mode": ("1", np.where(hours < 0.2, 0.0, np.where((hours > 5) & (hours < 5.2), 3.0, 1.0))),
        "hp_1.alarm_frost": ("1", np.zeros_like(time)),
        "source_pump_1.flow": ("m3/h", np.where(down, 0.0, 16.0 + noise)),
        "source_pump_2.flow": ("m3/h", np.where(down, 15.0 + noise, 0.0)),
        "source_pump_1.jammed": ("1", down.astype(float)),
        "source_pump_1.running": ("1", (~down).astype(float)),
        "source_pump_2.running": ("1", ((hours > 2 + 1 / 6 + 35 / 3600) & (hours < 2.85)).astype(float)),
        "source_pump_1.alarm_jammed": ("1", ((hours > 2.18) & (hours < 3.4)).astype(float)),
        "source_pump_1.speed_cmd": ("1", np.where(down, 1.0, 0.6 + 0.2 * np.sin(hours * 7))),
        "load.pressure": ("Pa", 2.0e5 + 2e4 * np.sin(hours * 2)),
        "load.differential_pressure": ("Pa", 3.0e4 + 4e3 * np.sin(hours * 11)),
    }
    for number in range(1, 9):
        found[f"zone_{number}.room_temp"] = ("degC", 20.5 + 0.2 * number + 0.6 * np.sin(hours + number))
    return found


def record(folder: Path, scenario: Any, period_s: float = 5.0) -> None:
    """Record the run into the folder, with the events that a runner notes."""
    time = np.arange(0.0, scenario.clock.duration, period_s)
    made = signals(time)
    values = np.zeros(len(made))
    columns = [
        Column(path, unit, slot, "float32", MODES if path == "hp_1.mode" else {})
        for slot, (path, (unit, _)) in enumerate(made.items())
    ]
    rows = np.column_stack([numbers for _, numbers in made.values()])
    with Recorder(folder, [Source(values, columns)], int(period_s * 1000), {"scenario": "source-pump-failure"}) as tape:
        for at_s, row in zip(time, rows, strict=True):
            values[:] = row
            tape.record(int(at_s * 1000))
        tape.event(3_600_000, "peak", "set", True, "supply.set_temp_sp = 45 degC")
        tape.event(7_800_000, "p1_down", "physical", True, "source_pump_1.jammed = 1")
        tape.event(10_200_000, "p1_down", "physical", False)
        tape.event(14_400_000, "reads_high", "sensor.offset", True, "supply.supply_temp by 2 K")
        tape.event(16_200_000, "reads_high", "sensor.offset", False)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes the result of the run, recorded into `tmp_path / "run"`; `old` is replaced by `new` in the scenario."""

    def made(old: str = "", new: str = "", **changes: Any) -> RunResult:
        scenario = read(SCENARIO.replace(old, new) if old else SCENARIO, "source-pump-failure.yaml")
        record(tmp_path / "run", scenario)
        outcomes = judge(scenario, open_recording(tmp_path / "run"))
        result = RunResult(
            scenario=scenario,
            plant="office",
            plant_title="Office building with four wells",
            controller="reference",
            clock="free",
            seed=7,
            verdict=worst(outcome.verdict for outcome in outcomes),
            outcomes=outcomes,
            balance={"energy_residual": 3.1e-16, "water_residual": float("nan")},
            timing={"simulated_s": 21600.0, "wall_s": 1.25, "lag_p99_ms": 0.4},
            versions=VERSIONS,
            started="2026-11-21T21:18:44+00:00",
            energy={"heat_to_rooms": 1184.2, "electricity": 301.4, "heat_from_ground": 880.1},
            water={"withdrawn": 95.4, "reinjected": 95.4},
            facts={"journal": "0 outside writes"},
        )
        return replace(result, **changes)

    return made


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """The folder of the run that `make` records."""
    return tmp_path / "run"
