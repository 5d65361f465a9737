"""Whether the criteria of a scenario were seen to fail anybody, kept beside the results for every later report.

A criterion that no controller failed may still be right (no freeze, no trip), but it has not been seen to say anything.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scenarios import Scenario
from scenarios.criteria.verdict import FAIL, WARN
from twin.files import read_text, write_whole

_NAMES = 4


@dataclass(frozen=True)
class Trial:
    """What became of each criterion.

    controllers: what was tried; verdicts: by criterion, one verdict a controller, judged whatever the preconditions say
    """

    controllers: tuple[str, ...]
    verdicts: Mapping[str, tuple[str, ...]]

    def unproven(self) -> list[str]:
        """The criteria that failed no controller."""
        return [name for name, verdicts in self.verdicts.items() if not {FAIL, WARN} & set(verdicts)]

    def sentence(self) -> str:
        """`3 of 12 criteria failed no controller that was tried (none, hold): a, b, c`."""
        found = self.unproven()
        many = f"{len(found)} of {len(self.verdicts)} criteria failed no controller that was tried"
        rest = f" and {len(found) - _NAMES} more" if len(found) > _NAMES else ""
        named = f": {', '.join(found[:_NAMES])}{rest}" if found else ""
        return f"{many} ({', '.join(self.controllers)}){named}"


def keep(trial: Trial, scenario: Scenario, out: Path, name: str) -> Path:
    """Write what was found beside the results; name: `plant/scenario`."""
    file = _file(out, name)
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {"criteria": mark(scenario), "controllers": trial.controllers, "verdicts": trial.verdicts}
    return write_whole(file, json.dumps(content, indent=1) + "\n")


def kept(scenario: Scenario, out: Path, name: str) -> Trial | None:
    """What was found of this scenario as it is now; None where it was not tried, or has changed since."""
    try:
        content = json.loads(read_text(_file(out, name)))
        if content["criteria"] != mark(scenario):
            return None
        verdicts = {str(key): tuple(map(str, value)) for key, value in content["verdicts"].items()}
        return Trial(tuple(map(str, content["controllers"])), verdicts)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def mark(scenario: Scenario) -> str:
    """A fingerprint of the criteria: another one where a criterion has changed."""
    said: Sequence[str] = [f"{criterion.id}: {criterion.say()}" for criterion in scenario.expect]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def fact(scenario: Scenario, out: Path, name: str) -> str:
    """The line of a report: what was found, or how to find out."""
    trial = kept(scenario, out, name)
    return (
        trial.sentence()
        if trial is not None
        else f"Whether its criteria fail anybody was not tried: `geotwin vacuous {name}`"
    )


def _file(out: Path, name: str) -> Path:
    return out / f"{name}.tried.json"
