"""A scenario tried on controllers that deserve to fail, to see whether each of its criteria can fail anybody."""

from collections.abc import Callable, Iterable, Sequence

from hil.campaigns.case import Case, Seen, run_case
from hil.controllers.registry import configured, family
from hil.runs.options import HOLD, NONE, RunOptions
from hil.runs.tried import Trial
from scenarios import Scenario


def deserving(plant: str) -> list[str]:
    """The controllers of a plant that deserve to fail: none, hold, and the faulty ones.

    A plant without a configuration has neither hold nor faulty controllers.
    """
    return [NONE, HOLD, *family(plant)] if configured(plant) else [NONE]


def try_all(
    scenario: Scenario,
    name: str,
    options: RunOptions,
    more: Iterable[str] = (),
    progress: Callable[[str], None] = print,
) -> Trial:
    """Run the scenario against all that deserve to fail, and more; only the finding stays. name: `plant/scenario`."""
    seen = []
    for who in dict.fromkeys((*deserving(scenario.plant), *more)):
        progress(who)
        seen.append(run_case(Case(scenario, name, who), options))
    return trial_of(scenario, seen)


def trial_of(scenario: Scenario, seen: Sequence[Seen]) -> Trial:
    """What was seen of a scenario, by criterion."""
    verdicts = {one.id: tuple(run.verdicts.get(one.id, "") for run in seen) for one in scenario.expect}
    return Trial(tuple(run.who for run in seen), verdicts)
