"""The ways of the water of a plant file: its chains, with the own ways and junctions of components added."""

from collections import Counter
from dataclasses import replace

from plant_models.assembly.assembly import RESERVED, Component
from plant_models.assembly.chains import Step, Water, read_chain
from plant_models.assembly.plant_file import PlantText
from twin.errors import Gathered, InputError, unknown


def waterways(text: PlantText, parts: dict[str, Component]) -> tuple[Water, list[Step]]:
    """The junctions and steps of all chains, with the own junctions of components added."""
    water, wrong = Water(), Gathered()
    for key, chain in text.file.water.items():
        with wrong.trying():
            read_chain(chain, water, text.where("water", key))
    for name, where in water.places.items():
        if name in parts or name in RESERVED:
            wrong.parts.append(
                InputError(f"{where}: ({name}) is the name of a component too; give the junction another")
            )
    wrong.tell()
    own: list[Step] = []
    steps = list(water.steps())
    joined = Counter(junction for step in steps for junction in (step.upstream, step.downstream))
    joined.update(list(water.names()))
    for step in steps:
        with wrong.trying():
            if step.component not in parts:
                raise unknown("component", step.component, parts, step.where)
            _check_end(step, parts[step.component], joined)
            own += _ways(step, parts[step.component], water)
    for part in parts.values():
        done = {s.passage for s in own if s.component == part.name}
        for passage in part.passages():
            if passage not in done and passage not in part.model.optional:
                with wrong.trying():
                    own += _own_way(part, passage, water, own)
    resolved = [replace(s, upstream=water.same(s.upstream), downstream=water.same(s.downstream)) for s in own]
    seen = set()
    for s in resolved:
        with wrong.trying():
            if (s.component, s.passage) in seen:
                raise InputError(f"{s.where}: water runs through {s.component}.{s.passage} twice")
        seen.add((s.component, s.passage))
    wrong.tell()
    return water, resolved


def _check_end(step: Step, part: Component, joined: Counter[int]) -> None:
    """InputError where a chain goes on beyond a port at which it begins or ends: water would not follow it."""
    beyond = zip(part.model.ends.get(step.passage, ("", "")), (step.upstream, step.downstream), strict=True)
    for number, (own, junction) in enumerate(beyond):
        if own and joined[junction] > 1:
            verb = "ends" if number else "begins"
            port = f"{step.component}.{step.passage}"
            raise InputError(f"{step.where}: a chain {verb} at {port}; begin another one there")


def _ways(step: Step, part: Component, water: Water) -> list[Step]:
    """The passages behind one name in a chain: the one it names, or the route of the component."""
    route = (step.passage,) if step.passage else part.model.route
    ways = []
    for number, passage in enumerate(route):
        if passage not in part.passages():
            raise unknown("passage", f"{step.component}.{passage}", part.passages(), step.where)
        own = part.model.ends.get(passage, ("", ""))
        upstream = own_junction(part, own[0], water) if own[0] else step.upstream
        downstream = own_junction(part, own[1], water) if own[1] else step.downstream
        if len(route) > 1 and ((number == 0 and own[0]) or (number == len(route) - 1 and own[1])):
            raise InputError(
                f"{part.where}: {part.model.__name__} declares a route that does not begin or end in the chain"
            )
        ways.append(replace(step, passage=passage, upstream=upstream, downstream=downstream))
    return ways


def _own_way(part: Component, passage: str, water: Water, steps: list[Step]) -> list[Step]:
    """The step of a passage that stands in no chain; none where it joins an absent one (`primary>`)."""
    behind = {f"{s.passage}>": s.downstream for s in steps if s.component == part.name}
    ends = part.model.ends.get(passage, ("", ""))
    if "" in ends:
        raise InputError(f"{part.where}: {part.name}.{passage} stands in no water chain")
    if any(end.endswith(">") and end not in behind for end in ends):
        return []
    upstream, downstream = (behind[end] if end in behind else own_junction(part, end, water) for end in ends)
    return [Step(part.name, passage, upstream, downstream, part.where)]


def own_junction(part: Component, link: str, water: Water) -> int:
    """The junction behind a link of the component: the one the plant file names, or its own."""
    given = str(part.given.get(link, ""))
    return water.junction(given.strip("()").strip() if given else f"{part.name}/{link}")
