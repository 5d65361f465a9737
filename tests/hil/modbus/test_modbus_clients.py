"""The server against other people's clients: pymodbus and mbpoll (libmodbus); and our client against the server."""

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pymodbus.client import ModbusTcpClient

from hil.bus.maps.device_file import read_device
from hil.bus.unit_image import UnitImage
from hil.lines.modbus.client import BackOff, ModbusClient, NoAnswerError, RefusedError
from hil.lines.modbus.listener import ModbusPort
from hil.lines.modbus.server import ModbusTcpServer

DEVICE = read_device(Path(__file__).parents[1] / "data" / "chiller_gateway.yaml")
NAMES = [register.name for register in DEVICE.registers]


def filled_image() -> UnitImage:
    image = UnitImage(DEVICE)
    shown = {"leaving_temp": -7.25, "power": 70000.0, "energy": 1.5, "energy_count": 123456.789, "flow": 2.25,
             "pressure": 150.0, "exact": 7.123, "running": 1.0}  # fmt: skip
    for name, value in shown.items():
        image.bus[NAMES.index(name)] = value
    return image


def served(client: Callable[[int], Any], image: UnitImage, limit: float = 30.0) -> Any:
    """Run a blocking client in a thread beside the server; what it returns is returned."""

    async def run() -> Any:
        server = ModbusTcpServer([ModbusPort({1: image, 7: UnitImage(DEVICE)}, 0)])
        await server.start()
        try:
            return await asyncio.wait_for(asyncio.to_thread(client, server.ports[0]), limit)
        finally:
            await server.stop()

    return asyncio.run(run())


def test_pymodbus_reads_every_table_and_decodes_the_numbers() -> None:
    def client(port: int) -> None:
        with ModbusTcpClient("127.0.0.1", port=port) as bus:
            decode, types = bus.convert_from_registers, bus.DATATYPE
            words = bus.read_input_registers(0, count=12).registers
            assert decode(words[0:1], types.INT16) == -725
            assert decode(words[2:4], types.UINT32, word_order="little") == 70000
            assert decode(words[4:6], types.FLOAT32, word_order="little") == 1.5
            assert decode(words[10:12], types.FLOAT32) == 2.25
            count = b"".join(word.to_bytes(2, "big") for word in words[6:10])
            assert int.from_bytes(count, "little") == 123456789
            assert bus.read_discrete_inputs(0, count=2).bits[:2] == [True, False]
            assert bus.read_coils(0, count=1).bits[0] is False
            assert bus.read_holding_registers(0, count=3, device_id=7).registers == [0, 70, 0]
            assert bus.read_device_information(read_code=1).information[0] == b"Example Works"

    served(client, filled_image())


def test_pymodbus_writes_by_every_function() -> None:
    image = filled_image()
    seen: list[tuple[str, float]] = []
    image.on_write = lambda number, value: seen.append((NAMES[number], value))

    def client(port: int) -> None:
        with ModbusTcpClient("127.0.0.1", port=port) as bus:
            answers = [
                bus.write_coil(0, True), bus.write_coils(0, [False, True]), bus.write_register(0, 2),
                bus.write_registers(1, [455, 505]), bus.mask_write_register(address=1, and_mask=0, or_mask=300),
                bus.write_registers(3, bus.convert_to_registers(98.6, bus.DATATYPE.FLOAT32, word_order="little")),
            ]  # fmt: skip
            assert not any(answer.isError() for answer in answers)
            both = bus.readwrite_registers(read_address=0, read_count=2, write_address=0, values=[1])
            assert both.registers == [1, 300]
            refused = [bus.write_register(0, 3), bus.write_register(7, 0), bus.read_input_registers(4, count=1)]
            assert [answer.exception_code for answer in refused] == [3, 2, 2]
            assert bus.read_holding_registers(0, count=1, device_id=99).exception_code == 11

    served(client, image)
    floats = [value for name, value in seen if name == "supply_sp_f"]
    assert floats == pytest.approx([98.6], rel=1e-6)
    assert [entry for entry in seen if entry[0] != "supply_sp_f"] == [
        ("start_cmd", 1.0), ("start_cmd", 0.0), ("reset_cmd", 1.0), ("mode_cmd", 2.0), ("supply_sp", 45.5),
        ("load_limit", 50.5), ("supply_sp", 30.0), ("mode_cmd", 1.0),
    ]  # fmt: skip


def mbpoll(port: int, *arguments: str) -> str:
    """mbpoll with zero-based addresses, one poll; its output."""
    command = ["mbpoll", "-m", "tcp", "-p", str(port), "-0", "-1", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout + done.stderr


def test_mbpoll_reads_and_writes() -> None:
    """mbpoll takes 32-bit numbers with the low word first (CDAB) unless -B is given."""

    def client(port: int) -> list[str]:
        here = "127.0.0.1"
        return [
            mbpoll(port, "-t", "3:hex", "-r", "0", "-c", "1", here), mbpoll(port, "-t", "3:float", "-r", "4", here),
            mbpoll(port, "-t", "3:float", "-B", "-r", "10", here), mbpoll(port, "-t", "3:int", "-r", "2", here),
            mbpoll(port, "-t", "1", "-r", "0", "-c", "2", here), mbpoll(port, "-t", "4", "-r", "1", here, "455"),
            mbpoll(port, "-t", "4", "-r", "1", here), mbpoll(port, "-t", "4", "-r", "0", here, "3"),
            mbpoll(port, "-t", "4", "-r", "7", here), mbpoll(port, "-a", "9", "-t", "4", "-r", "0", here),
        ]  # fmt: skip

    shown = ["0xFD2B", "1.5", "2.25", "70000", "1", "Written 1", "455", "Illegal data value", "Illegal data address"]
    outputs = served(client, filled_image())
    for output, expected in zip(outputs, [*shown, "Target device failed to respond"], strict=True):
        assert expected in output


def test_our_client_reads_writes_and_is_refused() -> None:
    async def calls(port: int) -> None:
        bus = ModbusClient("127.0.0.1", port)
        await bus.write("hr", 1, [455])
        await bus.write("hr", 1, [456, 100])
        await bus.write("co", 0, [1])
        assert await bus.read("hr", 0, 3) == [0, 456, 100]
        assert await bus.read("co", 0, 1) == [1]
        assert await bus.read("hr", 1, 1, unit=7) == [70]
        with pytest.raises(RefusedError, match=r"exception 02 \(illegal data address\)"):
            await bus.read("hr", 3, 1)
        assert await bus.read("di", 0, 2) == [1, 0]
        bus.close()
        assert await bus.read("ir", 0, 1) == [65536 - 725]
        bus.close()

    served(lambda port: asyncio.run(calls(port)), filled_image())


def test_our_client_comes_back_after_the_server_was_away() -> None:
    async def run() -> None:
        image = filled_image()
        first = ModbusTcpServer([ModbusPort({1: image}, 0)])
        await first.start()
        port = first.ports[0]
        bus = ModbusClient("127.0.0.1", port, timeout=0.2, back_off=(0.01, 0.02))
        assert await bus.read("ir", 0, 1) == [65536 - 725]
        await first.stop()
        with pytest.raises(NoAnswerError):
            await bus.read("ir", 0, 1)
        second = ModbusTcpServer([ModbusPort({1: image}, port)])
        await second.start()
        got: list[int] = []
        while not got:
            try:
                got = await bus.read("ir", 0, 1)
            except NoAnswerError:
                await asyncio.sleep(0.005)
        await bus.write("co", 0, [1])
        assert await bus.read("co", 0, 1) == [1]
        with pytest.raises(RefusedError):
            await bus.write("hr", 0, [9])
        bus.close()
        await second.stop()

    asyncio.run(asyncio.wait_for(run(), 30))


def test_a_client_without_a_server_fails_at_once_and_then_backs_off() -> None:
    async def calls() -> None:
        bus = ModbusClient("127.0.0.1", 1, back_off=(60.0, 60.0))
        with pytest.raises(NoAnswerError, match="no connection"):
            await bus.read("hr", 0, 1)
        with pytest.raises(NoAnswerError, match="next try to connect in"):
            await bus.read("hr", 0, 1)

    asyncio.run(calls())


def test_the_back_off_doubles_up_to_its_longest_and_starts_anew() -> None:
    back_off = BackOff(10.0, 30.0)
    waits = []
    for _ in range(4):
        back_off.failed()
        waits.append(round(back_off.wait_left()))
    assert waits == [10, 20, 30, 30]
    back_off.succeeded()
    assert back_off.wait_left() == 0.0
