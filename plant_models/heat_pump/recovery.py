"""Heat for a second water: the share of a second condenser, by its refrigerant valve.

All functions take one row of the table of units. Source: docs/plants/documents.md#s8.
"""

from plant_models.heat_pump.changeover import moved
from plant_models.heat_pump.states import DESUPERHEATER, ONOFF, RECOVERIES, RECOVERY
from twin.kernel import Rows, kernel
from twin.points import command, fault, parameter, sensor, setpoint, status
from twin.points import state as kept


class Recovery:
    """Points of a second condenser or desuperheater."""

    recovery_cmd = command("1", lo=0.0, hi=1.0, doc="share of the condensing heat for the second condenser")
    recovery_temp_sp = setpoint("degC", 50.0, lo=0.0, hi=80.0, doc="recovery water leaving: the share goes back there")
    recovery_flow_ok = status(values=ONOFF.names, doc="flow switch of the recovery water")
    recovery_share = status("1", lo=0.0, hi=1.0, doc="position of the refrigerant valve to the second condenser")
    recovery_entering_temp = sensor("degC", 15.0)
    recovery_leaving_temp = sensor("degC", 15.0)
    recovery_flow = sensor("m3/h", doc="positive in the intended direction")
    recovery_capacity = sensor("W", doc="heat given to the recovery water, mean of the tick")
    recovery_energy = kept("J", doc="heat given to the recovery water, contained in heating_energy")
    recovery_type = parameter("1", 0.0, lo=0.0, hi=1.0, values=RECOVERIES.names, doc="what the recovery passage is")
    nominal_recovery_flow = parameter("m3/h", 0.0, lo=0.0, doc="0: as the condenser; desuperheater: its share of that")
    recovery_drop = parameter("Pa", 30e3, lo=0.0, doc="pressure loss at nominal flow")
    recovery_valve_time = parameter("s", 60.0, lo=1.0, doc="stroke of the refrigerant valve to the second condenser")
    recovery_band = parameter("K", 4.0, lo=0.1, doc="band about recovery_temp_sp in which the share goes back")
    desuperheater_share = parameter("1", 0.13, lo=0.0, hi=0.3, doc="most it can take of the heat given (0.10-0.15)")
    desuperheater_effectiveness = parameter("1", 0.7, lo=0.0, hi=1.0, doc="between discharge gas and entering water")
    recovery_valve_stuck = fault(doc="Does not move: the recovery water gets the same share whatever is commanded.")


@kernel
def share_heat(unit: Rows, dt: float) -> None:
    """Move the refrigerant valve to the second condenser: as commanded, held back by its own thermostat and flow.

    Where head pressure is held, cold water in the second condenser gets no more heat than keeps the pressure up.
    """
    if unit.recovery < 0 or unit.recovery_type == DESUPERHEATER or unit.recovery_valve_stuck > 0.5:
        return
    wanted = 1.0
    if unit.mode != RECOVERY:
        room = 0.5 + (unit.recovery_temp_sp - unit.recovery_leaving_temp) / unit.recovery_band
        wanted = min(unit.recovery_cmd, max(0.0, room)) if unit.recovery_flow_ok > 0.5 else 0.0
    if unit.head_pressure_temp > 0.0:
        high = 1.0 + (unit.condensing_temp - unit.head_pressure_temp) / unit.head_pressure_band
        wanted *= min(1.0, max(0.0, high))
    unit.recovery_share = moved(unit.recovery_share, wanted, dt / unit.recovery_valve_time)
