"""Write the table of shipped borehole fields: `python -m plant_models.ground.fit_boreholes` (extra `boreholes`).

Fields that are not in it are computed when a plant needs them (plant_models/ground/field_response.py). Nothing imports
this module at run time.
"""

from importlib.metadata import version

from plant_models.ground.borehole_wall import TERMS
from plant_models.ground.field_layout import FIELDS, arrange
from plant_models.ground.field_response import fit, g_function

SHIPPED = (
    (1, 1, 100.0), (1, 2, 100.0), (2, 3, 100.0), (4, 8, 100.0), (1, 1, 120.0), (4, 8, 120.0),
)  # fmt: skip
"""Rows, columns and depth [m]; all 5 m apart."""
HEADER = """\
# Response of borehole fields: g(t) = sum of a_k (1 - exp(-t / (3^k h))), within 0.02 from 1 h to 25 years
# built by plant_models/ground/fit_boreholes.py for radius 0.075 m, top 1.5 m deep, ground 2.0 W/mK and 2.4 MJ/m3K
"""


def line(rows: int, columns: int, depth: float) -> str:
    """The line of a field in the table."""
    name = "single" if rows * columns == 1 else f"{rows}x{columns}"
    if depth != 100.0:
        name += f"@{depth:g}m"
    values = ",".join(f"{a:.4f}" for a in fit(*g_function(arrange("", rows, columns, 5.0), depth)))
    source = f"pygfunction {version('pygfunction')} by plant_models/ground/fit_boreholes.py"
    return f"{name},{rows * columns},5,{depth:g},{values},{source}\n"


def main() -> None:
    """Write the table anew."""
    head = ",".join(["item", "boreholes", "spacing", "depth", *(f"a_{k}" for k in range(TERMS)), "source"])
    FIELDS.write_text(HEADER + head + "\n" + "".join(line(*field) for field in SHIPPED), encoding="utf-8")


if __name__ == "__main__":
    main()
