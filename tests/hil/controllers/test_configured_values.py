"""What a configuration says reaches the plant, however the plant's own defaults differ from it."""

import json
from datetime import datetime

import numpy as np
import pytest

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bench.bus_link import BusLink
from hil.controllers.registry import controller
from hil.controllers.settings.configuration import CONFIGURATIONS
from plant_models.plant import build
from twin.journal import Journal
from twin.points import SETPOINT

START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)
CONFIGURED = ("office", "recovery_two_condensers", "household_5_6", "sports_centre", "great_hall", "landscape_pool")
"""A plant for each program, and one with hot water from recovery."""


def started(plant, tmp_path, name="reference"):
    """A bench whose set points are all moved to another place, a tick after its controller was built."""
    bench = Bench(build(plant, START, 86400.0), read_bench(plant), START)
    for path, point in bench.store.paths():
        if point.kind == SETPOINT and point.lo is not None and point.hi is not None:
            bench.store.write(path, 0.9 * point.lo + 0.1 * point.hi)
    bench.refresh()
    bench.control(controller(name, BusLink(bench.bus), plant), 1000)
    journal = Journal(tmp_path / "journal.jsonl", {})
    bench.keep_journal(journal)
    bench.schedule.run(2000)
    journal.close()
    lines = (tmp_path / "journal.jsonl").read_text(encoding="utf-8").splitlines()[1:]
    return bench, [json.loads(line) for line in lines]


@pytest.mark.parametrize("plant", CONFIGURED)
def test_what_a_controller_writes_while_it_is_built_arrives(plant, tmp_path, monkeypatch):
    built = {}
    write = BusLink.write

    def noted(link, place, value):
        write(link, place, value)
        built[place] = value

    monkeypatch.setattr(BusLink, "write", noted)
    link = BusLink(Bench(build(plant, START, 86400.0), read_bench(plant), START).bus)
    controller("reference", link, plant)
    wanted = dict(built)
    bench, journal = started(plant, tmp_path)
    assert len(journal) >= len(wanted)
    paths = [path for binding in bench.bus.bindings for path in binding.paths]
    written = {line["path"] for line in journal}
    assert {paths[place] for place in wanted} <= written


def test_the_heater_holds_what_the_user_says(tmp_path):
    own = tmp_path / "own.yaml"
    text = (CONFIGURATIONS / "sports_centre.yaml").read_text(encoding="utf-8")
    assert "heater_sp" not in text
    own.write_text(text.replace("settings: {", "settings: {heater_sp: 57 degC, ", 1), encoding="utf-8")
    bench = Bench(build("sports_centre", START, 86400.0), read_bench("sports_centre"), START)
    bench.refresh()
    before = {path: bench.store.read(path) for path, _ in bench.store.paths() if path.endswith("leaving_temp_sp")}
    bench.control(controller(str(own), BusLink(bench.bus), "sports_centre"), 1000)
    journal = Journal(tmp_path / "journal.jsonl", {})
    bench.keep_journal(journal)
    bench.schedule.run(2000)
    journal.close()
    after = {path: bench.store.read(path) for path in before}
    assert np.isclose(list(after.values()), 57.0).sum() == 1
    assert not np.isclose(list(before.values()), 57.0).any()
