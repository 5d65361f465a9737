"""Which mistakes are made by the controllers of each program."""

from typing import Any

from hil.controllers.faulty.hall import HALL
from hil.controllers.faulty.household import HOUSEHOLD
from hil.controllers.faulty.mistake import Mistakes
from hil.controllers.faulty.panel import PANEL, dark
from hil.controllers.faulty.pool import POOL
from hil.controllers.faulty.pumps import PUMPS
from hil.controllers.faulty.source import SOURCE
from hil.controllers.faulty.sports_centre import SPORTS_CENTRE
from hil.controllers.faulty.units import UNITS
from hil.controllers.faulty.utility import UTILITY
from hil.controllers.panel.alarms import LAMPS
from hil.controllers.programs.pool_keeper import LAMPS as POOL_LAMPS

HOUSE_LAMPS = ("source_pump", "well_pump", "flow", "unit", "low_source", "pressure", "leak", "well")

_OF_A_HALL = Mistakes(
    SOURCE.only("one_well", "well_not_replaced", "off_ignored"),
    UNITS.only("no_min_off", "hasty_staging", "hot_curve", "cold_rooms"),
)
"""Mistakes of a plant room that its scenarios can see."""

FAMILIES: dict[str, Mistakes] = {
    "plant_room": Mistakes(PUMPS, SOURCE, UNITS, UTILITY, PANEL, dark(*LAMPS)),
    "household": Mistakes(HOUSEHOLD, PANEL, dark(*HOUSE_LAMPS)),
    "sports_centre": Mistakes(SPORTS_CENTRE, UTILITY, PANEL, dark(*LAMPS)),
    "hall": Mistakes(HALL, _OF_A_HALL, PANEL, dark(*LAMPS)),
    "pool": Mistakes(POOL, PANEL, dark(*POOL_LAMPS)),
}


def families(name: str, program: type[Any]) -> dict[str, type[Any]]:
    """The faulty controllers of a program, by their names."""
    return FAMILIES[name].of(program)
