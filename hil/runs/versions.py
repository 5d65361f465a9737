"""The versions that a result depends on, to the last line of the code."""

import hashlib
import importlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("geotwin", "numpy", "numba", "simpy", "pyarrow", "pymodbus", "paho-mqtt")
ROOMS = ("twin", "plant_models", "scenarios", "hil")


def versions() -> dict[str, str]:
    """The version of geotwin, of Python, and of what computes, records and talks."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


@cache
def code_mark() -> str:
    """Another one where the code of the rig has changed, or a file that ships with it."""
    digest = hashlib.sha256()
    for package in ROOMS:
        root = Path(str(importlib.import_module(package).__file__)).parent
        for file in sorted(root.rglob("*")):
            if file.suffix in (".py", ".yaml", ".csv", ".json") and "library" not in file.parts:
                digest.update(f"{file.relative_to(root)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]
