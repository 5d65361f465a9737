"""The numbers a plant-room engineer sets: limits, times and set points of the reference controller."""

from dataclasses import dataclass

OFF, WINTER, SUMMER, CHANGING = 0, 1, 2, 3
"""Seasons, as the selector and `panel.season` number them."""


@dataclass(frozen=True)
class Settings:
    """Numbers of the reference controller for the office. Source: physics.md 5, where a field names no other.

    Times [s], temperatures [degC], flows [m3/h], pressures [kPa], speeds and capacities [%].
    """

    wells: int = 4
    zones: int = 8
    units: int = 2
    slow_s: float = 10.0
    """Period of everything but emergency stop, pump supervision and the flow interlock of the units."""

    # pumps
    source_speed: tuple[float, float] = (95.0, 100.0)
    """In winter and in summer; the side of the condensers needs more water."""
    load_speed: tuple[float, float] = (95.0, 90.0)
    well_speed: float = 90.0
    least_flow: float = 46.0
    """Flow proof of source and load loop: just above the 60 % at which the condensers' flow switches fall."""
    least_well_flow: float = 8.0
    proof_delay_s: float = 10.0
    flow_delay_s: float = 10.0
    proof_grace_s: float = 25.0
    """Allowed to the proof after a start order."""
    flow_grace_s: float = 50.0
    flow_blip_s: float = 2.0
    """The units go on this long after flow was last seen: less than their own flow delay of 5 s."""
    overlap_s: float = 45.0
    rotation_s: float = 168 * 3600.0
    retry_s: float = 300.0
    most_retries: int = 3
    overrun_s: float = 180.0
    """Pumps run on after the last unit."""

    # wells
    least_wells: int = 2
    wells_per_unit: float = 2.4
    """Wells that the full capacity of one unit calls for: 162 kW from the ground, 230 kW into it in summer."""
    well_down_s: float = 900.0

    # units
    min_off_s: float = 1260.0
    """The units' own 1200 s and a margin for two scans of 30 s."""
    min_on_s: float = 660.0
    """The units' own 600 s and a margin likewise."""
    max_starts: int = 3
    stage_up_load: float = 0.90
    stage_down_load: float = 0.40
    stage_s: float = 900.0
    load_filter_s: float = 300.0
    short_heating: float = 2.5
    short_cooling: float = 1.5
    """Supply this far from its set point for `stage_s` calls the second unit."""

    # set points
    curve_cold: tuple[float, float] = (-7.6, 50.0)
    curve_mild: tuple[float, float] = (10.0, 35.0)
    cooling_warm: tuple[float, float] = (33.0, 7.0)
    cooling_mild: tuple[float, float] = (24.0, 10.0)
    unit_sp_range: tuple[float, float] = (6.0, 53.0)
    most_trim: float = 3.0
    """Unit set points go this far beyond the supply's, since water also passes the unit that stands [K]."""
    room_sp: tuple[float, float] = (20.0, 24.0)
    heating_lockout: float = 21.0
    cooling_lockout: float = 16.0
    lockout_band: float = 0.5
    request_s: float = 1800.0
    """Plant off so long after the last call of a room: two-point thermostats call and rest in turns of 20 minutes."""
    state_s: float = 900.0
    """Plant on or off for at least this long."""

    # changeover
    run_on_s: float = 240.0
    rest_temps: tuple[float, float] = (15.0, 25.0)
    rest_s: float = 1800.0
    stroke_s: float = 60.0
    stroke_factor: float = 1.5
    pump_stop_s: float = 60.0
    flush_s: float = 60.0
    """Both loops flow so long after the change before units are released."""
    prove_s: float = 240.0

    # low source, pressure, leak
    source_levels: tuple[float, float, float] = (4.0, 5.0, 6.0)
    source_restart: float = 7.0
    source_delay_s: float = 30.0
    source_up_s: float = 300.0
    pressure_low: float = 150.0
    pressure_back: float = 180.0
    pressure_high: float = 350.0
    leak_starts: float = 6.0
