"""What the controller orders: taken over while there is word from it, and counted where it is against the timers.

All functions take one row of the table of units. Source: docs/physics/heat-pumps.md#protections.
"""

import math

from plant_models.heat_pump.states import ONOFF, ROUNDING
from twin.kernel import Rows, kernel
from twin.points import RISES, command, fault, parameter, sensor, setpoint, status
from twin.points import alarm as own_alarm
from twin.points import state as kept


class Orders:
    """Orders: what the controller wants, as last heard, and what it asked for against the unit's own timers."""

    enable_cmd = command(lo=0.0, hi=1.0, values=ONOFF.names, doc="the unit may run")
    leaving_temp_sp = setpoint("degC", 45.0, lo=0.0, hi=70.0, doc="leaving temperature of the controlled water")
    capacity_limit_cmd = command("1", 1.0, lo=0.0, hi=1.0, doc="demand limit; the lowest step is never refused")
    short_cycle = status(values=ONOFF.names, doc="the enable command asks for a restart within the minimum off time")
    alarm_comm = own_alarm(doc="no word from the controller, for longer than comm_timeout where that is given")
    start_requests = sensor("1", doc="rising edges of the enable command")
    refused_starts = sensor("1", doc="rising edges of the enable command that met the minimum off time", tags=(RISES,))
    short_runs = sensor("1", doc="falling edges of the enable command within the minimum on time")
    comm_timeout = parameter("s", 0.0, lo=0.0, doc="without word until it stops by itself; 0: the last orders hold")
    comm_loss = fault(doc="No word from the controller: the last orders hold, or it stops after comm_timeout.")
    seen_enable = kept("1", doc="enable command of the last tick")
    enabled = kept("1", doc="enable command as last heard")
    ordered_temp = kept("degC", 45.0, doc="leaving temperature set point as last heard")
    ordered_limit = kept("1", 1.0, doc="demand limit as last heard")
    comm_timer = kept("s", doc="without word from the controller")


@kernel
def take_orders(unit: Rows, dt: float) -> None:
    """Take over what the controller orders; without word from it the last orders hold, or the unit stops."""
    if unit.comm_loss < 0.5:
        unit.comm_timer = unit.alarm_comm = 0.0
        unit.enabled = 1.0 if unit.enable_cmd >= 0.5 else 0.0
        unit.ordered_mode = math.ceil(unit.mode_cmd - 0.5)
        unit.ordered_temp = unit.leaving_temp_sp
        unit.ordered_limit = unit.capacity_limit_cmd
        return
    unit.comm_timer += dt
    if unit.comm_timeout <= 0.0:
        unit.alarm_comm = 1.0
    elif unit.comm_timer > unit.comm_timeout - ROUNDING:
        unit.enabled = 0.0
        unit.alarm_comm = 1.0


@kernel
def count_orders(unit: Rows) -> None:
    """Count what the controller asks for: starts, starts within min-off, stops within min-on."""
    enabled = unit.enabled > 0.5
    if enabled and unit.seen_enable < 0.5:
        unit.start_requests += 1.0
        if unit.contactor < 0.5 and unit.since_stop < unit.min_off - ROUNDING:
            unit.short_cycle = 1.0
            unit.refused_starts += 1.0
    elif not enabled and unit.seen_enable >= 0.5 and unit.contactor > 0.5 and unit.on_time < unit.min_on - ROUNDING:
        unit.short_runs += 1.0
    if not enabled:
        unit.short_cycle = 0.0
    unit.seen_enable = 1.0 if enabled else 0.0
