"""The MQTT broker of a bench: the configured one, else a local mosquitto, else the embedded amqtt.

A local broker is a child process on 127.0.0.1. It ends with this process, however this process ends: it is guarded by
a pipe that the operating system closes for us. Source of the choice: docs/fieldbus.md#brokers.
"""

import asyncio
import contextlib
import importlib.util
import os
import shutil
import socket
import sys
import tempfile
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hil.bus.transport import Launch, Launched
from hil.lines.mqtt.settings import MqttSettings
from twin.errors import RigError

MOSQUITTO, AMQTT = "mosquitto", "amqtt"
START_TIMEOUT = 20.0  # [s] a loaded machine needs a few to import amqtt
PORT_ATTEMPTS = 5

# Ends the broker when our end of the pipe closes, and ends itself when the broker does. A background job of sh has no
# standard input, hence descriptor 3. mosquitto is on PATH for root only on Debian, hence the two more folders.
_GUARD = (
    'exec 3<&0; "$@" </dev/null & child=$!; '
    '(cat <&3 >/dev/null; while kill "$child"; do sleep 0.1; done) 2>/dev/null & wait "$child"'
)
_MORE_FOLDERS = ("/usr/sbin", "/usr/local/sbin")
_MOSQUITTO_CONFIG = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
set_tcp_nodelay true
max_packet_size 1048576
max_queued_messages 100000
max_queued_bytes 268435456
max_inflight_messages 1000
connection_messages false
log_dest stderr
"""


def available() -> str:
    """The kind of broker that can be started here: `mosquitto`, `amqtt`, or "" where there is neither."""
    if _mosquitto():
        return MOSQUITTO
    return AMQTT if importlib.util.find_spec("amqtt") else ""


@asynccontextmanager
async def broker(
    configured: MqttSettings | None = None, port: int = 0, launch: Launch | None = None
) -> AsyncIterator["LocalBroker | ForeignBroker"]:
    """The broker of a bench: the configured one, else a local one on `port` (0: free), started by `launch` if given.

    Raises RigError where no broker is configured and none can be started.
    """
    if configured is not None:
        yield ForeignBroker(configured)
        return
    kind = available()
    if not kind:
        raise RigError(
            "no MQTT broker: none is configured, mosquitto is not on PATH and amqtt is not installed; name a broker in "
            "the bench file, install mosquitto, or `pip install geotwin[broker]`"
        )
    async with LocalBroker(kind, port, launch) as local:
        yield local


@dataclass(frozen=True)
class ForeignBroker:
    """A broker that somebody else runs. settings: how to connect to it"""

    settings: MqttSettings


class LocalBroker:
    """A broker of ours on 127.0.0.1: a child process, without passwords, without persistence."""

    def __init__(self, kind: str, port: int = 0, launch: Launch | None = None) -> None:
        """kind: `mosquitto` or `amqtt`; port: 0 takes a free one, which a restart keeps; launch: starts it elsewise"""
        self.kind = kind
        self.port = port
        self._launch_held, self._words = launch, b""
        self._held: Launched | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._log: deque[str] = deque(maxlen=20)
        self._reader: asyncio.Task[None] | None = None
        self._running = asyncio.Event()

    @property
    def settings(self) -> MqttSettings:
        """How to connect to it; the port is known once it has started."""
        return MqttSettings(port=self.port)

    async def __aenter__(self) -> "LocalBroker":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start it and wait until it listens. Raises RigError with the broker's own last words where it does not."""
        for _ in range(1 if self.port else PORT_ATTEMPTS):
            port = self.port or _free_port()
            if await self._launch(port):
                self.port = port
                return
            await self.stop()
        words = "; ".join(list(self._log)[-2:]) or "it said nothing"
        raise RigError(f"the local MQTT broker ({self.kind}) did not start on 127.0.0.1:{port}: {words}")

    async def stop(self) -> None:
        """End it and wait until it has gone."""
        if self._held is not None:
            await self._held.end()
            self._held = None
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()
        if self._reader is not None:
            await self._reader
        self._process = self._reader = None

    async def _launch(self, port: int) -> bool:
        self._log.clear()
        self._running.clear()
        with tempfile.TemporaryDirectory(prefix="geotwin-broker-") as folder:
            words = self._command(port, Path(folder))
            if self._launch_held is not None:
                self._held = self._launch_held("broker", words, Path(folder) / "at", self._hear)
            else:
                self._process = await asyncio.create_subprocess_exec(
                    "sh", "-c", _GUARD, "broker", *words, stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
                    start_new_session=True,  # Ctrl-C in a terminal is for us; the broker ends when we are done with it
                )  # fmt: skip
                self._reader = asyncio.create_task(self._read_log(self._process))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(START_TIMEOUT):
                    await self._running.wait()
        if self._held is not None:
            return self._held.running and self._running.is_set()
        return self._process is not None and self._process.returncode is None and not self._read_up()

    def _read_up(self) -> bool:
        return self._reader is not None and self._reader.done()

    def _hear(self, data: bytes) -> None:
        """Take in what a broker prints that was launched; nothing more comes when it has ended."""
        lines = (self._words + data).split(b"\n")
        self._words = lines.pop()
        for line in lines:
            self._note(line)
        if not data:
            self._running.set()

    def _note(self, line: bytes) -> None:
        """Keep the broker's last words; both kinds say `running` when they listen."""
        self._log.append(line.decode("utf-8", "replace").strip())
        if self._log[-1].endswith("running"):
            self._running.set()

    def _command(self, port: int, folder: Path) -> list[str]:
        if self.kind == AMQTT:
            return [sys.executable, "-W", "ignore", "-m", "hil.lines.mqtt.embedded_broker", str(port)]
        config = folder / "mosquitto.conf"
        config.write_text(_MOSQUITTO_CONFIG.format(port=port), "utf-8")
        return [_mosquitto() or MOSQUITTO, "-c", str(config)]

    async def _read_log(self, process: asyncio.subprocess.Process) -> None:
        """Take in what the broker prints, until it ends."""
        assert process.stderr is not None  # noqa: S101  (it is a pipe)
        async for line in process.stderr:
            self._note(line)
        self._running.set()


def _mosquitto() -> str | None:
    return shutil.which(MOSQUITTO, path=os.pathsep.join((os.environ.get("PATH", os.defpath), *_MORE_FOLDERS)))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
