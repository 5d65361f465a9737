"""`geotwin judge`: judge the recording of a run anew, also of one that was killed."""

import argparse
from pathlib import Path
from typing import Any

from hil.commands.verdict_table import console_for, exit_code, print_verdicts
from hil.reports.files import write_files
from hil.runs.folder import check_own
from hil.runs.judged_again import judged_again
from twin.recorded import RECORDING_FILE, open_recording, recover


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    judge: argparse.ArgumentParser = commands.add_parser(
        "judge",
        help="judge what a run has recorded, also one that was killed",
        description="Recovers the recording of a run that was killed, judges it by the scenario that lies beside it "
        "(edited or not), and writes result and report anew.",
    )
    judge.add_argument("folder", type=Path, metavar="FOLDER", help="folder of a run, such as runs/office/cold_snap")
    judge.set_defaults(act=act)


def act(options: argparse.Namespace) -> int:
    """Judge a folder; the exit code is that of a run."""
    folder: Path = options.folder
    check_own(folder)
    notes = []
    if not (folder / RECORDING_FILE).exists():
        recover(folder)
        notes.append("the run did not come to its end; judged on what was recorded until then")
    result = judged_again(folder, open_recording(folder), notes)
    write_files(result, folder)
    console = console_for()
    print_verdicts([result], console)
    console.print(f"report: {folder / 'report.html'}", highlight=False, soft_wrap=True)
    return exit_code([result])
