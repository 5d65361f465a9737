"""The files that are made of a run's result."""

from pathlib import Path

from hil.reports.junit import write_junit
from hil.reports.result import RunResult, write_result


def write_files(result: RunResult, folder: Path) -> None:
    """Write result, JUnit file and report into the folder of the run, over older ones."""
    from hil.reports.page import write_report  # noqa: PLC0415  (a second and a half to import)

    write_result(result, folder)
    write_junit([result], folder)
    write_report(result, folder)
