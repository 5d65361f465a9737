"""Plate heat exchangers by effectiveness and NTU (docs/physics/equipment.md#plate-exchangers)."""

import math
from typing import Any, ClassVar

from plant_models.equipment.counterflow import counterflow_effectiveness
from plant_models.water.network import HEAT_CAPACITY, M3H, STANDING_LOSS
from twin.kernel import Rows, kernel
from twin.points import Model, alarm, fault, link, parameter, sensor, state, status
from twin.symbol import Symbol

EXPONENT = 0.8
"""Film coefficients grow with the flow to this power."""
LAMINAR, LAMINAR_EXPONENT = 0.25, 0.374
"""Share of the design flow below which the gaps turn laminar, and the power there (docs/physics/equipment.md)."""
LOSS_EXPONENT = 1.8
"""Pressure loss grows with the flow to this power, near the design flow."""
LEAST_FLOW = 1e-3
"""Flow [kg/s] below which a side stands still and no heat passes."""
SHUT = 1e15
"""Linear loss [Pa s/kg] between the tight sides."""
ICE_LOSS = 1e4
"""Frozen plates lose this many times the pressure of clear ones: a hundredth of the flow is left."""


class PlateExchanger(Model):
    """Plate heat exchanger, counterflow where both flows are positive. Source:
    docs/physics/equipment.md#plate-exchangers.

    1/UA = ((m1/m1_design)^-0.8 + (m2/m2_design)^-0.8) / (2 u_value area) + fouling / area; a side below a quarter of
    its design flow is laminar, with the power -0.374. The pressure loss follows
    Q^1.8 at the design flow (a linear and a quadratic part of the same value and slope). An internal leak joins the
    outlets of both sides: water and heat cross by the pressure difference. Each side freezes at its own point and is
    then blocked by its ice (docs/physics/water.md#ice).
    """

    symbol = Symbol("exchanger")
    into_water = "exchangers, net"
    energies: ClassVar = {"heat passed by exchangers": "energy"}
    route = ("primary",)
    primary = link("passage")
    secondary = link("passage")
    leak_way = link("passage", "internal leak, from the outlet of the primary to that of the secondary side")
    ends: ClassVar = {"leak_way": ("primary>", "secondary>")}
    area = parameter("m2", 100.0, lo=0.01, doc="plate area")
    u_value = parameter("W/(m2 K)", 4000.0, lo=1.0, doc="clean heat transfer coefficient at design flows")
    primary_flow_design = parameter("m3/h", 100.0, lo=0.01, doc="design flow of the primary side")
    secondary_flow_design = parameter("m3/h", 100.0, lo=0.01, doc="design flow of the secondary side")
    primary_drop_design = parameter("Pa", 50e3, lo=0.0, doc="pressure loss of the primary side at its design flow")
    secondary_drop_design = parameter("Pa", 50e3, lo=0.0, doc="pressure loss of the secondary side at its design flow")
    mass = parameter("kg", 400.0, lo=0.1, doc="water and half the plates on each side, as water: lag mass / flow")
    standing_loss = parameter("W/(K kg)", STANDING_LOSS, lo=0.0, hi=5.0, doc="heat lost to the room")
    room_temp = parameter("degC", 20.0, lo=-50.0, hi=60.0, doc="room that the exchanger stands in")
    primary_freezing = parameter("degC", 0.0, lo=-50.0, hi=0.0, doc="freezing point on the primary side; glycol lower")
    secondary_freezing = parameter("degC", 0.0, lo=-50.0, hi=0.0, doc="freezing point on the secondary side")
    fouling = state("m2 K/W", doc="fouling resistance")

    heat_flow = sensor("W", doc="heat from primary to secondary, mean of the last tick")
    effectiveness = sensor("1", doc="heat passed over the most that could pass")
    ua = sensor("W/K", doc="heat transfer at the present flows and fouling")
    primary_flow = sensor("m3/h", doc="flow of the primary side")
    secondary_flow = sensor("m3/h", doc="flow of the secondary side")
    primary_entering_temp = sensor("degC", 15.0, doc="water entering the primary side")
    primary_leaving_temp = sensor("degC", 15.0, doc="water leaving the primary side")
    secondary_entering_temp = sensor("degC", 15.0, doc="water entering the secondary side")
    secondary_leaving_temp = sensor("degC", 15.0, doc="water leaving the secondary side")
    primary_drop = sensor("Pa", doc="pressure difference over the primary side")
    secondary_drop = sensor("Pa", doc="pressure difference over the secondary side")
    alarm_freeze = alarm(doc="ice forms between the plates on one side")
    frozen = status(doc="ice blocks one side or both")
    energy = state("J", doc="heat passed from primary to secondary since the start")
    rate = state("W/K", doc="heat passed per kelvin between the entering waters")
    primary_seen = state("kg/s", doc="primary flow that `rate` holds for")
    secondary_seen = state("kg/s", doc="secondary flow that `rate` holds for")
    fouling_seen = state("m2 K/W", -1.0, doc="fouling that `rate` holds for")
    bypass_seen = state("1", doc="bypass that `rate` holds for")
    leak_flow = state("kg/s", doc="internal leak, positive from primary to secondary")
    primary_ice = sensor("1", doc="share of the water on the primary side that is ice")
    secondary_ice = sensor("1", doc="the same of the secondary side")
    primary_factor = state("1", 1.0, doc="pressure loss of the primary passage over that of clear plates")
    secondary_factor = state("1", 1.0, doc="pressure loss of the secondary passage over that of clear plates")
    leak_seen = state("L/h", doc="internal leak that its passage was last set for")

    fault_fouling = fault(
        "m2 K/W", hi=1e-2, doc="Fouled plates: 2e-4 takes UA from 4000 to 2220 W/m2K, approach grows."
    )
    fault_clog_primary = fault(hi=30.0, doc="Primary plates clogged: at 1 the pressure loss is four times as high.")
    fault_clog_secondary = fault(hi=30.0, doc="Secondary plates clogged: at 1 the pressure loss is four times as high.")
    fault_leak = fault(
        "L/h", hi=2e4, doc="Plate holed, at 0.1 MPa between the sides: their pressures draw level, their waters mix."
    )
    fault_frozen = fault(doc="Plates frozen solid: hardly any flow on both sides, pressure drop up, no heat passes.")
    fault_bypass = fault(doc="Gasket slipped: this share of the primary water passes the plates unused.")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """Prepare both passages: stirred water and the pressure loss at the design flow."""
        for side in ("primary", "secondary"):
            passage = tables["passage"][int(row[side])]
            passage.kind = 1
            passage.mass, passage.loss_rate, passage.room_temp = row.mass, row.standing_loss * row.mass, row.room_temp
            passage.freezing_temp = row[f"{side}_freezing"]
            _set_loss(passage, float(row[f"{side}_drop_design"]), float(row[f"{side}_flow_design"]), 1.0)
        if row.leak_way >= 0:
            tables["passage"][int(row.leak_way)].linear = SHUT


@kernel
def _set_loss(passage: Rows, drop: float, flow: float, factor: float) -> None:
    """Loss coefficients with the value and slope of Q^1.8 at the design flow [m3/h], so many times over."""
    m = flow / M3H
    passage.linear = factor * (2.0 - LOSS_EXPONENT) * drop / m
    passage.quadratic = factor * (LOSS_EXPONENT - 1.0) * drop / (m * m)


@kernel
def actuate(exchangers: Rows, passages: Rows, network: Rows) -> None:
    """Let clogging, frozen plates and the internal leak act on the pressure losses."""
    for i in range(len(exchangers)):
        x = exchangers[i]
        primary = _loss_factor(x.fault_clog_primary, x.fault_frozen)
        secondary = _loss_factor(x.fault_clog_secondary, x.fault_frozen)
        if primary != x.primary_factor:
            x.primary_factor = primary
            _set_loss(passages[x.primary], x.primary_drop_design, x.primary_flow_design, primary)
            network[0].moved = 1.0
        if secondary != x.secondary_factor:
            x.secondary_factor = secondary
            _set_loss(passages[x.secondary], x.secondary_drop_design, x.secondary_flow_design, secondary)
            network[0].moved = 1.0
        if x.leak_way >= 0 and x.fault_leak != x.leak_seen:
            x.leak_seen = x.fault_leak
            flow = x.fault_leak / 3600.0
            passages[x.leak_way].linear = 0.0 if flow > 0.0 else SHUT
            passages[x.leak_way].quadratic = 1e5 / (flow * flow) if flow > 0.0 else 1.0
            network[0].moved = 1.0


@kernel
def _loss_factor(clog: float, ice: float) -> float:
    """Pressure loss over that of clear plates: four times clogged at 1, ICE_LOSS times frozen."""
    factor: float = 1.0 + 3.0 * clog
    return factor * ICE_LOSS if ice > 0.5 else factor


@kernel
def effectiveness_of(ntu: float, ratio: float, counterflow: bool) -> float:
    """Effectiveness at NTU = UA / C_min and ratio = C_min / C_max, in counterflow or parallel flow."""
    if not counterflow:
        return (1.0 - math.exp(-ntu * (1.0 + ratio))) / (1.0 + ratio)
    return counterflow_effectiveness(ntu, ratio)


@kernel
def film_resistance(flow: float) -> float:
    """Resistance of one side's film over that at its design flow; flow: over the design flow, above 0."""
    if flow >= LAMINAR:
        return math.pow(flow, -EXPONENT)
    return math.pow(LAMINAR, -EXPONENT) * math.pow(flow / LAMINAR, -LAMINAR_EXPONENT)


@kernel
def transfer(x: Rows, primary: float, secondary: float) -> float:
    """UA [W/K] at flows through the plates [kg/s], both not 0, with the present fouling."""
    first = film_resistance(primary * M3H / x.primary_flow_design)
    second = film_resistance(secondary * M3H / x.secondary_flow_design)
    film = (first + second) / (2.0 * x.u_value)
    ua: float = x.area / (film + x.fouling + x.fault_fouling)
    return ua


@kernel
def _set_rate(x: Rows, primary: float, secondary: float) -> None:
    """UA, effectiveness and heat per kelvin at these flows [kg/s]."""
    x.primary_seen, x.secondary_seen = primary, secondary
    x.fouling_seen, x.bypass_seen = x.fouling + x.fault_fouling, x.fault_bypass
    through = abs(primary) * (1.0 - x.fault_bypass)
    across = abs(secondary)
    x.ua, x.effectiveness, x.rate = 0.0, 0.0, 0.0
    if through < LEAST_FLOW or across < LEAST_FLOW:
        return
    least = min(through, across)
    x.ua = transfer(x, through, across)
    counterflow = (primary > 0.0) == (secondary > 0.0)
    x.effectiveness = effectiveness_of(x.ua / (least * HEAT_CAPACITY), least / max(through, across), counterflow)
    x.rate = x.effectiveness * least * HEAT_CAPACITY


@kernel
def exchange(exchangers: Rows, passages: Rows, dt: float) -> None:
    """Pass the heat once: what leaves the primary enters the secondary, for a tick of dt [s]."""
    for i in range(len(exchangers)):
        x = exchangers[i]
        primary, secondary = passages[x.primary], passages[x.secondary]
        if (
            primary.flow != x.primary_seen
            or secondary.flow != x.secondary_seen
            or x.fouling + x.fault_fouling != x.fouling_seen
            or x.fault_bypass != x.bypass_seen
        ):
            _set_rate(x, primary.flow, secondary.flow)
        x.heat_flow = x.rate * (primary.entering_temp - secondary.entering_temp)
        x.energy += x.heat_flow * dt
        primary.heat = -x.heat_flow
        secondary.heat = x.heat_flow


@kernel
def sense(exchangers: Rows, passages: Rows, junctions: Rows) -> None:
    """Flows, temperatures and pressure differences of both sides, leak and ice."""
    for i in range(len(exchangers)):
        x = exchangers[i]
        p, s = passages[x.primary], passages[x.secondary]
        x.primary_flow, x.secondary_flow = p.flow * M3H, s.flow * M3H
        x.primary_entering_temp, x.primary_leaving_temp = p.entering_temp, p.leaving_temp
        x.secondary_entering_temp, x.secondary_leaving_temp = s.entering_temp, s.leaving_temp
        x.primary_drop = junctions[p.upstream].pressure - junctions[p.downstream].pressure
        x.secondary_drop = junctions[s.upstream].pressure - junctions[s.downstream].pressure
        x.primary_ice, x.secondary_ice = p.ice_share, s.ice_share
        x.alarm_freeze = 1.0 if p.ice + s.ice > 0.0 else 0.0
        x.frozen = 1.0 if p.blocked + s.blocked + x.fault_frozen > 0.5 else 0.0
        if x.leak_way >= 0:
            x.leak_flow = passages[x.leak_way].flow
