"""A small asynchronous Modbus TCP client for controllers; the only module that knows pymodbus.

A call never waits longer than its time-out. After a failure the connection is closed, so that a late answer cannot be
taken for the next one, and the next try to connect waits its back-off: calls in the meantime fail at once.
"""

import logging
from collections.abc import Sequence
from time import monotonic
from typing import Any

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from hil.lines.modbus.codes import EXCEPTIONS

_READS = {
    "co": "read_coils", "di": "read_discrete_inputs", "hr": "read_holding_registers", "ir": "read_input_registers",
}  # fmt: skip
_WRITES = {("co", True): "write_coil", ("hr", True): "write_register", ("co", False): "write_coils"}
logging.getLogger("pymodbus.logging").addHandler(logging.NullHandler())


class NoAnswerError(Exception):
    """No connection, or no answer in time."""


class RefusedError(Exception):
    """The device answered with an exception; `code` is its number."""

    def __init__(self, code: int) -> None:
        """code: the Modbus exception code."""
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        """The exception by number and name."""
        return f"exception {self.code:02X} ({EXCEPTIONS.get(self.code, 'unknown')})"


class BackOff:
    """When the next try is allowed: after `shortest` seconds, doubling with each failure up to `longest`."""

    def __init__(self, shortest: float, longest: float) -> None:
        """shortest, longest: seconds."""
        self._shortest, self._longest = shortest, longest
        self._pause, self._until = 0.0, 0.0

    def wait_left(self) -> float:
        """Seconds until the next try is allowed; 0 when it is."""
        return max(0.0, self._until - monotonic())

    def failed(self) -> None:
        """A try has failed."""
        self._pause = min(max(self._shortest, 2 * self._pause), self._longest)
        self._until = monotonic() + self._pause

    def succeeded(self) -> None:
        """A try has succeeded: the next failure starts from the shortest pause again."""
        self._pause = self._until = 0.0


def _write_call(table: str, values: Sequence[int]) -> tuple[str, Any]:
    single = len(values) == 1
    name = _WRITES.get((table, single), "write_registers")
    typed: list[Any] = [bool(value) for value in values] if table == "co" else list(values)
    return name, typed[0] if single else typed


def _values(table: str, count: int, response: Any) -> list[int]:
    _check(response)
    values = response.registers if table in ("hr", "ir") else response.bits
    if len(values) < count:
        raise NoAnswerError(f"asked for {count} values, got {len(values)}")
    return [int(value) for value in values[:count]]


def _check(response: Any) -> None:
    if response.isError():
        raise RefusedError(response.exception_code)


class ModbusClient:
    """The client. One call at a time."""

    def __init__(self, host: str, port: int, timeout: float = 1.0, back_off: tuple[float, float] = (0.1, 5.0)) -> None:
        """timeout, back_off: seconds; nothing is connected before the first call."""
        self._client: Any = AsyncModbusTcpClient(host, port=port, timeout=timeout, retries=0, reconnect_delay=0)
        self._back_off = BackOff(*back_off)
        self._name = f"{host}:{port}"

    async def read(self, table: str, address: int, count: int, unit: int = 1) -> list[int]:
        """`count` words of hr or ir, or bits (0, 1) of co or di. Raises NoAnswerError, RefusedError."""
        return _values(table, count, await self._call(_READS[table], address, count=count, device_id=unit))

    async def write(self, table: str, address: int, values: Sequence[int], unit: int = 1) -> None:
        """Write words to hr or bits to co: one by function 6 or 5, more by 16 or 15."""
        name, given = _write_call(table, values)
        _check(await self._call(name, address, given, device_id=unit))

    def close(self) -> None:
        """End the connection; the next call connects again."""
        self._client.close()

    async def _call(self, name: str, *given: Any, **options: Any) -> Any:
        if not self._client.connected:
            left = self._back_off.wait_left()
            if left > 0.0:
                raise NoAnswerError(f"{self._name}: next try to connect in {left:.1f} s")
            if not await self._client.connect():
                self._back_off.failed()
                raise NoAnswerError(f"{self._name}: no connection")
        try:
            response = await getattr(self._client, name)(*given, **options)
        except (ModbusException, OSError) as error:
            self._client.close()
            self._back_off.failed()
            raise NoAnswerError(f"{self._name}: {error}") from error
        self._back_off.succeeded()
        return response
