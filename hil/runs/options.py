"""What a run is asked for: which controller, which clock, where the results go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hil.bench.tamper import Nothing, Tamper
from hil.bus.address import Address
from twin.errors import InputError, unknown

VIRTUAL = "virtual"
CLOCKS = ("free", "realtime", "lockstep", VIRTUAL)
EXEC = "exec"
"""A controller that the rig starts itself: it comes over the lines it likes."""
DOCKER = "docker:"
"""What a command begins with that is an image's."""
OUTSIDE = ("modbus", "mqtt", EXEC)
"""Controllers that are programs or devices of their own, by the line over which they come."""
EXEC_PORT = 15020
"""Where the devices answer programs that the rig starts, if that is free; else further on."""
WAIT_S = 60.0
"""So long a run waits for a controller from outside before it begins, where nothing else is said [s of real time]."""
NONE, HOLD = "none", "hold"
"""No controller at all, and one that does its work until judging begins and then leaves everything as it is."""


SCAN, REQUEST = "scan", "request"


@dataclass(frozen=True)
class Charge:
    """Plant time that computing takes of programs on plant time [s]: at each scan, or for each answer of a device."""

    time_s: float = 0.0
    per: str = SCAN

    def of(self, per: str) -> float:
        """What is charged there [s]."""
        return self.time_s if self.per == per else 0.0


def check_speed(speed: float) -> float:
    """The speed itself when a clock can run at it; else InputError."""
    if not 0.001 <= speed <= 100_000.0:
        raise InputError(f"--speed {speed:g} is outside 0.001 .. 100000")
    return speed


@dataclass(frozen=True)
class RunOptions:
    """The options of `geotwin run`, checked.

    controller: the name of one that comes with the rig, "none", or one of OUTSIDE
    clock:      free, realtime, lockstep, or virtual for programs that are held on plant time (hil.virtual_time)
    speed:      seconds of plant time in one second, for realtime
    lines:      what is wished of each line (hil.runs.ports), by its name
    bench:      a bench file instead of the plant's own
    factors:    a file of factors for the savings report instead of the one that ships
    audited:    whether a controller whose clock is not plant time makes the run an error
    dut:        the device under test as its maker calls it, name and version; empty where nobody says
    wait_s:     real time for which plant time waits for a controller from outside; None: WAIT_S
    programs:   the commands that start the controllers, for a run of its own; none where they come by themselves
    charge:     what computing costs programs on plant time
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
    save_at: tuple[float, ...] = ()
    state: Path | None = None
    warm: bool = False
    programs: tuple[str, ...] = ()
    charge: Charge = Charge()
    tamper: Tamper = field(default_factory=Nothing)

    def __post_init__(self) -> None:
        """Refuse what does not go together."""
        if self.clock not in CLOCKS:
            raise unknown("clock", self.clock, CLOCKS)
        if self.outside and self.clock == "free":
            raise InputError("a controller on the bus needs --clock realtime (with --speed N) or --clock lockstep")
        if self.held and self.controller != EXEC:
            raise InputError(
                f"--clock virtual holds programs that the rig starts: give --controller 'exec:COMMAND', not "
                f"{self.controller}"
            )
        if self.controller == "mqtt" and "mqtt" not in self.lines:
            raise InputError("--controller mqtt needs a broker: --mqtt HOST:PORT, or --mqtt embedded")
        if self.wait_s is not None and not self.outside:
            raise InputError(f"--wait is for a controller from outside; {self.controller!r} is there from the start")
        if self.charge.time_s and not self.held:
            raise InputError("--charge is for programs on the plant's clock: --controller 'exec:COMMAND'")
        if not self.held and (image := next((one for one in self.programs if one.startswith(DOCKER)), "")):
            raise InputError(f"--controller {image}: an image's program runs on the virtual clock only")
        if self.programs and not self.outside:
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
    def named(self) -> str:
        """What results call the controller: its name, or the commands of programs that the rig starts."""
        if self.controller != EXEC:
            return self.controller
        return "; ".join(one if one.startswith(DOCKER) else f"exec:{one}" for one in self.programs)

    @property
    def held(self) -> bool:
        """Whether the controllers are programs on plant time."""
        return self.clock == VIRTUAL

    @property
    def waits_s(self) -> float:
        """For how long plant time waits for the controller [s of real time]."""
        return 0.0 if not self.outside or self.held else WAIT_S if self.wait_s is None else self.wait_s


_STARTED = ("exec:", DOCKER)


def usual_clock(controller: str) -> str:
    """The clock of a run where none is asked for."""
    return VIRTUAL if controller == EXEC else "realtime" if controller in OUTSIDE else "free"


def controller_option(texts: Sequence[str]) -> tuple[str, dict[str, Any], tuple[str, ...]]:
    """The controllers of a command: the name of what they are, the lines that they ask for, and programs to start.

    texts: `reference`, `none`, `mqtt`, `modbus:HOST:PORT`, or any number of `exec:COMMAND` and `docker:IMAGE COMMAND`
    """
    started = [text.removeprefix("exec:") for text in texts if text.startswith(_STARTED)]
    if started:
        if other := [text for text in texts if not text.startswith(_STARTED)]:
            raise InputError(f"--controller {other[0]} beside a program: several controllers are all exec:COMMAND")
        return EXEC, {"modbus": Address("127.0.0.1", EXEC_PORT)}, tuple(started)
    if len(texts) > 1:
        raise InputError(f"--controller {texts[0]} and {texts[1]}: several controllers are all exec:COMMAND")
    text = texts[0]
    if text.startswith("modbus:"):
        return "modbus", {"modbus": Address.parse(text.removeprefix("modbus:"), "--controller modbus:HOST:PORT")}, ()
    return text, {}, ()
