"""What a kind of component is, from its declarations: what a plant file may give it, its points, its faults, its users.

`python -m hil.reports.model_page FOLDER` writes a page for every kind and an index; `geotwin describe NAME` prints one.
"""

import inspect
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from hil.reports.page_folder import command, drop_others, write_pages
from plant_models.assembly.plant_file import ready_plants
from plant_models.assembly.rows import FOLDER
from plant_models.plant import MODELS_BY_NAME
from twin.errors import unknown
from twin.points import ALARM, COMMAND, FAULT, PARAMETER, SENSOR, SETPOINT, STATUS, Model, Point, fault_name
from twin.yaml_lines import Map, load

NOTICE = "*Written from the declarations by `python -m hil.reports.model_page docs/models`.*"
TABLES = (
    ("Parameters", (PARAMETER,), "given in the plant file"),
    ("Commands and set points", (COMMAND, SETPOINT), "written by a controller; a plant file may give the start"),
    ("What it shows", (SENSOR, STATUS, ALARM), "measured values, proofs and alarms"),
    ("Faults", (FAULT,), "`fault:` in a timeline; 0 is healthy"),
)


def kinds() -> dict[str, type[Model]]:
    """The kinds that a plant file may name, by name: those that are drawn or have something to give."""
    inside = {"Junction", "Passage", "Network", "Balance", "Weather", "Rig"}
    return {name: model for name, model in sorted(MODELS_BY_NAME.items()) if name not in inside}


def find(name: str) -> type[Model]:
    """The kind of that name, whatever its case; InputError with the nearest."""
    known = kinds()
    folded = {one.casefold(): model for one, model in known.items()}
    if name.casefold() not in folded:
        raise unknown("model", name, known)
    return folded[name.casefold()]


def first_line(model: type[Model]) -> str:
    """What a kind is, in a line."""
    return " ".join((inspect.getdoc(model) or "").split("\n\n")[0].split()).split(". ")[0].rstrip(".")


def page_text(model: type[Model]) -> str:
    """The page of a kind as Markdown."""
    parts = [f"# {model.__name__}", NOTICE, inspect.getdoc(model) or ""]
    parts += _given(model)
    for title, wanted, what in TABLES:
        chosen = {name: point for name, point in model.points.items() if point.kind in wanted}
        if chosen:
            parts += [f"## {title}", f"{what[0].upper()}{what[1:]}.", "\n".join(_table(chosen))]
    if model.initial:
        parts.append(f"Under `initial:` a scenario may also give {', '.join(f'`{name}`' for name in model.initial)}.")
    parts += ["## Where it is used", _users(model)]
    return "\n\n".join(parts) + "\n"


def _given(model: type[Model]) -> list[str]:
    """What a plant file may give beside parameters: figures to size it by, its catalogue, and what it is joined to."""
    rows = [f"| `{name}` | {unit or 'text'} | sizes it |" for name, unit in model.design.items() if unit != FOLDER]
    if model.catalogue:
        rows.append(f"| `catalogue` | text | an item of the catalogue `{model.catalogue}` |")
    for name, link in model.links.items():
        if link.table and link.table != "passage" and name not in model.inner:
            rows.append(f"| `{name}` | {link.table} | {link.doc or 'what it is joined to'} |")
    passages = [name for name, link in model.links.items() if link.table == "passage"]
    ways = f"Ways for water: {', '.join(f'`{name}`' for name in passages)}." if passages else ""
    table = ["| in the plant file | unit or kind | meaning |", "|---|---|---|", *rows]
    return [text for text in (ways, "\n".join(table) if rows else "") if text]


def _table(points: dict[str, Point]) -> Iterator[str]:
    yield "| name | unit | default | range | meaning |"
    yield "|---|---|---|---|---|"
    for name, point in points.items():
        shown = fault_name(name) if point.kind == FAULT else name
        many = f" [{point.count}]" if point.count > 1 else ""
        states = ", ".join(f"{code} {text}" for code, text in point.values.items())
        meaning = "; ".join(filter(None, (point.doc, states, f"outside the law: {point.law}" if point.law else "")))
        default = point.values.get(round(point.default), f"{point.default:g}") if point.values else f"{point.default:g}"
        yield f"| `{shown}`{many} | {point.unit} | {default} | {_range(point)} | {meaning.replace('|', '/')} |"


def _range(point: Point) -> str:
    if point.kind == PARAMETER and not point.values:
        return "{:g} .. {:g}".format(*point.span)
    if point.lo is None and point.hi is None:
        return ""
    low = "" if point.lo is None else f"{point.lo:g}"
    high = "" if point.hi is None else f"{point.hi:g}"
    return f"{low} .. {high}".strip()


def _users(model: type[Model]) -> str:
    """The ready plants that have one of the kind, by the names of their components."""
    found = []
    for plant, file in ready_plants().items():
        tree = load(file.read_text(encoding="utf-8"), file.name)
        entries = tree.get("components", {})
        names = [
            str(key)
            for key, entry in entries.items()
            if isinstance(entry, Map) and entry.get("model") == model.__name__
        ]
        if names:
            found.append(f"`{plant}` ({', '.join(names[:6])}{', ...' if len(names) > 6 else ''})")
    return f"Ready plants: {', '.join(found)}." if found else "In no ready plant."


def index_text(models: Iterable[type[Model]]) -> str:
    """The list of all pages."""
    rows = [f"| [{model.__name__}]({model.__name__}.md) | {first_line(model)} |" for model in models]
    table = "\n".join(["| model | what it is |", "|---|---|", *rows])
    words = "What a plant file may name as `model`. `geotwin describe Pump` prints the same."
    return f"# Kinds of component\n\n{NOTICE}\n\n{words}\n\n{table}\n"


def write_all(folder: Path) -> None:
    """Write the page of every kind, and the index; pages of kinds that are gone are removed, those by hand stay."""
    texts = {f"{name}.md": page_text(model) for name, model in kinds().items()}
    texts["index.md"] = index_text(kinds().values())
    write_pages(folder, texts, NOTICE)
    drop_others(folder, texts, NOTICE)


if __name__ == "__main__":
    sys.exit(command(write_all, sys.argv[1:]))
