"""The words of the `geotwin` command: one file each, which is all that a new one needs."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any


def found() -> Iterator[Any]:
    """Every module of this folder that adds a command (it has `add_to`), in the order of the alphabet."""
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        command = importlib.import_module(f"{__name__}.{module.name}")
        if hasattr(command, "add_to"):
            yield command
