"""A run that is hurt from outside, in a process of its own: killed, out of disk, out of descriptors."""

import contextlib
import json
import random
import signal
import socket
import subprocess
import sys
import time

import pytest

from hil.cli import main
from tests.hil.runs.rigs import PATIENCE_S, RUN, SPEED, Rig, kept_beats, limited
from twin.recorded import open_recording

LOST_S = 1.0 * SPEED
"""The plant time that a kill may cost: half a second of real time, and as much again for a busy machine [s]."""


def judged_rows(folder):
    """`geotwin judge` gives a result of what the folder holds, though not a good one; the number of rows there."""
    code = main(["judge", str(folder)])
    rows = len(open_recording(folder).time_s)
    result = json.loads((folder / "result.json").read_text())
    verdicts = [(one["id"], one["verdict"]) for one in result["criteria"]]
    if rows:
        assert (code, result["verdict"], verdicts) == (4, "inconclusive", [("cold", "inconclusive")])
    else:
        assert (code, result["verdict"], verdicts) == (3, "error", [("cold", "not exercised")])
    assert (folder / "report.html").stat().st_size > 10_000
    return rows


def kill_and_judge(folder, port, moment):
    """Kill a run `moment` plant seconds after its first answer; what it had said before is in its files."""
    rig = Rig(folder, port)
    touch = rig.client()
    first = touch.beat()
    while (last := touch.beat()) < first + moment:
        time.sleep(0.005)
    rig.process.kill()
    rig.process.communicate(timeout=PATIENCE_S)
    assert rig.process.returncode == -signal.SIGKILL
    rows = judged_rows(rig.folder)
    assert rows >= last - LOST_S
    kept, said = kept_beats(rig.writes()), touch.acknowledged
    assert kept == said[: len(kept)], "the journal has other writes than were acknowledged, or in another order"
    assert all(beat > last - LOST_S for beat in said[len(kept) :])
    touch.close()


def test_a_kill_before_anything_was_recorded_is_an_error(tmp_path, two_ports):
    rig = Rig(tmp_path, two_ports)
    stream = rig.folder / "recording.arrows"
    while not stream.exists() or not stream.stat().st_size:
        assert rig.process.poll() is None, rig.process.communicate()
    rig.process.kill()
    rig.process.communicate(timeout=PATIENCE_S)
    assert judged_rows(rig.folder) == 0


def test_a_kill_at_any_moment_costs_half_a_second_at_the_most(tmp_path, two_ports):
    moments = random.Random()
    for number in range(5):
        kill_and_judge(tmp_path / str(number), two_ports, moments.uniform(0.0, 100.0))


@pytest.mark.nightly
def test_twenty_kills_over_longer_runs(tmp_path, two_ports):
    moments = random.Random()
    for number in range(20):
        kill_and_judge(tmp_path / str(number), two_ports, moments.uniform(0.0, 1500.0))


def one_sentence(said):
    """The run has ended with one sentence on the error output, that is no traceback."""
    lines = [line for line in said.splitlines() if line.strip()]
    assert len(lines) == 1, said
    assert "the disk is full" in lines[0]


def test_a_file_that_may_not_grow_ends_a_run_with_3_and_keeps_what_was_recorded(tmp_path):
    file = tmp_path / "fire.yaml"
    Rig.write(file, 10.0)
    done = subprocess.run(
        [*limited("-f 4000"), *RUN, str(file), "--record-every", "1", "--out", str(tmp_path / "runs")],
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    one_sentence(done.stderr)
    folder = tmp_path / "runs" / "single_well" / "fire"
    assert judged_rows(folder) > 100


FILL = """
set -eu
mount -t tmpfs -o size=64m tmpfs "$1"
python="$2" file="$3" kept="$4"
"$python" -m hil.cli run "$file" --clock realtime --speed 60 --out "$1/runs" &
run=$!
stream="$1/runs/single_well/fire/recording.arrows"
until [ -s "$stream" ]; do kill -0 $run; sleep 0.1; done
begun=$(stat -L -c %s "$stream")
until [ "$(stat -L -c %s "$stream")" -gt $((begun + 200000)) ]; do kill -0 $run; sleep 0.1; done
dd if=/dev/zero of="$1/filler" bs=64k 2>/dev/null || true
code=0; wait $run || code=$?
rm "$1/filler"
cp -a "$1/runs" "$kept"
exit $code
"""
"""Fills the disk of a run while it runs; a mount of its own, that ends with the shell."""
ALLOWED = (["unshare", "-m"], ["sudo", "-n", "unshare", "-m"], ["unshare", "-rm"])


def test_a_disk_that_becomes_full_ends_a_run_with_3_and_keeps_what_was_recorded(tmp_path):
    allowed = next(
        way for way in ALLOWED if subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0
    )
    file, disk, kept = tmp_path / "fire.yaml", tmp_path / "disk", tmp_path / "kept"
    Rig.write(file, 1.0)
    disk.mkdir()
    done = subprocess.run(
        [*allowed, "sh", "-c", FILL, "fill", str(disk), sys.executable, str(file), str(kept)],
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    one_sentence(done.stderr)
    assert judged_rows(kept / "single_well" / "fire") > 10


def test_a_flood_of_clients_leaves_a_run_its_controller_and_its_descriptors(tmp_path, two_ports):
    """With few descriptors: the one that was there is served, the flood is told of once, later ones come in again."""
    rig = Rig(tmp_path, two_ports, within=limited("-n 150"))
    touch = rig.client()
    touch.beat()
    with contextlib.ExitStack() as flood:
        for number in range(400):
            flood.enter_context(socket.create_connection(("127.0.0.1", two_ports + number % 2), timeout=60))
            if number % 20 == 0:
                touch.beat()
        first = touch.beat()
        while touch.beat() < first + 60:
            time.sleep(0.01)
        with contextlib.closing(rig.client()) as other, pytest.raises(OSError, match=r"hung up|reset|Broken"):
            other.beat()
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            later = rig.client()
            with contextlib.closing(later):
                later.beat()
            break
        except ConnectionError:
            assert time.monotonic() < until
    out, err = rig.end(signal.SIGTERM)
    assert rig.process.returncode == 128 + signal.SIGTERM
    assert [line.split(":")[0] for line in err.splitlines() if line.strip()] == ["Modbus TCP"], err
    assert "places are taken" in err
    assert kept_beats(rig.writes()) == list(dict.fromkeys(touch.acknowledged + later.acknowledged))
    assert json.loads((rig.folder / "result.json").read_text())["verdict"] == "error"
    assert "the run was ended by SIGTERM after" in out
    touch.close()
