"""Programs at work, the rig among them, and what an observer on the bus sees of the office."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ModbusException

LOAD_METER, PANEL, UNITS = 42, 91, (21, 22)


@contextmanager
def running(words: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program at work; its output is kept, and it is gone at the end."""
    with log.open("ab") as out, subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT) as process:
        try:
            yield process
        finally:
            process.kill()


def serving(port: int, log: Path, speed: int, *more: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """The office on a January morning, on the bus."""
    words = ["serve", "office", "--modbus-port", str(port), "--speed", str(speed), "--start", "2026-01-15T08:00"]
    return running([sys.executable, "-m", "hil.cli", *words, *more], log)


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

    def units_are_off(self) -> bool:
        return all(self.read(unit, "discrete_inputs", 0) == 0 for unit in UNITS)

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
                said = "\n".join(f"--- {log.name}\n{log.read_text()}" for log in self.logs if log.exists())
                pytest.fail(f"{what}: not within {seconds:g} s; supply {self.supply_temp():.1f} degC\n{said}")
            time.sleep(0.1)
