"""States and alarms of a room unit, as its registers number them."""

OFF, WAITING, OPENING, RUNNING, STOPPED, LOCKED, FROZEN = range(7)
STATES = {
    OFF: "off", WAITING: "waiting", OPENING: "opening", RUNNING: "running", STOPPED: "stopped", LOCKED: "locked_out",
    FROZEN: "frozen",
}  # fmt: skip
"""off: no call; waiting: minimum off time; opening: valve open, waits for water; stopped: by a protection."""
NONE, FLOW, COLD_SOURCE, FREEZE, HIGH_PRESSURE, LOW_PRESSURE, COMPRESSOR = range(7)
ALARMS = {
    NONE: "none", FLOW: "flow", COLD_SOURCE: "low_source", FREEZE: "freeze", HIGH_PRESSURE: "high_pressure",
    LOW_PRESSURE: "low_pressure", COMPRESSOR: "compressor",
}  # fmt: skip
