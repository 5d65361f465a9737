"""A well from its design figures, and the range for which its laws were fitted (docs/physics/ground.md#wells)."""

from typing import Any

from plant_models.ground.aquifer import FITTED_DEPTH, LEAST_PER_DEPTH, doublet_arrival
from twin.errors import InputError

HEAT_PER_FLOW = 5e3
"""Ground heat [W] per m3/h of the CJXH-80: the water comes back 4.3 K colder."""
SLACK = 1.5
"""Capacity and flow may differ from HEAT_PER_FLOW by this factor."""
MOST_PER_DEPTH = 1.5
"""Flow per depth [m3/h per m] that the ground's response was fitted to, from LEAST_PER_DEPTH on: 16 m3/h at 100 m to
100 m3/h at 72 m."""


def sized(figures: dict[str, Any]) -> dict[str, float]:
    """Parameters for a ground capacity [W], a flow [m3/h] and a depth [m], scaled from the CJXH-80; InputError where
    one contradicts another.

    spacing: distance of the next well [m], whose cold arrives late (`drift_after`); how fast is for `drift` to say
    """
    values, flow = {}, 16.0
    if "capacity" in figures or "flow" in figures:
        flow = figures.get("flow", figures.get("capacity", 0.0) / HEAT_PER_FLOW)
        values = {"rated_flow": flow, "sand_flow": 1.25 * flow, "clogging_rate": 0.343 * 16.0 / flow}
        values["filter_volume"] = 0.005 * flow / 16.0
        _agree(figures.get("capacity", flow * HEAT_PER_FLOW), flow)
    if "depth" in figures:
        size = figures["depth"] / FITTED_DEPTH
        values["depth"] = figures["depth"]
        values |= {"return_screen": 14.0 * size, "extraction_screen": 16.0 * size, "reach": 93.0 * size}
        values |= {
            "short_circuit": 50.0 * size,
            "bore_volume": 2.0 * size,
            "pump_depth": min(30.0, 0.5 * figures["depth"]),
        }
    if "spacing" in figures:
        thickness = values.get("return_screen", 14.0) + values.get("extraction_screen", 16.0)
        values["drift_after"] = doublet_arrival(thickness, figures["spacing"], flow) / 86400.0
    return values


def _agree(capacity: float, flow: float) -> None:
    """InputError where a capacity [W] needs another flow [m3/h] than the one given."""
    if not HEAT_PER_FLOW * flow / SLACK <= capacity <= HEAT_PER_FLOW * flow * SLACK:
        raise InputError(
            f"a capacity of {capacity / 1e3:g} kW at {flow:g} m3/h: a well gives {HEAT_PER_FLOW / 1e3:g} kW per m3/h "
            f"(within a factor of {SLACK:g}); leave one of the two out"
        )


def check_range(row: Any) -> None:
    """InputError where the ground's response was not fitted for the well, or its figures contradict each other."""
    per_depth = row.rated_flow / row.depth
    if not LEAST_PER_DEPTH <= per_depth <= MOST_PER_DEPTH:
        raise InputError(
            f"{row.rated_flow:g} m3/h in a well {row.depth:g} m deep are {per_depth:.2g} m3/h per metre; the response "
            f"of the ground is fitted for {LEAST_PER_DEPTH:g} to {MOST_PER_DEPTH:g}"
        )
    if row.pump_depth > row.depth or row.return_screen + row.extraction_screen > row.depth:
        raise InputError(
            f"a well {row.depth:g} m deep has no room for screens of {row.return_screen:g} and "
            f"{row.extraction_screen:g} m and a pump at {row.pump_depth:g} m"
        )
    if row.drift_after > 0.0 and row.drift == 0.0:
        raise InputError(
            "the next well's cold arrives (spacing, drift_after), but drift is 0 K/d: give drift, or neither"
        )
