"""`geotwin serve`: the plant on the bus until Ctrl-C."""

import argparse
import asyncio
import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hil.bus.address import Address
from hil.commands.ending import SIGNALS
from hil.commands.option_types import listening_host, port, seconds, speed
from hil.runs.console import attach
from hil.runs.ports import add_options, wishes
from hil.runs.serving import Serving
from twin.errors import InputError


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    serve: argparse.ArgumentParser = commands.add_parser(
        "serve", help="put a plant on the bus until Ctrl-C", description="The plant on the bus until Ctrl-C."
    )
    serve.add_argument("plant", metavar="PLANT", help="name from `geotwin list plants`, or a plant file")
    serve.add_argument("--speed", type=speed, default=1.0, metavar="N", help="plant seconds in one second (default: 1)")
    serve.add_argument(
        "--modbus-port", type=port, metavar="P", help="first Modbus TCP port (default: the bench file's)"
    )
    serve.add_argument(
        "--host",
        type=listening_host,
        default="127.0.0.1",
        help="address to listen on (default: 127.0.0.1, this machine only)",
    )
    serve.add_argument("--bench", metavar="FILE", help="a bench file of yours instead of the plant's own")
    add_options(serve)
    serve.add_argument(
        "--start",
        metavar="TIME",
        help="plant time to start at, such as 2026-01-15T08:00 (the site's standard time) or "
        "2026-01-15T08:00+08:00 (default: now)",
    )
    serve.add_argument("--journal", type=Path, metavar="FILE", help="keep every write from outside in this file")
    serve.add_argument("--for", dest="duration", type=seconds, metavar="S", help="stop after so many seconds")
    serve.add_argument("--console", action="store_true", help="type faults and switches here; `help` shows how")
    serve.set_defaults(act=act_serve)


def act_serve(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(options))
    return 0


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    start = _start(options.start)
    serving = Serving(options.plant, start, options.speed, options.modbus_port, options.bench, options.journal)
    first = 0 if options.modbus_port is None else options.modbus_port
    lines = {"modbus": Address(options.host, first)} | wishes(options)
    live = sys.stdout.isatty() and not options.console
    typed = (lambda: attach(serving.bench, serving.status, stop)) if options.console else (lambda: None)
    await serving.run(stop, lines, options.duration, live, typed)


def _start(text: str | None) -> datetime:
    """The moment of plant time 0, or local standard time of the site where it has no offset."""
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"--start {text!r} is not a time such as 2026-01-15T08:00") from error
