"""The operating panel in the plant room: what the operator selects, and the lamps that the controller lights.

No physics. A controller reports its own alarms here, as it would to a signal panel or a building management system;
scenarios turn its switches and judge its lamps.
"""

from twin.points import Model, command, status


class Panel(Model):
    """Selector switches read by the controller, and lamps, texts and the life sign written by it."""

    symbol = None
    switches = ("season_selector", "emergency_stop", "alarm_reset", "utility_lock")
    season_selector = status("1", 1.0, values={0: "off", 1: "winter", 2: "summer"}, doc="season the operator selects")
    emergency_stop = status("1", 0.0, lo=0.0, hi=1.0, doc="1: the operator has pressed the emergency stop")
    alarm_reset = status("1", 0.0, lo=0.0, hi=1.0, doc="1 while the operator holds the reset button")
    utility_lock = status(
        "1", 0.0, lo=0.0, hi=1.0, doc="1 while the utility locks the units, by its ripple-control receiver"
    )
    season = command("1", 0.0, lo=0.0, hi=3.0, values={0: "off", 1: "winter", 2: "summer", 3: "changing"},
                     doc="season the controller works in")  # fmt: skip
    life_sign = command("1", 0.0, lo=0.0, hi=65535.0, doc="counter that the controller raises while it runs")
    alarm = command("1", 0.0, lo=0.0, hi=1.0, doc="lamp: any alarm of the controller")
    alarm_source_pump = command("1", 0.0, lo=0.0, hi=1.0, doc="lamp: a source pump has failed")
    alarm_load_pump = command("1", 0.0, lo=0.0, hi=1.0, doc="lamp: a load pump has failed")
    alarm_well_pump = command("1", 0.0, lo=0.0, hi=1.0, doc="lamp: a well pump has failed")
    alarm_flow = command("1", 0.0, lo=0.0, hi=1.0, doc="lamp: a run proof and the flow contradict each other")
    alarm_unit = command("1", 0.0, lo=0.0, hi=1.0, doc="lamp: a heat-pump unit reports an alarm")
    alarm_low_source = command("1", 0.0, lo=0.0, hi=1.0, doc="lamp: the source is too cold, units are held back")
    alarm_changeover = command("1", 0.0, lo=0.0, hi=1.0, doc="lamp: the seasonal changeover was broken off")
    alarm_pressure = command("1", 0.0, lo=0.0, hi=1.0, doc="lamp: pressure in a loop is too low or too high")
    alarm_well = command("1", 0.0, lo=0.0, hi=1.0, doc="lamp: a well clogs, leaks, gives sand or has little water")
    alarm_pool = command("1", 0.0, lo=0.0, hi=1.0, doc="lamp: the pool is too cold, too warm, low, or misread")
    alarm_leak = command("1", 0.0, lo=0.0, hi=1.0, doc="lamp: make-up runs too often or too long")
