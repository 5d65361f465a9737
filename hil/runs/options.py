"""What a run is asked for: which controller, which clock, where the results go."""

import re
from dataclasses import dataclass
from pathlib import Path

from hil.mqtt.broker import MqttSettings
from twin.errors import InputError, unknown

CLOCKS = ("free", "realtime", "lockstep")
EMBEDDED = "embedded"
MqttWish = MqttSettings | str | None
"""A configured broker, EMBEDDED for one that the rig starts, or None."""
_ADDRESS = re.compile(r"^(?P<host>\[[0-9A-Fa-f:]+\]|[\w.-]+):(?P<port>\d{1,5})$")


def check_speed(speed: float) -> float:
    """The speed itself when a clock can run at it; else InputError."""
    if not 0.001 <= speed <= 100_000.0:
        raise InputError(f"--speed {speed:g} is outside 0.001 .. 100000")
    return speed


@dataclass(frozen=True)
class Address:
    """A host and a TCP port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str, where: str) -> "Address":
        """HOST:PORT; InputError says what was given."""
        match = _ADDRESS.match(text)
        if match is None or not 0 <= int(match["port"]) <= 65535:
            raise InputError(f"{where}: {text!r} is not HOST:PORT, such as 127.0.0.1:5020")
        return cls(match["host"].strip("[]"), int(match["port"]))


@dataclass(frozen=True)
class RunOptions:
    """The options of `geotwin run`, checked.

    controller: the name of one that comes with the rig, "none", or "modbus" for one that connects to `modbus`
    clock:      free, realtime or lockstep
    speed:      seconds of plant time in one second, for realtime
    bench:      a bench file instead of the plant's own
    factors:    a file of factors for the savings report instead of the one that ships
    seed:       instead of the scenario's; period_s: between recorded rows, by default 1 s, 10 s in runs beyond 12 h
    """

    controller: str = "reference"
    clock: str = "free"
    speed: float = 1.0
    seed: int | None = None
    out: Path = Path("runs")
    modbus: Address | None = None
    mqtt: MqttWish = None
    period_s: float | None = None
    replay: Path | None = None
    bench: str | None = None
    factors: str | None = None

    def __post_init__(self) -> None:
        """Refuse what does not go together."""
        if self.clock not in CLOCKS:
            raise unknown("clock", self.clock, CLOCKS)
        if self.controller == "modbus" and self.clock == "free":
            raise InputError("a controller on the bus needs --clock realtime (with --speed N) or --clock lockstep")
        check_speed(self.speed)
        if self.period_s is not None and not 0.1 <= self.period_s <= 86400.0:
            raise InputError(f"--record-every {self.period_s:g} is outside 0.1 .. 86400 s")


def controller_option(text: str) -> tuple[str, Address | None]:
    """`reference`, `none`, or `modbus:HOST:PORT`, as (name, address)."""
    if text.startswith("modbus:"):
        return "modbus", Address.parse(text.removeprefix("modbus:"), "--controller modbus:HOST:PORT")
    return text, None
