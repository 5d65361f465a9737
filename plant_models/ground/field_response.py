"""Response of a borehole field of any layout and depth: computed on its first use, kept in the user's cache folder.

The wall of a field answers a constant heat per length q' with T_g - T_b = q' g(t) / (2 pi k), and g is written as a sum
of a_k (1 - exp(-t / (3^k h))), k = 0 .. 12, by non-negative least squares (docs/physics/ground.md#boreholes). Computing
needs pygfunction, the extra `boreholes`; reading what is kept does not.
"""

import hashlib
import json
import os
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plant_models.ground.borehole_wall import FIRST_TIME, TERMS
from twin.errors import InputError
from twin.files import read_text
from twin.kernel.cache import cache_homes

BURIED, RADIUS = 1.5, 0.075
"""Depth of the top and radius of a borehole [m]."""
CONDUCTIVITY, CAPACITY = 2.0, 2.4e6
LONGEST = 25.0 * 8760.0 * 3600.0
"""Time to which the response is fitted [s]."""
MISFIT = 0.02
"""Largest error of a fit, in g and as a share of the largest g of the field."""
FORMAT = 1
"""Number of the way in which answers are computed and kept; another number computes all anew."""
Positions = tuple[tuple[float, float], ...]


def g_function(positions: Positions, depth: float, points: int = 60) -> tuple[Any, Any]:
    """Times [s] and the g-function of boreholes at these places [m], one wall temperature for all.

    The times are pygfunction's own `time_geometric`: with logarithmic times its answer can be wrong by more than 1.
    """
    import pygfunction  # noqa: PLC0415  (an extra; heavy)

    holes = [pygfunction.boreholes.Borehole(depth, BURIED, RADIUS, x, y) for x, y in positions]
    times = pygfunction.utilities.time_geometric(FIRST_TIME, LONGEST, points)
    response = pygfunction.gfunction.gFunction(
        holes, CONDUCTIVITY / CAPACITY, time=times, boundary_condition="UBWT", options={"disp": False}
    )
    return np.asarray(times), np.asarray(response.gFunc)


def fit(times: Any, g: Any) -> NDArray[np.float64]:
    """The a_k of a g-function, evenly over the logarithm of time, the first hours weighted up to twice."""
    from scipy.interpolate import CubicSpline  # noqa: PLC0415  (comes with pygfunction)
    from scipy.optimize import nnls  # noqa: PLC0415

    at = np.geomspace(times[0], times[-1], 120)
    wanted = CubicSpline(np.log(times), g)(np.log(at))
    weight = 1.0 + times[0] / at
    terms = 1.0 - np.exp(-at[:, None] / (FIRST_TIME * 3.0 ** np.arange(TERMS)))
    found = np.asarray(nnls(terms * weight[:, None], wanted * weight)[0])
    error = float(np.abs(terms @ found - wanted).max())
    if error > max(MISFIT, MISFIT * float(wanted.max())):
        raise InputError(f"the response of the field is fitted to {error:.2g} only; at most {MISFIT:g} of it")
    return found


def field_response(positions: Positions, depth: float, what: str) -> list[float]:
    """The a_k of a field, from the cache or computed now; InputError without pygfunction, naming `what`."""
    key = hashlib.sha256(json.dumps([FORMAT, positions, depth, BURIED, RADIUS]).encode()).hexdigest()
    folder = cache_folder()
    file = folder / f"{key}.json" if folder else None
    kept = _read(file, key) if file else None
    if kept is None:
        if find_spec("pygfunction") is None:
            raise InputError(f"{what} is not shipped; computing it needs pygfunction: pip install 'geotwin[boreholes]'")
        kept = [float(f"{a:.6g}") for a in fit(*g_function(positions, depth))]
        if file:
            _keep(file, key, kept)
    return kept


def cache_folder() -> Path | None:
    """Where answers are kept: a folder of the user's own; None for a user who has none."""
    home = next(cache_homes(), None)
    return home / "geotwin" / "borehole_fields" if home else None


def _digest(key: str, response: list[float]) -> str:
    return hashlib.sha256(json.dumps([key, response]).encode()).hexdigest()


def _read(file: Path, key: str) -> list[float] | None:
    """What is kept for the key; a file that does not hold what was written is thrown away."""
    if not file.exists():
        return None
    try:
        kept = json.loads(read_text(file))
        response = [float(a) for a in kept["response"]]
        if len(response) == TERMS and kept["digest"] == _digest(key, response):
            return response
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    file.unlink(missing_ok=True)
    return None


def _keep(file: Path, key: str, response: list[float]) -> None:
    """Write an answer whole or not at all; without a folder to write in it is computed again next time."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(number, "w", encoding="utf-8") as out:
            json.dump({"response": response, "digest": _digest(key, response)}, out)
        Path(name).replace(file)
    except OSError:
        return
