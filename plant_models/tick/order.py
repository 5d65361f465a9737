"""The order in which heat travels through the network, and the room to work in that goes with it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

STILL = 1e-9
"""Flow [kg/s] below which water carries no heat."""

SIZE, EXPLICIT, STEPS, QUIET, NEAR = 0, 1, 2, 3, 4


class Order(NamedTuple):
    """The order in which heat travels, and what depends on the flows only; made anew by `arrange`."""

    passage: NDArray[np.int64]  # ordered passages first, explicit ones behind
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    flow: NDArray[np.float64]  # kg/s, without sign
    k_temp: NDArray[np.float64]  # weight of the stored temperature in the leaving one
    k_heat: NDArray[np.float64]  # K of the leaving temperature per W
    sign: NDArray[np.int64]  # by passage: direction at the last arrangement
    waiting: NDArray[np.int64]  # by junction: passages flowing in that are not yet placed
    inflow: NDArray[np.float64]  # by junction: kg/s
    heat: NDArray[np.float64]  # by junction: kg/s K collected during a step
    placed: NDArray[np.int64]  # by passage
    weight: NDArray[np.float64]  # by junction: weights of the water that stands around it
    around: NDArray[np.float64]  # by junction: its temperatures times their weights
    quiet: NDArray[np.int64]  # passages whose water stands or drips
    near: NDArray[np.int64]  # passages that end at a junction without enough inflow
    counts: NDArray[np.int64]  # SIZE of the ordered part, EXPLICIT passages, STEPS in a tick, QUIET and NEAR passages


def new_order(passages: int, junctions: int) -> Order:
    """An empty order for a network of that size."""
    i, f = np.int64, np.float64
    return Order(
        np.zeros(passages, i), np.zeros(passages, i), np.zeros(passages, i), np.zeros(passages, f),
        np.zeros(passages, f), np.zeros(passages, f), np.full(passages, 9, i), np.zeros(junctions, i),
        np.zeros(junctions, f), np.zeros(junctions, f), np.zeros(passages, i), np.zeros(junctions, f),
        np.zeros(junctions, f), np.zeros(passages, i), np.zeros(passages, i), np.zeros(5, i),
    )  # fmt: skip
