"""The Modbus TCP server: devices at unit ids on ports, answered from their images.

Pipelined requests are answered in order, each with its own transaction id. A frame of another protocol id is dropped; a
length that cannot be closes the connection, since nothing after it can be trusted. A client that sends without reading
is not read from any more until it has taken its answers.
"""

import asyncio
import errno
from collections.abc import Callable, Sequence
from functools import partial

from hil.bus.transport import Health
from hil.modbus.codes import EXCEPTIONS
from hil.modbus.connection import Connection
from hil.modbus.listener import Listener, ModbusPort, PortCounts, _no_plant
from hil.modbus.pdu import describe
from hil.modbus.request_log import RequestLog
from twin.errors import RigError


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

    def where(self) -> str:
        """The address and the ports in use."""
        hosts = dict.fromkeys(listener.port.host for listener in self._listeners)
        return f"answers on {', '.join(hosts)}, Modbus TCP port {', '.join(map(str, self.ports))}"

    def status(self) -> str:
        """How many connections there were."""
        return f"connections {sum(count.accepted for count in self.counts)}"

    def complaints(self) -> list[str]:
        """What says that no controller was there: nobody connected, nobody asked, or all that was asked was refused."""
        counts = self.counts
        if not any(count.accepted for count in counts):
            return [f"nobody connected: no client came to Modbus TCP port {', '.join(map(str, self.ports))}"]
        if any(count.served for count in counts):
            return []
        first = next((count.first_exception for count in counts if count.first_exception), None)
        if first is None:
            return ["a client connected over Modbus TCP, but asked for nothing"]
        frame, exception = first
        function, address, quantity = describe(frame[7:])
        refused = sum(count.exceptions for count in counts)
        return [
            f"all {refused} Modbus requests were refused; the first: unit {frame[6]}, function {function}, address "
            f"{address}, count {quantity}: exception {exception:02X} ({EXCEPTIONS.get(exception, 'unknown')})"
        ]

    def health(self) -> Health:
        """A server has nothing to lose; what it refuses the client has been told."""
        return Health()

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
