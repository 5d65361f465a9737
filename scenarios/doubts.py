"""What a scenario says that can never be judged, and what it says that is probably not meant."""

from collections.abc import Iterator, Mapping, Sequence

from scenarios.criteria.criterion import Criterion
from scenarios.expressions.moments import Moment
from scenarios.expressions.text import Number
from scenarios.phrases import said
from scenarios.timeline.entries import FaultEntry
from scenarios.timeline.timeline import Timeline
from twin.errors import InputError
from twin.yaml_lines import place_of


def check_moments(criterion: Criterion, timeline: Timeline, warm_up_s: float) -> None:
    """InputError where a moment of a criterion lies where nothing is judged: then it could never fail."""
    times: dict[str, float] = {}
    for role, moment in criterion.moments().items():
        time_s = timeline.time_of(moment)
        if time_s is None:
            continue
        where = f"{_place(criterion, moment)}: {moment.text!r} is at {said(time_s)}"
        if time_s > timeline.duration_s:
            raise InputError(f"{where}, after the end of the scenario ({said(timeline.duration_s)})")
        if time_s < warm_up_s or (role == "stop" and time_s == warm_up_s):
            raise InputError(f"{where}; nothing is judged before the end of the warm-up ({said(warm_up_s)})")
        times[role] = time_s
    if "start" in times and "stop" in times and times["stop"] <= times["start"]:
        moment = criterion.moments()["stop"]
        raise InputError(f"{_place(criterion, moment)}: {moment.text!r} does not come after {said(times['start'])}")


def doubts(
    criteria: Sequence[Criterion], timeline: Timeline, requirements: Mapping[str, str], warm_up_s: float
) -> Iterator[str]:
    """What is allowed and yet probably not meant, in sentences with their places."""
    tested = {str(criterion.requirement) for criterion in criteria}
    for requirement in requirements:
        if str(requirement) not in tested:
            where = place_of(requirement) or str(requirement)
            yield f"{where}: no criterion has the requirement {str(requirement)!r}"
    for entry in timeline.entries:
        to = entry.to.root if isinstance(entry, FaultEntry) and entry.to is not None else None
        if isinstance(to, Number) and to.value == 0.0:
            yield f"{entry.where}: a fault of 0 is healthy; `clear: id` ends one"
    for criterion in criteria:
        yield from _too_long(criterion, timeline, warm_up_s)
    yield from _after_all(criteria, timeline)


def _too_long(criterion: Criterion, timeline: Timeline, warm_up_s: float) -> Iterator[str]:
    """A window that runs past the end, and a stretch that is longer than what is judged."""
    where, end_s = place_of(criterion.id) or str(criterion.id), timeline.duration_s
    moments = criterion.moments()
    trigger = moments.get("after", moments.get("start"))
    begin = warm_up_s if trigger is None else timeline.time_of(trigger)
    asked = getattr(criterion, "settle", getattr(criterion, "overshoot", criterion))
    lasts = (getattr(asked, "within", None) or 0.0) + getattr(asked, "hold", 0.0)
    if begin is not None and lasts > 0.0 and begin + lasts > end_s:
        yield (
            f"{where}: {criterion.id} may take until {said(begin + lasts)}, after the end of the scenario "
            f"({said(end_s)}): what comes late is inconclusive"
        )
    per = getattr(criterion, "per", None)
    if per is not None and per > end_s - warm_up_s:
        yield f"{where}: {criterion.id} counts per {said(per)}, but only {said(end_s - warm_up_s)} are judged"


def _after_all(criteria: Sequence[Criterion], timeline: Timeline) -> Iterator[str]:
    """The lines of a timeline that begin when no criterion is judged any more."""
    ends: list[float] = []
    for criterion in criteria:
        stop = criterion.moments().get("stop")
        time_s = timeline.duration_s if stop is None else timeline.time_of(stop)
        ends.append(timeline.duration_s if time_s is None else time_s)
    for entry in timeline.entries:
        at_s = timeline.begin(entry, ())
        if at_s is not None and at_s >= max(ends):
            yield f"{entry.where}: comes at {said(at_s)}, when no criterion is judged any more ({said(max(ends))})"


def _place(criterion: Criterion, moment: Moment) -> str:
    return moment.where or place_of(criterion.id) or str(criterion.id)
