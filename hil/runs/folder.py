"""The folder of a run."""

from pathlib import Path

from twin.errors import InputError


def fresh_folder(out: Path, name: str) -> Path:
    """`out/name` (of the form plant/scenario), empty; what an earlier run left is kept as `out/name.previous`."""
    folder, previous = out / name, out / f"{name}.previous"
    try:
        if folder.exists():
            if previous.exists():
                for file in previous.iterdir():
                    file.unlink()
                previous.rmdir()
            folder.rename(previous)
        folder.mkdir(parents=True)
    except OSError as error:
        raise InputError(f"cannot write results to {folder}: {error.strerror or error}") from error
    return folder
