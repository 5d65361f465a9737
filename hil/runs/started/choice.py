"""How the controllers of a run are started, and at which ports its devices answer them."""

import socket
from collections.abc import Sequence
from dataclasses import replace

from hil.bench.bench_file import read_bench
from hil.bus.address import Address
from hil.bus.bus import Bus
from hil.bus.wire_fault_kinds import CONTROLLER_FAULTS
from hil.runs.options import EXEC, SCAN, RunOptions
from hil.runs.started.beside import Beside
from hil.runs.started.held import Held
from hil.runs.started.placeholders import check
from scenarios import Scenario
from scenarios.timeline.actions import Action, FailWire
from twin.errors import InputError

PORTS_APART = 100
"""Runs side by side have their first ports so far apart."""
_TRIES = 100
Started = Beside | Held


def started(options: RunOptions, bus: Bus, actions: Sequence[Action], seed: int, may_end: bool) -> Started:
    """Whoever starts and ends the programs of a run; InputError for what cannot be started, or cannot be done to it."""
    for command in options.programs:
        check(command, bus.units)
    if options.held:
        held = Held(options.programs, seed, may_end, options.charge.of(SCAN))
        bus.wire.changed.append(held.changed)
        return held
    done = [action for action in actions if isinstance(action, FailWire) and action.kind in CONTROLLER_FAULTS]
    if options.outside and done:
        raise InputError(
            f"{done[0].id}: {done[0].kind} is for a controller that the rig runs: one in the process, or exec:COMMAND "
            "on the virtual clock"
        )
    return Beside(options.programs, strict=options.controller == EXEC and not may_end)


def at_free_ports(options: RunOptions, scenario: Scenario) -> RunOptions:
    """The options with ports that are free, where nobody but the programs has to know them."""
    if options.controller != EXEC:
        return options
    units = read_bench(options.bench or scenario.plant)
    wanted: Address = options.lines["modbus"]
    apart = {unit.port - min(one.port for one in units) for unit in units}
    for step in range(_TRIES):
        first = wanted.port + step * PORTS_APART
        if all(_free(wanted.host, first + one) for one in apart):
            return replace(options, lines={**options.lines, "modbus": Address(wanted.host, first)})
    raise InputError(f"--controller exec: no free ports were found from {wanted} on")


def _free(host: str, port: int) -> bool:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((host, port))
        except (OSError, OverflowError):
            return False
    return True
