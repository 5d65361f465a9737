"""`geotwin replay`: the device's side of a recording, played to a controller."""

import argparse
import asyncio
from pathlib import Path
from time import monotonic
from typing import Any

from hil.bus.address import Address
from hil.commands.ending import Ended, told_of_signals
from hil.commands.option_types import seconds
from hil.lines.modbus.stand_ins.replay import ReplayServer
from hil.plain_text import one_line
from hil.runs.bus_record import recording
from hil.traffic.difference import Place
from hil.traffic.playing import Player
from hil.traffic.recorded import MOST_PLAYED, connections
from twin.errors import InputError

WAIT_S, FIRST_S = 10.0, 60.0
"""How long nothing may come beyond the pauses of the recording [s], and how long the controller may take to come."""
_LOOK_S = 0.05


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    replay: argparse.ArgumentParser = commands.add_parser(
        "replay",
        help="play the device's side of a recording to a controller, and name the first difference",
        description="Answers a controller over Modbus TCP as the device did in a recording of `geotwin proxy` or of a "
        "run. Every request has to be equal to the recorded one; the first that is not is named, and the exit code is "
        "1. No plant is computed: `geotwin run --replay JOURNAL` is something else, it computes a run again from the "
        "writes in its journal, without a controller.",
        epilog="example: geotwin replay runs/proxy --listen 127.0.0.1:5030 --ignore 247/hr/2",
    )
    replay.add_argument("folder", type=Path, metavar="FOLDER", help="of a proxy or a run, such as runs/proxy")
    replay.add_argument(
        "--listen",
        metavar="HOST:PORT",
        help="where the controller connects (default: 127.0.0.1 and the recorded port; of several ports, the first)",
    )
    replay.add_argument(
        "--ignore",
        nargs="+",
        default=[],
        metavar="UNIT/TABLE/ADDRESS",
        help="registers and coils whose written values may differ, such as a life sign: 247/hr/2",
    )
    replay.add_argument(
        "--wait",
        type=seconds,
        metavar="S",
        help="when nothing comes for so long beyond the pauses of the recording, the controller has ended; it is also "
        f"how long answering goes on after a difference and after the end (default: {WAIT_S:g}; {FIRST_S:g} for the "
        "first connection)",
    )
    replay.set_defaults(act=act)


def act(options: argparse.Namespace) -> int:
    """Play the recording; 0 when all came as it was recorded, 1 at a difference."""
    ignored = [Place.parse(text) for text in options.ignore]
    listen = Address.parse(options.listen, "--listen") if options.listen else None
    folder: Path = options.folder
    recorded, beyond = connections(recording(folder).exchanges())
    if not recorded:
        raise InputError(f"{folder}: nothing was asked over Modbus in this recording")
    if beyond:
        print(f"the first {MOST_PLAYED:,} requests are played, {beyond:,} more are not")
    player = Player(recorded, ignored)
    ports = sorted({one.port for one in recorded})
    stopped = asyncio.run(_play(player, ports, _addresses(ports, listen), options))
    if stopped and not (player.complete or player.difference):
        raise Ended(stopped)
    print(one_line(_told(player, folder)))
    return 1 if player.difference else 0


def _addresses(ports: list[int], listen: Address | None) -> list[Address]:
    """Where each recorded port is played: as far from the first one as it was."""
    host, first = (listen.host, listen.port) if listen else ("127.0.0.1", ports[0])
    moved = [first + port - ports[0] if first else 0 for port in ports]
    if moved[-1] > 65535:
        raise InputError(f"--listen: {listen}: the recording has ports {ports[0]} to {ports[-1]}; {moved[-1]} is none")
    return [Address(host, port) for port in moved]


async def _play(player: Player, ports: list[int], addresses: list[Address], options: argparse.Namespace) -> int:
    """Answer until the play is over; the number of the signal that ended it, 0 for none."""
    stopped: list[int] = []
    server = ReplayServer(addresses, lambda number: player.opened(ports[number]))
    with told_of_signals(stopped.append):
        await server.start()
        try:
            shown = ", ".join(str(Address(one.host, port)) for one, port in zip(addresses, server.ports, strict=True))
            count = f"{player.total} requests on {len(player.recorded)} connections"
            print(one_line(f"plays {options.folder}, {count}, on {shown}; Ctrl-C ends it"), flush=True)
            await _until_over(player, server, options.wait, stopped)
        finally:
            await server.stop()
    return stopped[0] if stopped else 0


async def _until_over(player: Player, server: ReplayServer, wait: float | None, stopped: list[int]) -> None:
    """Until all was played or a difference came, and then until the clients have left or the wait is over."""
    rest = WAIT_S if wait is None else wait
    first = FIRST_S if wait is None else wait
    while not (player.complete or player.difference or stopped):
        await asyncio.sleep(_LOOK_S)
        if monotonic() - player.moved > (rest + player.pause_s() if player.came else first):
            player.give_up()
            rest = 0.0
    if player.difference is not None:
        print("\n".join(player.difference.lines()), flush=True)
    end = monotonic() + rest
    while server.clients and monotonic() < end and not stopped:
        await asyncio.sleep(_LOOK_S)


def _told(player: Player, folder: Path) -> str:
    """How the play ended, in a sentence."""
    if player.difference is not None:
        return f"{folder}: {player.played} of {player.total} requests came as recorded before it"
    said = f"{folder}: all {player.total} requests on {len(player.recorded)} connections came as recorded"
    said += f", {player.silent} of them without an answer then as now" if player.silent else ""
    return said + (f"; after the end the controller asked for {player.more} more" if player.more else "")
