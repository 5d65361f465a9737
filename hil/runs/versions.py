"""The versions that a result depends on."""

import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("geotwin", "numpy", "numba", "simpy", "pyarrow", "pymodbus", "paho-mqtt")


def versions() -> dict[str, str]:
    """The version of geotwin, of Python, and of what computes, records and talks."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
