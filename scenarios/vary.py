"""What a seed changes: a scenario a little later, in a little other weather, with instruments that are not exact.

A run without `--seed` is the nominal one. With a seed, each number is drawn from its band by the seed alone, so that
the same seed gives the same run, bit for bit.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import PlainValidator

from scenarios.file_types import Duration, described
from twin.noise import seed_of, uniform
from twin.units import quantity
from twin.yaml_lines import FileModel, place_of


def _kelvin(given: Any) -> float:
    value = quantity(given, "K", place_of(given))
    if value < 0.0:
        raise ValueError(f"{str(given)!r} is below zero")
    return value


Kelvin = Annotated[float, PlainValidator(_kelvin), described("a difference of temperature: 0.3 K")]


@dataclass(frozen=True)
class Variation:
    """What a seed has drawn. start_s, events_s: later by so much [s]; weather_k: added to the outdoor temperature [K];
    instruments_k: noise of the temperatures that meters and the weather station show, standard deviation [K]."""

    start_s: float = 0.0
    events_s: float = 0.0
    weather_k: float = 0.0
    instruments_k: float = 0.0

    def sentence(self) -> str:
        """The variation in words, for the report."""
        return (
            f"starts {self.start_s:.0f} s later, events {self.events_s:.0f} s later, outdoors {self.weather_k:+.2f} K, "
            f"noise of temperatures {self.instruments_k:g} K"
        )


class Vary(FileModel):
    """The bands within which a seed may change a scenario; 0 leaves a thing as it is.

    start:       the start moves later by up to this
    events:      all lines of the timeline with a time of their own above 0 move later together, by up to this
    weather:     the outdoor temperature is off by up to this, either way
    instruments: noise of temperatures on the bus, standard deviation
    """

    start: Duration = 300.0
    events: Duration = 60.0
    weather: Kelvin = 0.3
    instruments: Kelvin = 0.05

    def drawn(self, seed: int) -> Variation:
        """What a seed makes of the bands; times in whole seconds."""

        def share(what: str) -> float:
            return float(uniform(seed_of("vary", seed, what), 0))

        return Variation(
            float(round(share("start") * self.start)),
            float(round(share("events") * self.events)),
            (2.0 * share("weather") - 1.0) * self.weather,
            self.instruments,
        )
