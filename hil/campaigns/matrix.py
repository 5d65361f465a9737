"""The detection matrix: which criteria caught whom, whether they named the mistake, and what nobody saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hil.campaigns.case import OWN, Seen
from hil.campaigns.mutant import Mutant
from scenarios import Scenario

ANY = ("*",)
"""What a controller breaks that does nothing: every requirement."""
_PANEL = "panel"


@dataclass(frozen=True)
class Catch:
    """A criterion that a controller failed and the one under test did not. right: whether it is about the mistake."""

    scenario: str
    criterion: str
    requirement: str
    right: bool


@dataclass
class Row:
    """One controller or mutant.

    sentence: what is wrong with it; ran: the scenarios in which it was tried
    effect:   whether it ordered anything else than the controller under test, in any of them
    """

    who: str
    sentence: str
    ran: list[str] = field(default_factory=list)
    catches: list[Catch] = field(default_factory=list)
    effect: bool = False

    @property
    def said(self) -> str:
        """`caught`, `caught by another requirement`, `no effect` or `not seen`."""
        if self.catches:
            return "caught" if any(one.right for one in self.catches) else "caught by another requirement"
        return "not seen" if self.effect else "no effect"


@dataclass
class Matrix:
    """All of it. failing: criteria that the controller under test fails itself; silent: those that failed nobody."""

    rows: list[Row]
    criteria: int
    silent: list[str]
    failing: list[str]

    def sentence(self) -> str:
        """`57 of 60 that make a difference were caught (95 %), 50 of them by a requirement about the mistake; ...`."""
        real = [row for row in self.rows if row.said != "no effect"]
        caught = [row for row in real if row.catches]
        right = sum(row.said == "caught" for row in caught)
        share = f" ({100 * len(caught) / len(real):.0f} %)" if real else ""
        return (
            f"{len(caught)} of {len(real)} that make a difference were caught{share}, {right} of them by a requirement "
            f"about the mistake; {len(self.rows) - len(real)} made no difference; "
            f"{len(self.silent)} of {self.criteria} criteria failed nobody"
        )


def matrix(
    scenarios: Mapping[str, Scenario],
    seen: Sequence[Seen],
    mutants: Sequence[Mutant],
    others: Mapping[str, tuple[str, Sequence[str]]],
) -> Matrix:
    """Sum up. scenarios: by name; others: controllers by name, with what is wrong and the requirements they break"""
    own = {one.name: one for one in seen if one.who == OWN}
    requirements = {
        (name, criterion.id): criterion.requirement or ""
        for name, scenario in scenarios.items()
        for criterion in scenario.expect
    }
    kinds = {mutant.name: mutant for mutant in mutants}
    rows = {name: Row(name, others[name][0]) for name in others} | {
        name: Row(name, mutant.sentence) for name, mutant in kinds.items()
    }
    failed: set[tuple[str, str]] = set()
    for one in seen:
        if one.who == OWN or one.who not in rows or one.name not in own:
            continue
        row, reference = rows[one.who], own[one.name]
        row.ran.append(one.name)
        row.effect = row.effect or one.writes != reference.writes
        broken = others.get(one.who, ("", ()))[1]
        for criterion in set(one.failed) - set(reference.failed):
            failed.add((one.name, criterion))
            requirement = requirements.get((one.name, criterion), "")
            right = broken == ANY or requirement in broken or _about(one.about.get(criterion, ()), kinds.get(one.who))
            row.catches.append(Catch(one.name, criterion, requirement, right))
    failing = [f"{name}: {criterion}" for name, one in own.items() for criterion in one.failed]
    judged = [key for key in requirements if key[0] in own]
    silent = [
        f"{name}: {criterion}"
        for name, criterion in judged
        if (name, criterion) not in failed and criterion not in own[name].failed
    ]
    return Matrix([row for row in rows.values() if row.ran], len(judged), silent, failing)


def _about(signals: Sequence[str], mutant: Mutant | None) -> bool:
    """Whether a criterion looks at the circuit that a mutant is about, or at the very lamp or switch of the panel."""
    if mutant is None or not mutant.register:
        return False
    paths = [path.removeprefix("bus.") for path in signals]
    if mutant.register.startswith(f"{_PANEL}."):
        return mutant.register in paths
    return _circuit(mutant.register) in {_circuit(path) for path in paths}


def _circuit(path: str) -> str:
    """The first word of a path, by which a plant file names its circuits: `source` of `source_pump_2.speed`."""
    return path.partition(".")[0].partition("_")[0]
