"""Every criterion by its key in the file. A new criterion is one class, and its name in this list."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from scenarios.criteria.criterion import Criterion
from scenarios.criteria.funnel import Funnel
from scenarios.criteria.holds import Always, Between, Never
from scenarios.criteria.overshoots import Overshoots
from scenarios.criteria.responses import Alarm, Settles, Within
from scenarios.criteria.sequences import Sequence
from scenarios.criteria.totals import Count, Integral, Ratio
from twin.errors import InputError
from twin.yaml_lines import Map, check_keys, validate

_KINDS: tuple[type[Criterion], ...] = (
    *(Always, Never, Between, Within, Settles, Overshoots, Alarm, Sequence),
    *(Count, Integral, Ratio, Funnel),
)
CRITERIA: dict[str, type[Criterion]] = {kind.KEY: kind for kind in _KINDS}


def read_criterion(given: Any) -> Any:
    """A criterion by its key (`always`, `that`, ...); anything but a mapping of a file is left to pydantic."""
    if not isinstance(given, Map):
        return given
    keys = [key for key in CRITERIA if key in given]
    if len(keys) != 1:
        if not keys:
            check_keys(
                given, [*CRITERIA, *Criterion.model_fields, "after", "within", "while", "from", "until", "grace"]
            )
        raise InputError(
            f"{given.where}: expected exactly one of {', '.join(CRITERIA)}, got {', '.join(keys) or 'none'}"
        )
    return validate(CRITERIA[keys[0]], given)


AnyCriterion = Annotated[
    Always | Never | Between | Within | Settles | Overshoots | Alarm | Sequence | Count | Integral | Ratio | Funnel,
    BeforeValidator(read_criterion),
]
