"""The three containers of docker-compose.yml: the reference controller holds the plant, and MQTT tells of it."""

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ModbusException

pytestmark = pytest.mark.container

ROOT = Path(__file__).parents[2]
PROJECT = f"geotwin-test-{os.getpid()}"
BUILD_S, SETTLE_S = 900.0, 300.0
"""The image installs some hundred megabytes; the rig compiles its kernels, then heats its cold loops at 60 times."""
UNITS, LOAD_METER, PANEL = (21, 22), 42, 91
LOCKOUT = 10


def compose() -> list[str]:
    """`docker-compose`, or the plugin of newer engines."""
    return ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Bench:
    """The containers, as seen from this machine."""

    def __init__(self) -> None:
        self.modbus, self.mqtt = free_port(), free_port()
        self._environment = os.environ | {"MODBUS_PORT": str(self.modbus), "MQTT_PORT": str(self.mqtt)}

    def run(self, *words: str) -> str:
        """A word of docker-compose; its output."""
        command = [*compose(), "-p", PROJECT, *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment, check=False, timeout=BUILD_S, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-8000:]
        return done.stdout

    def read(self, unit: int, table: str, address: int) -> int | None:
        """One register or bit; None where nothing answers."""
        client = ModbusTcpClient("127.0.0.1", port=self.modbus, timeout=3, retries=0)
        try:
            reply = getattr(client, f"read_{table}")(address, device_id=unit) if client.connect() else None
        except (ModbusException, OSError):
            return None
        finally:
            client.close()
        return None if reply is None or reply.isError() else int((reply.registers or reply.bits)[0])

    def holds(self) -> bool:
        """A unit runs, and the supply is near what the controller wants of it."""
        running = [unit for unit in UNITS if self.read(unit, "discrete_inputs", 0) == 1]
        supply = self.read(LOAD_METER, "input_registers", 0)
        wanted = [self.read(unit, "holding_registers", 2) for unit in running]
        if not running or supply is None or None in wanted:
            return False
        return all(abs(supply * 0.01 - setpoint * 0.1) < 4.0 for setpoint in wanted if setpoint is not None)

    def life_sign(self) -> int | None:
        return self.read(PANEL, "holding_registers", 1)

    def wait(self, what: str, come: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not come():
            if time.monotonic() > end:
                pytest.fail(f"{what}: not within {seconds:g} s\n{self.run('logs', '--no-color')[-8000:]}")
            time.sleep(0.5)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """All three started, and gone at the end with their network."""
    started = Bench()
    try:
        started.run("up", "-d", "--build")
        yield started
    finally:
        started.run("down", "-v", "--timeout", "5")


def test_the_reference_controller_holds_the_plant(bench):
    bench.wait("the controller holds the plant", bench.holds, SETTLE_S)
    before = bench.life_sign()
    assert before is not None
    bench.wait("the life sign advances", lambda: bench.life_sign() not in (None, before), 10)
    for unit in UNITS:
        assert bench.read(unit, "discrete_inputs", LOCKOUT) == 0, f"unit {unit} is locked out"


def test_mqtt_tells_of_the_plant(bench):
    bench.wait("the rig answers", lambda: bench.life_sign() is not None, SETTLE_S)
    received: dict[str, bytes] = {}
    complete = threading.Event()
    topics = ("geotwin/office/availability", "geotwin/office/time", "geotwin/office/hp_1")

    def take(_client: Client, _userdata: object, message: MQTTMessage) -> None:
        received[message.topic] = message.payload
        if all(topic in received for topic in topics):
            complete.set()

    client = Client(CallbackAPIVersion.VERSION2)
    client.on_message = take
    client.connect("127.0.0.1", bench.mqtt)
    client.subscribe([(topic, 1) for topic in topics])
    client.loop_start()
    try:
        assert complete.wait(30), received
    finally:
        client.loop_stop()
        client.disconnect()
    assert received["geotwin/office/availability"] == b"online"
    assert json.loads(received["geotwin/office/time"])["ms"] > 0
    assert "condenser_leaving_temp" in json.loads(received["geotwin/office/hp_1"])["points"]


def test_the_image_holds_the_files_of_the_rig(bench):
    said = bench.run("exec", "-T", "rig", "geotwin", "list", "scenarios")
    assert "pump_failure" in said
    assert "heat_pump" in bench.run("exec", "-T", "rig", "geotwin", "map", "office", "--format", "csv")


def test_every_container_is_bounded(bench):
    for service in ("mosquitto", "rig", "controller"):
        (number,) = bench.run("ps", "-q", service).split()
        words = ["docker", "inspect", "--format", "{{json .}}", number]
        found = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
        host = found["HostConfig"]
        assert (host["Init"], host["ReadonlyRootfs"], host["CapDrop"]) == (True, True, ["ALL"]), service
        assert host["SecurityOpt"] == ["no-new-privileges:true"], service
        assert bench.run("exec", "-T", service, "id", "-u").strip() in ("1000", "1883"), service
