"""The record of what goes over the lines of a run, and what is made of it at the end."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hil.bus.unit import Unit
from hil.runs.folder import check_own
from hil.traffic.controllers import ControllerSeen, controllers
from hil.traffic.file import BUS_FILE, MOST_ROWS, Traffic, TrafficFile, recover
from hil.traffic.registers import told
from twin.errors import InputError

KEEPING = "modbus"
"""The line that tells what goes over it."""


def begin(
    folder: Path, run: str, units: Sequence[Unit], lines: Mapping[str, Any], epoch_ns: int | None = None
) -> TrafficFile | None:
    """The record of a run; None where no line is open that tells what goes over it.

    epoch_ns: the instant from which times are counted [ns since 1970]; by default that of the machine's own clock
    """
    return TrafficFile(folder, {"run": run, "units": told(units)}, epoch_ns) if KEEPING in lines else None


def end(kept: TrafficFile | None) -> list[str]:
    """Close the record of a run; what could not be kept, in sentences."""
    if kept is None:
        return []
    kept.close()
    return [kept.complaint] if kept.complaint else []


def recording(path: Path) -> Traffic:
    """The record in a folder of a run or a proxy, also one that was killed, or in such a file.

    InputError where there is none, or where it is still being written.
    """
    if path.is_dir():
        check_own(path)
        recover(path)
        if not (path / BUS_FILE).exists():
            raise InputError(
                f"{path}: holds no {BUS_FILE}; only runs over a line (--controller modbus:..) and proxies keep one"
            )
    return Traffic(path)


def on_the_bus(folder: Path, facts: dict[str, str], kept: TrafficFile | None = None) -> list[ControllerSeen] | None:
    """What each controller did in the run of a folder, also one that was killed; None where nothing was kept."""
    recover(folder)
    if not (folder / BUS_FILE).exists():
        return None
    if kept is not None and kept.beyond:
        facts["bus"] = f"the first {MOST_ROWS:,} requests are kept, {kept.beyond:,} more came"
    return controllers(Traffic(folder))
