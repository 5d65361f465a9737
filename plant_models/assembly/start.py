"""A plant that begins as somebody wants it: values written, and made what its components really begin at."""

from collections.abc import Callable, Mapping
from typing import Any

from twin.errors import Gathered
from twin.store import Store


def begin(store: Store, values: Mapping[str, float], settle_rooms: Callable[[], None]) -> None:
    """Write the values of points, in their own units, and let every component begin at what is given of it.

    settle_rooms: puts walls and mass of rooms onto their steady profile, before what is given of them is written again
    InputError, naming the component, where it cannot begin so.
    """
    _write(store, values)
    settle_rooms()
    _write(store, values)
    given: dict[str, dict[str, float]] = {}
    for path, value in values.items():
        component, name = path.rsplit(".", 1)
        given.setdefault(component, {})[name] = value
    wrong = Gathered()
    for component in sorted(given, key=lambda name: store.model(name).begin_turn):
        model = store.model(component)
        if any(initial(model, name) for name in given[component]):
            with wrong.trying(component):
                model.begin(store.row(component), store.row_number(component), store.tables, given[component])
    wrong.tell()
    for component, model, number in store.components():
        model.settle(store.row(component), number, store.tables)


def initial(model: Any, name: str) -> bool:
    """True where a component of a kind begins at a point when a scenario gives it; `layers[3]` belongs to `layers`."""
    return name.split("[", maxsplit=1)[0] in model.initial


def _write(store: Store, values: Mapping[str, float]) -> None:
    for path, value in values.items():
        store.write(path, value)
