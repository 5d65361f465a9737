"""The outdoor coil of an air-source unit: air as source or sink, with dew, frost and thawing.

The stirred passage `air` is the coil's surface: its flow stands for the air in water equivalents times the coil's
effectiveness 1 - exp(-NTU), so that flow times (entering - surface) is the sensible heat. Water settles on a surface
below the dew point by the same effectiveness for humidity (Lewis number 1, ASHRAE Handbook Fundamentals, Mass
Transfer), as frost below 0 degC. Frost resists heat by its layer and the air by what it leaves of the gaps; thawing
warms the frost, melts it and lets the water drain as warm as the surface, and some of it steams away. Air enters and
leaves through own junctions, so the water network sees one more passage with a linear law. Source:
docs/plants/documents.md#s10. Checked by tests/plant_models/heat_pump/test_air_coil.py.
"""

import math
from typing import Any, ClassVar

from plant_models.constants import AIR_HEAT, EVAPORATION_HEAT, FUSION_HEAT
from plant_models.water.hydraulics import LEAST_LOSS
from plant_models.water.network import HEAT_CAPACITY, NEVER, STIRRED
from plant_models.weather.psychrometrics import humidity_ratio, vapour_pressure
from twin.errors import InputError
from twin.kernel import Rows, kernel
from twin.points import RISES, Model, command, fault, link, parameter, sensor, status
from twin.points import state as kept
from twin.symbol import SOURCE, Symbol

COLD_AIR_DENSITY = 1.25
"""Density of the air that the fan moves [kg/m3], at 7 degC."""
RATED_DIFFERENCE = 11.0
"""What drives heat to the clean surface at the unit's rating point [K]: air at 7 degC (wet bulb 6), surface at 0 degC,
and dew that gives as much heat as 4 K more would."""
FROST_DENSITY, FROST_CONDUCTIVITY = 250.0, 0.2
"""Of frost as it grows on coils [kg/m3, W/(m K)]: defaults of this project within the range of Hayashi et al. 1977."""
NARROWING = 1.5
"""Air falls with the free part of the gaps to this power, at the fan's own curve: an assumption."""
NATURAL = 0.05
"""Part of the nominal air that wind and buoyancy move when the fan stands: a warm coil in a defrost loses by it."""
FILM = 0.6
"""Air-side conductance grows with the air to this power."""
RESISTANCE = 1000.0
"""Linear loss of the air passage [Pa s/kg]; only its ratio to the lift counts."""
ICE_HEAT = 2100.0
"""Specific heat of ice [J/(kg K)], tables."""
NOTICE = 0.005
"""Change of the air, relative, that the network is solved again for."""


class AirCoil(Model):
    """Fin-and-tube coil with fan, the `source` of a unit with changeover: refrigerant_side. Source:
    docs/plants/documents.md#s10."""

    drives_water = True
    symbol = Symbol("air_coil", end=SOURCE)
    into_water = "air coils, whose air counts as water"
    energies: ClassVar = {"electricity of air coils": "energy"}
    air = link("passage", "the coil's surface; name it as the unit's source")
    intake = link("junction", "outdoor air")
    outlet = link("junction", "outdoor air")
    unit = link("waterwaterunit", "set by the unit whose source this is")
    meter = link("electricitymeter")
    route = ()
    ends: ClassVar = {"air": ("intake", "outlet")}

    fan_cmd = command("1", 1.0, lo=0.0, hi=1.0, doc="fan speed while the unit wants air")
    running = status(values={0: "off", 1: "on"}, doc="fan run proof")
    entering_temp = sensor("degC", 15.0, doc="outdoor air")
    leaving_temp = sensor("degC", 15.0, doc="air that leaves the coil")
    surface_temp = sensor("degC", 15.0)
    air_flow = sensor("m3/h")
    heat = sensor("W", doc="taken from the air, sensible and latent, mean of the tick")
    latent_heat = sensor("W", doc="part of it from dew and frost that settle")
    melting_heat = sensor("W", doc="heat that thawing frost takes from the coil: it warms, melts, and drains warm")
    frost = sensor("kg", doc="ice on the coil")
    blocked = sensor("1", doc="part of the gaps closed by frost")
    power = sensor("W", doc="electric power of the fan")
    energy = kept("J", doc="electric energy of the fan", tags=(RISES,))
    settled = kept("kg", doc="frost settled since the start, less what the air took back")
    melted = kept("kg", doc="frost thawed since the start")
    frost_temp = kept("degC", doc="mean temperature at which the frost settled, 0 and below")
    condensed = kept("kg", doc="dew drained since the start, less what evaporated from a thawing coil")

    nominal_air_flow = parameter("m3/h", 0.0, lo=0.0, doc="clean coil at full speed; 0: as the unit's rating needs")
    ntu = parameter("1", 1.2, lo=0.05, hi=10.0, doc="transfer units of the clean coil at nominal air")
    surface = parameter("m2", 0.0, lo=0.0, doc="fins; 0: 25 m2 per kg/s of air")
    fin_gap = parameter("mm", 2.0, lo=0.5, hi=10.0, doc="free width between fins")
    mass = parameter("kg", 0.0, lo=0.0, doc="metal and refrigerant as water; 0: 18 s of the air's equivalent")
    fan_power = parameter("W", 0.0, lo=0.0, doc="at full speed; 0: 210 W per kg/s of air (100 Pa, 38 %)")
    melting_conductance = parameter("W/K", 0.0, lo=0.0, doc="surface to melting frost; 0: 3 x that to the air")

    fault_fan = fault(doc="Fan failed: hardly any air, the coil turns very cold or very hot, LP or HP trips.")
    fault_blocked = fault(
        hi=0.95, doc="Leaves and dust close this part of the coil: less air, colder coil, more frost."
    )

    effectiveness = kept("1")
    air_mass_flow = kept("kg/s", doc="air now")
    seen_air = kept("kg/s", -1.0, doc="air that the passage was last set for")
    seen_frost = kept("kg", -1.0, doc="frost that the passage was last set for")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """The air on both sides is outdoors: given pressure, given temperature."""
        if not any(unit.source == row.air for unit in tables.get("waterwaterunit", ())):
            raise InputError("an AirCoil serves a unit: give a WaterWaterUnit `source: <this coil>.air`")
        for junction in (tables["junction"][row.intake], tables["junction"][row.outlet]):
            junction.held = junction.given_temp = 1.0


def size_coil(coil: Rows, passage: Rows, cooling: float) -> None:
    """Fill in what the plant file leaves open, for a unit that takes so much heat [W] at its rating point."""
    effectiveness = 1.0 - math.exp(-coil.ntu)
    if coil.nominal_air_flow <= 0.0:
        coil.nominal_air_flow = cooling / (RATED_DIFFERENCE * effectiveness * AIR_HEAT * COLD_AIR_DENSITY) * 3600.0
    air = nominal_air(coil)
    rate = effectiveness * air * AIR_HEAT
    for name, value in (("surface", 25.0 * air), ("mass", 18.0 * rate / HEAT_CAPACITY), ("fan_power", 210.0 * air),
                        ("melting_conductance", 3.0 * rate)):  # fmt: skip
        if coil[name] <= 0.0:
            coil[name] = value
    passage.kind, passage.mass, passage.freezing_temp = STIRRED, coil.mass, NEVER
    passage.linear, passage.quadratic = RESISTANCE, 0.0


@kernel
def nominal_air(coil: Rows) -> float:
    """Air through the clean coil at full speed [kg/s]."""
    return float(coil.nominal_air_flow * COLD_AIR_DENSITY / 3600.0)


@kernel
def ice_pressure(temp: float) -> float:
    """Vapour pressure over ice [Pa] at temp [degC], 0 and below (Alduchov and Eskridge 1996)."""
    held = max(temp, -80.0)
    return 611.21 * math.exp(22.587 * held / (held + 273.86))


@kernel
def actuate(coils: Rows, units: Rows, weather: Rows, passages: Rows, junctions: Rows, network: Rows, dt: float) -> None:
    """Outdoor air at the coils, fans as their units want them, and the air as frost lets it through; dt [s]."""
    for i in range(len(coils)):
        coil = coils[i]
        unit = units[coil.unit]
        junctions[coil.intake].temp = junctions[coil.outlet].temp = weather[0].outdoor_temp
        wanted = unit.pump_request > 0.5 and unit.defrosting < 0.5 and unit.supply_loss < 0.5
        speed = coil.fan_cmd if wanted and coil.fault_fan < 0.5 else 0.0
        coil.running = 1.0 if speed > 0.0 else 0.0
        coil.power = coil.fan_power * speed * speed * speed
        coil.energy += coil.power * dt
        thickness = coil.frost / (FROST_DENSITY * coil.surface)
        coil.blocked = min(0.95, 2000.0 * thickness / coil.fin_gap)
        nominal = nominal_air(coil)
        free = (1.0 - coil.blocked) * (1.0 - coil.fault_blocked)
        air = nominal * max(NATURAL, speed * math.pow(free, NARROWING))
        if abs(air - coil.seen_air) > NOTICE * nominal or abs(coil.frost - coil.seen_frost) > 0.01 * coil.surface:
            coil.seen_air, coil.seen_frost, coil.air_mass_flow = air, coil.frost, air
            clean = coil.ntu * nominal * AIR_HEAT * math.pow(air / nominal, FILM)
            through = 1.0 / (1.0 / clean + thickness / (FROST_CONDUCTIVITY * coil.surface))
            coil.effectiveness = 1.0 - math.exp(-through / (air * AIR_HEAT))
            rate = coil.effectiveness * air * AIR_HEAT / HEAT_CAPACITY
            passages[coil.air].lift_0 = (RESISTANCE + LEAST_LOSS) * rate
            network[0].moved = 1.0


@kernel
def settling(coil: Rows, surface_temp: float, dew_point: float) -> float:
    """Water that settles out of the air on the coil [kg/s]; below 0 where the air takes frost back."""
    over = ice_pressure(surface_temp) if surface_temp < 0.0 else vapour_pressure(surface_temp)
    contact = coil.effectiveness * coil.air_mass_flow
    return float(contact * (humidity_ratio(vapour_pressure(dew_point)) - humidity_ratio(over)))


@kernel
def _settle(coil: Rows, frost: float, temp: float) -> None:
    """Frost [kg] settles as cold as the surface [degC]; below 0 kg the air takes some back."""
    coil.frost += frost
    coil.settled += frost
    if frost > 0.0:
        coil.frost_temp += (temp - coil.frost_temp) * frost / coil.frost


@kernel
def exchange(coils: Rows, weather: Rows, passages: Rows, dt: float) -> None:
    """Add the heat of dew, frost and thawing to what the unit has put into the coil in this tick of dt [s]."""
    for i in range(len(coils)):
        coil = coils[i]
        passage = passages[coil.air]
        temp, store = passage.temp, passage.mass * HEAT_CAPACITY / dt
        water, latent, melting = settling(coil, temp, weather[0].dew_point), 0.0, 0.0
        if temp < 0.0:
            water = max(water, -coil.frost / dt)
            water = min(water, 0.5 * store * max(0.0, weather[0].dew_point - temp) / (EVAPORATION_HEAT + FUSION_HEAT))
            latent = water * (EVAPORATION_HEAT + FUSION_HEAT)
            _settle(coil, water * dt, temp)
        elif water > 0.0:
            latent = water * EVAPORATION_HEAT
            coil.condensed += water * dt
        if temp > 0.0 and coil.frost > 0.0:
            needed = FUSION_HEAT - ICE_HEAT * coil.frost_temp + HEAT_CAPACITY * temp
            melting = min(coil.frost * needed / dt, min(coil.melting_conductance, 0.5 * store) * temp)
            gone = melting * dt / needed
            coil.frost = max(0.0, coil.frost - gone)
            coil.melted += gone
            if water < 0.0:
                steam = min(-water, gone / dt)
                latent = -steam * EVAPORATION_HEAT
                coil.condensed -= steam * dt
        coil.latent_heat, coil.melting_heat = latent, melting
        passage.heat += latent - melting


@kernel
def sense(coils: Rows, passages: Rows) -> None:
    """What instruments at the coil show."""
    for i in range(len(coils)):
        coil = coils[i]
        passage = passages[coil.air]
        coil.entering_temp, coil.surface_temp = passage.entering_temp, passage.temp
        sensible = passage.flow * HEAT_CAPACITY * (passage.entering_temp - passage.leaving_temp)
        coil.heat = sensible + coil.latent_heat
        coil.leaving_temp = coil.entering_temp - sensible / (max(coil.air_mass_flow, 1e-9) * AIR_HEAT)
        coil.air_flow = coil.air_mass_flow / COLD_AIR_DENSITY * 3600.0
