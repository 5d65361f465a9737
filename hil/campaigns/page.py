"""The detection matrix as a page: what this suite can see."""

from datetime import UTC, datetime
from pathlib import Path

from hil.campaigns.matrix import Matrix
from hil.reports.page_folder import write_own


def write_page(found: Matrix, file: Path) -> Path:
    """Write the page; InputError where something stands there that is not ours."""
    written = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return write_own(file, "power.html", found=found, sentence=found.sentence(), written=written)
