"""What the server takes at most: clients, descriptors, silence, requests without reading, writes without a tick."""

import asyncio
import contextlib
import logging
import os
import resource
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bus.maps.device_file import parse_device
from hil.bus.transport import Served
from hil.bus.unit_image import UnitImage
from hil.lines.modbus import limits
from hil.lines.modbus.line import modbus_server
from hil.lines.modbus.listener import ModbusPort
from hil.lines.modbus.server import ModbusTcpServer
from plant_models.plant import build

WORDS = 125
DEVICE = parse_device(
    "device: wide\nsource: made up for the tests\nregisters:\n"
    + "".join(f"  - {{table: hr, address: {n}, name: r{n}, type: uint16, access: rw}}\n" for n in range(WORDS)),
    "wide.yaml",
)
READ = bytes((3, 0, 0, 0, WORDS))
ANSWER = bytes((3, 2 * WORDS)) + bytes(2 * WORDS)


def frame(tid: int, pdu: bytes, unit: int = 1) -> bytes:
    return struct.pack(">HHHB", tid, 0, len(pdu) + 1, unit) + pdu


@asynccontextmanager
async def served(ports: int = 1, most: int | None = None, idle: float | None = None) -> AsyncIterator[ModbusTcpServer]:
    server = ModbusTcpServer(
        [ModbusPort({1: UnitImage(DEVICE)}, 0, idle_timeout=idle) for _ in range(ports)], most=most
    )
    await server.start()
    try:
        async with asyncio.timeout(60):
            yield server
    finally:
        await server.stop()


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


async def is_served(port: int) -> bool:
    """Whether a new client gets an answer; it leaves again."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(frame(9, READ))
        answer = await reader.read(1)
        writer.close()
        await writer.wait_closed()
    except ConnectionError:
        return False
    return answer != b""


def all_descriptors() -> list[int]:
    """Every descriptor that this process may still open, opened."""
    taken = []
    with contextlib.suppress(OSError):
        while True:
            taken.append(os.open(os.devnull, os.O_RDONLY))
    return taken


def test_the_ports_share_their_places_and_say_once_that_they_are_taken(caplog, monkeypatch) -> None:
    monkeypatch.setattr(limits, "CALM_S", 0.2)

    async def run() -> None:
        async with served(ports=2, most=5) as server:
            writers = [(await asyncio.open_connection("127.0.0.1", server.ports[n % 2]))[1] for n in range(5)]
            await until(lambda: server.places.taken == 5)
            for n in range(40):
                assert not await is_served(server.ports[n % 2])
            assert [record.message for record in caplog.records] == [
                "Modbus TCP: all 5 places are taken; more clients are refused"
            ]
            writers[0].close()
            await until(lambda: server.places.taken == 4)
            assert await is_served(server.ports[1])
            await until(lambda: len(caplog.records) > 1)
            assert caplog.records[1].message.startswith("40 clients were refused; ")
            assert sum(count.refused for count in server.counts) == 40
            for writer in writers:
                writer.close()
            await until(lambda: server.places.taken == 0)
            assert len(caplog.records) == 2

    asyncio.run(run())


def test_without_descriptors_nobody_is_taken_in_until_there_are_some_and_that_is_told_once(caplog, monkeypatch) -> None:
    monkeypatch.setattr(limits, "CALM_S", 0.2)
    monkeypatch.setattr(limits, "ACCEPT_AGAIN_S", 0.02)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        async with served(ports=2, most=100) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.ports[0])
            await until(lambda: server.places.taken == 1)
            raws = [socket.socket() for _ in range(20)]
            resource.setrlimit(resource.RLIMIT_NOFILE, (raws[-1].fileno() + 1, before[1]))
            taken = all_descriptors()
            try:
                for number, raw in enumerate(raws):
                    raw.setblocking(False)
                    await loop.sock_connect(raw, ("127.0.0.1", server.ports[number % 2]))
                    await loop.sock_sendall(raw, frame(number, READ))
                for tid in range(50):
                    writer.write(frame(tid, READ))
                    assert await reader.readexactly(7 + len(ANSWER)) == frame(tid, ANSWER)
                    await asyncio.sleep(0.01)
                said = [record.message for record in caplog.records]
                assert len(said) == 1
                assert "takes nobody in at present: Too many open files" in said[0]
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, before)
                for descriptor in taken:
                    os.close(descriptor)
            for number, raw in enumerate(raws):
                assert (await loop.sock_recv(raw, 7)) == frame(number, ANSWER)[:7]
                raw.close()
            await until(lambda: len(caplog.records) == 2)
            assert caplog.records[1].message.endswith("times no client could be taken in; that is over")
            writer.close()

    with caplog.at_level(logging.DEBUG):
        logging.getLogger("asyncio").setLevel(logging.WARNING)
        asyncio.run(run())
    assert len(caplog.records) == 2


def test_the_places_follow_the_descriptors_of_the_process(monkeypatch) -> None:
    used = len(os.listdir("/proc/self/fd"))
    for allowed, places in [
        (used + 1000, 1000 - limits.KEPT_FREE),
        (used + 40, 20),
        (used, 1),
        (10**6, 2000),
        (-1, 2000),
    ]:
        monkeypatch.setattr(resource, "getrlimit", lambda _, allowed=allowed: (allowed, allowed))
        assert limits.most_connections() in (places, places - 1), allowed


def test_a_client_that_asks_for_much_and_reads_nothing_costs_little_and_gets_all_its_answers() -> None:
    requests = 20_000

    async def run() -> None:
        async with served() as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.ports[0])
            writer.write(b"".join(frame(n & 0xFFFF, READ) for n in range(requests)))
            for _ in range(50):
                assert await is_served(server.ports[0])
            connection = next(iter(server._listeners[0].connections))
            assert connection._transport.get_write_buffer_size() < 100_000
            assert len(connection._rest) <= 2**18 + 300
            for n in range(requests):
                assert await reader.readexactly(7 + len(ANSWER)) == frame(n & 0xFFFF, ANSWER)
            writer.close()

    asyncio.run(run())


def test_a_client_that_leaves_before_its_answers_is_not_answered_any_more_and_nothing_is_logged(caplog) -> None:
    async def run() -> None:
        async with served() as server:
            for _ in range(10):
                _, writer = await asyncio.open_connection("127.0.0.1", server.ports[0])
                writer.write(b"".join(frame(n & 0xFFFF, READ) for n in range(20_000)))
                await writer.drain()
                writer.transport.abort()
                await until(lambda: server.places.taken == 0)
            assert await is_served(server.ports[0])

    asyncio.run(run())
    assert [record.message for record in caplog.records] == []


def test_a_client_that_reads_nothing_is_let_go_when_it_has_been_idle() -> None:
    async def run() -> None:
        async with served(idle=0.3) as server:
            _, writer = await asyncio.open_connection("127.0.0.1", server.ports[0])
            writer.write(b"".join(frame(n & 0xFFFF, READ) for n in range(40_000)))
            await until(lambda: server.counts[0].idle == 1 and server.places.taken == 0)
            writer.transport.abort()

    asyncio.run(run())


def test_a_port_keeps_a_silent_client_for_two_hours_by_default() -> None:
    assert ModbusPort({}).idle_timeout == 7200.0


def test_writes_beyond_what_may_wait_are_refused_as_busy_until_the_plant_has_ticked(monkeypatch, two_ports) -> None:
    """As in lockstep, where no tick comes before the controller's answer: that one is always taken."""
    monkeypatch.setattr("twin.journal.MOST_WAITING", 50)
    start = datetime(2026, 1, 15)  # noqa: DTZ001
    bench = Bench(build("single_well", start), read_bench("single_well", two_ports), start)
    answered = []
    bench.bus.listeners.append(lambda slot, _: answered.append(bench.bus.path(slot)))
    served = Served(bench.bus, "single_well", lambda: 0, bench.plant.instant)
    unit, register = the("source_pump_1.speed_cmd", bench)
    rig, sync = the("rig.sync", bench)

    def write(tid: int) -> bytes:
        return frame(tid, struct.pack(">BHH", 6, register, 1), unit)

    async def run() -> None:
        server = modbus_server(served, "127.0.0.1")
        await server.start()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.ports[0])
            for tid in range(70):
                writer.write(write(tid))
                expected = write(tid) if tid < 50 else frame(tid, b"\x86\x06", unit)
                assert await reader.readexactly(len(expected)) == expected
            writer.write(frame(70, struct.pack(">BHHBI", 16, sync, 2, 4, 5000), rig))
            assert await reader.readexactly(12) == frame(70, struct.pack(">BHH", 16, sync, 2), rig)
            assert answered[-1] == "rig.sync"
            assert len(bench.bus.inbox.take(0)) == 51
            writer.write(write(71))
            assert await reader.readexactly(12) == write(71)
            assert server.health().refused == 20
            assert server.health().sentence == "20 Modbus writes were refused, too many waited"
            writer.close()
        finally:
            await server.stop()

    asyncio.run(run())


def the(name: str, bench: Bench) -> tuple[int, int]:
    """Unit id and address of a register."""
    slot = bench.bus.slot(name)
    unit = bench.bus.units[slot.unit]
    register = unit.device.registers[slot.register]
    return unit.unit, register.address
