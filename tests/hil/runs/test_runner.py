"""Whole runs: one trajectory in every clock, replay, faults at their time, and what breaks gives an error."""

import asyncio
import json

import pytest

from hil.bus.address import Address
from hil.runs.folder import fresh_folder
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import read
from twin.errors import InputError, RigError
from twin.recorded import fingerprint, open_recording

SCENARIO = """\
scenario: short
title: Twenty minutes of winter
why: to see the runner at work
requirements: {REQ-1: "Rooms stay warm"}
plant: office
clock: {start: "2026-01-15T08:00:00+08:00", duration: 20 min, seed: 7, scan: 5 s}
initial: {"zone_*.temp": 19 degC, "zone_*.mass_temp": 19 degC}
timeline:
  - {at: 5 min, fault: sensor.offset, target: load_meter.supply_temp, offset: 3 K, for: 5 min, id: wrong}
  - {at: 6 min, fault: sensor.noise, target: weather.outdoor_temp, sigma: 0.5 K, id: noisy}
  - {at: 8 min, fault: well_pump_1.fault_trip, to: 1, for: 2 min, id: trip}
  - {at: 10 min, ramp: weather.temp_shift, to: -5 K, over: 5 min, id: colder}
  - {when: weather.temp_shift < -2 K, set: panel.emergency_stop, to: 1, id: stop_pressed}
expect:
  - {id: warm, requirement: REQ-1, always: "zone_*.temp > 17 degC"}
  - {id: not-too-cold, always: weather.temp_shift > -6 K}
"""


def run(tmp_path, name, text=SCENARIO, **options):
    wanted = RunOptions(out=tmp_path / name, **options)
    scenario = read(text, "short.yaml")
    one = Run(scenario, wanted)
    folder = fresh_folder(wanted.out, "short")
    return asyncio.run(one.play(folder, lambda _: None)), folder


@pytest.fixture(scope="module")
def free(tmp_path_factory):
    return run(tmp_path_factory.mktemp("free"), "free")


def test_a_run_passes_and_its_accounts_close(free):
    result, folder = free
    assert result.verdict == "pass", result.outcomes
    assert result.balance["energy_residual"] < 1e-6
    assert result.balance["water_residual"] < 1e-6
    assert result.timing["simulated_s"] == 1200.0
    assert {file.name for file in folder.iterdir()} == {
        "recording.parquet",
        "journal.jsonl",
        "scenario.yaml",
        ".geotwin-run",
    }
    assert result.energy["electricity of the units"] >= 0.0
    assert result.water["withdrawn (meter)"] == pytest.approx(result.water["reinjected (meter)"], rel=1e-6)


@pytest.mark.parametrize(("clock", "speed"), [("lockstep", 1.0), ("realtime", 2000.0)])
def test_every_clock_gives_the_same_recording(free, tmp_path, clock, speed):
    _, folder = run(tmp_path, clock, clock=clock, speed=speed)
    assert fingerprint(folder / "recording.parquet") == fingerprint(free[1] / "recording.parquet")


def test_a_journal_replays_its_run(free, tmp_path):
    _, folder = run(tmp_path, "replay", replay=free[1] / "journal.jsonl")
    assert fingerprint(folder / "recording.parquet") == fingerprint(free[1] / "recording.parquet")


def test_another_seed_is_another_run(free, tmp_path):
    _, folder = run(tmp_path, "seed", seed=8)
    assert fingerprint(folder / "recording.parquet") != fingerprint(free[1] / "recording.parquet")


def test_the_timeline_happens_at_its_times(free):
    recording = open_recording(free[1])
    began = {event.id: event.time_s for event in recording.events if event.on}
    pressed = began.pop("stop_pressed")
    assert began == {"wrong": 300.0, "noisy": 360.0, "trip": 480.0, "colder": 600.0}
    assert 600.0 < pressed < 900.0
    time = list(recording.time_s)
    truth, shown = recording.signal("load_meter.supply_temp"), recording.signal("bus.load_meter.supply_temp")
    inside, behind = time.index(450.0), time.index(650.0)
    assert shown[inside] - truth[inside] == pytest.approx(3.0, abs=0.011)
    assert shown[behind] - truth[behind] == pytest.approx(0.0, abs=0.011)
    shift = recording.signal("weather.temp_shift")
    assert shift[time.index(600.0)] == 0.0
    assert shift[time.index(1000.0)] == -5.0
    trip = recording.signal("well_pump_1.fault_trip")
    assert list(trip[[time.index(479.0), time.index(500.0), time.index(602.0)]]) == [0.0, 1.0, 0.0]


def test_a_scenario_that_does_not_fit_the_plant_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(InputError, match="zone_9"):
        run(tmp_path, "bad", SCENARIO.replace("load_meter.supply_temp", "zone_9.temp"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("set: panel.emergency_stop, to: 1", "set: well_1.leaving_temp, to: 12 degC", "is a sensor"),
        ("fault: well_pump_1.fault_trip, to: 1", "fault: well_pump_1.speed_cmd, to: 1", "not a fault"),
        ("fault: well_pump_1.fault_trip, to: 1", "fault: well_pump_1.fault_trip, to: 2", "outside 0 .. 1"),
        ("target: load_meter.supply_temp", "target: zone_1.mass_temp", "shown by no device"),
    ],
)
def test_actions_that_cannot_be_done_are_refused(tmp_path, old, new, message):
    text = SCENARIO.replace(old, new)
    with pytest.raises(InputError, match=message):
        run(tmp_path, "refused", text)
    assert not list(tmp_path.iterdir())


def test_a_controller_that_never_comes_is_an_error_and_the_recording_is_kept(tmp_path):
    lines = {"modbus": Address("127.0.0.1", 0)}
    result, folder = run(tmp_path, "alone", controller="modbus", clock="lockstep", lines=lines, wait_s=0.2)
    assert result.verdict == "error"
    assert "no controller has answered" in result.notes[0]
    assert (folder / "recording.parquet").exists()


def test_a_port_that_is_taken_is_an_error(tmp_path):
    async def taken():
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        one = Run(
            read(SCENARIO, "x"),
            RunOptions(controller="modbus", clock="lockstep", lines={"modbus": Address("127.0.0.1", port)}),
        )
        try:
            return port, await one.play(fresh_folder(tmp_path, "short"), lambda _: None)
        finally:
            server.close()
            await server.wait_closed()

    port, result = asyncio.run(taken())
    assert result.verdict == "error"
    assert f"port {port}" in result.notes[0]


def test_without_a_controller_nothing_moves(tmp_path):
    result, folder = run(tmp_path, "none", controller="none")
    assert result.verdict == "pass"
    lines = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
    assert len(lines) == 1


def test_a_controller_on_the_bus_needs_a_paced_clock():
    with pytest.raises(InputError, match="lockstep"):
        RunOptions(controller="modbus", clock="free")
    with pytest.raises(InputError, match="did you mean 'lockstep'"):
        RunOptions(clock="lockstop")
    assert issubclass(RigError, Exception)
