"""The server against raw sockets: the probes of docs/fieldbus.md, limits, and clients of bad manners."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from hil.bus.maps.device_file import read_device
from hil.bus.unit_image import UnitImage
from hil.lines.modbus.listener import ModbusPort
from hil.lines.modbus.server import ModbusTcpServer

DEVICE = read_device(Path(__file__).parents[1] / "data" / "chiller_gateway.yaml")
READ = bytes.fromhex("03 0000 0003")
ANSWER = bytes.fromhex("03 06 0000 0046 0000")


def frame(tid: int, pdu: bytes, unit: int = 1, protocol: int = 0) -> bytes:
    return struct.pack(">HHHB", tid, protocol, len(pdu) + 1, unit) + pdu


async def answers(reader: asyncio.StreamReader, count: int = 1) -> list[tuple[int, int, bytes]]:
    """The next answers as (transaction id, unit, PDU)."""
    found = []
    for _ in range(count):
        tid, protocol, length, unit = struct.unpack(">HHHB", await reader.readexactly(7))
        assert protocol == 0
        found.append((tid, unit, await reader.readexactly(length - 1)))
    return found


class Client:
    """A raw client of one port."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, data: bytes, count: int = 1) -> list[tuple[int, int, bytes]]:
        self.writer.write(data)
        return await asyncio.wait_for(answers(self.reader, count), 10)

    async def closed(self) -> bool:
        try:
            return await asyncio.wait_for(self.reader.read(), 10) == b""
        except ConnectionResetError:
            return True

    async def close(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            return


class Rig:
    """A server with one port and clients that are closed in the end."""

    def __init__(self, **port: Any) -> None:
        self.images = {1: UnitImage(DEVICE), 2: UnitImage(DEVICE)}
        self.server = ModbusTcpServer([ModbusPort(self.images, 0, **port)], plant_time=lambda: 77)
        self.clients: list[Client] = []

    async def client(self) -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", self.server.ports[0]))
        self.clients.append(client)
        return client


def bench(test: Callable[[Rig], Awaitable[None]], **port: Any) -> None:
    """Run a test against a started server, with a time limit, and fail on anything asyncio would only log."""

    async def run() -> None:
        loop_errors: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: loop_errors.append(context))
        rig = Rig(**port)
        await rig.server.start()
        try:
            await asyncio.wait_for(test(rig), 60)
        finally:
            for client in rig.clients:
                await client.close()
            await rig.server.stop()
        assert loop_errors == []

    asyncio.run(run())


def test_pipelined_requests_are_answered_in_order_with_their_own_ids() -> None:
    async def test(rig: Rig) -> None:
        client = await rig.client()
        burst = b"".join(frame(0x50 + n, READ, 1 + n % 2) for n in range(8))
        assert await client.ask(burst, 8) == [(0x50 + n, 1 + n % 2, ANSWER) for n in range(8)]

    bench(test)


def test_frames_split_anywhere_are_put_together() -> None:
    async def test(rig: Rig) -> None:
        client = await rig.client()
        data = frame(1, READ) + frame(2, READ)
        for cut in range(1, len(data)):
            client.writer.write(data[:cut])
            await client.writer.drain()
            await asyncio.sleep(0)
            assert await client.ask(data[cut:], 2) == [(1, 1, ANSWER), (2, 1, ANSWER)]

    bench(test)


@pytest.mark.parametrize(
    ("pdu", "answer"),
    [("03 0000 0000", "83 03"), ("03 0000 007e", "83 03"), ("41", "c1 01"), ("05 0000 1234", "85 03"),
     ("04 0004 0001", "84 02"), ("02 0000 0010", "82 02")],
)  # fmt: skip
def test_exceptions_keep_the_function_and_the_connection(pdu: str, answer: str) -> None:
    async def test(rig: Rig) -> None:
        client = await rig.client()
        data = frame(9, bytes.fromhex(pdu)) + frame(10, READ)
        assert await client.ask(data, 2) == [(9, 1, bytes.fromhex(answer)), (10, 1, ANSWER)]

    bench(test)


def test_an_unknown_unit_is_answered_as_a_gateway_does() -> None:
    async def test(rig: Rig) -> None:
        client = await rig.client()
        assert await client.ask(frame(3, READ, 9)) == [(3, 9, b"\x83\x0b")]

    bench(test)


def test_an_unknown_unit_can_be_silent() -> None:
    async def test(rig: Rig) -> None:
        client = await rig.client()
        assert await client.ask(frame(3, READ, 9) + frame(4, READ, 2)) == [(4, 2, ANSWER)]
        assert [(entry.unit, entry.answered > 0) for entry in rig.server.log] == [(9, False), (2, True)]

    bench(test, unknown_unit="silence")


def test_a_frame_of_another_protocol_is_dropped_and_the_next_answered() -> None:
    async def test(rig: Rig) -> None:
        client = await rig.client()
        assert await client.ask(frame(3, READ, protocol=1) + frame(4, READ)) == [(4, 1, ANSWER)]
        assert rig.server.counts[0].dropped_frames == 1

    bench(test)


@pytest.mark.parametrize("length", [0, 1, 255, 65535])
def test_a_length_that_cannot_be_closes_the_connection_after_the_answers_before_it(length: int) -> None:
    async def test(rig: Rig) -> None:
        client = await rig.client()
        assert await client.ask(frame(3, READ) + struct.pack(">HHH", 4, 0, length)) == [(3, 1, ANSWER)]
        assert await client.closed()
        assert await (await rig.client()).ask(frame(5, READ)) == [(5, 1, ANSWER)]

    bench(test)


def test_over_the_limit_the_new_connection_is_refused() -> None:
    async def test(rig: Rig) -> None:
        for client in (await rig.client(), await rig.client()):
            assert await client.ask(frame(1, READ)) == [(1, 1, ANSWER)]
        assert await (await rig.client()).closed()
        assert (rig.server.counts[0].accepted, rig.server.counts[0].refused) == (2, 1)

    bench(test, connections=2)


def test_over_the_limit_the_oldest_connection_goes() -> None:
    async def test(rig: Rig) -> None:
        first, second = await rig.client(), await rig.client()
        await first.ask(frame(1, READ))
        await second.ask(frame(1, READ))
        third = await rig.client()
        assert await third.ask(frame(2, READ)) == [(2, 1, ANSWER)]
        assert await first.closed()
        assert await second.ask(frame(2, READ)) == [(2, 1, ANSWER)]
        assert rig.server.counts[0].displaced == 1

    bench(test, connections=2, when_full="oldest")


def test_a_closed_connection_makes_room() -> None:
    async def test(rig: Rig) -> None:
        first = await rig.client()
        await first.ask(frame(1, READ))
        await first.close()
        while True:  # the server learns of the close in its own time
            client = await rig.client()
            try:
                assert await client.ask(frame(2, READ)) == [(2, 1, ANSWER)]
                break
            except (asyncio.IncompleteReadError, ConnectionResetError):
                continue

    bench(test, connections=1)


def test_an_idle_connection_is_closed() -> None:
    async def test(rig: Rig) -> None:
        client = await rig.client()
        await client.ask(frame(1, READ))
        assert await client.closed()
        assert rig.server.counts[0].idle == 1

    bench(test, idle_timeout=0.05)


def test_clients_of_different_manners_are_all_served_at_once() -> None:
    """One leaves at any exception, one sends its backlog in a burst, one pipelines, one gave up waiting but stays."""
    refused = bytes.fromhex("03 0007 0001")

    async def leaves_at_exceptions(rig: Rig) -> None:
        for n in range(20):
            client = await rig.client()
            assert await client.ask(frame(n, READ)) == [(n, 1, ANSWER)]
            assert await client.ask(frame(n, refused)) == [(n, 1, b"\x83\x02")]
            await client.close()

    async def bursts(rig: Rig) -> None:
        client = await rig.client()
        for size in (1, 60, 1, 200):
            got = await client.ask(b"".join(frame(n, READ, 2) for n in range(size)), size)
            assert got == [(n, 2, ANSWER) for n in range(size)]

    async def pipelines(rig: Rig) -> None:
        client = await rig.client()
        client.writer.write(b"".join(frame(n, READ) for n in range(8)))
        for n in range(8, 400):
            assert await client.ask(frame(n, READ)) == [(n - 8, 1, ANSWER)]
        assert [tid for tid, _, _ in await answers(client.reader, 8)] == list(range(392, 400))

    async def stays_after_time_outs(rig: Rig) -> None:
        client = await rig.client()
        for n in range(50):
            client.writer.write(frame(2 * n, READ))
            got = await client.ask(frame(2 * n + 1, refused), 2)
            assert got == [(2 * n, 1, ANSWER), (2 * n + 1, 1, b"\x83\x02")]

    async def test(rig: Rig) -> None:
        await asyncio.gather(leaves_at_exceptions(rig), bursts(rig), pipelines(rig), stays_after_time_outs(rig))

    bench(test)


def test_answers_are_not_held_back_by_nagle() -> None:
    async def test(rig: Rig) -> None:
        client = await rig.client()
        await client.ask(frame(1, READ))
        connection = next(iter(rig.server._listeners[0].connections))
        wire = connection._transport.get_extra_info("socket")
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1

    bench(test)


def test_a_write_by_one_client_is_seen_by_all_at_once() -> None:
    async def test(rig: Rig) -> None:
        first, second = await rig.client(), await rig.client()
        await second.ask(frame(1, READ))
        await first.ask(frame(2, bytes.fromhex("06 0001 01c2")))
        assert await second.ask(frame(3, READ)) == [(3, 1, bytes.fromhex("03 06 0000 01c2 0000"))]
        both = frame(4, bytes.fromhex("06 0001 01f4"), 2) + frame(5, READ, 2)
        assert (await second.ask(both, 2))[1] == (5, 2, bytes.fromhex("03 06 0000 01f4 0000"))

    bench(test)


def test_the_log_says_who_asked_what() -> None:
    async def test(rig: Rig) -> None:
        client = await rig.client()
        await client.ask(frame(1, READ) + frame(2, bytes.fromhex("06 0001 ffff"), 2), 2)
        first, second = rig.server.log
        peer = "{}:{}".format(*client.writer.get_extra_info("sockname"))
        assert first[2:] == (77, peer, 1, 3, 0, 3, 0)
        assert second[2:] == (77, peer, 2, 6, 1, 1, 3)
        assert first.received <= first.answered
        assert first.received == second.received

    bench(test)


def test_a_publication_is_seen_by_the_next_request() -> None:
    async def test(rig: Rig) -> None:
        client = await rig.client()
        request = bytes.fromhex("04 0000 0001")
        assert await client.ask(frame(1, request)) == [(1, 1, b"\4\2\0\0")]
        rig.images[1].bus[[register.name for register in DEVICE.registers].index("leaving_temp")] = 7.25
        rig.server.publish()
        assert await client.ask(frame(2, request)) == [(2, 1, b"\4\2\x02\xd5")]
        assert await client.ask(frame(3, request, 2)) == [(3, 2, b"\4\2\0\0")]

    bench(test)
