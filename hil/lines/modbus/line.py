"""Modbus TCP among the lines of a bench."""

import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator

from hil.bus.address import Address
from hil.bus.transport import Line, Served, Transport, running
from hil.bus.unit import ANY
from hil.bus.unit_image import UnitImage
from hil.lines.modbus.codes import GATEWAY_ITSELF
from hil.lines.modbus.line_faults import LineFaults
from hil.lines.modbus.listener import ModbusPort
from hil.lines.modbus.request_log import HELD_KEPT_EVERY_S, KEPT_EVERY_S, RequestLog
from hil.lines.modbus.server import ModbusTcpServer


def modbus_server(served: Served, host: str) -> ModbusTcpServer:
    """A Modbus TCP server with all units of the bench, at their ports."""
    ports: dict[int, dict[int, UnitImage]] = defaultdict(dict)
    for (port, unit), image in served.bus.served.items():
        ports[port] |= {unit: image} if unit != ANY else {}
    for (port, unit), image in served.bus.served.items():
        if unit == ANY:
            ports[port] = dict.fromkeys(range(256), image) | ports[port]
    alone = {port: next(iter(units)) for port, units in ports.items() if len(units) == 1}
    for port, unit in alone.items():
        ports[port] = dict.fromkeys(GATEWAY_ITSELF, ports[port][unit]) | ports[port]
    keys = served.keys.get("modbus", {})
    settings = [ModbusPort(units, port, host, **keys.get(port, {})) for port, units in sorted(ports.items())]
    names = {key: served.bus.names(*key) for key in served.bus.served}
    for port, units in ports.items():
        own = served.bus.names(port, alone.get(port, ANY))
        names |= {(port, unit): own for unit in units if (port, unit) not in names}
    faults = LineFaults(served.bus.wire, names, served.bus.seed)
    every_s = KEPT_EVERY_S if served.launch is None else HELD_KEPT_EVERY_S
    log = RequestLog(keep=served.keep, now_ns=served.now_ns, every_s=every_s)
    return ModbusTcpServer(settings, plant_time=served.now_ms, log=log, faults=faults, turnaround_s=served.turnaround_s)


@contextlib.asynccontextmanager
async def _opened(served: Served, wish: Address) -> AsyncIterator[Transport]:
    async with running(modbus_server(served, wish.host)) as transport:
        yield transport


LINE = Line("modbus", _opened)
"""The wish is the address; the bench file, moved to its port, has the ports of the units."""
