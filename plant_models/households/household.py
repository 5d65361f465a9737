"""A household on a ring or on its own boreholes: its room units behind one meter, as one passage
(docs/plants/documents.md#s4, #s5).

The open valves of the units, in parallel, are the resistance of the passage; the units share its entering water. A
household takes one step every `step_s`; in a village the households take theirs in turn, a few every tick, and the
network hears of all their valves together once in `step_s`. Between two steps heat and power stay as they are, so
meters and accounts close to rounding: the water gets minus what the units take and what it loses to their rooms.
"""

import math
from typing import Any, ClassVar

from plant_models.building.zone import give_heat, give_vapour
from plant_models.constants import EVAPORATION_HEAT
from plant_models.households.sequence import cut, draw, step
from plant_models.water.ice import Icing
from plant_models.water.network import M3H, STANDING_LOSS
from twin.kernel import Rows, kernel
from twin.points import RISES, Model, fault, link, parameter, sensor, state, status
from twin.symbol import ROOMS, Symbol

LEAK = 1e-3
"""What a closed valve lets through, as a part of what it does when open."""
NOTICED = 0.02
"""Relative change of a household's conductance that is worth solving the network for."""


class Household(Icing, Model):
    """One household: a passage, two to ten room units, a meter of heat, water and electricity."""

    symbol = Symbol("house", end=ROOMS)
    into_water = "room units"
    energies: ClassVar = {
        "heat given by room units": "energy_heating", "heat taken up by room units": "energy_cooling",
        "electricity of households": "energy", "heat taken from the water by room units": "energy_source",
        "heat lost to rooms by the water in room units": "energy_standing",
    }  # fmt: skip
    passage = link("passage")
    meter = link("electricitymeter")
    first = link("", "its first room unit")
    units = link("", "how many room units it has")

    pressure_drop = parameter("Pa", 30e3, lo=100.0, doc="with all valves open, at the rated flow of all its units")
    step_s = parameter("s", 1.0, lo=0.0, doc="step of the room units; that of the first household counts for all")
    seed = parameter("1", 1.0, lo=0.0, hi=1e6, doc="of the draw of presence; that of the first household counts")
    standby_power = parameter("W", 15.0, lo=0.0, doc="meter, gateway and electronics of the units; a default")

    power = sensor("W", doc="electric power of the household's room units")
    heat = sensor("W", doc="heat into the rooms, negative when cooling")
    source_heat = sensor("W", doc="heat taken from the water, negative when cooling")
    flow = sensor("m3/h", doc="water flow")
    entering_temp = sensor("degC", 15.0, doc="water entering the household")
    leaving_temp = sensor("degC", 15.0, doc="water leaving the household")
    calling = status(doc="how many thermostats call")
    open_valves = status(doc="how many water valves stand open: where there is one, water is wanted")
    running = status(doc="how many compressors run")
    warning_low_source = status(doc="how many units unload because of cold water")
    alarm = status(doc="how many units are stopped by a protection")
    energy = sensor("J", doc="electricity used since the start", tags=(RISES,))
    energy_heating = sensor("J", doc="heat given to the rooms since the start", tags=(RISES,))
    energy_cooling = sensor("J", doc="heat taken from the rooms since the start", tags=(RISES,))
    energy_source = sensor("J", doc="heat taken from the water since the start, net")
    volume = sensor("m3", doc="water passed since the start")
    energy_standing = state("J", doc="heat that the water in the units lost to the rooms since the start")

    conductance = state("kg/s", -1.0, doc="open valves, as rated flow; -1 before the first step")
    stepped = state("1", doc="tick of the last step")
    clock = state("1", doc="first household: ticks since the start")
    pending = state("1", doc="first household: a valve has moved since the network heard of it")

    no_supply = fault(doc="No electricity: the compressors stop at once and start again one after another.")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """All valves closed until the first step."""
        tables["passage"][row.passage].quadratic = row.pressure_drop / (LEAK * LEAK)


@kernel
def advance(houses: Rows, units: Rows, zones: Rows, weather: Rows, passages: Rows, network: Rows, dt: float) -> None:
    """Let dt [s] pass: the households whose turn it is take a step; nothing is touched of the others."""
    if len(houses) == 0:
        return
    head = houses[0]
    head.clock += 1.0
    period = max(1, math.floor(head.step_s / dt + 0.5))
    turn = int(head.clock) % period
    seconds = weather[0].start_second + weather[0].time_s
    for h in range(turn, len(houses), period):
        house = houses[h]
        passed = (head.clock - house.stepped) * dt
        house.stepped = head.clock
        _book(house, units, zones, passages[house.passage], passed)
        _step(house, units, zones, passages[house.passage], head, seconds, passed)
    if turn == 0 and head.pending > 0.5:
        head.pending = 0.0
        network[0].moved = 1.0


@kernel
def _book(house: Rows, units: Rows, zones: Rows, passage: Rows, passed: float) -> None:
    """Book what the units did since the last step, at the heat and power they had."""
    for i in range(house.first, house.first + house.units):
        u = units[i]
        lost = u.standing * passed
        house.energy_standing += lost
        give_heat(zones, u.zone, lost)
        if u.power != 0.0:
            joules = (u.capacity + u.latent) * passed
            if u.latent > 0.0:
                vapour = u.latent * passed / EVAPORATION_HEAT
                give_vapour(zones, u.zone, -vapour)
                u.condensate += vapour
                u.latent_energy += u.latent * passed
            give_heat(zones, u.zone, joules)
            u.heat_to_room += joules
            u.energy += u.power * passed
    house.energy += house.power * passed
    if house.heat > 0.0:
        house.energy_heating += house.heat * passed
    else:
        house.energy_cooling -= house.heat * passed
    house.energy_source += house.source_heat * passed
    house.volume += house.flow / 3600.0 * passed
    house.entering_temp, house.leaving_temp = passage.entering_temp, passage.leaving_temp
    house.flow = passage.flow * M3H


@kernel
def _step(house: Rows, units: Rows, zones: Rows, passage: Rows, head: Rows, seconds: float, passed: float) -> None:
    """Let every unit decide, and add them up."""
    house.power = house.standby_power if house.no_supply < 0.5 else 0.0
    house.heat = house.source_heat = 0.0
    house.calling = house.open_valves = house.running = house.warning_low_source = house.alarm = 0.0
    share = passage.flow / house.conductance if house.conductance > 0.0 else 0.0
    conductance, lost = 0.0, 0.0
    for i in range(house.first, house.first + house.units):
        u = units[i]
        zone = zones[u.zone]
        water = abs(share * open_flow(u))
        draw(u, i, head.seed, seconds)
        if house.no_supply > 0.5:
            cut(u, passage.temp)
        else:
            step(
                u,
                zone.temp,
                zone.humidity_ratio,
                zone.measured_temp,
                passage.entering_temp,
                water,
                passage.temp,
                passage.ice_share,
                passed,
            )
        u.standing = STANDING_LOSS * u.water_mass * (passage.temp - zone.temp)
        lost += u.standing
        conductance += open_flow(u)
        house.power += u.power
        house.heat += u.capacity
        house.source_heat += u.source_heat
        house.calling += u.calling
        house.open_valves += u.valve
        house.running += u.running
        house.warning_low_source += u.warning_low_source
        house.alarm += u.alarm
    passage.heat = -house.source_heat - lost
    if abs(conductance - house.conductance) > NOTICED * conductance:
        house.conductance = conductance
        passage.quadratic = house.pressure_drop / (conductance * conductance)
        head.pending = 1.0


@kernel
def open_flow(u: Rows) -> float:
    """Rated flow of a unit through its valve as it stands [kg/s]."""
    return u.rated_flow * (LEAK + (1.0 - LEAK) * u.valve) * (1.0 - 0.9 * u.low_flow)  # type: ignore[no-any-return]
