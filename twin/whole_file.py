"""Files that are there whole or not at all: written beside their place, then moved there."""

import os
import secrets
from pathlib import Path


def write_whole(file: Path, text: str) -> Path:
    """Write a text (UTF-8); whoever reads the file, also after a crash, finds the old text or the new one, whole."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("w", encoding="utf-8", errors="replace", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return file
