"""A bench behind the real Modbus server in a thread of its own, and a raw client that sees what is on the wire."""

import asyncio
import contextlib
import socket
import struct
import threading
from datetime import datetime
from typing import Any, ClassVar

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bus.transport import Served, running
from hil.bus.wire_fault_kinds import WIRE_FAULTS
from hil.lines.modbus.line import modbus_server
from plant_models.plant import build

UNITS = """\
  - {unit: 1, device: heat_meter, component: source_meter}
  - {unit: 2, device: circulation_pump, component: pump}
  - {unit: 247, device: rig, component: rig}
"""


def free_port():
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Rig:
    """A household's bench behind the real server, in a thread of its own; faults are put on from outside."""

    def __init__(self, folder, keep=None, units=UNITS):
        """units: of the bench file; keep: takes what goes over the line (hil.bus.exchanges.Keep)."""
        file = folder / "bench.yaml"
        self.port = free_port()
        file.write_text(f"bench: b\nplant: household_5_6\nport: {self.port}\nunits:\n{units}")
        start = datetime(2026, 1, 15, 8)  # noqa: DTZ001  (plant time is local standard time)
        self.bench = Bench(build("household_5_6", start, 86400.0), read_bench(str(file)), start, seed=5)
        self.bench.refresh()
        self.start = self.bench.bus.values.copy()
        self._loop, ready = asyncio.new_event_loop(), threading.Event()
        self._stop = asyncio.Event()

        async def serve():
            served = Served(self.bench.bus, "b", lambda: 0, start, keep=keep)
            async with running(modbus_server(served, "127.0.0.1")) as self.server:
                ready.set()
                await self._stop.wait()

        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(serve(),), daemon=True)
        self._thread.start()
        assert ready.wait(10.0)

    def call(self, act):
        """Do something in the loop of the server, and wait until it has settled."""

        async def done():
            result = act()
            await asyncio.sleep(0.05)
            return result

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(10.0)

    @contextlib.contextmanager
    def fault(self, name, target="source_meter", **given):
        """A fault of the line while it lasts."""
        numbers = WIRE_FAULTS[f"modbus.{name}"].parse(given, "1", "test")
        self.bench.bus.wire.check(f"modbus.{name}", target, "test")
        end = self.call(lambda: self.bench.bus.wire.start(f"modbus.{name}", target, numbers, f"the_{name}"))
        try:
            yield
        finally:
            self.call(end)

    def set(self, name, value):
        """Let a register show a value."""
        slot = self.bench.bus.slot(name)

        def act():
            self.bench.bus.values[slot.place] = value
            self.server.publish()

        self.call(act)

    def close(self):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10.0)
        self._loop.close()


class Wire:
    """A raw connection: requests as hex without their header, answers as they come."""

    made: ClassVar[list[Any]] = []

    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port), 5.0)
        self.made.append(self)
        self.sock.settimeout(5.0)
        self.transaction = 0

    @classmethod
    def close_all(cls):
        while cls.made:
            cls.made.pop().sock.close()

    def send(self, pdu, unit=1):
        self.transaction += 1
        body = bytes((unit,)) + bytes.fromhex(pdu)
        self.sock.sendall(struct.pack(">HHH", self.transaction, 0, len(body)) + body)

    def bytes(self, count):
        data = b""
        while len(data) < count:
            piece = self.sock.recv(count - len(data))
            if not piece:
                raise EOFError(data.hex())
            data += piece
        return data

    def answer(self):
        header = self.bytes(6)
        return header + self.bytes(int.from_bytes(header[4:6], "big"))

    def ask(self, pdu, unit=1):
        self.send(pdu, unit)
        return self.answer()

    def silent(self, seconds=0.4):
        self.sock.settimeout(seconds)
        try:
            return self.sock.recv(1) is None
        except TimeoutError:
            return True
        finally:
            self.sock.settimeout(5.0)
