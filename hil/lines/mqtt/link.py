"""The connection to the broker: paho-mqtt on the thread of the asyncio loop.

paho's socket is watched by the loop and its callbacks run there, so that nothing needs a lock and no second thread
fights for the interpreter; only connecting, which blocks, is done in a thread. Everything is sent at QoS 1.

Messages wait in a queue of ours, not in paho's: paho sends what is published between its CONNECT and the broker's
answer before what it has kept from the time before, so the order would be lost at every reconnection.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any

from hil.lines.mqtt import client
from hil.lines.mqtt.outbox import Message, Outbox
from hil.lines.mqtt.presence import Presence
from hil.lines.mqtt.settings import MqttSettings
from twin.errors import InputError, RigError

BACK_OFF = (0.05, 2.0)  # [s] first and longest pause between two attempts to reconnect
FAREWELL = 1.0  # [s] to be told `offline` is what a broker is given in any case
SLICE = 20  # messages sent in one turn of the loop: 1.5 ms, so that a large plant's states do not delay a tick
ONLINE, OFFLINE = "online", "offline"

_log = logging.getLogger(__name__)


class MqttLink:
    """One client of a broker: keeps a queue, reconnects by itself, and says whether it is there.

    `availability` holds `online` or `offline` (retained; `offline` is also the last will). Messages wait in order: the
    latest of every retained topic, and `queue_limit` beside them; beyond that the oldest of these are dropped and
    counted in `dropped`. A message may arrive twice after a reconnection (QoS 1), never out of the order of its first
    arrival. The broker keeps the session, and with it the commands sent meanwhile, while the link is down; the session
    of an earlier run is cleared at the start, so that no order of yesterday reaches today's plant.
    """

    def __init__(self, settings: MqttSettings, client_id: str, availability: str, queue_limit: int = 20_000) -> None:
        """client_id: fixed and unique at the broker; availability: topic."""
        self.settings = settings
        self.client_id = client_id
        self.availability = availability
        self.connected = False
        self.connections = 0
        self.word = ONLINE
        self.presence = Presence()
        self.on_message: Callable[[str, bytes | bytearray, bool], None] = lambda _topic, _payload, _retained: None
        self.on_online: Callable[[], None] = lambda: None
        self.subscriptions: list[str] = []
        self._outbox = Outbox(queue_limit)
        self._in_flight, self._most_in_flight = 0, client.IN_FLIGHT
        self._pumping = False
        self._up, self._lost, self._sent = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._sent.set()
        self._free = asyncio.Event()
        self._free.set()
        self._keeper: asyncio.Task[None] | None = None
        self._attempt: asyncio.Future[Any] | None = None
        self._client = client.new_client(settings, client_id, clean=False)
        self._client.will_set(availability, OFFLINE, qos=1, retain=True)
        self._client.on_connect = self._handle_connect
        self._client.on_disconnect = self._handle_disconnect
        self._client.on_message = self._handle_message
        self._client.on_publish = self._handle_publish
        self._client.on_socket_close = self._handle_socket_close

    async def start(self) -> None:
        """Connect and subscribe. Raises RigError with the reason where the broker cannot be reached or refuses us."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(_end_session, self.settings, self.client_id)
        self._keeper = asyncio.create_task(self._stay_connected())
        try:
            async with asyncio.timeout(client.CONNECT_TIMEOUT):
                await self._up.wait()
        except TimeoutError:
            await self._end()
            raise RigError(f"the MQTT broker at {self.settings} accepts connections but does not answer") from None

    async def stop(self, patience: float = 2.0) -> None:
        """Send what waits (for at most `patience` seconds), say `offline` and leave; the session ends with us."""
        if self._keeper is None:
            return
        if not self.held:
            await self._say_farewell(patience)
        await self._end()
        with contextlib.suppress(RigError, InputError):
            await asyncio.to_thread(_end_session, self.settings, self.client_id)

    async def _say_farewell(self, patience: float) -> None:
        self.publish(self.availability, OFFLINE, retain=True)
        if not await self._sent_within(patience):
            _log.warning("%d MQTT messages could not be sent any more", self._outbox.clear())
            self.publish(self.availability, OFFLINE, retain=True)
            await self._sent_within(FAREWELL)

    @property
    def held(self) -> bool:
        """Whether it is kept away from the broker."""
        return not self._free.is_set()

    def hold(self) -> None:
        """Break the connection off, as a cable that is pulled, and stay away; this counts as no loss."""
        self._free.clear()
        self.connected = False
        self._break_off()

    def release(self) -> None:
        """Connect again."""
        self._free.set()

    async def _sent_within(self, patience: float) -> bool:
        try:
            async with asyncio.timeout(patience):
                await self.sent()
        except TimeoutError:
            return False
        return True

    def publish(self, topic: str, payload: str | bytes, retain: bool) -> None:
        """Queue one message; it is sent as soon as the connection allows."""
        before = self.dropped
        self._outbox.put(Message(topic, payload, retain))
        if self.dropped and not before:
            _log.warning("more MQTT messages wait than the queue may hold; the oldest states are dropped and counted")
        self._sent.clear()
        self._pump_soon()

    async def sent(self) -> None:
        """Wait until the broker has acknowledged everything."""
        await self._sent.wait()

    @property
    def waiting(self) -> int:
        """Messages that the broker has not acknowledged yet."""
        return len(self._outbox) + self._in_flight

    @property
    def crowded(self) -> bool:
        """Whether so much waits that what is not a state had better not be sent."""
        return self._outbox.spare >= self._outbox.spare_limit // 2

    @property
    def dropped(self) -> int:
        """Messages that were thrown away because too many waited."""
        return self._outbox.dropped

    # The queue

    def _pump_soon(self) -> None:
        if self.connected and not self._pumping and self._outbox and self._in_flight < self._most_in_flight:
            self._pumping = True
            self._loop.call_soon(self._pump)

    def _pump(self) -> None:
        """Hand paho a slice of the queue. What paho has taken it sends again by itself after a reconnection."""
        self._pumping = False
        for _ in range(SLICE):
            if not (self.connected and self._outbox and self._in_flight < self._most_in_flight):
                break
            topic, payload, retain = self._outbox.take()
            self._in_flight += 1
            self._client.publish(topic, payload, qos=1, retain=retain)
        self._watch_writes()
        self._pump_soon()

    # The connection

    async def _stay_connected(self) -> None:
        pause, longest = BACK_OFF
        while True:
            await self._free.wait()
            self._lost.clear()
            attempt = self._attempt = asyncio.ensure_future(asyncio.to_thread(self._client.reconnect))
            try:
                await asyncio.shield(attempt)
            except Exception as error:  # whatever went wrong, the next attempt may succeed
                _log.info("no connection to the MQTT broker at %s, trying again: %r", self.settings, error)
            else:
                if self.held:
                    self._break_off()
                elif sock := self._client.socket():
                    self._loop.add_reader(sock, self._readable, sock)
                    self._watch_writes()
                    if await self._while_connected():
                        pause = BACK_OFF[0]
            await asyncio.sleep(0.0 if self.held else pause)
            pause = min(pause * 2, longest)

    async def _while_connected(self) -> bool:
        """Keep the connection alive until it is lost; whether it was good for a second or more."""
        deadline = time.monotonic() + client.CONNECT_TIMEOUT
        accepted = False
        while not self._lost.is_set():
            accepted = accepted or self.connected
            if not accepted and time.monotonic() > deadline:
                self._close()
                break
            self._client.loop_misc()
            self._watch_writes()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):  # not wait_for: in Python 3.11 it may swallow a cancellation
                    await self._lost.wait()
        return accepted

    async def _end(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
            self._keeper = None
        if self._attempt is not None:
            await asyncio.wait([self._attempt])  # a thread cannot be cancelled
        self.connected = False
        self._close()

    def _close(self) -> None:
        self._client.disconnect()
        self._break_off()

    def _break_off(self) -> None:
        if self._client.socket() is not None:  # no farewell is or can be sent: paho has no other way to give up
            self._client._sock_close()
            self._lost.set()

    def _readable(self, sock: Any) -> None:
        self.presence.heard()
        try:
            self._client.loop_read()
        except Exception as error:  # paho raises what it stumbles over in a broken packet: struct, index, value errors
            _log.warning("MQTT broker at %s sent a packet that cannot be read: %r", self.settings, error)
            self._close()
        if self._client.socket() is sock:
            self._watch_writes()
            if getattr(sock, "pending", int)():  # TLS has decrypted more than was read: the loop would not wake for it
                self._loop.call_soon(self._readable, sock)

    def _writable(self) -> None:
        self._client.loop_write()
        self._watch_writes()

    def _watch_writes(self) -> None:
        sock = self._client.socket()
        if sock is None:
            return
        if self._client.want_write():
            self._loop.add_writer(sock, self._writable)
        else:
            self._loop.remove_writer(sock)

    # paho's callbacks: on the loop's thread. What they cause is done after paho has finished with the packet.

    def _handle_connect(self, _c: Any, _u: Any, _f: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            _log.warning("MQTT broker at %s refuses the connection: %s", self.settings, reason)
        else:
            self._most_in_flight = client.most_in_flight(properties)
            self._loop.call_soon(self._go_online)  # after paho has sent again what was not acknowledged

    def _go_online(self) -> None:
        if self._client.socket() is None or self.held:
            return
        self.connected = True
        self.connections += 1
        self.presence.back()
        for topic in self.subscriptions:
            self._client.subscribe(topic, qos=1)
        self._outbox.put(Message(self.availability, self.word, True), first=True)
        self._sent.clear()
        self.on_online()
        self._up.set()
        self._pump_soon()

    def _handle_disconnect(self, _c: Any, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
        if self.connected:
            _log.warning("connection to the MQTT broker at %s lost: %s; messages wait", self.settings, reason)
            self.presence.lost()
        self.connected = False
        self._lost.set()

    def _handle_message(self, _c: Any, _u: Any, message: Any) -> None:
        self._loop.call_soon(self.on_message, message.topic, message.payload, message.retain)

    def _handle_publish(self, *_: Any) -> None:
        self._in_flight -= 1
        if not self.waiting:
            self._sent.set()
        self._pump_soon()

    def _handle_socket_close(self, _c: Any, _u: Any, sock: Any) -> None:
        self._loop.remove_reader(sock)
        self._loop.remove_writer(sock)


def _end_session(settings: MqttSettings, client_id: str) -> None:
    """Make the broker forget what it keeps for this client. Blocks; RigError where it cannot be reached or refuses."""
    with client.Visit(settings, client_id):
        pass
