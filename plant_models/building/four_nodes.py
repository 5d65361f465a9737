"""Exact step of four heat capacities between conductances: the matrices, and how they are found
(docs/physics/buildings.md#exact-step).

C dx/dt = q - G (x - x0) with q, the net heat flows at the start of the step, held: after dt the temperatures have moved
by M q and were on average N q away from where they began. M and N are symmetric: ten numbers each, row by row from the
diagonal on: aa ab ac ad bb bc bd cc cd dd.
"""

import math
from typing import Any

from twin.kernel import Rows, kernel

Symmetric = Any
"""A symmetric 4x4 matrix as ten numbers."""
_TERMS = 12


@kernel
def _product(a: Symmetric, b: Symmetric) -> Symmetric:
    """Product of two symmetric matrices that commute, which is symmetric again."""
    return (
        a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3],
        a[0] * b[1] + a[1] * b[4] + a[2] * b[5] + a[3] * b[6],
        a[0] * b[2] + a[1] * b[5] + a[2] * b[7] + a[3] * b[8],
        a[0] * b[3] + a[1] * b[6] + a[2] * b[8] + a[3] * b[9],
        a[1] * b[1] + a[4] * b[4] + a[5] * b[5] + a[6] * b[6],
        a[1] * b[2] + a[4] * b[5] + a[5] * b[7] + a[6] * b[8],
        a[1] * b[3] + a[4] * b[6] + a[5] * b[8] + a[6] * b[9],
        a[2] * b[2] + a[5] * b[5] + a[7] * b[7] + a[8] * b[8],
        a[2] * b[3] + a[5] * b[6] + a[7] * b[8] + a[8] * b[9],
        a[3] * b[3] + a[6] * b[6] + a[8] * b[8] + a[9] * b[9],
    )


@kernel
def _sum(factor: float, a: Symmetric, b: Symmetric) -> Symmetric:
    """factor a + b."""
    return (
        factor * a[0] + b[0], factor * a[1] + b[1], factor * a[2] + b[2], factor * a[3] + b[3],
        factor * a[4] + b[4], factor * a[5] + b[5], factor * a[6] + b[6], factor * a[7] + b[7],
        factor * a[8] + b[8], factor * a[9] + b[9],
    )  # fmt: skip


@kernel
def prepare(conductances: Symmetric, capacities: Any, dt: float, update: Rows) -> None:
    """Write M (ten numbers, K/W) and N (ten numbers, K/W) for a step of dt [s] into `update`.

    conductances: G [W/K], the sum of all conductances at a node on the diagonal, less that between two beside it
    capacities:   of the four nodes [J/K], all positive
    A series on a step so short that it converges, then doubled: E = exp(B h), F = its integral, P = that of F, with
    B = -C^-1/2 G C^-1/2. P(2h) = P + h F + E P, F(2h) = F + E F, E(2h) = E E. Holds for a G of any rank.
    """
    ra, rb = 1.0 / math.sqrt(capacities[0]), 1.0 / math.sqrt(capacities[1])
    rc, rd = 1.0 / math.sqrt(capacities[2]), 1.0 / math.sqrt(capacities[3])
    s = (ra * ra, ra * rb, ra * rc, ra * rd, rb * rb, rb * rc, rb * rd, rc * rc, rc * rd, rd * rd)
    g = conductances
    fastest = 2.0 * max(g[0] * s[0], g[4] * s[4], g[7] * s[7], g[9] * s[9])
    h, doublings = dt, 0
    while h * fastest > 0.25 and doublings < 60:
        h *= 0.5
        doublings += 1
    x = (
        -h * g[0] * s[0], -h * g[1] * s[1], -h * g[2] * s[2], -h * g[3] * s[3], -h * g[4] * s[4],
        -h * g[5] * s[5], -h * g[6] * s[6], -h * g[7] * s[7], -h * g[8] * s[8], -h * g[9] * s[9],
    )  # fmt: skip
    zero = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    one = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0)
    f = p = one
    for k in range(_TERMS, 0, -1):
        f = _sum(1.0 / (k + 1.0), _product(x, f), one)
        p = _sum(1.0 / (k + 2.0), _product(x, p), one)
    e = _sum(1.0, _product(x, f), one)
    f = _sum(h, f, zero)
    p = _sum(0.5 * h * h, p, zero)
    for _ in range(doublings):
        p = _sum(h, f, _sum(1.0, p, _product(e, p)))
        f = _sum(1.0, f, _product(e, f))
        e = _product(e, e)
        h *= 2.0
    for k in range(10):
        update[k] = f[k] * s[k]
        update[10 + k] = p[k] * s[k] / dt
