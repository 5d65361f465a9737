"""A hundred thousand frames over real sockets, every byte of every answer checked against an independent model."""

import asyncio
import contextlib
import os
import random
import struct

import pytest

from hil.bus.maps.device_file import parse_device
from hil.bus.unit_image import UnitImage
from hil.lines.modbus.listener import ModbusPort
from hil.lines.modbus.server import ModbusTcpServer
from tests.hil.modbus.frame_model import DEVICE, Model, request

CLIENTS, BATCH = 4, 250
EXAMPLES = int(os.environ.get("GEOTWIN_EXAMPLES", "1"))
SILENT = 99
"""A unit id that is not there: answered by exception 0B."""


class FramesClient:
    """A client with a unit of its own, so that its answers follow from its requests alone."""

    def __init__(self, unit: int, source: random.Random) -> None:
        self.unit, self.source, self.model, self.tid = unit, source, Model(), 0
        self.refused, self.answered = 0, 0

    def batch(self) -> tuple[bytes, bytes]:
        """Frames as they are sent, and the answers to them."""
        sent, expected = bytearray(), bytearray()
        for _ in range(BATCH):
            self.tid = (self.tid + 1) & 0xFFFF
            pdu, kind = request(self.source), self.source.random()
            protocol = 0 if kind > 0.01 else self.source.randint(1, 0xFFFF)
            unit = self.unit if kind < 0.99 else SILENT
            sent += struct.pack(">HHHB", self.tid, protocol, len(pdu) + 1, unit) + pdu
            if not protocol:
                answer = self.model.answer(pdu) if unit == self.unit else bytes((pdu[0] | 0x80, 0x0B))
                self.answered += 1
                self.refused += answer[0] >= 0x80
                expected += struct.pack(">HHHB", self.tid, 0, len(answer) + 1, unit) + answer
        return bytes(sent), bytes(expected)

    async def ask(self, port: int, batches: int) -> None:
        """Send the batches, cut anywhere, and read every byte of the answers."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in range(batches):
            sent, expected = self.batch()
            cut = self.source.randrange(len(sent))
            writer.write(sent[:cut])
            await writer.drain()
            if number % 4 == 0:
                await asyncio.sleep(0)
            writer.write(sent[cut:])
            got = await came(reader, len(expected))
            assert got == expected, self.first_difference(number, sent, got, expected)
        writer.write(b"\0\0\0\0\0\1\0")  # a length that cannot be: the server hangs up, with nothing more to say
        assert await asyncio.wait_for(reader.read(), 60) == b""
        writer.close()

    def first_difference(self, number: int, sent: bytes, got: bytes, expected: bytes) -> str:
        at = next((n for n in range(len(got)) if got[n] != expected[n]), len(got))
        return (
            f"unit {self.unit}, batch {number}: at byte {at} of the answers {got[at - 8 : at + 8].hex(' ')}, not "
            + (f"{expected[at - 8 : at + 8].hex(' ')}; requests {sent.hex()}")
        )


async def came(reader: asyncio.StreamReader, count: int) -> bytes:
    """So many bytes; fewer where no more come."""
    got = b""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(60):
            while len(got) < count and (more := await reader.read(count - len(got))):
                got += more
    return got


async def throw(frames: int, seed: int) -> None:
    device = parse_device(DEVICE, "mixed.yaml")
    images = {unit: UnitImage(device) for unit in range(1, CLIENTS + 1)}
    server = ModbusTcpServer([ModbusPort(images, 0)])
    await server.start()
    try:
        clients = [FramesClient(unit, random.Random(seed + unit)) for unit in images]
        await asyncio.gather(*(one.ask(server.ports[0], frames // CLIENTS // BATCH) for one in clients))
        [counts] = server.counts
        answered, refused = sum(one.answered for one in clients), sum(one.refused for one in clients)
        assert answered + counts.dropped_frames == frames
        assert (counts.exceptions, counts.broken_frames) == (refused, CLIENTS)
        assert frames // 4 < refused < 3 * frames // 4, "the frames are one-sided"
    finally:
        await server.stop()


def test_a_hundred_thousand_frames_are_answered_byte_by_byte_as_the_standard_says() -> None:
    asyncio.run(throw(100_000, 1))


@pytest.mark.nightly
def test_five_million_frames_are_answered_byte_by_byte_as_the_standard_says() -> None:
    for round_ in range(10):
        asyncio.run(throw(25_000 * max(20, EXAMPLES), 100 * (round_ + 1)))
