"""The one place that knows paho-mqtt: a client as its settings say, and short visits to a broker."""

import os
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Self

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from hil.lines.mqtt.settings import MQTT_5, MqttSettings
from twin.errors import InputError, RigError

CONNECT_TIMEOUT = 5.0  # [s]
KEEP_ALIVE = 30  # [s] the broker sends the last will after 1.5 times this silence, at once when the process dies
IN_FLIGHT = 100  # messages sent and not yet acknowledged
QUIET = 2.0  # [s] after so long without a message nothing more is expected
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
        self._echo: Received | None = None
        self._echoed = False
        self._client.on_connect = self._handle_connect
        self._client.on_subscribe = lambda *_: self._answered()
        self._client.on_publish = lambda *_: self._answered()
        self._client.on_message = self._handle_message

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

    def gather(self, filters: Sequence[str], topic: str, word: str) -> bool:
        """Receive all that is retained; whether that is sure, because a word sent after it has come back.

        topic: where the word is sent; the filters have to match it. All at QoS 0, of which brokers lose none here.
        """
        self._echo, self._echoed = Received(topic, word.encode(), False), False
        for one in filters:
            self._waiting += 1
            self._client.subscribe(one, qos=0)
        self._keep_on(lambda: not self._waiting)
        self._waiting += 1
        self._client.publish(topic, word, qos=0)
        seen = -1
        while seen < len(self.received) and not self._echoed:
            seen = len(self.received)
            self.wait(lambda: self._echoed, QUIET)
        return self._echoed

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
            if left <= 0 or not self._loop_once(min(left, 0.1)):
                return reached()
        return True

    def _loop_once(self, patience: float) -> bool:
        try:
            return self._client.loop(patience) == MQTTErrorCode.MQTT_ERR_SUCCESS
        except Exception as error:  # paho raises what it stumbles over in a broken packet: struct, index, value errors
            raise RigError(f"the MQTT broker at {self.settings} sent a packet that cannot be read: {error}") from error

    def _keep_on(self, reached: Callable[[], bool]) -> None:
        if not self.wait(reached, CONNECT_TIMEOUT):
            raise RigError(f"the MQTT broker at {self.settings} accepts connections but does not answer")

    def _answered(self) -> None:
        self._waiting -= 1

    def _handle_message(self, _c: Any, _u: Any, message: Any) -> None:
        came = Received(message.topic, bytes(message.payload), message.retain)
        self._echoed = self._echoed or came == self._echo
        self.received.append(came)

    def _handle_connect(self, _c: Any, _u: Any, _f: Any, reason: Any, properties: Any) -> None:
        self._answers.append(reason)
        self._most = most_in_flight(properties)
