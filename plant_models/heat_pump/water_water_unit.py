"""The heat-pump unit: a compressor on a performance map that starts, loads and protects itself.

One row is one unit with one circuit. `changeover` says where heating and cooling are exchanged
(docs/plants/documents.md#s7, #s9):
- water_side: valves outside exchange the waters. The passages are `evaporator` and `condenser`, always cooled and
  heated; the mode only says which leaving temperature the unit controls.
- refrigerant_side: a four-way valve inside exchanges evaporator and condenser. The passages are `source` (ground water,
  or the air of an AirCoil: `source: coil_1.air`) and `load`, whose leaving temperature is controlled in either mode.
  What is called evaporator or condenser below is then the passage that has this part at the moment.
`recovery` may stand in a chain besides (S8): a second condenser, or a desuperheater that takes the superheat only.
Protections and timers are the unit's own (docs/physics/heat-pumps.md#protections); a controller must not rely on them:
what it asked for against them is counted in `short_cycle`, `refused_starts` and `short_runs`. Power taken and heat
given are positive.
Source: docs/physics/heat-pumps.md#maps, #protections, #rated-points, docs/plants/documents.md#s7. Checked by
tests/plant_models/heat_pump.
"""

from typing import Any, ClassVar

from plant_models.heat_pump.changeover import Changeover, turn_valve
from plant_models.heat_pump.defrost import Defrost
from plant_models.heat_pump.head_pressure import HeadPressure, regulate
from plant_models.heat_pump.orders import Orders, take_orders
from plant_models.heat_pump.pressures import Pressures
from plant_models.heat_pump.protection import Protection, judge_flows, supervise
from plant_models.heat_pump.rating import Rating, fit_coil, fit_passages, rate_unit, take_roles
from plant_models.heat_pump.recovery import Recovery, share_heat
from plant_models.heat_pump.refrigerant import Refrigerant, convey
from plant_models.heat_pump.sequence import Sequence, advance_sequence, switch_contactor, tell, tick_clocks
from plant_models.heat_pump.staging import Staging
from plant_models.heat_pump.start import INITIAL, begin_unit, settle_refrigerant
from plant_models.heat_pump.states import COOLING, NONE, RECOVERY, REFRIGERANT_SIDE
from plant_models.heat_pump.trips import Trips, burst, clear, read_reset, trip
from plant_models.water.network import M3H
from twin.errors import InputError
from twin.kernel import Rows, kernel
from twin.points import Model, link, sensor
from twin.symbol import Symbol

WARM, COLD = 15.0, -20.0
"""What a defrost sensor that is stuck shows [degC]."""
COLUMNS = """
    enable_cmd mode_cmd leaving_temp_sp capacity_limit_cmd recovery_cmd recovery_temp_sp defrost_cmd reset_cmd
    state mode running waiting start_in pump_request condenser_pump_request stage capacity evaporator_flow_ok
    condenser_flow_ok recovery_flow_ok four_way_valve recovery_share defrosting short_cycle map_clamped
    oil_return speculative frozen alarm alarm_flow alarm_lp alarm_hp alarm_freeze alarm_oil alarm_phase
    alarm_source alarm_discharge alarm_comm alarm_lockout alarm_frozen entering_temp leaving_temp
    source_entering_temp source_leaving_temp recovery_entering_temp recovery_leaving_temp recovery_flow
    defrost_sensor_temp evaporator_entering_temp evaporator_leaving_temp condenser_entering_temp
    condenser_leaving_temp evaporator_flow condenser_flow evaporating_temp condensing_temp
    evaporating_pressure condensing_pressure discharge_temp freeze_sensor_temp heating_capacity
    cooling_capacity recovery_capacity power cop eer heating_energy cooling_energy recovery_energy energy
    run_hours starts starts_last_hour start_requests refused_starts short_runs defrosts retries
    refrigerant_leak condenser_fouling evaporator_fouling expansion_valve_stuck stuck_stage contactor_weld
    oil_failure phase_loss supply_loss running_lie evaporator_switch_stuck condenser_switch_stuck wrong_mode
    four_way_valve_stuck recovery_valve_stuck defrost_sensor_stuck comm_loss clock state_time on_time
    since_stop powered mode_time step_timer flow_timer lp_timer freeze_timer freeze_refrigerant_timer
    oil_timer source_timer discharge_timer request_time proof_time freezing_timer slow_time comm_timer
    frost_time defrost_time since_defrost lag_dt
    envelope head_pressure_valve head_pressure_valve_stuck difference_timer compressing
"""
"""The points that a recording has of a unit, in the order of its columns; a new one comes last."""


class WaterWaterUnit(
    Orders,
    Sequence,
    Staging,
    Protection,
    Trips,
    Changeover,
    Recovery,
    Defrost,
    Refrigerant,
    Pressures,
    HeadPressure,
    Rating,
    Model,
):
    """A water/water heat pump or chiller of one circuit with its own protections. Source:
    docs/physics/heat-pumps.md#maps, #protections.

    Its points are declared beside the kernels that they belong to.
    """

    initial = INITIAL
    symbol = Symbol("exchanger", letters={"evaporator": "E", "condenser": "C", "recovery": "R"})
    into_water = "units, net"
    energies: ClassVar = {
        "heat given by the units": "heating_energy", "heat taken up by the units": "cooling_energy",
        "heat recovered, in that given": "recovery_energy", "electricity of the units": "energy",
    }  # fmt: skip
    order = tuple(COLUMNS.split())
    route = ()
    optional = ("evaporator", "condenser", "source", "load", "recovery")
    catalogue = "units"
    implied: ClassVar = {"map": "file"}

    evaporator = link("passage", "water that is cooled, a stirred passage")
    condenser = link("passage", "water that is heated, a stirred passage")
    source = link("passage", "refrigerant_side: ground water, or the air of a coil")
    load = link("passage", "refrigerant_side: the water of the building")
    recovery = link("passage", "water of a second condenser or of a desuperheater, where there is one")
    map = link("performancemap", "full-load performance of a unit of scale 1")
    meter = link("electricitymeter")

    entering_temp = sensor("degC", 15.0, doc="controlled water, entering")
    leaving_temp = sensor("degC", 15.0, doc="controlled water, leaving")
    source_entering_temp = sensor("degC", 15.0, doc="the other water, or the outdoor air, entering")
    source_leaving_temp = sensor("degC", 15.0, doc="the other water leaving, or the surface of the coil")
    evaporator_entering_temp = sensor("degC", 15.0)
    evaporator_leaving_temp = sensor("degC", 15.0)
    condenser_entering_temp = sensor("degC", 15.0)
    condenser_leaving_temp = sensor("degC", 15.0)
    evaporator_flow = sensor("m3/h", doc="positive in the intended direction")
    condenser_flow = sensor("m3/h", doc="positive in the intended direction")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """Rate the unit on its map, fit its passages, and give every unit a restart delay of its own."""
        if row.map < 0:
            raise InputError("a WaterWaterUnit needs a map: name a shipped map or a component of model PerformanceMap")
        take_roles(row, tables)
        rate_unit(row, tables["performancemap"][row.map])
        fit_passages(row, tables["passage"])
        fit_coil(row, number, tables)
        row.branch_temp = tables["passage"][row.condenser].temp
        row.freeze_sensor_temp = tables["passage"][row.evaporator].temp
        if row.restart_stagger == 0.0:
            row.restart_stagger = 5.0 + (35.0 * number) % 76.0

    @classmethod
    def begin(cls, row: Any, number: int, tables: dict[str, Any], given: dict[str, float]) -> None:  # noqa: ARG003
        """Running at `capacity`, in `mode`, or locked out (start.py)."""
        begin_unit(row, given)

    @classmethod
    def settle(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """Its instruments and its refrigerant are in step with its waters."""
        sense(tables[cls.table][number : number + 1], tables["passage"])
        settle_refrigerant(row, tables)


@kernel
def actuate(units: Rows, passages: Rows, network: Rows, dt: float) -> None:
    """Timers, protections, start sequence and valves of all units, from the sensors of the last tick; dt [s]."""
    for i in range(len(units)):
        unit = units[i]
        tick_clocks(unit, dt)
        take_orders(unit, dt)
        judge_flows(unit)
        if read_reset(unit):
            clear(unit)
        cause = supervise(unit, dt)
        if cause != NONE:
            trip(unit, cause)
        advance_sequence(unit, dt)
        turn_valve(unit, dt)
        share_heat(unit, dt)
        regulate(unit, dt)
        switch_contactor(unit)
        tell(unit)
        if unit.frozen > 0.5 and unit.blocked < 0.5:
            burst(unit, passages[unit.evaporator], network)


@kernel
def exchange(units: Rows, passages: Rows, maps: Rows, dt: float) -> None:
    """Heat given to all waters [W] during this tick, electric power and energies; warm side = cold side + power."""
    for i in range(len(units)):
        unit = units[i]
        recovery = unit.recovery if unit.recovery >= 0 else unit.condenser
        convey(unit, passages[unit.evaporator], passages[unit.condenser], passages[recovery], maps[unit.map], dt)


@kernel
def sense(units: Rows, passages: Rows) -> None:
    """Water temperatures and flows as the unit's own instruments show them."""
    for i in range(len(units)):
        unit = units[i]
        evaporator, condenser = passages[unit.evaporator], passages[unit.condenser]
        unit.evaporator_flow = evaporator.flow * M3H
        unit.condenser_flow = condenser.flow * M3H
        unit.evaporator_entering_temp = evaporator.entering_temp
        unit.condenser_entering_temp = condenser.entering_temp
        unit.evaporator_leaving_temp = evaporator.leaving_temp
        unit.condenser_leaving_temp = condenser.leaving_temp
        controlled, other = unit.condenser, unit.evaporator
        if unit.recovery >= 0:
            recovery = passages[unit.recovery]
            unit.recovery_flow = recovery.flow * M3H
            unit.recovery_entering_temp = recovery.entering_temp
            unit.recovery_leaving_temp = recovery.leaving_temp
        if unit.changeover == REFRIGERANT_SIDE:
            controlled, other = unit.load, unit.source
        elif unit.mode == COOLING:
            controlled, other = unit.evaporator, unit.condenser
        elif unit.mode == RECOVERY:
            controlled = unit.recovery
        unit.entering_temp = passages[controlled].entering_temp
        unit.leaving_temp = passages[controlled].leaving_temp
        unit.source_entering_temp = passages[other].entering_temp
        unit.source_leaving_temp = passages[other].temp if unit.air > 0.5 else passages[other].leaving_temp
        stuck = unit.defrost_sensor_stuck
        unit.defrost_sensor_temp = WARM if stuck > 0.5 else (COLD if stuck < -0.5 else unit.source_leaving_temp)
