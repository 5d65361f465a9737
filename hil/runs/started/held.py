"""Programs of controllers under test on plant time: the run waits for what they do, and they for the plant."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from hil.bus.wire_fault_kinds import FREEZE, RESTART
from hil.bus.wire_faults import ActiveWireFault
from hil.runs.options import DOCKER
from hil.runs.started.beside import Note
from hil.runs.started.placeholders import found_from_here, placed, words_of
from hil.virtual_time.image import Image
from hil.virtual_time.program import Program
from hil.virtual_time.programs import PlantClock, Programs
from hil.virtual_time.starting.start import found

T = TypeVar("T")
EPOCH_NS = 1_000_000_000
ENDED = "controller.ended"
"""The kind of event that says that a program has ended by itself."""


class Launched:
    """A program that a line has started."""

    def __init__(self, programs: Programs, program: Program) -> None:
        self._programs, self._program = programs, program

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._program.code is None

    async def end(self) -> None:
        """End it."""
        await self._programs.end(self._program.name)


class Held:
    """The controllers of a run: started at plant time 0, ended with it.

    note: told of a program that ends by itself: time [ms], its name, kind, on, detail
    """

    def __init__(self, commands: Sequence[str], seed: int, may_end: bool, charge_s: float = 0.0) -> None:
        """commands: with their placeholders; InputError where one cannot be read, or its program cannot be held

        may_end:  whether the scenario lets programs end by themselves
        charge_s: plant time that each end of a timed wait costs
        """
        self._commands = [_command(command) for command in commands]
        self._seed, self._may_end, self._charge_ns = seed, may_end, round(charge_s * 1e9)
        self._programs: Programs | None = None
        self._names: list[str] = []
        self._fates: list[str] = []
        self.note: Note = lambda *_: None

    @property
    def programs(self) -> Programs:
        """Who holds them; there while `complete` goes on."""
        assert self._programs is not None  # noqa: S101  (a run is played by `complete` alone)
        return self._programs

    def complete(self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work of a run on the loop of plant time."""
        self._programs = Programs(self._seed)
        self._programs.ended = self._ended
        return self._programs.complete(work)

    def start_time(self, wall_s: float) -> PlantClock:
        """Plant time 0 is now."""
        return self.programs.start_time(wall_s)

    def now_ns(self) -> int:
        """Plant time [ns] since EPOCH_NS before its beginning: never 0, which says that something did not happen."""
        return self.programs.now_ns + EPOCH_NS

    def launch(self, name: str, words: Sequence[str], folder: Path, told: Callable[[bytes], object]) -> "Launched":
        """Start something that a line needs, such as a broker, on the same clock."""
        return Launched(self.programs, self.programs.start(name, words, folder, told=told))

    def begin(self, folder: Path, places: Mapping[str, str]) -> None:
        """Start the programs, each in a folder of its own beside its log."""
        for number, (words, image) in enumerate(self._commands, 1):
            name = "controller" if number == 1 else f"controller_{number}"
            own = (folder / name).absolute()
            self._names.append(name)
            own_words = placed(words, {**places, "folder": str(own)})
            self.programs.start(name, own_words, own, charge_ns=self._charge_ns, image=image)

    def changed(self, fault: ActiveWireFault, begins: bool) -> None:
        """A fault of the controllers begins or ends."""
        for name in self._names:
            if fault.kind.name == FREEZE:
                (self.programs.freeze if begins else self.programs.thaw)(name)
            elif fault.kind.name == RESTART:
                (self.programs.kill if begins else self.programs.restart)(name)

    async def finish(self) -> None:
        """Tell all of them to end."""
        for name in self._names:
            await self.programs.end(name)

    def end(self) -> None:
        """Nothing is left to end: `complete` has seen to that."""

    def facts(self) -> dict[str, str]:
        """How it went."""
        return self.programs.facts()

    def complaints(self) -> list[str]:
        """That programs ended by themselves, with their last words, where the scenario does not expect it."""
        return [] if self._may_end else self._fates

    def _ended(self, program: Program) -> None:
        words = program.last_words()
        detail = f"{program.name} {program.fate()}" + (f": {words}" if words else "")
        time_s = self.programs.now_ns / 1e9
        self._fates.append(f"{detail} (at plant time {time_s:.3f} s)")
        self.note(round(time_s * 1000), program.name, ENDED, True, detail)


def _command(text: str) -> tuple[list[str], Image | None]:
    """The words of a command, and the image where it is one's; InputError for a program that cannot be held."""
    words = words_of(text)
    if text.startswith(DOCKER):
        image = Image.read(words[0].removeprefix(DOCKER), words[1:])
        return list(image.words), image
    words = found_from_here(words)
    if "{" not in words[0]:
        found(words[0])
    return words, None
