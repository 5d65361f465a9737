"""Performance maps of heat-pump units: capacity and power over the two leaving water temperatures.

A map is a CSV file in `catalogue/maps` (made by `plant_models.heat_pump.build_maps`, or from a data sheet): comment
lines `# key: value`, a line of column names, one line per point. For an air-source unit the evaporator's temperature is
that of the coil's surface. Needed are `approach` and `saturation`; `rating`, `cut_outs` and `envelope` are those of a
water-cooled R134a screw where absent; `speculative: true` marks what no machine has ever shown. Every pair of the two
temperatures must be present; the steps need not be equal. Between the points the map is bilinear, beyond its edge it
is held and says so. Source: docs/physics/heat-pumps.md#maps.
"""

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from plant_models.catalogue import FOLDER, beside_file
from plant_models.constants import ZERO_CELSIUS
from twin.errors import InputError, unknown
from twin.files import read_text
from twin.kernel import Rows, kernel
from twin.points import Model, parameter

MAPS = FOLDER / "maps"
MOST_STEPS = 16
MOST_POINTS = 192
COLUMNS = ("evaporator_leaving_temp", "condenser_leaving_temp", "cooling_capacity", "power", "discharge_temp")
"""The columns that a map must have [degC, degC, W, W, degC]; further ones are for the reader."""


class PerformanceMap(Model):
    """A full-load map of one compressor; units scale it. Element [e * n_cond + c] is evaporator e, condenser c."""

    symbol = None
    recorded = False
    n_evap = parameter("1", 1.0, lo=1.0, hi=MOST_STEPS, doc="number of evaporator temperatures")
    n_cond = parameter("1", 1.0, lo=1.0, hi=MOST_STEPS, doc="number of condenser temperatures")
    evap_temp = parameter("degC", 0.0, count=MOST_STEPS, doc="water leaving the evaporator, rising")
    cond_temp = parameter("degC", 0.0, count=MOST_STEPS, doc="water leaving the condenser, rising")
    cooling_capacity = parameter("W", 0.0, count=MOST_POINTS, doc="heat taken from the evaporator water at full load")
    power = parameter("W", 0.0, count=MOST_POINTS, doc="compressor power at full load")
    discharge_temp = parameter("degC", 0.0, count=MOST_POINTS, doc="refrigerant leaving the compressor")
    approach = parameter(
        "K", 2.0, doc="between leaving water and refrigerant, both sides, at full load and nominal flow"
    )
    saturation = parameter("1", 0.0, count=4, doc="a, b, c, d of ln(p/Pa) = a + b/T + c T + d T T, T in K")
    rating = parameter(
        "1", 0.0, count=4, doc="rating point: leaving evaporator, condenser [degC], their differences [K]"
    )
    cut_outs = parameter("Pa", 0.0, count=3, doc="absolute: low pressure, high pressure, restart below")
    envelope = parameter("1", 0.0, count=5, doc="evaporating least, greatest (MOP), condensing least, greatest [degC]; "
                         "least pressure difference for the oil [Pa], 0: oil comes without it")  # fmt: skip
    speculative = parameter("1", 0.0, lo=0.0, hi=1.0, doc="1: no such machine exists, the figures are assumptions")
    route = ()
    design: ClassVar = {"file": "", "beside": "folder"}

    @classmethod
    def size(cls, figures: dict[str, Any]) -> dict[str, Any]:
        """The numbers of the map that `file` names: a shipped one, or `my_map.csv` beside the plant file."""
        row = np.zeros(1, cls.dtype).view(np.recarray)[0]
        fill_map(row, load_map(str(figures.get("file", "")), figures.get("beside")))
        return {name: row[name] for name in cls.points}


@dataclass(frozen=True)
class MapData:
    """A map as read from its file; lists run as in `PerformanceMap`."""

    name: str
    source: str
    approach: float
    saturation: tuple[float, ...]
    rating: tuple[float, ...]
    cut_outs: tuple[float, ...]
    envelope: tuple[float, ...]
    speculative: bool
    evap_temp: tuple[float, ...]
    cond_temp: tuple[float, ...]
    columns: dict[str, tuple[float, ...]]


def shipped_maps() -> tuple[str, ...]:
    """The names of the maps that come with the package."""
    return tuple(sorted(path.stem for path in MAPS.glob("*.csv")))


def load_map(name: str, beside: Path | None = None) -> MapData:
    """The shipped map of that name, or a file beside the plant file; InputError with the nearest name otherwise."""
    if name.endswith(".csv"):
        return read_map(beside_file(name, beside))
    if name not in shipped_maps():
        raise unknown("performance map", name, shipped_maps())
    return read_map(MAPS / f"{name}.csv")


def read_map(path: Path) -> MapData:
    """A map file, checked: InputError says which line or point is wrong."""
    lines = read_text(path).split("\n")
    notes = dict(_note(line) for line in lines if line.startswith("#") and ":" in line)
    kept = [(at, line) for at, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    rows = csv.DictReader(line for _, line in kept)
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise InputError(f"{path}: no column {missing[0]!r}; needed: {', '.join(COLUMNS)}")
    points: dict[tuple[float, float], tuple[float, ...]] = {}
    for row in rows:
        where = f"{path}:{kept[rows.line_num - 1][0]}"
        point = tuple(_number(row[name], f"{where}: {name}") for name in COLUMNS)
        if (point[0], point[1]) in points:
            raise InputError(f"{where}: {point[0]:g}/{point[1]:g} degC is given twice")
        points[point[0], point[1]] = point[2:]
    evap, cond = (tuple(sorted({key[axis] for key in points})) for axis in (0, 1))
    _check_grid(path, points, evap, cond)
    values = [points[e, c] for e in evap for c in cond]
    return MapData(
        name=path.stem,
        source=notes.get("source", ""),
        approach=_number(notes.get("approach", "").removesuffix(" K"), f"{path}: approach"),
        saturation=_numbers(notes.get("saturation", ""), 4, f"{path}: saturation"),
        rating=_numbers(notes.get("rating", "7 50 5 5"), 4, f"{path}: rating"),
        cut_outs=_numbers(notes.get("cut_outs", "290e3 1800e3 1600e3"), 3, f"{path}: cut_outs"),
        envelope=_numbers(notes.get("envelope", "-15 15 20 61 170e3"), 5, f"{path}: envelope"),
        speculative=notes.get("speculative", "") == "true",
        evap_temp=evap,
        cond_temp=cond,
        columns={name: tuple(v[i] for v in values) for i, name in enumerate(COLUMNS[2:])},
    )


def _note(line: str) -> tuple[str, str]:
    key, _, value = line.lstrip("# ").partition(":")
    return key.strip(), value.strip()


def _number(text: str | None, where: str) -> float:
    try:
        number = float(text or "")
    except ValueError as error:
        raise InputError(f"{where}: {text!r} is not a number") from error
    if not math.isfinite(number):
        raise InputError(f"{where}: {text!r} is not a finite number")
    return number


def _numbers(text: str, count: int, where: str) -> tuple[float, ...]:
    values = tuple(_number(part, where) for part in text.split())
    if len(values) != count:
        raise InputError(f"{where} has {len(values)} numbers; expected {count}")
    return values


def _check_grid(
    path: Path, points: dict[tuple[float, float], tuple[float, ...]], evap: tuple[float, ...], cond: tuple[float, ...]
) -> None:
    size = f"{len(evap)} x {len(cond)}"
    if len(evap) < 2 or len(cond) < 2:
        raise InputError(f"{path}: a map of {size} points; expected at least 2 x 2")
    if max(len(evap), len(cond)) > MOST_STEPS or len(evap) * len(cond) > MOST_POINTS:
        raise InputError(f"{path}: a map of {size} points; at most {MOST_STEPS} a side and {MOST_POINTS} in all")
    absent = [(e, c) for e in evap for c in cond if (e, c) not in points]
    if absent:
        raise InputError(f"{path}: the point {absent[0][0]:g}/{absent[0][1]:g} degC is missing from the grid of {size}")


def fill_map(row: Rows, data: MapData) -> None:
    """Write a map into its row of the table `performancemap`."""
    row.n_evap, row.n_cond = len(data.evap_temp), len(data.cond_temp)
    row.approach = data.approach
    row.evap_temp[: len(data.evap_temp)] = data.evap_temp
    row.cond_temp[: len(data.cond_temp)] = data.cond_temp
    row.saturation[:], row.rating[:], row.cut_outs[:] = data.saturation, data.rating, data.cut_outs
    row.envelope[:] = data.envelope
    row.speculative = float(data.speculative)
    for name, values in data.columns.items():
        row[name][: len(values)] = values


@kernel
def look_up(row: Rows, evap_temp: float, cond_temp: float) -> tuple[float, float, float, float]:
    """Cooling capacity [W], power [W] and discharge temperature [degC] at the two leaving temperatures [degC].

    The fourth value is 1 where a temperature lies beyond the map, whose edge then holds. Costs ~10 ns.
    """
    n_evap, n_cond = int(row.n_evap), int(row.n_cond)
    e, c = 0, 0
    while e < n_evap - 2 and evap_temp >= row.evap_temp[e + 1]:
        e += 1
    while c < n_cond - 2 and cond_temp >= row.cond_temp[c + 1]:
        c += 1
    x = (evap_temp - row.evap_temp[e]) / (row.evap_temp[e + 1] - row.evap_temp[e])
    y = (cond_temp - row.cond_temp[c]) / (row.cond_temp[c + 1] - row.cond_temp[c])
    clamped = 1.0 if x < 0.0 or x > 1.0 or y < 0.0 or y > 1.0 else 0.0
    x = min(1.0, max(0.0, x))
    y = min(1.0, max(0.0, y))
    low = e * n_cond + c
    high = low + n_cond
    w00, w01, w10, w11 = (1.0 - x) * (1.0 - y), (1.0 - x) * y, x * (1.0 - y), x * y
    q, p, t = row.cooling_capacity, row.power, row.discharge_temp
    return (
        w00 * q[low] + w01 * q[low + 1] + w10 * q[high] + w11 * q[high + 1],
        w00 * p[low] + w01 * p[low + 1] + w10 * p[high] + w11 * p[high + 1],
        w00 * t[low] + w01 * t[low + 1] + w10 * t[high] + w11 * t[high + 1],
        clamped,
    )


@kernel
def saturation_pressure(row: Rows, temp: float) -> float:
    """Saturation pressure [Pa, absolute] of the map's refrigerant at temp [degC], held beyond -60 .. 100 degC."""
    kelvin = min(100.0, max(-60.0, temp)) + ZERO_CELSIUS
    s = row.saturation
    return math.exp(s[0] + s[1] / kelvin + kelvin * (s[2] + s[3] * kelvin))
