"""The words of the `geotwin` command: one file each, which is all that a new one needs."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any


def found() -> Iterator[Any]:
    """Every module of this folder, and of those in it, that adds a command (it has `add_to`), by the alphabet."""
    modules = pkgutil.walk_packages(__path__, f"{__name__}.")
    for module in sorted(modules, key=lambda module: module.name.rpartition(".")[2]):
        command = importlib.import_module(module.name)
        if hasattr(command, "add_to"):
            yield command
