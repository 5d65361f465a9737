"""The reference controller against failures of the plant, in a whole office."""

from typing import Any

import numpy as np
import pytest

from hil.controllers.settings.settings import Settings
from hil.controllers.source.low_source import LowSource

PAIRS = (("source", "source_pump"), ("load", "load_pump"))


def duty(plant: Any, pump: str) -> str:
    """The pump of a pair that runs."""
    running = [name for name in (f"{pump}_1", f"{pump}_2") if plant.read(f"{name}.running") > 0.5]
    assert len(running) == 1
    return running[0]


@pytest.mark.parametrize(("loop", "pump"), PAIRS)
@pytest.mark.parametrize("fault", ["fault_trip", "fault_coupling", "fault_no_proof", "fault_power"])
def test_the_standby_pump_takes_over(office: Any, loop: str, pump: str, fault: str) -> None:
    meter, alarm = f"{loop}_meter.flow", f"panel.alarm_{pump}"
    watch = (meter, alarm, "panel.alarm_flow", "hp_1.enable_cmd", "hp_2.enable_cmd")
    plant = office("reference", "2026-01-15T06:00", scan_s=1.0, watch=watch)
    plant.run(1.5)
    failing, before, start = duty(plant, pump), plant.read(meter), plant.now
    plant.set(**{f"{failing}__{fault}": 1.0})
    plant.run(1.5)
    assert plant.first(alarm, lambda on: on > 0.5, after=start) - start <= 15.0
    low = plant.first(meter, lambda flow: flow < 0.9 * before, after=start)
    assert plant.first(meter, lambda flow: flow >= 0.9 * before, after=low) - start <= 60.0
    contradiction = plant.first("panel.alarm_flow", lambda on: on > 0.5, after=start) - start
    assert contradiction <= 60.0 if fault == "fault_coupling" else contradiction == float("inf")
    assert plant.read(f"{failing}.enable_cmd") == 0.0
    for unit in ("hp_1", "hp_2"):
        assert plant.read(f"{unit}.refused_starts") == 0.0
        assert plant.read(f"{unit}.retries") == 0.0
        assert plant.read(f"{unit}.frozen") == 0.0
    assert plant.read("hp_1.running") + plant.read("hp_2.running") >= 1.0
    assert plant.read(alarm) == 1.0

    plant.set(**{f"{failing}__{fault}": 0.0}, panel__alarm_reset=1.0)
    plant.run(0.05)
    plant.set(panel__alarm_reset=0.0)
    plant.run(0.05)
    assert plant.read(alarm) == 0.0
    assert plant.read(f"{failing}.alarm_trip") == 0.0


@pytest.mark.parametrize("scan_s", [0.5, 30.0])
def test_any_scan_period_will_do(office: Any, scan_s: float) -> None:
    watch = ("load_meter.flow", "panel.alarm_load_pump", "hp_1.running", "hp_2.running")
    plant = office("reference", "2026-01-15T06:00", scan_s=scan_s, watch=watch)
    plant.run(1)
    before, start = plant.read("load_meter.flow"), plant.now
    plant.set(**{f"{duty(plant, 'load_pump')}__fault_trip": 1.0})
    plant.run(1.5)
    assert plant.first("panel.alarm_load_pump", lambda on: on > 0.5, after=start) - start <= 60.0
    assert plant.read("load_meter.flow") > 0.9 * before
    assert plant.read("hp_1.refused_starts") + plant.read("hp_2.refused_starts") == 0.0
    later = plant.times > start + 1800.0
    assert (plant.at("hp_1.running") + plant.at("hp_2.running"))[later].max() >= 1.0


def test_without_a_sound_pump_the_loop_is_tried_again(office: Any) -> None:
    """A power failure of ten minutes takes both pumps; afterwards the plant comes back by itself."""
    plant = office("reference", "2026-01-15T06:00", watch=("source_meter.flow",))
    plant.run(1)
    for pump in ("source_pump_1", "source_pump_2"):
        plant.set(**{f"{pump}__fault_power": 1.0})
    plant.run(1 / 6)
    assert plant.read("hp_1.running") + plant.read("hp_2.running") == 0.0
    for pump in ("source_pump_1", "source_pump_2"):
        plant.set(**{f"{pump}__fault_power": 0.0})
    plant.run(1)
    assert plant.read("source_meter.flow") > 55.0
    assert plant.read("hp_1.running") + plant.read("hp_2.running") >= 1.0
    assert plant.read("hp_1.refused_starts") + plant.read("hp_2.refused_starts") == 0.0


@pytest.mark.parametrize(("loop", "pump"), PAIRS)
def test_one_push_of_the_button_brings_both_tripped_pumps_back(office: Any, loop: str, pump: str) -> None:
    """Clause PU-1.11: the operator has mended both, pushes once for 30 s, and leaves."""
    meter, alarm = f"{loop}_meter.flow", f"panel.alarm_{pump}"
    plant = office("reference", "2026-01-15T06:00", watch=(meter, "panel.alarm"))
    plant.run(1.5)
    pair = (f"{pump}_1", f"{pump}_2")
    plant.set(**{f"{one}__fault_trip": 1.0 for one in pair})
    plant.run(0.1)
    plant.set(**{f"{one}__fault_trip": 0.0 for one in pair})
    plant.run(0.4)
    assert (plant.read(alarm), plant.read(meter) < 1.0) == (1.0, True)
    pushed = plant.now
    plant.set(panel__alarm_reset=1.0)
    plant.run(30 / 3600)
    plant.set(panel__alarm_reset=0.0)
    plant.run(0.5)
    assert plant.first(meter, lambda flow: flow > 55.0, after=pushed) - pushed <= 60.0
    assert plant.at("panel.alarm")[plant.times > pushed + 30.0].max() == 0.0
    assert plant.read("hp_1.running") + plant.read("hp_2.running") >= 1.0


def test_duty_rotates_with_overlap(office: Any) -> None:
    watch = ("load_pump_1.running", "load_pump_2.running", "load_meter.flow", "panel.alarm")
    plant = office("reference", "2026-01-15T06:00", watch=watch)
    plant.run(1)
    first = duty(plant, "load_pump")
    plant.controller.load.duty.changed_at = plant.now - 168 * 3600.0
    start = plant.now
    plant.run(0.1)
    assert duty(plant, "load_pump") != first
    assert plant.at("load_meter.flow")[plant.times > start].min() > 55.0
    assert plant.at("panel.alarm").max() == 0.0
    both = (plant.at("load_pump_1.running") + plant.at("load_pump_2.running"))[plant.times > start] > 1.5
    assert 1 <= both.sum() <= 8


def test_a_failed_well_pump_is_replaced(office: Any) -> None:
    plant = office("reference", "2026-01-15T06:00", watch=("withdrawn.flow", "panel.alarm_well_pump"))
    plant.run(4)
    running = [n for n in range(1, 5) if plant.read(f"well_pump_{n}.running") > 0.5]
    plant.set(**{f"well_pump_{running[0]}__fault_trip": 1.0})
    start = plant.now
    plant.run(0.1)
    assert plant.first("panel.alarm_well_pump", lambda on: on > 0.5, after=start) - start <= 30.0
    now_running = [n for n in range(1, 5) if plant.read(f"well_pump_{n}.running") > 0.5]
    assert running[0] not in now_running
    assert len(now_running) >= min(len(running), 3)


def test_a_cold_source_unloads_and_stops_the_units_before_they_freeze(office: Any) -> None:
    watch = ("hp_1.running", "hp_2.running", "hp_1.evaporator_leaving_temp", "hp_2.evaporator_leaving_temp",
             "panel.alarm_low_source", "hp_1.capacity_limit_cmd")  # fmt: skip
    plant = office("reference", "2026-01-15T06:00", "beijing_record_cold_day", watch=watch)
    plant.run(2)
    assert plant.read("panel.alarm_low_source") == 0.0
    for number in range(1, 5):
        plant.set(**{f"well_{number}__ground_temp": 4.5})
    start = plant.now
    plant.run(2)
    assert plant.first("panel.alarm_low_source", lambda on: on > 0.5, after=start) < start + 3600.0
    limits = plant.at("hp_1.capacity_limit_cmd")
    assert {0.5, 0.25} <= set(limits)
    assert plant.read("hp_1.running") + plant.read("hp_2.running") == 0.0
    for unit in ("hp_1", "hp_2"):
        assert plant.read(f"{unit}.retries") == 0.0
        assert plant.at(f"{unit}.evaporator_leaving_temp").min() > 3.0
    for number in range(1, 5):
        plant.set(**{f"well_{number}__ground_temp": 14.5})
    plant.run(2)
    assert plant.read("hp_1.running") + plant.read("hp_2.running") >= 1.0
    assert plant.read("hp_1.refused_starts") + plant.read("hp_2.refused_starts") == 0.0


def test_levels_of_a_cold_source() -> None:
    """Down at once after 30 s to 50, 25, 0 % at 6, 5, 4 degC; up step by step, from 7 degC."""
    guard = LowSource(Settings())

    def hold(temp: float | None, seconds: float, source: float = 14.0) -> float:
        for _ in range(round(seconds / 10.0) + 1):
            guard.update(hold.time, temp, source)  # type: ignore[attr-defined]
            hold.time += 10.0  # type: ignore[attr-defined]
        return guard.limit

    hold.time = 0.0  # type: ignore[attr-defined]
    assert hold(6.1, 600.0) == 100.0
    assert hold(5.9, 10.0) == 100.0
    assert hold(5.9, 30.0) == 50.0
    assert hold(6.9, 600.0) == 50.0
    assert hold(4.9, 40.0) == 25.0
    assert hold(3.9, 40.0) == 0.0
    assert guard.stopped
    assert hold(None, 600.0, source=6.9) == 0.0
    assert hold(None, 320.0, source=7.1) == 25.0
    assert hold(7.1, 640.0) == 100.0
    assert not guard.alarm


def test_low_pressure_stops_the_pumps_of_its_loop(office: Any) -> None:
    watch = ("load_holding.pressure", "load_pump_1.running", "load_pump_2.running", "panel.alarm_pressure",
             "load_pump_1.alarm_cavitation", "hp_1.running", "hp_2.running")  # fmt: skip
    plant = office("reference", "2026-01-15T06:00", watch=watch)
    plant.run(1)
    plant.set(load_holding__leak=3000.0, load_holding__make_up_failed=1.0)
    start = plant.now
    plant.run(1)
    low = plant.first("load_holding.pressure", lambda p: p < 150e3, after=start)
    assert plant.first("panel.alarm_pressure", lambda on: on > 0.5, after=low) - low <= 30.0
    stopped = (plant.times > low + 40.0)[:]
    assert (plant.at("load_pump_1.running") + plant.at("load_pump_2.running"))[stopped].max() == 0.0
    assert (plant.at("hp_1.running") + plant.at("hp_2.running"))[stopped].max() == 0.0
    assert plant.at("load_pump_1.alarm_cavitation").max() == 0.0


def test_a_leak_is_reported_within_half_an_hour(office: Any) -> None:
    plant = office("reference", "2026-01-15T06:00", watch=("panel.alarm_leak", "source_holding.pressure"))
    plant.run(1)
    plant.set(source_holding__leak=400.0)
    start = plant.now
    plant.run(2)
    assert plant.first("panel.alarm_leak", lambda on: on > 0.5, after=start) < start + 7200.0
    assert plant.at("source_holding.pressure")[plant.times > start].min() > 180e3


def test_emergency_stop_holds_until_it_is_acknowledged(office: Any) -> None:
    watch = ("hp_1.running", "load_meter.flow", "source_meter.flow")
    plant = office("reference", "2026-01-15T06:00", scan_s=1.0, watch=watch)
    plant.run(0.75)
    assert plant.read("hp_1.running") + plant.read("hp_2.running") >= 1.0
    plant.set(panel__emergency_stop=1.0)
    plant.run(3 / 3600)
    assert plant.read("hp_1.running") + plant.read("hp_2.running") == 0.0
    plant.set(panel__emergency_stop=0.0)
    plant.run(0.75)
    assert plant.read("load_meter.flow") < 1.0
    assert plant.read("hp_1.running") + plant.read("hp_2.running") == 0.0
    plant.set(panel__alarm_reset=1.0)
    plant.run(0.5)
    assert plant.read("hp_1.running") + plant.read("hp_2.running") >= 1.0
    assert plant.read("hp_1.refused_starts") + plant.read("hp_2.refused_starts") == 0.0


def test_another_unit_takes_over_from_one_in_alarm(office: Any) -> None:
    plant = office("reference", "2026-01-15T12:00", watch=("panel.alarm_unit",))
    plant.run(4)
    running = [unit for unit in ("hp_1", "hp_2") if plant.read(f"{unit}.running") > 0.5]
    assert len(running) == 1
    other = "hp_2" if running == ["hp_1"] else "hp_1"
    plant.set(**{f"{running[0]}__phase_loss": 1.0})
    start = plant.now
    plant.run(0.75)
    assert plant.first("panel.alarm_unit", lambda on: on > 0.5, after=start) - start <= 30.0
    assert plant.read(f"{other}.running") == 1.0
    assert plant.read(f"{running[0]}.enable_cmd") == 0.0
    assert plant.read(f"{other}.refused_starts") == 0.0


def test_life_sign(office: Any) -> None:
    plant = office("reference", "2026-01-15T06:00", watch=("panel.life_sign",))
    plant.run(0.5)
    raised = np.diff(plant.at("panel.life_sign"))
    assert set(raised) == {0.0, 1.0}
    assert raised.sum() == 29.0 or raised.sum() == 30.0
