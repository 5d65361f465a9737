"""The page of a plant, written from its files: schematic, components, chains, devices, scenarios, configuration.

`python -m hil.reports.plant_page FOLDER` writes the pages of all ready plants and their index; `geotwin plant NAME`
writes one.
"""

import inspect
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from hil.bench.bench_file import read_bench
from hil.bench.scenario_choice import scenarios_of
from hil.bus.unit import Unit
from hil.controllers.settings.configuration import CONFIGURATIONS
from hil.plain_text import code, markdown, one_line
from hil.reports.page_folder import command, drop_others, write_pages
from hil.schematic.drawing import schematic
from hil.schematic.graph import stem
from plant_models.assembly.plant_file import PlantText, read_plant, ready_plants
from plant_models.plant import MODELS_BY_NAME
from scenarios import load
from twin.errors import InputError

NOTICE = "*Written from the plant's files by `python -m hil.reports.plant_page docs/plants`.*"
SPECULATIVE = "> **Speculative.** This is a laboratory result; no such machine exists, and its figures are assumptions."


def write_page(plant: str, folder: Path) -> Path:
    """Write the page of a plant (a ready one, or a file) and its picture; returns the page."""
    text = read_plant(plant)
    write_pages(folder, _files(plant, text), NOTICE)
    return folder / f"{text.file.plant}.md"


def _files(plant: str, text: PlantText) -> dict[str, str]:
    name = text.file.plant
    return {f"{name}.md": page_text(plant, text), f"{name}.svg": schematic(text)}


def page_text(plant: str, text: PlantText) -> str:
    """The page as Markdown."""
    file = text.file
    parts = [f"# {markdown(file.title)}", NOTICE]
    parts += [SPECULATIVE] if file.speculative else []
    parts += [markdown(file.about)] if file.about else []
    weather, ground = markdown(file.site.weather), markdown(file.site.ground_temp)
    parts.append(f"Source: {markdown(file.source)}. Weather {weather}, ground {ground}.")
    if len(text.lineage) > 1:
        parts.append(f"A variant of the plant `{text.lineage[1]}`.")
    parts.append(f"![Schematic of {file.plant}]({file.plant}.svg)")
    parts += ["## Components", "\n".join(_components(text))]
    parts += ["## Water", "```text\n" + "\n".join(_chains(text)) + "\n```"]
    parts += ["## On the bus", *_bus(plant)]
    parts += ["## Scenarios", "\n".join(_scenarios(plant)), *_configuration(text)]
    return "\n\n".join(parts) + "\n"


def _components(text: PlantText) -> Iterator[str]:
    yield "| component | what it is | figures |"
    yield "|---|---|---|"
    for key, entry in text.file.components.items():
        given = dict(entry)
        model = MODELS_BY_NAME.get(str(given.pop("model", "")))
        doc = one_line((inspect.getdoc(model) or "").split("\n\n")[0]) if model else ""
        what = doc.split(". ")[0].split("; ")[0].rstrip(".").replace("|", "/")
        figures = ", ".join(f"{name} {value}" for name, value in given.items())
        yield f"| {code(key)} | {what} | {markdown(figures)} |"


def _chains(text: PlantText) -> Iterator[str]:
    for key, chain in text.file.water.items():
        yield one_line(f"{key}: {chain}").replace("`", "'")


def _bus(plant: str) -> list[str]:
    try:
        units = read_bench(plant)
    except InputError:
        return ["This plant has no bench of its own."]
    rows = ["| port | unit | device | component |", "|---|---|---|---|"]
    for run in _runs(units):
        first, last = run[0], run[-1]
        numbers, names = str(first.unit), code(first.component)
        if first is not last:
            numbers, names = f"{first.unit}-{last.unit}", f"{code(first.component)} .. {code(last.component)}"
        rows.append(f"| {first.port} | {numbers} | {first.device.device} | {names} |")
    devices = {unit.device.device: unit.device for unit in units}
    points = ["| device | points |", "|---|---|"]
    for name, device in sorted(devices.items()):
        words = [f"{r.name} [{r.uom}]" if r.uom and r.uom != "1" else r.name for r in device.registers]
        points.append(f"| {name} | {markdown(', '.join(words))} |")
    told = f"{len(units)} devices. Addresses, types and topics: {code(f'geotwin map {plant}')}."
    return [told, "\n".join(rows), "\n".join(points)]


def _runs(units: list[Unit]) -> Iterator[list[Unit]]:
    """Like devices in a row, one table row each."""

    def like(pair: tuple[int, Unit]) -> tuple[int, str, str, int]:
        number, unit = pair
        return unit.port, unit.device.device, stem(unit.component), unit.unit - number

    for _, found in groupby(enumerate(units), like):
        yield [unit for _, unit in found]


def _scenarios(plant: str) -> Iterator[str]:
    try:
        found = scenarios_of(plant)
    except InputError:  # a plant file of the user's, without a bench
        found = {}
    if not found:
        yield "None yet."
        return
    yield "| scenario | what happens |"
    yield "|---|---|"
    for name, full in found.items():
        yield f"| {code(f'{plant}/{name}')} | {markdown(load(full).title)} |"


def _configuration(text: PlantText) -> list[str]:
    for name in text.lineage:
        file = CONFIGURATIONS / f"{name}.yaml"
        if file.is_file():
            shipped = file.read_text(encoding="utf-8").rstrip("\n")
            return ["## Reference controller", f"```text\n{shipped}\n```"]
    return []


def index_text() -> str:
    """The index of all plants."""
    rows = ["# Plants", NOTICE, "| plant | what it is | from |\n|---|---|---|"]
    for name in ready_plants():
        file = read_plant(name).file
        rows[-1] += f"\n| [{name}]({name}.md) | {markdown(file.title)} | {markdown(file.source)} |"
    rows.append(
        "`geotwin list plants` prints this list, `geotwin plant NAME` writes a page, for a plant file of yours too."
    )
    return "\n\n".join(rows) + "\n"


def main(folder: Path) -> None:
    """Write all pages and the index; pages of plants that are gone are removed, pages written by hand stay."""
    texts = {"index.md": index_text()}
    for name in ready_plants():
        texts |= _files(name, read_plant(name))
    write_pages(folder, texts, NOTICE)
    drop_others(folder, texts, NOTICE)


if __name__ == "__main__":
    sys.exit(command(main, sys.argv[1:]))
