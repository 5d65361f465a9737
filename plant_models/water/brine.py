"""Properties of brine: water with ethylene or propylene glycol, by share and temperature.

Density, heat capacity, conductivity and freezing point are polynomials of share and temperature, viscosity the
exponential of one. Source: Melinder 2010, Properties of Secondary Working Fluids for Indirect Systems, International
Institute of Refrigeration, as SecondaryCoolantProps 1.5 has them. Checked by tests/plant_models/water/test_brine.py
"""

import math

from twin.errors import InputError, unknown
from twin.kernel import kernel

WATER, ETHYLENE, PROPYLENE = 0, 1, 2
FLUIDS = {"water": WATER, "ethylene glycol": ETHYLENE, "propylene glycol": PROPYLENE}
"""Fluids that a plant file may name."""
MOST = 0.6
"""Largest share of glycol by mass that the polynomials hold for."""
WARMEST = 100.0
"""Highest temperature [degC] that they hold for; the lowest is the freezing point."""
FREEZING, DENSE, HEAT, CONDUCTING, VISCOUS = 0, 1, 2, 3, 4
"""Which property."""
SHARE_POWER = (0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5)
TEMP_POWER = (0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 0, 1, 0)
"""Powers of (share in % - base) and (temperature - base) that a coefficient belongs to."""
ETHYLENE_BASE, PROPYLENE_BASE = (30.8462, 31.728), (30.7031, 32.7083)
"""Share [%] and temperature [degC] that the polynomials are written around."""
ETHYLENE_FREEZING = (
    -15.25, -1.566e-06, -2.278e-07, 2.169e-09, -0.808, -1.339e-06, 2.047e-08, -2.717e-11, -0.01334,
    6.322e-08, 2.373e-10, -2.183e-12, -7.293e-05, 1.764e-09, -2.442e-11, 1.006e-06, -7.662e-11, 1.14e-09,
)  # fmt: skip
ETHYLENE_DENSITY = (
    1034.0, -0.4781, -0.002692, 4.725e-06, 1.311, -0.006876, 4.805e-05, 1.69e-08, 7.49e-05,
    7.855e-05, -3.995e-07, 4.982e-09, -0.0001062, 1.229e-06, -1.153e-08, -9.623e-07, -7.211e-08, 4.891e-08,
)  # fmt: skip
ETHYLENE_HEAT = (
    3737.0, 2.93, -0.004675, -1.389e-05, -17.99, 0.1046, -0.0004147, 1.847e-07, -0.09933,
    0.0003516, 5.109e-06, -7.138e-08, 0.00261, -1.189e-06, -1.643e-07, 1.537e-05, -4.272e-07, -1.618e-06,
)  # fmt: skip
ETHYLENE_CONDUCTIVITY = (
    0.472, 0.0008903, -1.058e-06, -2.789e-09, -0.004286, -1.473e-05, 1.059e-07, -1.142e-10, 1.747e-05,
    6.814e-08, -3.612e-09, 2.365e-12, 3.017e-08, -2.412e-09, 4.004e-11, -1.322e-09, 2.555e-11, 2.678e-11,
)  # fmt: skip
ETHYLENE_VISCOSITY = (
    0.4705, -0.0255, 0.0001782, -7.669e-07, 0.02471, -0.0001171, 1.052e-06, -1.634e-08, 3.328e-06,
    1.086e-06, 1.051e-08, -6.475e-10, 1.659e-06, 3.157e-09, 4.063e-10, 3.089e-08, 1.831e-10, -1.865e-09,
)  # fmt: skip
PROPYLENE_FREEZING = (
    -13.25, -3.82e-05, 7.865e-07, -1.733e-09, -0.6631, 6.774e-06, -6.242e-08, -7.819e-10, -0.01094,
    5.332e-08, -4.169e-09, 3.288e-11, -0.0002283, -1.131e-08, 1.918e-10, -3.409e-06, 8.035e-11, 1.465e-08,
)  # fmt: skip
PROPYLENE_DENSITY = (
    1018.0, -0.5406, -0.002666, 1.347e-05, 0.7604, -0.00945, 5.541e-05, -1.343e-07, -0.002498,
    2.7e-05, -4.018e-07, 3.376e-09, -0.000155, 2.829e-06, -7.175e-09, -1.131e-06, -2.221e-08, 2.342e-08,
)  # fmt: skip
PROPYLENE_HEAT = (
    3882.0, 2.699, -0.001659, -1.032e-05, -13.04, 0.0507, -4.752e-05, 1.522e-06, -0.1598,
    9.534e-05, 1.167e-05, -4.87e-08, 0.0003539, 3.102e-05, -2.95e-07, 5e-05, -7.135e-07, -4.959e-07,
)  # fmt: skip
PROPYLENE_CONDUCTIVITY = (
    0.4513, 0.0007955, 3.482e-08, -5.966e-09, -0.004795, -1.678e-05, 8.941e-08, 1.493e-10, 2.076e-05,
    1.563e-07, -4.615e-09, 9.897e-12, -9.083e-08, -2.518e-09, 6.543e-11, -5.952e-10, -3.605e-11, 2.104e-11,
)  # fmt: skip
PROPYLENE_VISCOSITY = (
    0.6837, -0.03045, 0.0002525, -1.399e-06, 0.03328, -0.0003984, 4.332e-06, -1.86e-08, 5.453e-05,
    -8.6e-08, -1.593e-08, -4.465e-11, -3.9e-06, 1.054e-07, -1.589e-09, -1.587e-08, 4.475e-10, 3.564e-09,
)  # fmt: skip
"""Coefficients of each property, in the order of the powers."""


@kernel
def polynomial(coefficients: tuple[float, ...], share: float, temp: float) -> float:
    """Sum of the coefficients times the powers of share and temperature, both from their base."""
    total = 0.0
    for k in range(18):
        term = coefficients[k]
        for _ in range(SHARE_POWER[k]):
            term *= share
        for _ in range(TEMP_POWER[k]):
            term *= temp
        total += term
    return total


@kernel
def brine_property(fluid: float, which: int, share: float, temp: float) -> float:
    """A property of a glycol and water: freezing point [degC], density [kg/m3], heat capacity [J/(kg K)], conductivity
    [W/(m K)], or dynamic viscosity [Pa s].

    fluid: ETHYLENE or PROPYLENE; which: the property; share: of glycol by mass, 0 to 0.6; temp: [degC], freezing to 100
    """
    x = 100.0 * share - (ETHYLENE_BASE[0] if fluid < 1.5 else PROPYLENE_BASE[0])
    y = temp - (ETHYLENE_BASE[1] if fluid < 1.5 else PROPYLENE_BASE[1])
    if which == FREEZING:
        y = ETHYLENE_BASE[1] if fluid < 1.5 else PROPYLENE_BASE[1]
        return polynomial(ETHYLENE_FREEZING if fluid < 1.5 else PROPYLENE_FREEZING, x, y)
    if which == DENSE:
        return polynomial(ETHYLENE_DENSITY if fluid < 1.5 else PROPYLENE_DENSITY, x, y)
    if which == HEAT:
        return polynomial(ETHYLENE_HEAT if fluid < 1.5 else PROPYLENE_HEAT, x, y)
    if which == CONDUCTING:
        return polynomial(ETHYLENE_CONDUCTIVITY if fluid < 1.5 else PROPYLENE_CONDUCTIVITY, x, y)
    return 1e-3 * math.exp(polynomial(ETHYLENE_VISCOSITY if fluid < 1.5 else PROPYLENE_VISCOSITY, x, y))


def read_fluid(text: str) -> tuple[int, float]:
    """Fluid and share of a text such as `propylene glycol 30 %` or `water`; InputError says what is allowed."""
    name, _, rest = text.strip().rstrip("%").strip().rpartition(" ")
    number = rest if name in FLUIDS else ""
    fluid = name if name in FLUIDS else text.strip()
    if fluid not in FLUIDS:
        raise unknown("fluid", fluid, FLUIDS)
    if fluid == "water":
        if number:
            raise InputError(f"fluid {text!r}: water has no share")
        return WATER, 0.0
    try:
        share = float(number) / 100.0
    except ValueError:
        share = math.nan
    if not 0.0 < share <= MOST or not text.strip().endswith("%"):
        raise InputError(f"fluid {text!r}: expected a share by mass above 0 % and up to {100.0 * MOST:g} %")
    return FLUIDS[fluid], share
