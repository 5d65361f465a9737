"""The controllers that come with the rig: a reference that does its work well, and faulty ones that do not.

Which program a controller runs and what it is wired to stands in the configuration of its plant."""

from dataclasses import fields
from typing import Any, get_args, get_type_hints

from hil.bench.bus_link import Link
from hil.bench.participant import Controller
from hil.controllers.faulty.families import families
from hil.controllers.programs.hall import Hall
from hil.controllers.programs.household import HouseholdProgram
from hil.controllers.programs.plant_room import PlantRoom
from hil.controllers.programs.pool_keeper import PoolKeeper
from hil.controllers.programs.sports_centre import SportsCentre
from hil.controllers.settings.configuration import Configuration, configuration, numbered
from twin.errors import InputError, unknown
from twin.yaml_lines import validate

_REFERENCES: dict[str, type[Any]] = {
    "plant_room": PlantRoom,
    "household": HouseholdProgram,
    "sports_centre": SportsCentre,
    "hall": Hall,
    "pool": PoolKeeper,
}
PROGRAMS: dict[str, dict[str, Any]] = {
    name: {"reference": program, **families(name, program)} for name, program in _REFERENCES.items()
}
"""By the name of the program, then of the controller.

A program has `parts` (the model of its wiring) and `numbers` (its settings)."""


CONTROLLERS = list(dict.fromkeys(name for kinds in PROGRAMS.values() for name in kinds))
"""The names of all controllers."""


def controller(name: str, link: Link, plant: str = "office") -> Controller:
    """The controller of that name on a link; InputError with the nearest name, or the place in the configuration.

    name:  reference or one of the faulty ones; or a configuration file, for the reference with that configuration
    plant: ready plant or plant file whose configuration is used
    """
    own = name.endswith((".yaml", ".yml"))
    name, plant = ("reference", name) if own else (name, plant)
    if name not in CONTROLLERS:
        raise unknown("controller", name, CONTROLLERS)
    found = configuration(plant)
    kind, parts, numbers = _configured(found, name)
    try:
        made: Controller = kind(link, parts, numbers)
    except InputError as error:
        raise error.under(found.where("wiring")) from error
    return made


def configured(plant: str) -> bool:
    """Whether a plant has a configuration, so that the reference controller can run it."""
    try:
        return bool(configuration(plant).program)
    except InputError:
        return False


def family(plant: str) -> list[str]:
    """The faulty controllers of the program that runs a plant; none where it has no configuration."""
    try:
        kinds = PROGRAMS.get(configuration(plant).program, {})
    except InputError:
        return []
    return [name for name in kinds if name != "reference"]


def broken_by(name: str, plant: str) -> tuple[str, tuple[str, ...]]:
    """What is wrong with a faulty controller of a plant, in a sentence, and the requirements that it breaks."""
    kind = PROGRAMS[configuration(plant).program][name]
    return (kind.__doc__ or "").strip().splitlines()[0], tuple(getattr(kind, "breaks", ()))


def set_points(plant: str) -> list[tuple[str, str]]:
    """The temperatures that the reference of a plant keeps, by name: set points, limits, points of curves."""
    _, _, numbers = _configured(configuration(plant), "reference")
    hints = get_type_hints(type(numbers), include_extras=True)
    told = ((field.name, _told(hints[field.name], getattr(numbers, field.name))) for field in fields(numbers))
    return [(name, text) for name, text in told if text]


def _told(kind: Any, value: Any) -> str:
    """A temperature or several in words; empty for anything else."""
    if getattr(kind, "__metadata__", ("",))[0] == "degC":
        return f"{value:g} degC"
    parts = get_args(kind)
    told = [_told(part, one) for part, one in zip(parts, value, strict=True)] if isinstance(value, tuple) else []
    return ", ".join(told) if told and all(told) else ""


def check_configuration(path: str) -> tuple[str, str]:
    """The program and the plant that a configuration file is for; InputError where the file is wrong."""
    found = configuration(path)
    _configured(found, "reference")
    return found.program, found.plant


def _configured(found: Configuration, name: str) -> tuple[Any, Any, Any]:
    """The class of the controller, its wiring and its settings."""
    if found.program not in PROGRAMS:
        raise unknown("program", found.program, PROGRAMS, found.where("program"))
    kinds = PROGRAMS[found.program]
    if name not in kinds:
        raise InputError(f"the program {found.program!r} has no controller {name!r}; allowed: {', '.join(kinds)}")
    kind = kinds[name]
    return kind, validate(kind.parts, found.part("wiring")), numbered(kind.numbers, found.part("settings"))


def described() -> dict[str, str]:
    """Every controller by name, with the first line of its docstring."""
    kinds = {name: kind for found in reversed(PROGRAMS.values()) for name, kind in found.items()}
    return {name: (kinds[name].__doc__ or "").strip().splitlines()[0] for name in CONTROLLERS}
