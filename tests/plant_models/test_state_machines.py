"""State machines do what their tables say: every change that is seen stands there, every one that stands there is seen.

The machines run as plain Python in a process of their own, with the one function that changes their state watched.
"""

import json
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from plant_models.tick.kinds import MODELS
from twin.points import PARAMETER, STATE, STATUS

TABLES = {
    "unit": "plant_models.heat_pump.states",
    "boiler": "plant_models.equipment.boiler",
    "room unit": "plant_models.households.states",
    "well": "plant_models.ground.well_solids",
}
PROGRAM = """
import json
from plant_models.heat_pump import states as unit_states
from plant_models.households import states as room_states

seen = {}

def watch(machine, module, name, point, names):
    found, enter = seen.setdefault(machine, set()), getattr(module, name)

    def watched(row, state):
        before = float(row[point])
        enter(row, state)
        if before != float(row[point]):
            found.add((names[int(before)], names[int(row[point])]))

    setattr(module, name, watched)

watch("unit", unit_states, "enter", "state", unit_states.STATES.names)
from plant_models.equipment import boiler
from plant_models.ground import well, well_solids
from plant_models.households import sequence as room
from plant_models.households.room_unit import RoomUnit
from tests.plant_models.equipment.test_boiler import Bench
from tests.plant_models.heat_pump.conftest import Rig
from twin.store import Store
watch("boiler", boiler, "_enter", "firing_state", boiler.STATES.names)
watch("room unit", room, "_enter", "status_code", room_states.STATES.names)
watch("well", well_solids, "_enter", "backwashing", {0: "off", 1: "on"})

# the unit: brought to every state, then everything that may happen there
S = unit_states

def unit_at(state, **parameters):
    rig = Rig(min_off=0.0, fault_delay=10.0, flow_bypass=3.0, start_time=5.0, pump_overrun=5.0, **parameters)
    unit = rig.unit
    unit.enable_cmd, unit.leaving_temp_sp = 1.0, 65.0
    if state == S.OFF:
        unit.enable_cmd = 0.0
        return rig.run(2.0)
    if state in (S.ALARM, S.LOCKOUT):
        unit.max_retries = 1.0 if state == S.LOCKOUT else 3.0
        rig.until(lambda u: u.state == S.RUN)
        unit.hp_cut_out = 1.0
    if state == S.STOPPING:
        rig.until(lambda u: u.state == S.RUN)
        unit.enable_cmd = 0.0
    rig.until(lambda u: u.state == state)
    return rig

for state in (S.PRE, S.START, S.RUN, S.STOPPING, S.OFF):
    for fault in ("supply_loss", "phase_loss"):
        for most in (3.0, 1.0):
            rig = unit_at(state)
            rig.unit[fault], rig.unit.max_retries = 1.0, most
            rig.run(3.0)
for state in (S.OFF, S.PRE, S.START, S.RUN, S.STOPPING, S.ALARM):
    rig = unit_at(state)
    rig.unit.frozen = 1.0
    rig.run(3.0)
for state in (S.PRE, S.START, S.RUN):
    rig = unit_at(state)
    rig.unit.enable_cmd = 0.0
    rig.run(10.0)
    for most in (3.0, 1.0):
        rig = unit_at(state)
        rig.unit.max_retries, rig.unit.hp_cut_out = most, 1.0
        rig.flow(0.0, 0.0)
        rig.unit.flow_proof_timeout = 5.0
        rig.run(15.0)
rig = unit_at(S.RUN, min_on=0.0)
rig.unit.leaving_temp_sp = 0.0
rig.run(10.0)
rig = unit_at(S.ALARM)
rig.unit.hp_cut_out = 1.8e6
rig.run(30.0)
for state in (S.ALARM, S.LOCKOUT):
    rig = unit_at(state)
    rig.unit.reset_cmd = 1.0
    rig.run(2.0)

# the boiler
def boiler_at(state):
    bench = Bench()
    bench.row.start_time, bench.row.enable_cmd = 5.0, float(state != boiler.OFF)
    bench.run({boiler.OFF: 2, boiler.PURGE: 4, boiler.FIRING: 20}[state])
    assert bench.row.firing_state == state
    return bench

for state in (boiler.OFF, boiler.PURGE, boiler.FIRING):
    for name, value in (("enable_cmd", 0.0), ("limit_temp", 20.0), ("fault_no_flame", 1.0), ("leaving_temp_sp", 20.0)):
        bench = boiler_at(state)
        bench.row[name] = value
        bench.run(60)
        bench.row.limit_temp, bench.row.reset_cmd = 95.0, 1.0
        bench.run(2)
    bench = boiler_at(state)
    bench.way.flow = 0.0
    bench.run(5)

# the room unit
R = room_states

class Room:
    def __init__(self):
        self.u = Store({RoomUnit: ["u"]}).tables["roomunit"][0]
        self.u.rated_cooling = 5000.0
        self.room, self.flow, self.ice = 15.0, 0.25, 0.0

    def run(self, seconds):
        for _ in range(seconds):
            room.step(self.u, self.room, 0.008, self.room, 10.0, self.flow, 10.0, self.ice, 1.0)
        return self

def room_at(state):
    at = Room()
    if state == R.WAITING:
        at.u.since_stop = 0.0
        at.run(2)
    elif state == R.OPENING:
        at.flow = 0.0
        at.run(2)
    elif state in (R.RUNNING, R.STOPPED, R.LOCKED, R.FROZEN):
        at.run(30)
        at.u.retries = 2.0 if state == R.LOCKED else 0.0
        at.flow = 0.0 if state in (R.STOPPED, R.LOCKED) else 0.25
        at.ice = 0.02 if state == R.FROZEN else 0.0
        at.run(0 if state == R.RUNNING else 15)
    assert at.u.status_code == state, (at.u.status_code, state)
    return at

for state in R.STATES:
    at = room_at(state)
    at.room = 30.0
    at.run(3)
    at = room_at(state)
    at.u.enable_cmd = 0.0
    at.run(3)
    at = room_at(state)
    at.u.reset_cmd = 1.0
    at.run(3)
    at = room_at(state)
    at.flow = 0.25 if state == R.STOPPED else 0.0
    at.run(200)
    at = room_at(state)
    at.u.mode_cmd, at.room = 2.0, 40.0
    at.run(3)
    at = room_at(state)
    room.cut(at.u, 10.0)

# the well
row = Store({well.SingleWell: ["well"]}).tables["singlewell"][0]
row.backwash_time = 5.0
for orders in ((1, 1, 1, 1, 1, 1, 1), (0, 1, 0)):
    for order in orders:
        row.backwash_cmd = order
        well_solids.maintain(row, 0.0, 1.0)
print(json.dumps({machine: sorted(found) for machine, found in seen.items()}))
"""


def told(module: str) -> set[tuple[str, str]]:
    """The changes of state in the table of a module's docstring."""
    lines = (import_module(module).__doc__ or "").splitlines()
    head = next(number for number, line in enumerate(lines) if re.fullmatch(r" {4}from +to +when +after", line))
    rows = []
    for line in lines[head + 1 :]:
        if not line.strip():
            break
        cells = re.split(r" {2,}", line.strip())
        assert len(cells) == 4, line
        rows.append((cells[0], cells[1]))
    return set(rows)


@pytest.fixture(scope="module")
def seen():
    """The changes of state that were seen, by machine."""
    env = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=root, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return {machine: {(a, b) for a, b in found} for machine, found in json.loads(done.stdout).items()}


@pytest.mark.parametrize("machine", TABLES)
def test_the_table_of_a_machine_is_what_it_does(seen, machine):
    table = told(TABLES[machine])
    assert len(table) > 1
    assert seen[machine] - table == set(), "seen, and not in the table"
    assert table - seen[machine] == set(), "in the table, and not seen"


@pytest.mark.parametrize(
    ("folder", "point", "places"),
    [
        ("heat_pump", "state", 1),
        ("equipment", "firing_state", 1),
        ("households", "status_code", 1),
        ("ground", "backwashing", 1),
    ],
)
def test_one_function_changes_the_state(folder, point, places):
    files = (Path(__file__).parents[2] / "plant_models" / folder).glob("*.py")
    pattern = re.compile(rf"\.{point}\b[^=\n]* = .*")
    found = [line for file in files for line in pattern.findall(file.read_text(encoding="utf-8"))]
    assert len(found) == places, found


def test_a_state_or_kind_is_compared_with_its_number_and_not_with_a_half():
    named = {
        name
        for model in MODELS
        for name, point in model.points.items()
        if point.kind in (STATUS, STATE, PARAMETER) and point.values and list(point.values.values()) != ["off", "on"]
    }
    assert {"state", "firing_state", "status_code", "mode", "changeover", "fuel"} <= named
    halves = re.compile(rf"\.({'|'.join(sorted(named))}) [<>]=? \d\.5\b")
    files = (Path(__file__).parents[2] / "plant_models").rglob("*.py")
    assert [
        f"{file.name}: {line}" for file in files for line in file.read_text().splitlines() if halves.search(line)
    ] == []
