"""The `--mqtt` option: a broker of yours, or one that the rig starts."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hil.bus.address import Address
from hil.mqtt.broker import broker
from hil.mqtt.settings import MqttSettings

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


@asynccontextmanager
async def wished_broker(wish: MqttWish) -> AsyncIterator[MqttSettings | None]:
    """The broker to publish at, started where it is to be; None where nothing is to be published."""
    if wish is None:
        yield None
        return
    async with broker(wish if isinstance(wish, MqttSettings) else None) as settings:
        yield settings
