"""The parcels of a pipe at the ends of liquid water: what freezes, melts, boils or condenses in them takes its heat
from their water or gives it (docs/physics/water.md#ice, #boiling)."""

from plant_models.piping.compaction import CAP
from plant_models.water.network import HEAT_CAPACITY
from twin.kernel import Rows, kernel


@kernel
def extremes(pipe: Rows) -> tuple[float, float]:
    """The coldest and the warmest water inside [degC]."""
    low = high = pipe.excess[int(pipe.first)]
    for k in range(int(pipe.parcels)):
        excess = pipe.excess[(int(pipe.first) + k) & (CAP - 1)]
        low, high = min(low, excess), max(high, excess)
    return pipe.reference + low * pipe.decay, pipe.reference + high * pipe.decay


@kernel
def move(pipe: Rows, to: float, most: float, side: float) -> float:
    """Bring water nearer to a temperature [degC] by heat [J], `most` at most, each parcel by its share of the way.

    side: 1 takes the heat from water above it, -1 gives it to water below. Returns the heat, 0 or above.
    """
    wanted: float = 0.0
    for k in range(int(pipe.parcels)):
        at = (int(pipe.first) + k) & (CAP - 1)
        wanted += pipe.mass[at] * max(0.0, side * (pipe.reference + pipe.excess[at] * pipe.decay - to))
    wanted *= HEAT_CAPACITY
    if wanted <= 0.0:
        return 0.0
    part = min(1.0, most / wanted)
    pipe.content = 0.0
    for k in range(int(pipe.parcels)):
        at = (int(pipe.first) + k) & (CAP - 1)
        over = max(0.0, side * (pipe.reference + pipe.excess[at] * pipe.decay - to))
        pipe.excess[at] -= side * part * over / pipe.decay
        pipe.content += pipe.mass[at] * pipe.excess[at]
    return min(wanted, most)


@kernel
def cool(pipe: Rows, heat: float) -> None:
    """Take heat [J] from all the water alike."""
    fall = heat / (pipe.water * HEAT_CAPACITY * pipe.decay)
    for k in range(int(pipe.parcels)):
        pipe.excess[(int(pipe.first) + k) & (CAP - 1)] -= fall
    pipe.content -= pipe.water * fall
