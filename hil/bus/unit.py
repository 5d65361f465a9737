"""A unit on the bus: a device at its port and unit id."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hil.bus.maps.device_map import DeviceMap
from twin.errors import InputError

LAST_PORT = 65535
ANY = -1
"""The unit id of a device that answers to every one on its port."""


@dataclass(frozen=True)
class Unit:
    """One device on the bus: named after the component it serves, unless the bench says otherwise.

    unit:  its unit id, or ANY; several that share one are parts of one device
    where: the line of the bench file, for messages
    """

    name: str
    port: int
    unit: int
    device: DeviceMap
    component: str
    where: str = ""

    @property
    def asked(self) -> int:
        """The unit id by which a client asks it."""
        return 1 if self.unit == ANY else self.unit


def joined(units: Sequence[Unit]) -> DeviceMap:
    """The map of a device whose parts these units are; InputError where they overlap or contradict one another."""
    first = units[0]
    if len(units) == 1:
        return first.device
    owners: dict[tuple[str, int], str] = {}
    for unit in units:
        own = {
            (table, register.address + word)
            for register in unit.device.registers
            for table in register.tables
            for word in range(register.words)
        }
        for table, address in sorted(own & owners.keys()):
            raise InputError(
                f"{unit.where}: {table} {address} of {unit.name} is taken by {owners[table, address]}, which has the "
                f"same port and unit id {unit.unit}"
            )
        owners |= dict.fromkeys(own, unit.name)
    for key in ("gaps", "functions", "most_registers", "allow_partial"):
        for unit in units[1:]:
            if getattr(unit.device, key) != getattr(first.device, key):
                raise InputError(
                    f"{unit.where}: {unit.device.device} and {first.device.device} are parts of one device, but say "
                    f"different things under {key!r}"
                )
    identity = next((unit.device.identity for unit in units if unit.device.identity is not None), None)
    registers = tuple(register for unit in units for register in unit.device.registers)
    return first.device.model_copy(update={"registers": registers, "identity": identity})


def side_by_side(units: Sequence[Unit]) -> list[Unit]:
    """The units in their order, but those that share a port and a unit id one behind the other."""
    order: dict[tuple[int, int], int] = {}
    for unit in units:
        order.setdefault((unit.port, unit.unit), len(order))
    return sorted(units, key=lambda unit: order[unit.port, unit.unit])


def moved(units: Sequence[Unit], first_port: int) -> list[Unit]:
    """The units at ports that begin at `first_port`."""
    by = first_port - min(unit.port for unit in units)
    last = max(unit.port for unit in units) + by
    if last > LAST_PORT:
        raise InputError(f"port {first_port}: the last unit of the bench would be on port {last}, above {LAST_PORT}")
    return [replace(unit, port=unit.port + by) for unit in units]
