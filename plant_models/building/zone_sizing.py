"""Parameters of a `Zone` in the terms of the trade (docs/physics/buildings.md#rooms)."""

import math
from collections.abc import Mapping

from plant_models.constants import AIR_DENSITY, EVAPORATION_HEAT
from twin.errors import InputError, unknown

ROOM_AIR_HEAT = AIR_DENSITY * 1014.0
"""Heat capacity of moist room air [J/(m3 K)]."""
SURFACE_RATIO = 4.5
"""Area of all inner surfaces per floor area."""
SURFACE_TO_AIR, MASS_TO_SURFACE = 3.45, 9.1
"""Heat transfer coefficients of ISO 13790 [W/(m2 K)]."""
FACADES = ("south", "west", "north", "east")
DESIGN_OUTDOOR = -7.6
"""Heating design temperature of Beijing [degC] (docs/physics/weather.md#design-values)."""
HEAVINESS = {"light": (110e3, 2.5), "medium": (165e3, 2.5), "heavy": (260e3, 3.0)}
"""Heat capacity of the mass [J/(K m2)] and its effective surface, both per floor area
(docs/physics/buildings.md#rooms)."""
SURFACE_LAYER = 40e3
"""Heat capacity of furniture and surface layers per floor area [J/(K m2)]: 25 kg/m2 of wood, an engineering default."""
WALL_SHARE = 0.3
"""Share of outer walls in the mass; the rest is floor, ceiling and partitions: one or two of a room's six sides."""
PEOPLE_VAPOUR = 45.0 / EVAPORATION_HEAT * 0.1
"""Water vapour of people at light work, 45 W of latent heat each (ASHRAE Fundamentals), 10 m2 a person [kg/(s m2)]."""


def zone_parameters(
    area: float,
    *,
    height: float = 3.0,
    heaviness: str = "medium",
    design_load: float = 65.0,
    indoor: float = 18.0,
    air_changes: float = 0.5,
    windows: Mapping[str, float] | None = None,
    window_u: float = 2.5,
    window_g: float = 0.38,
    furniture: float = 5.0,
    where: str = "zone",
) -> dict[str, float]:
    """Parameters of a `Zone` in the terms of the trade; the design load is met exactly, without gains.

    area [m2], height [m], heaviness: light, medium or heavy; design_load: heat [W/m2] that holds `indoor` [degC] at
    -7.6 degC outside, 70 W/m2 for a village room, 65 W/m2 for an office (docs/physics/buildings.md#rooms); air_changes
    [1/h];
    windows: area [m2] by orientation, default 15 % of the floor, half south and half north; window_u [W/(m2 K)];
    window_g: sun let in per window area, frame and blinds included; furniture: heat capacity of the air node in units
    of the air's, 3 to 5 (docs/physics/buildings.md#rooms).
    Raises InputError where windows and air alone lose more than the load.
    """
    glass = dict(windows) if windows is not None else {"south": 0.075 * area, "north": 0.075 * area}
    positive = (area, height, design_load, indoor - DESIGN_OUTDOOR, window_u, furniture)
    _check(heaviness, glass, positive, air_changes, where)
    per_area, mass_area = HEAVINESS[heaviness]
    to_air = SURFACE_TO_AIR * SURFACE_RATIO * area
    to_mass = MASS_TO_SURFACE * mass_area * area
    through_glass = window_u * sum(glass.values())
    total = design_load * area / (indoor - DESIGN_OUTDOOR)
    through_air = ROOM_AIR_HEAT * air_changes * area * height / 3600.0
    fabric = _fabric(total, through_air, through_glass, to_air, WALL_SHARE * to_mass, where)
    found = {
        "area": area, "volume": area * height, "capacity_air": ROOM_AIR_HEAT * area * height * furniture,
        "capacity_surface": SURFACE_LAYER * area, "capacity_mass": (1.0 - WALL_SHARE) * per_area * area,
        "capacity_walls": WALL_SHARE * per_area * area,
        "conductance_windows": through_glass, "conductance_fabric": fabric, "conductance_air": to_air,
        "conductance_mass": (1.0 - WALL_SHARE) * to_mass, "conductance_walls": WALL_SHARE * to_mass,
        "air_changes": air_changes, "gains_always": 2.0 * area, "gains_occupied": 8.0 * area,
        "vapour_occupied": PEOPLE_VAPOUR * area,
    }  # fmt: skip
    for name in FACADES:
        found[f"aperture_{name}"] = window_g * glass.get(name, 0.0)
    return found


def _check(
    heaviness: str, glass: Mapping[str, float], positive: tuple[float, ...], air_changes: float, where: str
) -> None:
    """InputError where the design figures of a room cannot be."""
    if heaviness not in HEAVINESS:
        raise unknown("heaviness", heaviness, HEAVINESS, where)
    for name in glass:
        if name not in FACADES:
            raise unknown("orientation", name, FACADES, where)
    if not all(value > 0.0 for value in positive) or air_changes < 0.0 or min(glass.values(), default=0.0) < 0.0:
        raise InputError(f"{where}: area, height, design load, U value and furniture must be positive")


def _fabric(total: float, air: float, glass: float, to_air: float, to_walls: float, where: str) -> float:
    """Conductance of the walls [W/K] with which the whole room loses `total`; InputError where none is left."""
    fabric = _behind(_behind(total - air, to_air) - glass, to_walls)
    if not 0.0 < fabric < math.inf:
        raise InputError(
            f"{where}: the load of {total:.1f} W/K leaves no share for the walls beside {glass:.1f} W/K of windows "
            f"and {air:.1f} W/K of air; give a higher load or fewer windows"
        )
    return fabric


def _behind(total: float, first: float) -> float:
    """The conductance that in series with `first` gives `total` [W/K]; -1 where there is none."""
    return 1.0 / (1.0 / total - 1.0 / first) if 0.0 < total < first else -1.0
