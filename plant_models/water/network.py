"""The water side as a network: junctions joined by passages.

A passage is one way through a component (a pump, a pipe, one side of an exchanger). Components own passages: their
kernels set the coefficients and the heat of a passage; the hydraulic solver finds its flow, the thermal network its
temperatures. Flow is positive from `upstream` to `downstream`. Pressures are piezometric [Pa]: gauge pressure plus
rho g z, so that a junction's gauge pressure is `pressure - 9806.65 * elevation`.
"""

from twin.points import Model, link, parameter, sensor, state

HEAT_CAPACITY = 4190.0
"""Specific heat of water [J/(kg K)] (docs/physics/water.md#properties)."""
DENSITY = 1000.0
"""Density of water [kg/m3]; its change with temperature counts for expansion only."""
GRAVITY_HEAD = 9806.65
"""Pressure of one metre of water [Pa/m]."""
PASSES, STIRRED, PLUG, LAYERED = 0, 1, 2, 3
"""What the water does inside a passage (`Passage.kind`)."""
STANDING_LOSS = 0.05
"""Heat that the water of an insulated apparatus loses to its room [W/(K kg)] (docs/physics/water.md#standing-water)."""
ENOUGH = 0.005
"""Flow [kg/s] from which on an instrument shows what flows past it and nothing else (plant_models.tick.standing)."""
AIR, AIR_COMES = 1.0, 0.5
"""Air in place of water at a junction: of a vessel or well that is empty, or sucked on from there."""
M3H = 3.6
"""m3/h in one kg/s of water."""
NEVER = -273.15
"""Freezing point [degC] of a passage that holds no water, or whose component has a law of ice of its own."""
BLOCKED_LOSS = 1e15
"""Linear loss of a passage that ice blocks [Pa s/kg]: as tight as a valve without leakage."""


class Junction(Model):
    """A point of the network where passages meet and their waters mix."""

    recorded = False
    held = parameter(
        "1",
        0.0,
        lo=0.0,
        hi=1.0,
        doc="0 the solver finds the pressure; 1 the pressure is given (aquifer, atmosphere, tank)",
    )
    given_temp = parameter(
        "1", 0.0, lo=0.0, hi=1.0, doc="0 the temperature is that of the mixture; 1 it is given by the owner"
    )
    pressure = state("Pa", doc="piezometric pressure, above atmosphere at elevation 0")
    compliance = state("kg/Pa", doc="water taken up per pressure rise (a vessel); 0 for a rigid junction")
    temp = sensor("degC", 15.0, doc="temperature of the mixture that leaves this junction, or of what stands around it")
    elevation = parameter("m", 0.0, doc="height above the plant-room floor")
    air = state("1", doc="air stands here in place of water: 1 of an empty vessel or well, 0.5 sucked on from there")
    inflow = sensor(
        "kg/s", doc="what the passages bring more than they take: 0, or what a vessel or the outside takes up"
    )


class Passage(Model):
    """One way for water through a component; its pressure law and its heat.

    Pressure loss from upstream to downstream at flow m [kg/s]:
        linear m + quadratic m |m|  -  (lift_0 + lift_1 m - lift_2 m |m| - lift_3 m^3)      (lift_1 only for m > 0)
    so lift_2 and lift_3 resist water running backwards through a pump, running or not. `check` 1 closes against flow
    below zero.
    """

    recorded = False
    upstream = link("junction")
    downstream = link("junction")
    kind = link(
        "", "what the water does inside: 0 passes, 1 is stirred with `mass`, 2 plug flow (a pipe), 3 layers (a tank)"
    )
    store = link("", "row in the table of pipes (kind 2) or tanks (kind 3)")
    linear = state("Pa s/kg", 0.0, doc="linear loss coefficient")
    quadratic = state("Pa s2/kg2", 1.0, doc="quadratic loss coefficient")
    lift_0 = state("Pa", 0.0, doc="pump: pressure at no flow, at the present speed")
    lift_1 = state("Pa s/kg", 0.0, doc="pump: linear coefficient at the present speed")
    lift_2 = state("Pa s2/kg2", 0.0, doc="pump: quadratic coefficient, positive")
    lift_3 = state("Pa s3/kg3", 0.0, doc="pump: cubic coefficient at the present speed, positive")
    check = state("1", 0.0, doc="1: a check valve lets no water run backwards")
    flow = sensor("kg/s", 0.0, doc="flow, positive from upstream to downstream")
    mass = parameter("kg", 0.0, doc="stirred water inside")
    heat = state("W", 0.0, doc="heat given to the water during this tick")
    energy = state("J", 0.0, doc="heat given to the water since the start")
    temp = state("degC", 15.0, doc="temperature of the stirred water")
    steam = state("J", 0.0, doc="heat in the steam that the water has made and not yet taken back")
    freezing_temp = parameter("degC", 0.0, doc="freezing point of the water; lower where the loop holds brine")
    ice = state("J", 0.0, doc="heat of fusion that the ice in the water has given away; it takes as much to melt")
    coldest = state("degC", -1e9, doc="plug flow: no water in the pipe is colder; the ambient left aside")
    warmest = state("degC", 1e9, doc="plug flow: no water in the pipe is warmer; the ambient left aside")
    ice_share = sensor("1", 0.0, doc="share of the water that is ice")
    blocked = sensor("1", 0.0, doc="1: ice blocks the passage, as a shut valve would")
    loss_rate = parameter("W/K", 0.0, lo=0.0, doc="heat that the stirred water loses to its room; not for pipes, tanks")
    room_temp = parameter("degC", 20.0, lo=-50.0, hi=60.0, doc="the room around it")
    entering_temp = sensor("degC", 15.0, doc="temperature of the water coming in, mean of the last tick")
    leaving_temp = sensor("degC", 15.0, doc="temperature of the water going out, mean of the last tick")


class Network(Model):
    """The one row that the solver and the components share about the network as a whole."""

    moved = state("1", 1.0, doc="1: a coefficient has changed since the last solution, or that did not converge")
    solutions = state("1", 0.0, doc="how often the network was solved")
    iterations = state("1", 0.0, doc="Newton iterations of all solutions")
    residual = state("1", 0.0, doc="error of the flows left by the last solution, relative to the largest flow")
    drift = state("kg/s", 0.0, doc="largest inflow of a vessel at the last solution")
    closure = state("1", 0.0, doc="worst water balance of a junction since the start, relative to the largest flow")
    boiling = sensor(
        "1",
        doc="passages in which water boils, and junctions at the vapour pressure of their water",
        law="liquid water: it is held at its boiling point, pressures at the vapour pressure",
    )
    boiled = state("s", doc="time since the start in which water boiled somewhere")
    pockets = state("1", doc="junctions that a pocket of vapour holds at their vapour pressure")
    suspects = state("1", doc="junctions below the pressure of the air, or hot: looked at in every tick")
    drained = state("1", doc="vessels and wells that give air in place of water")
    airy = state("1", doc="half the junctions that air was sucked to")
    icy = sensor("1", doc="passages with ice in them", law="liquid water: it is held at its freezing point")
    was_icy = state("1", doc="passages with ice in them one tick before")
    frozen = sensor("1", doc="passages that ice blocks")
    frozen_time = state("s", doc="time since the start in which ice blocked a passage")
    failures = state("1", 0.0, doc="solutions that did not reach the tolerance")
