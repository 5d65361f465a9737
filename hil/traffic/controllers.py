"""What each controller did on the bus in a run: summed up from the record, one controller for each host."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from hil.bus.exchanges import CLOSE, CUT, OPEN, Exchange
from hil.bus.maps.function_codes import READS, WRITES
from hil.bus.unit import ANY
from hil.traffic.file import Traffic
from hil.traffic.registers import Device, Known, devices
from hil.traffic.spread import Spread

MOST_SHAPES = 20_000
"""So many different requests of a controller are told apart."""


class Shape(NamedTuple):
    """A request as it comes again and again, whatever it writes."""

    port: int
    unit: int
    function: int
    table: str
    address: int
    quantity: int

    @property
    def range(self) -> str:
        """`ir 4`, or `ir 4-9`."""
        last = self.address + self.quantity - 1
        return f"{self.table} {self.address}" + (f"-{last}" if self.quantity > 1 else "")


@dataclass
class Asked:
    """How often a request came. good: answered without an exception; exceptions: how often each; silent: no answer."""

    count: int = 0
    good: int = 0
    silent: int = 0
    exceptions: Counter[int] = field(default_factory=Counter)
    last_ns: int = 0
    last_ms: int = 0


@dataclass
class DeviceSeen:
    """A device as one controller used it. period, plant_period: between two equal reads [s of real and plant time]."""

    device: Device
    requests: int = 0
    writes: int = 0
    exceptions: int = 0
    refused_writes: int = 0
    silent: int = 0
    period: Spread = field(default_factory=Spread)
    plant_period: Spread = field(default_factory=Spread)
    read: set[Known] = field(default_factory=set)
    written: set[Known] = field(default_factory=set)
    swapped: Counter[str] = field(default_factory=Counter)

    def never_read(self) -> list[Known]:
        """Registers that can be read and were not."""
        return [one for one in self.device.registers if "r" in one.access and one not in self.read]

    def never_written(self) -> list[Known]:
        """Commands of the device that were never given."""
        return [one for one in self.device.registers if one.command and one not in self.written]


@dataclass
class ControllerSeen:
    """One host that connected.

    open, at_once: connections that are open, and the most that were at one time
    faulty:        requests that a fault of the line met, by the id of the fault
    """

    host: str
    connections: int = 0
    open: int = 0
    at_once: int = 0
    requests: int = 0
    silent: int = 0
    answer_ms: Spread = field(default_factory=Spread)
    devices: dict[tuple[int, int], DeviceSeen] = field(default_factory=dict)
    asked: dict[Shape, Asked] = field(default_factory=dict)
    faulty: Counter[str] = field(default_factory=Counter)

    @property
    def reconnects(self) -> int:
        """Connections that took the place of earlier ones."""
        return self.connections - self.at_once


def controllers(traffic: Traffic) -> list[ControllerSeen]:
    """What every controller did, in the order in which they came."""
    return summed(traffic.exchanges(), devices(traffic.meta["units"]))


def summed(exchanges: Iterable[Exchange], known: dict[tuple[int, int], Device]) -> list[ControllerSeen]:
    """The same from exchanges and the devices behind each port and unit id."""
    found: dict[str, ControllerSeen] = {}
    for one in exchanges:
        host = one.peer.rpartition(":")[0]
        seen = found.get(host)
        if seen is None:
            seen = found[host] = ControllerSeen(host)
        if one.event == OPEN:
            seen.connections += 1
            seen.open += 1
            seen.at_once = max(seen.at_once, seen.open)
        elif one.event in (CLOSE, CUT):
            seen.open -= 1
        else:
            _request(seen, one, known)
    return list(found.values())


def _request(seen: ControllerSeen, one: Exchange, known: dict[tuple[int, int], Device]) -> None:
    """Count one request."""
    port = int(one.server.rpartition(":")[2])
    seen.requests += 1
    if one.answered:
        seen.answer_ms.add((one.answered - one.received) / 1e6)
    else:
        seen.silent += 1
    for fault in one.faults.split(",") if one.faults else ():
        seen.faulty[fault] += 1
    shape = Shape(port, one.unit, one.function, one.table, one.address, one.quantity)
    asked = seen.asked.get(shape)
    if asked is None:
        asked = Asked()
        if len(seen.asked) < MOST_SHAPES:
            seen.asked[shape] = asked
    good = bool(one.answered) and not one.exception
    if (device := known.get((port, one.unit)) or known.get((port, ANY))) is not None:
        used = seen.devices.get((port, one.unit))
        if used is None:
            used = seen.devices[port, one.unit] = DeviceSeen(device)
        _use(used, one, asked, good)
    asked.count += 1
    asked.good += good
    asked.silent += not one.answered
    asked.last_ns, asked.last_ms = one.received, one.plant_ms
    if one.exception:
        asked.exceptions[one.exception] += 1


def _use(used: DeviceSeen, one: Exchange, asked: Asked, good: bool) -> None:
    """Count one request to a device, and what it read and wrote."""
    writes = one.function in WRITES
    used.requests += 1
    used.writes += writes
    used.silent += not one.answered
    used.exceptions += bool(one.exception)
    used.refused_writes += writes and bool(one.exception)
    if one.function in READS and asked.last_ns:
        used.period.add((one.received - asked.last_ns) / 1e9)
        used.plant_period.add((one.plant_ms - asked.last_ms) / 1e3)
    if writes:
        _written(used, one, good)
    if good and not asked.good and one.function in READS:
        used.read.update(_registers(used.device, one.table, one.address, one.quantity))


def _written(used: DeviceSeen, one: Exchange, good: bool) -> None:
    """The registers that a write was about, and values whose words seem to have changed places."""
    address, quantity, data = one.address, one.quantity, b""
    if one.function == 23:
        address, quantity = (int.from_bytes(one.request[at : at + 2], "big") for at in (12, 14))
        data = one.request[17:]
    elif one.function == 16:
        data = one.request[13:]
    for register in _registers(used.device, one.table, address, quantity):
        if good:
            used.written.add(register)
        at = 2 * (register.address - address)
        value = data[at : at + 2 * register.words] if at >= 0 else b""
        if len(value) == 2 * register.words and register.looks_swapped(value):
            used.swapped[register.name] += 1


def _registers(device: Device, table: str, address: int, quantity: int) -> set[Known]:
    """The registers of a range; of a word of bits, all of them."""
    found: set[Known] = set()
    for word in range(address, address + quantity):
        found.update(device.at.get((table, word), ()))
    return found
