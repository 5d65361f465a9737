"""What the building wants: rooms that call, set points by weather, and the rooms' mode by season."""

from collections.abc import Sequence

from hil.bench.bus_link import Link
from hil.controllers.rooms.outdoor_sensor import OutdoorSensor
from hil.controllers.settings.settings import SUMMER, WINTER, Settings
from hil.controllers.timers import OffDelay

ROOM_MODES = {WINTER: 1.0, SUMMER: 2.0}
"""`fan_coil.mode_cmd`: heat, cool; 0 is off."""


def on_line(cold: tuple[float, float], warm: tuple[float, float], temp: float) -> float:
    """A value on the line between two points (temperature, value), level beyond them."""
    share = (temp - cold[0]) / (warm[0] - cold[0])
    return cold[1] + (warm[1] - cold[1]) * min(max(share, 0.0), 1.0)


class Demand:
    """Calls of the rooms, the lockout by outdoor temperature and the supply's set point.

    wanted: heat or cold is asked for
    """

    def __init__(self, link: Link, rooms: Sequence[str], settings: Settings) -> None:
        """Find all rooms and the outdoor temperature."""
        self.settings = settings
        self._view, self._write = link.view, link.write
        self._calling = [link.place(f"{room}.calling") for room in rooms]
        self._modes = [link.place(f"{room}.mode_cmd") for room in rooms]
        self._set_points = [link.place(f"{room}.temp_sp") for room in rooms]
        self.outdoor = OutdoorSensor(link, settings)
        self.wanted = False
        self._locked = False
        self._season: int | None = None
        self._called, self._changed = OffDelay(settings.request_s), OffDelay(settings.state_s)

    def set_season(self, season: int) -> None:
        """Rooms follow the season; their set points are given once, then the users may change them. Clause RM-1.1."""
        if season == self._season:
            return
        self._season = season
        for place in self._modes:
            self._write(place, ROOM_MODES.get(season, 0.0))
        if season in ROOM_MODES:
            for place in self._set_points:
                self._write(place, self.settings.room_sp[season == SUMMER])

    def update(self, time_s: float, season: int) -> None:
        """Is heat or cold wanted? On and off for at least `state_s` each. Clause RM-1.2."""
        self.outdoor.look(time_s)
        view, calling = self._view, False
        for place in self._calling:
            if view[place] > 0.5:
                calling = True
                break
        recently = self._called.update(time_s, calling)
        calls = recently if self.wanted else calling
        called = season in ROOM_MODES and calls and not self._locked_out(season)
        if called != self.wanted and (season not in ROOM_MODES or not self._changed.holds(time_s)):
            self.wanted = called
            self._changed.hold(time_s)

    def supply_sp(self, season: int) -> float:
        """Set point of the supply temperature [degC]. Clause RM-1.4."""
        settings, outdoor = self.settings, self._outdoor_temp(season)
        if season == SUMMER:
            return on_line(settings.cooling_mild, settings.cooling_warm, outdoor)
        return on_line(settings.curve_cold, settings.curve_mild, outdoor)

    def _outdoor_temp(self, season: int) -> float:
        """Outdoor temperature; without a reading that of the design day. Clause RM-1.6."""
        settings = self.settings
        return self.outdoor.temp(settings.cooling_warm[0] if season == SUMMER else settings.curve_cold[0])

    def _locked_out(self, season: int) -> bool:
        """No heating on a warm day, no cooling on a cold one. Clause RM-1.3."""
        settings, outdoor = self.settings, self._outdoor_temp(season)
        beyond = outdoor - settings.heating_lockout if season == WINTER else settings.cooling_lockout - outdoor
        if beyond > 0.0:
            self._locked = True
        elif beyond < -settings.lockout_band:
            self._locked = False
        return self._locked
