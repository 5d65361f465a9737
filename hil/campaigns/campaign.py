"""Many cases, some at a time, each in a process; what is known already is not run again."""

import hashlib
import json
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from hil.campaigns.case import Case, Seen
from hil.runs.options import RunOptions
from hil.runs.versions import code_mark
from scenarios import Scenario
from twin.errors import InputError, RigError
from twin.files import opened

RESULTS_FILE = "power.jsonl"
MOST_BYTES = 500_000_000
Work = Callable[[Case, RunOptions, int], Seen]
"""Runs a case; the number is that of the process, from 0 on, for ports of its own."""
_numbered: list[int] = []


class Kept:
    """What is known: a line of JSON for each case, as it comes.

    Another scenario, another controller or another version of the rig, to the last line of its code, is another case.
    """

    def __init__(self, folder: Path, controller: str) -> None:
        """controller: what is under test, as the command names it; what stands in files that it names counts."""
        self._file, self._key = folder / RESULTS_FILE, [controller, _contents(controller.split()), code_mark()]
        self._known = dict(self._read())

    def find(self, case: Case) -> Seen | None:
        """What came of a case before; None where it was not run."""
        return self._known.get(self._line(self._case(case)))

    def add(self, case: Case, seen: Seen) -> None:
        """Keep what came of a case."""
        self._known[self._line(self._case(case))] = seen
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"case": self._case(case), "seen": seen.as_json()}) + "\n")

    def _case(self, case: Case) -> list[object]:
        return [*self._key, case.name, fingerprint(case.scenario), case.who]

    def _line(self, case: object) -> str:
        return json.dumps(case, sort_keys=True)

    def _read(self) -> Iterator[tuple[str, Seen]]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        if not self._file.exists():
            return
        with opened(self._file, MOST_BYTES) as file:
            for line in file:
                try:
                    one = json.loads(line)
                    known = self._line(one["case"]), Seen.of(one["seen"])
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                    continue  # the last line of a campaign that was killed
                yield known


def _contents(words: Sequence[str]) -> str:
    """Another one where a file among these words has changed."""
    digest = hashlib.sha256()
    for word in words:
        path = Path(word)
        if path.is_file():
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def fingerprint(scenario: Scenario) -> str:
    """Another one where the scenario has changed."""
    return hashlib.sha256(scenario.text.encode()).hexdigest()[:16]


def run_all(
    cases: Sequence[Case],
    options: RunOptions,
    kept: Kept,
    jobs: int,
    work: Work,
    told: Callable[[Case, Seen, int], None],
) -> list[Seen]:
    """What came of all cases, in their order; `told` is called with each that was run, and how many are left.

    A run that broke is not kept: it is tried again the next time. RigError where a process of it ends by itself.
    """
    found = {n: seen for n, case in enumerate(cases) if (seen := kept.find(case)) is not None}
    left = [n for n in range(len(cases)) if n not in found]
    if left:
        context = multiprocessing.get_context("spawn")
        numbers = context.SimpleQueue()
        for number in range(jobs):
            numbers.put(number)
        with ProcessPoolExecutor(min(jobs, len(left)), context, _begin, (numbers,)) as pool:
            running: dict[Future[Seen], int] = {pool.submit(_numbered_work, work, cases[n], options): n for n in left}
            try:
                for count, done in enumerate(as_completed(running), 1):
                    n = running[done]
                    found[n] = done.result()
                    if not found[n].notes:
                        kept.add(cases[n], found[n])
                    told(cases[n], found[n], len(left) - count)
            except BrokenProcessPool as error:
                raise RigError("a process of the campaign ended by itself; what was run before is kept") from error
            except InputError:
                pool.shutdown(cancel_futures=True)
                raise
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return [found[n] for n in range(len(cases))]


def _begin(numbers: Any) -> None:
    """Take a number. A signal of the terminal is for the command, which ends its processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _numbered.append(numbers.get())


def _numbered_work(work: Work, case: Case, options: RunOptions) -> Seen:
    return work(case, options, _numbered[0])
