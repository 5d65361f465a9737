"""The result of one run: what every result file (JSON, JUnit, report, terminal) is made from."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from hil.books.beyond import Beyond
from hil.books.savings import Savings
from hil.books.water_fields import WaterField
from hil.plain_text import plain
from hil.reports.bus.part import bus_part
from hil.reports.lies import ToldLie
from hil.reports.result_file import (
    Accounts,
    Balance,
    BeyondPart,
    CriterionResult,
    FactorUsed,
    ResultFile,
    SavingsPart,
    SystemAmounts,
    Timing,
    WaterFieldPart,
)
from hil.reports.shown import finite
from hil.traffic.controllers import ControllerSeen
from scenarios import Outcome, Scenario
from scenarios.criteria.verdict import ORDER, PASS, worst
from twin.files import write_whole

RESULT_FILE, REPORT = "result.json", "report.html"


@dataclass(frozen=True)
class RunResult:
    """What came of running one scenario.

    verdict:  of the whole: `worst` of the outcomes, or worse where the rig broke
    balance:  energy_residual, water_residual [1 of the throughput], and more of the kind
    timing:   simulated_s, wall_s, lag_p99_ms, and more of the kind; what differs between equal runs
    versions: of geotwin, python, numpy, numba, ...
    started:  wall time of the start (ISO 8601); ends up under `timing`
    notes:    sentences on the run as a whole, such as why it ended in an error
    energy:   account of energies [kWh] by name; water: of volumes [m3] by name
    facts:    further lines for the table of run facts in the report
    tried:    whether its criteria were seen to fail anybody, in a sentence; empty where nothing is said
    savings:  the comparison with a boiler and a chiller, None where nothing was delivered; fields: water of the wells
    beyond:   laws that were used outside their range
    lag:      plant time [s] and the worst lag up to there [ms of real time] of a paced run; empty for others
    lies:     that were told to the controller (`geotwin torment`), and what became of them
    run:      the identity of the run, as its recording has it
    dut:      the device under test, name and version, as given with `--dut`
    bus:      what each controller did on the bus; None where no line was open
    """

    scenario: Scenario
    plant: str
    plant_title: str
    controller: str
    clock: str
    seed: int
    verdict: str
    outcomes: Sequence[Outcome]
    balance: Mapping[str, float] = field(default_factory=dict)
    timing: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    started: str = ""
    notes: Sequence[str] = ()
    energy: Mapping[str, float] = field(default_factory=dict)
    water: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    tried: str = ""
    savings: Savings | None = None
    fields: Sequence[WaterField] = ()
    beyond: Sequence[Beyond] = ()
    lag: Sequence[tuple[float, float]] = ()
    lies: Sequence[ToldLie] = ()
    run: str = ""
    dut: str = ""
    bus: Sequence[ControllerSeen] | None = None

    @property
    def name(self) -> str:
        """`plant/scenario`: the folder of the results."""
        return f"{self.plant}/{self.scenario.scenario}"

    def judged(self) -> list[Outcome]:
        """The outcomes, and one named `run` in front where the verdict is worse than theirs, or there are none."""
        outcomes = list(self.outcomes)
        known = worst(outcome.verdict for outcome in outcomes)
        if outcomes and ORDER.index(self.verdict) <= ORDER.index(known):
            return outcomes
        detail = "; ".join(self.notes) or "the run gave nothing to judge"
        verdict = self.verdict if self.verdict != PASS else known
        return [Outcome("run", verdict, "The run is carried out and can be judged", detail=detail), *outcomes]


def counted(verdicts: Sequence[str], one: str, many: str) -> str:
    """`6 criteria: 1 fail, 5 pass`, the gravest first; one, many: what is counted."""
    numbers = Counter(verdicts)
    parts = [f"{numbers[verdict]} {verdict}" for verdict in reversed(ORDER) if numbers[verdict]]
    return f"{len(verdicts)} {one if len(verdicts) == 1 else many}" + (f": {', '.join(parts)}" if parts else "")


def least(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The outcome with the least margin, for each unit."""
    found: dict[str, Outcome] = {}
    for outcome in outcomes:
        if outcome.margin is not None and outcome.unit:
            best = found.get(outcome.unit, outcome)
            found[outcome.unit] = min(best, outcome, key=lambda o: o.margin or 0.0)
    return list(found.values())


def write_result(result: RunResult, folder: Path) -> Path:
    """Write `result.json` (see hil.reports.result_file) into the folder; numbers that are none become null."""
    text = json.dumps(_content(result).model_dump(), indent=1, allow_nan=False)
    return write_whole(folder / RESULT_FILE, text + "\n")


def _content(result: RunResult) -> ResultFile:
    known = {name: finite(result.balance.get(name)) for name in ("energy_residual", "water_residual")}
    times = {name: finite(result.timing.get(name)) for name in ("simulated_s", "wall_s", "lag_p99_ms")}
    return ResultFile(
        scenario=plain(result.scenario.scenario),
        plant=plain(result.plant),
        controller=plain(result.controller),
        dut=plain(result.dut),
        clock=plain(result.clock),
        seed=result.seed,
        verdict=result.verdict,  # type: ignore[arg-type]  # pydantic checks it
        criteria=[_criterion(outcome) for outcome in result.outcomes],
        balance=Balance.model_validate(_numbers(result.balance) | known),
        timing=Timing.model_validate(
            _numbers(result.timing) | times | {"started": plain(result.started), "run": result.run}
        ),
        versions={plain(name): plain(version) for name, version in result.versions.items()},
        notes=[plain(note) for note in result.notes],
        accounts=Accounts(energy_kwh=_numbers(result.energy), water_m3=_numbers(result.water)),
        savings=_savings(result.savings) if result.savings else None,
        water_fields=[_field(field) for field in result.fields],
        beyond=[_beyond(one) for one in result.beyond],
        bus=None if result.bus is None else [bus_part(one) for one in result.bus],
    )


def _savings(found: Savings) -> SavingsPart:
    return SavingsPart(
        heat_kwh=finite(found.heat),
        cold_kwh=finite(found.cold),
        measured=found.measured,
        electricity_kwh=finite(found.electricity),
        terminals_kwh=finite(found.terminals),
        fuel_kwh=_numbers(found.fuel),
        ratios=_numbers(found.ratios),
        currency=found.currency,
        systems={name: SystemAmounts.model_validate(_numbers(asdict(s))) for name, s in found.systems.items()},
        saved={name: _numbers(found.saved(name)) for name in found.systems if name != "plant"},
        factors={
            plain(f.name): FactorUsed(value=finite(f.value), unit=plain(f.unit), source=plain(f.source))
            for f in found.factors
        },
    )


def _field(found: WaterField) -> WaterFieldPart:
    volumes = ("withdrawn", "reinjected", "withdrawn_metered", "reinjected_metered", "difference_metered")
    return WaterFieldPart(
        wells=plain(found.wells),
        closes=found.closes,
        tax_base=found.base,
        **{name: finite(getattr(found, name)) for name in (*volumes, "tolerance", "taxed", "tax")},
    )


def _beyond(found: Beyond) -> BeyondPart:
    return BeyondPart(
        path=plain(found.path),
        law=plain(found.law),
        unit=plain(found.unit),
        **{name: finite(getattr(found, name)) for name in ("first_s", "length_s", "worst", "worst_s")},
    )


def _criterion(outcome: Outcome) -> CriterionResult:
    return CriterionResult(
        id=plain(outcome.id),
        requirement=plain(outcome.requirement),
        sentence=plain(outcome.sentence),
        verdict=outcome.verdict,  # type: ignore[arg-type]  # pydantic checks it
        margin=finite(outcome.margin),
        unit=plain(outcome.unit),
        at_s=finite(outcome.at_s),
    )


def _numbers(given: Mapping[str, float]) -> dict[str, float | None]:
    return {plain(name): finite(number) for name, number in given.items()}
