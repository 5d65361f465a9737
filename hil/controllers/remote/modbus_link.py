"""The link of a controller that runs outside the rig: the registers of a bench over Modbus TCP.

`poll` reads and decodes every block of registers that the controller has asked for, `flush` writes what it has
commanded. Between the two the controller sees the same floats as in the process of the rig, bit by bit.
"""

import asyncio
import struct
from array import array
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from hil.bus.block import part_value
from hil.bus.maps.register import Register
from hil.bus.maps.register_types import ONE_BIT, TEXT
from hil.bus.unit import Unit
from hil.lines.modbus.client import ModbusClient, NoAnswerError, RefusedError
from twin.errors import unknown

MOST_WORDS, MOST_BITS = 125, 2000
"""Most words and bits of one read (Modbus application protocol 6.1 - 6.4)."""
SKIP_S = 1.0
"""A unit that did not answer is left alone this long [s]."""
BACK_OFF = (0.1, 1.0)
"""Shortest and longest pause before the next try to connect [s]."""
Job = Callable[[ModbusClient], Coroutine[Any, Any, None]]
Cell = tuple[int, int, Register]
"""Place in the view, first word or bit in its block, register."""


@dataclass(frozen=True)
class Block:
    """Registers that are read at once: one table of one unit, without a gap."""

    unit: int
    table: str
    address: int
    count: int
    cells: tuple[Cell, ...]

    def decode(self, words: list[int], view: Any) -> None:
        """Put the values of an answer into the view."""
        if self.table in ONE_BIT:
            for place, first, _ in self.cells:
                view[place] = float(words[first])
            return
        data = struct.pack(f">{self.count}H", *words)
        for place, first, register in self.cells:
            if register.mask is not None:
                view[place] = part_value(register, words[first])
            elif register.kind.kind != TEXT:
                part = data[2 * first : 2 * (first + register.words)]
                view[place] = register.decode(part)


class ModbusLink:
    """A Link over Modbus TCP. Nothing is sent by `place` and `write`; call `poll` before and `flush` after a scan.

    view:    values as last polled; a written register shows its new value at once
    refused: writes that a device would not take
    """

    def __init__(self, host: str, port: int, units: list[Unit], connections: int = 4, timeout: float = 1.0) -> None:
        """port: where the first port of the bench is found; connections: as many at once to each port."""
        self.units = units
        self._shift = port - min(unit.port for unit in units)
        self._names: dict[str, tuple[int, int, Register]] = {}
        for number, unit in enumerate(units):
            for register in unit.device.registers:
                self._names[f"{unit.name}.{register.name}"] = len(self._names), number, register
        self._registers = list(self._names.values())
        self.view: Any = memoryview(array("d", bytes(8 * len(self._names))))
        self._clients = {
            at: [ModbusClient(host, at, timeout, BACK_OFF) for _ in range(connections)]
            for at in sorted({unit.port + self._shift for unit in units})
        }
        self.refused = 0
        self._asked: set[int] = set()
        self._blocks: list[Block] | None = None
        self._written: dict[int, float] = {}
        self._pending: dict[int, float] = {}
        self._answered = [float("-inf")] * len(units)
        self._skip_until = [float("-inf")] * len(units)

    def place(self, name: str) -> int:
        """The place of `component.register`, which is polled from now on; InputError with the nearest name."""
        if name not in self._names:
            raise unknown("register", name, self._names, "bench")
        place = self._names[name][0]
        if place not in self._asked:
            self._asked.add(place)
            self._blocks = None
        return place

    def write(self, place: int, value: float) -> None:
        """Command a register with the next `flush`; nothing goes out while the value is the one last written."""
        if self._written.get(place) != value:
            self._written[place] = self._pending[place] = value
            self.view[place] = self._registers[place][2].quantised(value)

    def again(self, place: int, value: float) -> None:
        """Command a register with the next `flush`, even where the value is the one last written."""
        self._written.pop(place, None)
        self.write(place, value)

    def age(self, component: str) -> float:
        """Seconds of real time since a device last answered; infinite before its first answer."""
        return monotonic() - max(
            at for unit, at in zip(self.units, self._answered, strict=True) if unit.name == component
        )

    async def poll(self, components: Iterable[str] | None = None) -> bool:
        """Read all registers asked for, or those of some components; True when every device has answered."""
        if self._blocks is None:
            self._blocks = blocks(self._registers, self._asked)
        wanted = None if components is None else set(components)
        chosen = [b for b in self._blocks if wanted is None or self.units[b.unit].name in wanted]
        return await self._all([(block.unit, self._reader(block)) for block in chosen])

    async def flush(self) -> bool:
        """Write what has been commanded; True when everything has arrived, else the rest goes with the next flush."""
        by_unit: dict[int, list[int]] = defaultdict(list)
        for place in self._pending:
            by_unit[self._registers[place][1]].append(place)
        return await self._all([(unit, self._writer(unit, places)) for unit, places in by_unit.items()])

    async def send(self, place: int, value: float) -> bool:
        """Write one register now; True when it has arrived. It is not kept for a later flush."""
        _, unit, register = self._registers[place]

        async def write(client: ModbusClient) -> None:
            await client.write(register.table, register.address, _words(register, value), self.units[unit].asked)

        return await self._all([(unit, write)])

    def close(self) -> None:
        """Close all connections."""
        for clients in self._clients.values():
            for client in clients:
                client.close()

    async def _all(self, jobs: list[tuple[int, Job]]) -> bool:
        """Do jobs on units, shared among the connections to their ports."""
        by_port: dict[int, list[Any]] = defaultdict(list)
        now = monotonic()
        due = [job for job in jobs if self._skip_until[job[0]] <= now]
        for job in due:
            by_port[self.units[job[0]].port + self._shift].append(job)
        workers = [
            self._work(client, queue) for port, queue in by_port.items() for client in self._clients[port] if queue
        ]
        done = await asyncio.gather(*workers)
        return all(done) and not any(by_port.values()) and len(due) == len(jobs)

    async def _work(self, client: ModbusClient, queue: list[Any]) -> bool:
        """Do jobs until none is left; without an answer leave the rest to the other connections."""
        while queue:
            unit, job = queue.pop()
            try:
                await job(client)
            except (NoAnswerError, RefusedError):
                self._skip_until[unit] = monotonic() + SKIP_S
                return False
            self._answered[unit] = monotonic()
        return True

    def _reader(self, block: Block) -> Job:
        async def read(client: ModbusClient) -> None:
            words = await client.read(block.table, block.address, block.count, self.units[block.unit].asked)
            block.decode(words, self.view)

        return read

    def _writer(self, unit: int, places: list[int]) -> Job:
        async def write(client: ModbusClient) -> None:
            for place in places:
                register, value = self._registers[place][2], self._pending[place]
                try:
                    await client.write(
                        register.table, register.address, _words(register, value), self.units[unit].asked
                    )
                except RefusedError:
                    self.refused += 1
                if self._pending.get(place) == value:
                    del self._pending[place]

        return write


def _words(register: Register, value: float) -> list[int]:
    """What goes over the wire for a value [uom]: words, or one bit for a coil."""
    if register.table == "co":
        return [int(register.raw(value))]
    return list(struct.unpack(f">{register.words}H", register.encode(value)))


def blocks(registers: list[tuple[int, int, Register]], asked: set[int]) -> list[Block]:
    """As few reads as possible: in each unit and table every gapless run that holds a register asked for."""
    tables: dict[tuple[int, str], list[tuple[int, Register]]] = defaultdict(list)
    for place, unit, register in registers:
        if register.readable:
            tables[unit, register.table].append((place, register))
    found = []
    for (unit, table), entries in tables.items():
        limit = MOST_BITS if table in ONE_BIT else MOST_WORDS
        for run in _runs(sorted(entries, key=lambda entry: entry[1].address), asked, limit):
            first, last = run[0][1], run[-1][1]
            cells = tuple((place, register.address - first.address, register) for place, register in run)
            found.append(Block(unit, table, first.address, last.address + last.words - first.address, cells))
    return found


def _runs(entries: list[tuple[int, Register]], asked: set[int], limit: int) -> list[list[tuple[int, Register]]]:
    """Neighbours without a gap and within the limit, from the first to the last register asked for."""
    runs: list[list[tuple[int, Register]]] = []
    for place, register in entries:
        end = register.address + register.words
        run = runs[-1] if runs else []
        joined = run and register.address <= run[-1][1].address + run[-1][1].words
        if joined and end - run[0][1].address <= limit:
            run.append((place, register))
        else:
            runs.append([(place, register)])
    trimmed = []
    for run in runs:
        wanted = [number for number, (place, _) in enumerate(run) if place in asked]
        if wanted:
            trimmed.append(run[wanted[0] : wanted[-1] + 1])
    return trimmed
