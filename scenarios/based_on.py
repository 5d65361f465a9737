"""A scenario that is based on another: the keys of both in one tree, every value knowing the file that it comes from.

What has an id (lines of the timeline, criteria, requirements) takes the place of what had it before, the rest comes
behind. Settings (clock, initial, vary, limits) are taken over one by one, everything else as a whole.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from scenarios.ready import ready_file
from twin.errors import Gathered, InputError, unknown
from twin.files import read_text
from twin.yaml_lines import Map, Seq, Text, load

BASED_ON, REMOVE = "based_on", "remove"
_SETTINGS = ("clock", "initial", "vary", "limits")
_LISTS = ("timeline", "expect")
_FILES = (".yaml", ".yml", ".csv", ".epw", ".gz", ".parquet")


def whole(tree: Map, seen: tuple[Path, ...] = ()) -> Map:
    """The tree with everything that it takes from what it is based on; itself where that is nothing.

    seen: the files that led here. Raises InputError for files that are not there, circles, ids that nothing has.
    """
    if BASED_ON not in tree:
        if REMOVE in tree:
            raise InputError(f"{_key(tree, REMOVE).where}: there is nothing to remove from; give {BASED_ON}")
        return tree
    given = tree[BASED_ON]
    if not isinstance(given, Text):
        raise InputError(f"{given.where}: expected the name of a scenario, or a file beside this one")
    if "scenario" not in tree:
        raise InputError(f"{tree.where}: the key 'scenario' is missing: a scenario has a name of its own")
    file = Path(given.beside()) if given.endswith((".yaml", ".yml")) else ready_file(given, given.where)
    way = (*(seen or (Path(tree.source).resolve(),)), file.resolve())
    if way[-1] in way[:-1]:
        circle = " -> ".join(one.name for one in way[way.index(way[-1]) :])
        raise InputError(f"{given.where}: {circle} is a circle")
    base = whole(load(read_text(file, where=given.where, name=str(file)), str(file)), way)
    return _joined(_without(base, tree), tree)


def standalone(tree: Map) -> str:
    """The tree as the text of one file that stands for itself: files that it names are given with their whole paths."""
    return dump(_plain(tree))


def dump(plain: Any) -> str:
    """Plain texts, lists and dicts as YAML."""
    return str(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=120))


def _key(tree: Map, name: str) -> Text:
    """The key of that name, with its place."""
    found: Text = next(key for key in tree if key == name)
    return found


def _like(place: Any, made: Any) -> Any:
    """What was made, in the place of something from a file."""
    made.source, made.line, made.column = place.source, place.line, place.column
    return made


def _without(base: Map, tree: Map) -> Map:
    """The base without what the tree removes."""
    ids = tree.get(REMOVE, Seq())
    if not isinstance(ids, Seq) or not all(isinstance(one, Text) for one in ids):
        raise InputError(f"{_key(tree, REMOVE).where}: expected a list of ids, such as [p1_down, no-freeze]")
    parts = {name: base[name] for name in (*_LISTS, "requirements") if name in base}
    known, wrong = [one for part in parts.values() for one in _ids(part)], Gathered()
    for one in ids:
        with wrong.trying():
            if one not in known:
                raise unknown(f"id in {base.source}", str(one), known, one.where)
    wrong.tell()
    kept = {name: _filtered(part, ids) for name, part in parts.items()}
    return _like(base, Map({key: kept.get(key, value) for key, value in base.items()}))  # type: ignore[no-any-return]


def _id(entry: Any) -> str | None:
    """The id of a line of the timeline or a criterion; None where it has none."""
    found = entry.get("id") if isinstance(entry, Map) else None
    return found if isinstance(found, Text) else None


def _ids(part: Any) -> Iterator[str]:
    if isinstance(part, Map):
        yield from part
    yield from (one for one in map(_id, part if isinstance(part, Seq) else ()) if one is not None)


def _filtered(part: Any, ids: Seq) -> Any:
    if isinstance(part, Map):
        return _like(part, Map((key, value) for key, value in part.items() if key not in ids))
    return _like(part, Seq(one for one in part if _id(one) not in ids)) if isinstance(part, Seq) else part


def _joined(base: Map, tree: Map) -> Map:
    """The base with what the tree says otherwise; keys and maps bear the places of the tree."""
    found = _like(tree, Map(base))
    for key, value in tree.items():
        if key in (BASED_ON, REMOVE):
            continue
        old = found.pop(key, None)
        lists = [_listed(part) if key == "requirements" else part for part in (old, value)]
        if key in (*_LISTS, "requirements") and all(isinstance(part, Seq) for part in lists):
            found[key] = _by_id(*lists)
        elif key in _SETTINGS and isinstance(old, Map) and isinstance(value, Map):
            found[key] = _like(value, Map(old))
            for name, setting in value.items():
                found[key].pop(name, None)
                found[key][name] = setting
        else:
            found[key] = value
    return found  # type: ignore[no-any-return]


def _listed(requirements: Any) -> Any:
    """Requirements as a list of {id, text}, whichever way they were written."""
    if not isinstance(requirements, Map):
        return requirements
    items = [_like(key, Map({"id": key, "text": text})) for key, text in requirements.items()]
    return _like(requirements, Seq(items))


def _by_id(old: Seq, new: Seq) -> Seq:
    """The old entries, each replaced where a new one has its id, then the other new ones."""
    given = {_id(one): one for one in new if _id(one) is not None}
    had = {_id(one) for one in old}
    kept = [given.get(_id(one), one) for one in old]
    added = [one for one in new if _id(one) not in had or _id(one) is None or given[_id(one)] is not one]
    return _like(new, Seq([*kept, *added]))  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    """Text, sequences and mappings as plain ones; the name of a file beside the one that it stands in, as its path."""
    if isinstance(value, Map):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, Seq):
        return [_plain(one) for one in value]
    if value.lower().endswith(_FILES) and "\n" not in value and Path(value.beside()).is_file():
        return str(Path(value.beside()).resolve())
    return str(value)
