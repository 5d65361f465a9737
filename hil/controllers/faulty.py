"""Controllers with one fault each: a criterion that passes them does not test what it says."""

from dataclasses import replace

from hil.bench.bus_link import Link
from hil.controllers.programs.plant_room import PlantRoom
from hil.controllers.programs.pool_keeper import PoolKeeper
from hil.controllers.pumps.pump_pair import PumpPair
from hil.controllers.settings.settings import Settings
from hil.controllers.settings.wiring import Wiring
from hil.controllers.source.changeover import Changeover
from hil.controllers.units.recovery import Recovery
from hil.controllers.units.staging import Staging


class _LonelyPump(PumpPair):
    def change_over(self, time_s: float) -> None:
        """The alarm is given, the standby pump stays where it is."""


class NoStandby(PlantRoom):
    """Never starts a standby pump."""

    pair = _LonelyPump


class PoolWithoutStandby(PoolKeeper):
    """Never starts a standby pump."""

    pair = _LonelyPump


class _HastyValves(Changeover):
    def closed(self, group: object) -> bool:  # noqa: ARG002
        """Takes it for granted."""
        return True

    def opened(self, group: object) -> bool:  # noqa: ARG002
        """Takes it for granted."""
        return True


class UnprovenValves(PlantRoom):
    """Switches the changeover valves without waiting for their proofs."""

    valves = _HastyValves


class _Thermostat(Staging):
    def update(self, time_s: float, released: bool, supply: float, supply_sp: float) -> None:
        """Both units on below the set point, both off above it, without any times."""
        super().update(time_s, released, supply, supply_sp)
        short = supply - supply_sp if self.cooling else supply_sp - supply
        for unit in self.units:
            if released and short > 0.5 and not unit.on:
                unit.enable()
            elif short < -0.5:
                unit.disable(time_s)


class NoMinOff(PlantRoom):
    """Cycles the units by the supply temperature, with no minimum off time."""

    staging = _Thermostat

    def __init__(self, link: Link, wiring: Wiring, settings: Settings) -> None:
        """Without the minimum times."""
        super().__init__(link, wiring, replace(settings, min_off_s=0.0, min_on_s=0.0, max_starts=1000))


class _Heedless(Recovery):
    def look(self) -> None:
        """The store may be as cold as it likes."""


class NoRecovery(PlantRoom):
    """Never gives the heat of cooling to the hot water; the electric heater does it all."""

    recovery = _Heedless
