"""Which scenarios are meant: by a file, by `plant/scenario`, by a bare name, or all of a plant.

A plant that is based on another one, and stands on that one's bench, has its scenarios too, unless it brings one of the
same name. With a bench of its own it has them where its file says `scenarios: inherited`.
"""

from pathlib import Path

from hil.bench.bench_file import BENCHES
from plant_models.assembly.plant_file import for_plant, read_plant, ready_plants
from scenarios import Scenario, load
from scenarios.ready import DEFAULT_PLANT, ready_scenarios
from twin.errors import InputError, nearest


def scenarios_of(plant: str) -> dict[str, str]:
    """The scenarios of a plant (a ready one, or a file of the user's): name to where the library has it."""
    found: dict[str, str] = {}
    text = read_plant(plant)
    lineage = text.lineage
    bench = for_plant("bench", BENCHES, lineage).name.removesuffix(".yaml")
    for one in reversed(lineage if text.file.scenarios else lineage[: lineage.index(bench) + 1]):
        found |= {full.split("/")[1]: full for full in ready_scenarios() if full.split("/")[0] == one}
    return dict(sorted(found.items()))


def chosen(asked: str, plant: str | None = None) -> list[Scenario]:
    """The scenarios behind a word of the command; plant: as given with `--plant`."""
    if Path(asked).suffix in (".yaml", ".yml"):
        scenario = load(asked)
        return [scenario if plant is None else scenario.model_copy(update={"plant": plant})]
    if plant is None and asked in ready_plants():
        return [_at(asked, full) for full in scenarios_of(asked).values()]
    if "/" in asked:
        named, _, name = asked.partition("/")
        if plant not in (None, named):
            raise InputError(f"{asked!r} is a scenario of {named!r}, but --plant says {plant!r}")
        return [_found(name, named, asked)]
    return [_found(asked, plant or DEFAULT_PLANT, asked)]


def _found(name: str, plant: str, asked: str) -> Scenario:
    here = scenarios_of(plant)
    if name in here:
        return _at(plant, here[name])
    elsewhere = [full for full in ready_scenarios() if full.endswith(f"/{name}")]
    hint = f"; did you mean {elsewhere[0]!r}?" if elsewhere else nearest(asked, [*here, *ready_plants()])
    if "/" in asked and not elsewhere:
        hint = nearest(asked, [f"{plant}/{one}" for one in here])
    raise InputError(f"no scenario {name!r} of the plant {plant!r}{hint}")


def _at(plant: str, full: str) -> Scenario:
    """A scenario of the library, run on this plant."""
    return load(full).model_copy(update={"plant": plant})
