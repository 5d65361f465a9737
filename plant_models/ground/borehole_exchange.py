"""Heat exchange of a U-tube with grout and wall, by flow and fluid (docs/physics/ground.md#boreholes)."""

import math

from plant_models.ground.borehole_wall import GROUT_INNER, GROUT_OUTER
from plant_models.water.brine import CONDUCTING, DENSE, HEAT, VISCOUS, WARMEST, WATER, brine_property
from plant_models.water.friction import VISCOSITY, friction_factor
from plant_models.water.network import DENSITY, HEAT_CAPACITY, M3H
from twin.kernel import Rows, kernel

WATER_VISCOSITY, PRANDTL, WATER_CONDUCTIVITY = VISCOSITY * DENSITY, 9.7, 0.578
"""Of water at 8 to 10 degC; dynamic viscosity [Pa s], conductivity [W/(m K)]."""
LAMINAR, TURBULENT = 2300.0, 4000.0
LEAST_FLOW = 1e-3
"""Flow per borehole [kg/s] below which the water stands and takes on the temperature of the wall."""
FOULED_FILM = 0.02
"""Added film resistance [m K/W] of tubes at `fault_fouling` 1."""
NOTICED_TEMP = 0.5
"""Change of the mean temperature [K] of brine that is worth new properties."""
TUBE_ROUGHNESS = 0.01
"""Of a plastic tube [mm]."""


@kernel
def film_resistance(
    flow: float,
    bore: float,
    viscosity: float = WATER_VISCOSITY,
    prandtl: float = PRANDTL,
    conductivity: float = WATER_CONDUCTIVITY,
) -> float:
    """Resistance of the film in a smooth tube [m K/W]: laminar Nu 3.66, turbulent Gnielinski, blended between.

    flow: in the tube [kg/s], positive; bore: inner diameter [m]; viscosity: dynamic [Pa s]; prandtl: number of the
    fluid; conductivity: of the fluid [W/(m K)]
    Source: VDI Heat Atlas 2010, G1, as pygfunction takes it. Checked by tests/plant_models/ground/test_borehole.py
    """
    reynolds = 4.0 * flow / (math.pi * bore * viscosity)
    nusselt = 3.66
    if reynolds > LAMINAR:
        at = max(reynolds, TURBULENT)
        root = 0.79 * math.log(at) - 1.64
        friction = 0.125 / (root * root)
        excess = 12.7 * math.sqrt(friction) * (math.pow(prandtl, 2.0 / 3.0) - 1.0)
        turbulent = friction * (at - 1000.0) * prandtl / (1.0 + excess)
        share = min(1.0, (reynolds - LAMINAR) / (TURBULENT - LAMINAR))
        nusselt = share * turbulent + (1.0 - share) * 3.66
    return float(1.0 / (math.pi * nusselt * conductivity))


@kernel
def effective_resistance(
    flow: float, depth: float, leg: float, mutual: float, heat_capacity: float = HEAT_CAPACITY
) -> float:
    """Effective resistance R_b* of a single U-tube from the mean of entering and leaving fluid to the wall [m K/W].

    flow: in the tube [kg/s], positive; depth [m]; leg: from one leg to the wall, film included [m K/W];
    mutual: part of the resistance that both legs share [m K/W]; heat_capacity: of the fluid [J/(kg K)]
    Source: Hellstrom 1991, wall of one temperature. Checked by tests/plant_models/ground/test_borehole.py
    """
    across = leg * (leg - 2.0 * mutual) / mutual
    beta = depth / (flow * heat_capacity) * math.sqrt((1.0 + 2.0 * leg / across) / (leg * leg))
    rest = math.exp(-2.0 * beta)
    return float(0.5 * leg * beta * (1.0 + rest) / (1.0 - rest))


@kernel
def set_fluid(field: Rows, temp: float) -> None:
    """Properties of the fluid at its mean temperature [degC], and the pressure loss of one borehole filled with it."""
    field.fluid_temp = temp
    if field.brine == WATER:
        return
    at = min(WARMEST, max(temp, field.freezing_point))
    field.fluid_density = brine_property(field.brine, DENSE, field.brine_share, at)
    field.fluid_heat = brine_property(field.brine, HEAT, field.brine_share, at)
    field.fluid_conductivity = brine_property(field.brine, CONDUCTING, field.brine_share, at)
    field.fluid_viscosity = brine_property(field.brine, VISCOUS, field.brine_share, at)
    field.prandtl = field.fluid_viscosity * field.fluid_heat / field.fluid_conductivity
    field.spread_ratio = DENSITY * HEAT_CAPACITY / (field.fluid_density * field.fluid_heat)
    full = field.nominal_flow / M3H
    slope = tube_loss(field, full) / full
    slope_quarter = tube_loss(field, 0.25 * full) / (0.25 * full)
    field.tube_quadratic = max((slope - slope_quarter) / (0.75 * full), 0.0)
    field.tube_linear = max(slope - field.tube_quadratic * full, 0.0)
    if field.tube_linear == 0.0:
        field.tube_quadratic = slope / full
    field.passing = -1.0


@kernel
def tube_loss(field: Rows, flow: float) -> float:
    """Pressure loss [Pa] of one borehole filled with the fluid; flow [L/s], which the network counts as kg/s."""
    bore = 1e-3 * field.bore_mm
    speed = 4e-3 * flow / (math.pi * bore * bore)
    reynolds = speed * bore * field.fluid_density / field.fluid_viscosity
    dynamic = 0.5 * field.fluid_density * speed * speed
    return float(friction_factor(reynolds, TUBE_ROUGHNESS / field.bore_mm) * 2.0 * field.depth / bore * dynamic)


@kernel
def exchange(fields: Rows, passages: Rows, pipes: Rows) -> None:
    """Set the heat exchange of the fluid with grout and wall, where flow, fluid or faults have changed."""
    for i in range(len(fields)):
        field = fields[i]
        tubes = max(1.0, field.in_service)
        flow = abs(passages[field.passage].flow) / tubes
        worn = tubes + 1e3 * field.fault_grout + 1e4 * field.fault_fouling + 1e5 * field.fault_air
        mean = 0.5 * (field.entering_temp + field.leaving_temp)
        if field.brine != WATER and abs(mean - field.fluid_temp) > NOTICED_TEMP:
            set_fluid(field, mean)
            field.flow_seen = -1.0
        if flow != field.flow_seen or worn != field.worn_seen:
            field.flow_seen, field.worn_seen = flow, worn
            _set_exchange(field, pipes[field.water], flow, tubes)


@kernel
def _set_exchange(field: Rows, water: Rows, flow: float, tubes: float) -> None:
    """The water's way to grout and wall at this flow per borehole [kg/s]: at its end, or while it stands."""
    mass = flow * field.fluid_density / DENSITY
    film = FOULED_FILM * field.fault_fouling
    film += film_resistance(mass, 1e-3 * field.bore_mm, field.fluid_viscosity, field.prandtl, field.fluid_conductivity)
    leg = field.leg_resistance + film
    worse = 1.0 + field.fault_grout
    if flow < LEAST_FLOW:
        water.end_share = 0.0
        water.u_loss = tubes * 2.0 * field.depth / (leg * worse) / water.length_m
        return
    delayed = 0.0
    if field.grout_storage > 0.0:
        delayed = (GROUT_INNER + GROUT_OUTER) * (field.leg_resistance - field.tube_resistance)
    at_once = effective_resistance(
        mass, field.depth, leg - delayed, field.mutual_resistance * (leg - delayed) / leg, field.fluid_heat
    )
    field.resistance = worse * effective_resistance(mass, field.depth, leg, field.mutual_resistance, field.fluid_heat)
    field.delayed_resistance = field.resistance - worse * at_once
    each = 0.5 + flow * HEAT_CAPACITY * worse * at_once / field.depth
    water.end_share, water.u_loss = (1.0 - 0.5 * field.fault_air) / each, 0.0
