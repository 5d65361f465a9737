"""Takes clients in at a listening socket.

asyncio's own server tries again hundreds of times in a turn when the system has no descriptor left, and logs each try;
this one waits a moment and says it once.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from hil.lines.modbus import limits
from hil.lines.modbus.trouble import Trouble

_AT_ONCE = 16
"""Clients taken in in one turn of the loop, so that a flood of them does not delay the others."""


class Acceptor:
    """One listening socket at work, until `close`."""

    def __init__(
        self, listening: socket.socket, admits: Callable[[], bool], made: Callable[[], Any], starved: Trouble
    ) -> None:
        """admits: whether there is room for one more; made: its protocol; starved: of descriptors."""
        listening.setblocking(False)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # those taken in have it from here
        self._socket, self._admits, self._made, self._starved = listening, admits, made, starved
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._pause: asyncio.TimerHandle | None = None
        self.port: int = listening.getsockname()[1]
        self._go_on()

    async def close(self) -> None:
        """Take nobody in any more; those on their way in are there when this returns."""
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._socket)
        self._socket.close()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _go_on(self) -> None:
        self._pause = None
        self._loop.add_reader(self._socket, self._take_in)

    def _take_in(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                client, _ = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:  # the client stays in the queue of the system
                self._starved.came(f"Modbus TCP port {self.port} takes nobody in at present: {error.strerror or error}")
                self._loop.remove_reader(self._socket)
                self._pause = self._loop.call_later(limits.ACCEPT_AGAIN_S, self._go_on)
                return
            if not self._admits():
                client.close()
                continue
            client.setblocking(False)
            task = self._loop.create_task(self._loop.connect_accepted_socket(self._made, client))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


async def listening_sockets(host: str, port: int, backlog: int) -> list[socket.socket]:
    """A listening socket for every address of the host; OSError where one cannot be had, and none is left open."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    try:
        for family, address in dict.fromkeys((one[0], one[4]) for one in found):
            sockets.append(socket.create_server(address, family=family, backlog=backlog))
    except OSError:
        for one in sockets:
            one.close()
        raise
    return sockets
