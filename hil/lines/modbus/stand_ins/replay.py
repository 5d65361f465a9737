"""Answers clients in a device's place, as a player says: the sockets of `geotwin replay`."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, Protocol, cast

from hil.bus.address import Address
from hil.lines.modbus.acceptor import Acceptor, listening_sockets
from hil.lines.modbus.limits import Places, most_connections
from hil.lines.modbus.server import reason
from hil.lines.modbus.stand_ins.frames import Frames
from hil.lines.modbus.trouble import Trouble
from twin.errors import RigError


class Answer(NamedTuple):
    """What a client is sent, nothing for silence; ends: whether its connection is closed then."""

    data: bytes = b""
    ends: bool = False


class Talk(Protocol):
    """What is answered on one connection."""

    def asked(self, frame: bytes) -> Answer:
        """A whole frame has come."""
        ...

    def stray(self, data: bytes) -> Answer:
        """Bytes have come that can be no frame."""
        ...

    def left(self) -> None:
        """The client is gone."""
        ...


class _Client(asyncio.Protocol):
    """One client: frames in, answers out; who takes none is read from no more."""

    def __init__(self, server: "ReplayServer", number: int) -> None:
        self._server, self._talk = server, server.opened(number)
        self._frames = Frames()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._server.clients[self] = None

    def data_received(self, data: bytes) -> None:
        frames, raw = self._frames.cut(data)
        answers = [self._talk.asked(frame) for frame in frames]
        answers += [self._talk.stray(raw)] if raw else []
        for answer in answers:
            if not self.transport.is_closing():
                self.transport.write(answer.data)
            if answer.ends:
                self.transport.close()

    def eof_received(self) -> None:
        self._leave()

    def connection_lost(self, _error: Exception | None) -> None:
        self._leave()
        self._server.left(self)

    def _leave(self) -> None:
        """The client is gone, told before whoever connects next is heard."""
        rest, self._frames = self._frames.rest, Frames()
        if rest:
            self._talk.stray(rest)
        self._talk.left()

    def pause_writing(self) -> None:
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        self.transport.resume_reading()


class ReplayServer:
    """Listens at addresses, in whose order they are counted from 0.

    opened: gives the talk of a new connection at the address of that number
    """

    def __init__(self, addresses: list[Address], opened: Callable[[int], Talk]) -> None:
        """Nothing is opened yet."""
        self._addresses, self.opened = addresses, opened
        self.clients: dict[_Client, None] = {}
        self._places = Places()
        self._full = Trouble("clients were refused; the replay has had places again since then")
        self._starved = Trouble("times no client could be taken in; that is over")
        self._acceptors: list[Acceptor] = []
        self._emptied = asyncio.Event()
        self.ports: list[int] = []

    async def start(self) -> None:
        """Listen; RigError names the address that cannot be had, and the others are closed again."""
        for number, (host, port) in enumerate((one.host, one.port) for one in self._addresses):
            try:
                sockets = await listening_sockets(host, port, backlog=512)
            except OSError as error:
                await self.stop()
                raise RigError(f"Modbus port {port} on {host}: {reason(error)}") from error
            made = partial(_Client, self, number)
            found = [Acceptor(one, self._welcome, made, self._starved) for one in sockets]
            self._acceptors += found
            self.ports.append(found[0].port)
        self._places.most = most_connections()

    async def stop(self) -> None:
        """Take nobody in any more, and end every connection when it has taken its answers, or at once."""
        for acceptor in self._acceptors:
            await acceptor.close()
        for client in list(self.clients):
            client.transport.abort() if client.transport.get_write_buffer_size() else client.transport.close()
        while self.clients:
            self._emptied.clear()
            await self._emptied.wait()
        self._full.end()
        self._starved.end()

    def left(self, client: _Client) -> None:
        """A client is gone."""
        self._places.give_back()
        self.clients.pop(client, None)
        if not self.clients:
            self._emptied.set()

    def _welcome(self) -> bool:
        if self._places.take():
            return True
        self._full.came(f"the replay: all {self._places.most} places are taken; more clients are refused")
        return False
