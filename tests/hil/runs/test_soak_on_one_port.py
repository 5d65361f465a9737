"""50 clients on 247 units of one port, at sixty times real time, while faults of plant and line come and go."""

import asyncio
import contextlib
import json
import random
import signal
import struct
import time
from collections import defaultdict
from pathlib import Path

import pytest

from tests.hil.runs.rigs import SPEED, Rig

UNITS, CLIENTS = 247, 50
TIMEOUT_S, PAUSE_S = 2.0, 0.15
WARM, LATE, MOST_GROWTH = (0.1, 0.3), 0.9, 1.05
DEVICE = """\
device: note
source: made up for the test
registers:
  - {table: ir, address: 0, name: outdoor, type: int16, scale: 0.01, uom: degC, point: weather.outdoor_temp}
  - {table: ir, address: 1, name: time, type: uint32, uom: s, point: rig.plant_time}
  - {table: hr, address: 0, name: note, type: uint32, access: rw}
"""
BENCH = """\
bench: one_port
plant: single_well
port: 5020
units:
  - {{unit: 1-{last}, name: "note_[1-{last}]", device: note.yaml}}
  - {{unit: 247, device: rig, component: rig}}
"""
FAULTS = (
    "fault: modbus.no_reply, target: note_3, for: 3 min",
    "fault: sensor.offset, target: weather.outdoor_temp, offset: 2 K, for: 4 min",
    'fault: modbus.delay, target: "*", delay: 100 ms, jitter: 200 ms, probability: 20 %, for: 3 min',
    "fault: modbus.exception, target: note_50, code: 6, for: 3 min",
    'fault: modbus.split, target: "*", bytes: 3, gap: 50 ms, probability: 10 %, for: 3 min',
    'fault: modbus.reset, target: "*", probability: 5 %, for: 2 min',
    "fault: well_pump_1.fault_trip, to: 1, for: 3 min",
    'fault: modbus.wrong_transaction, target: "*", probability: 5 %, for: 2 min',
    "fault: modbus.garbage, target: note_200, bytes: 9, count: 3, for: 3 min",
    'fault: modbus.half_open, target: "*", for: 2 min',
    'fault: modbus.down, target: "*", for: 1 min',
)


def timeline(hours):
    """A fault every five minutes of plant time: every five seconds."""
    moments = range(5, round(60 * hours) - 5, 5)
    entries = [f"  - {{at: {minute} min, {FAULTS[n % len(FAULTS)]}, id: f{n}}}\n" for n, minute in enumerate(moments)]
    return "timeline:\n" + "".join(entries)


class Client:
    """Writes growing numbers to its units and reads them back; connects again whenever something is wrong."""

    def __init__(self, port, units, seed):
        self.port, self.units, self.draw = port, units, random.Random(seed)
        self.sent, self.acknowledged = defaultdict(list), defaultdict(list)
        self.number = self.connections = self.troubles = 0

    async def work(self, until):
        while time.monotonic() < until:
            try:
                reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", self.port), TIMEOUT_S)
            except OSError:
                await asyncio.sleep(0.1)
                continue
            self.connections += 1
            try:
                await self._talk(reader, writer, until)
            except (OSError, EOFError, ValueError):
                self.troubles += 1
            finally:
                writer.transport.abort()

    async def _talk(self, reader, writer, until):
        while time.monotonic() < until:
            unit = self.draw.choice(self.units)
            self.number += 1
            self.sent[unit].append(self.number)
            await self._ask(reader, writer, unit, struct.pack(">BHHBI", 16, 0, 2, 4, self.number))
            self.acknowledged[unit].append(self.number)
            answer = await self._ask(reader, writer, unit, struct.pack(">BHH", 3, 0, 2))
            assert struct.unpack(">BBI", answer) == (3, 4, self.number), "it is shown as it was written"
            await self._ask(reader, writer, self.draw.randint(1, UNITS - 1), struct.pack(">BHH", 4, 0, 3))
            await asyncio.sleep(PAUSE_S)

    async def _ask(self, reader, writer, unit, pdu):
        transaction = self.draw.randrange(65536)
        writer.write(struct.pack(">HHHB", transaction, 0, len(pdu) + 1, unit) + pdu)
        async with asyncio.timeout(TIMEOUT_S):
            header = await reader.readexactly(7)
            got, protocol, length, _ = struct.unpack(">HHHB", header)
            if (got, protocol) != (transaction, 0) or not 2 <= length <= 254:
                raise ValueError("another answer")
            answer = await reader.readexactly(length - 1)
        if answer[0] & 0x80:
            raise ValueError(f"exception {answer[1]}")
        return answer


def resident_kb(pid):
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1])


async def soak(clients, pid, soak_s):
    """All clients at work for so long; the memory of the rig over the share of the time."""
    begin, sizes = time.monotonic(), []
    async with asyncio.TaskGroup() as group:
        for client in clients:
            group.create_task(client.work(begin + soak_s))
        while (share := (time.monotonic() - begin) / soak_s) < 1.0:
            sizes.append((share, resident_kb(pid)))
            await asyncio.sleep(0.5)
    return sizes


def check(folder, port, soak_s):
    (folder / "note.yaml").write_text(DEVICE)
    (folder / "bench.yaml").write_text(BENCH.format(last=UNITS - 1))
    hours = soak_s * SPEED / 3600.0 + 2.0
    rig = Rig(folder, port, "--bench", str(folder / "bench.yaml"), hours=hours, timeline=timeline(hours))
    with contextlib.closing(rig.wait()):
        shares = [list(range(first, UNITS, CLIENTS)) for first in range(1, CLIENTS + 1)]
        clients = [Client(port, units, seed) for seed, units in enumerate(shares)]
        sizes = asyncio.run(soak(clients, rig.process.pid, soak_s))
    _, err = rig.end(signal.SIGTERM)
    assert rig.process.returncode == 128 + signal.SIGTERM, err
    assert "Traceback" not in err
    kept = defaultdict(list)
    for write in rig.writes():
        kept[write["path"]].append(int(write["value"]))
    said = acknowledged = 0
    for client in clients:
        assert client.connections > 1, "faults of the line ended connections, and it came back"
        for unit in client.units:
            there = kept.get(f"bus.note_{unit}.note", [])
            left = iter(there)
            assert all(any(one == number for one in left) for number in client.acknowledged[unit]), unit
            assert set(there) <= set(client.sent[unit]), unit
            said, acknowledged = said + len(there), acknowledged + len(client.acknowledged[unit])
    assert acknowledged > CLIENTS * soak_s
    result = json.loads((rig.folder / "result.json").read_text())
    assert result["criteria"][0]["id"] == "cold"
    warm = max(size for share, size in sizes if WARM[0] < share <= WARM[1])
    late = max(size for share, size in sizes if share > LATE)
    print(f"{acknowledged} writes acknowledged, {said} kept; {warm} kB when warm, {late} kB at the end")
    assert late <= MOST_GROWTH * warm, f"{late} kB, {warm} kB when it was warm"


def test_three_minutes(tmp_path, two_ports):
    check(tmp_path, two_ports, 180.0)


@pytest.mark.nightly
def test_half_an_hour(tmp_path, two_ports):
    check(tmp_path, two_ports, 1800.0)
