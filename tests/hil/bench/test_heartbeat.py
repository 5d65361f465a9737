"""The audit of a controller's clock: one that is wrong is told, one that a lost line keeps away is not."""

from datetime import UTC, datetime

import pytest

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bench.heartbeat import Heartbeat
from plant_models.plant import build

START = datetime(2026, 1, 15, 8, tzinfo=UTC)
SCAN_S = 10


@pytest.fixture
def audited():
    """A bench, and an audit that is shown a beat at every scan."""
    bench = Bench(build("single_well", START), read_bench("single_well"), START)
    audit = Heartbeat(bench, SCAN_S * 1000)

    said = [missing]

    def scan():
        if (sign := said[-1](bench.schedule.now_s)) is not None:
            bench.store.write("rig.heartbeat", sign)
        audit.look()

    bench.every(SCAN_S * 1000, scan)
    bench.schedule.run(0)

    def scans(number, beat):
        said.append(beat)
        bench.schedule.run(bench.schedule.now_ms + number * SCAN_S * 1000)
        return audit.complaints()

    scans.wire = bench.bus.wire
    return scans


def kept(now):
    return now


def missing(_):
    return None


def test_a_clock_that_keeps_time_and_one_that_stops(audited):
    assert audited(20, kept) == []
    assert "heartbeat was up to 200 s away from plant time (15 of 40 scans beyond 50 s)" in audited(20, missing)[0]


def test_a_line_that_is_lost_says_nothing_of_the_clock(audited):
    assert audited(20, kept) == []
    end = audited.wire.start("modbus.down", "*", {})
    assert audited(20, missing) == []
    end()
    assert audited(20, missing) == []  # it has not come back yet
    assert audited(20, kept) == []
    assert "away from plant time" in audited(20, missing)[0]


def test_a_clock_that_went_wrong_while_the_line_was_lost(audited):
    audited(20, kept)
    audited.wire.start("modbus.no_reply", "rig", {})()
    assert "was up to 100 s away" in audited(20, lambda now: now + 100.0)[0]


def test_a_fault_of_other_devices_hides_nothing(audited):
    audited(20, kept)
    audited.wire.start("modbus.down", "hp_1", {})
    assert audited(20, missing) != []
