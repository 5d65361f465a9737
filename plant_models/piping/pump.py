"""Circulation and submersible pumps with their drives, protections and faults (docs/physics/piping.md#pumps)."""

import math
from typing import Any, ClassVar

from plant_models.constants import ATMOSPHERE
from plant_models.piping.starts import begin_pump
from plant_models.water.friction import kv_loss
from plant_models.water.ice import Icing
from plant_models.water.network import GRAVITY_HEAD, M3H
from plant_models.weather.psychrometrics import vapour_pressure
from twin.enumeration import Enumeration
from twin.errors import InputError
from twin.kernel import Rows, kernel
from twin.noise import gaussian
from twin.points import RISES, Model, alarm, command, fault, link, parameter, sensor, state, status
from twin.symbol import Symbol

DRIVES = Enumeration("vfd", "dol")
VFD, DOL = DRIVES
COAST = 2.0
"""A free pump slows down as 1 / (1 + t / COAST) [s]."""
STANDSTILL = 0.1
"""Speed below which friction stops a free pump."""
NO_LOAD = 0.45
"""Current without load, as a fraction of the rated current."""
REVERSE_FLOW, REVERSE_HEAD = 0.4, 0.5
"""Flow and head of a pump turning the wrong way, as fractions of the right way."""
SLOWEST = 0.2
"""Below this speed the cubic part of the head resists as at it."""
SUCTION_TIME = 3.0
"""Time constant of the head under cavitation [s]."""
BEARING_TIME = 600.0
"""Time constant of the bearing temperature [s]."""
SHAKING = 0.05
"""Standard deviation of head and current of a cavitating pump, as a share of them."""


class Pump(Icing, Model):
    """Pump on a frequency converter or straight on line: quadratic head curve, affinity laws. Source:
    docs/physics/piping.md#pumps.

    H = n^2 head_0 + head_1 n q + head_2 q^2 + head_3 q^3 / n [m], falling from no flow on; P = n^3 P1(q / n) /
    efficiency of the converter [W], q in m3/h. Of the electric power, `heat_share` warms the water; the rest warms the
    plant room. A supply failure leaves the pump coasting; it starts again by itself when the supply is back and it is
    still enabled. A trip stays until a reset; water above `limit_temp` trips too.
    """

    drives_water = True
    initial = ("speed", "running")
    symbol = Symbol("pump", turns=True)
    into_water = "pumps"
    energies: ClassVar = {"electricity of pumps": "energy"}
    catalogue = "pumps"
    passage = link("passage")
    meter = link("electricitymeter")
    enable_cmd = command(lo=0.0, hi=1.0, doc="1: run")
    speed_cmd = command(lo=0.0, hi=1.0, doc="speed wanted of the converter, fraction of full speed")
    reset_cmd = command(lo=0.0, hi=1.0, doc="0 to 1 resets a trip, where `remote_reset` allows it")
    panel_reset_cmd = command(lo=0.0, hi=1.0, doc="0 to 1 resets a trip: the button at the pump's own panel")
    drive = parameter("1", 0.0, values=DRIVES.names, doc="frequency converter, or direct on line")
    head_0 = parameter("m", 17.2185, lo=0.1, doc="head at no flow and full speed")
    head_1 = parameter("m/(m3/h)", 0.0, doc="linear coefficient of the head, not above 0")
    head_2 = parameter("m/(m3/h)**2", -2.9942e-4, hi=-1e-9, doc="quadratic coefficient of the head")
    head_3 = parameter("m/(m3/h)**3", -5.0779e-6, hi=0.0, doc="cubic coefficient of the head")
    power_0 = parameter("W", 1521.0, lo=0.0, doc="power at no flow and full speed")
    power_1 = parameter("W/(m3/h)", 34.439, doc="linear coefficient of the power")
    power_2 = parameter("W/(m3/h)**2", -2.136e-2, doc="quadratic coefficient of the power")
    power_3 = parameter("W/(m3/h)**3", -9.734e-4, doc="cubic coefficient of the power")
    vfd_efficiency = parameter("1", 0.965, lo=0.5, hi=1.0, doc="efficiency of the converter")
    rated_power = parameter("W", 4000.0, lo=1.0, doc="motor input at rated current and full speed")
    rated_flow = parameter("m3/h", 70.0, lo=0.01, doc="flow at which the NPSH required is doubled")
    npsh_required = parameter("m", 1.5, lo=0.0, doc="NPSH required at no flow; grows with (q / rated_flow)^2")
    min_speed = parameter("1", 0.3, lo=0.0, hi=1.0, doc="least speed of the converter; the run proof comes above it")
    ramp_up = parameter("s", 30.0, lo=0.1, doc="converter: standstill to full speed")
    ramp_down = parameter("s", 10.0, lo=0.1, doc="converter: full speed to standstill")
    start_time = parameter("s", 2.5, lo=0.1, doc="direct on line: time constant of a start")
    check_valve = parameter("1", 0.0, lo=0.0, hi=1.0, doc="1: a check valve stands behind the pump")
    fittings_kv = parameter("m3/h", 0.0, lo=0.0, doc="flow at 1 bar of the pump's own valves and strainer; 0 no loss")
    heat_share = parameter("1", 0.8, lo=0.0, hi=1.0, doc="share of the electric power that warms the water")
    water = parameter("kg", 20.0, lo=0.1, doc="water and metal inside, as water")
    standing_loss = parameter("W/(K kg)", 0.2, lo=0.0, hi=5.0, doc="heat that the bare casing loses to the room")
    room_temp = parameter("degC", 20.0, lo=-50.0, hi=60.0, doc="room, or ground water, that the pump stands in")
    limit_temp = parameter("degC", 110.0, lo=40.0, hi=200.0, doc="thermal switch: trips when its water is hotter")
    overload_limit = parameter("1", 1.1, lo=0.5, hi=10.0, doc="current above which the motor protection counts")
    overload_delay = parameter("s", 20.0, lo=0.0, doc="time above the limit until the motor protection trips")
    remote_reset = parameter("1", 1.0, lo=0.0, hi=1.0, doc="0: a trip can be reset at the panel only")

    speed = sensor("1", lo=0.0, hi=1.0, doc="speed, fraction of full speed")
    running = status(doc="run proof, as reported: energised and at least at the least speed, unless it lies")
    turning = status(doc="the truth of it: the motor is energised and at least at the least speed")
    flow = sensor("m3/h", doc="flow, positive in the pumping direction")
    head = sensor("m", doc="pressure difference over the pump with its fittings")
    power = sensor("W", doc="electric power")
    energy = state("J", doc="electric energy since the start", tags=(RISES,))
    current = sensor("1", doc="motor current, fraction of the rated current; the inrush of a start is left out")
    starts = state("1", doc="starts counted", tags=(RISES,))
    run_hours = state("h", doc="hours energised", tags=(RISES,))
    npsh_margin = sensor("m", 5.0, doc="NPSH available less NPSH required")
    bearing_temp = sensor("degC", 20.0, doc="bearing temperature")
    alarm_trip = alarm(doc="stopped by a protection; needs a reset")
    alarm_overload = alarm(doc="the motor protection has tripped")
    alarm_cavitation = alarm(doc="NPSH available below NPSH required while pumping, or air at the inlet")
    alarm_bearing = alarm(doc="bearing above 80 degC; trips at 100 degC")
    alarm_hot = alarm(doc="water in the pump above its limit, as at a closed valve; trips")
    energised = state("1", doc="1: the drive gives power to the motor")
    suction = state("1", 1.0, doc="share of the head that cavitation leaves")
    overloaded = state("s", doc="time above the overload limit")
    reset_seen = state("1", doc="reset command of the last tick, remote")
    panel_seen = state("1", doc="reset command of the last tick, panel")
    shaken = state("1", doc="ticks in cavitation, which number its noise")

    fault_trip = fault(doc="The protection trips: the pump coasts to a stop, trip alarm, and stays off until a reset.")
    fault_coupling = fault(doc="Coupling broken: run feedback and speed are right, no flow, current falls to 45 %.")
    fault_no_proof = fault(doc="Run proof lost: the pump delivers, the run feedback stays off.")
    fault_false_proof = fault(doc="Run proof lies: the run feedback is on whatever the pump does.")
    fault_wear = fault(hi=0.8, doc="Worn impeller: this share of the head is missing at every flow (0.2 is usual).")
    fault_stuck_speed = fault(doc="Converter stuck: the speed stays as it is whatever is commanded; off still works.")
    fault_reverse = fault(doc="Turns the wrong way: 40 % of the flow and half the head at normal power.")
    fault_cavitation = fault(doc="Cavitation, air in the suction: at 1 only 30 % of the head is left; alarm and noise.")
    fault_check_open = fault(doc="Check valve stuck open: water runs back through the pump when it stands still.")
    fault_bearing = fault(doc="Bearing runs hot: temperature up to 115 degC within half an hour, power up by 25 %.")
    fault_hand = fault(doc="The switch at the pump stands at hand: it runs at full speed, whatever is commanded.")
    fault_power = fault(doc="No supply: the pump coasts to a stop without any alarm, and starts again by itself.")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """Prepare the passage: stirred water, the curve of the pump at rest, the check valve.

        InputError where the head rises from no flow on: pumps side by side would not share their flow.
        """
        if row.head_1 > 0.0:
            raise InputError(
                f"the head of the pump rises with the flow (head_1 {row.head_1:g} m/(m3/h), expected 0 or below): "
                "beside a running one a second one would deliver nothing; fit a curve that falls"
            )
        passage = tables["passage"][int(row.passage)]
        passage.kind = 1
        passage.mass, passage.loss_rate, passage.room_temp = row.water, row.standing_loss * row.water, row.room_temp
        passage.quadratic = kv_loss(float(row.fittings_kv)) if row.fittings_kv > 0.0 else 0.0
        passage.lift_2 = -row.head_2 * GRAVITY_HEAD * M3H * M3H
        passage.lift_3 = -row.head_3 * GRAVITY_HEAD * M3H * M3H * M3H / SLOWEST
        passage.check = row.check_valve

    @classmethod
    def begin(cls, row: Any, number: int, tables: dict[str, Any], given: dict[str, float]) -> None:  # noqa: ARG003
        """Running at `speed`, with the commands that keep it."""
        begin_pump(row, 1.0 if row.drive == DOL else float(row.min_speed), given)


@kernel
def _protect(p: Rows, water: float) -> None:
    """Trips and their resets, from the sensors and the water inside [degC] of the last tick."""
    pushed = p.panel_reset_cmd > p.panel_seen or (p.reset_cmd > p.reset_seen and p.remote_reset > 0.5)
    p.reset_seen = p.reset_cmd
    p.panel_seen = p.panel_reset_cmd
    if pushed:
        p.alarm_trip = 0.0
        p.alarm_overload = 0.0
        p.overloaded = 0.0
    if p.overloaded > p.overload_delay:
        p.alarm_overload = 1.0
    p.alarm_hot = 1.0 if water > p.limit_temp else 0.0
    if p.fault_trip > 0.5 or p.alarm_overload > 0.5 or p.bearing_temp > 100.0 or p.alarm_hot > 0.5:
        p.alarm_trip = 1.0


@kernel
def _ramp(p: Rows, dt: float) -> None:
    """Speed after a tick: ramp of the converter, start on line, or coasting without power."""
    speed = p.speed
    if p.energised < 0.5:
        held_back = p.drive == VFD and p.alarm_trip < 0.5 and p.fault_power < 0.5
        slowed = speed - dt / p.ramp_down if held_back else speed / (1.0 + speed * dt / COAST)
        speed = slowed if slowed > (0.0 if held_back else STANDSTILL) else 0.0
    elif p.drive == DOL:
        speed = 1.0 - (1.0 - speed) * math.exp(-dt / p.start_time)
        if speed > 0.999:
            speed = 1.0
    elif p.fault_stuck_speed < 0.5 or speed == 0.0:
        target = max(p.speed_cmd if p.fault_hand < 0.5 else 1.0, p.min_speed)
        speed = min(target, speed + dt / p.ramp_up) if target >= speed else max(target, speed - dt / p.ramp_down)
    p.speed = speed


@kernel
def _set(p: Rows, passage: Rows, network: Rows) -> None:
    """The curve at the present speed and with the present faults; `moved` where it is not the last one."""
    n = p.speed if p.fault_coupling < 0.5 else 0.0
    share = (1.0 - p.fault_wear) * p.suction if n > 0.0 else 1.0
    flow_share = 1.0
    if p.fault_reverse > 0.5 and n > 0.0:
        share *= REVERSE_HEAD
        flow_share = REVERSE_FLOW
    lift_0 = GRAVITY_HEAD * share * n * n * p.head_0
    lift_1 = GRAVITY_HEAD * M3H * share * n * p.head_1 / flow_share
    lift_2 = -GRAVITY_HEAD * M3H * M3H * share * p.head_2 / (flow_share * flow_share)
    slow = flow_share * flow_share * flow_share * max(n, SLOWEST)
    lift_3 = -GRAVITY_HEAD * M3H * M3H * M3H * share * p.head_3 / slow
    check = p.check_valve if p.fault_check_open < 0.5 else 0.0
    same = lift_0 == passage.lift_0 and lift_1 == passage.lift_1 and lift_2 == passage.lift_2
    if not (same and lift_3 == passage.lift_3 and check == passage.check):
        passage.lift_0, passage.lift_1, passage.lift_2, passage.lift_3 = lift_0, lift_1, lift_2, lift_3
        passage.check = check
        network[0].moved = 1.0


@kernel
def actuate(pumps: Rows, passages: Rows, network: Rows, dt: float) -> None:
    """Protections, drives and curves of all pumps for a tick of dt [s]."""
    for i in range(len(pumps)):
        p = pumps[i]
        _protect(p, passages[p.passage].temp)
        ordered = p.enable_cmd > 0.5 or p.fault_hand > 0.5
        energised = 1.0 if ordered and p.alarm_trip < 0.5 and p.fault_power < 0.5 else 0.0
        if energised > p.energised:
            p.starts += 1.0
        p.energised = energised
        _ramp(p, dt)
        _set(p, passages[p.passage], network)


@kernel
def shaft_power(p: Rows, flow: float) -> float:
    """Power taken by the motor [W] at the present speed and a flow [m3/h]: n^3 P1(q / n), before the converter."""
    n = p.speed
    q = max(flow, 0.0) / n
    if p.fault_reverse > 0.5:
        q /= REVERSE_FLOW
    polynomial = p.power_0 + q * (p.power_1 + q * (p.power_2 + q * p.power_3))
    power: float = n * n * n * polynomial * (1.0 + 0.25 * p.fault_bearing)
    return max(power, 0.0)


@kernel
def exchange(pumps: Rows, passages: Rows, dt: float) -> None:
    """Electric power, current and the heat given to the water, for a tick of dt [s]."""
    for i in range(len(pumps)):
        p = pumps[i]
        passage = passages[p.passage]
        p.power = 0.0
        p.current = 0.0
        if p.energised > 0.5 and p.speed > 0.0:
            power = 0.0 if p.fault_coupling > 0.5 else shaft_power(p, passage.flow * M3H)
            torque = power / (p.rated_power * p.speed)
            p.current = math.sqrt(NO_LOAD * NO_LOAD + (1.0 - NO_LOAD * NO_LOAD) * torque * torque)
            idle = 0.1 * p.rated_power * p.speed if p.fault_coupling > 0.5 else power
            p.power = idle / p.vfd_efficiency if p.drive == VFD else idle
            p.energy += p.power * dt
            p.run_hours += dt / 3600.0
        p.overloaded = p.overloaded + dt if p.current > p.overload_limit else 0.0
        passage.heat = p.heat_share * p.power if p.fault_coupling < 0.5 else 0.0


@kernel
def _suction(p: Rows, passage: Rows, junction: Rows, dt: float) -> None:
    """NPSH margin, and the share of the head that cavitation leaves (docs/physics/piping.md#pumps)."""
    vapour = vapour_pressure(passage.entering_temp)
    available = max(0.0, (junction.pressure + ATMOSPHERE - vapour) / GRAVITY_HEAD - junction.elevation)
    ratio = p.flow / p.rated_flow
    required = p.npsh_required * (1.0 + ratio * ratio)
    p.npsh_margin = available - required
    target = 1.0 - 0.7 * p.fault_cavitation if junction.air == 0.0 or p.speed == 0.0 else 0.0
    if p.speed > 0.0 and p.npsh_margin < 0.0 and required > 0.0:
        target = min(target, max(0.0, 1.0 + 2.0 * p.npsh_margin / required))
    p.alarm_cavitation = 1.0 if target < 1.0 and p.speed > 0.0 else 0.0
    if target != p.suction:
        p.suction += (target - p.suction) * (1.0 - math.exp(-dt / SUCTION_TIME))
        if abs(target - p.suction) < 1e-3:
            p.suction = target
    if p.alarm_cavitation > 0.5:
        p.shaken += 1.0
        shaking = 1.0 + SHAKING * gaussian(int(p.passage), int(p.shaken))
        p.head *= shaking
        p.current *= shaking


@kernel
def sense(pumps: Rows, passages: Rows, junctions: Rows, dt: float) -> None:
    """Flow, head, proofs, bearing and suction after a tick of dt [s]."""
    for i in range(len(pumps)):
        p = pumps[i]
        passage = passages[p.passage]
        p.flow = passage.flow * M3H
        p.head = (junctions[passage.downstream].pressure - junctions[passage.upstream].pressure) / GRAVITY_HEAD
        proof = p.energised > 0.5 and p.speed > 0.0 and p.speed >= 0.99 * p.min_speed
        p.turning = 1.0 if proof else 0.0
        p.running = 1.0 if p.fault_false_proof > 0.5 or (proof and p.fault_no_proof < 0.5) else 0.0
        target = 20.0 + p.speed * (25.0 + 70.0 * p.fault_bearing)
        if abs(target - p.bearing_temp) > 1e-3:
            p.bearing_temp += (target - p.bearing_temp) * (1.0 - math.exp(-dt / BEARING_TIME))
        p.alarm_bearing = 1.0 if p.bearing_temp > 80.0 else 0.0
        _suction(p, passage, junctions[passage.upstream], dt)
