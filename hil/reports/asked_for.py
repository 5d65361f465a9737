"""What a controller of a plant is to do, for whoever programs it: set points, curves, requirements, its clock."""

from collections.abc import Iterable, Iterator

from hil.bench.scenario_choice import scenarios_of
from hil.controllers.registry import configured, set_points
from hil.plain_text import markdown
from scenarios import load

RIG = """\
## Time, and the audit of it

The device `rig` shows plant time: timers must count that, not the time of the day, wherever a run is faster than it.
A controller that writes `heartbeat` (its own time in seconds since the start) arms an audit: from then on a run in
which its clock is more than 15 s, or five scans, away from plant time in over 1 % of the scans is an error; scans whose
writes a fault of the line keeps away do not count. In lockstep any write to `sync` ends a scan.
"""


def asked_for(plant: str, components: Iterable[str]) -> str:
    """Markdown: the set points and curves that the plant's scenarios are written for, and what they require.

    plant: a ready plant or a plant file; components: that the bench shows
    """
    lines = [*_set_points(plant), *_requirements(plant)]
    return "\n".join(lines) + ("\n" + RIG if "rig" in components else "")


def _set_points(plant: str) -> Iterator[str]:
    if not configured(plant):
        return
    yield from (
        "## Set points and curves",
        "",
        "The scenarios of this plant are written for these; a curve goes through two points, outdoor and supply.",
        "",
        "| set point | value |",
        "| --- | --- |",
    )
    for name, value in set_points(plant):
        yield f"| {markdown(name.replace('_', ' '))} | {markdown(value)} |"
    yield ""


def _requirements(plant: str) -> Iterator[str]:
    found: dict[str, str] = {}
    for full in scenarios_of(plant).values():
        for ident, text in load(full).requirements.items():
            found.setdefault(str(ident), str(text))
    if not found:
        return
    yield from ("## What the scenarios require", "", "| requirement | text |", "| --- | --- |")
    yield from (f"| {markdown(ident)} | {markdown(text)} |" for ident, text in sorted(found.items()))
    yield ""
