"""Several scenarios at once, each in a process: the same results as one after the other, in the same order.

The processes are in groups of their own, so that a signal of the terminal reaches the command alone, which passes it on
once: each run ends, is judged and written.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from hil.bus.address import Address
from hil.commands.ending import RIG_ERROR, SIGNALLED, SIGNALS, Ended, signals_raised
from hil.commands.playing.one_run import Done, attempt, not_run
from hil.commands.verdict_table import PLAIN_WIDTH
from hil.lines.mqtt.line import EMBEDDED
from hil.plain_text import one_line
from hil.runs.options import RunOptions
from hil.runs.started.choice import PORTS_APART
from scenarios import Scenario
from twin.errors import InputError
from twin.kernel import compiled_before


def side_by_side(scenarios: Sequence[Scenario], options: RunOptions, jobs: int, console: Console) -> list[Done]:
    """What became of each scenario, in the order given; at most `jobs` of them at a time.

    InputError for a controller from outside: there is one of it. Where nothing is compiled yet the first scenario runs
    alone, so that the others need not compile, too.
    """
    if options.outside and not options.programs:
        raise InputError(
            f"--jobs {jobs}: one controller from outside is at one plant at a time; leave --jobs out, or let the rig "
            "start one for each run with --exec"
        )
    if options.controller == "mqtt" and options.lines["mqtt"] != EMBEDDED:
        raise InputError(f"--jobs {jobs}: rigs side by side need a broker each: --mqtt embedded, or leave --jobs out")
    first = [] if compiled_before() else [attempt(scenarios[0], options, console)]
    if first and first[0].ends_all:
        return first
    rest = scenarios[len(first) :]
    columns = TextColumn("scenarios"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=len(rest))

        def tell(one: Done) -> None:
            bar.update(task, advance=1)
            console.print(Text(one_line(f"{one.result.name}: {one.result.verdict}")), soft_wrap=True)

        return [*first, *_Team(rest, options, min(jobs, len(rest))).work(tell)]


class _Team:
    """Processes that take one scenario after the other."""

    def __init__(self, scenarios: Sequence[Scenario], options: RunOptions, size: int) -> None:
        self._scenarios, self._options = scenarios, options
        self._begun = self._signal = self._hired = 0
        self._done: dict[int, Done] = {}
        self._members: dict[Any, tuple[SpawnProcess, int]] = {}
        for _ in range(size):
            self._hire()

    def work(self, tell: Callable[[Done], None]) -> list[Done]:
        """All that was run, in the order given; `tell` is called with each as it comes."""
        while self._members:
            try:
                for ready in wait(list(self._members)):
                    tell(self._taken(ready))
            except Ended as ended:
                self._pass_on(ended.number)
        return [self._done[number] for number in sorted(self._done)]

    def _hire(self) -> None:
        """Start a process with the next scenario. Signals wait until it is in its own group."""
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=_member, args=(there, self._apart(self._hired)))
        self._hired += 1
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        there.close()
        self._give(here, process)

    def _apart(self, number: int) -> RunOptions:
        """The options with ports of a process's own."""
        lines = dict(self._options.lines)
        if self._options.programs and "modbus" in lines:
            address = lines["modbus"]
            lines["modbus"] = Address(address.host, address.port + PORTS_APART * number)
        return replace(self._options, lines=lines)

    def _give(self, end: Any, process: SpawnProcess) -> None:
        """Let a process begin the next scenario."""
        self._members[end] = process, self._begun
        with suppress(OSError):  # it is gone already: nothing comes from it
            end.send(self._scenarios[self._begun])
        self._begun += 1

    def _taken(self, end: Any) -> Done:
        """The result of a process, or that it is gone; what is left to do goes to it or to another one."""
        process, number = self._members.pop(end)
        more = self._begun < len(self._scenarios) and not self._signal
        try:
            done: Done = end.recv()
        except (EOFError, OSError):
            process.join()
            done = self._lost(number, process.exitcode)
            end.close()
            if more:
                self._hire()
        else:
            if more:
                self._give(end, process)
            else:
                end.close()
                process.join()
        self._done[number] = done
        return done

    def _lost(self, number: int, code: int | None) -> Done:
        """What is known of a scenario whose process left without a word."""
        why = f"the process of this run ended without a result (exit code {code})"
        if self._signal:
            why = f"ended by {signal.Signals(self._signal).name} before it began"
        wrong = SIGNALLED + self._signal if self._signal else RIG_ERROR
        return Done(not_run(self._scenarios[number], self._options, why), None, wrong)

    def _pass_on(self, number: int) -> None:
        """End all runs, once; no other begins."""
        if not self._signal:
            self._signal = number
            for process, _ in self._members.values():
                with suppress(ProcessLookupError):
                    os.kill(process.pid or 0, number)


def _member(end: Any, options: RunOptions) -> None:
    """What a process does: run what it is given until nobody gives it any more, or a signal came."""
    os.setpgrp()
    plain = Console(force_terminal=False, width=PLAIN_WIDTH, no_color=True, highlight=False)
    with suppress(Ended, EOFError), signals_raised():
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        while True:
            done = attempt(end.recv(), options, plain)
            end.send(done)
            if done.ends_all:
                return
