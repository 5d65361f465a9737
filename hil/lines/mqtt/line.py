"""MQTT among the lines of a bench, and its option: a broker of yours, or one that the rig starts."""

import math
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from hil.bus.bus_vector import Binding
from hil.bus.refusal import RefusedRequest
from hil.bus.transport import Line, Served, Transport, running
from hil.bus.unit_image import UnitImage
from hil.lines.mqtt.broker import ForeignBroker, LocalBroker, broker
from hil.lines.mqtt.broker_address import broker_address
from hil.lines.mqtt.device import MqttDevice
from hil.lines.mqtt.discovery import RISING, TOTAL
from hil.lines.mqtt.payloads import Topics
from hil.lines.mqtt.settings import MqttSettings, Publication
from hil.lines.mqtt.transport import MqttTransport
from twin.errors import InputError
from twin.points import PARAMETER, RISES, Point
from twin.store import Store

EMBEDDED = "embedded"
ADDS_UP = {"J": TOTAL, "m3": TOTAL}
"""Points of these units add up, and may fall where they are not declared to rise."""
LEAST_VALID_S = 10
MqttWish = MqttSettings | str | None
"""A configured broker, EMBEDDED for one that the rig starts, or None."""


def mqtt_wish(text: str | None) -> MqttWish:
    """The address of a broker as settings; `embedded` and None as they are."""
    return text if text is None or text == EMBEDDED else broker_address(text, "--mqtt")


def add_option(command: ArgumentParser) -> None:
    """Add `--mqtt` to a command."""
    command.add_argument(
        "--mqtt",
        metavar="BROKER",
        help="publish over this broker instead of the bench file's: HOST:PORT or mqtts://USER@HOST (docs/mqtt.md); "
        "`embedded` starts one",
    )


def mqtt_transport(served: Served, broker: LocalBroker | ForeignBroker) -> MqttTransport:
    """The devices of the bench on MQTT, published as the bench file says."""
    bus = served.bus
    devices = [
        MqttDevice(
            unit.name, unit.device, image.bus, _command(image), binding.limits, image, _counts(bus.store, binding)
        )
        for unit, image, binding in zip(bus.units, bus.images, bus.bindings, strict=True)
    ]
    publication = Publication.of(_keys(served))
    topics = Topics(served.plant, publication.root)
    return MqttTransport(
        broker,
        topics,
        devices,
        served.now_ms,
        start=served.start,
        publication=publication,
        on_sync=served.answered,
        expire_after=_valid_s(publication, served.speed),
        wire=bus.wire,
    )


def _counts(store: Store, binding: Binding) -> list[str]:
    """How each register counts, by the declaration of its point; "" for what is no counter."""
    return [_counted(store.point(path)) if path else "" for path in binding.paths]


def _counted(point: Point) -> str:
    if RISES in point.tags:
        return RISING
    return "" if point.kind == PARAMETER else ADDS_UP.get(point.unit, "")


def _valid_s(publication: Publication, speed: float) -> int:
    """Real seconds that a value is valid: three publications, where all values are renewed at a known pace."""
    if publication.only_changes or not speed:
        return 0
    return max(LEAST_VALID_S, math.ceil(3 * publication.period / speed))


def _keys(served: Served) -> Mapping[str, Any]:
    keys: Mapping[str, Any] = served.keys.get("mqtt", {})
    return keys


def _own_wish(served: Served) -> MqttSettings | None:
    """The broker that the bench file names."""
    keys = _keys(served)
    return MqttSettings.of(keys) if keys.get("host") else None


def _command(image: UnitImage) -> Callable[[int, float | str], None]:
    """Writes a command to a register by the rules of the bus; what a device refuses is an InputError."""

    def write(number: int, value: float | str) -> None:
        image.heard += 1
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
        broker(wish if isinstance(wish, MqttSettings) else None, launch=served.launch) as used,
        running(mqtt_transport(served, used)) as transport,
    ):
        yield transport


LINE = Line("mqtt", _opened, add_option, lambda options: mqtt_wish(options.mqtt), _own_wish)
"""The wish is a configured broker, or EMBEDDED for one that is started here."""
