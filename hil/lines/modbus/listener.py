"""A listening address: the units behind it, its connections and its counts."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from hil.bus.unit_image import UnitImage
from hil.bus.wire_faults import WireFaults
from hil.lines.modbus.codes import DEVICE_BUSY
from hil.lines.modbus.limits import IDLE_S, Places
from hil.lines.modbus.line_faults import LineFaults
from hil.lines.modbus.request_log import RequestLog
from hil.lines.modbus.trouble import Trouble
from twin.errors import InputError

REFUSED = "clients were refused; Modbus TCP has had places again since then"


class Client(Protocol):
    """A connection, as far as its port knows it."""

    def abort(self) -> None:
        """End it at once."""
        ...

    def mute(self) -> None:
        """Answer nothing any more."""
        ...


@dataclass(frozen=True)
class ModbusPort:
    """A listening address and the units behind it. Port 0 takes any free port; `ModbusTcpServer.ports` names it.

    unknown_unit:      answer a unit id that is not there with exception 0B (a gateway does), or not at all
    connections:       how many clients may be connected at once, as real devices limit them; None leaves it at the
                       limit of all ports together (hil.lines.modbus.limits)
    when_full:         refuse the new connection, or close the oldest one in its favour
    idle_timeout:      seconds without a byte after which a connection is closed; None for never
    """

    units: Mapping[int, UnitImage]
    port: int = 502
    host: str = "127.0.0.1"
    unknown_unit: Literal["0B", "silence"] = "0B"
    connections: int | None = None
    when_full: Literal["refuse", "oldest"] = "refuse"
    idle_timeout: float | None = IDLE_S

    def __post_init__(self) -> None:
        """Refuse what no wire can carry."""
        for unit in self.units:
            if not 0 <= unit <= 255:
                raise InputError(f"port {self.port}: unit id {unit} is outside 0 .. 255")
        if not 0 <= self.port <= 65535:
            raise InputError(f"port {self.port} is outside 0 .. 65535")


@dataclass
class PortCounts:
    """What happened on a port beside the requests in the log."""

    accepted: int = 0
    refused: int = 0
    displaced: int = 0
    idle: int = 0
    dropped_frames: int = 0
    broken_frames: int = 0
    served: int = 0
    exceptions: int = 0
    busy: int = 0
    first_exception: tuple[bytes, int] | None = None

    def answered(self, frame: bytes, exception: int) -> None:
        """Count an answered request; of those refused the first is kept: its frame, and the exception."""
        if not exception:
            self.served += 1
            return
        self.exceptions += 1
        self.busy += exception == DEVICE_BUSY
        if self.first_exception is None:
            self.first_exception = frame, exception


@dataclass
class Listener:
    """A port at work: its settings, its connections (oldest first) and counts; `places` are those of all ports."""

    port: ModbusPort
    log: RequestLog
    plant_time: Callable[[], int]
    places: Places
    full: Trouble
    faults: LineFaults = field(default_factory=lambda: LineFaults(WireFaults([]), {}))
    turnaround_s: float = 0.0
    counts: PortCounts = field(default_factory=PortCounts)
    connections: dict[Client, None] = field(default_factory=dict)
    emptied: asyncio.Event = field(default_factory=asyncio.Event)

    def welcome(self) -> bool:
        """Whether the ports together have room for one more, whose place is then taken until it leaves."""
        if self.places.take():
            return True
        self.counts.refused += 1
        self.full.came(f"Modbus TCP: all {self.places.most} places are taken; more clients are refused")
        return False

    def admit(self, connection: Client) -> bool:
        """Take a new connection in, or say that there is no room for it."""
        limit, when_full = self.port.connections, str(self.port.when_full)
        if self.faults.active and (fault := self.faults.on_port(self.port.port, "few_connections")) is not None:
            limit, when_full = int(fault.parameters["most"]), str(fault.parameters["when_full"])
        if limit is not None and len(self.connections) >= limit:
            if when_full == "mute":
                connection.mute()
                self.connections[connection] = None
                return True
            if when_full == "refuse" or limit == 0:
                self.counts.refused += 1
                return False
            self.counts.displaced += 1
            oldest = next(iter(self.connections))
            del self.connections[oldest]
            oldest.abort()
        self.counts.accepted += 1
        self.connections[connection] = None
        return True

    def leave(self, connection: Client) -> None:
        """A connection is gone."""
        self.places.give_back()
        self.connections.pop(connection, None)
        if not self.connections:
            self.emptied.set()


def _no_plant() -> int:
    return 0
