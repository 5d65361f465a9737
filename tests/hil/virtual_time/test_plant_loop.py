"""The loop of plant time by itself: it waits for nobody, keeps the order, and stands still for what others compute."""

import asyncio
import socket
import threading
import time

import pytest

from hil.virtual_time.programs import Programs
from tests.hil.virtual_time.held import Stopwatch
from twin.errors import RigError


def done(work, programs=None):
    """What some work on a loop of plant time gives."""
    return (programs or Programs(1)).complete(work)


def now():
    return asyncio.get_running_loop().time()


def test_an_hour_costs_no_time():
    async def work():
        await asyncio.sleep(3600)
        return now()

    watch = Stopwatch()
    assert done(work()) == 3600.0
    assert watch.s < 1.0


def test_a_hundred_thousand_steps_do_not_drift():
    programs = Programs(1)

    async def work():
        clock = programs.start_time(0.0)
        for step in range(1, 20_001):
            await clock.wait(step * 100)
            assert programs.now_ns == step * 100_000_000
        return now()

    assert done(work(), programs) == 2000.0


def test_timers_come_in_order():
    came = []

    async def work():
        loop = asyncio.get_running_loop()
        for number, after in enumerate((3.0, 1.0, 2.0, 1.0, 0.0)):
            loop.call_later(after, lambda number=number: came.append((number, now())))
        await asyncio.sleep(5.0)

    done(work())
    assert came == [(4, 0.0), (1, 1.0), (3, 1.0), (2, 2.0), (0, 3.0)]


def test_a_time_out_comes_at_its_time():
    async def work():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 250.0)
        return now()

    assert done(work()) == 250.0


def test_time_stands_still_for_work_in_other_threads():
    async def work():
        ticks = []
        asyncio.get_running_loop().call_later(0.001, ticks.append, 1)
        await asyncio.to_thread(time.sleep, 0.3)
        assert (now(), ticks) == (0.0, [])
        first, second = await asyncio.gather(asyncio.to_thread(threading.get_ident), asyncio.to_thread(lambda: 2))
        await asyncio.sleep(1.0)
        return first != threading.get_ident(), second, ticks, now()

    assert done(work()) == (True, 2, [1], 1.0)


def test_the_work_of_other_threads_may_fail():
    def fails():
        raise ValueError("no")

    async def work():
        with pytest.raises(ValueError, match="no"):
            await asyncio.to_thread(fails)
        await asyncio.sleep(1.0)
        return now()

    assert done(work()) == 1.0


def test_sockets_are_served_before_time_moves():
    async def work():
        seen = []

        async def answer(reader, writer):
            while data := await reader.read(100):
                seen.append((data, now()))
                writer.write(data.upper())
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for word in (b"one", b"two"):
            writer.write(word)
            assert await reader.read(100) == word.upper()
            await asyncio.sleep(10.0)
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()
        return seen

    assert done(work()) == [(b"one", 0.0), (b"two", 10.0)]


def test_somebody_outside_is_served_while_the_loop_has_nothing_else():
    async def work():
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        threading.Timer(0.2, theirs.send, [b"x"]).start()
        with ours, theirs:
            return await asyncio.get_running_loop().sock_recv(ours, 9), now()

    assert done(work()) == (b"x", 0.0)


def test_an_error_comes_out_and_what_was_begun_is_cancelled():
    begun, ended = [], []

    async def other():
        try:
            await asyncio.sleep(1e6)
        finally:
            ended.append(True)

    async def work():
        begun.append(asyncio.create_task(other()))
        await asyncio.sleep(1.0)
        raise RigError("as planned")

    with pytest.raises(RigError, match="as planned"):
        done(work())
    assert ended == [True]


def test_the_loop_comes_before_a_program_at_one_instant(tmp_path):
    programs, came = Programs(1), []

    async def work():
        programs.start_time(0.0)
        asyncio.get_running_loop().call_later(2.0, lambda: came.append("loop"))
        programs.start(
            "p", ["sh", "-c", "sleep 2; echo p"], tmp_path / "p", told=lambda data: came.append(data.decode())
        )
        await asyncio.sleep(3.0)

    done(work(), programs)
    assert [one for one in came if one] == ["loop", "p\n"]


def test_one_loop_after_the_other_leaves_the_descriptors_of_others_alone():
    for _ in range(3):
        done(asyncio.sleep(1.0))
        one, other = socket.socketpair()
        with one, other:
            done(asyncio.sleep(1.0))
            one.send(b"x")
            assert other.recv(1) == b"x"
