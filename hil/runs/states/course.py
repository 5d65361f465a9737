"""The course of a run: from its start or from a saved state, and the instants at which it is saved."""

import contextlib
import time
from pathlib import Path
from typing import Any

from hil.bench.memory import Memory
from hil.bench.performer import Performer
from hil.runs.options import RunOptions
from hil.runs.states.identity import mark_of
from hil.runs.states.rewind import Rewind
from hil.runs.states.saved import Saved
from hil.runs.states.states import States, Subject, check_fits, read_for, save_in
from hil.runs.states.warm import PAYS_S, Warm
from scenarios.expressions.live import LiveCondition
from scenarios.phrases import said
from twin.errors import InputError, RigError
from twin.journal import Journal
from twin.recorder import Recorder


class Course:
    """Where a run begins and where it is saved. began_ms: from when on it was computed [ms of plant time]"""

    def __init__(self, run: Any) -> None:
        """run: hil.runs.run.Run, built, of which nothing has run; InputError where it cannot do what is asked."""
        options: RunOptions = run.options
        check_options(options, run.scenario.clock.duration)
        self._run, self._options = run, options
        self._rewind = Rewind(options, run.bench, run.identity, run.name, run.facts) if options.held else None
        self._halts = sorted({self._tick(at_s * 1000.0) for at_s in options.save_at})
        self._saved: Saved | None = None
        self._subject = self._made()
        if options.state is not None and self._subject is not None and self._rewind is None:
            self._saved = read_for(options.state, run.scenario.clock.duration)
            check_fits(self._saved, self._subject, run.actions, options.state)
        self._states: States | None = None
        self._warm: Warm | None = None
        self._folder = Path()
        self._warm_ms, self._since = 0, 0.0
        self.began_ms = 0

    def _made(self) -> Subject | None:
        """What may be saved of the run; None where nothing will be."""
        run, options = self._run, self._options
        asked = bool(options.save_at) or options.state is not None
        plain = options.clock == "free" and not options.lines and options.replay is None and not run.bench.tampered()
        if options.held or (not asked and not (options.warm and plain)):
            return None
        try:
            subject = Subject(run.bench, run.controller, (run.scan_ms, run.period_ms), run.seed, run)
        except RigError as error:
            if asked:
                raise InputError(f"{_asked(options)}: {error}") from error
            return None
        subject.name = run.name
        subject.marks["stop"] = mark_of([run.scenario.stop_condition(run.bench.directory)])
        subject.until_s, subject.chance = run.until_s, run.variation.instruments_k > 0.0
        return subject

    def _tick(self, time_ms: float) -> int:
        """The tick at or before a time."""
        tick_ms: int = self._run.bench.schedule.tick_ms
        return round(time_ms) // tick_ms * tick_ms

    def ends(self, condition: LiveCondition) -> None:
        """What ends the run, before it was asked."""
        if self._subject is not None:
            self._subject.stop = Memory([condition], [self._run.bench])

    def ready(self, folder: Path, performer: Performer, recorder: Recorder, journal: Journal) -> None:
        """Everything is declared, and nothing has run."""
        self._folder = folder
        if self._rewind is not None:
            self._rewind.begin(folder)
        if self._subject is not None:
            self._states = States(self._subject, performer, recorder, journal)

    def begin(self) -> int:
        """Stand where the run begins; the time of that [ms]."""
        states = self._states
        if states is None:
            return 0
        if self._saved is not None and self._options.state is not None:
            states.go_on(self._saved, self._options.state)
            at = said(self._saved.time_ms / 1000.0)
            self._run.facts["state"] = f"goes on from {at} of a run of {self._saved.about['run']}"
            self.began_ms = self._saved.time_ms
            self._saved = None
        elif self._options.warm:
            self._begin_warm(states)
        return self.began_ms

    def _begin_warm(self, states: States) -> None:
        """Take the warm-up from an earlier run where it is kept, or find out whether it is to be kept."""
        warm_ms = self._tick(self._run.scenario.warm_up * 1000.0 - 1.0)
        if warm_ms <= 0 or any(at <= warm_ms for at in self._halts):
            return
        self._warm = Warm(self._options.out, lambda: states.mark(warm_ms))
        saved = self._warm.find()
        if saved is None:
            self._warm_ms, self._halts = warm_ms, sorted({*self._halts, warm_ms})
            self._since = time.perf_counter()
            return
        states.go_on(saved, self._warm.file)
        self.began_ms = warm_ms
        self._run.facts["warm-up"] = f"taken from {self._warm.file.name}, which an earlier run has left, not computed"

    def next_ms(self, now_ms: int, last_ms: int) -> int:
        """Up to where the run may go at once [ms]."""
        return min([last_ms, *(at for at in self._halts if at > now_ms)])

    def reached(self, now_ms: int) -> None:
        """The run has come to an instant; it is saved where that was asked for."""
        if self._rewind is not None:
            self._rewind.reached(now_ms)
        if self._states is None:
            return
        if self._run.stopped:
            for at_ms in self._halts:
                if at_ms >= now_ms and at_ms != self._warm_ms:
                    self._run.facts[f"state at {said(at_ms / 1000.0)}"] = "not saved: the run was ended before"
        elif self._warm is not None and now_ms == self._warm_ms:
            if time.perf_counter() - self._since >= PAYS_S:
                with contextlib.suppress(RigError):  # it cannot be saved, and need not be
                    self._warm.keep(self._states.saved())
        elif now_ms in self._halts:
            file = save_in(self._folder, self._states.saved())
            self._run.facts[f"state at {said(now_ms / 1000.0)}"] = file.name


def check_options(options: RunOptions, duration_s: float) -> None:
    """InputError where a run with these options can neither be saved nor go on from a state."""
    if not options.save_at and options.state is None:
        return
    asked = _asked(options)
    if options.outside and not options.held:
        raise InputError(
            f"{asked} is for a controller in process, or a program on the plant's clock; what {options.controller!r} "
            "remembers is not known"
        )
    if not options.held and (options.clock != "free" or options.lines):
        raise InputError(f"{asked} is for runs with --clock free and no open line; who is on a line cannot be saved")
    if options.replay is not None:
        raise InputError(f"{asked} does not go with --replay")
    for at_s in options.save_at:
        if not 0.0 < at_s < duration_s:
            raise InputError(f"--save-at {said(at_s)} is not within the run, which ends at {said(duration_s)}")


def _asked(options: RunOptions) -> str:
    """The option that asks for a state."""
    return "--save-at" if options.save_at else "--from"
