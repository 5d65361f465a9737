"""A plant at work: its numbers, and the driver that advances them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plant_models.assembly.assembly import Component, components
from plant_models.assembly.doubts import check_instruments, doubts
from plant_models.assembly.freezing_points import spread_brine
from plant_models.assembly.plant_file import PlantText, read_plant
from plant_models.assembly.rows import fill, lay_out
from plant_models.assembly.start import begin
from plant_models.assembly.water_check import check_ends, check_loops
from plant_models.assembly.waterways import waterways
from plant_models.building.steady_start import DAY, first_day, settle
from plant_models.tick.driver import PHASES, run
from plant_models.tick.entrance import enter
from plant_models.tick.kinds import MODELS, Tables
from plant_models.tick.order import new_order
from plant_models.water.hydraulics import topology
from plant_models.weather.weather import set_up, weather
from plant_models.weather.weather_series import Series
from twin.addresses import addresses_of
from twin.errors import InputError
from twin.kernel import JIT
from twin.points import Model
from twin.units import quantity, seconds, within

MODELS_BY_NAME: dict[str, type[Model]] = {model.__name__: model for model in MODELS}
YEAR_S = 366 * 86400.0
SAMPLE_START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)
"""A start for plants that are only looked at."""
_GROUND = (-30.0, 60.0)
"""What ground may be undisturbed [degC]."""


@dataclass(frozen=True)
class Snapshot:
    """Every number of a plant at one instant; `Plant.restore` goes on from there bit for bit."""

    arrays: tuple[Any, ...]


class Plant:
    """A plant built from its file: `store` holds its numbers, `advance` lets time pass.

    name, title, source: as in the file
    unrecorded: patterns of the components that are recorded only where a criterion asks
    parts, steps, junctions: components, ways of the water and names of junctions, for drawings and lists
    tick_s: length of a tick [s]
    start, instant: plant time 0 as local standard time of the site, and the same with its offset from UTC
    doubts: what the file says of its water that is probably not meant, in sentences with their places
    weather: its rows, each `weather.step_s` after the one before, of which the start is `weather.offset_s` behind the
    first
    notes: what the weather file lacks and was made up, in words
    """

    def __init__(
        self, text: PlantText, start: datetime, duration_s: float, weather_name: str = "", tick_s: float | None = None
    ) -> None:
        """Build and check everything; InputError says what is wrong and where in the file.

        start: at which the run begins: a moment with its offset from UTC, or local standard time of the site without
        one; duration_s: how far the weather must reach
        weather_name, tick_s: another weather (a name, or the path of a file), another length of a tick [s] than those
        of the plant file
        """
        file = text.file
        self.name, self.title, self.source, self.about = file.plant, file.title, file.source, file.about
        self.unrecorded = [pattern.strip() for pattern in file.unrecorded.split(",") if pattern.strip()]
        self.tick_s = seconds(file.tick, text.where("tick")) if tick_s is None else tick_s
        if not 0.1 <= self.tick_s <= 10.0:
            raise InputError(f"{text.where('tick')}: a tick of {self.tick_s:g} s is outside 0.1 s .. 10 s")
        self.parts: dict[str, Component] = components(text, MODELS_BY_NAME)
        water, self.steps = waterways(text, self.parts)
        capped = text.capped()
        check_ends(self.parts, water, self.steps, capped)
        self.store, rows = lay_out(self.parts, water, self.steps)
        self.junctions = {rows[number]: name for number, name in water.names().items() if number in rows}
        where = text.where("site", "ground_temp")
        self._warm(within(quantity(file.site.ground_temp, "degC", where), "degC", where, *_GROUND))
        fill(self.store, self.parts, water, self.steps, rows)
        check_instruments(self.parts, self.steps, self.store)
        check_loops(self.parts, self.steps, self.store, [rows[water.junction(name)] for name in capped])
        self.doubts = list(doubts(self.parts, water, self.steps, self.store))
        spread_brine(self.store.tables)
        series = _weather(weather_name or text.weather(), start, duration_s, text)
        self.start, self.instant, self.notes = series.start, series.site.instant(series.start), series.notes
        set_up(self.store.row("weather"), series)
        self._first_day = first_day(series)
        self.weather = series.values
        self.settle()
        self._tables = self._gathered(series.values)
        self._state = [self.store.values, *self._tables.net, *self._tables.order]
        self._addresses = addresses_of(self._tables)

    def settle(self) -> None:
        """Put the walls of all rooms onto the steady profile of the first day; their air stays as warm as it is now."""
        settle(self.store.tables, self._first_day)

    def begin(self, values: Mapping[str, float]) -> None:
        """Begin at these values of points, in their own units; to be called before the first tick.

        What they leave open of a room follows from its air and the weather of the first day.
        """
        begin(self.store, values, self.settle)

    def advance(self, ticks: int) -> None:
        """Let so many ticks pass."""
        if JIT:
            enter(self._addresses, ticks, self.tick_s)
        else:
            run(self._tables, ticks, self.tick_s)

    def prepare(self) -> None:
        """Have everything compiled before time matters; the plant stays as it is."""
        before = self.snapshot()
        self.advance(1)
        self.restore(before)

    def order(self) -> list[str]:
        """The kernels in the order in which they run in a tick, those of absent kinds left out."""
        return [
            f"{phase}: {step.name}"
            for phase, steps in PHASES.items()
            for step in steps
            if len(getattr(self._tables, step.tables[0]))
        ]

    def snapshot(self) -> Snapshot:
        """A copy of every number, solver memory included."""
        return Snapshot(tuple(array.copy() for array in self._state))

    def restore(self, snapshot: Snapshot) -> None:
        """Put every number back as it was."""
        for array, kept in zip(self._state, snapshot.arrays, strict=True):
            array[...] = kept

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every number and the memory of the solvers, as they are, by names of this plant."""
        return {f"plant {number}": array for number, array in enumerate(self._state)}

    def balance(self) -> dict[str, float]:
        """Residuals of the energy and water accounts so far, as fractions of the throughput."""
        balance, network = self.store.row("balance"), self.store.row("network")
        counted = {"boiled_s": float(network.boiled), "frozen_s": float(network.frozen_time)}
        return {name: time for name, time in counted.items() if time > 0.0} | {
            "energy_residual": float(balance.residual),
            "water_residual": float(network.closure),
            "energy_drift": float(balance.drift / balance.throughput) if balance.throughput > 0.0 else 0.0,
            "failures": float(network.failures),
        }

    def _warm(self, temp: float) -> None:
        """All water starts at the temperature of the ground."""
        self.store.tables["junction"].temp = temp
        for name in ("temp", "entering_temp", "leaving_temp"):
            self.store.tables["passage"][name] = temp

    def _gathered(self, series: Any) -> Any:
        """The tables for the driver, those of absent kinds empty, with what the solvers need."""
        tables = [self.store.tables.get(model.table, np.zeros(0, model.dtype)) for model in MODELS]
        junctions, passages = self.store.tables["junction"], self.store.tables["passage"]
        net = topology(junctions, passages)
        order = new_order(len(passages), len(junctions))
        rows = [table.view(np.recarray) for table in tables]
        return Tables._make([np.ascontiguousarray(series), net, order, *rows])


def _weather(name_or_path: str, start: datetime, duration_s: float, text: PlantText) -> Series:
    """The series over the run, and over the first day where the weather reaches so far."""
    site = text.site()
    try:
        return weather(name_or_path, start, max(duration_s, DAY), site)
    except InputError:
        pass
    try:
        return weather(name_or_path, start, duration_s, site)
    except InputError as error:
        raise error.at(text.where("site", "weather")) from error


def build(name_or_path: str, start: datetime, duration_s: float = YEAR_S, weather_name: str = "") -> Plant:
    """A ready plant by its name, or the one in a file."""
    return Plant(read_plant(name_or_path), start, duration_s, weather_name)
