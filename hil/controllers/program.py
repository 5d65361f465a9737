"""What all programs do alike: operator's panel, emergency stop, acknowledgement, slow cadence, lamps, resets."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Protocol

from hil.bench.bus_link import Link
from hil.controllers.panel.alarms import LAMPS, Lamps
from hil.controllers.panel.operator_panel import OperatorPanel
from hil.controllers.pumps.pump_drive import PumpDrive
from hil.controllers.settings.settings import Settings
from twin.yaml_lines import FileModel


class Part(Protocol):
    """A part of a program that remembers failures until the operator acknowledges them."""

    def reset(self) -> None:
        """Forget failures."""
        ...


class Program(ABC):
    """A pure state machine on plant time. Scan period 0.5 .. 30 s of plant time.

    A program says what it watches at every scan (`watch`), what it does now and then (`look`, which ends with `tell`)
    and what an emergency stop stops at once (`stop`).

    parts, numbers: the model of its wiring, and its settings; lamp_names: the lamps that it lights
    resettable:     parts that forget failures when the operator acknowledges
    drives:         pumps whose trips are reset then
    """

    parts: type[FileModel]
    numbers: Settings
    lamp_names: tuple[str, ...] = LAMPS

    def __init__(self, link: Link, settings: Settings) -> None:
        """Find the registers of the panel; InputError names the one that a bench does not have."""
        self.settings = settings
        self._view, self._write = link.view, link.write
        self.panel = OperatorPanel(link)
        self.lamps = Lamps(link, self.lamp_names)
        self.resettable: Sequence[Part] = ()
        self.drives: Sequence[PumpDrive] = ()
        self._next_s = float("-inf")

    def scan(self, time_s: float) -> None:
        """One scan at plant time [s]. Clauses OP-1.1, OP-3.1."""
        panel = self.panel
        acknowledged = panel.acknowledged(time_s)
        if panel.pressed:
            self.stop(time_s)
        elif acknowledged:
            self.reset(time_s)
        if self.watch(time_s) or time_s >= self._next_s:
            self._next_s = time_s + self.settings.slow_s
            self.look(time_s)

    @abstractmethod
    def watch(self, time_s: float) -> bool:
        """What cannot wait; True where all the rest cannot wait either."""

    @abstractmethod
    def look(self, time_s: float) -> None:
        """Everything that has time."""

    def stop(self, time_s: float) -> None:  # noqa: B027  (some programs stop with their next look)
        """The emergency stop is pressed; asked at every scan. A program that looks at once meanwhile needs no more."""

    def reset(self, time_s: float) -> None:  # noqa: ARG002  (some programs take up comparisons anew)
        """The operator acknowledges: what has failed may be used again. Clause OP-1.2."""
        for part in self.resettable:
            part.reset()

    def push_resets(self, pushed: bool) -> None:
        """Hold or release the resets of drives that report a trip."""
        for pump in self.drives:
            pump.push_reset(pushed and pump.tripped())

    def tell(self, time_s: float, season: int, lit: Mapping[str, bool], refused: bool = False) -> None:
        """Lamps by their names, resets, season and life sign; refused: the outdoor reading is none.

        Clauses OP-1.3, OP-2.1, OP-2.2, OP-2.3.
        """
        self.lamps.show(lit, refused)
        pushed = self.panel.resets(time_s)
        if pushed is not None:
            self.push_resets(pushed)
        self.panel.show(time_s, season)
