"""The hall program: a plant room whose one large room has layered air supply and a radiant floor.

The floor carries the base load, the air what is left; more air is blown only when the room leaves its set point.
"""

from dataclasses import dataclass

from hil.bench.bus_link import Link
from hil.controllers.programs.plant_room import PlantRoom
from hil.controllers.rooms.floor_circuit import FloorCircuit, FloorSettings, FloorWiring
from hil.controllers.settings.configuration import Names
from hil.controllers.settings.settings import OFF, SUMMER, Kelvin, Percent, Settings
from hil.controllers.settings.wiring import Wiring


class HallWiring(Wiring):
    """The parts of a plant room, the air handling units and the floor."""

    air: Names
    floor: FloorWiring


@dataclass(frozen=True)
class HallSettings(FloorSettings):
    """Numbers of the hall program, beside those of plant room and floor."""

    air_speed: tuple[Percent, Percent] = (60.0, 100.0)
    """Fans while the room is at its set point, and when it is far from it."""
    air_band: tuple[Kelvin, Kelvin] = (0.2, 0.6)
    """Distances from the set point that belong to them."""
    people_fresh: Percent = 8.0
    """Fresh air for all people designed for, as a share of the air at full speed: 15 m3/h each (GB 50736, 3.0.6)."""
    most_fresh: Percent = 50.0
    """More fresh air than this is brought by faster fans."""


class Hall(PlantRoom):
    """Runs the plant room and the hall through the year. Scan period 0.5 .. 30 s of plant time."""

    parts = HallWiring
    settings: HallSettings
    numbers: Settings = HallSettings()

    def __init__(self, link: Link, wiring: HallWiring, settings: HallSettings) -> None:
        """Find every register that is needed; InputError names the one that a bench does not have. Clause HA-2.6."""
        super().__init__(link, wiring, settings)
        self.floor = FloorCircuit(link, wiring.floor, settings, settings.proof_grace_s + settings.proof_delay_s)
        place = link.place
        self.resettable = (*self.resettable, self.floor)
        self._people = place(f"{wiring.floor.room}.people")
        names = ("room_temp", "temp_sp", "speed_cmd", "fresh_cmd")
        self._air = [[place(f"{air}.{name}") for name in names] for air in wiring.air]
        for air in wiring.air:
            link.write(place(f"{air}.enable_cmd"), 1.0)

    def look(self, time_s: float) -> None:
        """The plant room, then floor and air. Clause HA-1.1."""
        super().look(time_s)
        selected = self.panel.selected
        ready = selected != OFF and self.changeover.ready(selected) and not self.panel.stopped
        season = selected if ready else OFF
        wanted = ready and self.demand.wanted and self.load.flowing
        self.floor.update(time_s, season, wanted, self.settings.room_sp[season == SUMMER])
        self._move_air()

    def _move_air(self) -> None:
        """Fans by the room's distance from its set point, and by the fresh air that the people in it need.

        Clauses HA-3.1, HA-3.2.
        """
        settings, view = self.settings, self._view
        (slow, fast), (near, far) = settings.air_speed, settings.air_band
        fresh = settings.people_fresh * view[self._people] / 100.0
        for room, sp, speed, fresh_share in self._air:
            share = (abs(view[room] - view[sp]) - near) / (far - near)
            wanted = slow + (fast - slow) * min(max(share, 0.0), 1.0)
            wanted = min(max(wanted, 100.0 * fresh / settings.most_fresh), fast)
            self._write(speed, round(wanted))
            self._write(fresh_share, round(min(100.0 * fresh / wanted, 100.0)))
