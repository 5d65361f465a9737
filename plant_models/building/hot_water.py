"""Taps that draw hot water by the hour, behind a mixing valve (docs/physics/buildings.md#hot-water)."""

from typing import Any, ClassVar

from plant_models.water.network import HEAT_CAPACITY, M3H
from twin.kernel import Rows, kernel
from twin.points import RISES, Model, alarm, fault, link, parameter, sensor, state
from twin.symbol import ROOMS, Symbol

PRESSURE = 3e5
"""Pressure of the cold mains and, behind the pressure regulator, of the hot water [Pa]."""
SHUT = 1e12
"""Linear loss of closed taps [Pa s/kg]."""
HOURS = 24
SPORTS = (
    0.1, 0.1, 0.1, 0.1, 0.1, 0.4, 0.9, 1.1, 0.9, 0.8, 0.9, 1.1,
    1.3, 1.2, 0.9, 0.9, 1.1, 1.5, 1.9, 2.0, 1.8, 1.2, 0.5, 0.2,
)  # fmt: skip
"""Draw of a sports centre by the hour over its mean from 6 to 22 h: the peak hour twice that mean
(docs/plants/documents.md#s7)."""


class HotWaterDraw(Model):
    """Showers and taps: `hot` runs from the top of a store to the taps, `cold` from the mains to its bottom.

    The taps want heat by a daily profile, at `tap_temp` behind a mixing valve: of a hotter store they take less water;
    a colder one gives them all the flow they can take, colder than wanted. Heat is counted above the mains.
    Source: docs/plants/documents.md#s7, docs/physics/buildings.md#hot-water.
    """

    symbol = Symbol("tap", end=ROOMS)
    energies: ClassVar = {"heat drawn as hot water": "energy"}
    volumes: ClassVar = {"drawn as hot water": "volume"}
    route = ()
    ends: ClassVar = {"hot": ("", "taps"), "cold": ("mains", "")}
    hot = link("passage", "from the top of the store to the taps")
    cold = link("passage", "from the mains to the bottom of the store")
    taps = link("junction")
    mains = link("junction")
    mean_heat = parameter("W", 200e3, lo=0.0, doc="heat drawn, mean of the hours from 6 to 22 h")
    profile = parameter("1", 1.0, count=HOURS, lo=0.0, hi=1000.0, doc="draw by the hour of the day over that mean")
    tap_temp = parameter("degC", 42.0, lo=20.0, hi=60.0, doc="water at the taps, behind the mixing valve")
    mains_temp = parameter("degC", 12.0, lo=1.0, hi=30.0, doc="cold water")
    scald_temp = parameter("degC", 48.0, lo=30.0, doc="water at the taps above this scalds")

    demand = sensor("W", doc="heat wanted by the taps")
    heat = sensor("W", doc="heat drawn from the store")
    hot_flow = sensor("m3/h", doc="water drawn from the store")
    tap_flow = sensor("m3/h", doc="water at the taps")
    mixed_temp = sensor("degC", 42.0, doc="water at the taps")
    supply_temp = sensor("degC", 15.0, doc="hot water coming from the store")
    alarm_cold = alarm(doc="taps run more than 3 K colder than wanted")
    alarm_scald = alarm(doc="taps run hot enough to scald")
    demand_factor = state("1", 1.0, lo=0.0, doc="factor on the demand; a scenario's tournament or holiday")
    energy = state("J", doc="heat drawn, in all", tags=(RISES,))
    volume = state("m3", doc="hot water drawn, in all", tags=(RISES,))
    short_time = state("s", doc="time with water too cold at the taps")
    wanted_flow = state("kg/s", doc="flow that the passages are set for")

    fault_mixing_valve = fault(doc="Mixing valve stuck on hot: taps at the temperature of the store, scald alarm.")
    fault_open_tap = fault(doc="Taps left running: at 1 the mean draw more, day and night; the store is drained.")
    fault_cold_supply = fault(doc="Cold main shut: no hot water either, whatever the store holds.")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """Mains and taps as ends of given pressure, cold water as given temperature; taps shut."""
        for name, pressure in (("mains", PRESSURE), ("taps", 0.0)):
            end = tables["junction"][int(row[name])]
            end.held, end.pressure, end.given_temp, end.temp = 1.0, pressure, 1.0, row.mains_temp
        tables["passage"][int(row.cold)].linear = 1.0
        tables["passage"][int(row.cold)].quadratic = 0.0
        tables["passage"][int(row.hot)].linear = SHUT
        tables["passage"][int(row.hot)].quadratic = 0.0
        if (row.profile == 1.0).all():
            row.profile[:] = SPORTS


@kernel
def _want(row: Rows, hour: float, supply: float) -> float:
    """Water wanted from the store [kg/s], for the heat of the hour at the temperature of the supply."""
    share = row.profile[int(hour) % HOURS] * row.demand_factor + row.fault_open_tap
    row.demand = row.mean_heat * share * (1.0 - row.fault_cold_supply)
    at_taps = row.demand / (HEAT_CAPACITY * (row.tap_temp - row.mains_temp))
    row.tap_flow = at_taps * M3H
    if row.fault_mixing_valve > 0.5 or supply <= row.tap_temp:
        return at_taps  # type: ignore[no-any-return]
    return at_taps * (row.tap_temp - row.mains_temp) / (supply - row.mains_temp)  # type: ignore[no-any-return]


@kernel
def actuate(draws: Rows, passages: Rows, weather: Rows, network: Rows) -> None:
    """Open the taps for the hour and the supply's temperature; the network hears of changes above 2 %."""
    for i in range(len(draws)):
        row = draws[i]
        passage = passages[row.hot]
        supply = passage.entering_temp if passage.flow > 0.0 else row.supply_temp
        wanted = _want(row, weather[0].hour, supply)
        if abs(wanted - row.wanted_flow) > 0.02 * row.wanted_flow or (wanted == 0.0 and row.wanted_flow > 0.0):
            row.wanted_flow = wanted
            passage.linear = PRESSURE / wanted if wanted > 0.0 else SHUT
            network[0].moved = 1.0


@kernel
def sense(draws: Rows, passages: Rows, dt: float) -> None:
    """Heat and water drawn in a tick of dt [s], and what comes out of the taps."""
    for i in range(len(draws)):
        row = draws[i]
        hot = passages[row.hot]
        flow = max(hot.flow, 0.0)
        if flow > 1e-6:
            row.supply_temp = hot.leaving_temp
        row.hot_flow = flow * M3H
        row.heat = flow * HEAT_CAPACITY * (row.supply_temp - row.mains_temp)
        row.energy += row.heat * dt
        row.volume += row.hot_flow * dt / 3600.0
        mixing = max(row.tap_flow, row.hot_flow)
        drawn = mixing > 1e-3
        if drawn:
            row.mixed_temp = row.mains_temp + (row.supply_temp - row.mains_temp) * row.hot_flow / mixing
        row.alarm_cold = 1.0 if drawn and row.mixed_temp < row.tap_temp - 3.0 else 0.0
        row.alarm_scald = 1.0 if drawn and row.mixed_temp > row.scald_temp else 0.0
        row.short_time += row.alarm_cold * dt
