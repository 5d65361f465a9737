"""The ground around a single-circulation well, reduced to two cascades on the pumped volume
(docs/physics/ground.md#wells).

Water that has been sent back comes out again late and spread, as if through stirred volumes in series. The volumes and
weights were fitted to a two-dimensional Darcy and heat model of a well 72 m deep at three ratios of conductivity.
Between the ratios the answers are weighed by ln(ratio); in wells of the same shape and another depth the volumes go
with the cube of the depth.
"""

import math

from plant_models.water.network import DENSITY, GRAVITY_HEAD, HEAT_CAPACITY
from twin.kernel import Rows, kernel

FITTED_DEPTH = 72.0
"""Depth [m] of the well that volumes and weights were fitted for."""
NEAR_CELLS, FAR_CELLS = 6, 2
"""Cells kept for the first and the second cascade of one fitted ratio; a well keeps those of two."""
PACKED_VOLUME = 1.3
"""Factor on the first volume with heat-exchange particles in the annulus: they store more heat
(docs/physics/ground.md#wells)."""
PACKED_SKIN = 2.0
"""Skin that the particles add at both screens: they pass less water than gravel; a default, nobody published it."""
PACKED_POROSITY, PARTICLE_HEAT = 0.4, 2.2e6
"""Water in an annulus packed with particles, and heat capacity of their rock [J/(m3 K)] (VDI 4640-1: 2.1-2.4)."""
SEASON, LEAST_PER_DEPTH = 30.0 * 86400.0, 0.15
"""From a month on [s] conduction counts; mean flow per depth that the response was fitted from [m3/h per m]."""
GROUND_HEAT_CAPACITY = 2.5e6
"""Of saturated gravel by volume [J/(m3 K)]."""
NOTICED_PRESSURE = 50.0
"""A change of a ground pressure [Pa] that is worth solving the network again; of a coefficient: 0.5 %."""


@kernel
def respond(a: Rows, b: Rows, ratio: float, scale: float, volume: float, excess: float) -> float:
    """Send `volume` [m3] through the ground; how much warmer the ground water then comes out than undisturbed [K].

    a, b:   temperatures of the two cascades above the undisturbed ground water [K], 12 and 4, those of the lower fitted
            ratio first; advanced in place; exact
    ratio:  horizontal to vertical conductivity, 1 to 10; fitted at 1, 3 and 10, weighed by its logarithm between
    scale:  factor on the first volume; 1.3 with heat-exchange particles
    volume: as through a well of the fitted depth: divide it by (depth / 72 m)^3
    excess: temperature of the water sent back above the undisturbed one [K]
    Checked by tests/plant_models/ground/test_well.py
    """
    lower, upper = (1.0, 3.0) if ratio < 3.0 else (3.0, 10.0)
    share = math.log(ratio / lower) / math.log(upper / lower)
    below = respond_fitted(a[:NEAR_CELLS], b[:FAR_CELLS], lower, scale, volume, excess)
    above = respond_fitted(a[NEAR_CELLS:], b[FAR_CELLS:], upper, scale, volume, excess)
    return float((1.0 - share) * below + share * above)


@kernel
def respond_fitted(a: Rows, b: Rows, ratio: float, scale: float, volume: float, excess: float) -> float:
    """As `respond`, at one of the fitted ratios 1, 3 and 10; a, b: its own two cascades."""
    if ratio < 2.0:
        cascade(a, 2, 2.0 * volume / (42e3 * scale), excess)
        cascade(b, 1, 1.0 * volume / 273e3, excess)
        return float(0.262 * a[1] + 0.435 * b[0])
    if ratio < 5.0:
        cascade(a, 3, 3.0 * volume / (83e3 * scale), excess)
        cascade(b, 2, 2.0 * volume / 373e3, excess)
        return float(0.217 * a[2] + 0.331 * b[1])
    cascade(a, 6, 6.0 * volume / (201e3 * scale), excess)
    cascade(b, 2, 2.0 * volume / 664e3, excess)
    return float(0.103 * a[5] + 0.328 * b[1])


def doublet_arrival(thickness: float, distance: float, flow: float) -> float:
    """Time [s] until the cold of a well that gives water back reaches one that draws it.

    thickness: of the aquifer [m]; distance: of the wells [m]; flow: of both [m3/h]
    Source: Gringarten and Sauty 1975, docs/physics/ground.md#well-reference. Checked by
    tests/plant_models/ground/test_well.py
    """
    ratio = GROUND_HEAT_CAPACITY / (HEAT_CAPACITY * DENSITY)
    return math.pi * thickness * distance * distance * ratio / (3.0 * flow / 3600.0)


@kernel
def cascade(cells: Rows, count: int, x: float, entering: float) -> None:
    """Pass x cell volumes of water through `count` equal stirred cells in series; exact for constant `entering`."""
    fade = math.exp(-x)
    for i in range(count - 1, -1, -1):
        term, moved, passed = 1.0, 0.0, 0.0
        for j in range(i + 1):
            moved += cells[i - j] * term
            passed += term
            term *= x / (j + 1)
        cells[i] = fade * moved + entering * (1.0 - fade * passed)


@kernel
def head_slope(conductivity: float, screen: float, log_reach: float, skin: float) -> float:
    """Pressure per flow between screen and undisturbed ground, rho g [ln(R/r) + S] / (2 pi K b rho) [Pa s/kg].

    conductivity: K [m/s]; screen: its length b [m]; log_reach: ln(R/r) of influence and well radius; skin: S
    """
    return float(GRAVITY_HEAD / DENSITY * (log_reach + skin) / (2.0 * math.pi * conductivity * screen))


def packed_water(particles: float) -> float:
    """Heat capacity of the bore over that of water alone: particles (0 to 1) take the place of some of it."""
    packed = PACKED_POROSITY + (1.0 - PACKED_POROSITY) * PARTICLE_HEAT / (HEAT_CAPACITY * DENSITY)
    return 1.0 - particles * (1.0 - packed)


@kernel
def short_cut(well: Rows) -> float:
    """Share of the extracted water that comes straight from the return zone."""
    return float(min(1.0, well.seal + well.seal_leak + 0.2 * well.casing_breach))


@kernel
def step_ground(well: Rows) -> None:
    """Let the ground, the skin and the filter take in what has passed since the last step."""
    if well.step_water > 0.0:
        undisturbed = well.ground_temp + well.drifted
        scale = 1.0 + (PACKED_VOLUME - 1.0) * well.particles
        size = well.depth / FITTED_DEPTH
        volume = well.step_water / DENSITY * (1.0 - short_cut(well)) / (size * size * size)
        excess = well.step_heat / well.step_water - undisturbed
        well.ground_excess = respond(well.near, well.far, well.anisotropy, scale, volume, excess)
    well.skin += well.clogging_rate * well.step_solids
    well.filter_load += well.step_sand
    well.age += well.since
    slow = 3600.0 * well.reinjected < LEAST_PER_DEPTH * well.depth * well.age
    well.slow_season = 1.0 if slow and well.age > SEASON else 0.0
    if well.age > 86400.0 * well.drift_after:
        drifted = well.drifted + well.drift * well.since / 86400.0
        well.drifted = max(-well.drift_end, min(drifted, well.drift_end))
    well.step_water = well.step_heat = well.step_solids = well.step_sand = 0.0
    well.since = 0.0


@kernel
def set_loss(passage: Rows, linear: float, quadratic: float, network: Rows) -> None:
    """Set the coefficients of a passage, if they have changed enough to solve the network again."""
    if abs(linear - passage.linear) > 0.005 * linear or abs(quadratic - passage.quadratic) > 0.005 * quadratic:
        passage.linear = linear
        passage.quadratic = quadratic
        network[0].moved = 1.0


@kernel
def set_pressure(junction: Rows, pressure: float, network: Rows) -> None:
    """Set the pressure of the ground, if it has changed enough to solve the network again."""
    if abs(pressure - junction.pressure) > NOTICED_PRESSURE:
        junction.pressure = pressure
        network[0].moved = 1.0
