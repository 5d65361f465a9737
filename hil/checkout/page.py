"""The working list of a check-out as a page, to be printed and signed."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from hil.checkout.sheet import RESULTS, Item
from hil.reports.page_folder import write_own


def write_page(lines: Sequence[Item], bench: str, file: Path) -> Path:
    """Write the page; InputError where something stands there that is not ours."""
    counts = Counter(line.result for line in lines)
    told = ", ".join(f"{counts[result]} {result}" for result in RESULTS if counts[result])
    rows = [line.row() for line in lines]
    written = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return write_own(file, "checkout.html", bench=bench, rows=rows, counts=told, written=written)
