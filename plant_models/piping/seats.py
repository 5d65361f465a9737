"""How much a closed valve lets through, by the class of its seat: one table for every kind of valve.

Classes II to IV of IEC 60534-4 are shares of the rated capacity. Class V and the rates B to G of EN 12266-1 are flows
of water by width and pressure, class VI of gas; here they are the share of Kv at 1 bar of a seat 50 mm wide, and weep
in proportion to the pressure. Source: docs/physics/piping.md#seats.
"""

from typing import Any

from twin.errors import unknown

SEATS = {
    "class_ii": 5e-3, "class_iii": 1e-3, "class_iv": 1e-4, "class_v": 3e-8, "class_vi": 2e-9,
    "rate_a": 0.0, "rate_b": 3e-9, "rate_c": 1e-8, "rate_d": 3e-8, "rate_e": 1e-7, "rate_f": 3e-7, "rate_g": 7e-7,
}  # fmt: skip
"""Kv closed over Kv open by the class of the seat: IEC 60534-4:2006 and EN 12266-1:2012."""
WEEPING = 1e-6
"""Leakage up to which a closed seat weeps in proportion to the pressure; above it is a gap, with its square."""


def seat_leakage(figures: dict[str, Any]) -> dict[str, float]:
    """The parameter `leakage` of the class of seats among the figures, where one is given."""
    if "seat" not in figures:
        return {}
    if figures["seat"] not in SEATS:
        raise unknown("seat", str(figures["seat"]), SEATS)
    return {"leakage": SEATS[str(figures["seat"])]}
