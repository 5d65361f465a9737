"""What a run keeps of its scenario: one file that stands for itself, and the references that it names beside it."""

import yaml

from scenarios.based_on import dump
from scenarios.criteria.funnel import Funnel
from scenarios.scenario import Scenario

SCENARIO_FILE = "scenario.yaml"
"""The scenario as it was run, in the folder of its results."""


def kept(scenario: Scenario) -> dict[str, str]:
    """The files by their names. A reference is kept as it was read, so that the folder may go elsewhere."""
    tubes = {str(one.id): one.funnel.given for one in scenario.expect if isinstance(one, Funnel)}
    if not tubes:
        return {SCENARIO_FILE: scenario.text}
    tree = yaml.load(scenario.text, yaml.BaseLoader)  # noqa: S506  (BaseLoader makes plain text only)
    files = {}
    for entry in tree["expect"]:
        if entry["id"] in tubes:
            name = f"reference_{entry['id']}.csv"
            entry["funnel"] |= {"reference": name, "column": "value"}
            files[name] = tubes[entry["id"]].as_csv()
    return {SCENARIO_FILE: dump(tree)} | files
