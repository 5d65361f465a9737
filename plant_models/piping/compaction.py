"""The ring of a pipe's parcels: how many there may be, and how neighbours of nearly one temperature are merged."""

from twin.kernel import Rows, kernel

CAP = 64
"""Most parcels in a pipe (a power of two)."""


@kernel
def compact(pipe: Rows) -> None:
    """Merge neighbours of nearly one temperature until at least 8 places are free; heat is kept."""
    first, parcels = int(pipe.first), int(pipe.parcels)
    low = high = pipe.excess[first]
    for k in range(parcels):
        low, high = min(low, pipe.excess[k]), max(high, pipe.excess[k])
    tolerance = (high - low) / CAP
    while parcels > CAP - 8:
        read, write = 0, 0
        while read < parcels:
            here, target = (first + read) & (CAP - 1), (first + write) & (CAP - 1)
            mass, excess = pipe.mass[here], pipe.excess[here]
            after = (here + 1) & (CAP - 1)
            if read + 1 < parcels and abs(pipe.excess[after] - excess) <= tolerance:
                excess = (mass * excess + pipe.mass[after] * pipe.excess[after]) / (mass + pipe.mass[after])
                mass += pipe.mass[after]
                read += 1
            pipe.mass[target], pipe.excess[target] = mass, excess
            read += 1
            write += 1
        parcels = write
        tolerance *= 2.0
    pipe.parcels = float(parcels)
