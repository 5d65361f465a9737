"""The Modbus TCP server: devices at unit ids on ports, answered from their images.

Pipelined requests are answered in order, each with its own transaction id. A frame of another protocol id is dropped; a
length that cannot be closes the connection, since nothing after it can be trusted. A client that sends without reading
is not read from any more until it has taken its answers.
"""

import asyncio
import errno
import socket
from collections.abc import Callable, Sequence
from functools import partial

from hil.bus.address import Address
from hil.bus.transport import Health
from hil.bus.wire_faults import ActiveWireFault, WireFaults
from hil.lines.modbus.acceptor import Acceptor, listening_sockets
from hil.lines.modbus.codes import EXCEPTIONS
from hil.lines.modbus.connection import Connection
from hil.lines.modbus.limits import Places, most_connections
from hil.lines.modbus.line_faults import LineFaults, name_of
from hil.lines.modbus.listener import REFUSED, Listener, ModbusPort, PortCounts, _no_plant
from hil.lines.modbus.pdu import describe
from hil.lines.modbus.request_log import RequestLog
from hil.lines.modbus.trouble import Trouble
from twin.errors import RigError


class ModbusTcpServer:
    """All Modbus TCP ports of a bench, behind the Transport interface."""

    line = "modbus"

    def __init__(
        self,
        ports: Sequence[ModbusPort],
        plant_time: Callable[[], int] = _no_plant,
        log: RequestLog | None = None,
        most: int | None = None,
        faults: LineFaults | None = None,
        turnaround_s: float = 0.0,
    ) -> None:
        """Nothing is opened yet.

        plant_time: plant time in ms for the log of requests; it is called for every chunk of bytes that comes in
        most:       clients on all ports together; by default what the descriptors of the process allow
        faults:     those of the line; none by default
        turnaround_s: so much later answers come [s of the loop's time]
        """
        self.log = RequestLog() if log is None else log
        self.places = Places(most)
        self._full, self._starved = Trouble(REFUSED), Trouble("times no client could be taken in; that is over")
        self.faults = LineFaults(WireFaults([]), {}) if faults is None else faults
        given = (self.log, plant_time, self.places, self._full, self.faults, turnaround_s)
        self._listeners = [Listener(port, *given) for port in ports]
        self._acceptors: list[list[Acceptor]] = []
        self._closed: dict[int, int] = {}
        self._changes: set[asyncio.Task[None]] = set()

    @property
    def ports(self) -> list[int]:
        """The port numbers in use, in the order given; the real ones where 0 was asked for."""
        return [acceptors[0].port for acceptors in self._acceptors]

    @property
    def counts(self) -> list[PortCounts]:
        """What happened on each port, in the order given."""
        return [listener.counts for listener in self._listeners]

    async def start(self) -> None:
        """Listen on every port; RigError names the one that cannot be had, and the others are closed again."""
        for listener in self._listeners:
            host, number = listener.port.host, listener.port.port
            try:
                sockets = await listening_sockets(host, number, backlog=512)
            except OSError as error:
                await self.stop()
                raise RigError(f"Modbus port {number} on {host}: {reason(error)}") from error
            self._acceptors.append(self._accepting(listener, sockets))
        self.log.start()
        self.faults.listen(self._changed)
        if self.places.most is None:
            self.places.most = most_connections()

    def _accepting(self, listener: Listener, sockets: list[socket.socket]) -> list[Acceptor]:
        made = partial(Connection, listener)
        return [Acceptor(one, listener.welcome, made, self._starved) for one in sockets]

    def _changed(self, fault: ActiveWireFault, begins: bool) -> None:
        """A fault of the line begins or ends: what it does to ports and connections."""
        name = name_of(fault)
        if begins:
            images = {(one.port.port, unit): image for one in self._listeners for unit, image in one.port.units.items()}
            self.faults.begin(fault, images)
        else:
            self.faults.end(fault)
        for number, listener in enumerate(self._listeners):
            port = listener.port.port
            if port not in self.faults.ports(fault):
                continue
            whole = name in ("down", "refuse") or (name == "restart" and self.faults.alone(port))
            if begins and (name in ("down", "half_open") or (whole and name == "restart")):
                for connection in list(listener.connections):
                    connection.mute() if name == "half_open" else connection.abort()
            if whole:
                task = asyncio.get_running_loop().create_task(self._shut(number) if begins else self._reopen(number))
                self._changes.add(task)
                task.add_done_callback(self._changes.discard)

    async def _shut(self, number: int) -> None:
        """Take nobody in at a port any more; its number is kept."""
        self._closed[number] = self._closed.get(number, 0) + 1
        if self._closed[number] == 1:
            for acceptor in self._acceptors[number]:
                await acceptor.close()

    async def _reopen(self, number: int) -> None:
        """Take clients in at a port again, once all that shut it is over."""
        self._closed[number] -= 1
        if self._closed[number] == 0:
            listener, port = self._listeners[number], self._acceptors[number][0].port
            sockets = await listening_sockets(listener.port.host, port, backlog=512)
            self._acceptors[number] = self._accepting(listener, sockets)

    def publish(self) -> None:
        """Answer from the renewed bus vector from now on."""
        for listener in self._listeners:
            for image in listener.port.units.values():
                image.refresh()

    def where(self) -> str:
        """The address and the ports in use."""
        hosts = dict.fromkeys(listener.port.host for listener in self._listeners)
        return f"answers on {', '.join(hosts)}, Modbus TCP port {', '.join(map(str, self.ports))}"

    def address(self) -> Address:
        """The first port."""
        return Address(self._listeners[0].port.host, self.ports[0])

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
        """A server has nothing to lose; of what it refuses only that counts which was right but came too thick."""
        busy = sum(count.busy for count in self.counts)
        return Health(refused=busy, sentence=f"{busy} Modbus writes were refused, too many waited" if busy else "")

    async def stop(self) -> None:
        """Close the ports, then every connection."""
        self.faults.listen(None)
        if self._changes:
            await asyncio.wait(self._changes)
        for number, acceptors in enumerate(self._acceptors):
            for acceptor in acceptors if not self._closed.get(number) else ():
                await acceptor.close()
        for listener in self._listeners:
            for connection in list(listener.connections):
                connection.abort()
            if listener.connections:
                listener.emptied.clear()
                await listener.emptied.wait()
        self.log.stop()
        self._acceptors.clear()
        self._full.end()
        self._starved.end()


def reason(error: OSError) -> str:
    """Why the system refuses an address, in words."""
    if error.errno == errno.EADDRINUSE:
        return "already taken by another program"
    if error.errno == errno.EACCES:
        return "not permitted; ports below 1024 need special rights"
    return error.strerror or str(error)
