"""Half an hour of a paced plant with clients of every manner and faults: memory stays, no write is lost."""

import contextlib
import json
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hil.modbus.frame_model import request
from tests.hil.runs.rigs import SPEED, Rig, kept_beats

pytestmark = pytest.mark.nightly
SOAK_S = float(os.environ.get("GEOTWIN_SOAK_S", "1800"))
"""How long the plant is run [s]; a nightly run has time for the whole of it."""
WARM_SHARE, MOST_GROWTH = 0.2, 1.05
FAULTS = (
    "fault: sensor.offset, target: load_meter.supply_temp, offset: 2 K, for: 4 min",
    "fault: well_pump_1.fault_trip, to: 1, for: 3 min",
    "fault: load_pump_1.fault_trip, to: 1, for: 3 min",
    "fault: sensor.noise, target: weather.outdoor_temp, sigma: 0.5 K, for: 5 min",
)


def timeline(hours: float) -> str:
    """A fault every ten minutes of plant time."""
    moments = range(10, round(60 * hours) - 10, 10)
    entries = [f"  - {{at: {minute} min, {FAULTS[n % len(FAULTS)]}, id: f{n}}}\n" for n, minute in enumerate(moments)]
    return "timeline:\n" + "".join(entries)


def resident_kb(pid: int) -> int:
    """The resident memory of a process [kB]."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1])


def throwing(port: int) -> Callable[[], None]:
    """A client that connects, sends noise and requests, and leaves without a word."""
    source = random.Random(5)

    def once() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
            for _ in range(source.randint(0, 20)):
                pdu = request(source)
                wire.sendall(source.randbytes(4) + bytes((0, len(pdu) + 1, source.randint(0, 60))) + pdu)
        time.sleep(0.02)

    return once


def deaf(port: int) -> Callable[[], None]:
    """A client that asks for much and takes nothing."""

    asked = b"".join(n.to_bytes(2, "big") + bytes.fromhex("0000 0006 01 03 0000 0001") for n in range(60_000))

    def once() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as wire:
            wire.sendall(asked)

    return once


@contextlib.contextmanager
def all_the_while(*acts: Callable[[], None]) -> Iterator[None]:
    """Each act over and over, in a thread of its own."""
    over = threading.Event()

    def repeat(act: Callable[[], None]) -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):
                act()

    threads = [threading.Thread(target=repeat, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_memory_stays_and_no_write_is_lost(tmp_path: Path, two_ports: int) -> None:
    hours = SOAK_S * SPEED / 3600.0 + 2.0
    rig = Rig(tmp_path, two_ports, "--mqtt", "embedded", hours=hours, timeline=timeline(hours))
    touch = rig.client()
    sizes: list[tuple[float, int]] = []
    with contextlib.closing(touch), all_the_while(throwing(two_ports), throwing(two_ports + 1), deaf(two_ports)):
        while (now := touch.beat()) < SOAK_S * SPEED:
            sizes.append((now / SPEED / SOAK_S, resident_kb(rig.process.pid)))
            time.sleep(0.05)
    _, err = rig.end(signal.SIGTERM)
    assert rig.process.returncode == 128 + signal.SIGTERM, err
    assert "Traceback" not in err
    assert holds_in_order(kept_beats(rig.writes()), touch.acknowledged)
    result: dict[str, Any] = json.loads((rig.folder / "result.json").read_text())
    assert result["criteria"][0]["id"] == "cold"
    warm = max(size for share, size in sizes if WARM_SHARE / 2 < share <= WARM_SHARE)
    late = max(size for share, size in sizes if share > 0.9)
    assert late <= MOST_GROWTH * warm, f"{late} kB, {warm} kB when it was warm"


def holds_in_order(kept: list[int], said: list[int]) -> bool:
    """Whether all that was said is among what was kept, in its order; the hostile clients write too."""
    left = iter(kept)
    return all(any(one == beat for one in left) for beat in said)
