"""How numbers are spread, in little memory: the median and other shares within one per cent, and the worst exactly."""

import math
from collections import Counter

_FINE = 100.0


class Spread:
    """Numbers above 0, counted in classes each one per cent wide."""

    def __init__(self) -> None:
        self.count, self.worst = 0, 0.0
        self._classes: Counter[int] = Counter()

    def add(self, number: float) -> None:
        """Count a number; one of 0 or below as a billionth."""
        self.count += 1
        self.worst = max(self.worst, number)
        self._classes[math.floor(math.log(max(number, 1e-9)) * _FINE)] += 1

    def share(self, part: float) -> float | None:
        """The number that such a part of all is below of; None without any."""
        seen = 0
        for number in sorted(self._classes):
            seen += self._classes[number]
            if seen >= part * self.count:
                return min(math.exp((number + 0.5) / _FINE), self.worst)
        return None
