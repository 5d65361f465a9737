"""How a room unit that cools dries the air: apparatus dew point and bypass factor (docs/physics/heat-pumps.md#drying).

Of the air that the fan blows a part passes the coil as it came; the rest leaves saturated at the temperature of the
coil's surface, the apparatus dew point, or dry and as warm as the surface where that is above the dew point. So the
surface follows from the heat that the refrigerant takes, and the share of the vapour in it from the surface.
Source: ASHRAE Handbook Fundamentals 2021, Psychrometrics; the bypass factor is Carrier's. Checked by
tests/plant_models/households/test_drying.py.
"""

import math

from plant_models.constants import AIR_HEAT, EVAPORATION_HEAT
from plant_models.weather.psychrometrics import humidity_ratio, vapour_pressure
from twin.kernel import Rows, kernel
from twin.points import parameter, sensor, state

LEAST_COIL = 2.0
"""The unit unloads before its surface is colder, so that it does not freeze [degC]; assumed."""
LEAST_FAN = 0.2
"""Air of the fan at no speed of the compressor, as a part of that at full speed; between them a straight line."""
COIL_APPROACH = 3.0
"""Surface over refrigerant at full load [K]: with it a room of 27 degC, 19 degC wet bulb evaporates near 7 degC."""


class Drying:
    """Points of the wet coil in the room."""

    air_flow_per_watt = parameter("kg/J", 5.0e-5, lo=1e-6, doc="air per watt of rated cooling: 150 m3/h per kW")
    bypass = parameter("1", 0.15, lo=0.0, hi=0.9, doc="part of the air that passes the coil as it came")
    coil_temp = sensor("degC", 20.0, doc="surface of the coil in the room: the apparatus dew point")
    floating_temp = state("degC", 20.0, doc="surface that the air alone would make; the coil is colder when it starves")
    latent = sensor("W", doc="heat of the vapour that settles on the coil, contained in the cooling")
    condensate = state("kg", doc="water that has run off the coil")
    latent_energy = state("J", doc="heat of condensation since the start")


@kernel
def contact_air(u: Rows) -> float:
    """Air that touches the coil [kg/s]; a blocked filter holds some back, dirt lets more pass by.

    The slower the air, the less of it passes untouched: bypass = exp(-A/m), so its power 1/m in terms of the rated air.
    """
    part = LEAST_FAN + (1.0 - LEAST_FAN) * u.speed
    part *= (1.0 - 0.4 * u.filter_blocked) * (1.0 - 0.2 * u.dirty_coil)
    untouched = math.exp(math.log(u.bypass) / part) if u.bypass > 0.0 else 0.0
    return u.rated_cooling * u.air_flow_per_watt * part * (1.0 - untouched)  # type: ignore[no-any-return]


@kernel
def taken(air: float, surface: float, room: float, ratio: float) -> float:
    """Heat [W] that a surface takes from room air: of `air` [kg/s] at `room` [degC] with `ratio` of vapour [kg/kg]."""
    wet = max(0.0, ratio - humidity_ratio(vapour_pressure(surface)))
    return air * (AIR_HEAT * (room - surface) + EVAPORATION_HEAT * wet)


@kernel
def surface_for(air: float, heat: float, room: float, ratio: float, guess: float) -> float:
    """The surface [degC] that takes `heat` [W], LEAST_COIL at least, by Newton's method from a guess."""
    surface = min(max(guess, LEAST_COIL), room)
    for _ in range(6):
        over = taken(air, surface, room, ratio) - heat
        slope = (taken(air, surface - 0.05, room, ratio) - taken(air, surface + 0.05, room, ratio)) / 0.1
        surface = min(max(surface + over / slope, LEAST_COIL), room)
        if abs(over) < 1e-4 * heat:
            break
    return surface


@kernel
def dry_air(u: Rows, heat: float, room: float, ratio: float, warmest: float) -> float:
    """Set surface and latent heat for the heat [W] that the unit could take; what it takes, less at LEAST_COIL.

    warmest: surface [degC] at which the compressor still has its least lift. Where the air would make it warmer, the
    evaporator starves: a part of it stays as cold as that, the rest boils nothing and touches the air in vain.
    """
    air = contact_air(u)
    u.floating_temp = surface_for(air, heat, room, ratio, u.floating_temp)
    u.coil_temp = max(min(u.floating_temp, warmest), LEAST_COIL)
    if u.coil_temp <= LEAST_COIL or u.coil_temp < u.floating_temp:
        could = taken(air, u.coil_temp, room, ratio)
        heat = min(heat, could)
        air *= heat / could if could > 0.0 else 0.0
    u.latent = max(0.0, heat - air * AIR_HEAT * (room - u.coil_temp))
    if humidity_ratio(vapour_pressure(u.coil_temp)) >= ratio:
        u.latent = 0.0
    return heat
