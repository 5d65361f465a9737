"""The door of geotwin: its packages are those beside this file, whatever else bears their names on the path.

`python -m` puts the working folder on the path, PYTHONPATH whatever it names: a `scenarios/` or a `twin.py` of the
user's there would be found before ours. Importing this module first keeps them apart.
"""

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

HOME = os.path.dirname(os.path.abspath(__file__))
ROOMS = ("twin", "plant_models", "scenarios", "hil")


class _Rooms:
    """Finds our packages, and nothing else."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The package of that name beside this file; None for any other name."""
        del path, target
        return PathFinder.find_spec(name, [HOME]) if name in ROOMS else None


for _name in ROOMS:
    _place = getattr(sys.modules.get(_name), "__file__", None)
    if _place and os.path.dirname(os.path.dirname(os.path.abspath(_place))) != HOME:
        raise ImportError(f"geotwin: {_place} was imported as {_name!r}, a package of ours: import geotwin before it")
sys.meta_path.insert(0, _Rooms)


def main() -> int:
    """The command."""
    from hil.cli import main as command  # noqa: PLC0415  (found by what stands above)

    return command()


if __name__ == "__main__":
    sys.exit(main())
