"""The proxy in a thread of its own before a device that does what a test says; raw sockets at both ends."""

import asyncio
import contextlib
import socket
import threading

from hil.bus.address import Address
from hil.lines.modbus.request_log import RequestLog
from hil.lines.modbus.stand_ins.proxy import Proxy


def frame(transaction, pdu, unit=1):
    body = bytes((unit,)) + bytes.fromhex(pdu)
    return transaction.to_bytes(2, "big") + b"\0\0" + len(body).to_bytes(2, "big") + body


def whole(sock, count):
    data = b""
    while len(data) < count and (piece := sock.recv(count - len(data))):
        data += piece
    return data


class Between:
    """A proxy whose device is a listening socket; `meet` gives both ends of a new connection through it."""

    def __init__(self, most=None, port=None):
        self.device = socket.create_server(("127.0.0.1", 0))
        self.device.settimeout(10.0)
        self.kept, self.made = [], []
        to = Address("127.0.0.1", self.device.getsockname()[1] if port is None else port)
        self.loop, ready = asyncio.new_event_loop(), threading.Event()
        self._stop = asyncio.Event()

        async def run():
            self.proxy = Proxy(Address("127.0.0.1", 0), to, RequestLog(keep=self.kept.extend), most)
            await self.proxy.start()
            ready.set()
            await self._stop.wait()
            await self.proxy.stop()

        self._thread = threading.Thread(target=self.loop.run_until_complete, args=(run(),), daemon=True)
        self._thread.start()
        assert ready.wait(10.0)

    def client(self):
        self.made.append(socket.create_connection(("127.0.0.1", self.proxy.port), 10.0))
        return self.made[-1]

    def meet(self):
        client = self.client()
        device, _ = self.device.accept()
        device.settimeout(10.0)
        self.made.append(device)
        return client, device

    def record(self):
        """All that was kept; the proxy ends with this."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(20.0)
            assert not self._thread.is_alive()
            self.loop.close()
        return self.kept

    def close(self):
        self.record()
        for one in [*self.made, self.device]:
            with contextlib.suppress(OSError):
                one.close()
