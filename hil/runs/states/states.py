"""Saves a run at instants, and lets one go on from where another was saved."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hil.bench.bench import Bench
from hil.bench.memory import Memory
from hil.bench.participant import Controller
from hil.bench.performer import Performer, key_of, past_of
from hil.bench.state import instant_of
from hil.runs.states.identity import (
    check_same,
    code,
    controller_mark,
    devices_mark,
    mark_of,
    plant_mark,
    weather_mark,
)
from hil.runs.states.saved import SUFFIX, Saved, read, write
from scenarios.phrases import said
from scenarios.timeline.actions import Action, FailSensor, FailWire
from twin.errors import InputError, RigError
from twin.journal import Journal, Write, noted
from twin.recorder import Recorder


class Subject:
    """What is saved of a run: its bench and controller as they have just been made, and where it writes.

    name:    of the run, for messages
    until_s: plant time from which the controller leaves everything as it is
    stop:    what ends the run
    chance:  whether instruments are blurred by the seed from the start on
    """

    def __init__(
        self, bench: Bench, controller: Controller | None, periods: tuple[int, int], seed: int, run: object = None
    ) -> None:
        """To be made before anything has run. periods: of scans and of recorded rows [ms]; run: that it belongs to.

        RigError where the controller cannot be kept.
        """
        self.bench, self.seed = bench, seed
        known = [run, bench, bench.bus, bench.bus.wire, bench.plant, bench.store, bench.schedule]
        self.memory = None if controller is None else Memory([controller], known)
        self.marks: dict[str, Any] = {
            "plant": plant_mark(bench), "devices": devices_mark(bench),
            "controller": "none" if self.memory is None else controller_mark(self.memory),
            "scan_ms": periods[0], "period_ms": periods[1],
        }  # fmt: skip
        self.name, self.until_s, self.chance = "", float("inf"), False
        self.stop: Memory | None = None

    def at(self, time_ms: int, chance: bool) -> dict[str, Any]:
        """What a state at that instant [ms] is of. chance: whether the seed has mattered"""
        held = self.until_s if self.until_s * 1000.0 <= time_ms else None
        told = {"time_ms": time_ms, "weather": weather_mark(self.bench, time_ms), "held": held}
        return self.marks | {"code": code()} | told | {"seed": self.seed if chance or self.chance else None}


class States:
    """The states of one run: those that it saves, and the one that it goes on from.

    began_ms: plant time from which it was run by itself [ms]
    """

    def __init__(self, subject: Subject, performer: Performer, recorder: Recorder, journal: Journal) -> None:
        """To be made when everything is declared, and nothing has run."""
        self._subject, self._bench = subject, subject.bench
        self._performer, self._recorder, self._journal = performer, recorder, journal
        self.began_ms = 0

    def saved(self) -> Saved:
        """The run as it stands between two instants; RigError where it cannot be saved."""
        subject, schedule = self._subject, self._bench.schedule
        self._journal.flush()
        rows, events = self._recorder.so_far()
        done = [self._performer.actions[key] for key in self._performer.done]
        chance = any(isinstance(action, FailSensor | FailWire) for action in done)
        instant = schedule.standing()
        time_ms = max(instant.event_ms, instant.plant_ms)
        return Saved(
            subject.at(time_ms, chance) | {"run": subject.name},
            self._bench.keep(),
            self._performer.keep(),
            None if subject.memory is None else subject.memory.keep(),
            None if subject.stop is None else subject.stop.keep(),
            rows,
            events,
            [list(write) for write in noted(self._journal.file)],
        )

    def mark(self, time_ms: int) -> str:
        """A mark of all that decides where the run stands at an instant [ms], before anything has run."""
        begins = self._performer.by(time_ms)
        chance = any(isinstance(action, FailSensor | FailWire) for action in begins)
        about = self._subject.at(time_ms, chance)
        return mark_of([sorted(about.items()), [key_of(action) for action in begins], self._recorder.columns])

    def go_on(self, saved: Saved, file: Path) -> None:
        """Stand where that run stood. InputError where this one would not have come there; file: for messages."""
        subject = self._subject
        try:
            instant = self._performer.go_on(saved.timeline, instant_of(saved.bench.words["instant"]))
            words = saved.bench.words | {"instant": instant}
            self._bench.go_on(type(saved.bench)(words, saved.bench.numbers))
            for memory, kept in ((subject.memory, saved.controller), (subject.stop, saved.stop)):
                if memory is not None and kept is not None:
                    memory.restore(kept)
            self._recorder.take_up(saved.rows, saved.events)
            for time_ms, path, value, source in saved.writes:
                self._journal.add(int(time_ms), Write(0, float(value), str(path), str(source)))
        except (KeyError, TypeError, ValueError, RigError) as error:
            raise InputError(f"{file}: this run cannot go on from there: {error}") from error
        self.began_ms = saved.time_ms


def check_fits(saved: Saved, subject: Subject, actions: Iterable[Action], file: Path) -> None:
    """InputError that says why a run would not have come to where a state is, in which case it cannot go on there."""
    chance = saved.about.get("seed") is not None
    check_same(saved.about, subject.at(saved.time_ms, chance), file)
    try:
        instant = instant_of(saved.bench.words["instant"])
        past_of(saved.timeline, instant, actions, subject.bench.schedule.tick_ms)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{file}: this run cannot go on from there: {error}") from error


def read_for(file: Path, duration_s: float) -> Saved:
    """A state to go on from; InputError where it is none, or of an instant after the end."""
    saved = read(file)
    if saved.time_ms >= duration_s * 1000.0:
        at, end = said(saved.time_ms / 1000.0), said(duration_s)
        raise InputError(f"{file}: the state is of {at} after the start, and the run ends at {end}")
    return saved


def save_in(folder: Path, saved: Saved) -> Path:
    """Write a state into the folder of its run, named by its instant."""
    return write(saved, folder / f"state-at-{said(saved.time_ms / 1000.0).replace(' ', '-')}{SUFFIX}")
