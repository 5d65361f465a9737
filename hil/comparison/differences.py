"""What is different between two runs of one scenario: verdicts, margins, energy, and what the controllers wrote."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hil.comparison.found import Kept
from hil.comparison.writes import FirstDifference, first_difference
from hil.reports.result_file import CriterionResult
from scenarios.criteria.verdict import ERROR, ORDER, WARN
from scenarios.kept import SCENARIO_FILE
from twin.errors import InputError
from twin.files import read_bytes
from twin.journal import JOURNAL_FILE
from twin.recorded import RECORDING_FILE, open_recording

GONE = "not judged"
"""The verdict of a criterion that one of the runs does not have."""
WORTH_TELLING = 0.01
"""A margin that shrank by a smaller share of itself is not told of."""


@dataclass(frozen=True)
class Change:
    """One criterion in both runs; None where one of them does not have it."""

    id: str
    before: CriterionResult | None
    after: CriterionResult | None

    @property
    def either(self) -> CriterionResult:
        """The criterion as the later run has it, or the earlier one."""
        found = self.after or self.before
        assert found is not None  # noqa: S101  (it comes from one of them)
        return found

    @property
    def verdicts(self) -> tuple[str, str]:
        """Before and after."""
        return tuple(one.verdict if one else GONE for one in (self.before, self.after))  # type: ignore[return-value]

    @property
    def worse(self) -> bool:
        """Whether the verdict became worse, so that a delivery must stop: a warning stops none, what is gone does."""
        if self.before is None or self.after is None:
            return self.after is None
        before, after = ORDER.index(self.before.verdict), ORDER.index(self.after.verdict)
        return after > before and self.after.verdict != WARN

    @property
    def shrunk(self) -> float | None:
        """By which share of itself the margin shrank [1], below zero where it grew; None where that says nothing."""
        one, other = self.before, self.after
        if one is None or other is None or one.margin is None or other.margin is None:
            return None
        if one.unit != other.unit or one.margin <= 0.0:
            return None
        return (one.margin - other.margin) / one.margin

    @property
    def worth_telling(self) -> bool:
        """Whether somebody who compares should see it: another verdict, or a smaller margin."""
        return self.verdicts[0] != self.verdicts[1] or (self.shrunk or 0.0) >= WORTH_TELLING


@dataclass(frozen=True)
class Difference:
    """Two runs of one scenario.

    criteria: those of both, what became worst first; energy: (name, before, after, unit), the accounts of both
    start:    of plant time; None where no recording tells it
    notes:    why the two may not be comparable, in sentences
    """

    before: Kept
    after: Kept
    criteria: tuple[Change, ...]
    energy: tuple[tuple[str, float, float, str], ...]
    writes: FirstDifference | None
    start: datetime | None
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        """`plant/scenario`."""
        return self.after.name

    def regressions(self, most_shrunk: float | None = None) -> list[str]:
        """What became worse, in words; most_shrunk: the share of itself that a margin may lose [1], None for any."""
        found = []
        before, after = self.before.result.verdict, self.after.result.verdict
        worse = [one for one in self.criteria if one.worse]
        if after == ERROR and before != ERROR:
            found.append(
                f"{self.name}: {before} became {after}: {'; '.join(self.after.result.notes) or 'no reason told'}"
            )
        found += [f"{self.name} / {one.id}: {one.verdicts[0]} became {one.verdicts[1]}" for one in worse]
        if most_shrunk is None:
            return found
        less = [one for one in self.criteria if one not in worse and (one.shrunk or 0.0) > most_shrunk]
        return found + [
            f"{self.name} / {one.id}: the margin lost {100.0 * (one.shrunk or 0.0):.0f} % of itself" for one in less
        ]


def difference(before: Kept, after: Kept) -> Difference:
    """Lay two runs of one scenario beside each other."""
    old, new = ({one.id: one for one in kept.result.criteria} for kept in (before, after))
    changes = [Change(ident, old.get(ident), new.get(ident)) for ident in dict.fromkeys((*old, *new))]
    changes.sort(key=lambda one: (not one.worse, one.verdicts[0] == one.verdicts[1], -(one.shrunk or 0.0)))
    journals = [kept.folder / JOURNAL_FILE for kept in (before, after)]
    there = all(journal.is_file() for journal in journals)
    writes = first_difference(*journals) if there else None
    notes = list(_notes(before, after))
    notes += [] if there else ["the journals are not there: what the controllers wrote was not compared"]
    return Difference(before, after, tuple(changes), _energy(before, after), writes, _start(after.folder), tuple(notes))


def _notes(before: Kept, after: Kept) -> list[str]:
    """Why the two runs may differ for another reason than their controllers."""
    one, other = before.result, after.result
    said = []
    if _scenario(before.folder) != _scenario(after.folder):
        said.append("the scenario is not the same in both runs")
    if one.seed != other.seed:
        said.append(f"the seeds are {one.seed} and {other.seed}")
    if one.clock != other.clock:
        said.append(f"the clocks are {one.clock} and {other.clock}")
    if one.versions.get("geotwin") != other.versions.get("geotwin"):
        said.append(f"geotwin is {one.versions.get('geotwin')} and {other.versions.get('geotwin')}")
    if "realtime" in (one.clock, other.clock):
        said.append("in real time an outside controller answers a little earlier or later each time")
    return said


def _scenario(folder: Path) -> bytes:
    try:
        return read_bytes(folder / SCENARIO_FILE)
    except InputError:
        return b""


def _energy(before: Kept, after: Kept) -> tuple[tuple[str, float, float, str], ...]:
    """What both runs have in their books: useful energies and electricity first, seasonal figures, then accounts."""
    one, other = _books(before), _books(after)
    return tuple((name, number, other[name][0], unit) for name, (number, unit) in one.items() if name in other)


def _books(kept: Kept) -> dict[str, tuple[float, str]]:
    result = kept.result
    found: dict[str, tuple[float | None, str]] = {}
    if result.savings is not None:
        found = {
            "heat delivered": (result.savings.heat_kwh, "kWh"),
            "cold delivered": (result.savings.cold_kwh, "kWh"),
            "electricity": (result.savings.electricity_kwh, "kWh"),
        }
        found |= {name: (ratio, "") for name, ratio in result.savings.ratios.items()}
    found |= {name: (number, "kWh") for name, number in result.accounts.energy_kwh.items()}
    found |= {name: (number, "m³") for name, number in result.accounts.water_m3.items()}
    return {name: (number, unit) for name, (number, unit) in found.items() if number is not None}


def _start(folder: Path) -> datetime | None:
    """The plant's clock at time 0."""
    try:
        return datetime.fromisoformat(str(open_recording(folder / RECORDING_FILE).meta["start"]))
    except (InputError, KeyError, ValueError):
        return None
