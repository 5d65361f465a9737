"""A unit on the bus: a device at its port and unit id."""

from dataclasses import dataclass

from hil.bus.device_map import DeviceMap


@dataclass(frozen=True)
class Unit:
    """One device on the bus: named after the component it serves.

    where: the line of the bench file, for messages
    """

    name: str
    port: int
    unit: int
    device: DeviceMap
    component: str
    where: str = ""
