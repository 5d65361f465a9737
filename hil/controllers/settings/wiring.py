"""What the plant-room program is wired to; parts that a plant does not have are left out."""

from typing import Literal

from pydantic import Field

from hil.controllers.settings.configuration import Names
from twin.yaml_lines import FileModel


class LoopWiring(FileModel):
    """A loop of water: pumps of which one runs, its heat meter, and its pressure holding."""

    pumps: Names = Field((), description="one, or duty and standby; none where the stations of a ring have theirs")
    meter: str
    holding: str = ""
    season: Literal["", "winter", "summer"] = Field("", description="the only season in which it is needed")


class WellWiring(FileModel):
    """Wells, each with its station of instruments and its pump."""

    stations: Names = Field(min_length=1)
    pumps: Names = Field(min_length=1)
    ring_pumps: Names = Field((), description="source stations on a ring: the ring's pump of each")
    isolations: Names = Field((), description="source stations on a ring: the valve that keeps each off the ring")


class TowerWiring(FileModel):
    """Cooling towers that cool the source loop in summer, by a loop of their own where they have a pump."""

    fans: Names = Field(min_length=1)
    pumps: Names = ()


class Groups(FileModel):
    """Valves that are open in a season; the others are closed. None: the units change over in themselves."""

    winter: Names = ()
    summer: Names = ()


class RecoveryWiring(FileModel):
    """What the hot water consists of."""

    pumps: Names = Field(min_length=1, description="one for each unit, in their order")
    store: str = Field(description="tank that the units heat")
    circulation_pump: str
    heater: str = Field(description="electric heater in the circulation")
    calls: bool = Field(True, description="in winter units run for the store alone; false for superheat")


class Wiring(FileModel):
    """The parts of a plant room."""

    wells: WellWiring | None = None
    source: LoopWiring | None = Field(None, description="left out where units take heat from the air")
    load: LoopWiring
    units: Names = Field(min_length=1)
    boilers: Names = Field((), description="they heat, and the units only cool")
    tower: TowerWiring | None = None
    hot_water: RecoveryWiring | None = None
    rooms: Names = Field(min_length=1)
    changeover: Groups = Groups()
    lock: str = Field(default="", description="register that is 1 while the utility locks the units")
