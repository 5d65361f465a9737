"""The return side of a well: screen, return valve, the pressure that is held, the overflow, and the backwash.

Source: docs/physics/ground.md#return-and-backwash. A backwash lifts water out of the upper screen through the drain; it
washes by the water that comes backwards, so with the well pump running it only wastes what the pump sends.
"""

from typing import Any

from plant_models.ground.aquifer import PACKED_SKIN, head_slope, set_loss, set_pressure
from plant_models.piping.leaks import TIGHT
from plant_models.water.network import DENSITY, GRAVITY_HEAD, M3H
from twin.errors import InputError
from twin.kernel import Rows, kernel

SHUT = 1e15
"""Linear loss [Pa s/kg] of the overflow while shut."""
VACUUM = -95e3
"""Gauge pressure [Pa] at which a water column breaks."""
OVERFLOW_LOSS = 1e4
"""Loss of the open overflow at rated flow [Pa]."""
VALVE_LOSS = 1e4
"""Loss of the return valve at rated flow [Pa] that grows as one over its opening squared while it closes."""
FLUSH_HEAD = 1e5
"""Pressure [Pa] that lifts the water of a backwash over the drain: spent at rated flow, less with a clogged screen."""


def own_pumps(row: Any, passages: Any, pumps: Any) -> list[int]:
    """The rows of the pumps that draw from this well: one, or duty and standby."""
    suction = passages[row.extraction].downstream
    return [number for number, pump in enumerate(pumps) if passages[pump.passage].upstream == suction]


def interlock_with(row: Any, found: list[int], wells: int) -> None:
    """Join the return valve to the well's own pumps; InputError where it would stay open beside other wells.

    found: rows of the pumps that draw from it; wells: how many the plant has
    """
    if row.pump < 0 and found:
        row.pump = found[0]
        row.standby_pump = found[1] if len(found) == 2 else -1
    if len(found) > 2:
        raise InputError(f"{len(found)} pumps draw from one well; its return valve is interlocked with two at most")
    if row.pump < 0 and wells > 1:
        raise InputError(
            "a well beside others has no pump of its own: its return valve would stay open and take what they lift; "
            "put its Pump next in the chain, or give `pump:`"
        )


@kernel
def stroke_valve(well: Rows, pumps: Rows, dt: float) -> None:
    """The well's own panel: the return valve is open while its pump is switched on or a backwash goes on."""
    target = 1.0
    if well.pump >= 0 and well.valve_stuck_open < 0.5 and well.backwashing < 0.5:
        on = pumps[well.pump].energised > 0.5
        if well.standby_pump >= 0:
            on = on or pumps[well.standby_pump].energised > 0.5
        target = 1.0 if on else 0.0
    step = dt / well.valve_time
    if well.return_valve > target:
        well.return_valve = max(target, well.return_valve - step)
    elif well.return_valve < target:
        well.return_valve = min(target, well.return_valve + step)


@kernel
def drive_return(well: Rows, passages: Rows, junctions: Rows, network: Rows) -> None:
    """Screen and throttle, the pressure beyond the screen, and the way to the drain."""
    back, zone = passages[well.reinjection], junctions[well.return_zone]
    flushing = well.backwashing > 0.5
    skin = well.skin + well.clogging + PACKED_SKIN * well.particles
    loss = 1.0 if flushing else well.pressure_loss
    if skin != well.skin_seen or loss != well.loss_seen or well.return_valve != well.valve_seen:
        well.skin_seen, well.loss_seen, well.valve_seen = skin, loss, well.return_valve
        slope = head_slope(well.conductivity, well.return_screen, well.log_reach, skin)
        opening = max(TIGHT, well.valve_leakage + (1.0 - well.valve_leakage) * well.return_valve)
        throttle = (well.throttle * (1.0 - loss) + VALVE_LOSS * (1.0 / (opening * opening) - 1.0)) * well.per_rated
        set_loss(back, slope, throttle + GRAVITY_HEAD * well.turbulence / (DENSITY * DENSITY), network)
    well.return_pressure = zone.pressure - GRAVITY_HEAD * zone.elevation
    set_pressure(junctions[well.aquifer_return], _held(well, back, zone, flushing), network)
    if flushing:
        if back.check != 0.0:
            back.check, network[0].moved = 0.0, 1.0
    else:
        _close_backwards(back, 0.01 * well.rated_flow / M3H, network)
    _open_drain(well, passages[well.overflow], junctions[well.drain].pressure - GRAVITY_HEAD * zone.elevation, network)


@kernel
def _held(well: Rows, back: Rows, zone: Rows, flushing: bool) -> float:
    """Pressure beyond the screen: the ground's, or as much more as the return valve holds; in a backwash vented."""
    flow = max(0.0, back.flow)
    well.return_lagged += (flow - well.return_lagged) * well.lag_share
    if flushing:
        return float(GRAVITY_HEAD * zone.elevation - (back.linear + back.quadratic * abs(back.flow)) * back.flow)
    floor = well.hold_pressure + (VACUUM - well.hold_pressure) * well.pressure_loss + GRAVITY_HEAD * zone.elevation
    level = max(-well.static_depth - well.level_drop, -well.static_depth - well.return_screen)
    ground = back.linear * (flow - well.return_lagged) + GRAVITY_HEAD * level
    return float(max(ground, floor - (back.linear + back.quadratic * flow) * flow))


@kernel
def _close_backwards(back: Rows, least: float, network: Rows) -> None:
    """The return valve keeps its pressure while the pump's check valve is tight; it closes when water runs back."""
    closing = back.flow < -least
    if (closing and back.check == 0.0) or (back.flow > least and back.check != 0.0):
        back.check = 1.0 if closing else 0.0
        network[0].moved = 1.0


@kernel
def _open_drain(well: Rows, spill: Rows, drain: float, network: Rows) -> None:
    """Open the overflow above the limit pressure, or lift the water of a backwash to the drain at its pressure [Pa]."""
    lift, linear, quadratic = 0.0, SHUT, OVERFLOW_LOSS * well.per_rated
    if well.backwashing > 0.5:
        lift, linear, quadratic = drain + FLUSH_HEAD, _screen(well), FLUSH_HEAD * well.per_rated
    elif well.return_pressure > well.limit_pressure:
        linear = 0.0
    if lift != spill.lift_0 or abs(linear - spill.linear) > 0.005 * linear:
        spill.lift_0, spill.linear, spill.quadratic = lift, linear, quadratic
        network[0].moved = 1.0


@kernel
def _screen(well: Rows) -> float:
    """Pressure per flow of the upper screen as it is now [Pa s/kg]."""
    return head_slope(well.conductivity, well.return_screen, well.log_reach, well.skin_seen)
