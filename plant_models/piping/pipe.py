"""A pipe: water moves through it as a plug, so that a temperature arrives late but sharp
(docs/physics/piping.md#pipes).

The water inside is a queue of up to 64 parcels. All parcels cool alike towards the ambient, so one common factor
ages them: a parcel's temperature is `reference + excess * decay`, and a tick costs the same whatever the length.
"""

import math
from typing import Any, ClassVar

from plant_models.piping.compaction import CAP, compact
from plant_models.piping.leaks import leak, prepare
from plant_models.water.friction import coefficients
from plant_models.water.ice import Icing
from plant_models.water.network import DENSITY, HEAT_CAPACITY, M3H, PLUG
from twin.kernel import Rows, kernel
from twin.points import Model, fault, link, parameter, sensor, state
from twin.symbol import Symbol

SMALLEST = 0.005
"""A parcel smaller than this fraction of the pipe's water takes in what follows it."""
SAME = 0.002
"""Waters closer than this [K] share a parcel."""
NARROWEST = 0.01
"""Share of the section, or of the diameter, that the worst fault leaves open."""


class Pipe(Icing, Model):
    """Plug-flow pipe with heat loss: a passage of kind 2 (`PLUG`). Source: docs/physics/piping.md#pipes."""

    initial = ("temp",)
    symbol = Symbol("pipe", narrow=True)
    volumes: ClassVar = {"leaked from pipes": "leaked"}
    passage = link("passage")
    leak_way = link("passage", "what the pipe loses at its downstream end")
    outside = link("junction")
    ends: ClassVar = {"leak_way": ("passage>", "outside")}
    dn_mm = parameter("mm", 125.0, lo=5.0, hi=2000.0, doc="inner diameter")
    length_m = parameter("m", 100.0, lo=0.1, hi=20000.0, doc="length")
    nominal_flow = parameter(
        "m3/h", 0.0, lo=0.0, hi=20000.0, doc="flow that the pressure loss is right at; 0: at 1.5 m/s"
    )
    u_loss = parameter("W/(m K)", 0.3, lo=0.0, hi=50.0, doc="heat loss per metre; 0.2-0.5 insulated and buried")
    ambient = parameter("degC", 10.0, lo=-50.0, hi=100.0, doc="what surrounds the pipe: ground, duct or room")
    temp = sensor("degC", 15.0, doc="mean temperature of the water inside")
    loss = sensor("W", doc="heat lost to the surroundings, mean of the last tick")
    lost = state("J", doc="heat lost to the surroundings since the start")
    water = state("kg", doc="water inside")
    mass = state("kg", count=CAP, doc="parcels: mass, a ring of 64")
    excess = state("K", count=CAP, doc="parcels: temperature above the reference, divided by `decay`")
    first = state("1", doc="place in the ring of the parcel at the upstream end")
    parcels = state("1", doc="parcels inside")
    content = state("kg K", doc="sum of mass times excess")
    decay = state("1", 1.0, doc="common ageing factor of all parcels, 0.5 .. 1")
    reference = state("degC", doc="ambient temperature that the excess is measured from")
    kept = state("1", 1.0, doc="ageing factor of one tick")
    kept_dt = state("s", doc="tick that `kept` was computed for")
    kept_ua = state("W/K", doc="heat loss that `kept` was computed for")
    end_share = state(
        "1", doc="share of the way to the ambient that leaving water goes at the end: a borehole's exchange"
    )
    end_lost = state("J", doc="heat that this took from the water of this tick")
    short = state("kg", doc="water that left during this tick beyond what was inside")
    short_excess = state("K", doc="excess of that water")
    leaked = sensor("m3", doc="water leaked since the start")
    leak_set = state("L/h", doc="leak that its passage is set for")
    clean_linear = state("Pa s/kg", doc="linear loss coefficient of the healthy pipe")
    clean_quadratic = state("Pa s2/kg2", doc="quadratic loss coefficient of the healthy pipe")
    factor = state("1", 1.0, doc="pressure loss over that of the healthy pipe")

    fault_leak = fault("L/h", hi=5e4, doc="Leaks, at 0.25 MPa: make-up starts often, at last the pressure falls.")
    fault_blockage = fault(hi=1e3, doc="Partly blocked: the pressure loss grows by this many times, flow falls.")
    fault_strainer = fault(doc="Strainer loaded or its valve left closed: this share of the section is shut.")
    fault_air = fault(hi=0.99, doc="Air pocket: this share of the section carries no water until the pipe is vented.")
    fault_fouling = fault("mm", hi=50.0, doc="Scale and slime of this thickness on the wall: loss as (d/(d - 2 t))^5.")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """Fill with water of the passage's temperature, at least what flows in 1 s; set the pressure loss."""
        passage = tables["passage"][row.passage]
        if row.nominal_flow == 0.0:
            row.nominal_flow = 1.5 * 3600.0 * math.pi / 4.0 * (0.001 * row.dn_mm) ** 2
        row.clean_linear, row.clean_quadratic = coefficients(row.dn_mm, row.length_m, row.nominal_flow)
        passage.linear, passage.quadratic = row.clean_linear, row.clean_quadratic
        fill(row, float(passage.temp), row.nominal_flow / M3H)
        passage.kind, passage.store, passage.mass = PLUG, number, row.water
        prepare(row, tables)

    @classmethod
    def begin(cls, row: Any, number: int, tables: dict[str, Any], given: dict[str, float]) -> None:  # noqa: ARG003
        """All its water at `temp`."""
        fill(row, given["temp"], float(row.water))
        passage = tables["passage"][int(row.passage)]
        passage.temp = passage.entering_temp = passage.leaving_temp = given["temp"]


@kernel
def _loss_factor(pipe: Rows) -> float:
    """Pressure loss over that of the healthy pipe, at the same flow: speed in what is open, squared."""
    section = max(NARROWEST, 1.0 - pipe.fault_air) * max(NARROWEST, 1.0 - pipe.fault_strainer)
    width = max(NARROWEST, 1.0 - 2.0 * pipe.fault_fouling / pipe.dn_mm)
    fouled = 1.0 / (width * width * width * width * width)
    return float((1.0 + pipe.fault_blockage) * fouled / (section * section))


@kernel
def actuate(pipes: Rows, passages: Rows, network: Rows) -> None:
    """Let the faults act on pressure losses and leaks."""
    for i in range(len(pipes)):
        pipe = pipes[i]
        passage = passages[pipe.passage]
        factor = _loss_factor(pipe)
        if factor != pipe.factor:
            pipe.factor = factor
            passage.linear, passage.quadratic = pipe.clean_linear * factor, pipe.clean_quadratic * factor
            network[0].moved = 1.0
        if pipe.fault_leak != pipe.leak_set and pipe.leak_way >= 0:
            pipe.leak_set = pipe.fault_leak
            leak(passages[pipe.leak_way], network, pipe.fault_leak)


@kernel
def sense(pipes: Rows, passages: Rows, dt: float) -> None:
    """Count what leaks."""
    for i in range(len(pipes)):
        if pipes[i].leak_way >= 0:
            pipes[i].leaked += passages[pipes[i].leak_way].flow * dt / DENSITY


@kernel
def fill(pipe: Rows, temp: float, least: float) -> None:
    """Fill with water of one temperature [degC]; `least` is the least that a pipe is taken to hold [kg]."""
    diameter = 0.001 * pipe.dn_mm
    geometric = 0.25 * math.pi * diameter * diameter * pipe.length_m * DENSITY
    pipe.water = geometric if geometric > least else least
    pipe.reference = pipe.ambient
    pipe.first, pipe.parcels, pipe.decay = 0.0, 1.0, 1.0
    pipe.mass[0] = pipe.water
    pipe.excess[0] = temp - pipe.ambient
    pipe.content = pipe.water * pipe.excess[0]
    pipe.temp = temp
    pipe.short, pipe.kept_dt = 0.0, 0.0


@kernel
def stored_energy(pipe: Rows) -> float:
    """Heat stored in the water, above 0 degC [J]."""
    energy: float = 0.0
    for k in range(int(pipe.parcels)):
        at = (int(pipe.first) + k) & (CAP - 1)
        energy += HEAT_CAPACITY * pipe.mass[at] * (pipe.reference + pipe.excess[at] * pipe.decay)
    return energy


@kernel
def end_temp(pipe: Rows, downstream: bool) -> float:
    """Mean temperature of the water in the last metre of one end [degC], when it stands."""
    wanted = pipe.water / max(pipe.length_m, 1.0)
    count, left, total = int(pipe.parcels), wanted, 0.0
    for k in range(count):
        at = (int(pipe.first) + (count - 1 - k if downstream else k)) & (CAP - 1)
        part = min(left, pipe.mass[at])
        total += part * pipe.excess[at]
        left -= part
        if left <= 0.0:
            break
    return _temp(pipe, total / (wanted - left))


@kernel
def scale(pipe: Rows, factor: float) -> float:
    """Keep this factor of the water in every parcel, as when parallel tubes are shut or opened.

    Returns the heat that went with the rest [J], above 0 degC.
    """
    gone: float = (1.0 - factor) * stored_energy(pipe)
    for k in range(int(pipe.parcels)):
        pipe.mass[(int(pipe.first) + k) & (CAP - 1)] *= factor
    pipe.water *= factor
    pipe.content *= factor
    pipe.kept_dt = 0.0
    return gone


@kernel
def leaving_temp(pipe: Rows, flow: float, dt: float) -> float:
    """Take out what leaves in dt [s] at this flow [kg/s] and give its mean temperature [degC].

    Followed by `push` in the same step. Flow below zero leaves at the upstream end.
    """
    first, parcels, mass = int(pipe.first), int(pipe.parcels), abs(flow) * dt
    if mass <= 0.0:
        return _temp(pipe, pipe.excess[(first + parcels - 1) & (CAP - 1)])
    left, taken = mass, 0.0
    while parcels > 0 and left > 0.0:
        at = (first + parcels - 1) & (CAP - 1) if flow > 0.0 else first
        here = pipe.mass[at]
        if here > left:
            pipe.mass[at] = here - left
            taken += left * pipe.excess[at]
            left = 0.0
        else:
            taken += here * pipe.excess[at]
            left -= here
            parcels -= 1
            if flow < 0.0:
                first = (first + 1) & (CAP - 1)
    mean = taken / (mass - left)
    pipe.first, pipe.parcels = float(first), float(parcels)
    pipe.content -= taken
    pipe.short, pipe.short_excess = left, mean
    pipe.end_lost = mass * mean * pipe.end_share * pipe.decay * HEAT_CAPACITY
    return _temp(pipe, mean * (1.0 - pipe.end_share))


@kernel
def _temp(pipe: Rows, excess: float) -> float:
    return float(pipe.reference + excess * pipe.decay)


@kernel
def push(pipe: Rows, flow: float, entering_temp: float, dt: float) -> float:
    """Let in at the other end as much as `leaving_temp` took out, then cool for dt [s]; also to be called at no flow.

    Returns the heat lost to the surroundings [J].
    """
    mass = abs(flow) * dt
    if mass > 0.0:
        _let_in(pipe, flow > 0.0, entering_temp, mass)
    return _cool(pipe, dt)


@kernel
def _let_in(pipe: Rows, forward: bool, entering_temp: float, mass: float) -> None:
    """Put a mass [kg] at the upstream end, or at the downstream end when the flow is not forward."""
    excess = (entering_temp - pipe.reference) / pipe.decay
    if pipe.short > 0.0:
        excess = (mass * excess - pipe.short * pipe.short_excess) / (mass - pipe.short)
        mass -= pipe.short
    pipe.content += mass * excess
    if pipe.parcels > 0.0:
        newest = int(pipe.first) if forward else (int(pipe.first) + int(pipe.parcels) - 1) & (CAP - 1)
        here = pipe.mass[newest]
        if here < SMALLEST * pipe.water or abs(excess - pipe.excess[newest]) * pipe.decay < SAME:
            pipe.excess[newest] = (here * pipe.excess[newest] + mass * excess) / (here + mass)
            pipe.mass[newest] = here + mass
            return
    if pipe.parcels >= CAP:
        compact(pipe)
    if forward:
        pipe.first = float((int(pipe.first) - 1) & (CAP - 1))
    at = int(pipe.first) if forward else (int(pipe.first) + int(pipe.parcels)) & (CAP - 1)
    pipe.parcels += 1.0
    pipe.mass[at] = mass
    pipe.excess[at] = excess


@kernel
def _cool(pipe: Rows, dt: float) -> float:
    """Age all parcels by dt [s]; the heat lost [J]."""
    ua = pipe.u_loss * pipe.length_m
    if dt != pipe.kept_dt or ua != pipe.kept_ua:
        pipe.kept_dt, pipe.kept_ua = dt, ua
        pipe.kept = math.exp(-dt * ua / (pipe.water * HEAT_CAPACITY))
    if pipe.ambient != pipe.reference or pipe.decay < 0.5:
        _rebase(pipe)
    aged = pipe.decay * pipe.kept
    lost: float = pipe.content * (pipe.decay - aged) * HEAT_CAPACITY + pipe.end_lost
    pipe.decay, pipe.end_lost = aged, 0.0
    pipe.temp = _temp(pipe, pipe.content / pipe.water)
    pipe.loss = lost / dt
    pipe.lost += lost
    return lost


@kernel
def _rebase(pipe: Rows) -> None:
    """Measure the excess from the present ambient, with the ageing factor at 1 again."""
    pipe.content = 0.0
    for k in range(int(pipe.parcels)):
        at = (int(pipe.first) + k) & (CAP - 1)
        pipe.excess[at] = pipe.reference + pipe.excess[at] * pipe.decay - pipe.ambient
        pipe.content += pipe.mass[at] * pipe.excess[at]
    pipe.reference, pipe.decay = pipe.ambient, 1.0
