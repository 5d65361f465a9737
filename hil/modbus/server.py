"""The Modbus TCP server: devices at unit ids on ports, answered from their images.

Pipelined requests are answered in order, each with its own transaction id. A frame of another protocol id is dropped; a
length that cannot be closes the connection, since nothing after it can be trusted. A client that sends without reading
is not read from any more until it has taken its answers.
"""

import asyncio
import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from hil.bus.unit_image import UnitImage
from hil.modbus.connection import Connection
from hil.modbus.request_log import RequestLog
from twin.errors import InputError, RigError


@dataclass(frozen=True)
class ModbusPort:
    """A listening address and the units behind it. Port 0 takes any free port; `ModbusTcpServer.ports` names it.

    unknown_unit:      answer a unit id that is not there with exception 0B (a gateway does), or not at all
    connections:       how many clients may be connected at once, as real devices limit them; None is unlimited
    when_full:         refuse the new connection, or close the oldest one in its favour
    idle_timeout:      seconds without a byte after which a connection is closed; None for never
    """

    units: Mapping[int, UnitImage]
    port: int = 502
    host: str = "127.0.0.1"
    unknown_unit: Literal["0B", "silence"] = "0B"
    connections: int | None = None
    when_full: Literal["refuse", "oldest"] = "refuse"
    idle_timeout: float | None = None

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


@dataclass
class Listener:
    """A port at work: its settings, its connections (oldest first) and counts."""

    port: ModbusPort
    log: RequestLog
    plant_time: Callable[[], int]
    counts: PortCounts = field(default_factory=PortCounts)
    connections: dict[Connection, None] = field(default_factory=dict)
    emptied: asyncio.Event = field(default_factory=asyncio.Event)

    def admit(self, connection: Connection) -> bool:
        """Take a new connection in, or say that there is no room for it."""
        limit = self.port.connections
        if limit is not None and len(self.connections) >= limit:
            if self.port.when_full == "refuse" or limit == 0:
                self.counts.refused += 1
                return False
            self.counts.displaced += 1
            oldest = next(iter(self.connections))
            del self.connections[oldest]
            oldest.abort()
        self.counts.accepted += 1
        self.connections[connection] = None
        return True

    def leave(self, connection: Connection) -> None:
        """A connection is gone."""
        self.connections.pop(connection, None)
        if not self.connections:
            self.emptied.set()


def _no_plant() -> int:
    return 0


class ModbusTcpServer:
    """All Modbus TCP ports of a bench, behind the Transport interface."""

    def __init__(
        self, ports: Sequence[ModbusPort], plant_time: Callable[[], int] = _no_plant, log: RequestLog | None = None
    ) -> None:
        """plant_time: plant time in ms for the log of requests; it is called for every chunk of bytes that comes in."""
        self.log = RequestLog() if log is None else log
        self._listeners = [Listener(port, self.log, plant_time) for port in ports]
        self._servers: list[asyncio.Server] = []

    @property
    def ports(self) -> list[int]:
        """The port numbers in use, in the order given; the real ones where 0 was asked for."""
        return [server.sockets[0].getsockname()[1] for server in self._servers]

    @property
    def counts(self) -> list[PortCounts]:
        """What happened on each port, in the order given."""
        return [listener.counts for listener in self._listeners]

    async def start(self) -> None:
        """Listen on every port; RigError names the one that cannot be had, and the others are closed again."""
        loop = asyncio.get_running_loop()
        for listener in self._listeners:
            host, number = listener.port.host, listener.port.port
            try:
                server = await loop.create_server(partial(Connection, listener), host, number, backlog=512)
            except OSError as error:
                await self.stop()
                raise RigError(f"Modbus port {number} on {host}: {_reason(error)}") from error
            self._servers.append(server)

    def publish(self) -> None:
        """Answer from the renewed bus vector from now on."""
        for listener in self._listeners:
            for image in listener.port.units.values():
                image.refresh()

    async def stop(self) -> None:
        """Close the ports, then every connection."""
        for server in self._servers:
            server.close()
        for listener in self._listeners:
            for connection in list(listener.connections):
                connection.abort()
            if listener.connections:
                listener.emptied.clear()
                await listener.emptied.wait()
        for server in self._servers:
            await server.wait_closed()
        self._servers.clear()


def _reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "already taken by another program"
    if error.errno == errno.EACCES:
        return "not permitted; ports below 1024 need special rights"
    return error.strerror or str(error)
