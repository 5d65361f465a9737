"""Controllers of the sports centre with one fault each."""

from hil.controllers.programs.hot_water import HotWater
from hil.controllers.programs.sports_centre import SportsCentre


class _ColdHotWater(HotWater):
    def _keep_running(self, time_s: float) -> None:
        """Filter and circulation run; the heater is forgotten."""
        super()._keep_running(time_s)
        self._write(self._heater, 0.0)


class NoHeater(SportsCentre):
    """Leaves hot water at the 50 degC of the recovery unit."""

    hot_water_part = _ColdHotWater
