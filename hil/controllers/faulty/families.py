"""Which mistakes are made by the controllers of each program."""

from typing import Any

from hil.controllers.faulty.mistake import Mistakes
from hil.controllers.faulty.others import POOL, SPORTS_CENTRE
from hil.controllers.faulty.panel import LAMPS_DARK, PANEL
from hil.controllers.faulty.pumps import PUMPS
from hil.controllers.faulty.source import SOURCE
from hil.controllers.faulty.units import UNITS

FAMILIES: dict[str, Mistakes] = {
    "plant_room": Mistakes(PUMPS, SOURCE, UNITS, PANEL, LAMPS_DARK),
    "household": Mistakes(PANEL),
    "sports_centre": Mistakes(SPORTS_CENTRE, PANEL),
    "hall": Mistakes(PANEL),
    "pool": Mistakes(POOL, PANEL),
}


def families(name: str, program: type[Any]) -> dict[str, type[Any]]:
    """The faulty controllers of a program, by their names."""
    return FAMILIES[name].of(program)
