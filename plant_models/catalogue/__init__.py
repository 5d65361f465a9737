"""Catalogue items: one CSV file per kind of equipment, one line per item, every line with its source.

A user extends a catalogue by a file beside the plant file: one of the same name, whose items are known along with those
that ship, or one of any name, in `catalogue: my_pumps.csv#my_pump`. Pumps, units, room units, borehole fields and
performance maps are all found this way.

The columns are `item`, `source`, `map` (a shipped performance map) and names of parameters, in the units that the Model
declares; an empty cell leaves the default of the Model. Lines that begin with # are remarks.
"""

import csv
import math
from pathlib import Path
from typing import Any

from twin.errors import InputError, unknown
from twin.files import read_text

FOLDER = Path(__file__).parent
TEXT = ("item", "source")
LINKS = ("map",)
MOST_LINES = 20_000


def catalogue(name: str, item: str, beside: Path | None = None) -> dict[str, Any]:
    """The parameters of an item, such as `catalogue("pumps", "il_80_220")`; InputError names the nearest item.

    beside: folder of the plant file
    """
    file, mark, of_file = item.rpartition("#")
    items = read_catalogue(beside_file(file, beside)) if mark else items_of(name, beside)
    if of_file not in items:
        raise unknown(f"item in the catalogue {file or name!r}", of_file, items)
    return items[of_file]


def items_of(name: str, beside: Path | None = None) -> dict[str, dict[str, Any]]:
    """All items of a shipped catalogue, and of the file of the same name beside the plant file."""
    items = read_catalogue(FOLDER / f"{_known(name)}.csv")
    own = None if beside is None else beside / f"{name}.csv"
    if own is None or not own.is_file():
        return items
    more = read_catalogue(own)
    twice = sorted(items.keys() & more.keys())
    if twice:
        raise InputError(f"{own}: the item {twice[0]!r} ships already; give yours another name")
    return items | more


def beside_file(name: str, beside: Path | None) -> Path:
    """The path of a file beside the plant file; InputError where there is none."""
    if beside is None:
        raise InputError(f"{name!r} would lie beside the plant file, but the plant is a ready one")
    path = beside / name
    if not path.is_file():
        raise unknown("file beside the plant file", name, [found.name for found in sorted(beside.glob("*.csv"))])
    return path


def _known(name: str) -> str:
    names = sorted(path.stem for path in FOLDER.glob("*.csv"))
    if name not in names:
        raise unknown("catalogue", name, names)
    return name


def read_catalogue(path: Path) -> dict[str, dict[str, Any]]:
    """All items of a CSV file; InputError with file and line where a cell is not a number or the source is missing."""
    items: dict[str, dict[str, Any]] = {}
    for where, row in read_rows(path):
        if not row.get("item") or not row.get("source"):
            raise InputError(f"{where}: an item needs its name and its source")
        if row["item"] in items:
            raise InputError(f"{where}: the item {row['item']!r} is there twice")
        cells = {k: v for k, v in row.items() if k not in TEXT and v}
        items[row["item"]] = {k: v if k in LINKS else number(v, f"{where}: {k}") for k, v in cells.items()}
    return items


def read_rows(path: Path) -> list[tuple[str, dict[str, str]]]:
    """The rows of a CSV file by column, each with its place `pumps.csv:7`; lines that begin with # are left out."""
    lines = read_text(path).split("\n")
    if len(lines) > MOST_LINES:
        raise InputError(f"{path}: {len(lines):,} lines; at most {MOST_LINES:,} are read")
    kept = [(at, line) for at, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    rows = csv.reader(line for _, line in kept)
    names = [name.strip() for name in next(rows, [])]
    found = []
    for row in rows:
        where = f"{path if path.parent != FOLDER else path.name}:{kept[rows.line_num - 1][0]}"
        if len(row) != len(names):
            raise InputError(f"{where}: {row[0] if row else ''}: expected {len(names)} cells, found {len(row)}")
        found.append((where, dict(zip(names, (cell.strip() for cell in row), strict=True))))
    return found


def number(text: str, where: str) -> float:
    """A finite number from the text of a cell; InputError says where there is none."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{where}: {text!r} is not a number")
    return value
