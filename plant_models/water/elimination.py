"""Symmetric sparse elimination (LDL^T): the order and the fill-in are found once in Python, the numbers in a kernel.

Storage of a matrix of n unknowns: `matrix[0:n]` the diagonal in the order of elimination, `matrix[n]` a slot for what
belongs to given junctions, `matrix[n+1:]` the entries below the diagonal column by column, and a last slot again for
what belongs to given junctions. So the assembly needs no branches.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.kernel import kernel

Whole = NDArray[np.int64]
Real = NDArray[np.float64]


class Pattern(NamedTuple):
    """Where the numbers of the factorised matrix stand; made by `pattern`."""

    place: Whole
    """Place of each unknown in the order of elimination."""
    start: Whole
    """First entry (index into `row`) of each column; one more than there are columns."""
    row: Whole
    """Row of each entry below the diagonal."""
    target: Whole
    """Where the product of each pair of entries of a column goes, in the order in which `eliminate` meets the pairs."""


def _neighbours(unknowns: int, pairs: list[tuple[int, int]]) -> list[set[int]]:
    joined: list[set[int]] = [set() for _ in range(unknowns)]
    for a, b in pairs:
        if a != b:
            joined[a].add(b)
            joined[b].add(a)
    return joined


def _minimum_degree(joined: list[set[int]]) -> tuple[list[int], list[set[int]]]:
    """The order in which the least joined unknown goes first, and whom each one is still joined with when it goes."""
    left = set(range(len(joined)))
    order: list[int] = []
    later: list[set[int]] = [set() for _ in joined]
    while left:
        next_one = min(left, key=lambda u: (len(joined[u]), u))
        later[next_one] = set(joined[next_one])
        for other in later[next_one]:
            joined[other] |= later[next_one]
            joined[other] -= {other, next_one}
        left.remove(next_one)
        order.append(next_one)
    return order, later


def pattern(unknowns: int, pairs: list[tuple[int, int]]) -> Pattern:
    """The pattern of the matrix in which the given pairs of unknowns are coupled, with its fill-in."""
    order, later = _minimum_degree(_neighbours(unknowns, pairs))
    place = [0] * unknowns
    for position, unknown in enumerate(order):
        place[unknown] = position
    columns = [sorted(place[other] for other in later[unknown]) for unknown in order]
    start = [0]
    for column in columns:
        start.append(start[-1] + len(column))
    entry = {(r, c): unknowns + 1 + start[c] + k for c, column in enumerate(columns) for k, r in enumerate(column)}
    target = []
    for column in columns:
        for k, r in enumerate(column):
            target += [entry[r, c] for c in column[:k]] + [r]
    return Pattern(
        *(np.array(numbers, np.int64) for numbers in (place, start, [r for c in columns for r in c], target))
    )


def entry_of(shape: Pattern, a: int, b: int) -> int:
    """Index into `matrix` of the coupling of two places."""
    row, column = max(a, b), min(a, b)
    first, last = int(shape.start[column]), int(shape.start[column + 1])
    return len(shape.place) + 1 + first + int(np.searchsorted(shape.row[first:last], row))


@kernel
def eliminate(matrix: Real, right: Real, start: Whole, row: Whole, target: Whole, least: float) -> None:
    """Solve the system in place: `right` becomes the solution. A pivot below `least` is lifted to it."""
    n = len(start) - 1
    offset = n + 1
    pair = 0
    for c in range(n):
        inverse = 1.0 / max(matrix[c], least)
        matrix[c] = inverse
        here = right[c]
        for a in range(start[c], start[c + 1]):
            factor = matrix[offset + a] * inverse
            for b in range(start[c], a):
                matrix[target[pair]] -= factor * matrix[offset + b]
                pair += 1
            matrix[target[pair]] -= factor * matrix[offset + a]
            pair += 1
            right[row[a]] -= factor * here
    for back in range(n):
        c = n - 1 - back
        value = right[c]
        for a in range(start[c], start[c + 1]):
            value -= matrix[offset + a] * right[row[a]]
        right[c] = value * matrix[c]
