"""Where the boreholes of a field stand: by a name such as `6x4_7.5m`, or by a file of coordinates of the user's.

single            one borehole
6x4, 6x4_7.5m     rectangle of 6 by 4, 5 m or 7.5 m apart
L_6x4_7.5m        6 along one side and 4 along the other, the corner counted in both
U_6x4_7.5m        6 along the bottom and 4 along each side, the corners counted in both
my_field.csv      columns x and y [m], a borehole a line
"""

import math
import re
from pathlib import Path
from typing import Any

from plant_models.catalogue import FOLDER, beside_file, catalogue, items_of, number, read_rows
from plant_models.ground.borehole_wall import TERMS
from plant_models.ground.field_response import Positions, field_response
from twin.errors import InputError, unknown

FIELDS = FOLDER / "borehole_fields.csv"
NAME = re.compile(r"(?:([LU])_)?(\d+)x(\d+)(?:_(\d+(?:\.\d+)?)m)?")
USUAL_SPACING, USUAL_DEPTH = 5.0, 100.0
CLOSEST, MOST = 1.0, 1000
"""Least distance of two boreholes [m], and the largest number of them."""


def find_field(figures: dict[str, Any]) -> dict[str, Any]:
    """Number, depth and responses of the field that the design figures of a BoreholeField name.

    field: a name or file as above, or `my_fields.csv#item`; depth [m], spacing [m], boreholes: as wanted, checked
    against the field; beside: folder of the plant file. InputError says what does not fit, or what is missing to
    compute it.
    """
    name, beside = str(figures.get("field", "single")), figures.get("beside")
    depth = float(figures.get("depth", USUAL_DEPTH))
    if "#" in name:
        line = catalogue("borehole_fields", name, beside)
        missing = [key for key in ("boreholes", "depth", *(f"a_{k}" for k in range(TERMS))) if key not in line]
        if missing:
            raise InputError(f"borehole field {name!r}: the column {missing[0]!r} is missing or empty")
        _check(name, figures, {key: line[key] for key in ("boreholes", "spacing", "depth") if key in line})
        own = _single(line["depth"], beside)
        return {"boreholes": line["boreholes"], "depth": line["depth"], "response": _terms(line), "own_response": own}
    if name.endswith(".csv"):
        if "spacing" in figures:
            raise InputError(f"borehole field {name!r} says itself how far its boreholes are apart: leave spacing out")
        positions = read_positions(beside_file(name, beside))
        response = field_response(positions, depth, f"the borehole field {name!r}")
        _check(name, figures, {"boreholes": float(len(positions))})
    else:
        spacing, positions = _named(name, figures, beside)
        row = _shipped(name, spacing, depth, beside)
        response = _terms(row) if row else field_response(positions, depth, f"the borehole field {name} of {depth:g} m")
        _check(name, figures, {"boreholes": float(len(positions)), "spacing": spacing})
    own = _single(depth, beside)
    return {"boreholes": float(len(positions)), "depth": depth, "response": response, "own_response": own}


def _named(name: str, figures: dict[str, Any], beside: Path | None) -> tuple[float, Positions]:
    """Spacing [m] and places of a field by its name."""
    if name == "single":
        return USUAL_SPACING, ((0.0, 0.0),)
    found = NAME.fullmatch(name)
    if found is None:
        raise unknown("borehole field", name, items_of("borehole_fields", beside), FIELDS.name)
    spacing = float(found[4] or figures.get("spacing", USUAL_SPACING))
    return spacing, arrange(found[1] or "", int(found[2]), int(found[3]), spacing)


def arrange(shape: str, rows: int, columns: int, spacing: float) -> Positions:
    """Places [m] of a rectangle (shape ""), an L or a U; InputError where there are none, too many or too close."""
    places = [(i, j) for i in range(rows) for j in range(columns)]
    if shape:
        sides = (0, rows - 1) if shape == "U" else (0,)
        places = [(i, j) for i, j in places if j == 0 or i in sides]
    if not places or rows * columns > MOST or (len(places) > 1 and spacing < CLOSEST):
        raise InputError(
            f"{rows} x {columns} boreholes {spacing:g} m apart: expected 1 to {MOST}, at least {CLOSEST:g} m apart"
        )
    return tuple((spacing * i, spacing * j) for i, j in places)


def read_positions(path: Path) -> Positions:
    """Places [m] of a file of coordinates; InputError with file and line."""
    places: list[tuple[float, float]] = []
    for where, row in read_rows(path):
        if not {"x", "y"} <= row.keys():
            raise InputError(f"{where}: expected the columns x and y, found {', '.join(row)}")
        place = number(row["x"], f"{where}: x"), number(row["y"], f"{where}: y")
        if any(math.dist(place, other) < CLOSEST for other in places):
            raise InputError(f"{where}: less than {CLOSEST:g} m from a borehole above")
        places.append(place)
    if not 1 <= len(places) <= MOST:
        raise InputError(f"{path}: {len(places)} boreholes; expected 1 to {MOST}")
    return tuple(places)


def _single(depth: float, beside: Path | None) -> list[float]:
    """The response of a single borehole, which the boreholes of a field left in service have of their own."""
    row = _shipped("single", USUAL_SPACING, depth, beside)
    return _terms(row) if row else field_response(((0.0, 0.0),), depth, f"a single borehole of {depth:g} m")


def _shipped(name: str, spacing: float, depth: float, beside: Path | None) -> dict[str, Any] | None:
    """The line of a field in the table: its name alone, or with the depth as in `4x8@120m`."""
    for item, row in items_of("borehole_fields", beside).items():
        same = item.partition("@")[0] == name and abs(row["depth"] - depth) < 1e-3 * depth
        if same and (name == "single" or row["spacing"] == spacing):
            return row
    return None


def _terms(row: dict[str, Any]) -> list[float]:
    return [row[f"a_{k}"] for k in range(TERMS)]


def _check(name: str, figures: dict[str, Any], held: dict[str, float]) -> None:
    """InputError where a given figure is not that of the field."""
    for key, value in held.items():
        given = float(figures.get(key, value))
        if (name != "single" or key == "boreholes") and abs(given - value) > 1e-3 * value:
            raise InputError(f"borehole field {name!r}: {key} {given:g} given, the field has {value:g}")
