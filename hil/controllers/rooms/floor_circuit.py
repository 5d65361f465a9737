"""A radiant floor on an injection circuit: its water by the weather in winter, above the dew point in summer.

Source: EN 1264 (surface), ISO 11855 (water of a cooled floor above the dew point); the curve is chosen.
"""

from dataclasses import dataclass

from hil.bench.bus_link import Link
from hil.controllers.pumps.pump_drive import PumpDrive
from hil.controllers.rooms.demand import ROOM_MODES, on_line
from hil.controllers.rooms.outdoor_sensor import OutdoorSensor
from hil.controllers.settings.settings import SUMMER, Celsius, Kelvin, Percent, Point, Seconds, Settings
from twin.yaml_lines import FileModel

STEP = 1.0
"""Valve commands go out in steps of this size [%]."""


class FloorWiring(FileModel):
    """A floor with its thermostat, the pump that turns its water round, the valve that lets water in, and meters."""

    floor: str
    pump: str
    valve: str
    meter: str
    room: str


@dataclass(frozen=True)
class FloorSettings(Settings):
    """Numbers of a floor circuit, beside those of its plant room."""

    floor_cold: Point = (-7.6, 31.0)
    floor_mild: Point = (12.0, 24.0)
    floor_coolest: Celsius = 17.0
    """Coldest water in summer, whatever the dew point allows."""
    dew_margin: Kelvin = 2.0
    """Water at least so far above the dew point; the surface is warmer than the water."""
    useful_cold: Kelvin = 3.0
    """The floor rests when its water may not be colder than the room by so much."""
    floor_beside: Kelvin = 0.3
    """The floor's thermostat is set so far beyond the air's, so that the floor goes first."""
    floor_speed: Percent = 70.0
    floor_valve_s: Seconds = 600.0
    """Integral time of the valve: per kelvin a tenth of its way in a tenth of this."""


class FloorCircuit:
    """Runs pump and valve of a floor. alarm: its pump shows no proof; stays until the reset."""

    def __init__(self, link: Link, wiring: FloorWiring, settings: FloorSettings, proof_s: float) -> None:
        """Find all registers; proof_s: time allowed to the pump's proof after a start [s]."""
        self.settings, self._proof_s = settings, proof_s
        self._view, self._write, place = link.view, link.write, link.place
        self.pump = PumpDrive(link, wiring.pump)
        self._valve = place(f"{wiring.valve}.position_cmd")
        self._supply = place(f"{wiring.meter}.supply_temp")
        self._mode, self._sp = place(f"{wiring.floor}.mode_cmd"), place(f"{wiring.floor}.temp_sp")
        self._calling, self._risk = place(f"{wiring.floor}.calling"), place(f"{wiring.floor}.condensation_risk")
        self._room, self._dew = place(f"{wiring.room}.temp"), place(f"{wiring.room}.dew_point")
        self._outdoor = OutdoorSensor(link, settings)
        self._opening, self._looked_at = 0.0, 0.0
        self.alarm = False

    def update(self, time_s: float, season: int, wanted: bool, room_sp: float) -> None:
        """One look at the floor; wanted: the plant gives warm or cold water; room_sp: of the air [degC].

        Clauses HA-2.1, HA-2.3, HA-2.4, HA-2.5.
        """
        settings, view = self.settings, self._view
        self._outdoor.look(time_s)
        cooling = season == SUMMER
        self._write(self._mode, ROOM_MODES.get(season, 0.0))
        self._write(self._sp, room_sp - settings.floor_beside if cooling else room_sp + settings.floor_beside)
        sp = self.water_sp(cooling)
        useless = cooling and sp > view[self._room] - settings.useful_cold
        on = wanted and view[self._calling] > 0.5 and view[self._risk] < 0.5 and not useless
        self._run(time_s, on and not self.alarm)
        passed, self._looked_at = time_s - self._looked_at, time_s
        if self.pump.on and self.pump.turns():
            off = sp - view[self._supply]
            self._opening += (-off if cooling else off) * 100.0 * min(passed, 60.0) / settings.floor_valve_s
            self._opening = min(max(self._opening, 0.0), 100.0)
        elif not self.pump.on:
            self._opening = 0.0
        self._write(self._valve, round(self._opening / STEP) * STEP)

    def water_sp(self, cooling: bool) -> float:
        """Set point of the water to the floor [degC]. Clauses HA-2.2, HA-2.3, RM-1.6."""
        settings, view = self.settings, self._view
        if cooling:
            return max(settings.floor_coolest, float(view[self._dew]) + settings.dew_margin)
        return on_line(settings.floor_cold, settings.floor_mild, self._outdoor.temp(settings.floor_cold[0]))

    def reset(self) -> None:
        """Acknowledge. Clause HA-2.6."""
        self.alarm = False

    def _run(self, time_s: float, on: bool) -> None:
        """Start or stop the pump, and wait for its proof. Clauses HA-2.4, HA-2.6."""
        if on and not self.pump.on:
            self.pump.start(time_s, self.settings.floor_speed)
        elif not on and (self.pump.on or self.pump.changed_at == 0.0):
            self.pump.stop(time_s)
        if self.pump.on and not self.pump.turns() and time_s - self.pump.changed_at > self._proof_s:
            self.alarm = True
