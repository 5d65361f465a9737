"""The law of every counterflow exchanger: plates, coils, and the fill of a cooling tower."""

import math

from twin.kernel import kernel

BALANCED = 1e-6
"""Streams whose ratio is 1 within this count as equal."""


@kernel
def counterflow_effectiveness(ntu: float, ratio: float) -> float:
    """Heat over the most possible, at NTU = UA / C and ratio = C over the other C, above 1 too
    (docs/physics/equipment.md#plate-exchangers)."""
    if abs(1.0 - ratio) < BALANCED:
        return ntu / (1.0 + ntu)
    passed = math.exp(-ntu * (1.0 - ratio))
    return (1.0 - passed) / (1.0 - ratio * passed)
