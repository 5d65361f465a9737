"""What a unit exchanges inside: the mode that is wanted, and evaporator and condenser by its four-way valve.

All functions take one row of the table of units. Source: docs/plants/documents.md#s8, #s9, #s10;
docs/physics/heat-pumps.md#changeover.
"""

from plant_models.heat_pump.states import (
    CHANGEOVERS,
    COOLING,
    HEATING,
    LONG,
    MODES,
    RECOVERY,
    SECOND_CONDENSER,
    WATER_SIDE,
)
from twin.kernel import Rows, kernel
from twin.points import command, fault, parameter, status
from twin.points import state as kept

MIGRATED = 0.2
"""What is left of heat and power when a running unit is turned round: the liquid lies on the wrong side, and heat and
power grow again with the lag of loading; assumed."""


class Changeover:
    """Points of the changeover: the mode, the four-way valve, and what goes wrong with them."""

    mode_cmd = command(
        lo=0.0, hi=2.0, values=MODES.names, doc="controlled water: leaving condenser, evaporator, recovery"
    )
    mode = status(values=MODES.names, lo=0.0, hi=2.0, doc="the mode the unit is in; it changes only when off")
    four_way_valve = status("1", lo=0.0, hi=1.0, doc="position: 0 the load is heated, 1 the load is cooled")
    changeover = parameter(
        "1", 0.0, lo=0.0, hi=1.0, values=CHANGEOVERS.names, doc="where heating and cooling are exchanged"
    )
    four_way_time = parameter("s", 10.0, lo=0.1, doc="stroke of the four-way valve; no heat is moved half way")
    mode_delay = parameter("s", 240.0, lo=0.0, doc="off in the new mode before a start")
    wrong_mode = fault(doc="Changeover wired the wrong way round: it controls the other water than commanded.")
    four_way_valve_stuck = fault(doc="Does not move: cools when told to heat, or heats when told to cool.")
    mode_time = kept("s", LONG, doc="in this mode")
    ordered_mode = kept("1", doc="mode command as last heard")


@kernel
def wanted_mode(unit: Rows) -> float:
    """The mode asked for; a wrong changeover turns it round. Recovery needs a second condenser, else it is heating."""
    wanted = HEATING
    if unit.ordered_mode == RECOVERY:
        second = unit.recovery >= 0 and unit.recovery_type == SECOND_CONDENSER and unit.changeover == WATER_SIDE
        wanted = RECOVERY if second else HEATING
    elif unit.ordered_mode == COOLING:
        wanted = COOLING
    if unit.wrong_mode > 0.5:
        return HEATING if wanted == COOLING else COOLING
    return wanted


@kernel
def moved(position: float, target: float, step: float) -> float:
    """A position one step nearer to its target."""
    return position + min(step, max(-step, target - position))


@kernel
def turn_valve(unit: Rows, dt: float) -> None:
    """Move the four-way valve; where it passes its middle, evaporator and condenser change places."""
    if unit.changeover == WATER_SIDE:
        return
    wanted = 1.0 if unit.mode == COOLING or unit.defrosting > 0.5 else 0.0
    if unit.four_way_valve_stuck < 0.5:
        unit.four_way_valve = moved(unit.four_way_valve, wanted, dt / unit.four_way_time)
    cools = unit.four_way_valve > 0.5
    if cools == (unit.evaporator == unit.source):
        was, flow = unit.evaporator, unit.nominal_evaporator_flow
        unit.evaporator = unit.condenser
        unit.condenser = was
        unit.nominal_evaporator_flow = unit.nominal_condenser_flow
        unit.nominal_condenser_flow = flow
        unit.seen_evaporator_flow = unit.seen_condenser_flow = -1.0
        unit.freeze_sensor_temp = unit.condenser_leaving_temp
        unit.branch_temp = unit.evaporator_leaving_temp
        unit.capacity *= MIGRATED
        unit.input_fraction *= MIGRATED
