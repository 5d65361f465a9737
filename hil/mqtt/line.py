"""MQTT among the lines of a bench, and its option: a broker of yours, or one that the rig starts."""

import os
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from hil.bus.address import Address
from hil.bus.refusal import RefusedRequest
from hil.bus.transport import Line, Served, Transport, running
from hil.bus.unit_image import UnitImage
from hil.mqtt.broker import broker
from hil.mqtt.payloads import Topics
from hil.mqtt.settings import MqttSettings
from hil.mqtt.transport import MqttDevice, MqttTransport
from twin.errors import InputError

PASSWORD = "GEOTWIN_MQTT_PASSWORD"
USER = "GEOTWIN_MQTT_USER"
EMBEDDED = "embedded"
MqttWish = MqttSettings | str | None
"""A configured broker, EMBEDDED for one that the rig starts, or None."""


def mqtt_wish(text: str | None) -> MqttWish:
    """HOST:PORT as settings, with user and password from the environment; `embedded` and None as they are."""
    if text is None or text == EMBEDDED:
        return text
    address = Address.parse(text, "--mqtt")
    user = os.environ.get(USER, "")
    return MqttSettings(address.host, address.port, user, PASSWORD if user else "")


def add_option(command: ArgumentParser) -> None:
    """Add `--mqtt` to a command."""
    command.add_argument("--mqtt", metavar="HOST:PORT", help="publish over this broker too; `embedded` starts one")


def mqtt_transport(served: Served, settings: MqttSettings) -> MqttTransport:
    """The devices of the bench on MQTT."""
    bus = served.bus
    devices = [
        MqttDevice(unit.name, unit.device, image.bus, _command(image), binding.limits, image)
        for unit, image, binding in zip(bus.units, bus.images, bus.bindings, strict=True)
    ]
    topics = Topics(served.plant)
    return MqttTransport(settings, topics, devices, served.now_ms, start=served.start, on_sync=served.answered)


def _command(image: UnitImage) -> Callable[[int, float | str], None]:
    """Writes a command to a register by the rules of the bus; what a device refuses is an InputError."""

    def write(number: int, value: float | str) -> None:
        image.heard = True
        try:
            if isinstance(value, str):
                image.write_text(number, value)
            else:
                image.write(number, value)
        except RefusedRequest as refused:
            raise InputError(f"{image.device.registers[number].name!r}: {refused}") from refused

    return write


@asynccontextmanager
async def _opened(served: Served, wish: MqttSettings | str) -> AsyncIterator[Transport]:
    async with (
        broker(wish if isinstance(wish, MqttSettings) else None) as settings,
        running(mqtt_transport(served, settings)) as transport,
    ):
        yield transport


LINE = Line("mqtt", _opened, add_option, lambda options: mqtt_wish(options.mqtt))
"""The wish is a configured broker, or EMBEDDED for one that is started here."""
