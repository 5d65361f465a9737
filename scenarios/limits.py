"""How far a rig may be from what it promises before a run says nothing about the controller."""

from collections.abc import Sequence

from pydantic import ValidationError

from scenarios.file_types import Duration, Whole
from twin.errors import InputError, unknown
from twin.yaml_lines import FileModel

LEAST_SKIPPED_S, SKIPPED_SHARE = 60.0, 0.01
"""Plant time that a paced run may skip where no limit is given: this share of its length, and no less than so much."""


class Limits(FileModel):
    """What a run on a clock or over a line may suffer; beyond it its verdict is `error`.

    lag:     the latest that an instant may begin [s of real time]
    skipped: plant time by which the clock was moved on because the rig could not follow [s of plant time]; None: 1 % of
             the run, at least 60 s
    lost:    time that a line was without what it needs, such as its broker [s of real time]
    dropped: messages that did not fit a line's queue
    """

    lag: Duration = 5.0
    skipped: Duration | None = None
    lost: Duration = 10.0
    dropped: Whole = 0

    def most_skipped_s(self, duration_s: float) -> float:
        """Plant time that a run of this length may skip [s]."""
        return max(LEAST_SKIPPED_S, SKIPPED_SHARE * duration_s) if self.skipped is None else self.skipped


def with_limits(limits: Limits, given: Sequence[str]) -> Limits:
    """The limits with those of a command in their places: `lag=10 s`, `dropped=5`. InputError for anything else."""
    found: dict[str, str] = {}
    for text in given:
        name, _, value = (part.strip() for part in text.partition("="))
        if name not in Limits.model_fields:
            raise unknown("limit", name, Limits.model_fields, f"--limit {text}")
        found[name] = value
    try:
        told = Limits.model_validate(found)
    except ValidationError as error:
        raise InputError(f"--limit {found}: {error.errors()[0]['msg']}") from error
    except InputError as error:
        raise error.under("--limit") from error
    return limits.model_copy(update={name: getattr(told, name) for name in found})
