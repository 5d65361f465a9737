"""One cell of the matrix: a scenario run against a controller or a mutant, judged whatever the preconditions say."""

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hil.bench.tamper import Nothing, Tamper
from hil.campaigns.mutant import Mutant
from hil.campaigns.tampering import Tampering
from hil.campaigns.use import Use, Watching, used_over_the_wire
from hil.runs.bus_record import on_the_bus
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import Scenario, judge
from scenarios.criteria.verdict import FAIL, WARN
from twin.journal import JOURNAL_FILE
from twin.recorded import RECORDING_FILE, open_recording

OWN = "under test"
"""Who the controller under test is in a matrix."""


@dataclass(frozen=True)
class Case:
    """What is to be run. who: OWN, the name of a controller, or that of the mutant"""

    scenario: Scenario
    name: str
    who: str
    mutant: Mutant | None = None


@dataclass(frozen=True)
class Seen:
    """What came of it.

    verdicts: of each criterion; about: the signals of those that failed
    writes:   a fingerprint of all that was commanded; use: of OWN
    notes:    why the run broke; empty where it did not
    """

    name: str
    who: str
    verdicts: dict[str, str]
    writes: str
    about: dict[str, tuple[str, ...]] = field(default_factory=dict)
    use: Use = field(default_factory=Use)
    notes: tuple[str, ...] = ()

    @property
    def failed(self) -> list[str]:
        """The criteria that failed."""
        return [name for name, verdict in self.verdicts.items() if verdict in (FAIL, WARN)]

    def as_json(self) -> dict[str, Any]:
        """For a file, which keeps no runs that broke."""
        return {
            "name": self.name, "who": self.who, "verdicts": self.verdicts, "writes": self.writes,
            "use": self.use.as_json(),
            "about": {key: list(paths) for key, paths in self.about.items()},
        }  # fmt: skip

    @classmethod
    def of(cls, given: Any) -> "Seen":
        """From a file; ValueError, KeyError or TypeError where it is none."""
        verdicts = {str(key): str(value) for key, value in given["verdicts"].items()}
        about = {str(key): tuple(map(str, paths)) for key, paths in given["about"].items()}
        return cls(str(given["name"]), str(given["who"]), verdicts, str(given["writes"]), about, Use.of(given["use"]))


def run_case(case: Case, options: RunOptions) -> Seen:
    """Run a case; options: of the controller under test."""
    own = case.mutant is not None or case.who == OWN
    tamper = _tamper(case)
    wanted = options if own else RunOptions(controller=case.who, bench=options.bench, clock="free")
    with TemporaryDirectory(prefix="geotwin-power-") as out:
        folder = Path(out) / "run"
        run = Run(case.scenario, replace(wanted, out=Path(out), tamper=tamper))
        result = run.complete(run.play(folder, lambda _: None))
        recording = open_recording(folder / RECORDING_FILE)
        outcomes = judge(run.scenario, recording, whatever=True) if len(recording.time_s) else []
        use = tamper.use() if isinstance(tamper, Watching) else Use()
        if wanted.outside and isinstance(tamper, Watching):
            use = used_over_the_wire(on_the_bus(folder, {}) or (), run.bench.bus.slots, use)
        verdicts = {one.id: one.verdict for one in outcomes}
        about = {one.id: one.signals for one in outcomes if one.verdict in (FAIL, WARN)}
        return Seen(case.name, case.who, verdicts, _writes(folder / JOURNAL_FILE), about, use, tuple(result.notes))


def _tamper(case: Case) -> Tamper:
    """Reads are watched of the controller under test alone: that takes time."""
    if case.mutant is not None:
        return Tampering(case.mutant)
    return Watching() if case.who == OWN else Nothing()


def _writes(journal: Path) -> str:
    """A fingerprint of the writes of a journal, whatever its header says."""
    with journal.open("rb") as file:
        file.readline()
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
