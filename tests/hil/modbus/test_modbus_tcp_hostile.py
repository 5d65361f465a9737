"""The server against hostile bytes and deaf clients, and its ports."""

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hil.bus.maps.device_file import read_device
from hil.bus.unit_image import UnitImage
from hil.lines.modbus.listener import ModbusPort
from hil.lines.modbus.server import ModbusTcpServer
from twin.errors import InputError, RigError

DEVICE = read_device(Path(__file__).parents[1] / "data" / "chiller_gateway.yaml")
READ = bytes.fromhex("03 0000 0003")
ANSWER = bytes.fromhex("03 06 0000 0046 0000")


def frame(tid: int, pdu: bytes, unit: int = 1, protocol: int = 0) -> bytes:
    return struct.pack(">HHHB", tid, protocol, len(pdu) + 1, unit) + pdu


@asynccontextmanager
async def served(units: int = 1, ports: int = 1) -> AsyncIterator[ModbusTcpServer]:
    """A started server; anything asyncio would only log fails the test."""
    loop_errors: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: loop_errors.append(context))
    images = [{unit: UnitImage(DEVICE) for unit in range(1, units + 1)} for _ in range(ports)]
    server = ModbusTcpServer([ModbusPort(each, 0) for each in images])
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
    assert loop_errors == []


async def take(reader: asyncio.StreamReader, expected: bytes) -> None:
    assert await asyncio.wait_for(reader.readexactly(len(expected)), 30) == expected


async def close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    await writer.wait_closed()


def test_a_client_that_never_reads_costs_bounded_memory_and_gets_all_its_answers() -> None:
    requests = 40_000

    async def run() -> None:
        async with served() as server:
            deaf_reader, deaf = await asyncio.open_connection("127.0.0.1", server.ports[0])
            deaf.write(b"".join(frame(n & 0xFFFF, READ) for n in range(requests)))
            reader, writer = await asyncio.open_connection("127.0.0.1", server.ports[0])
            for n in range(50):
                writer.write(frame(n, READ))
                await take(reader, frame(n, ANSWER))
            connection = next(iter(server._listeners[0].connections))
            assert connection._transport.get_write_buffer_size() < 200_000
            await take(deaf_reader, b"".join(frame(n & 0xFFFF, ANSWER) for n in range(requests)))
            await close(deaf)
            await close(writer)

    asyncio.run(run())


def test_ten_thousand_random_byte_strings() -> None:
    """Each on a connection of its own: no hang, no traceback, no leak, and a good client is served all the while."""
    strings = random.Random(20)

    async def run() -> None:
        async with served() as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.ports[0])
            for n in range(1000):
                await asyncio.gather(*(throw(server.ports[0], hostile_bytes(strings)) for _ in range(10)))
                writer.write(frame(n, bytes.fromhex("04 000a 0002")))
                await take(reader, frame(n, bytes.fromhex("04 04 0000 0000")))
            assert server.counts[0].accepted == 10_001
            assert server.counts[0].broken_frames > 500
            assert len(server._listeners[0].connections) == 1
            await close(writer)

    asyncio.run(run())


async def throw(port: int, data: bytes) -> None:
    """Send the bytes and no more, and wait until the server has closed the connection."""
    loop = asyncio.get_running_loop()
    with socket.socket() as raw:
        raw.setblocking(False)
        await loop.sock_connect(raw, ("127.0.0.1", port))
        try:
            await loop.sock_sendall(raw, data)
            raw.shutdown(socket.SHUT_WR)
            while await asyncio.wait_for(loop.sock_recv(raw, 4096), 10):
                pass
        except ConnectionError:
            return


def hostile_bytes(source: random.Random) -> bytes:
    kind = source.random()
    noise = source.randbytes(source.randint(0, 40))
    if kind < 0.3:
        return noise
    if kind < 0.9:
        return frame(source.getrandbits(16), bytes([source.randint(0, 44)]) + noise, source.randint(0, 3))
    return struct.pack(">HHHB", 1, source.randint(0, 1), source.choice([0, 1, 2, 5, 254, 255]), 1) + noise


def test_a_taken_port_is_named_and_the_others_are_let_go() -> None:
    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as free:
            number, other = taken.getsockname()[1], free.getsockname()[1]
            free.close()
            image = {1: UnitImage(DEVICE)}
            server = ModbusTcpServer([ModbusPort(image, other), ModbusPort(image, number)])
            with pytest.raises(RigError, match=f"Modbus port {number} on 127.0.0.1: already taken"):
                await server.start()
            socket.create_server(("127.0.0.1", other)).close()

    asyncio.run(run())


def test_many_ports_serve_many_units_each() -> None:
    async def run() -> None:
        async with served(units=10, ports=20) as server:
            assert len(set(server.ports)) == 20
            for number in server.ports:
                reader, writer = await asyncio.open_connection("127.0.0.1", number)
                writer.write(b"".join(frame(unit, READ, unit) for unit in range(1, 12)))
                await take(reader, b"".join(frame(unit, ANSWER, unit) for unit in range(1, 11)))
                await take(reader, frame(11, b"\x83\x0b", 11))
                await close(writer)

    asyncio.run(run())


def test_numbers_no_wire_can_carry_are_refused() -> None:
    with pytest.raises(InputError, match="unit id 256"):
        ModbusPort({256: UnitImage(DEVICE)})
    with pytest.raises(InputError, match="port 65536"):
        ModbusPort({}, 65536)
