"""Cooling towers on the source loop: they hold the water that cools the condensers in summer."""

from hil.bench.bus_link import Link
from hil.controllers.pumps.pump_drive import PumpDrive
from hil.controllers.settings.settings import Settings
from hil.controllers.settings.wiring import TowerWiring

STEP = 5.0
"""Fan speeds go out in steps of this size [%]."""


class Fan:
    """Fan of a tower: its command and speed."""

    def __init__(self, link: Link, name: str) -> None:
        """Find the registers of the tower `name`."""
        self._write, self._view = link.write, link.view
        self._enable, self._speed = link.place(f"{name}.enable_cmd"), link.place(f"{name}.speed_cmd")
        self._troubles = [link.place(f"{name}.alarm_{what}") for what in ("level", "freeze", "vibration")]

    def run(self, speed: float) -> None:
        """Turn at a speed [%]; 0 stops it."""
        self._write(self._enable, 1.0 if speed > 0.0 else 0.0)
        self._write(self._speed, speed)

    def troubled(self) -> bool:
        """Whether the tower reports an alarm."""
        return any(self._view[place] > 0.5 for place in self._troubles)


class Tower:
    """Runs pumps and fans of the towers while the source loop is warm.

    alarm: a tower reports an alarm
    """

    def __init__(self, link: Link, wiring: TowerWiring, settings: Settings) -> None:
        """Find all towers and their pumps."""
        self.settings = settings
        self._fans = [Fan(link, name) for name in wiring.fans]
        self._pumps = [PumpDrive(link, name) for name in wiring.pumps]
        self._on = False
        self.alarm = False

    def update(self, time_s: float, wanted: bool, temp: float) -> None:
        """Follow the temperature of the source loop.

        wanted: the source loop flows and the units cool; temp: water that goes to the condensers [degC]

        Clauses UN-4.1, UN-4.2, UN-4.3.
        """
        low, high = self.settings.tower_range
        self._on = wanted and temp > (low - self.settings.tower_band if self._on else low)
        share = min(max((temp - low) / (high - low), 0.0), 1.0) if self._on else 0.0
        for fan in self._fans:
            fan.run(round(100.0 * share / STEP) * STEP)
        for pump in self._pumps:
            if self._on and not pump.on:
                pump.start(time_s, self.settings.tower_speed)
            elif pump.on and not self._on:
                pump.stop(time_s)
        self.alarm = any(fan.troubled() for fan in self._fans) or any(pump.tripped() for pump in self._pumps)
