"""Runs as processes of their own, and a client that keeps in touch with one over Modbus TCP."""

import json
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hil.bench.bench_file import read_bench

SCENARIO = """\
scenario: fire
title: A winter day
why: to be hurt
plant: single_well
clock: {{start: "2026-01-15T08:00:00+08:00", duration: {hours} h, scan: 10 s}}
{timeline}expect:
  - {{id: cold, never: "weather.outdoor_temp > 60 degC"}}
"""
RUN = [sys.executable, "-m", "hil.cli", "run"]
SPEED = 60
PATIENCE_S = 300.0
"""A first start may have to compile the kernels [s]."""


def limited(ulimit: str) -> list[str]:
    """The command that starts another one under a limit of the shell, such as `-n 150`."""
    return ["sh", "-c", f'ulimit {ulimit}; exec "$@"', "limited"]


class Rig:
    """`geotwin run` of the scenario above, in real time, answering on a port."""

    def __init__(
        self, folder: Path, port: int, *more: str, hours: float = 10.0, timeline: str = "", within: Sequence[str] = ()
    ) -> None:
        """more: further options; timeline: of the scenario; within: the command that starts it, such as `limited`."""
        folder.mkdir(exist_ok=True)
        self.file, self.out, self.port = folder / "fire.yaml", folder / "runs", port
        self.write(self.file, hours, timeline)
        self.folder = self.out / "single_well" / "fire"
        words = ["--controller", f"modbus:127.0.0.1:{port}", "--clock", "realtime", "--speed", str(SPEED)]
        self.process = subprocess.Popen(
            [*within, *RUN, str(self.file), *words, "--out", str(self.out), *more],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    @staticmethod
    def write(file: Path, hours: float, timeline: str = "") -> None:
        """The scenario as a file."""
        file.write_text(SCENARIO.format(hours=hours, timeline=timeline))

    def client(self) -> "Touch":
        """A client, as soon as somebody answers."""
        self.wait().close()
        return Touch(self.port)

    def wait(self) -> socket.socket:
        """A connection, as soon as there can be one."""
        until = time.monotonic() + PATIENCE_S
        while True:
            assert self.process.poll() is None, self.process.communicate()
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=60)
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.05)

    def end(self, number: int) -> tuple[str, str]:
        """Send a signal; what the run has said to both outputs."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=PATIENCE_S)

    def writes(self) -> list[dict[str, Any]]:
        """The writes of the journal; a last line that was cut short is left out."""
        lines = (self.folder / "journal.jsonl").read_text().split("\n")[1:-1]
        return [json.loads(line) for line in lines]


class Touch:
    """A client that reads plant time and writes it back as its life sign, so that both can be found again."""

    def __init__(self, port: int) -> None:
        self.wire = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        [rig] = [unit for unit in read_bench("single_well", port) if unit.name == "rig"]
        places = {register.name: (register.table, register.address) for register in rig.device.registers}
        self.unit, self.places, self.tid = rig.unit, places, 0
        self.acknowledged: list[int] = []

    def ask(self, pdu: bytes) -> bytes:
        """The answer to a PDU; ConnectionError where there is none."""
        self.tid = (self.tid + 1) & 0xFFFF
        self.wire.sendall(struct.pack(">HHHB", self.tid, 0, len(pdu) + 1, self.unit) + pdu)
        tid, _, length, _ = struct.unpack(">HHHB", self._exactly(7))
        assert tid == self.tid
        return self._exactly(length - 1)

    def beat(self) -> int:
        """Read plant time [s] and write it back; the time."""
        table, address = self.places["plant_time"]
        answer = self.ask(struct.pack(">BHH", {"hr": 3, "ir": 4}[table], address, 2))
        [now] = struct.unpack(">I", answer[2:])
        _, address = self.places["heartbeat"]
        request = struct.pack(">BHHBI", 16, address, 2, 4, now)
        assert self.ask(request) == request[:5]
        if now not in self.acknowledged[-1:]:
            self.acknowledged.append(now)
        return int(now)

    def close(self) -> None:
        self.wire.close()

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self.wire.recv(count - len(data))
            if not more:
                raise ConnectionError("the rig has hung up")
            data += more
        return data


def kept_beats(writes: Sequence[dict[str, Any]]) -> list[int]:
    """The life signs of a journal, without repetitions."""
    return list(dict.fromkeys(int(write["value"]) for write in writes if write["path"] == "rig.heartbeat"))
