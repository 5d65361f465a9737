"""A proxy of Modbus TCP: every client has a connection of its own to the device, and what goes over both is told.

Bytes are passed on as they come, also those that are no frames. Whoever takes his bytes slowly slows the other end
down: no more waits here than a buffer of the system's and one of asyncio's each way.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from time import monotonic_ns
from typing import cast

from hil.bus.address import Address
from hil.lines.modbus.acceptor import Acceptor, listening_sockets
from hil.lines.modbus.limits import Places, most_connections
from hil.lines.modbus.request_log import RequestLog, Source
from hil.lines.modbus.server import reason
from hil.lines.modbus.stand_ins.frames import Matching
from hil.lines.modbus.trouble import Trouble
from twin.errors import RigError

CONNECT_S = 10.0
"""The device has so long to take a connection [s]."""
LINGER_S = 10.0
"""When one end has closed, the other has so long to take or send what is left [s]."""
_SWEEP_S = 1.0


def _no_plant() -> int:
    return 0


def _why(error: OSError) -> str:
    """Why a connection was not to be had, in the words of the system."""
    if error.errno is None or isinstance(error, socket.gaierror):
        return error.strerror or str(error)
    return os.strerror(error.errno)


class _End(asyncio.Protocol):
    """One end of a pair: the client's or the device's."""

    def __init__(self, pair: "_Pair") -> None:
        self.pair = pair
        self.transport: asyncio.Transport | None = None
        self.over = False

    @property
    def other(self) -> "_End":
        return self.pair.device if self is self.pair.client else self.pair.client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self.pair.made(self)

    def data_received(self, data: bytes) -> None:
        self.pair.passed(self, data)

    def eof_received(self) -> bool:
        return self.pair.finished(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.over = True
        self.pair.lost(self, error)

    def pause_writing(self) -> None:
        self.other.read(False)

    def resume_writing(self) -> None:
        self.other.read(True)

    def read(self, on: bool) -> None:
        """Take more of what is sent to this end, or leave it in the buffers of the system."""
        if self.transport is not None and not self.over:
            self.transport.resume_reading() if on else self.transport.pause_reading()


class _Pair:
    """A client's connection and the one to the device that belongs to it.

    by_client: whether the client has ended its connection; cut: whether the device has
    """

    def __init__(self, proxy: "Proxy") -> None:
        self.proxy = proxy
        self.client, self.device = _End(self), _End(self)
        self.by_client = self.cut = self._gone = False
        self.source = Source("", "", 0)
        self.matching = Matching(self.source, proxy.log.add)
        self._connecting: asyncio.Task[None] | None = None
        self._linger: asyncio.TimerHandle | None = None

    def made(self, end: _End) -> None:
        """An end is connected: the client's waits for that of the device, which is the last."""
        if end is self.client and end.transport is not None:
            end.read(False)
            self.source = Source.of(end.transport, self.proxy.took(self))
            self.matching = Matching(self.source, self.proxy.log.add)
            self.proxy.log.opened(self.source, _no_plant)
            self._connecting = asyncio.get_running_loop().create_task(self._connect())
        elif self.client.over:
            self.abort()

    async def _connect(self) -> None:
        to, loop = self.proxy.device, asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_S):
                await loop.create_connection(lambda: self.device, to.host, to.port)
            self.client.read(True)
        except (OSError, TimeoutError) as error:
            why = "no answer" if isinstance(error, TimeoutError) else _why(error)
            self.proxy.refused.came(f"{to} takes no connection: {why}; the client's is closed")
            self.cut, self.device.over = True, True
            self._end(self.client)

    def passed(self, end: _End, data: bytes) -> None:
        """Pass on what has come, and tell it."""
        now = monotonic_ns()
        if (out := end.other.transport) is not None and not out.is_closing():
            out.write(data)
        if end is self.client:
            before = self.matching.requests
            self.matching.asked(data, now)
            self.proxy.requests += self.matching.requests - before
        else:
            self.matching.answered(data, now)
        self.proxy.log.ease()

    def finished(self, end: _End) -> bool:
        """An end sends no more; whether what is left for it may still be sent to it."""
        if end is self.client:
            self.by_client = True
            out = self.device.transport
            if out is None or self.device.over or out.is_closing():
                return False
            out.write_eof()
            self._let_linger()
            return True
        if not self.by_client:
            self._device_left("closed a connection")
        self._end(self.client)
        return False

    def lost(self, end: _End, error: Exception | None) -> None:
        """An end is gone: the other one goes, too, when it has taken what is left."""
        if end is self.device and not (self.by_client or self.cut or self.client.over):
            self._device_left(f"lost a connection ({error or 'closed'})")
        if end is self.client and self._connecting is not None:
            self._connecting.cancel()
            self.device.over = self.device.over or self.device.transport is None
        if end is self.client and error is not None:
            self.abort()
        elif not end.other.over:
            self._end(end.other)
        if self.client.over and self.device.over and not self._gone:
            self._gone = True
            if self._linger is not None:
                self._linger.cancel()
            self.matching.end(monotonic_ns())
            self.proxy.log.closed(self.source, _no_plant, self.cut)
            self.proxy.left(self)

    def abort(self) -> None:
        """End both connections at once."""
        for end in (self.client, self.device):
            if end.transport is not None:
                end.transport.abort()

    def _device_left(self, what: str) -> None:
        self.cut = True
        self.proxy.lost.came(f"{self.proxy.device} has {what}; the client's is closed")

    def _end(self, end: _End) -> None:
        """Close an end, when it has taken what is left for it."""
        if end.transport is not None:
            end.transport.close()
        self._let_linger()

    def _let_linger(self) -> None:
        if self._linger is None:
            self._linger = asyncio.get_running_loop().call_later(LINGER_S, self.abort)


class Proxy:
    """The proxy between an address that clients connect to and a device.

    requests: how many were passed on; accepted: how many connections were taken in
    """

    def __init__(self, listen: Address, device: Address, log: RequestLog, most: int | None = None) -> None:
        """log: takes what is passed on. most: clients at once; by default half of what the descriptors allow."""
        self.listen, self.device, self.log = listen, device, log
        self.requests = self.accepted = 0
        self.refused = Trouble(f"connections were not taken by {device}; that is over")
        self.lost = Trouble(f"connections were ended by {device}; that is over")
        self._full = Trouble("clients were refused; the proxy has had places again since then")
        self._starved = Trouble("times no client could be taken in; that is over")
        self._places, self._pairs = Places(most), dict[_Pair, None]()
        self._acceptors: list[Acceptor] = []
        self._emptied = asyncio.Event()
        self._sweep: asyncio.TimerHandle | None = None

    @property
    def port(self) -> int:
        """The port it listens on; the real one where 0 was asked for."""
        return self._acceptors[0].port

    @property
    def open(self) -> int:
        """How many clients are connected."""
        return len(self._pairs)

    async def start(self) -> None:
        """Listen; RigError where the address cannot be had."""
        host, number = self.listen.host, self.listen.port
        try:
            sockets = await listening_sockets(host, number, backlog=512)
        except OSError as error:
            raise RigError(f"Modbus port {number} on {host}: {reason(error)}") from error
        made: Callable[[], _End] = lambda: _Pair(self).client  # noqa: E731
        self._acceptors = [Acceptor(one, self._welcome, made, self._starved) for one in sockets]
        if self._places.most is None:
            self._places.most = max(1, most_connections() // 2)
        self.log.start()
        self._look()

    async def stop(self) -> None:
        """Take nobody in any more, and end every connection."""
        for acceptor in self._acceptors:
            await acceptor.close()
        if self._sweep is not None:
            self._sweep.cancel()
        for pair in list(self._pairs):
            pair.by_client = True  # nobody is to be told that the device went
            pair.abort()
        while self._pairs:
            self._emptied.clear()
            await self._emptied.wait()
        self.log.stop()
        for trouble in (self.refused, self.lost, self._full, self._starved):
            trouble.end()

    def took(self, pair: _Pair) -> int:
        """A client is there; its number, from 1 on."""
        self._pairs[pair] = None
        self.accepted += 1
        return self.accepted

    def left(self, pair: _Pair) -> None:
        """A client is gone, and its connection to the device."""
        self._places.give_back()
        self._pairs.pop(pair, None)
        if not self._pairs:
            self._emptied.set()

    def _welcome(self) -> bool:
        if self._places.take():
            return True
        self._full.came(f"the proxy: all {self._places.most} places are taken; more clients are refused")
        return False

    def _look(self) -> None:
        """Give up requests that have waited too long, again and again."""
        for pair in self._pairs:
            pair.matching.give_up(monotonic_ns())
        self._sweep = asyncio.get_running_loop().call_later(_SWEEP_S, self._look)
