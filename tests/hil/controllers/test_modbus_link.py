"""The link over Modbus TCP against the real server on the same bus: same values, commands arrive, lines may break."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hil.bus.bus import Slot
from hil.controllers.remote import session as over_modbus
from hil.controllers.remote.modbus_link import ModbusLink, blocks
from hil.lines.modbus.listener import ModbusPort
from hil.lines.modbus.server import ModbusTcpServer
from twin.errors import InputError

LIMIT_S = 60.0


class Served:
    """A bus behind the real server at free ports; `units` say where."""

    def __init__(self, bus: Any) -> None:
        self.bus = bus
        by_port: dict[int, dict[int, Any]] = defaultdict(dict)
        for unit, image in zip(bus.units, bus.images, strict=True):
            by_port[unit.port][unit.unit] = image
        self._images = dict(sorted(by_port.items()))
        self._given = dict.fromkeys(self._images, 0)
        self.server: Any = None

    async def start(self) -> None:
        """At free ports the first time, at the same ones again later."""
        ports = [ModbusPort(units, self._given[port]) for port, units in self._images.items()]
        self.server = ModbusTcpServer(ports)
        await self.server.start()
        self._given = dict(zip(self._images, self.server.ports, strict=True))
        self.units = [replace(unit, port=self._given[unit.port]) for unit in self.bus.units]

    @property
    def first(self) -> int:
        return min(self._given.values())


@asynccontextmanager
async def connected(bus: Any) -> AsyncIterator[tuple[Served, ModbusLink]]:
    served = Served(bus)
    await served.start()
    link = ModbusLink("127.0.0.1", served.first, served.units)
    try:
        yield served, link
    finally:
        link.close()
        await served.server.stop()


def limited(steps: Any) -> Any:
    async def run() -> Any:
        async with asyncio.timeout(LIMIT_S):
            return await steps

    return asyncio.run(run())


async def repeat(attempt: Any, wanted: bool) -> None:
    """Try until the attempt ends as wanted; the pauses are those of the link's own back-off."""
    while await attempt() is not wanted:
        await asyncio.sleep(0.02)


@pytest.fixture
def bus(office: Any) -> Any:
    """The bus of the office after an hour of winter operation: hardly a register is 0."""
    plant = office("reference", "2026-01-15")
    plant.run(1)
    plant.refresh()
    return plant.bus


def test_every_register_decodes_to_the_same_bits(bus: Any) -> None:
    async def steps() -> None:
        async with connected(bus) as (served, link):
            places = {name: link.place(name) for name in bus.slots}
            assert await link.poll()
            seen = np.array([link.view[place] for place in places.values()])
            shown = np.array([bus.view[slot.place] for slot in bus.slots.values()])
            assert seen.tobytes() == shown.tobytes()
            assert np.count_nonzero(shown) > 150
            tables = {(unit.name, register.table) for unit in bus.units for register in unit.device.registers}
            assert sum(count.accepted for count in served.server.counts) == 8
            assert len(served.server.log) <= len(tables)
            assert link.age("hp_1") < LIMIT_S

    limited(steps())


def test_only_what_is_asked_for_is_read(bus: Any) -> None:
    registers = [
        (slot.place, slot.unit, bus.units[slot.unit].device.registers[slot.register]) for slot in bus.slots.values()
    ]
    asked = {bus.slot(name).place for name in ("hp_1.capacity", "hp_1.condenser_flow", "hp_1.running", "v1.open_cmd")}
    found = [(bus.units[b.unit].name, b.table, b.address, b.count) for b in blocks(registers, asked)]
    assert sorted(found) == [("hp_1", "di", 0, 1), ("hp_1", "ir", 1, 7), ("v1", "co", 0, 1)]


def test_commands_arrive_once_and_with_the_rules_of_the_wire(bus: Any) -> None:
    async def steps() -> None:
        async with connected(bus) as (_, link):
            bus.inbox.take(0)
            for name, value in (("hp_1.leaving_temp_sp", 42.34), ("v2.open_cmd", 1.0), ("rig.heartbeat", 100000.0)):
                link.write(link.place(name), value)
                link.write(link.place(name), value)
            assert link.view[link.place("hp_1.leaving_temp_sp")] == 423 * 0.1
            assert await link.flush()
            assert await link.flush()
            arrived = {write.path: write.value for write in bus.inbox.take(0)}
            assert arrived == {"hp_1.leaving_temp_sp": 423 * 0.1, "v2.open_cmd": 1.0, "rig.heartbeat": 100000.0}
            link.write(link.place("v2.open_cmd"), 1.0)
            assert await link.flush()
            assert bus.inbox.take(0) == []
            link.write(link.place("hp_2.leaving_temp_sp"), 99.0)
            assert await link.flush()
            assert link.refused == 1
            assert bus.inbox.take(0) == []

    limited(steps())


def test_a_broken_line_is_connected_again_and_nothing_is_lost(bus: Any) -> None:
    async def steps() -> None:
        async with connected(bus) as (served, link):
            place, command = link.place("load_meter.supply_temp"), link.place("v3.open_cmd")
            assert await link.poll()
            assert link.view[place] == bus.view[bus.slot("load_meter.supply_temp").place]
            await served.server.stop()
            await repeat(link.poll, False)
            bus.inbox.take(0)
            link.write(command, 0.0)
            assert not await link.flush()
            await served.start()
            await repeat(link.poll, True)
            await repeat(link.flush, True)
            assert [(write.path, write.value) for write in bus.inbox.take(0)] == [("v3.open_cmd", 0.0)]

    limited(steps())


def test_a_wrong_name_is_refused_with_the_nearest(bus: Any) -> None:
    async def steps() -> None:
        async with connected(bus) as (_, link):
            with pytest.raises(InputError, match=r"did you mean 'hp_1\.capacity'"):
                link.place("hp_1.capacty")

    limited(steps())


def test_the_same_trajectory_over_the_wire_in_lockstep(office: Any, tmp_path: Path) -> None:
    """Half an hour from cold start, 10 s scans: every number of the plant is as with the controller inside."""
    inside, outside = office("reference", "2026-01-15"), office("none", "2026-01-15")
    outside.set(rig__lockstep=1.0)
    inside.set(rig__lockstep=1.0)
    scans = 180

    async def steps() -> None:
        async with controlled(outside, tmp_path) as written:
            for _ in range(scans):
                await written("rig.sync")
                outside.run(10 / 3600)
                outside.publish()

    limited(steps())
    inside.run(scans * 10 / 3600)
    differing = [
        path for path, _ in inside.store.paths() if inside.store.read(path) != outside.store.read(path)
    ]  # fmt: skip
    assert [path for path in differing if not path.startswith("rig.")] == []
    assert outside.read("load_meter.flow") > 50.0
    assert outside.read("rig.heartbeat") == scans * 10.0 - 10.0


def test_in_real_time_it_scans_when_plant_time_moves_on_and_outlives_a_run(office: Any, tmp_path: Path) -> None:
    plant = office("none", "2026-01-15")

    async def steps() -> None:
        async with controlled(plant, tmp_path) as written:
            for expected in (0.0, 10.0, 20.0):
                assert await written("rig.heartbeat") == expected
                plant.run(10 / 3600)
                plant.publish()
            assert await written("rig.heartbeat") == 30.0
            plant.store.write("rig.plant_time", 5.0)  # another run has begun
            plant.bus.refresh(5.0)
            plant.publish_only()
            assert await written("rig.heartbeat") == 5.0

    limited(steps())


@asynccontextmanager
async def controlled(plant: Any, folder: Path) -> AsyncIterator[Any]:
    """The reference controller as a program of its own; gives a function that waits for the next write to a path."""
    writes: dict[str, asyncio.Queue[float]] = defaultdict(asyncio.Queue)

    def heard(slot: Slot, value: float) -> None:
        writes[plant.bus.path(slot)].put_nowait(plant.bus.bindings[slot.unit].to_point(slot.register, value))

    plant.bus.listeners.append(heard)
    served = Served(plant.bus)
    await served.start()
    bench = folder / "bench.yaml"
    bench.write_text(bench_text(served), encoding="utf-8")

    def publish(fresh: bool = True) -> None:
        if fresh:
            plant.refresh()
        served.server.publish()

    plant.publish, plant.publish_only = publish, lambda: publish(False)
    plant.run(0)
    publish()
    running = asyncio.create_task(over_modbus.run("reference", "127.0.0.1", served.first, 1.0, str(bench)))
    try:
        yield lambda path: writes[path].get()
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await served.server.stop()


def bench_text(served: Served) -> str:
    """The bench of the office at the ports that were free."""
    lines = ["bench: office", "plant: office", f"port: {served.first}", "units:"]
    lines += [
        f"  - {{unit: {unit.unit}, device: {unit.device.device}, component: {unit.component}, port: {unit.port}}}"
        for unit in served.units
    ]
    return "\n".join(lines) + "\n"
