"""The numbers of the sports-centre program beyond those of every plant room."""

from dataclasses import dataclass

from hil.controllers.settings.settings import Celsius, Flow, Kelvin, Percent, Seconds, Settings


@dataclass(frozen=True)
class SportsSettings(Settings):
    """Numbers of the sports-centre program; flows of loops are those of one unit.

    Source: the clauses that name them, docs/sequences/sports_centre.md.
    """

    least_hot_water_flow: Flow = 70.0
    hot_water_speed: Percent = 100.0
    hot_water_sp: Celsius = 50.0
    store_band: Kelvin = 5.0
    """The store calls when its middle is this far below the set point."""
    store_full: Kelvin = 4.0
    """It is full when its bottom is within this of it."""
    heater_sp: Celsius = 70.0
    """Electric heater in the circulation: the store stays above 60 degC."""
    pool_sp: Celsius = 27.0
    pool_band: Kelvin = 0.2
    warm_room_sp: tuple[Celsius, Celsius] = (28.0, 29.0)
    """The swimming hall, in winter and in summer: above the water, so that less evaporates."""
    cold_unload: tuple[Celsius, Celsius] = (6.5, 8.0)
    """Summer: the recovery unit runs at half load from the first on, until its cold water passes the second."""
    cold_stop: Celsius = 5.3
    cold_delay_s: Seconds = 30.0
    cold_restart: Celsius = 10.0
    """Summer: the recovery unit stops when its cold water stays below the first, until the halls send it this warm."""
    cold_wait_s: Seconds = 3600.0
    cold_look_s: Seconds = 1200.0
    """Summer: the water of the halls that stands after such a stop is moved for the second in turns with the first."""
    cold_moved_s: Seconds = 120.0
    """Water must have moved for so long before its temperature counts."""
