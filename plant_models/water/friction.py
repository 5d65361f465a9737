"""Pressure losses of pipes and fittings, and their coefficients for a passage."""

import math

from plant_models.water.network import DENSITY, M3H
from twin.errors import InputError
from twin.kernel import kernel

VISCOSITY = 1.3e-6
"""Kinematic viscosity of water at 10 degC [m2/s]."""
ROUGHNESS = 0.1
"""Roughness of a steel pipe in use [mm] (docs/physics/water.md#friction)."""
LAMINAR, TURBULENT = 2300.0, 4000.0
"""Reynolds numbers below which a flow is laminar, above which it is turbulent; between them the factor is blended."""


@kernel
def kv_loss(kv: float) -> float:
    """Quadratic loss coefficient [Pa s2/kg2] of a valve or fitting that passes kv [m3/h] at 1 bar."""
    return 1e5 * M3H * M3H / (kv * kv)


def friction(dn_mm: float, length_m: float, flow_m3h: float, roughness_mm: float = ROUGHNESS) -> float:
    """Pressure loss of a straight pipe [Pa], of the sign of the flow, at 10 degC.

    dn_mm: inner diameter [mm], positive; length_m: length [m]; flow_m3h: flow [m3/h]; roughness_mm: roughness [mm]
    Source: Swamee and Jain 1976; laminar 64 / Re. Checked by tests/plant_models/water/test_friction.py
    """
    if dn_mm <= 0.0 or length_m < 0.0 or roughness_mm < 0.0:
        raise InputError(f"no pipe is {dn_mm:g} mm wide, {length_m:g} m long and {roughness_mm:g} mm rough")
    diameter = 0.001 * dn_mm
    speed = abs(flow_m3h) / 3600.0 / (math.pi / 4.0 * diameter**2)
    reynolds = speed * diameter / VISCOSITY
    if reynolds == 0.0:
        return 0.0
    loss = friction_factor(reynolds, roughness_mm / dn_mm) * length_m / diameter * 0.5 * DENSITY * speed**2
    return math.copysign(loss, flow_m3h)


@kernel
def friction_factor(reynolds: float, relative_roughness: float) -> float:
    """Darcy friction factor: laminar 64 / Re, turbulent by Swamee and Jain, blended between."""
    if reynolds <= LAMINAR:
        return 64.0 / reynolds
    at = max(reynolds, TURBULENT)
    root = math.log10(relative_roughness / 3.7 + 5.74 / math.pow(at, 0.9))
    turbulent = 0.25 / (root * root)
    share = min((reynolds - LAMINAR) / (TURBULENT - LAMINAR), 1.0)
    return share * turbulent + (1.0 - share) * 64.0 / LAMINAR


def _check_flow(flow_m3h: float) -> None:
    if flow_m3h <= 0.0:
        raise InputError(f"a loss coefficient needs a design flow above 0, got {flow_m3h:g} m3/h")


def coefficients(
    dn_mm: float, length_m: float, flow_m3h: float, roughness_mm: float = ROUGHNESS
) -> tuple[float, float]:
    """Linear [Pa s/kg] and quadratic [Pa s2/kg2] coefficient, right at this flow [m3/h] and at a quarter of it.

    Neither is negative, so that the loss rises with the flow: where the flow turns laminar between the two, only the
    loss at this flow is right.
    """
    _check_flow(flow_m3h)
    full, quarter = flow_m3h / M3H, 0.25 * flow_m3h / M3H
    slope_full = friction(dn_mm, length_m, flow_m3h, roughness_mm) / full
    slope_quarter = friction(dn_mm, length_m, 0.25 * flow_m3h, roughness_mm) / quarter
    quadratic = max((slope_full - slope_quarter) / (full - quarter), 0.0)
    linear = slope_full - quadratic * full
    return (linear, quadratic) if linear >= 0.0 else (0.0, slope_full / full)
