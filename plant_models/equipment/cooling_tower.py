"""Wet cooling towers by Merkel's method in its effectiveness form, with basin, make-up and frost protection.

Source: Braun, Klein, Mitchell 1989, ASHRAE Transactions 95(2): effectiveness of a counterflow tower with air enthalpy;
NTU = c (m_w / m_a)^0.4 from the rating point. Used for plants S3 and S11 of docs/plants/documents.md.
"""

import math
from typing import Any, ClassVar

from plant_models.constants import EVAPORATION_HEAT
from plant_models.equipment.counterflow import counterflow_effectiveness
from plant_models.water.cavities import empty
from plant_models.water.ice import Icing
from plant_models.water.network import DENSITY, GRAVITY_HEAD, HEAT_CAPACITY, M3H, STIRRED
from plant_models.weather.psychrometrics import (
    air_enthalpy,
    humidity_ratio,
    vapour_pressure,
    wet_bulb,
)
from twin.errors import InputError
from twin.kernel import Rows, kernel
from twin.points import RISES, Model, alarm, command, fault, link, parameter, sensor, state, status
from twin.symbol import SOURCE, Symbol

FLOW_EXPONENT = 0.4
NATURAL_DRAUGHT = 0.1
"""Air flow with the fan at rest, over the rated one."""
REFILLED = 0.05
"""Level from which on a basin that ran empty gives water again."""
NO_FLOW = 0.05
"""Share of the rated water below which the fill stays dry."""
STANDING_LOSS = 0.05
"""Heat that a standing basin loses per kelvin and kilogram [W/(K kg)]; a documented default."""
DRIFT = 5e-5
"""Droplets lost over the circulating water."""


class CoolingTower(Icing, Model):
    """An open counterflow tower; the passage is its fill and basin and ends at atmosphere. Fan by speed or in steps.

    Heat to the air is positive: Q = e m_a (h_s(T_in) - h_a), h_s saturated at the entering water. Rated at
    `rated_entering`, `rated_leaving` and `rated_wet_bulb` (37/32/28 degC: GB/T 7190). Make-up = evaporation, drift and
    the bleed that keeps `cycles` of concentration. The basin has an electric heater with its own thermostat.
    """

    symbol = Symbol("tower", end=SOURCE)
    into_water = "cooling towers"
    energies: ClassVar = {
        "heat given to the air by cooling towers": "heat_energy", "electricity of cooling towers": "energy",
    }  # fmt: skip
    volumes: ClassVar = {"let into cooling towers": "water_used"}
    passage = link("passage")
    meter = link("electricitymeter")
    weather = link("weather", "-1 stands for the only row")
    design: ClassVar = {"heat_rejection": "W"}
    rated_flow = parameter("m3/h", 100.0, lo=0.1, doc="water at the rating point")
    rated_entering = parameter("degC", 37.0, doc="entering water at the rating point")
    rated_leaving = parameter("degC", 32.0, doc="leaving water at the rating point")
    rated_wet_bulb = parameter("degC", 28.0, doc="wet bulb at the rating point")
    air_ratio = parameter("1", 0.8, lo=0.1, hi=3.0, doc="dry air over water, both in kg/s, at the rating point")
    rated_power = parameter("W", 4000.0, lo=0.0, doc="fan at full speed")
    fan_steps = parameter("1", 0.0, lo=0.0, hi=4.0, doc="0: any speed; else the fan runs at that many equal steps")
    fan_ramp = parameter("s", 20.0, lo=0.1, doc="standstill to full speed")
    min_speed = parameter("1", 0.2, lo=0.0, hi=1.0, doc="least speed; the run proof comes above it")
    basin = parameter("kg", 0.0, lo=0.0, doc="water in fill and basin; 0: one minute of the rated flow")
    drop = parameter("Pa", 40e3, lo=0.0, doc="nozzles and lift at the rated flow")
    cycles = parameter("1", 4.0, lo=1.1, hi=100.0, doc="concentration of the basin over that of the make-up")
    mains_temp = parameter("degC", 15.0, doc="make-up water")
    heater_power = parameter("W", 6000.0, lo=0.0, doc="basin heater: on below 4 degC, off at 6 degC")

    enable_cmd = command(lo=0.0, hi=1.0, values={0: "off", 1: "on"}, doc="fan on")
    speed_cmd = command(lo=0.0, hi=1.0, default=1.0, doc="fan speed wanted")
    speed = sensor("1", doc="fan speed")
    running = status(doc="run proof of the fan")
    heater_on = status(doc="basin heater on")
    entering_temp = sensor("degC", 15.0, doc="water entering")
    leaving_temp = sensor("degC", 15.0, doc="water leaving the basin")
    flow = sensor("m3/h", doc="water flow")
    wet_bulb_temp = sensor("degC", 15.0, doc="wet bulb of the outdoor air")
    heat = sensor("W", doc="heat given to the air")
    evaporation = sensor("kg/h", doc="water evaporating")
    make_up_flow = sensor("m3/h", doc="mains water coming in")
    level = sensor("1", 1.0, doc="water in the basin over its full content")
    power = sensor("W", doc="electric power of fan and heater")
    alarm_freeze = alarm(doc="basin below 2 degC")
    alarm_level = alarm(doc="basin below 60 %")
    dry = state("1", doc="1: the basin has run empty, its outlet gives air")
    alarm_vibration = alarm(doc="vibration switch has stopped the fan; clears when the fault is mended")
    energy = state("J", doc="electricity, in all", tags=(RISES,))
    heat_energy = state("J", doc="heat to the air, in all")
    water_used = state("m3", doc="make-up water, in all", tags=(RISES,))
    capacity_slope = state("J/(kg K)", 5000.0, doc="mean slope of saturated enthalpy between the two waters")
    air_leaving_temp = state("degC", 20.0, doc="air leaving, taken as saturated")
    rated_ntu = state("1", doc="NTU at the rating point; found when the plant is built")

    fault_fouled_fill = fault(doc="Scale on the fill: up to 60 % less transfer, water leaves warmer at the same fan.")
    fault_fan = fault(doc="Fan belt torn: no air moved and no run proof, water leaves nearly as it came.")
    fault_vibration = fault(doc="Fan out of balance: the vibration switch stops it.")
    fault_nozzles = fault(hi=5.0, doc="Nozzles blocked: the pressure loss grows by this many times, flow sinks.")
    fault_heater = fault(doc="Basin heater dead: the standing basin freezes in a cold night.")
    fault_float_shut = fault(doc="Float valve stuck shut: the basin runs down, low-level alarm.")
    nozzles_seen = state("1", doc="fault that the passage was last set for")

    @classmethod
    def size(cls, figures: dict[str, Any]) -> dict[str, float]:
        """Water for 5 K and 10 W of fan per kW from the heat rejected at the rating point."""
        if "heat_rejection" not in figures:
            return {}
        heat = float(figures["heat_rejection"])
        return {"rated_flow": heat / (5.0 * HEAT_CAPACITY) * M3H, "rated_power": 0.01 * heat}

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """Basin at the atmosphere, and the NTU of the rating point."""
        if row.basin <= 0.0:
            row.basin = 60.0 * row.rated_flow / M3H
        passage = tables["passage"][int(row.passage)]
        passage.kind, passage.mass = STIRRED, row.basin
        _set_nozzles(row, passage)
        surface = tables["junction"][int(passage.downstream)]
        surface.held, surface.pressure = 1.0, surface.elevation * GRAVITY_HEAD
        row.rated_ntu = rate(row)
        if row.rated_ntu <= 0.0:
            raise InputError(f"cooling tower {number + 1} of the plant: no tower has this rating; give more air_ratio")


@kernel
def _set_nozzles(t: Rows, passage: Rows) -> None:
    t.nozzles_seen = t.fault_nozzles
    passage.quadratic = t.drop * (1.0 + t.fault_nozzles) * M3H * M3H / (t.rated_flow * t.rated_flow)


@kernel
def saturated_enthalpy(temp: float) -> float:
    """Enthalpy of saturated air [J/kg dry air]."""
    return air_enthalpy(temp, humidity_ratio(vapour_pressure(temp)))


@kernel
def rate(t: Rows) -> float:
    """NTU of the rating point by bisection; -1 where none reaches it."""
    water = t.rated_flow / M3H
    air = water * t.air_ratio
    cooling = t.rated_entering - t.rated_leaving
    slope = (saturated_enthalpy(t.rated_entering) - saturated_enthalpy(t.rated_leaving)) / cooling
    most = air * (saturated_enthalpy(t.rated_entering) - saturated_enthalpy(t.rated_wet_bulb))
    wanted = water * HEAT_CAPACITY * cooling / most
    ratio = air * slope / (water * HEAT_CAPACITY)
    low, high = 0.01, 20.0
    if wanted >= counterflow_effectiveness(high, ratio):
        return -1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        if counterflow_effectiveness(middle, ratio) < wanted:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel
def actuate(towers: Rows, passages: Rows, network: Rows, dt: float) -> None:
    """Fan drive and basin heater for a tick of dt [s]."""
    for i in range(len(towers)):
        t = towers[i]
        t.alarm_vibration = t.fault_vibration
        wanted = 0.0
        if t.enable_cmd > 0.5 and t.fault_vibration < 0.5 and t.fault_fan < 0.5:
            wanted = max(t.speed_cmd, t.min_speed)
            if t.fan_steps > 0.5:
                wanted = math.ceil(wanted * t.fan_steps - 1e-9) / t.fan_steps
        step = dt / t.fan_ramp
        t.speed = min(wanted, t.speed + step) if wanted > t.speed else max(wanted, t.speed - step)
        t.running = 1.0 if t.speed > 0.0 and t.speed >= 0.99 * t.min_speed else 0.0
        basin = t.leaving_temp
        if t.heater_on < 0.5 and basin < 4.0:
            t.heater_on = 1.0
        elif basin > 6.0:
            t.heater_on = 0.0
        if t.fault_nozzles != t.nozzles_seen:
            _set_nozzles(t, passages[t.passage])
            network[0].moved = 1.0


@kernel
def _reject(t: Rows, entering: float, flow: float, sky: Rows) -> float:
    """Heat to the air [W] at entering water [degC] and flow [kg/s]; sets evaporation."""
    rated = t.rated_flow / M3H
    air = rated * t.air_ratio * max(t.speed, NATURAL_DRAUGHT)
    vapour = humidity_ratio(vapour_pressure(min(sky.dew_point, sky.outdoor_temp)))
    outdoor = air_enthalpy(sky.outdoor_temp, vapour)
    ntu = t.rated_ntu * (1.0 - 0.6 * t.fault_fouled_fill)
    ntu *= math.pow(flow * t.air_ratio / air, FLOW_EXPONENT)
    saturated = saturated_enthalpy(entering)
    share = counterflow_effectiveness(ntu, air * t.capacity_slope / (flow * HEAT_CAPACITY))
    heat = share * air * (saturated - outdoor)
    leaving = entering - heat / (flow * HEAT_CAPACITY)
    if abs(entering - leaving) > 0.01:
        t.capacity_slope = max((saturated - saturated_enthalpy(leaving)) / (entering - leaving), 1000.0)
    at = t.air_leaving_temp
    near = saturated_enthalpy(at)
    slope = max(saturated_enthalpy(at + 0.1) - near, 10.0) * 10.0
    t.air_leaving_temp = min(max(at + (outdoor + heat / air - near) / slope, -30.0), 80.0)
    carried = humidity_ratio(vapour_pressure(t.air_leaving_temp)) - vapour
    t.evaporation = 3600.0 * air * min(max(carried, 0.0), max(heat, 0.0) / air / EVAPORATION_HEAT * 1.2)
    return heat  # type: ignore[no-any-return]


@kernel
def exchange(towers: Rows, passages: Rows, weather: Rows, dt: float) -> None:
    """Heat to the air, heater and make-up of every tower for a tick of dt [s]."""
    for i in range(len(towers)):
        t = towers[i]
        passage = passages[t.passage]
        flow = abs(passage.flow)
        t.heat = t.evaporation = 0.0
        if flow > NO_FLOW * t.rated_flow / M3H:
            t.heat = _reject(t, passage.entering_temp, flow, weather[t.weather])
        else:
            t.heat = STANDING_LOSS * t.basin * (passage.temp - weather[t.weather].outdoor_temp)
        lost = t.evaporation / 3600.0 * t.cycles / (t.cycles - 1.0) + DRIFT * flow
        short = 1.0 - t.level
        made_up = 0.0 if t.fault_float_shut > 0.5 else lost + short * t.basin / 60.0
        t.level = min(max(t.level + (made_up - lost) * dt / t.basin, 0.0), 1.0)
        t.make_up_flow = made_up * M3H
        t.water_used += made_up * dt / DENSITY
        heater = t.heater_power if t.heater_on > 0.5 and t.fault_heater < 0.5 else 0.0
        drained = max(lost - t.evaporation / 3600.0, 0.0)
        passage.heat = heater - t.heat + HEAT_CAPACITY * (made_up * t.mains_temp - drained * passage.temp)
        t.power = t.rated_power * t.speed * t.speed * t.speed + heater
        t.energy += t.power * dt
        t.heat_energy += t.heat * dt


@kernel
def sense(towers: Rows, passages: Rows, junctions: Rows, network: Rows, weather: Rows) -> None:
    """Instruments and alarms; an empty basin gives air until it holds some water again."""
    for i in range(len(towers)):
        t = towers[i]
        passage, sky = passages[t.passage], weather[t.weather]
        t.flow = passage.flow * M3H
        t.entering_temp = passage.entering_temp
        t.leaving_temp = passage.leaving_temp
        t.wet_bulb_temp = wet_bulb(sky.outdoor_temp, sky.dew_point)
        t.alarm_freeze = 1.0 if passage.temp < 2.0 else 0.0
        t.alarm_level = 1.0 if t.level < 0.6 else 0.0
        dry = 1.0 if t.level <= (REFILLED if t.dry > 0.5 else 0.0) else 0.0
        if dry != t.dry:
            t.dry = dry
            empty(junctions[passage.downstream], network, dry)
