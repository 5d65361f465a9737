"""The scenarios that ship: one folder of files for each plant, `library/<plant>/<scenario>.yaml`."""

from pathlib import Path

from twin.errors import unknown

LIBRARY = Path(__file__).parent / "library"
DEFAULT_PLANT = "office"
"""The plant of a scenario that is asked for by its bare name."""


def ready_file(name: str, where: str = "") -> Path:
    """The file of a scenario of the library, `plant/scenario` or the office's; InputError where there is none."""
    ready = ready_scenarios()
    full = name if "/" in name else f"{DEFAULT_PLANT}/{name}"
    if full not in ready:
        raise unknown("scenario in the library", str(name), ready, where)
    return ready[full]


def ready_scenarios() -> dict[str, Path]:
    """All files of the library, as `plant/scenario`."""
    return {f"{file.parent.name}/{file.stem}": file for file in sorted(LIBRARY.glob("*/*.yaml"))}
