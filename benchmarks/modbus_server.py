"""Requests per second of three Modbus TCP servers under the same load: ours, pymodbus' own, and libmodbus in C.

    python benchmarks/modbus_server.py [--rounds 7] [--connections 10] [--registers 60] [--beside MODULE:FUNCTION]

The client is a small C program: closed loop, one request under way per connection, function 3. Each server runs in a
process of its own on the first core, the client on the last one; the servers take turns in every round, and medians are
compared, so a busy machine disturbs all of them alike. Server CPU time per request is printed too: it depends on the
load of the machine least of all. `--beside` names a coroutine function that runs in the event loop of our server, such
as a plant in real time; `--keep` has all requests and answers kept in a file, as a run does; `--publish` seconds is how
often our bus vector is renewed (0: never).
"""

import argparse
import asyncio
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from pymodbus.server import ModbusTcpServer as PymodbusServer
from pymodbus.simulator import DataType, SimData, SimDevice

from hil.bus.maps.device_map import DeviceMap
from hil.bus.maps.register import Register
from hil.bus.unit_image import UnitImage
from hil.lines.modbus.listener import ModbusPort
from hil.lines.modbus.request_log import RequestLog
from hil.lines.modbus.server import ModbusTcpServer
from hil.traffic.file import TrafficFile

HERE = Path(__file__).resolve().parent
OURS_AT_LEAST_OVER_PYMODBUS, OURS_AT_LEAST_OVER_LIBMODBUS = 3.5, 0.5


@dataclass
class Contestant:
    """A server process and what was measured of it."""

    name: str
    process: subprocess.Popen[str]
    port: int
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    medians: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)


async def serve_ours(publish: float, beside: str, keep: str) -> None:
    """Our server with 200 holding registers in unit 1, until standard input is closed."""
    registers = tuple(Register(table="hr", address=n, name=f"r{n}", access="rw") for n in range(200))
    image = UnitImage(DeviceMap(device="d", source="-", registers=registers))
    kept = TrafficFile(Path(keep), {"units": []}) if keep else None
    server = ModbusTcpServer([ModbusPort({1: image}, 0)], log=RequestLog(keep=kept.keep if kept else None))
    await server.start()
    print(server.ports[0], flush=True)
    tasks = [asyncio.ensure_future(_publish(server, publish))] if publish > 0 else []
    if beside:
        module, _, name = beside.partition(":")
        tasks.append(asyncio.ensure_future(getattr(importlib.import_module(module), name)()))
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()
    await server.stop()


async def _publish(server: ModbusTcpServer, pause: float) -> None:
    while True:
        await asyncio.sleep(pause)
        server.publish()


async def serve_pymodbus() -> None:
    """pymodbus' own server with the same registers, until standard input is closed."""
    device = SimDevice(id=1, simdata=[SimData(0, count=200, values=0, datatype=DataType.INT16)])
    server: Any = PymodbusServer(device, address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    print(server.transport.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.shutdown()


def _compile(source: str, folder: Path, *libraries: str) -> str:
    target = folder / source.removesuffix(".c")
    flags = ["-O2", "-I/usr/include/modbus", "-o", str(target), str(HERE / source), *libraries]
    subprocess.run([shutil.which("gcc") or "gcc", *flags], check=True)
    return str(target)


def _start(name: str, command: list[str]) -> Contestant:
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
    assert process.stdout is not None
    return Contestant(name, process, int(process.stdout.readline()))


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _measure(contestant: Contestant, load: str, options: argparse.Namespace) -> None:
    before = _cpu_seconds(contestant.process.pid)
    command = [load, str(contestant.port), str(options.connections), str(options.registers), str(options.milliseconds)]
    pin = ["taskset", "-c", str(max(os.sched_getaffinity(0)))]
    done = subprocess.run([*pin, *command], capture_output=True, text=True, check=True)
    requests, seconds, wrong, middle, slow = (float(word) for word in done.stdout.split())
    assert wrong == 0, f"{contestant.name}: {wrong:.0f} wrong answers"
    contestant.rates.append(requests / seconds)
    contestant.cpu.append((_cpu_seconds(contestant.process.pid) - before) / requests * 1e6)
    contestant.medians.append(middle)
    contestant.slowest.append(slow)


def _report(contestants: list[Contestant]) -> bool:
    for one in contestants:
        print(
            f"{one.name:10} {median(one.rates):9.0f} requests/s   {median(one.cpu):6.1f} us CPU/request   "
            f"response {median(one.medians):7.1f} us median, {median(one.slowest):8.1f} us p99"
        )
    ours, theirs, yardstick = contestants
    over_pymodbus = median(a / b for a, b in zip(ours.rates, theirs.rates, strict=True))
    over_libmodbus = median(a / b for a, b in zip(ours.rates, yardstick.rates, strict=True))
    print(f"ours / pymodbus  {over_pymodbus:.2f}  (at least {OURS_AT_LEAST_OVER_PYMODBUS})")
    print(f"ours / libmodbus {over_libmodbus:.2f}  (at least {OURS_AT_LEAST_OVER_LIBMODBUS})")
    return over_pymodbus >= OURS_AT_LEAST_OVER_PYMODBUS and over_libmodbus >= OURS_AT_LEAST_OVER_LIBMODBUS


def compare(options: argparse.Namespace) -> bool:
    """Measure all three in turn and print the table; whether both targets are met."""
    with tempfile.TemporaryDirectory() as folder:
        load = _compile("modbus_load.c", Path(folder))
        myself = [sys.executable, str(Path(__file__).resolve())]
        ours = ["--serve", "ours", "--publish", str(options.publish), "--beside", options.beside]
        ours += ["--keep", folder] if options.keep is not None else []
        contestants = [
            _start("ours", [*myself, *ours]),
            _start("pymodbus", [*myself, "--serve", "pymodbus"]),
            _start("libmodbus", [_compile("libmodbus_server.c", Path(folder), "-lmodbus")]),
        ]
        try:
            for _ in range(options.rounds):
                for contestant in contestants:
                    _measure(contestant, load, options)
        finally:
            for contestant in contestants:
                contestant.process.communicate(timeout=10)
    return _report(contestants)


def main() -> int:
    """0 when both targets are met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument("--registers", type=int, default=60)
    parser.add_argument("--milliseconds", type=int, default=500, help="length of one measurement")
    parser.add_argument("--publish", type=float, default=1.0, help="seconds between publications of our bus vector")
    parser.add_argument("--beside", default="", help="MODULE:FUNCTION, a coroutine to run in our server's loop")
    parser.add_argument("--keep", nargs="?", const="", help="keep what goes over the line, in a folder of its own")
    parser.add_argument("--serve", choices=["ours", "pymodbus"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(
            serve_ours(options.publish, options.beside, options.keep or "")
            if options.serve == "ours"
            else serve_pymodbus()
        )
        return 0
    return 0 if compare(options) else 1


if __name__ == "__main__":
    sys.exit(main())
