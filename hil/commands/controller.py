"""`geotwin controller`: a controller that comes with the rig, as a program of its own over Modbus TCP."""

import argparse
import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from hil.bus.address import Address
from hil.commands.ending import told_of_signals
from hil.commands.option_types import number
from hil.controllers.registry import CONTROLLERS
from hil.controllers.remote.session import run as run_over_modbus
from hil.plain_text import one_line
from twin.errors import unknown


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    controller: argparse.ArgumentParser = commands.add_parser(
        "controller",
        help="run a controller that comes with the rig, over Modbus TCP",
        description="A controller that comes with the rig, as a program of its own that connects over Modbus TCP.",
    )
    controller.add_argument("name", metavar="NAME", help=", ".join(CONTROLLERS))
    controller.add_argument("--modbus", required=True, metavar="HOST:PORT", help="where the rig's devices answer")
    controller.add_argument("--plant", default="office", metavar="PLANT", help="plant it is to run (default: office)")
    controller.add_argument(
        "--scan", type=number(0.1, 3600.0, "s"), default=1.0, metavar="S", help="plant seconds between scans"
    )
    controller.set_defaults(act=act_controller)


def act_controller(options: argparse.Namespace) -> int:
    """Run the controller until a signal ends it; it waits for the rig, and connects again when it is gone."""
    if options.name not in CONTROLLERS and not options.name.endswith((".yaml", ".yml")):
        raise unknown("controller", options.name, CONTROLLERS)
    address = Address.parse(options.modbus, "--modbus")
    work = run_over_modbus(options.name, address.host, address.port, options.scan, options.plant, _tell)
    asyncio.run(_until_ended(work))
    return 0


async def _until_ended(work: Coroutine[Any, Any, None]) -> None:
    """Run until a signal comes."""
    task = asyncio.ensure_future(work)

    def end(_: int) -> None:
        task.cancel()

    with told_of_signals(end), contextlib.suppress(asyncio.CancelledError):
        await task


def _tell(line: str) -> None:
    print(one_line(line), flush=True)
