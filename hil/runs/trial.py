"""A scenario run against controllers that deserve to fail, to see whether each of its criteria can fail anybody."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hil.controllers.registry import configured, family
from hil.runs.options import HOLD, NONE, RunOptions
from hil.runs.run import Run
from hil.runs.tried import Trial
from scenarios import Scenario, judge
from twin.recorded import RECORDING_FILE, open_recording


def try_all(
    scenario: Scenario, options: RunOptions, more: Iterable[str] = (), progress: Callable[[str], None] = print
) -> Trial:
    """Run the scenario against none, hold, the faulty controllers of its plant, and more; only the finding stays.

    A plant without a configuration has neither hold nor faulty controllers: none, and more, are tried.
    """
    own = (HOLD, *family(scenario.plant)) if configured(scenario.plant) else ()
    names = list(dict.fromkeys((NONE, *own, *more)))
    found: dict[str, list[str]] = {criterion.id: [] for criterion in scenario.expect}
    for name in names:
        progress(name)
        with TemporaryDirectory() as folder:
            run = Run(scenario, replace(options, controller=name, out=Path(folder)))
            asyncio.run(run.play(Path(folder), lambda _: None))
            recording = open_recording(Path(folder) / RECORDING_FILE)
            for outcome in judge(run.scenario, recording, whatever=True):
                if outcome.id in found:
                    found[outcome.id].append(outcome.verdict)
    return Trial(tuple(names), {criterion: tuple(verdicts) for criterion, verdicts in found.items()})
