"""The heat-pump unit: a compressor on a performance map that starts, loads and protects itself.

One row is one unit with one circuit. `changeover` says where heating and cooling are exchanged (systems.md S7, S9):
- water_side: valves outside exchange the waters. The passages are `evaporator` and `condenser`, always cooled and
  heated; the mode only says which leaving temperature the unit controls.
- refrigerant_side: a four-way valve inside exchanges evaporator and condenser. The passages are `source` (ground water,
  or the air of an AirCoil: `source: coil_1.air`) and `load`, whose leaving temperature is controlled in either mode.
  What is called evaporator or condenser below is then the passage that has this part at the moment.
`recovery` may stand in a chain besides (S8): a second condenser, or a desuperheater that takes the superheat only.
Protections and timers are the unit's own (physics.md 1.9); a controller must not rely on them: what it asked for
against them is counted in `short_cycle`, `refused_starts` and `short_runs`. Power taken and heat given are positive.
Source: physics.md 1.8, 1.9, 3.1, 3.4. Checked by tests/plant_models/heat_pump.
"""

from typing import Any, ClassVar

from plant_models.heat_pump.phases import actuate, exchange, sense
from plant_models.heat_pump.rating import fit_coil, fit_passages, rate_unit, take_roles
from twin.errors import InputError
from twin.points import Model, command, fault, link, parameter, sensor, setpoint, status
from twin.points import alarm as own_alarm
from twin.points import state as kept
from twin.symbol import Symbol

__all__ = ["WaterWaterUnit", "actuate", "exchange", "sense"]
LONG, ONOFF = 86400.0, {0: "off", 1: "on"}
MODES = {0: "heating", 1: "cooling", 2: "recovery"}
STATES = {0: "off", 1: "pre", 2: "start", 3: "run", 4: "stopping", 5: "alarm", 6: "lockout"}
CHANGEOVERS = {0: "water_side", 1: "refrigerant_side"}
RECOVERIES = {0: "second_condenser", 1: "desuperheater"}
DEFROSTS = {0: "none", 1: "reverse", 2: "hot_gas"}
SOURCE_CHECKS = {0: "none", 1: "groundwater", 2: "ground_loop"}
PART_LOADS = {0: "steps", 1: "slide", 2: "variable_speed"}


class WaterWaterUnit(Model):
    """A water/water heat pump or chiller of one circuit with its own protections. Source: physics.md 1.8, 1.9."""

    symbol = Symbol("exchanger", letters={"evaporator": "E", "condenser": "C", "recovery": "R"})
    into_water = "units, net"
    energies: ClassVar = {
        "heat given by the units": "heating_energy", "heat taken up by the units": "cooling_energy",
        "heat recovered, in that given": "recovery_energy", "electricity of the units": "energy",
    }  # fmt: skip
    evaporator = link("passage", "water that is cooled, a stirred passage")
    condenser = link("passage", "water that is heated, a stirred passage")
    source = link("passage", "refrigerant_side: ground water, or the air of a coil")
    load = link("passage", "refrigerant_side: the water of the building")
    recovery = link("passage", "water of a second condenser or of a desuperheater, where there is one")
    map = link("performancemap", "full-load performance of a unit of scale 1")
    meter = link("electricitymeter")
    route = ()
    optional = ("evaporator", "condenser", "source", "load", "recovery")
    catalogue = "units"
    implied: ClassVar = {"map": "file"}
    enable_cmd = command(lo=0.0, hi=1.0, values=ONOFF, doc="the unit may run")
    mode_cmd = command(lo=0.0, hi=2.0, values=MODES, doc="controlled water: leaving condenser, evaporator, recovery")
    leaving_temp_sp = setpoint("degC", 45.0, lo=0.0, hi=70.0, doc="leaving temperature of the controlled water")
    capacity_limit_cmd = command("1", 1.0, lo=0.0, hi=1.0, doc="demand limit; the lowest step is never refused")
    recovery_cmd = command("1", lo=0.0, hi=1.0, doc="share of the condensing heat for the second condenser")
    recovery_temp_sp = setpoint("degC", 50.0, lo=0.0, hi=80.0, doc="recovery water leaving: the share goes back there")
    defrost_cmd = command(lo=0.0, hi=1.0, values=ONOFF, doc="a rising edge starts a defrost of a running unit")
    reset_cmd = command(lo=0.0, hi=1.0, values=ONOFF, doc="a rising edge clears alarms and lockout, not damage")

    state = status(values=STATES, lo=0.0, hi=6.0, doc="pre proves flow, alarm retries, lockout waits")
    mode = status(values=MODES, lo=0.0, hi=2.0, doc="the mode the unit is in; it changes only when off")
    running = status(values=ONOFF, doc="compressor run proof")
    waiting = status(values=ONOFF, doc="enabled, but held back by a timer of its own")
    start_in = sensor("s", doc="time until the timers permit a start")
    pump_request = status(values=ONOFF, doc="the unit wants flow on both sides")
    condenser_pump_request = status(values=ONOFF, doc="the same for the condenser: later by condenser_pump_delay")
    stage = status("1", doc="loaded steps, 0 when off")
    capacity = sensor("1", doc="actual capacity as a fraction of full load")
    evaporator_flow_ok = status(values=ONOFF, doc="flow switch of the evaporator")
    condenser_flow_ok = status(values=ONOFF, doc="flow switch of the condenser")
    recovery_flow_ok = status(values=ONOFF, doc="flow switch of the recovery water")
    four_way_valve = status("1", lo=0.0, hi=1.0, doc="position: 0 the load is heated, 1 the load is cooled")
    recovery_share = status("1", lo=0.0, hi=1.0, doc="position of the refrigerant valve to the second condenser")
    defrosting = status(values=ONOFF, doc="the coil is being thawed; the load gives the heat where the cycle reverses")
    short_cycle = status(values=ONOFF, doc="the enable command asks for a restart within the minimum off time")
    map_clamped = status(values=ONOFF, doc="runs beyond the edge of its map: the figures of the edge are used")
    oil_return = status(values=ONOFF, doc="runs fast to bring oil back, whatever the load")
    speculative = status(values=ONOFF, doc="no such machine exists: the figures are assumptions (systems.md S14)")
    frozen = status(values=ONOFF, doc="the evaporator froze with the compressor on: tubes damaged, for good")

    alarm = own_alarm(doc="any alarm of the unit")
    alarm_flow = own_alarm(doc="flow not proven at start, or lost while running")
    alarm_lp = own_alarm(doc="low refrigerant pressure")
    alarm_hp = own_alarm(doc="high refrigerant pressure")
    alarm_freeze = own_alarm(doc="evaporator near freezing")
    alarm_oil = own_alarm(doc="no oil pressure")
    alarm_phase = own_alarm(doc="a phase of the supply is missing or in the wrong order")
    alarm_source = own_alarm(doc="source water out of the range that the unit is built for")
    alarm_discharge = own_alarm(doc="discharge gas too hot")
    alarm_comm = own_alarm(doc="no word from the controller for longer than comm_timeout")
    alarm_lockout = own_alarm(doc="will not start again before it is reset by hand")
    alarm_frozen = own_alarm(doc="tube damage by freezing; a reset does not clear it")

    entering_temp = sensor("degC", 15.0, doc="controlled water, entering")
    leaving_temp = sensor("degC", 15.0, doc="controlled water, leaving")
    source_entering_temp = sensor("degC", 15.0, doc="the other water, or the outdoor air, entering")
    source_leaving_temp = sensor("degC", 15.0, doc="the other water leaving, or the surface of the coil")
    recovery_entering_temp = sensor("degC", 15.0)
    recovery_leaving_temp = sensor("degC", 15.0)
    recovery_flow = sensor("m3/h", doc="positive in the intended direction")
    defrost_sensor_temp = sensor("degC", 15.0, doc="what the unit's sensor on the coil shows")
    evaporator_entering_temp = sensor("degC", 15.0)
    evaporator_leaving_temp = sensor("degC", 15.0)
    condenser_entering_temp = sensor("degC", 15.0)
    condenser_leaving_temp = sensor("degC", 15.0)
    evaporator_flow = sensor("m3/h", doc="positive in the intended direction")
    condenser_flow = sensor("m3/h", doc="positive in the intended direction")
    evaporating_temp = sensor("degC", 15.0, doc="saturation temperature of the low side")
    condensing_temp = sensor("degC", 15.0, doc="saturation temperature of the high side")
    evaporating_pressure = sensor("Pa", 488e3, doc="absolute")
    condensing_pressure = sensor("Pa", 488e3, doc="absolute")
    discharge_temp = sensor("degC", 15.0)
    freeze_sensor_temp = sensor("degC", 15.0, doc="pocket in the evaporator's outlet head, slower than the water")
    heating_capacity = sensor("W", doc="heat given on the warm side, recovery included; negative in a reverse defrost")
    cooling_capacity = sensor("W", doc="heat taken on the cold side, mean of the tick; negative in a defrost")
    recovery_capacity = sensor("W", doc="heat given to the recovery water, mean of the tick")
    power = sensor("W", doc="electric power, mean of the tick")
    cop = sensor("1", doc="heating capacity per power, 0 when off")
    eer = sensor("1", doc="cooling capacity per power, 0 when off")
    heating_energy = kept("J", doc="heat given, less what defrosts took back")
    cooling_energy = kept("J", doc="heat taken, less what defrosts gave to the coil")
    recovery_energy = kept("J", doc="heat given to the recovery water, contained in heating_energy")
    energy = kept("J", doc="electric energy")
    run_hours = sensor("h", doc="time with the contactor closed")
    starts = sensor("1", doc="compressor starts")
    starts_last_hour = sensor("1", doc="compressor starts within the last 3600 s")
    start_requests = sensor("1", doc="rising edges of the enable command")
    refused_starts = sensor("1", doc="rising edges of the enable command that met the minimum off time")
    short_runs = sensor("1", doc="falling edges of the enable command within the minimum on time")
    defrosts = sensor("1", doc="defrosts begun")
    retries = sensor("1", doc="consecutive trips so far")

    changeover = parameter("1", 0.0, lo=0.0, hi=1.0, values=CHANGEOVERS, doc="where heating and cooling are exchanged")
    scale = parameter("1", 1.0, lo=1e-6, doc="size of the unit: capacity as a factor on the map")
    rated_heating_capacity = parameter("W", 0.0, lo=0.0, doc="at the map's rating point; sets scale; 0: scale as given")
    nominal_evaporator_flow = parameter("m3/h", 0.0, lo=0.0, doc="0: as the map's rating point says, mostly 5 K")
    nominal_condenser_flow = parameter("m3/h", 0.0, lo=0.0, doc="0: as the map's rating point says, mostly 5 K")
    evaporator_mass = parameter("kg", 0.0, lo=0.0, doc="water inside; 0: 0.34 kg per kW of cold")
    condenser_mass = parameter("kg", 0.0, lo=0.0, doc="water inside; 0: 0.34 kg per kW of cold")
    evaporator_drop = parameter("Pa", 50e3, lo=0.0, doc="pressure loss at nominal flow")
    condenser_drop = parameter("Pa", 50e3, lo=0.0, doc="pressure loss at nominal flow")
    recovery_type = parameter("1", 0.0, lo=0.0, hi=1.0, values=RECOVERIES, doc="what the recovery passage is")
    nominal_recovery_flow = parameter("m3/h", 0.0, lo=0.0, doc="0: as the condenser; desuperheater: its share of that")
    recovery_drop = parameter("Pa", 30e3, lo=0.0, doc="pressure loss at nominal flow")
    recovery_valve_time = parameter("s", 60.0, lo=1.0, doc="stroke of the refrigerant valve to the second condenser")
    recovery_band = parameter("K", 4.0, lo=0.1, doc="band about recovery_temp_sp in which the share goes back")
    desuperheater_share = parameter("1", 0.13, lo=0.0, hi=0.3, doc="most it can take of the heat given (0.10-0.15)")
    desuperheater_effectiveness = parameter("1", 0.7, lo=0.0, hi=1.0, doc="between discharge gas and entering water")
    four_way_time = parameter("s", 10.0, lo=0.1, doc="stroke of the four-way valve; no heat is moved half way")
    equalise_lag = parameter("s", 60.0, lo=0.1, doc="refrigerant_side: pressures become equal at rest with this lag")
    defrost = parameter("1", 1.0, lo=0.0, hi=2.0, values=DEFROSTS, doc="how an air coil is thawed")
    defrost_control = parameter("1", 0.0, lo=0.0, hi=1.0, values={0: "time", 1: "demand"}, doc="by time below the "
                                "start temperature, or by how far the coil is colder than the air")  # fmt: skip
    defrost_start_temp = parameter("degC", -2.0, doc="coil sensor below this: frost is thought to grow")
    defrost_interval = parameter("s", 2700.0, lo=60.0, doc="frosting time until a defrost (trade: 30, 60, 90 min)")
    defrost_least = parameter("s", 1200.0, lo=0.0, doc="demand: frosting time before a defrost")
    defrost_difference = parameter("K", 13.0, lo=1.0, doc="demand: coil colder than the air by this")
    defrost_end_temp = parameter("degC", 12.0, doc="coil sensor above this ends a defrost")
    defrost_longest = parameter("s", 600.0, lo=10.0, doc="a defrost ends after this at the latest")
    part_load = parameter("1", 0.0, lo=0.0, hi=2.0, values=PART_LOADS, doc="how the compressor unloads")
    steps = parameter("1", 4.0, lo=1.0, hi=20.0, doc="slide and speed move one step's width a step time")
    step_time = parameter("s", 90.0, lo=1.0, doc="between two steps, 60-120 s")
    min_speed = parameter("1", 0.3, lo=0.05, hi=1.0, doc="lowest capacity of a variable-speed compressor")
    deadband = parameter("K", 1.0, lo=0.0, doc="loads below and unloads above the set point by this")
    stop_diff = parameter("K", 3.0, lo=0.0, doc="stops by itself at the lowest step when past the set point by this")
    restart_diff = parameter("K", 1.5, doc="starts by itself when short of the set point by this")
    start_lag = parameter("s", 30.0, lo=0.1, doc="time constant of heat and power, loading")
    stop_lag = parameter("s", 10.0, lo=0.1, doc="time constant of heat and power, unloading and stopping")
    trip_lag = parameter("s", 3.0, lo=0.1, doc="time constant of heat and power after a protective trip")
    min_on = parameter("s", 600.0, lo=0.0, doc="shortest run before its own thermostat stops it")
    min_on_holds = parameter("1", 0.0, lo=0.0, hi=1.0, doc="1: runs on at its lowest step until min_on")
    min_off = parameter("s", 1200.0, lo=0.0, doc="compressor off before the next start")
    max_starts = parameter("1", 3.0, lo=1.0, hi=8.0, doc="starts within 3600 s")
    power_up_delay = parameter("s", 300.0, lo=0.0, doc="from power-up to the first start")
    restart_stagger = parameter("s", 0.0, lo=0.0, doc="added to it, its own for every unit (5-80 s)")
    crankcase_time = parameter("s", 0.0, lo=0.0, doc="heated before the first start after power-up; 0: no heater")
    crankcase_power = parameter("W", 0.0, lo=0.0, doc="crankcase heater, on while the compressor is off")
    mode_delay = parameter("s", 240.0, lo=0.0, doc="off in the new mode before a start")
    flow_switch_point = parameter("1", 0.6, lo=0.0, hi=1.0, doc="of nominal flow")
    flow_bypass = parameter("s", 20.0, lo=0.0, doc="flow not looked at after the start order")
    flow_proof_timeout = parameter("s", 180.0, lo=0.0, doc="flow must be proven this long after the start order")
    flow_delay = parameter("s", 5.0, lo=0.0, doc="loss of flow until the trip")
    start_time = parameter("s", 15.0, lo=0.0, doc="at the lowest step before it loads")
    pump_overrun = parameter("s", 60.0, lo=0.0, doc="flow requested after the compressor has stopped")
    lp_cut_out = parameter("Pa", 0.0, lo=0.0, doc="absolute; 0: that of the map's refrigerant, R134a 2.9 bar (0 degC)")
    lp_bypass = parameter("s", 120.0, lo=0.0, doc="low pressure ignored after the start")
    lp_delay = parameter("s", 30.0, lo=0.0, doc="low pressure persists until the trip")
    hp_cut_out = parameter("Pa", 0.0, lo=0.0, doc="absolute, trips at once; 0: the map's, R134a 18 bar (63 degC)")
    hp_reset = parameter("Pa", 0.0, lo=0.0, doc="absolute; no restart above it; 0: the map's, R134a 16 bar")
    freeze_water_temp = parameter("degC", 3.0, doc="trip of the freeze sensor; -15 and lower with glycol")
    freeze_delay = parameter("s", 5.0, lo=0.0, doc="freeze sensor below its limit until the trip")
    freeze_refrigerant_temp = parameter("degC", -1.1, doc="trip of the evaporating temperature; -12.2 with glycol")
    freeze_refrigerant_delay = parameter("s", 30.0, lo=0.0, doc="refrigerant below its limit until the trip")
    freeze_hysteresis = parameter("K", 2.0, lo=0.0, doc="no restart before it is warmer by this")
    freezing_temp = parameter("degC", -0.5, doc="water colder than this freezes; lower with glycol")
    freezing_time = parameter("s", 5.0, lo=0.0, doc="below the freezing temperature until the tubes burst")
    pocket_lag = parameter("s", 10.0, lo=0.1, doc="time constant of the freeze sensor")
    frozen_block = parameter("1", 0.4, lo=0.0, hi=0.95, doc="share of the tubes that burst ice leaves blocked")
    comm_timeout = parameter("s", 0.0, lo=0.0, doc="without word until it stops by itself; 0: the last orders hold")
    source_check = parameter("1", 0.0, lo=0.0, hi=2.0, values=SOURCE_CHECKS, doc="range of the source water entering: "
                             "groundwater 10-25 degC; loop 5-25 heating, 10-40 cooling (GB/T 19409)")  # fmt: skip
    source_delay = parameter("s", 60.0, lo=0.0, doc="source water out of its range until the trip")
    discharge_limit = parameter("degC", 140.0, doc="trip of the discharge gas; default of this project")
    discharge_delay = parameter("s", 5.0, lo=0.0, doc="discharge gas too hot until the trip")
    condenser_pump_delay = parameter("s", 0.0, lo=0.0, doc="between the requests of the pumps; large units 5 s")
    pre_lubrication = parameter("s", 0.0, lo=0.0, doc="oil pressure from the flow proof to the start; large units 25 s")
    oil_delay = parameter("s", 15.0, lo=0.0, doc="without oil pressure until the trip")
    oil_speed = parameter("1", 0.7, lo=0.0, hi=1.0, doc="variable speed: below this, oil stays in the circuit")
    oil_interval = parameter("s", 25200.0, lo=0.0, doc="variable speed: at low speed until oil is brought back")
    oil_duration = parameter("s", 480.0, lo=0.0, doc="variable speed: at full speed to bring oil back")
    fault_delay = parameter("s", 300.0, lo=0.0, doc="from a trip to its own retry, at least")
    max_retries = parameter("1", 3.0, lo=1.0, doc="consecutive trips until the lockout")
    max_freeze_retries = parameter("1", 1.0, lo=1.0, doc="trips until the lockout when the last was freezing")
    retry_clear = parameter("s", 1800.0, lo=0.0, doc="run without a trip until earlier trips are forgotten")

    refrigerant_leak = fault(doc="Charge lost: capacity (1 - x), low pressure sinks, COP falls, in the end an LP trip.")
    condenser_fouling = fault("K", hi=15.0, doc="Scale: condensing temperature rises by this, power up, HP sooner.")
    evaporator_fouling = fault("K", hi=15.0, doc="Slime: evaporating temperature falls by this, less cold, LP sooner.")
    expansion_valve_stuck = fault(doc="Stuck half closed: superheat high, capacity 70 %, low pressure sinks.")
    stuck_stage = fault(doc="The slide does not move: capacity stays whatever the load or the limit says.")
    contactor_weld = fault(doc="The contactor cannot open: the compressor runs when commanded off or tripped.")
    oil_failure = fault(doc="No oil pressure: trips on oil soon after every start, locked out at the third.")
    phase_loss = fault(doc="A phase is missing: the compressor stops at once and cannot start.")
    supply_loss = fault(doc="No mains: everything off; when it returns the power-up timers run before a start.")
    running_lie = fault(lo=-1.0, doc="Run proof lies: +1 always, -1 never; heat and power tell the truth.")
    evaporator_switch_stuck = fault(lo=-1.0, doc="Flow switch: +1 always made, so loss of flow freezes; -1 never made.")
    condenser_switch_stuck = fault(lo=-1.0, doc="Flow switch: +1 always made, no flow ends in HP; -1 never made.")
    wrong_mode = fault(doc="Changeover wired the wrong way round: it controls the other water than commanded.")
    four_way_valve_stuck = fault(doc="Does not move: cools when told to heat, or heats when told to cool.")
    recovery_valve_stuck = fault(doc="Does not move: the recovery water gets the same share whatever is commanded.")
    defrost_sensor_stuck = fault(
        lo=-1.0, doc="Coil sensor: +1 always warm, never defrosts and ices up; -1 always cold, defrosts end in HP."
    )
    comm_loss = fault(doc="No word from the controller: the last orders hold, or it stops after comm_timeout.")

    clock = kept("s", doc="since the row was made")
    state_time = kept("s", doc="in this state of the sequence")
    on_time = kept("s", doc="contactor closed")
    since_stop = kept("s", LONG, doc="contactor open")
    powered = kept("s", LONG, doc="since power-up")
    mode_time = kept("s", LONG, doc="in this mode")
    step_timer = kept("s", doc="since the last step")
    flow_timer = kept("s", doc="flow lost")
    lp_timer = kept("s", doc="low pressure")
    freeze_timer = kept("s", doc="freeze sensor too cold")
    freeze_refrigerant_timer = kept("s", doc="evaporating temperature too low")
    oil_timer = kept("s", doc="without oil pressure")
    source_timer = kept("s", doc="source water out of its range")
    discharge_timer = kept("s", doc="discharge gas too hot")
    request_time = kept("s", doc="pumps requested")
    proof_time = kept("s", doc="flow proven before the start")
    freezing_timer = kept("s", doc="water below freezing with the compressor on")
    slow_time = kept("s", doc="variable speed: at low speed, or into the oil return")
    start_times = kept("s", count=8, doc="clock at the last starts, as a ring")
    seen_enable = kept("1", doc="enable command of the last tick")
    seen_reset = kept("1", doc="reset command of the last tick")
    seen_defrost = kept("1", doc="defrost command of the last tick")
    enabled = kept("1", doc="enable command as last heard")
    ordered_mode = kept("1", doc="mode command as last heard")
    ordered_temp = kept("degC", 45.0, doc="leaving temperature set point as last heard")
    ordered_limit = kept("1", 1.0, doc="demand limit as last heard")
    comm_timer = kept("s", doc="without word from the controller")
    frost_time = kept("s", doc="compressor on with the coil below the start temperature since the last defrost")
    defrost_time = kept("s", doc="in this defrost")
    since_defrost = kept("s", LONG, doc="since the last defrost")
    air = kept("1", doc="1: the source is the air of a coil")
    blocked = kept("1", doc="1: burst tubes resist the water")
    contactor = kept("1", doc="compressor contactor closed")
    tripped = kept("1", doc="the last stop was a trip")
    capacity_target = kept("1", doc="capacity asked for by the unit's own loop")
    input_target = kept("1", doc="fraction of full-load power at that capacity")
    seen_target = kept("1", -1.0, doc="capacity to which input_target belongs")
    input_fraction = kept("1", doc="actual power as a fraction of full load")
    lag_dt = kept("s", doc="tick to which the lag weights belong")
    lag_decay = kept("1", count=5, doc="weight of the old value after a tick: start, stop, trip, pocket, equalising")
    lag_held = kept("1", count=5, doc="weight of the old value in the mean of a tick")
    seen_evaporator_flow = kept("kg/s", -1.0, doc="flow to which the approach factor belongs")
    seen_condenser_flow = kept("kg/s", -1.0, doc="flow to which the approach factor belongs")
    evaporator_factor = kept("1", 1.0, doc="approach at this flow over approach at nominal flow")
    condenser_factor = kept("1", 1.0, doc="approach at this flow over approach at nominal flow")
    low_pressure_temp = kept("degC", -300.0, doc="temperature to which evaporating_pressure belongs")
    high_pressure_temp = kept("degC", -300.0, doc="temperature to which condensing_pressure belongs")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """Rate the unit on its map, fit its passages, and give every unit a restart delay of its own."""
        if row.map < 0:
            raise InputError("a WaterWaterUnit needs a map: name a shipped map or a component of model PerformanceMap")
        take_roles(row, tables)
        rate_unit(row, tables["performancemap"][row.map])
        fit_passages(row, tables["passage"])
        fit_coil(row, number, tables)
        row.freeze_sensor_temp = tables["passage"][row.evaporator].temp
        if row.restart_stagger == 0.0:
            row.restart_stagger = 5.0 + (35.0 * number) % 76.0
