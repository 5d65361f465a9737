"""The make-up set of a pressure holding: pump control, tank with float valve and softener, counters.

Source: docs/physics/piping.md#make-up, docs/sequences/sources.md#pressure: on below 0.20 MPa, off at 0.30 MPa, locked
out under 10 % of the tank, leak alarm at more than 6 starts an hour or 30 minutes at a stretch.
"""

from plant_models.piping.leaks import SHUT
from plant_models.water.network import M3H
from twin.kernel import Rows, kernel

RATED_PRESSURE = 2.5e5
"""Gauge pressure [Pa] at which the pump gives its rated make-up."""
DRAINING = 20.0 / 3600.0
"""Flow [m3/s] that the fault lets out of the tank."""


@kernel
def drive(row: Rows, way: Rows, network: Rows) -> None:
    """Two-point control on the measured pressure, lock-outs, and the pump curve of the passage."""
    if row.pressure < row.on_pressure_sp:
        row.demand = 1.0
    elif row.pressure >= row.off_pressure_sp:
        row.demand = 0.0
    asked = row.demand if row.auto_cmd > 0.5 else row.make_up_cmd
    closed = (asked > 0.5 and row.enable_cmd > 0.5) or row.make_up_stuck > 0.5
    running = 1.0 if closed and row.alarm_tank_low < 0.5 and row.make_up_failed < 0.5 else 0.0
    if running == row.running:
        return
    row.running = running
    rated = row.make_up_flow / M3H
    way.lift_0 = row.make_up_head * running
    way.lift_2 = (row.make_up_head - RATED_PRESSURE) / (rated * rated) * running
    way.linear = 0.0 if running > 0.0 else SHUT
    network[0].moved = 1.0
    if running > 0.0:
        row.starts += 1.0
        row.bins[int(row.bin)] += 1.0
        row.starts_per_hour += 1.0


@kernel
def refill(row: Rows, made: float, dt: float) -> None:
    """Tank, float valve and softener; `made` is the water [m3] pumped out in this tick."""
    level = row.tank_water / row.tank_volume
    if level < 0.8:
        row.filling = 1.0
    elif level > 0.95:
        row.filling = 0.0
    row.regeneration = max(0.0, row.regeneration - dt)
    row.regenerating = 1.0 if row.regeneration > 0.0 or row.softener_stuck > 0.5 else 0.0
    let_in = 0.0
    if row.filling > 0.0 and row.regenerating < 0.5 and row.tank_empty < 0.5:
        let_in = row.refill_flow / 3600.0 * dt
        row.softened += let_in
        if row.softener_volume > 0.0 and row.softened >= row.softener_volume:
            row.softened = 0.0
            row.regeneration = row.softener_time
    let_out = min(DRAINING * row.tank_empty * dt, max(0.0, row.tank_water - made))
    row.refilled += let_in
    row.drained += let_out
    row.tank_water += let_in - let_out - made
    row.tank_level = row.tank_water / row.tank_volume
    if row.tank_level < 0.1:
        row.alarm_tank_low = 1.0
    elif row.tank_level > 0.2:
        row.alarm_tank_low = 0.0


@kernel
def count_starts(row: Rows, dt: float) -> None:
    """Starts within the last hour by five minutes, run times, and the leak alarm that follows from them."""
    row.bin_age += dt
    if row.bin_age >= 300.0 - 1e-6:
        row.bin_age = 0.0
        row.bin = (row.bin + 1.0) % 12.0
        row.starts_per_hour -= row.bins[int(row.bin)]
        row.bins[int(row.bin)] = 0.0
    if row.running > 0.0:
        row.run_time += dt
        row.at_a_stretch += dt
    else:
        row.at_a_stretch = 0.0
    row.alarm_leak = 1.0 if row.starts_per_hour > 6.0 or row.at_a_stretch > 1800.0 else 0.0
