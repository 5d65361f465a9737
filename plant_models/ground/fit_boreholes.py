"""Fit the response of borehole fields: `python -m plant_models.ground.fit_boreholes [3x4 6]` (extra `boreholes`).

Without arguments the shipped table is written anew; with rows x columns and a spacing [m] the line of one more field is
printed. The wall of a field answers a constant heat per length q' with T_g - T_b = q' g(t) / (2 pi k), and g is written
as a sum of a_k (1 - exp(-t / (3^k h))), k = 0 .. 12, by non-negative least squares. Source:
docs/physics/ground.md#boreholes. Nothing imports this module at run time.
"""

import sys
from importlib.metadata import version
from typing import Any

import numpy as np
import pygfunction
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.optimize import nnls

from plant_models.ground.borehole import FIELDS
from plant_models.ground.borehole_wall import FIRST_TIME, TERMS

DEPTH, BURIED, RADIUS = 100.0, 1.5, 0.075
CONDUCTIVITY, CAPACITY = 2.0, 2.4e6
SHIPPED = ((1, 1, 5.0), (1, 2, 5.0), (2, 3, 5.0), (4, 8, 5.0))
LONGEST = 25.0 * 8760.0 * 3600.0
"""Time to which the response is fitted [s]."""
HEADER = """\
# Response of borehole fields: g(t) = sum of a_k (1 - exp(-t / (3^k h))), within 0.02 from 1 h to 25 years
# built by plant_models/ground/fit_boreholes.py: depth 100 m, radius 0.075 m, top 1.5 m, ground 2.0 W/mK, 2.4 MJ/m3K
"""


def g_function(rows: int, columns: int, spacing: float, points: int = 60) -> tuple[Any, Any]:
    """Times [s] and the g-function of a rectangular field, one wall temperature for all boreholes.

    The times are pygfunction's own `time_geometric`: with logarithmic times its answer can be wrong by more than 1.
    """
    field = pygfunction.borefield.Borefield.rectangle_field(rows, columns, spacing, spacing, DEPTH, BURIED, RADIUS)
    times = pygfunction.utilities.time_geometric(FIRST_TIME, LONGEST, points)
    response = pygfunction.gfunction.gFunction(
        field, CONDUCTIVITY / CAPACITY, time=times, boundary_condition="UBWT", options={"disp": False}
    )
    return np.asarray(times), np.asarray(response.gFunc)


def fit(times: Any, g: Any) -> NDArray[np.float64]:
    """The a_k of a g-function, evenly over the logarithm of time, the first hours weighted up to twice."""
    at = np.geomspace(times[0], times[-1], 120)
    wanted = CubicSpline(np.log(times), g)(np.log(at))
    weight = 1.0 + times[0] / at
    terms = 1.0 - np.exp(-at[:, None] / (FIRST_TIME * 3.0 ** np.arange(TERMS)))
    return np.asarray(nnls(terms * weight[:, None], wanted * weight)[0])


def line(rows: int, columns: int, spacing: float) -> str:
    """The line of a field in the table."""
    name = "single" if rows * columns == 1 else f"{rows}x{columns}"
    if spacing != 5.0:
        name += f"_{spacing:g}m"
    values = ",".join(f"{a:.4f}" for a in fit(*g_function(rows, columns, spacing)))
    source = f"pygfunction {version('pygfunction')} by plant_models/ground/fit_boreholes.py"
    return f"{name},{rows * columns},{spacing:g},{DEPTH:g},{values},{source}\n"


def main(arguments: list[str]) -> None:
    """Write the shipped table, or print one more line."""
    if arguments:
        rows, columns = (int(number) for number in arguments[0].split("x"))
        sys.stdout.write(line(rows, columns, float(arguments[1])))
        return
    head = ",".join(["item", "boreholes", "spacing", "depth", *(f"a_{k}" for k in range(TERMS)), "source"])
    FIELDS.write_text(HEADER + head + "\n" + "".join(line(*field) for field in SHIPPED), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
