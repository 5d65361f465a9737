"""The C controller of the examples is built with all warnings, heats the office, and finds back after a lost rig."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ModbusException

GEOTWIN = [sys.executable, "-m", "hil.cli"]
SPEED = 120
LOAD_METER, PANEL, UNITS = 42, 91, (21, 22)


@contextmanager
def running(words: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program at work; its output is kept, and it is gone at the end."""
    with log.open("ab") as out, subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT) as process:
        try:
            yield process
        finally:
            process.kill()


def serving(port: int, log: Path) -> AbstractContextManager[subprocess.Popen[bytes]]:
    words = ["serve", "office", "--modbus-port", str(port), "--speed", str(SPEED), "--start", "2026-01-15T08:00"]
    return running([*GEOTWIN, *words], log)


class Plant:
    """What an observer on the bus sees; None where the rig does not answer."""

    def __init__(self, port: int, logs: tuple[Path, ...]) -> None:
        self.port, self.logs = port, logs

    def read(self, unit: int, table: str, address: int) -> int | None:
        client = ModbusTcpClient("127.0.0.1", port=self.port, timeout=2, retries=0)
        try:
            reply = getattr(client, f"read_{table}")(address, device_id=unit) if client.connect() else None
        except (ModbusException, OSError):
            return None
        finally:
            client.close()
        if reply is None or reply.isError():
            return None
        return int((reply.registers or reply.bits)[0])

    def units_run(self) -> bool:
        return all(self.read(unit, "discrete_inputs", 0) == 1 for unit in UNITS)

    def supply_temp(self) -> float:
        return (self.read(LOAD_METER, "input_registers", 0) or 0) * 0.01

    def life_sign(self) -> int:
        return self.read(PANEL, "holding_registers", 1) or 0

    def alarms(self) -> bool:
        return any(self.read(unit, "discrete_inputs", 3) != 0 for unit in UNITS)

    def wait(self, what: str, come: Callable[[], bool], seconds: float) -> None:
        """Until something is so; a failure tells what both programs have said."""
        end = time.monotonic() + seconds
        while not come():
            if time.monotonic() > end:
                said = "\n".join(f"--- {log.name}\n{log.read_text()}" for log in self.logs)
                pytest.fail(f"{what}: not within {seconds:g} s; supply {self.supply_temp():.1f} degC\n{said}")
            time.sleep(0.1)


def test_it_heats_the_office_and_survives_a_lost_rig(controller: Path, tmp_path: Path, two_ports: int) -> None:
    port = two_ports
    rig_log, controller_log = tmp_path / "rig.log", tmp_path / "controller.log"
    plant = Plant(port, (rig_log, controller_log))
    with running([str(controller), "127.0.0.1", str(port)], controller_log) as firmware:
        with serving(port, rig_log):
            plant.wait("both units run", plant.units_run, 120)
            plant.wait("the supply is warm", lambda: plant.supply_temp() > 35.0, 60)
            assert not plant.alarms()
        assert firmware.poll() is None, controller_log.read_text()
        with serving(port, rig_log):
            plant.wait("the life sign counts again", lambda: plant.life_sign() > 5, 60)
            plant.wait("both units run again", plant.units_run, 60)
            assert not plant.alarms()
            firmware.send_signal(signal.SIGTERM)
            assert firmware.wait(timeout=10) == 0
            plant.wait("units are off", lambda: not plant.units_run(), 30)
    said = controller_log.read_text()
    assert said.count("connected to") >= 2, said
    assert "no connection" in said


def test_it_tells_how_it_is_used(controller: Path) -> None:
    told = subprocess.run([str(controller)], check=False, capture_output=True, text=True, timeout=10)
    assert told.returncode == 2
    assert "usage: controller HOST PORT" in told.stderr
