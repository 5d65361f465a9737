"""Catalogue items: one CSV file per kind of equipment, one line per item, every line with its source.

The columns are `item`, `source`, `map` (a shipped performance map) and names of parameters, in the units that the Model
declares; an empty cell leaves the default of the Model. Lines that begin with # are remarks.
"""

import csv
import math
from pathlib import Path
from typing import Any

from twin.errors import InputError, unknown

FOLDER = Path(__file__).parent
TEXT = ("item", "source")
LINKS = ("map",)


def catalogue(name: str, item: str) -> dict[str, Any]:
    """The parameters of an item, such as `catalogue("pumps", "il_80_220")`; InputError names the nearest item."""
    items = read_catalogue(FOLDER / f"{_known(name)}.csv")
    if item not in items:
        raise unknown(f"item in the catalogue {name!r}", item, items)
    return items[item]


def _known(name: str) -> str:
    names = sorted(path.stem for path in FOLDER.glob("*.csv"))
    if name not in names:
        raise unknown("catalogue", name, names)
    return name


def read_catalogue(path: Path) -> dict[str, dict[str, Any]]:
    """All items of a CSV file; InputError with file and item where a cell is not a number or the source is missing."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(line for line in file if not line.startswith("#"))
        items: dict[str, dict[str, Any]] = {}
        for row in lines:
            where = f"{path.name}: {row.get('item')}"
            if None in row or None in row.values():
                raise InputError(f"{where}: expected {len(lines.fieldnames or ())} cells")
            if not row.get("item") or not row.get("source"):
                raise InputError(f"{where}: an item needs its name and its source")
            if row["item"] in items:
                raise InputError(f"{where}: the item is there twice")
            cells = {k: v for k, v in row.items() if k not in TEXT and v}
            items[row["item"]] = {k: v if k in LINKS else _number(v, f"{where}: {k}") for k, v in cells.items()}
    return items


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{where}: {text!r} is not a number")
    return value
