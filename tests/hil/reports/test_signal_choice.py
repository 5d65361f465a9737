"""Which signals a report shows, and in which panels."""

import numpy as np

from hil.reports.signal_choice import choose, panels
from scenarios import Outcome


class Signals:
    """A recording of two instants: path and unit; every signal moves."""

    def __init__(self, **units):
        self._units = {path.replace("__", "."): unit for path, unit in units.items()}

    def paths(self):
        return list(self._units)

    def unit(self, path):
        return self._units[path]

    def values(self, path):  # noqa: ARG002
        return {}

    def signal(self, path):  # noqa: ARG002
        return np.array([2.0, 3.0])


def test_air_and_water_flows_have_panels_of_their_own():
    shown = choose(Signals(coil_1__air_flow="m3/h", pump_1__flow="m3/h", ahu__fresh_air="m3/h"), [])
    assert {title: [one.path for one in members] for title, members in panels(shown)} == {
        "Flows": ["pump_1.flow"],
        "Air flows": ["coil_1.air_flow", "ahu.fresh_air"],
    }


def test_the_hour_of_a_criterion_is_told_by_the_axis():
    judged = Outcome("occupied", "pass", signals=("weather.hour", "zone_1.temp"))
    shown = choose(Signals(weather__hour="h", zone_1__temp="degC"), [judged])
    assert [one.path for one in shown] == ["zone_1.temp"]
