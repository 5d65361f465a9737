"""The scenarios that ship: one folder of files for each plant, `library/<plant>/<scenario>.yaml`."""

from pathlib import Path

LIBRARY = Path(__file__).parent / "library"
DEFAULT_PLANT = "office"
"""The plant of a scenario that is asked for by its bare name."""


def ready_scenarios() -> dict[str, Path]:
    """All files of the library, as `plant/scenario`."""
    return {f"{file.parent.name}/{file.stem}": file for file in sorted(LIBRARY.glob("*/*.yaml"))}
