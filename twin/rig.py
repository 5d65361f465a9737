"""The rig's own points: plant time for controllers to read, and the registers by which they answer in lockstep."""

from twin.points import Model, command, sensor


class Rig(Model):
    """One row in every plant; the runner writes its sensors at every published instant."""

    symbol = None
    plant_time = sensor("s", doc="plant time since the start of the run")
    local_time = sensor("s", doc="plant time as local standard time, in seconds since 1970-01-01 00:00")
    local_year = sensor("1", 1970.0, doc="year of local standard time")
    local_month = sensor("1", 1.0, lo=1.0, hi=12.0, doc="month of local standard time, 1 to 12")
    local_day = sensor("1", 1.0, lo=1.0, hi=31.0, doc="day of the month in local standard time, 1 to 31")
    local_hour = sensor("1", doc="hour of local standard time, 0 to 23")
    local_minute = sensor("1", doc="minute of local standard time, 0 to 59")
    local_second = sensor("1", doc="second of local standard time, 0 to 59.999")
    local_weekday = sensor("1", 4.0, lo=1.0, hi=7.0, doc="day of the week in local standard time, 1 Monday to 7 Sunday")
    speed = sensor("1", 1.0, doc="seconds of plant time in one second; 0 where the run is not paced")
    lockstep = sensor("1", 0.0, values={0: "off", 1: "on"}, doc="on: the plant waits at every scan for `sync`")
    scan = sensor("s", 1.0, doc="scan period the run expects of its controller")
    sync = command("1", 0.0, lo=0.0, hi=2.0**32, doc="any write ends the controller's scan in a lockstep run")
    heartbeat = command("s", 0.0, lo=0.0, hi=2.0**32, doc="the controller's own time; compared with plant time")
