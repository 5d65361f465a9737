"""The state machine of a unit, and the numbers that stand for states, modes, causes of a trip and kinds of machine.

What leads from one state to another:

    from      to        when                                                            after
    off       pre       enabled, permitted by the timers, short of the set point        start_delay
    pre       off       no longer enabled, or another mode is wanted                    -
    pre       start     flow proven on both sides, oil pressure there                   flow_bypass, pre_lubrication
    pre       alarm     no flow, or no oil                                              flow_proof_timeout
    pre       lockout   the same, once too often                                        flow_proof_timeout
    start     run       the compressor runs at its lowest step                          start_time
    start     stopping  no longer enabled                                               -
    start     alarm     a protection trips                                              the delay of its cause
    start     lockout   a protection trips once too often                               the delay of its cause
    run       stopping  told to stop, or past the set point by stop_diff                min_on
    run       alarm     a protection trips                                              the delay of its cause
    run       lockout   a protection trips once too often, or tubes have burst          the delay of its cause
    stopping  off       the pumps have run on                                           pump_overrun
    off       alarm     a phase is missing                                              -
    stopping  alarm     a phase is missing                                              -
    off       lockout   a phase is missing once too often, or tubes have burst          -
    stopping  lockout   a phase is missing once too often, or tubes have burst          -
    alarm     lockout   tubes have burst                                                -
    alarm     off       healthy again, or reset by hand                                 fault_delay
    lockout   off       reset by hand                                                   -
    pre       off       no supply                                                       -
    start     off       no supply                                                       -
    run       off       no supply                                                       -
    stopping  off       no supply                                                       -
"""

from twin.enumeration import Enumeration
from twin.kernel import Rows, kernel

STATES = Enumeration("off", "pre", "start", "run", "stopping", "alarm", "lockout")
OFF, PRE, START, RUN, STOPPING, ALARM, LOCKOUT = STATES
CAUSES = Enumeration(
    "none", "flow", "low_pressure", "high_pressure", "freeze", "oil", "phase", "damage", "source", "discharge"
)
NONE, FLOW, LOW_PRESSURE, HIGH_PRESSURE, FREEZE, OIL, PHASE, DAMAGE, SOURCE, DISCHARGE = CAUSES
MODES = Enumeration("heating", "cooling", "recovery")
HEATING, COOLING, RECOVERY = MODES
PART_LOADS = Enumeration("steps", "slide", "variable_speed")
STEPS, SLIDE, VARIABLE_SPEED = PART_LOADS
SOURCE_CHECKS = Enumeration("none", "groundwater", "ground_loop")
_, GROUNDWATER, GROUND_LOOP = SOURCE_CHECKS
CHANGEOVERS = Enumeration("water_side", "refrigerant_side")
WATER_SIDE, REFRIGERANT_SIDE = CHANGEOVERS
RECOVERIES = Enumeration("second_condenser", "desuperheater")
SECOND_CONDENSER, DESUPERHEATER = RECOVERIES
DEFROSTS = Enumeration("none", "reverse", "hot_gas")
NEVER, REVERSE, HOT_GAS = DEFROSTS
STARTERS = Enumeration("time", "demand")
TIME, DEMAND = STARTERS
ENVELOPES = Enumeration("inside", "cold_evaporation", "mop", "cold_condensation", "hot_condensation", "low_difference")
ONOFF = Enumeration("off", "on")

ROUNDING = 1e-6
"""Seconds (and fractions) by which sums of ticks may miss a limit."""
LONG = 86400.0
"""What a timer shows at first that must not hold anything back [s]."""


@kernel
def enter(unit: Rows, state: float) -> None:
    """Change the state of the sequence: nothing else does."""
    unit.state = state
    unit.state_time = 0.0
