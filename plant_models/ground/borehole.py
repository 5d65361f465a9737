"""A field of U-tube boreholes: water that passes the ground in one passage (docs/physics/ground.md#boreholes).

The water is a plug-flow pipe whose surroundings are the borehole wall: it leaves with the effectiveness of a U-tube
after the time it takes to pass, and takes on the temperature of the wall while it stands. The grout delays the heat,
and the wall answers it with thirteen exponential responses, from an hour to sixty years, fitted to the g-function of
the field (field_response.py).
"""

import math
from typing import Any, ClassVar

from plant_models.ground.borehole_exchange import LEAST_FLOW, TUBE_ROUGHNESS, set_fluid
from plant_models.ground.borehole_wall import TERMS, grout_temp, step_wall
from plant_models.ground.field_layout import find_field
from plant_models.ground.past import FieldPast
from plant_models.piping.leaks import leak, prepare
from plant_models.piping.pipe import Pipe, fill, scale
from plant_models.water.brine import FLUIDS, FREEZING, WATER, brine_property, read_fluid
from plant_models.water.friction import coefficients
from plant_models.water.network import DENSITY, M3H, PLUG
from twin.errors import InputError
from twin.kernel import Rows, kernel
from twin.points import Model, fault, link, parameter, sensor, state, status
from twin.symbol import SOURCE, Symbol

PACE = 60.0
"""The wall advances in steps of this many seconds."""
FREEZE_TIME, THAW_TIME = 1800.0, 3600.0
"""Time [s] in which a flow below the freezing point blocks the tubes with ice, and in which that melts again."""
FOULED_FLOW = 0.3
"""Flow lost at one pressure by tubes at `fault_fouling` 1."""


FLUID_NAMES = {float(number): name for name, number in FLUIDS.items()}


class BoreholeField(FieldPast, Model):
    """Field of single U-tube boreholes (SK-4: 100 m, De32) in parallel. Source: docs/physics/ground.md#boreholes.

    `field` is a layout such as 6x4_7.5m, or a file beside the plant file (field_layout.py). One wall temperature stands
    for all boreholes. Boreholes that are shut off leave the others more heat to give at once, and the field as a whole
    the same heat in the long run.
    """

    symbol = Symbol("borehole", end=SOURCE)
    energies: ClassVar = {"heat drawn from the boreholes": "ground_energy"}
    volumes: ClassVar = {"leaked from boreholes": "leaked"}
    passage = link("passage")
    water = link("pipe", "the water in the tubes")
    leak_way = link("passage", "what the tubes lose")
    outside = link("junction")
    ends: ClassVar = {"leak_way": ("passage>", "outside")}
    inner: ClassVar = {"water": Pipe}
    design: ClassVar = {"field": "", "boreholes": "1", "spacing": "m", "depth": "m", "fluid": "", "beside": "folder"}

    boreholes = parameter("1", 1.0, lo=1.0, hi=1000.0, doc="boreholes of the field")
    depth = parameter("m", 100.0, lo=20.0, hi=400.0, doc="length of a borehole below its top")
    ground_temp = parameter("degC", 14.5, lo=-5.0, hi=30.0, doc="undisturbed ground, mean over the depth")
    conductivity = parameter("W/(m K)", 2.0, lo=0.3, hi=6.0, doc="thermal conductivity of the ground")
    heat_capacity = parameter("J/(m3 K)", 2.4e6, lo=1e6, hi=5e6, doc="heat capacity of the ground by volume")
    bore_mm = parameter("mm", 26.0, lo=10.0, hi=60.0, doc="inner diameter of the tube; De32 SDR 11: 26")
    leg_resistance = parameter(
        "m K/W", 0.2486, lo=0.01, hi=2.0, doc="from one leg to the wall without the water's film: PE 0.42, grout 1.5"
    )
    mutual_resistance = parameter(
        "m K/W", 0.0102, lo=1e-4, hi=0.5, doc="share of both legs in that: the larger, the more heat passes leg to leg"
    )
    tube_resistance = parameter("m K/W", 0.0787, lo=0.0, hi=1.0, doc="share of the leg's that the wall of the tube has")
    grout_storage = parameter(
        "J/(m K)", 43e3, lo=0.0, hi=2e5, doc="heat capacity of the grout per metre; 2.7 MJ/(m3 K)"
    )
    brine = parameter("1", 0.0, values=FLUID_NAMES, doc="what fills the tubes; `fluid: propylene glycol 30 %` sets it")
    brine_share = parameter("1", 0.0, lo=0.0, hi=0.6, doc="share of glycol by mass")
    nominal_flow = parameter("m3/h", 0.9, lo=0.05, hi=10.0, doc="flow per borehole that the pressure loss is right at")
    freezing_point = parameter("degC", 0.0, lo=-40.0, hi=0.0, doc="of the fluid; follows from it unless given")
    response = parameter("1", 0.0, count=TERMS, doc="a_k of the field")
    own_response = parameter("1", 0.0, count=TERMS, doc="a_k of a single borehole")

    entering_temp = sensor("degC", 14.5, doc="water entering the tubes")
    leaving_temp = sensor("degC", 14.5, doc="water leaving the tubes")
    flow = sensor("m3/h", doc="flow of all boreholes together")
    wall_temp = sensor("degC", 14.5, doc="borehole wall, mean of the field")
    ground_heat = sensor("W", doc="heat drawn from the ground, mean of the last minute; below zero it is charged")
    ground_energy = sensor("J", doc="heat drawn from the ground since the start")
    resistance = sensor("m K/W", 0.134, doc="effective borehole resistance at the present flow")
    spread_ratio = sensor("1", 1.0, doc="true spread of temperatures over that shown: brine holds less heat than water")
    other_fluid = status(
        doc="brine: pressure losses and heat outside the boreholes are still those of water",
        law="properties of water, while the loop holds brine",
    )
    leaked = sensor("m3", doc="water leaked since the start")
    in_service = sensor("1", 1.0, doc="boreholes that water passes")
    freezing = status(doc="water freezes in the tubes that it passes")

    fault_blocked = fault(doc="Share of the boreholes dead: flow falls, the others are drawn on harder, colder water.")
    fault_leak = fault(
        "L/h", hi=5000.0, doc="A tube leaks, at 0.25 MPa: pressure falls, make-up starts again and again."
    )
    fault_air = fault(doc="Air lock: at 1 half the flow and half the exchange; steady pressure, colder water.")
    fault_ground = fault("K", lo=-10.0, hi=10.0, doc="Ground is colder (below 0) or warmer than designed for.")
    fault_grout = fault(hi=4.0, doc="Grout has failed: at 1 twice the borehole resistance, wider gap to the ground.")
    fault_fouling = fault(doc="Fouled tubes: at 1 the flow at one pressure is down by 30 %, the gap to the ground up.")
    fault_freeze = fault(doc="Ice blocks this share of the tubes: flow falls, at 1 it stops.")

    ice = state("1", doc="share of the tubes blocked by ice")
    responses = state("K", count=TERMS, doc="parts of the wall's fall below the ground")
    fade = state("1", count=TERMS, doc="what a response keeps over a step")
    fade_step = state("s", doc="step that `fade` is for")
    inner_fade = state("1", doc="what the inner delay keeps over a step")
    outer_fade = state("1", doc="what the outer delay keeps")
    wall_fade = state("1", doc="what the delay of the wall keeps")
    inner_heat = state("W", doc="heat drawn, with the inner delay of the grout")
    outer_heat = state("W", doc="heat drawn, with the outer delay of the grout")
    wall_heat = state("W", doc="heat that reaches the wall")
    delayed_resistance = state("m K/W", doc="part of the resistance that is delayed")
    fluid_temp = state("degC", doc="temperature that the properties of the fluid are for")
    fluid_density = state("kg/m3", 1000.0, doc="density of the fluid")
    fluid_heat = state("J/(kg K)", 4190.0, doc="heat capacity of the fluid")
    fluid_conductivity = state("W/(m K)", 0.578, doc="conductivity of the fluid")
    fluid_viscosity = state("Pa s", 1.3e-3, doc="dynamic viscosity of the fluid")
    prandtl = state("1", 9.7, doc="Prandtl number of the fluid")
    since = state("s", doc="time since the last step of the wall")
    lost_seen = state("J", doc="heat that the water had lost at that step")
    passing = state("1", 1.0, doc="boreholes, less what blocks them, that the pressure loss is for")
    tube_linear = state("Pa s/kg", doc="linear loss coefficient of one borehole")
    tube_quadratic = state("Pa s2/kg2", doc="quadratic loss coefficient of one borehole")
    leak_set = state("L/h", doc="leak that its passage is set for")
    flow_seen = state("kg/s", -1.0, doc="flow per borehole that the exchange is set for")
    worn_seen = state("1", -1.0, doc="faults that the exchange is set for")

    @classmethod
    def size(cls, figures: dict[str, Any]) -> dict[str, Any]:
        """The responses of the chosen field at its depth, and the fluid; InputError where figures contradict it."""
        values = find_field(figures)
        if "fluid" in figures:
            brine, share = read_fluid(str(figures["fluid"]))
            values |= {"brine": float(brine), "brine_share": share}
            values["freezing_point"] = brine_property(brine, FREEZING, share, 0.0) if brine else 0.0
        return values

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """Fill the tubes with water of the ground's temperature and set their pressure loss."""
        passage, water = tables["passage"][row.passage], tables["pipe"][row.water]
        if row.brine == WATER and row.freezing_point < 0.0:
            raise InputError(f"water does not stay liquid down to {row.freezing_point:g} degC: name the fluid")
        row.wall_temp = row.entering_temp = row.leaving_temp = row.ground_temp
        row.other_fluid = float(row.brine != WATER)
        row.in_service = row.passing = row.boreholes
        length = 2.0 * row.depth
        row.tube_linear, row.tube_quadratic = coefficients(row.bore_mm, length, row.nominal_flow, TUBE_ROUGHNESS)
        set_fluid(row, row.ground_temp)
        _set_loss(row, water, passage)
        water.passage, water.dn_mm, water.length_m = row.passage, row.bore_mm * math.sqrt(row.boreholes), length
        water.ambient = row.ground_temp
        fill(water, float(row.ground_temp), row.boreholes * row.nominal_flow / M3H)
        for name in ("temp", "entering_temp", "leaving_temp"):
            passage[name] = row.ground_temp
        passage.kind, passage.store, passage.mass = PLUG, row.water, water.water
        passage.freezing_temp = row.freezing_point
        prepare(row, tables)
        cls.begin(row, number, tables, {})


@kernel
def actuate(fields: Rows, passages: Rows, pipes: Rows, network: Rows, balance: Rows, dt: float) -> None:
    """Boreholes in service, leaks and ice: what stands against the flow."""
    for i in range(len(fields)):
        field = fields[i]
        passage = passages[field.passage]
        active = field.boreholes - math.floor(field.fault_blocked * field.boreholes + 0.5)
        if active != field.in_service:
            held = max(1.0, active) / max(1.0, field.in_service)
            balance[0].advected -= scale(pipes[field.water], held)
            passage.mass = pipes[field.water].water
            field.in_service = active
        if field.fault_leak != field.leak_set:
            field.leak_set = field.fault_leak
            leak(passages[field.leak_way], network, field.fault_leak)
        _freeze(field, passage, dt)
        free = (1.0 - 0.5 * field.fault_air) * (1.0 - FOULED_FLOW * field.fault_fouling)
        passing = active * free * (1.0 - max(field.ice, field.fault_freeze))
        if abs(passing - field.passing) > 0.005 * passing or (passing == 0.0) != (field.passing == 0.0):
            field.passing = passing
            _set_loss(field, pipes[field.water], passage)
            network[0].moved = 1.0


@kernel
def _set_loss(field: Rows, water: Rows, passage: Rows) -> None:
    """Loss of the parallel tubes that water passes; faults of the pipe itself come on top."""
    share = field.passing if field.passing > 1e-6 else 1e-6
    water.clean_linear = field.tube_linear / share
    water.clean_quadratic = field.tube_quadratic / (share * share)
    passage.linear, passage.quadratic = water.clean_linear * water.factor, water.clean_quadratic * water.factor


@kernel
def _freeze(field: Rows, passage: Rows, dt: float) -> None:
    """Ice shuts tubes while it grows in the water that leaves, and lets them go when it does not."""
    flowing = abs(passage.flow) > LEAST_FLOW * field.in_service
    cold = passage.leaving_temp < field.freezing_point or passage.ice > 0.0
    field.freezing = 1.0 if flowing and cold else 0.0
    if field.freezing > 0.5:
        field.ice = min(1.0, field.ice + dt / FREEZE_TIME)
    elif field.ice > 0.0 and field.wall_temp > field.freezing_point:
        field.ice = max(0.0, field.ice - dt / THAW_TIME)


@kernel
def sense(fields: Rows, passages: Rows, pipes: Rows, dt: float) -> None:
    """Temperatures and flow; every minute the heat drawn, and the wall that follows it."""
    for i in range(len(fields)):
        field = fields[i]
        passage = passages[field.passage]
        field.flow = passage.flow * M3H
        field.leaked += passages[field.leak_way].flow * dt / DENSITY
        field.entering_temp, field.leaving_temp = passage.entering_temp, passage.leaving_temp
        field.since += dt
        if field.since >= PACE - 1e-6:
            drawn = field.lost_seen - pipes[field.water].lost
            field.lost_seen = pipes[field.water].lost
            field.ground_heat = drawn / field.since
            field.ground_energy += drawn
            step_wall(field)
            pipes[field.water].ambient = grout_temp(field)
            field.since = 0.0
