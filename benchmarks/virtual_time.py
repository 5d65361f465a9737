"""Programs on the plant's clock: how fast each example goes, and whether its runs are the same bit for bit.

Each runs examples/link_lost.yaml (100 minutes of the office) so many times, alone and beside two busy ones. It prints
plant seconds in one real second (median and range), and how many different fingerprints of recording, writes and
requests came out: 1 is what is claimed. Requests are compared with their plant times; clients' ports and the run's id
are not.

    .venv/bin/python benchmarks/virtual_time.py [--runs 20] [--only go,java] [--scenario FILE]

Needs what the examples need: gcc, libmodbus, go, node with npm, javac, mosquitto.
"""

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hil.traffic.file import Traffic
from twin.recorded import open_recording

ROOT = Path(__file__).parents[1]
GEOTWIN = [sys.executable, "-m", "hil.cli"]
BUILD = {
    "firmware_c": ["make", f"GEOTWIN={' '.join(GEOTWIN)}"],
    "go": ["go", "build", "-o", "controller", "."],
    "node": ["npm", "install", "--omit=optional", "--no-package-lock"],
    "java": ["javac", "-d", "build", "Controller.java", "Modbus.java"],
}
START = {
    "firmware_c": "{at}/firmware_c/controller {{host}} {{port}}",
    "go": "{at}/go/controller {{host}} {{port}}",
    "node": "node {at}/node/controller.js {{host}} {{port}}",
    "python_threads": sys.executable + " {at}/python_threads/controller.py {{host}} {{port}}",
    "with a broker": sys.executable + " {at}/python_threads/controller.py {{host}} {{port}} 1 {{mqtt}}",
    "java": "java -cp {at}/java/build Controller {{host}} {{port}}",
    "shell": "{at}/shell/controller.sh {{host}} {{port}}",
}


def built(at: Path) -> None:
    """Build all examples in a folder."""
    shutil.copytree(ROOT / "examples", at, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", "build"))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for name, words in BUILD.items():
        environment = {**os.environ, "PATH": path, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "PYTHONPATH": str(ROOT)}
        subprocess.run(words, cwd=at / name, check=True, env=environment, stdout=subprocess.DEVNULL)


def run(name: str, command: str, scenario: Path, out: Path) -> tuple[float, str, str]:
    """Run the scenario once: plant seconds in one real second, a fingerprint, and the verdict."""
    more = ["--mqtt", "embedded"] if name == "with a broker" else []
    words = [*GEOTWIN, "run", str(scenario), "--controller", f"exec:{command}", "--out", str(out), *more]
    subprocess.run(words, cwd=ROOT, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    [file] = out.glob("*/*/result.json")
    result = json.loads(file.read_text())
    return result["timing"]["speed"], fingerprint(file.parent), result["verdict"]


def fingerprint(folder: Path) -> str:
    """Of recording, writes and requests, whatever the run's id and the ports of its clients."""
    told, recording = hashlib.sha256(), open_recording(folder / "recording.parquet")
    for path in sorted(recording.paths()):
        told.update(recording.signal(path).tobytes())
    told.update(b"".join((folder / "journal.jsonl").read_bytes().splitlines(keepends=True)[1:]))
    for exchange in Traffic(folder).exchanges():
        told.update(repr(exchange._replace(peer="", server="")).encode())
    return told.hexdigest()[:12]


@contextmanager
def busy(count: int) -> Iterator[None]:
    """So many processes that compute all the time."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--only", default=",".join(START))
    parser.add_argument("--scenario", type=Path, default=ROOT / "examples" / "link_lost.yaml")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        built(Path(folder) / "built")
        for name in options.only.split(","):
            seen: set[str] = set()
            for beside in (0, 2):
                command = START[name].format(at=Path(folder) / "built")
                with busy(beside):
                    found = []
                    for _ in range(options.runs):
                        with tempfile.TemporaryDirectory() as out:
                            found.append(run(name, command, options.scenario, Path(out)))
                speeds = [speed for speed, _, _ in found]
                seen |= {fingerprint for _, fingerprint, _ in found}
                verdicts = sorted({verdict for _, _, verdict in found})
                print(
                    f"{name:15} beside {beside} busy: x{statistics.median(speeds):.0f} "
                    f"({min(speeds):.0f}-{max(speeds):.0f}), {len(found)} runs, {', '.join(verdicts)}, "
                    f"{len(seen)} fingerprint(s) so far",
                    flush=True,
                )


if __name__ == "__main__":
    main()
