"""`geotwin proxy`: between a controller and a device, keeping all that goes over the line."""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hil.bus.address import Address
from hil.commands.ending import told_of_signals
from hil.commands.option_types import seconds
from hil.lines.modbus.request_log import RequestLog
from hil.lines.modbus.stand_ins.proxy import Proxy
from hil.plain_text import one_line
from hil.runs.folder import point_to, run_folder
from hil.traffic.file import BUS_FILE, MOST_ROWS, Traffic, TrafficFile
from hil.traffic.passed import passed
from twin.errors import InputError, RigError

STATUS_S = 1.0
_ALL, _SELF = ("0.0.0.0", "::"), ("127.0.0.1", "::1", "localhost")  # noqa: S104  (compared with, not listened on)


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    proxy: argparse.ArgumentParser = commands.add_parser(
        "proxy",
        help="stand between a controller and a device on Modbus TCP, and record all that goes over the line",
        description="Passes everything on between a controller and a Modbus TCP device, byte for byte, and records "
        "requests and answers until Ctrl-C. The recording is played again by `geotwin replay`, opened by Wireshark "
        "(`geotwin pcap`) and made a device file (`geotwin import`).",
        epilog="example: geotwin proxy --from 127.0.0.1:5030 --to 192.168.0.20:502, and the controller connects to "
        "127.0.0.1:5030",
    )
    proxy.add_argument(
        "--from", dest="listen", required=True, metavar="HOST:PORT", help="where the controller connects"
    )
    proxy.add_argument("--to", dest="device", required=True, metavar="HOST:PORT", help="where the device answers")
    proxy.add_argument(
        "--out", type=Path, default=Path("runs/proxy"), metavar="FOLDER", help="for the recording (default: runs/proxy)"
    )
    proxy.add_argument("--for", dest="duration", type=seconds, metavar="S", help="stop after so many seconds")
    proxy.set_defaults(act=act)


def act(options: argparse.Namespace) -> int:
    """Pass on and record until a signal or the end of the time; 0."""
    listen, device = Address.parse(options.listen, "--from"), Address.parse(options.device, "--to")
    if not device.port:
        raise InputError(f"--to: {device}: a device answers at a port of 1 .. 65535")
    itself = listen.host == device.host or (listen.host in _ALL and device.host in (*_ALL, *_SELF))
    if listen.port == device.port and itself:
        raise InputError(f"--to: {device} is where the proxy itself listens (--from {listen})")
    out = Path(os.path.abspath(options.out))
    if not out.name:
        raise InputError(f"--out: {options.out} is no folder for a recording; give one such as runs/proxy")
    with run_folder(out.parent, out.name) as folder:
        begun = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        kept = TrafficFile(folder, {"proxy": {"to": str(device), "begun": begun}, "units": []})
        proxy = Proxy(listen, device, RequestLog(keep=kept.keep))
        try:
            asyncio.run(_pass(proxy, kept, folder, out, options))
        finally:
            kept.close()
        print(one_line(f"{options.out / BUS_FILE}: {proxy.requests} requests on {proxy.accepted} connections"))
        if kept.beyond:
            print(f"the first {MOST_ROWS:,} rows are kept, {kept.beyond:,} more came")
        print("\n".join(passed(Traffic(folder).exchanges()) or ["nothing was asked"]))
    if kept.complaint:
        raise RigError(kept.complaint)
    return 0


async def _pass(proxy: Proxy, kept: TrafficFile, folder: Path, out: Path, options: argparse.Namespace) -> None:
    """Pass on until a signal, or for so many seconds."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    with told_of_signals(lambda _number: stop.set()):
        await proxy.start()
        try:
            point_to(folder, out.parent, out.name)
            where = Address(proxy.listen.host, proxy.port)
            said = f"passes {where} on to {proxy.device}, kept in {options.out}; Ctrl-C ends it"
            print(one_line(said), flush=True)
            if options.duration is not None:
                loop.call_later(options.duration, stop.set)
            await _shown(stop, lambda: _status(proxy, kept))
        finally:
            await proxy.stop()


async def _shown(stop: asyncio.Event, status: Callable[[], str]) -> None:
    """Wait for the end; on a terminal with one line that says how it goes."""
    live = sys.stdout.isatty()
    while not stop.is_set():
        if live:
            print("\r\x1b[K" + status(), end="", flush=True)
        try:
            async with asyncio.timeout(STATUS_S if live else None):
                await stop.wait()
        except TimeoutError:
            continue
    if live:
        print("\r\x1b[K" + status(), flush=True)


def _status(proxy: Proxy, kept: TrafficFile) -> str:
    said = f"{proxy.requests} requests passed on, {proxy.open} of {proxy.accepted} connections open"
    return f"{said} | nothing is kept any more" if kept.complaint else said
