"""The one place that knows paho-mqtt: a client as its settings say, and short visits to a broker."""

import os
import secrets
import socket
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Self

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from hil.mqtt.settings import MQTT_5, MqttSettings
from twin.errors import InputError, RigError

CONNECT_TIMEOUT = 5.0  # [s]
KEEP_ALIVE = 30  # [s] the broker sends the last will after 1.5 times this silence, at once when the process dies
IN_FLIGHT = 100  # messages sent and not yet acknowledged
SESSION_KEPT_S = 86_400  # a broker of MQTT 5 keeps the session so long; one of 3.1.1 until it is cleared


class Received(NamedTuple):
    """One message that a visit has received."""

    topic: str
    payload: bytes
    retained: bool


def new_client(settings: MqttSettings, client_id: str, clean: bool) -> Client:
    """A client that is not connected yet. clean: it leaves no session at the broker, and takes up none."""
    newer = settings.version == MQTT_5
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id,
        clean_session=None if newer else clean,
        protocol=MQTTProtocolVersion.MQTTv5 if newer else MQTTProtocolVersion.MQTTv311,
        reconnect_on_failure=False,
    )
    if settings.user:
        client.username_pw_set(settings.user, settings.password())
    if settings.secure():
        _encrypt(client, settings)
    client.connect_timeout = CONNECT_TIMEOUT
    client.max_inflight_messages = IN_FLIGHT
    client.on_socket_open = _send_at_once
    if newer:
        kept: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        kept.SessionExpiryInterval = 0 if clean else SESSION_KEPT_S
        client.connect_async(settings.host, settings.port, KEEP_ALIVE, clean_start=clean, properties=kept)
    else:
        client.connect_async(settings.host, settings.port, KEEP_ALIVE)
    return client


def _encrypt(client: Client, settings: MqttSettings) -> None:
    for what, path in (("ca", settings.ca), ("cert", settings.cert), ("key", settings.key)):
        if path and not os.access(path, os.R_OK):
            raise InputError(f"MQTT broker at {settings}: the file {path!r} ({what}) cannot be read")
    try:
        client.tls_set(settings.ca or None, settings.cert or None, settings.key or None)
    except (OSError, ValueError) as error:
        raise InputError(f"MQTT certificates for {settings}: {error}") from error


def most_in_flight(properties: Any) -> int:
    """How many messages may be under way, as the answer of a broker of MQTT 5 says."""
    return min(IN_FLIGHT, getattr(properties, "ReceiveMaximum", IN_FLIGHT))


def _send_at_once(_client: Client, _userdata: Any, sock: Any) -> None:
    """Switch Nagle's algorithm off: with it and delayed acknowledgements a message takes up to 40 ms."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Visit:
    """A short stay at a broker, without a session: `with Visit(settings) as visit`. Blocks; `received` is what came.

    Raises RigError where the broker cannot be reached, refuses, or does not answer any more.
    """

    def __init__(self, settings: MqttSettings, client_id: str = "") -> None:
        """client_id: one of ours whose session is to end with the visit; by default one that nobody has."""
        self.settings = settings
        self.received: list[Received] = []
        self._client = new_client(settings, client_id or f"geotwin-visit-{secrets.token_hex(6)}", clean=True)
        self._waiting = 0
        self._most = IN_FLIGHT
        self._answers: list[Any] = []
        self._client.on_connect = self._handle_connect
        self._client.on_subscribe = lambda *_: self._answered()
        self._client.on_publish = lambda *_: self._answered()
        self._client.on_message = lambda _c, _u, m: self.received.append(Received(m.topic, bytes(m.payload), m.retain))

    def __enter__(self) -> Self:
        try:
            self._client.reconnect()
            self._keep_on(lambda: bool(self._answers))
        except (OSError, ValueError) as error:
            raise RigError(f"no MQTT broker at {self.settings}: {error}") from error
        if self._answers[0].is_failure:
            raise RigError(f"the MQTT broker at {self.settings} refuses the connection: {self._answers[0]}")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()

    def subscribe(self, *filters: str) -> None:
        """Subscribe, and wait until the broker has confirmed it."""
        self._waiting += 1
        self._client.subscribe([(one, 1) for one in filters])
        self._keep_on(lambda: not self._waiting)

    def publish(self, topic: str, payload: str, retain: bool = False) -> None:
        """Send a message; it waits for the broker only where too many are under way."""
        self._keep_on(lambda: self._waiting < self._most)
        self._waiting += 1
        self._client.publish(topic, payload, qos=1, retain=retain)

    def sent(self) -> None:
        """Wait until the broker has everything."""
        self._keep_on(lambda: not self._waiting)

    def wait(self, reached: Callable[[], bool], patience: float) -> bool:
        """Take in what comes until something is reached; False where that takes longer than `patience` [s]."""
        deadline = time.monotonic() + patience
        while not reached():
            left = deadline - time.monotonic()
            if left <= 0 or self._client.loop(min(left, 0.1)) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return reached()
        return True

    def _keep_on(self, reached: Callable[[], bool]) -> None:
        if not self.wait(reached, CONNECT_TIMEOUT):
            raise RigError(f"the MQTT broker at {self.settings} accepts connections but does not answer")

    def _answered(self) -> None:
        self._waiting -= 1

    def _handle_connect(self, _c: Any, _u: Any, _f: Any, reason: Any, properties: Any) -> None:
        self._answers.append(reason)
        self._most = most_in_flight(properties)
