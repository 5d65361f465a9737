"""States and alarms of a room unit, as its registers number them.

What leads from one state to another; `stopped` is by a protection, `opening` waits for water behind the open valve:

    from        to          when                                                        after
    off         waiting     the thermostat calls                                        -
    waiting     off         it calls no longer                                          -
    waiting     opening     the compressor has stood long enough                        min_off
    opening     running     water flows, and is warm enough after a stop by cold water  -
    opening     stopped     no water                                                    120 s
    opening     off         the thermostat calls no longer                              -
    running     off         the thermostat calls no longer                              -
    running     waiting     the other of heating and cooling is wanted                  -
    running     stopped     a protection                                                the delay of its cause
    running     locked_out  a protection, once too often                                the delay of its cause
    locked_out  frozen      the evaporator has burst: locked out, and at once here      -
    stopped     waiting     the thermostat calls                                        min_off
    stopped     off         it calls no longer and the stop was not by cold water       -
    stopped     off         reset, or the key of the thermostat turned off              -
    locked_out  off         reset, or the key of the thermostat turned off              -
    waiting     off         no supply                                                   -
    opening     off         no supply                                                   -
    running     off         no supply                                                   -
    stopped     off         no supply                                                   -
    locked_out  off         no supply; the lock stays                                   -
    frozen      off         no supply; the burst evaporator and the lock stay           -
"""

from twin.enumeration import Enumeration

STATES = Enumeration("off", "waiting", "opening", "running", "stopped", "locked_out", "frozen")
OFF, WAITING, OPENING, RUNNING, STOPPED, LOCKED, FROZEN = STATES
ALARMS = Enumeration("none", "flow", "low_source", "freeze", "high_pressure", "low_pressure", "compressor")
NONE, FLOW, COLD_SOURCE, FREEZE, HIGH_PRESSURE, LOW_PRESSURE, COMPRESSOR = ALARMS
DRIVES = Enumeration("inverter", "on_off")
INVERTER, ON_OFF = DRIVES
