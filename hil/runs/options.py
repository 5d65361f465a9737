"""What a run is asked for: which controller, which clock, where the results go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hil.bus.address import Address
from twin.errors import InputError, unknown

CLOCKS = ("free", "realtime", "lockstep")
NONE, HOLD = "none", "hold"
"""No controller at all, and one that does its work until judging begins and then leaves everything as it is."""


def check_speed(speed: float) -> float:
    """The speed itself when a clock can run at it; else InputError."""
    if not 0.001 <= speed <= 100_000.0:
        raise InputError(f"--speed {speed:g} is outside 0.001 .. 100000")
    return speed


@dataclass(frozen=True)
class RunOptions:
    """The options of `geotwin run`, checked.

    controller: the name of one that comes with the rig, "none", or "modbus" for one that connects to the line `modbus`
    clock:      free, realtime or lockstep
    speed:      seconds of plant time in one second, for realtime
    lines:      what is wished of each line (hil.runs.ports), by its name
    bench:      a bench file instead of the plant's own
    factors:    a file of factors for the savings report instead of the one that ships
    audited:    whether a controller whose clock is not plant time makes the run an error
    dut:        the device under test as its maker calls it, name and version; empty where nobody says
    limits:     limits of what the rig may suffer instead of the scenario's, `lag=10 s` each
    seed:       instead of the scenario's; period_s: between recorded rows, by default 1 s, 10 s in runs beyond 12 h
    """

    controller: str = "reference"
    clock: str = "free"
    speed: float = 1.0
    seed: int | None = None
    out: Path = Path("runs")
    lines: Mapping[str, Any] = field(default_factory=dict)
    period_s: float | None = None
    replay: Path | None = None
    bench: str | None = None
    factors: str | None = None
    limits: tuple[str, ...] = ()
    audited: bool = True
    dut: str = ""

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
