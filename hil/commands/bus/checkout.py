"""`geotwin checkout`: the inputs and outputs between a bench and a controller, one by one, as a list that is signed."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hil.bench.bench_file import plant_of
from hil.bus.address import Address
from hil.checkout.dialog import Dialog
from hil.checkout.driving import Checkout, check_all
from hil.checkout.page import write_page
from hil.checkout.sheet import FAILED, OPEN, Item, items, save, take_up
from hil.commands.ending import SIGNALS
from hil.commands.option_types import listening_host, number, port, seconds
from hil.runs.console import lines_of
from hil.runs.ports import add_options, wishes
from hil.runs.serving import Serving
from twin.errors import InputError, RigError

ABOUT = """\
Serves the bench and goes through its registers. What an instrument shows is driven to known values, and you say whether
your controller shows them; of a command the rig says what the controller has written. Every answer is kept at once in
checkout.csv, and checkout.html is made of it: the same command goes on where it ended. With --auto nobody is asked:
all instruments are driven at once to one value after the other, and the list says which of them were read and which
commands were written.
"""


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    checkout: argparse.ArgumentParser = commands.add_parser(
        "checkout", help="check inputs and outputs against your controller, one by one", description=ABOUT
    )
    checkout.add_argument("bench", metavar="BENCH", help="a plant's name, a plant file or a bench file")
    checkout.add_argument("--auto", action="store_true", help="ask nobody: watch what is read and written")
    checkout.add_argument("--by", default="", metavar="NAME", help="who signs")
    checkout.add_argument("--only", default="", metavar="TEXT", help="registers with this text in device.name only")
    checkout.add_argument("--out", type=Path, default=Path("checkout"), metavar="DIR", help="where the list is kept")
    checkout.add_argument("--wait", type=seconds, default=60.0, metavar="S", help="for the controller (default: 60 s)")
    checkout.add_argument(
        "--patience", type=number(0.1, 3600.0), default=30.0, metavar="S",
        help="with --auto: for a value to be read (default: 30 s)",
    )  # fmt: skip
    checkout.add_argument("--modbus-port", type=port, metavar="P", help="first Modbus TCP port")
    checkout.add_argument("--host", type=listening_host, default="127.0.0.1", help="address to listen on")
    add_options(checkout)
    checkout.set_defaults(act=act)


def act(options: argparse.Namespace) -> int:
    """Check out; 0 where everything was seen or signed, 1 where something failed, 4 where something is open."""
    if not options.auto and not options.by:
        raise InputError("who signs? give --by NAME, or --auto to have it watched by the rig alone")
    serving = Serving(plant_of(options.bench), datetime.now(UTC).replace(microsecond=0), 1.0, options.modbus_port,
                      options.bench)  # fmt: skip
    lines = items(serving.bench.bus)
    asked = [line for line in lines if options.only in line.name]
    if not asked:
        raise InputError(f"--only {options.only!r}: no register has that in its name")
    file = options.out / "checkout.csv"
    if file.exists():
        print(f"{file}: {take_up(lines, file)} of {len(lines)} registers have a result already")

    def keep() -> None:
        _keep(lines, serving, options.out)

    keep()
    asyncio.run(_check(options, serving, asked, keep))
    keep()
    counts = {result: sum(line.result == result for line in lines) for result in (FAILED, OPEN)}
    print(f"{len(lines)} registers: {counts[FAILED]} failed, {counts[OPEN]} open; {file} and checkout.html beside it")
    return 1 if counts[FAILED] else 4 if counts[OPEN] else 0


def _keep(lines: list[Item], serving: Serving, folder: Path) -> None:
    save(lines, folder / "checkout.csv")
    write_page(lines, serving.plant.name, folder / "checkout.html")


async def _check(options: argparse.Namespace, serving: Serving, lines: list[Item], keep: Callable[[], None]) -> None:
    stop = asyncio.Event()
    for signal in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(signal, stop.set)

    def show() -> None:
        for transport in serving.transports:
            transport.publish()

    checkout = Checkout(serving.bench, lines, show)
    serving.keep = checkout.keep
    work: list[asyncio.Task[None]] = []

    def begin() -> None:
        steps = _watched(checkout, options) if options.auto else _asked(checkout, options.by, keep)
        task = asyncio.get_running_loop().create_task(steps)
        task.add_done_callback(lambda _: stop.set())
        work.append(task)

    reached = {"modbus": Address(options.host, options.modbus_port or 0)} | wishes(options)
    await serving.run(stop, reached, None, False, begin)
    for task in work:
        if task.done():
            task.result()
        task.cancel()


async def _watched(checkout: Checkout, options: argparse.Namespace) -> None:
    if not await checkout.first_heard(options.wait):
        raise RigError(f"no controller has asked or commanded anything for {options.wait:g} s")
    await check_all(checkout, options.patience, _tell)


async def _asked(checkout: Checkout, by: str, keep: Callable[[], None]) -> None:
    typed: asyncio.Queue[str] = asyncio.Queue()
    lines_of(sys.stdin, typed.put_nowait)
    await Dialog(checkout, by, typed.get, _tell, keep).run()


def _tell(text: str) -> None:
    print(text, flush=True)
