"""What the outside needs to reach a bench: Modbus ports, MQTT, and the answer of a controller in lockstep."""

import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from hil.bench.bench import Bench
from hil.bus.transport import Transport
from hil.bus.unit_image import UnitImage
from hil.modbus.listener import ModbusPort
from hil.modbus.server import ModbusTcpServer
from hil.mqtt.payloads import Topics
from hil.mqtt.settings import MqttSettings
from hil.mqtt.transport import MqttDevice, MqttTransport


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
