"""The numbers a plant-room engineer sets: limits, times and set points of the plant-room program."""

from dataclasses import dataclass
from typing import Annotated

OFF, WINTER, SUMMER, CHANGING = 0, 1, 2, 3
"""Seasons, as the selector and `panel.season` number them."""
Seconds = Annotated[float, "s"]
Celsius = Annotated[float, "degC"]
Kelvin = Annotated[float, "K"]
Flow = Annotated[float, "m3/h"]
Kilopascal = Annotated[float, "kPa"]
Percent = Annotated[float, "%"]
Metre = Annotated[float, "m"]
Ppm = Annotated[float, "ppm"]
Index = Annotated[float, "kPa/(m3/h)"]
Point = tuple[Celsius, Celsius]


@dataclass(frozen=True)
class Settings:
    """Numbers of the plant-room program, as the office has them; a configuration changes what differs.

    Every number is in the unit of its type; bare ones are shares and counts.
    Source: the clauses that name them, docs/sequences/index.md.
    """

    slow_s: Seconds = 10.0
    """Period of everything but emergency stop, pump supervision and the flow interlock of the units."""

    # pumps
    source_speed: tuple[Percent, Percent] = (95.0, 100.0)
    """In winter and in summer; the side of the condensers needs more water."""
    load_speed: tuple[Percent, Percent] = (95.0, 90.0)
    well_speed: Percent = 90.0
    ring_speed: Percent = 95.0
    """Pumps of the stations on a ring."""
    least_source_flow: Flow = 46.0
    least_load_flow: Flow = 46.0
    """Flow proofs of the loops: just above the 60 % at which the condensers' flow switches fall."""
    least_well_flow: Flow = 8.0
    proof_delay_s: Seconds = 10.0
    flow_delay_s: Seconds = 10.0
    proof_grace_s: Seconds = 25.0
    """Allowed to the proof after a start order."""
    flow_grace_s: Seconds = 50.0
    flow_blip_s: Seconds = 2.0
    """The units go on this long after flow was last seen: less than their own flow delay of 5 s."""
    overlap_s: Seconds = 45.0
    rotation_s: Seconds = 168 * 3600.0
    retry_s: Seconds = 300.0
    most_retries: int = 3
    overrun_s: Seconds = 180.0
    """Pumps run on after the last unit."""

    # cooling tower
    tower_range: tuple[Celsius, Celsius] = (22.0, 28.0)
    """Fans start at the first temperature of the water to the condensers, and turn at full speed at the second."""
    tower_band: Kelvin = 2.0
    """The pump of a tower stops this far below the temperature at which it started."""
    tower_speed: Percent = 80.0

    # wells
    least_wells: int = 2
    wells_per_unit: float = 2.4
    """Wells that the full capacity of one unit calls for: 162 kW from the ground, 230 kW into it in summer."""
    well_down_s: Seconds = 900.0
    clean_index: Index = 3.0
    """Return pressure over flow as at the commissioning."""
    index_factor: float = 2.0
    worn_s: Seconds = 600.0
    coldest_well: Celsius = 13.3
    """Colder water from the well tells of a leaking seal: four months of full load leave 13.4 degC."""
    well_spread: Kelvin = 100.0
    """Several wells: one this much colder or warmer than the others leaks at its seal; 100 K: not looked at."""
    return_high: Kilopascal = 200.0
    most_sand: Ppm = 5.0
    least_level: Metre = 2.0
    poor_s: Seconds = 120.0
    """Sand, high return pressure or a low level for so long slow the well down; a start brings sand for a minute."""
    poor_stop_s: Seconds = 900.0
    good_s: Seconds = 900.0
    careful_speed: Percent = 75.0

    # units
    min_off_s: Seconds = 1260.0
    """The units' own 1200 s and a margin for two scans of 30 s."""
    min_on_s: Seconds = 660.0
    """The units' own 600 s and a margin likewise."""
    max_starts: int = 3
    stage_up_load: float = 0.90
    stage_down_load: float = 0.40
    stage_s: Seconds = 900.0
    load_filter_s: Seconds = 300.0
    short_heating: Kelvin = 2.5
    short_cooling: Kelvin = 1.5
    """Supply this far from its set point for `stage_s` calls the second unit."""

    # set points
    curve_cold: Point = (-7.6, 50.0)
    curve_mild: Point = (10.0, 35.0)
    cooling_warm: Point = (33.0, 7.0)
    cooling_mild: Point = (24.0, 10.0)
    unit_sp_range: tuple[Celsius, Celsius] = (6.0, 53.0)
    most_trim: Kelvin = 3.0
    """Unit set points go this far beyond the supply's, since water also passes the unit that stands [K]."""
    room_sp: tuple[Celsius, Celsius] = (20.0, 24.0)
    heating_lockout: Celsius = 21.0
    cooling_lockout: Celsius = 16.0
    lockout_band: Kelvin = 0.5
    outdoor_range: tuple[Celsius, Celsius] = (-45.0, 50.0)
    """An outdoor reading beyond this is a broken or shorted wire, not weather."""
    outdoor_hold_s: Seconds = 4 * 3600.0
    """The last good reading stands in for so long: the temperature of a day moves by some 2 K an hour."""
    request_s: Seconds = 1800.0
    """Plant off so long after the last call of a room: two-point thermostats call and rest in turns of 20 minutes."""
    state_s: Seconds = 900.0
    """Plant on or off for at least this long."""

    # changeover
    run_on_s: Seconds = 240.0
    rest_temps: tuple[Celsius, Celsius] = (15.0, 25.0)
    rest_s: Seconds = 1800.0
    stroke_s: Seconds = 60.0
    stroke_factor: float = 1.5
    pump_stop_s: Seconds = 60.0
    flush_s: Seconds = 60.0
    """Both loops flow so long after the change before units are released."""
    prove_s: Seconds = 240.0

    # hot water
    hot_water_sp: Celsius = 50.0
    """The store; 60 degC is the heater's."""
    store_band: Kelvin = 5.0
    """The store calls when its middle is this far below the set point."""
    store_full: Kelvin = 4.0
    """It is full when its bottom is within this of it."""
    recovery_lead: Kelvin = 2.0
    """Water leaving the second condensers is warmer than the store by this."""
    recovery_share: Percent = 50.0
    """Heat of a unit for the store while the rooms want heat too."""
    recovery_speed: Percent = 100.0
    recovery_overrun_s: Seconds = 90.0
    """The stroke of the refrigerant valve and a margin: no water stands in a condenser that is fed."""
    heater_sp: Celsius = 70.0
    """Electric heater in the circulation: the store of hot water stays above 60 degC."""

    # low source, pressure, leak
    source_levels: tuple[Celsius, Celsius, Celsius] = (4.0, 5.0, 6.0)
    source_restart: Celsius = 7.0
    source_delay_s: Seconds = 30.0
    source_up_s: Seconds = 300.0
    pressure_low: Kilopascal = 150.0
    pressure_back: Kilopascal = 180.0
    pressure_high: Kilopascal = 350.0
    leak_starts: float = 6.0
