"""What a run is asked for: which controller, which clock, where the results go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hil.bench.tamper import Nothing, Tamper
from hil.bus.address import Address
from twin.errors import InputError, unknown

CLOCKS = ("free", "realtime", "lockstep")
OUTSIDE = ("modbus", "mqtt")
"""Controllers that are programs or devices of their own, by the line over which they come."""
WAIT_S = 60.0
"""So long a run waits for a controller from outside before it begins, where nothing else is said [s of real time]."""
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

    controller: the name of one that comes with the rig, "none", or one of OUTSIDE
    clock:      free, realtime or lockstep
    speed:      seconds of plant time in one second, for realtime
    lines:      what is wished of each line (hil.runs.ports), by its name
    bench:      a bench file instead of the plant's own
    factors:    a file of factors for the savings report instead of the one that ships
    audited:    whether a controller whose clock is not plant time makes the run an error
    dut:        the device under test as its maker calls it, name and version; empty where nobody says
    wait_s:     real time for which plant time waits for a controller from outside; None: WAIT_S
    program:    the command that starts the controller, for a run of its own; empty where it comes by itself
    tamper:     what stands between the controller and the bus
    limits:     limits of what the rig may suffer instead of the scenario's, `lag=10 s` each
    save_at:    instants at which the run is saved in its folder [s of plant time]
    state:      a file of a saved run, from which this one goes on
    warm:       whether a warm-up that was computed before is taken, and one that takes long is kept
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
    wait_s: float | None = None
    program: str = ""
    save_at: tuple[float, ...] = ()
    state: Path | None = None
    warm: bool = False
    tamper: Tamper = field(default_factory=Nothing)

    def __post_init__(self) -> None:
        """Refuse what does not go together."""
        if self.clock not in CLOCKS:
            raise unknown("clock", self.clock, CLOCKS)
        if self.outside and self.clock == "free":
            raise InputError("a controller on the bus needs --clock realtime (with --speed N) or --clock lockstep")
        if self.controller == "mqtt" and "mqtt" not in self.lines:
            raise InputError("--controller mqtt needs a broker: --mqtt HOST:PORT, or --mqtt embedded")
        if self.wait_s is not None and not self.outside:
            raise InputError(f"--wait is for a controller from outside; {self.controller!r} is there from the start")
        if self.program and not self.outside:
            raise InputError(
                "--exec starts a controller that connects: give --controller modbus:HOST:PORT, or mqtt, not "
                f"{self.controller}"
            )
        check_speed(self.speed)
        if self.period_s is not None and not 0.1 <= self.period_s <= 86400.0:
            raise InputError(f"--record-every {self.period_s:g} is outside 0.1 .. 86400 s")

    @property
    def outside(self) -> bool:
        """Whether the controller comes from outside, over a line."""
        return self.controller in OUTSIDE

    @property
    def waits_s(self) -> float:
        """For how long plant time waits for the controller [s of real time]."""
        return 0.0 if not self.outside else WAIT_S if self.wait_s is None else self.wait_s


def controller_option(text: str) -> tuple[str, Address | None]:
    """`reference`, `none`, `mqtt`, or `modbus:HOST:PORT`, as (name, address)."""
    if text.startswith("modbus:"):
        return "modbus", Address.parse(text.removeprefix("modbus:"), "--controller modbus:HOST:PORT")
    return text, None
