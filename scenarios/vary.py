"""What a seed changes: a scenario a little later, in a little other weather, with instruments that are not exact.

A run without `--seed` is the nominal one. With a seed, each number is drawn from its band by the seed alone, so that
the same seed gives the same run, bit for bit.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema

from scenarios.file_types import read_duration
from twin.errors import InputError
from twin.noise import seed_of, uniform
from twin.units import quantity
from twin.yaml_lines import FileModel, Map, Seq, check_keys, place_of


@dataclass(frozen=True)
class Band:
    """What a thing is in a nominal run, and the range from which a seed draws it."""

    default: float
    low: float
    high: float

    def at(self, share: float) -> float:
        """The value at a share of the range, 0 its low end and 1 its high one."""
        return (self.low + self.high) / 2.0 + (2.0 * share - 1.0) * (self.high - self.low) / 2.0


def _kelvin(given: Any) -> float:
    return quantity(given, "K", place_of(given))


def _band(read: Callable[[Any], float], low: float = 0.0, high: float = 1.0, least: float = 0.0) -> PlainValidator:
    """Reads a band: `default` and `range`, or one quantity, of which the range is `low` to `high` times that.

    least: the least value that is taken, in what `read` gives
    """

    def one(given: Any) -> float:
        value = read(given)
        if value < least:
            raise InputError(f"{str(given)!r} is below zero").under(place_of(given))
        return value

    def band(given: Any) -> Band:
        if isinstance(given, Band):
            return given
        if not isinstance(given, Map):
            value = one(given)
            if value < 0.0:
                raise InputError(f"{str(given)!r} is below zero").under(place_of(given))
            return Band(0.0, low * value, high * value)
        check_keys(given, ("default", "range"))
        ends = given.get("range")
        if "default" not in given or not isinstance(ends, Seq) or len(ends) != 2:
            raise InputError(f"{given.where}: expected a default and a range, such as {_EXAMPLE}")
        found = Band(one(given["default"]), *map(one, ends))
        if not found.low <= found.default <= found.high:
            raise InputError(f"{given['default'].where}: {given['default']!s} is outside {ends[0]} .. {ends[1]}")
        return found

    return PlainValidator(band)


_EXAMPLE = "{default: 0 min, range: [0 min, 10 min]}"


def _described(text: str) -> WithJsonSchema:
    end = {"type": ["string", "number"]}
    properties = {"default": end, "range": {"type": "array", "items": end, "minItems": 2, "maxItems": 2}}
    whole = {
        "type": "object",
        "properties": properties,
        "required": ["default", "range"],
        "additionalProperties": False,
    }
    return WithJsonSchema({"anyOf": [{"type": "string"}, whole], "description": f"{text}, or {_EXAMPLE}"})


Later = Annotated[Band, _band(read_duration), _described("later by up to this: 5 min")]
Off = Annotated[Band, _band(_kelvin, low=-1.0, least=-math.inf), _described("off by up to this either way: 0.3 K")]
Noise = Annotated[Band, _band(_kelvin, low=1.0), _described("a standard deviation: 0.05 K")]


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

    Each is one quantity, or a default for the run without a seed and the range from which a seed draws.

    start:       the start moves later by up to this
    events:      all lines of the timeline with a time of their own above 0 move later together, by up to this
    weather:     the outdoor temperature is off by up to this, either way
    instruments: noise of temperatures on the bus, standard deviation
    """

    start: Later = Field(default_factory=lambda: Band(0.0, 0.0, 300.0))
    events: Later = Field(default_factory=lambda: Band(0.0, 0.0, 60.0))
    weather: Off = Field(default_factory=lambda: Band(0.0, -0.3, 0.3))
    instruments: Noise = Field(default_factory=lambda: Band(0.0, 0.05, 0.05))

    def nominal(self) -> Variation:
        """What a run without a seed is."""
        return self._variation(lambda band, _: band.default)

    def drawn(self, seed: int) -> Variation:
        """What a seed makes of the bands; times in whole seconds."""
        return self._variation(lambda band, what: band.at(float(uniform(seed_of("vary", seed, what), 0))))

    def _variation(self, value: Callable[[Band, str], float]) -> Variation:
        return Variation(
            float(round(value(self.start, "start"))),
            float(round(value(self.events, "events"))),
            value(self.weather, "weather"),
            value(self.instruments, "instruments"),
        )
