"""The lines by which a bench is reached: every protocol, and those of a run opened."""

import contextlib
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator, Mapping
from typing import Any

from hil.bus.transport import Line, Served, Transport
from hil.lines.modbus.line import LINE as MODBUS
from hil.lines.mqtt.line import LINE as MQTT

LINES: list[Line] = [MODBUS, MQTT]
"""Every protocol; a new one is a room of its own and its line here."""


def add_options(command: ArgumentParser) -> None:
    """Add the options of all lines to a command."""
    for line in LINES:
        if line.add_option is not None:
            line.add_option(command)


def wishes(options: Namespace) -> dict[str, Any]:
    """What the options of a command ask for, by the name of the line."""
    asked = {line.name: line.wish(options) for line in LINES if line.wish is not None}
    return {name: wish for name, wish in asked.items() if wish is not None}


@contextlib.asynccontextmanager
async def opened(served: Served, wished: Mapping[str, Any], unasked: bool = True) -> AsyncIterator[list[Transport]]:
    """The transports that were wished for, started in the order of LINES; all are stopped at the end.

    unasked: also those that the bench file asks for and nobody else did
    """
    async with contextlib.AsyncExitStack() as stack:
        asked = dict(wished)
        for line in LINES:
            if unasked and line.name not in asked and line.own_wish is not None:
                asked |= {line.name: wish} if (wish := line.own_wish(served)) is not None else {}
        lines = [line for line in LINES if line.name in asked]
        yield [await stack.enter_async_context(line.opened(served, asked[line.name])) for line in lines]
