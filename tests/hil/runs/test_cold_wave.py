"""The cold wave of January 2016: plants with their reference controller against an independent prediction of rooms.

The prediction is the network of ISO 13790 as docs/physics/buildings.md#rooms writes it down, with one mass for floor,
partitions and walls together and its shares of sun and gains, integrated in small explicit steps with numpy. It knows
what a planner knows: conductances, heat capacities (of furniture too), the outdoor temperature as recorded by the
station, the sun, people by the clock, and the heat that each room was given. Nothing pulls it back to the rooms in the
whole week.
"""

import csv
import gzip
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bench.bus_link import BusLink
from hil.controllers.registry import controller
from plant_models.assembly.plant_file import ready_plants
from plant_models.plant import build

BESIDE = Path(__file__).resolve().parents[4]
WANLIU = next(BESIDE.glob("*/data/weather/beijing_wanliu_*_weather.csv.gz"), None)
"""Hourly record of the station Wanliu; it does not ship. Without it the built-in shape of those days is run."""
START, DAYS = datetime(2016, 1, 20), 7  # noqa: DTZ001  (plant time is local standard time)
MINUTE = 60.0
STEP = 5.0
"""Explicit step of the prediction [s], far below the shortest time constant of some minutes."""
AIR = 1.2 * 1014.0
"""Heat capacity of air [J/(m3 K)]."""
VILLAGE = next((name for name in ("village_500", "household_5_6") if name in ready_plants()), "")


class Week(NamedTuple):
    """One row a minute: outdoor [degC], sun on four facades [W/m2], rooms [degC], heat given to them [J].

    surface, mass: of each room at the start [degC], that of the mass as the mean of all that stores heat in it
    """

    outdoor: Any
    sun: Any
    rooms: Any
    given: Any
    zones: Any
    surface: Any
    mass: Any


def lived_through(name: str) -> Week:
    """The week with the reference controller, every minute recorded."""
    weather = str(WANLIU) if WANLIU else "beijing_january_2016_shape"
    bench = Bench(build(name, START, DAYS * 86400.0, weather), read_bench(name), START)
    bench.control(controller("reference", BusLink(bench.bus), name), 10_000)
    zones, sky = bench.store.tables["zone"], bench.store.row("weather")
    surface, inner, outer = (zones[name].copy() for name in ("surface_temp", "mass_temp", "wall_temp"))
    capacity = zones["capacity_mass"] + zones["capacity_walls"]
    mass = (zones["capacity_mass"] * inner + zones["capacity_walls"] * outer) / capacity
    facades = [f"irradiance_{side}" for side in ("south", "west", "north", "east")]
    rows: list[tuple[Any, ...]] = []

    def keep(_: int) -> None:
        sun = [float(sky[side]) for side in facades]
        rows.append((float(sky.outdoor_temp), sun, zones["temp"].copy(), zones["heat_from_emitter"].copy()))

    bench.record(int(MINUTE * 1000), keep)
    bench.schedule.run(DAYS * 86_400_000)
    assert bench.plant.balance()["failures"] == 0.0
    assert bench.plant.balance()["energy_residual"] < 1e-6
    return Week(*(np.array(column) for column in zip(*rows, strict=True)), zones, surface, mass)


def people(zones: Any, minute: int) -> Any:
    """1 in rooms that are occupied by their schedule, else 0."""
    now = START + timedelta(minutes=minute)
    hour, first, last = now.hour + now.minute / 60.0, zones["occupied_from"], zones["occupied_to"]
    inside = np.where(first < last, (first <= hour) & (hour < last), (hour >= first) | (hour < last))
    return (inside & ~((zones["weekdays_only"] > 0.5) & (now.weekday() > 4))).astype(float)


def predicted(week: Week) -> Any:
    """Room temperatures of the network with one mass [degC], one row a minute."""
    z = week.zones
    windows, to_air = z["conductance_windows"], z["conductance_air"]
    to_mass = z["conductance_mass"] + z["conductance_walls"]
    fabric = 1.0 / (1.0 / z["conductance_fabric"] + 1.0 / z["conductance_walls"])
    fabric = 1.0 / (1.0 / fabric - 1.0 / to_mass)
    capacity = z["capacity_mass"] + z["capacity_walls"]
    area = to_air / 3.45
    on_mass, on_glass = to_mass / 9.1 / area, windows / (9.1 * area)
    apertures = np.array([z[f"aperture_{side}"] for side in ("south", "west", "north", "east")])
    air, surface, mass = week.rooms[0], week.surface, week.mass
    found = [air]
    for minute in range(len(week.rooms) - 1):
        outside, inside = week.outdoor[minute], people(z, minute)
        ventilation = AIR * z["volume"] / 3600.0 * (z["air_changes"] + z["air_changes_occupied"] * inside)
        gains = z["gains_always"] + z["gains_occupied"] * inside
        spread = 0.5 * gains + week.sun[minute] @ apertures
        emitted = (week.given[minute + 1] - week.given[minute]) / MINUTE
        radiant = z["radiant_share"] * emitted
        at_surface = (1.0 - on_mass - on_glass) * spread + radiant
        for _ in range(round(MINUTE / STEP)):
            to_room = ventilation * (outside - air) + to_air * (surface - air) + 0.5 * gains + emitted - radiant
            to_surface = to_air * (air - surface) + to_mass * (mass - surface) + windows * (outside - surface)
            inward = fabric * (outside - mass) + to_mass * (surface - mass) + on_mass * spread
            air = air + to_room * STEP / z["capacity_air"]
            surface = surface + (to_surface + at_surface) * STEP / z["capacity_surface"]
            mass = mass + inward * STEP / capacity
        found.append(air)
    return np.array(found)


def station() -> Any:
    """Outdoor temperature of the station [degC], one row a minute, read from its file without the rig."""
    assert WANLIU is not None
    with gzip.open(WANLIU, "rt", encoding="utf-8") as file:
        hours = [(row["time"], float(row["TEMP"])) for row in csv.DictReader(file) if row["TEMP"]]
    minutes = [(datetime.fromisoformat(time) - START) / timedelta(minutes=1) for time, _ in hours]
    return np.interp(np.arange(DAYS * 1440 + 1), minutes, [temp for _, temp in hours])


@pytest.mark.parametrize("name", ["office", VILLAGE] if VILLAGE else ["office"])
def test_rooms_follow_an_independent_prediction_through_the_cold_wave(name: str, validation: Any) -> None:
    week = lived_through(name)
    if WANLIU:
        week = week._replace(outdoor=station()[: len(week.outdoor)])
    rooms = predicted(week)
    off = np.abs(week.rooms - rooms)
    worst = int(off.max(axis=0).argmax())
    case, source = (
        f"{name}, cold wave of January 2016",
        "network of ISO 13790 in explicit steps, docs/physics/buildings.md#rooms",
    )
    weather = "hourly record of the station Wanliu" if WANLIU else "built-in shape of those days"
    note = f"Weather: {weather}. The prediction gets the same heat and is never pulled back to the rooms."
    times = np.arange(0, len(rooms), 180)
    validation(
        f"{case}: the room that strays most", source, expected=list(rooms[times, worst]),
        got=list(week.rooms[times, worst]), tolerance=1.0, unit="degC", x=("days", list(times / 1440.0)), note=note,
    )  # fmt: skip
    validation(
        f"{case}: largest deviation of any room", source, expected=0.0, got=float(off.max()), tolerance=1.0, unit="K"
    )
