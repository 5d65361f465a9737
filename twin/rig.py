"""The rig's own points: plant time for controllers to read, and the registers by which they answer in lockstep."""

from twin.points import Model, command, sensor


class Rig(Model):
    """One row in every plant; the runner writes its sensors at every published instant."""

    symbol = None
    plant_time = sensor("s", doc="plant time since the start of the run")
    local_time = sensor("s", doc="plant time as local standard time, in seconds since 1970-01-01 00:00")
    speed = sensor("1", 1.0, doc="seconds of plant time in one second; 0 where the run is not paced")
    lockstep = sensor("1", 0.0, values={0: "off", 1: "on"}, doc="on: the plant waits at every scan for `sync`")
    scan = sensor("s", 1.0, doc="scan period the run expects of its controller")
    sync = command("1", 0.0, lo=0.0, doc="any write ends the controller's scan in a lockstep run")
    heartbeat = command("s", 0.0, lo=0.0, doc="the controller's own time; compared with plant time")
