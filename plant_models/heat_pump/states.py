"""The numbers that stand for states, causes of a trip and part-load types of a water/water unit."""

OFF, PRE, START, RUN, STOPPING, ALARM, LOCKOUT = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0
"""`WaterWaterUnit.state`."""
FLOW, LOW_PRESSURE, HIGH_PRESSURE, FREEZE, OIL, PHASE, DAMAGE, SOURCE, DISCHARGE = 1, 2, 3, 4, 5, 6, 7, 8, 9
"""Causes of a trip; 0 is none."""
STEPS, SLIDE, VARIABLE_SPEED = 0.0, 1.0, 2.0
"""`WaterWaterUnit.part_load`."""
GROUNDWATER, GROUND_LOOP = 1.0, 2.0
"""`WaterWaterUnit.source_check`; 0 is none."""
ROUNDING = 1e-6
"""Seconds (and fractions) by which sums of ticks may miss a limit."""
HEATING, COOLING, RECOVERY = 0.0, 1.0, 2.0
"""`WaterWaterUnit.mode`."""
