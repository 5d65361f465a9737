"""One trajectory whatever surrounds a run: hashes, time zone, language, cores, folder, mask, kernels kept or plain."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
SCENARIO = """\
scenario: short
title: A minute and a half of winter
why: to see what surroundings do
plant: office
vary: {start: 10 min, events: 10 s, weather: 0.5 K, instruments: 0.1 K}
clock: {start: "2026-01-15T08:00:00+08:00", duration: 90 s, seed: 7, scan: 5 s}
timeline:
  - {at: 0 s, set: panel.season_selector, to: winter, id: winter}
  - {at: 40 s, fault: "load_pump_[1-2].fault_trip", to: 1, for: 20 s, id: trip}
expect:
  - {id: warm, always: "zone_*.temp > 10 degC"}
"""
PLAY = """
import locale, os, sys, time
if sys.argv[3]:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
os.umask(int(sys.argv[4], 8))
locale.setlocale(locale.LC_ALL, "")
import asyncio
from pathlib import Path
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import load
from twin.kernel import JIT
from twin.recorded import fingerprint
folder = Path(sys.argv[2])
folder.mkdir()
asyncio.run(Run(load(sys.argv[1]), RunOptions(seed=11)).play(folder, lambda _: None))
surrounded = [JIT, hash("a"), time.localtime(0)[:5], locale.localeconv()["decimal_point"], len(os.sched_getaffinity(0))]
print(surrounded + [os.umask(0), os.getcwd()])
print(fingerprint(folder / "recording.parquet"))
"""


@pytest.fixture(scope="module")
def comma(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """A language with a decimal comma."""
    folder = tmp_path_factory.mktemp("locales")
    subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", folder / "de_DE.UTF-8"], check=True)
    return {"LOCPATH": str(folder), "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}


def played(
    folder: Path, name: str, one_core: bool = False, mask: int = 0o022, cwd: Path = ROOT, **changed: str
) -> tuple[str, str]:
    """What surrounded a run in a process of its own, and the fingerprint of its recording."""
    (folder / "short.yaml").write_text(SCENARIO)
    words = [sys.executable, "-c", PLAY, str(folder / "short.yaml"), str(folder / name), "1" * one_core, f"{mask:o}"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    environment |= {"XDG_CACHE_HOME": str(folder / "cache"), **changed}
    done = subprocess.run(words, cwd=cwd, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, (name, done.stderr)
    surrounded, fingerprint = done.stdout.splitlines()
    return surrounded, fingerprint


def test_a_recording_has_the_same_bits_whatever_surrounds_the_run(tmp_path, comma):
    elsewhere = tmp_path / "eine Größe"
    elsewhere.mkdir()
    runs: dict[str, dict[str, Any]] = {
        "compiled now": {},
        "compiled before": {},
        "other hashes, zone and language": {"PYTHONHASHSEED": "4242", "TZ": "LINT-14", "LC_ALL": "POSIX"},
        "decimal comma, other folder and mask": {"TZ": "NST3:30NDT", "cwd": elsewhere, "mask": 0, **comma},
        "one core": {"one_core": True, "PYTHONHASHSEED": "random"},
        "not compiled": {"NUMBA_DISABLE_JIT": "1"},
    }
    said, kept = {}, []
    for name, changed in runs.items():
        said[name] = played(tmp_path, name, **changed)
        kept.append(sorted((tmp_path / "cache").rglob("*.kernel")))
    prints = {name: fingerprint for name, (_, fingerprint) in said.items()}
    assert len(set(prints.values())) == 1, prints
    assert kept[0], "the first run kept its kernels"
    assert all(files == kept[0] for files in kept), "and the others, of any surroundings, found them"
    told = [surrounded for surrounded, _ in said.values()]
    assert told[0] == told[1]
    assert len(set(told)) == len(told) - 1, "every other one was really another"
    assert "','" in said["decimal comma, other folder and mask"][0]
