"""The pool program: ground water keeps an outdoor pool from freezing and from algae.

No compressor: wells run while the pool is near one of its limits. The pool's pumps run with them, and whenever it
freezes outside, so that no pipe and no plate stands still. A pure state machine on plant time, made of the parts of the
plant-room program.
"""

from dataclasses import dataclass

from hil.bench.bus_link import Link
from hil.controllers.program import Program
from hil.controllers.pumps.pump_pair import PumpPair
from hil.controllers.rooms.outdoor_sensor import OutdoorSensor
from hil.controllers.settings.configuration import Names
from hil.controllers.settings.settings import OFF, SUMMER, WINTER, Celsius, Flow, Kelvin, Percent, Seconds, Settings
from hil.controllers.settings.wiring import LoopWiring, WellWiring
from hil.controllers.source.well_field import WellField
from hil.controllers.timers import OffDelay
from twin.yaml_lines import FileModel

LAMPS = ("load_pump", "well_pump", "flow", "well", "pool")


class PoolWiring(FileModel):
    """Wells, the pool's circuit with its meter at the exchanger, and the pool's own station."""

    wells: WellWiring
    circuit: LoopWiring
    pools: Names


@dataclass(frozen=True)
class PoolSettings(Settings):
    """Numbers of the pool program, beside those of pumps and wells. None is published; all are defaults."""

    heat_on: Celsius = 4.0
    """Water is heaviest at 4 degC: colder water stays on top, where it freezes."""
    heat_off: Celsius = 6.0
    cool_on: Celsius = 20.0
    """Well below the limit of algae: the sun of a clear day warms 0.8 m of water by 4 K more."""
    cool_off: Celsius = 18.5
    freezing_outdoor: Celsius = 2.0
    circuit_speed: Percent = 95.0
    least_circuit_flow: Flow = 70.0
    coldest_pool: Celsius = 1.5
    warmest_pool: Celsius = 25.0
    differing: Kelvin = 2.0
    """Pool thermometer and returning water further apart than this for `differing_s`: one of them is wrong."""
    differing_s: Seconds = 1800.0


class PoolKeeper(Program):
    """Keeps the pool between its limits all year. Scan period 0.5 .. 30 s of plant time."""

    parts = PoolWiring
    numbers = PoolSettings()
    lamp_names = LAMPS
    settings: PoolSettings
    pair = PumpPair

    def __init__(self, link: Link, wiring: PoolWiring, settings: PoolSettings) -> None:
        """Find every register that is needed; InputError names the one that a bench does not have."""
        super().__init__(link, settings)
        place = link.place
        self._outdoor = OutdoorSensor(link, settings)
        self._pools = [place(f"{name}.temp") for name in wiring.pools]
        self._levels = [place(f"{name}.alarm_level") for name in wiring.pools]
        self._returning = place(f"{wiring.circuit.meter}.return_temp")
        self.circuit = self.pair(link, wiring.circuit, settings.least_circuit_flow, settings)
        self.wells = WellField(link, wiring.wells, settings)
        self.resettable, self.drives = (self.circuit, self.wells), [*self.circuit.pumps, *self.wells.wells]
        self.need = OFF
        self.pool_alarm = False
        self._agreed, self._misread = OffDelay(settings.differing_s), False

    def watch(self, time_s: float) -> bool:
        """The pumps of the circuit, and the emergency stop. Clause PK-4.1."""
        failed = self.circuit.scan(time_s)
        return failed or self.panel.stopped

    def look(self, time_s: float) -> None:
        """Everything that has time. Clauses PK-2.1, PK-2.2, PK-2.3, PK-3.1, PK-4.1."""
        settings, view, outdoor = self.settings, self._view, self._outdoor
        outdoor.look(time_s)
        on = self.panel.selected != OFF and not self.panel.stopped
        coldest, warmest = self._extremes(time_s)
        self._decide(coldest, warmest)
        freezing = outdoor.temp(settings.curve_cold[0]) < settings.freezing_outdoor
        if on and (self.need != OFF or freezing):
            self.circuit.run(time_s, settings.circuit_speed)
        else:
            self.circuit.rest(time_s)
        self.circuit.check(time_s)
        if on and self.need != OFF and self.circuit.flowing:
            self.wells.check(time_s, 1.0, cold=True)
        else:
            self.wells.rest(time_s)
        low = any(view[place] > 0.5 for place in self._levels)
        beyond = coldest < settings.coldest_pool or warmest > settings.warmest_pool
        self.pool_alarm = low or beyond or self._misread
        self._show(time_s, on)

    def _extremes(self, time_s: float) -> tuple[float, float]:
        """The coldest and the warmest that the pool may be: thermometers, and the water that comes from it.

        Clauses PK-1.2, PK-3.2.
        """
        found = [self._view[place] for place in self._pools]
        if self.circuit.flowing:
            found.append(self._view[self._returning])
        coldest, warmest = min(found), max(found)
        agree = warmest - coldest < self.settings.differing or not self.circuit.flowing
        if not self._agreed.update(time_s, agree):
            self._misread = True
        return coldest, warmest

    def _decide(self, coldest: float, warmest: float) -> None:
        """Whether ground water is needed, and what for; frost goes before algae. Clause PK-1.1."""
        settings = self.settings
        if coldest < settings.heat_on or (self.need == WINTER and coldest < settings.heat_off):
            self.need = WINTER
        elif warmest > settings.cool_on or (self.need == SUMMER and warmest > settings.cool_off):
            self.need = SUMMER
        else:
            self.need = OFF

    def _show(self, time_s: float, on: bool) -> None:
        """Lamps, and what it works for. Clause PK-3.3."""
        circuit, wells = self.circuit, self.wells
        lit = {
            "load_pump": circuit.alarm,
            "well_pump": wells.alarm,
            "flow": circuit.flow_alarm,
            "well": wells.care,
            "pool": self.pool_alarm,
        }
        self.tell(time_s, self.need if on else OFF, lit, self._outdoor.refused)

    def reset(self, time_s: float) -> None:
        """The operator acknowledges: failed pumps may be used again, thermometers are compared anew. Clause PK-4.2."""
        self._misread = False
        self._agreed.hold(time_s)
        super().reset(time_s)
