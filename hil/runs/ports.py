"""What the outside needs to reach a bench: Modbus ports, MQTT, and the answer of a controller in lockstep."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from hil.bench.bench import Bench
from hil.bus.transport import Transport
from hil.bus.unit_image import UnitImage
from hil.modbus.server import ModbusPort, ModbusTcpServer
from hil.mqtt.broker import MqttSettings
from hil.mqtt.payloads import Topics
from hil.mqtt.transport import MqttDevice, MqttTransport
from twin.errors import RigError

FIRST_ANSWER_S, ANSWER_S = 120.0, 30.0
"""How long a lockstep run waits for its controller: to connect, and between two scans [s of real time]."""


class Answers:
    """Waits until the controller has written `rig.sync` (or the MQTT sync topic) for a scan."""

    def __init__(self, bench: Bench) -> None:
        """Listen to the writes of the bench."""
        self._event = asyncio.Event()
        self._first = True
        bench.bus.seen = self._see

    def done(self, *_: object) -> None:
        """The scan is finished."""
        self._event.set()

    async def wait(self, time_ms: int) -> None:
        """Return when the scan at `time_ms` is answered; RigError when it is not."""
        limit = FIRST_ANSWER_S if self._first else ANSWER_S
        try:
            async with asyncio.timeout(limit):
                await self._event.wait()
        except TimeoutError as error:
            what = "no controller has answered" if self._first else "the controller has stopped answering"
            raise RigError(
                f"{what}: nothing wrote rig.sync for {limit:g} s at plant time {time_ms / 1000:g} s"
            ) from error
        self._first = False
        self._event.clear()

    def _see(self, path: str, _: float) -> None:
        if path == "rig.sync":
            self.done()


def modbus_server(bench: Bench, host: str = "127.0.0.1") -> ModbusTcpServer:
    """A Modbus TCP server with all units of the bench, at their ports."""
    ports: dict[int, dict[int, UnitImage]] = defaultdict(dict)
    for unit, image in zip(bench.bus.units, bench.bus.images, strict=True):
        ports[unit.port][unit.unit] = image
    settings = [ModbusPort(units, port, host) for port, units in sorted(ports.items())]
    return ModbusTcpServer(settings, plant_time=lambda: bench.schedule.now_ms)


def mqtt_transport(
    bench: Bench, settings: MqttSettings, start: datetime, on_sync: Callable[[int | None], None] | None = None
) -> MqttTransport:
    """The devices of the bench on MQTT."""
    devices = [
        MqttDevice(unit.name, unit.device, image.bus, image.on_write, binding.limits)
        for unit, image, binding in zip(bench.bus.units, bench.bus.images, bench.bus.bindings, strict=True)
    ]
    topics = Topics(bench.plant.name)
    return MqttTransport(settings, topics, devices, lambda: bench.schedule.now_ms, start=start, on_sync=on_sync)


@contextlib.asynccontextmanager
async def started(transports: list[Transport]) -> AsyncIterator[None]:
    """All transports started; stopped again at the end, whatever happens."""
    try:
        for transport in transports:
            await transport.start()
        yield
    finally:
        for transport in reversed(transports):
            await transport.stop()
