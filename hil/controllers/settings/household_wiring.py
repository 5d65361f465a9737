"""What the household program is wired to, and its numbers."""

from dataclasses import dataclass

from pydantic import Field

from hil.controllers.settings.configuration import Names
from hil.controllers.settings.settings import Celsius, Flow, Percent, Seconds, Settings
from hil.controllers.settings.wiring import LoopWiring, WellWiring
from twin.yaml_lines import FileModel


class HouseholdWiring(FileModel):
    """A house on its own boreholes, or the households of a village on a ring that wells feed."""

    ring: LoopWiring = Field(description="pumps (one of several is standby), heat meter and holding of the water")
    households: Names = Field(min_length=1, description="household meters")
    rooms: Names = Field(min_length=1, description="room units")
    wells: WellWiring | None = None


@dataclass(frozen=True)
class HouseholdSettings(Settings):
    """Numbers of the household program beside those it shares with the plant room.

    Source: the clauses that name them, docs/sequences/household.md; of the wells, Clause HH-3.3.
    """

    least_well_flow: Flow = 10.0
    least_wells: int = 1
    well_speed: Percent = 100.0
    wells_per_unit: float = 1.0
    """The program asks for wells one by one."""
    room_sp: tuple[Celsius, Celsius] = (20.0, 25.0)
    least_flow: Flow = 0.05
    """Flow that proves a pump, once the valves of `proving_share` of all rooms are open."""
    proving_share: float = 0.1
    duty_pumps: int = 1
    design_flow: Flow = 1.0
    """Of all duty pumps together."""
    head_sp: float = 0.0
    """Head of the ring at its design flow [m]; 0: the pump runs at a fixed speed."""
    head_least: float = 0.8
    """Head without flow, as a part of `head_sp`: the set point rises with the square of the flow."""
    fixed_speed: Percent = 80.0
    speed_range: tuple[Percent, Percent] = (40.0, 100.0)
    trim_share: float = 0.3
    """Part of the speed error that one look corrects."""
    stage_margin: float = 0.03
    stage_up_s: Seconds = 600.0
    stage_down_s: Seconds = 600.0
    call_grace_s: Seconds = 180.0
    """Pumps run on after the last call."""
    cold_pause_s: Seconds = 300.0
    """Units stopped by cold water are tried again at the lowest limit after this long."""
    ring_heating: tuple[Celsius, Celsius] = (13.0, 13.6)
    """Water to the households in winter: below the first one more well runs, above the second one less."""
    ring_cooling: tuple[Celsius, Celsius] = (19.0, 22.0)
    """In summer: above the second one more well, below the first one less."""
    well_up_s: Seconds = 300.0
    well_step_s: Seconds = 900.0
