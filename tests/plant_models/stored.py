"""What a room holds, for the tests that close its balances."""

from typing import Any

from plant_models.building.zone import vapour_mass


def stored_energy(zone: Any) -> float:
    """Heat in a room above 0 degC [J], with what is handed in and not yet spent; that in the vapour is not counted."""
    mass = zone.capacity_mass * zone.mass_temp + zone.capacity_walls * zone.wall_temp
    return zone.capacity_air * zone.temp + zone.capacity_surface * zone.surface_temp + mass + zone.incoming


def stored_vapour(zone: Any) -> float:
    """Vapour in a room [kg]; what is handed in and not yet spent is not counted."""
    return vapour_mass(zone) * zone.humidity_ratio
