"""Build the shipped performance maps with CoolProp: `python -m plant_models.heat_pump.build_maps` (extra `maps`).

The cycle of docs/physics/heat-pumps.md#maps: a swept volume, refrigerant an approach away from the leaving waters,
superheat, subcooling, all compressor power into the refrigerant. Volumetric and overall efficiency are polynomials of
the pressure ratio: given in docs/physics/heat-pumps.md#maps for the screw, else through a maker's rated points. Below
the ratios that these hold for, a compressor of fixed built-in volume ratio compresses too far. Below the least pressure
ratio the head pressure is held up, as a real unit does. Maps are data: nothing imports this module at run time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from CoolProp import __version__ as coolprop_version
from CoolProp.CoolProp import PropsSI

from plant_models.constants import ZERO_CELSIUS
from plant_models.heat_pump.performance_map import MAPS

LEAST_RATIO = 1.3
"""Pressure ratio at which head-pressure control holds the high side."""
WATER = (-10, -5, 0, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 25)
AIR = (-40, -35, -30, -25, -20, -15, -10, -5, 0, 4, 7, 10, 15, 20, 25)
SINK = (10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60)
COLUMNS = (
    "evaporator_leaving_temp", "condenser_leaving_temp", "cooling_capacity", "power", "discharge_temp",
    "evaporating_pressure", "condensing_pressure",
)  # fmt: skip
Pair = tuple[float, float]
Rated = tuple[float, float, float, float]


@dataclass(frozen=True)
class Cycle:
    """A refrigerant cycle and the laws of its compressor; temperatures [degC], differences [K].

    volumetric, efficiency: coefficients c0 + c1 (PR - 1) + ..., the first in m3/h; held outside their range of PR
    volume_ratio: suction volume over that at which the pocket opens, whatever the pressures
    rating: leaving evaporator, leaving condenser and the water's differences there, where sizes are rated
    cut_outs: low pressure, high pressure, and the pressure below which high pressure lets it restart [Pa absolute]
    envelope: evaporating least and greatest, condensing least and greatest [degC], least pressure difference [Pa]
    """

    name: str
    about: str
    refrigerant: str
    volumetric: tuple[float, ...]
    efficiency: tuple[float, ...]
    rating: tuple[float, float, float, float]
    cut_outs: tuple[float, float, float]
    envelope: tuple[float, ...] = (-15.0, 15.0, 20.0, 61.0, 170e3)
    bounds: Pair = (0.50, 0.78)
    ratios: Pair = (1.0, 99.0)
    volume_ratio: float = 2.2
    approach: float = 2.0
    superheat: float = 5.0
    subcooling: float = 5.0
    evaporator: tuple[int, ...] = WATER
    condenser: tuple[int, ...] = SINK
    saturation: Pair = (-25.0, 85.0)

    def pressure(self, temp: float) -> float:
        """Saturation pressure of the dry vapour [Pa] at temp [degC]."""
        return float(PropsSI("P", "T", temp + ZERO_CELSIUS, "Q", 1, self.refrigerant))

    def states(self, evap_temp: float, cond_temp: float) -> tuple[float, ...]:
        """Both pressures [Pa], suction density, heat taken up and isentropic work [J/kg], suction enthalpy."""
        low = self.pressure(evap_temp - self.approach)
        high = max(self.pressure(cond_temp + self.approach), LEAST_RATIO * low)
        hot = max(PropsSI("T", "P", high, "Q", 1, self.refrigerant) - ZERO_CELSIUS, cond_temp + self.approach)
        suction = ("P", low, "T", evap_temp - self.approach + self.superheat + ZERO_CELSIUS, self.refrigerant)
        enthalpy = PropsSI("H", *suction)
        ideal = PropsSI("H", "P", high, "S", PropsSI("S", *suction), self.refrigerant) - enthalpy
        liquid = PropsSI("H", "P", high, "T", hot - self.subcooling + ZERO_CELSIUS, self.refrigerant)
        return low, high, PropsSI("D", *suction), enthalpy - liquid, ideal, enthalpy

    def point(self, evap_temp: float, cond_temp: float) -> tuple[float, ...]:
        """Q_e, P [W], discharge [degC] and both pressures [Pa] at the two leaving temperatures."""
        low, high, density, taken, ideal, enthalpy = self.states(evap_temp, cond_temp)
        ratio = min(self.ratios[1], max(self.ratios[0], high / low)) - 1.0
        mass_flow = _polynomial(self.volumetric, ratio) / 3600.0 * density
        efficiency = min(self.bounds[1], max(self.bounds[0], _polynomial(self.efficiency, ratio)))
        work = ideal / (efficiency * self.over_compression(evap_temp, high))
        discharge = PropsSI("T", "P", high, "H", enthalpy + work, self.refrigerant) - ZERO_CELSIUS
        return mass_flow * taken, mass_flow * work, discharge, low, high

    def least_backed_ratio(self) -> float:
        """The lowest pressure ratio that the efficiency law holds for: its range, or where it meets its bound."""
        if len(self.efficiency) != 2 or self.efficiency[1] >= 0.0:
            return self.ratios[0]
        return max(self.ratios[0], 1.0 + (self.bounds[1] - self.efficiency[0]) / self.efficiency[1])

    def adaptation(self, evap_temp: float, high: float) -> float:
        """Isentropic work over that of a fixed volume ratio: isentropic to it, then all at once to `high` [Pa].

        Winandy, Saavedra, Lebrun 2002 (Applied Thermal Engineering 22(2)); docs/physics/heat-pumps.md#maps.
        """
        low = self.pressure(evap_temp - self.approach)
        suction = ("P", low, "T", evap_temp - self.approach + self.superheat + ZERO_CELSIUS, self.refrigerant)
        enthalpy, entropy = PropsSI("H", *suction), PropsSI("S", *suction)
        density = self.volume_ratio * PropsSI("D", *suction)
        inside = ("D", density, "S", entropy, self.refrigerant)
        work = PropsSI("H", *inside) - enthalpy + (high - PropsSI("P", *inside)) / density
        return float((PropsSI("H", "P", high, "S", entropy, self.refrigerant) - enthalpy) / work)

    def over_compression(self, evap_temp: float, high: float) -> float:
        """What is left of the efficiency at the least ratio that the law stands for, below that ratio; else 1."""
        backed = self.least_backed_ratio() * self.pressure(evap_temp - self.approach)
        if high >= backed:
            return 1.0
        return min(1.0, self.adaptation(evap_temp, high) / self.adaptation(evap_temp, backed))


def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    return sum(c * x**power for power, c in enumerate(coefficients))


def through(cycle: Cycle, points: Sequence[Rated], degree: int) -> Cycle:
    """The cycle with both laws fitted to rated points: leaving temperatures [degC], Q_e and P [W]."""
    ratios, volumes, efficiencies = [], [], []
    for evap_temp, cond_temp, cooling, power in points:
        low, high, density, taken, ideal, _ = cycle.states(evap_temp, cond_temp)
        ratios.append(high / low - 1.0)
        volumes.append(cooling / taken / density * 3600.0)
        efficiencies.append(cooling / taken * ideal / power)
    laws = [tuple(float(c) for c in np.polyfit(ratios, y, degree)[::-1]) for y in (volumes, efficiencies)]
    held = (0.7 * min(ratios) + 1.0, 1.4 * max(ratios) + 1.0)
    return replace(cycle, volumetric=laws[0], efficiency=laws[1], ratios=held)


EN_14511 = (7.0, 35.0, 3.0, 5.0)
LARGE = (7.0, 35.0, 5.0, 5.0)
SCROLL_R410A, SCROLL_R407C = (-15.0, 15.0, 10.0, 62.0, 0.0), (-15.0, 15.0, 10.0, 62.0, 0.0)
"""Envelopes of small scrolls: oil comes without a difference of pressures (docs/physics/heat-pumps.md#envelope)."""
KEYMARK = "fitted to W10/W35, W10/W55 (EN 14511) of the {}, Heat Pump Keymark: docs/physics/heat-pumps.md#rated-points"
SCREW = Cycle(
    "screw_r134a", "screw of 690 m3/h, efficiency 0.740 - 0.075 (PR - 2.68): docs/physics/heat-pumps.md#maps", "R134a",
    (690.0,), (0.740 + 0.075 * 1.68, -0.075), rating=(7.0, 50.0, 5.0, 5.0), cut_outs=(290e3, 1800e3, 1600e3),
)  # fmt: skip
AIR_SCROLL = Cycle(
    "air_scroll_r410a", "air-source scroll, default of this project, no maker's data: 60 m3/h (1 - 0.03 (PR - 1)), "
    "efficiency 0.74 - 0.035 (PR - 1); the evaporator's temperature is that of the coil's surface", "R410A",
    (60.0, -1.8), (0.74, -0.035), rating=(0.0, 35.0, 5.0, 5.0), cut_outs=(220e3, 4200e3, 3700e3), bounds=(0.40, 0.68),
    envelope=(-40.0, 15.0, 10.0, 62.0, 0.0), evaporator=AIR, saturation=(-45.0, 67.0),
)  # fmt: skip
CARRIER = replace(
    SCREW, name="carrier_30xw_1012", rating=LARGE, bounds=(0.30, 0.85),
    about="fitted to the column 7 degC of the Carrier 30XW-P 1012 in docs/physics/heat-pumps.md#rated-points",
)  # fmt: skip
GEOLIA = Cycle(
    "geolia_17", KEYMARK.format("Geolia 17"), "R410A", (), (), EN_14511, (750e3, 4200e3, 3700e3), SCROLL_R410A,
    (0.30, 0.85), saturation=(-25.0, 67.0),
)  # fmt: skip
WWC_220 = Cycle(
    "wwc_220h_x", KEYMARK.format("WWC 220H/X"), "R407C", (), (), EN_14511, (430e3, 2800e3, 2500e3), SCROLL_R407C,
    (0.30, 0.85), subcooling=9.0, saturation=(-25.0, 75.0),
)  # fmt: skip
WWC_100 = replace(WWC_220, name="wwc_100h_x", about=KEYMARK.format("WWC 100H/X"))


def en_14511(low: Pair, high: Pair) -> list[Rated]:
    """Leaving temperatures, Q_e and P from heating capacity and power at W10/W35 and W10/W55 [W].

    The source water enters at 10 degC and leaves at 7 degC at the first; its flow is the same at the second.
    """
    cold = [heat - power for heat, power in (low, high)]
    return [(7.0, 35.0, cold[0], low[1]), (10.0 - 3.0 * cold[1] / cold[0], 55.0, cold[1], high[1])]


def carrier_points() -> list[Rated]:
    """Carrier 30XW-P 1012 (docs/physics/heat-pumps.md#rated-points): 5 K at the condenser at 30 degC entering, the same
    flow elsewhere."""
    cold, work = (1054e3, 1035e3, 995e3, 954e3, 911e3), (159.2e3, 182.2e3, 208.2e3, 237.9e3, 271.1e3)
    column = zip((25.0, 30.0, 35.0, 40.0, 45.0), cold, work, strict=True)
    return [(7.0, entering + 5.0 * (q + p) / (1035e3 + 182.2e3), q, p) for entering, q, p in column]


def cycles() -> list[Cycle]:
    """All maps that are built from a refrigerant cycle."""
    return [
        SCREW, AIR_SCROLL,
        through(WWC_220, en_14511((21.80e3, 3.82e3), (20.33e3, 5.63e3)), 1),
        through(WWC_100, en_14511((11.00e3, 1.96e3), (9.00e3, 2.92e3)), 1),
        through(GEOLIA, en_14511((22.13e3, 4.25e3), (20.14e3, 5.69e3)), 1),
        through(CARRIER, carrier_points(), 2),
    ]  # fmt: skip


def saturation_fit(cycle: Cycle) -> Sequence[float]:
    """a, b, c, d of the saturation law, least squares in ln p over the cycle's range; within 0.1 % of CoolProp."""
    kelvin = np.linspace(*cycle.saturation, 111) + ZERO_CELSIUS
    logs = np.log([cycle.pressure(t - ZERO_CELSIUS) for t in kelvin])
    terms = np.column_stack((np.ones_like(kelvin), 1.0 / kelvin, kelvin, kelvin * kelvin))
    return [float(c) for c in np.linalg.lstsq(terms, logs, rcond=None)[0]]


def map_text(cycle: Cycle) -> str:
    """The whole file of a map."""
    evap, cond = cycle.evaporator, cycle.condenser
    notes = {
        "name": cycle.name,
        "source": f"computed with CoolProp {coolprop_version} by plant_models/heat_pump/build_maps.py; {cycle.about}",
        "cycle": f"{cycle.refrigerant}, superheat {cycle.superheat:g} K, subcooling {cycle.subcooling:g} K; overall "
        f"efficiency within {cycle.bounds[0]:g} .. {cycle.bounds[1]:g}, below a pressure ratio of "
        f"{cycle.least_backed_ratio():.2f} as the volume ratio {cycle.volume_ratio:g} has it; pressure ratio at least "
        f"{LEAST_RATIO:g}",
        "range": f"leaving the evaporator {evap[0]}..{evap[-1]} degC, the condenser {cond[0]}..{cond[-1]} degC, full "
        "load, nominal flows",
        "units": "degC, degC, W, W, degC, Pa absolute, Pa absolute",
        "rating": " ".join(f"{x:g}" for x in cycle.rating),
        "cut_outs": " ".join(f"{x:g}" for x in cycle.cut_outs),
        "envelope": " ".join(f"{x:g}" for x in cycle.envelope),
        "approach": f"{cycle.approach:g} K",
        "saturation": " ".join(f"{c:.9g}" for c in saturation_fit(cycle)),
        "saturation law": f"ln(p/Pa) = a + b/T + c T + d T T with T in K, fitted {cycle.saturation[0]:g}.."
        f"{cycle.saturation[1]:g} degC",
    }  # fmt: skip
    lines = [f"# {key}: {value}" for key, value in notes.items()] + [",".join(COLUMNS)]
    for evap_temp in evap:
        for cond_temp in cond:
            q, p, discharge, low, high = cycle.point(evap_temp, cond_temp)
            digits = 0 if p > 10e3 else 1
            lines.append(f"{evap_temp},{cond_temp},{q:.{digits}f},{p:.{digits}f},{discharge:.2f},{low:.0f},{high:.0f}")
    return "\n".join(lines) + "\n"


SECOND_LAW = 0.30
"""Share of Carnot's COP assumed for the barocaloric unit, drives and losses included: no machine exists to measure."""
SPAN = 80.0
"""K between the two sides at which the assumed barocaloric unit moves no heat any more."""
SPECULATIVE_HEADER = f"""\
# name: barocaloric
# speculative: true
# source: speculative, docs/plants/documents.md#s14; {SECOND_LAW:g} of Carnot, no heat at a span of {SPAN:g} K
# units: degC, degC, W, W, degC
# rating: 7 35 5 5
# cut_outs: 100000 10000000 9000000
# envelope: -40 60 -40 90 0
# approach: 2 K
# saturation: 13.8155106 0 0 0
# saturation law: none, a solid has no vapour: 1 MPa stands everywhere and no pressure switch trips
"""


def speculative_text() -> str:
    """The file of the barocaloric map: 10 kW of cold at 7/35 degC, COP a fixed share of Carnot's."""
    lines = [",".join(COLUMNS[:5])]
    for evap_temp in WATER:
        for cond_temp in SINK:
            low, high = evap_temp - 2.0 + ZERO_CELSIUS, max(cond_temp + 2.0, evap_temp + 8.0) + ZERO_CELSIUS
            cooling = 10e3 * (1.0 - (high - low) / SPAN) / (1.0 - 32.0 / SPAN)
            power = max(cooling, 500.0) * (high - low) / (SECOND_LAW * low)
            lines.append(f"{evap_temp},{cond_temp},{max(cooling, 0.0):.1f},{power:.1f},{cond_temp + 2:.2f}")
    return SPECULATIVE_HEADER + "\n".join(lines) + "\n"


def texts() -> dict[str, str]:
    """All shipped maps by name."""
    return {**{cycle.name: map_text(cycle) for cycle in cycles()}, "barocaloric": speculative_text()}


def write_maps(folder: Path = MAPS) -> list[Path]:
    """Write all maps into the folder; the paths written."""
    paths = []
    for name, text in texts().items():
        paths.append(folder / f"{name}.csv")
        paths[-1].write_text(text, encoding="utf-8")
    return paths


if __name__ == "__main__":
    print(*write_maps(), sep="\n")
