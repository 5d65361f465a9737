"""One pump as the controller sees it: its registers, and what has been asked of it."""

from hil.bench.bus_link import Link

IDLE_PROOF_S = 60.0
"""A pump that is off and still shows its run proof after this long contradicts its command."""


class PumpDrive:
    """Registers of a pump, what was asked of it and when, and whether it has been given up as failed."""

    def __init__(self, link: Link, name: str) -> None:
        """Find the registers of the pump `name`."""
        self.name = name
        self._write = link.write
        self._view = link.view
        self._enable = link.place(f"{name}.enable_cmd")
        self._speed = link.place(f"{name}.speed_cmd")
        self._reset = link.place(f"{name}.reset_cmd")
        self.running = link.place(f"{name}.running")
        self.trip = link.place(f"{name}.alarm_trip")
        self._run_hours = link.place(f"{name}.run_hours")
        self.on = False
        self.failed = False
        self.changed_at = 0.0

    def start(self, time_s: float, speed: float) -> None:
        """Order the pump to run at a speed [%]."""
        self._write(self._speed, speed)
        self._write(self._enable, 1.0)
        self.on = True
        self.changed_at = time_s

    def set_speed(self, speed: float) -> None:
        """Another speed [%] for a pump that may be running."""
        self._write(self._speed, speed)

    def stop(self, time_s: float) -> None:
        """Order the pump to stop."""
        self._write(self._enable, 0.0)
        if self.on:
            self.changed_at = time_s
        self.on = False

    def leave(self, time_s: float) -> None:
        """Stop, and be looked at afresh after the next start."""
        self.stop(time_s)

    def ready(self) -> bool:
        """Whether it may be started."""
        return not (self.failed or self.tripped())

    def curable(self) -> bool:
        """Whether it is worth trying again once it has failed."""
        return True

    def hours(self) -> float:
        """Run hours, as the drive counts them."""
        return float(self._view[self._run_hours])

    def turns(self) -> bool:
        """Whether the run proof is made."""
        return bool(self._view[self.running] > 0.5)

    def unasked(self, time_s: float) -> bool:
        """Whether it is off and has shown its run proof for too long since. Clauses PU-1.6, PU-3.6."""
        return not self.on and self.turns() and time_s - self.changed_at > IDLE_PROOF_S

    def tripped(self) -> bool:
        """Whether the drive reports a trip."""
        return bool(self._view[self.trip] > 0.5)

    def push_reset(self, pushed: bool) -> None:
        """Hold or release the reset of the drive."""
        self._write(self._reset, 1.0 if pushed else 0.0)


def least_used(pumps: list[PumpDrive]) -> PumpDrive | None:
    """The pump with the fewest run hours, or None."""
    return min(pumps, key=PumpDrive.hours, default=None)
