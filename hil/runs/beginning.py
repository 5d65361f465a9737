"""Whether a bench can do what a scenario asks for, and the start of its plant; told with the places in the file."""

from collections.abc import Iterable
from typing import Any

from hil.bench.bench import Bench
from hil.bench.performer import check_action
from hil.runs.versions import versions
from scenarios import Scenario
from scenarios.timeline.actions import Action
from scenarios.timeline.timeline import points
from twin.errors import Gathered, InputError
from twin.yaml_lines import place_of


def check_asked(bench: Bench, scenario: Scenario, actions: Iterable[Action]) -> None:
    """InputError for what this bench cannot do; all of it is told."""
    wrong = Gathered()
    for action in actions:
        with wrong.trying():
            check_action(bench, action, scenario.place(action.id))
    places = {str(path): place_of(path) for path in scenario.initial}
    for path, value in scenario.initial_values(bench.directory).items():
        with wrong.trying(places.get(path, "initial")):
            bench.directory.check_set(path, value, at_start=True)
    wrong.tell()


def begin(bench: Bench, scenario: Scenario) -> None:
    """Bring the plant to the start that the scenario asks for; what a component cannot begin at has its line."""
    places = dict[str, str]()
    for path, given in scenario.initial.items():
        for point in points(path, bench.directory, given.where):
            places.setdefault(point.split(".", 1)[0], place_of(path))
    wrong = Gathered()
    try:
        bench.plant.begin(scenario.initial_values(bench.directory))
    except InputError as error:
        for part in error.parts:
            with wrong.trying(places.get(str(part).split(":", 1)[0]) or "initial"):
                raise part from error
    wrong.tell()


def header_of(run: Any) -> dict[str, Any]:
    """What a journal and a recording say of their run (hil.runs.run.Run)."""
    return {
        "run": run.identity,
        "scenario": run.scenario.scenario,
        "seed": run.seed,
        "versions": versions(),
        "plant": run.plant.name,
        "plant_title": run.plant.title,
        "plant_file": str(run.scenario.plant),
        "controller": run.options.named,
        "dut": run.options.dut,
        "clock": run.options.clock,
        "start": run.plant.instant.isoformat(),
        "events_later_s": run.variation.events_s,
    }
