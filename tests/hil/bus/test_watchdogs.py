"""Devices notice a silent controller: the alarm rises, orders hold, fall back or stop, as their maker has it."""

from datetime import datetime

import pytest

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bench.watchdogs import Watchdogs
from hil.bus.maps.device_file import parse_device
from plant_models.plant import build
from twin.errors import InputError

DRIVE = """\
device: drive
source: "made up for the tests"
watchdog: {after: 30 s, set: {enable: off, speed: 0x14}, alarm: silent}
registers:
  - {table: hr, address: 0, name: enable, type: enum, values: {0: off, 1: on}, access: rw, point: enable_cmd}
  - {table: hr, address: 1, name: speed, type: uint16, uom: "%", access: rw, point: speed_cmd}
  - {table: di, address: 0, name: silent, type: bool}
"""


@pytest.fixture
def bench(tmp_path):
    (tmp_path / "drive.yaml").write_text(DRIVE)
    file = tmp_path / "bench.yaml"
    file.write_text(
        "bench: b\nplant: office\nport: 5020\nunits:\n"
        "  - {unit: 1, device: drive.yaml, component: load_pump_1}\n"
        '  - {unit: 2-3, device: heat_pump, component: "hp_[1-2]"}\n'
        "  - {unit: 247, device: rig, component: rig}\n"
    )
    start = datetime(2026, 1, 15, 8)  # noqa: DTZ001  (plant time is local standard time)
    made = Bench(build("office", start, 86400.0), read_bench(str(file)), start)
    made.plant.prepare()
    made.refresh()
    Watchdogs(made)
    return made


def ask(bench, unit, until_s, every_s=1.0):
    """A controller that asks a unit until then."""
    while bench.schedule.now_s < until_s:
        bench.bus.served[5020, unit].heard += 1
        bench.schedule.run(round((bench.schedule.now_s + every_s) * 1000))


def shown(bench, name):
    bench.refresh()
    return bench.bus.values[bench.bus.slot(name).place]


def test_a_silent_controller_is_noticed_and_orders_stop(bench):
    for name, value in (("load_pump_1.enable", 1.0), ("load_pump_1.speed", 80.0)):
        bench.bus.write(bench.bus.slot(name), value)
    ask(bench, 1, 60.0, every_s=20.0)
    assert (shown(bench, "load_pump_1.silent"), bench.store.read("load_pump_1.enable_cmd")) == (0.0, 1.0)
    bench.schedule.run(70_000)
    assert shown(bench, "load_pump_1.silent") == 0.0
    bench.schedule.run(75_000)
    assert (shown(bench, "load_pump_1.silent"), shown(bench, "load_pump_1.enable")) == (1.0, 0.0)
    assert bench.store.read("load_pump_1.speed_cmd") == pytest.approx(0.2)
    assert bench.directory.unit("bus.load_pump_1.silent") == "1", "a scenario can judge the alarm"
    ask(bench, 1, 105.0)
    assert shown(bench, "load_pump_1.silent") == 0.0
    assert bench.store.read("load_pump_1.enable_cmd") == 0.0, "the controller has to order anew"


def test_a_unit_holds_its_orders_and_raises_its_own_alarm(bench):
    ask(bench, 2, 10.0)
    bench.schedule.run(90_000)
    assert bench.store.read("hp_1.alarm_comm") == 1.0
    assert bench.store.read("hp_2.alarm_comm") == 0.0, "nobody ever asked it: nobody is missed"
    ask(bench, 2, 95.0)
    assert bench.store.read("hp_1.alarm_comm") == 0.0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("after: 30 s", "after: 0 s", "after is a time above 0"),
        ("enable: off", "enabel: off", "did you mean 'enable'"),
        ("enable: off", "enable: of", "did you mean 'off'"),
        ("enable: off", "silent: 1", "silent cannot be written"),
        ("alarm: silent", "alarm: speed", "is not the watchdog's own"),
        ("after: 30 s", "afer: 30 s", "did you mean 'after'"),
    ],
)
def test_a_watchdog_that_cannot_be_is_refused(old, new, told):
    with pytest.raises(InputError) as error:
        parse_device(DRIVE.replace(old, new), "drive.yaml")
    assert told in str(error.value)
    assert str(error.value).startswith("drive.yaml:")
