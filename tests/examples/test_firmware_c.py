"""The C controller of the examples is built with all warnings, heats the office, and finds back after a lost rig."""

import signal
import subprocess
from pathlib import Path

from tests.examples.at_the_rig import Plant, running, serving

SPEED = 120


def test_it_heats_the_office_and_survives_a_lost_rig(controller: Path, tmp_path: Path, two_ports: int) -> None:
    port = two_ports
    rig_log, controller_log = tmp_path / "rig.log", tmp_path / "controller.log"
    plant = Plant(port, (rig_log, controller_log))
    with running([str(controller), "127.0.0.1", str(port)], controller_log) as firmware:
        with serving(port, rig_log, SPEED):
            plant.wait("both units run", plant.units_run, 120)
            plant.wait("the supply is warm", lambda: plant.supply_temp() > 35.0, 60)
            assert not plant.alarms()
        assert firmware.poll() is None, controller_log.read_text()
        with serving(port, rig_log, SPEED):
            plant.wait("the life sign counts again", lambda: plant.life_sign() > 5, 60)
            plant.wait("both units run again", plant.units_run, 60)
            assert not plant.alarms()
            firmware.send_signal(signal.SIGTERM)
            assert firmware.wait(timeout=10) == 0
            plant.wait("units are off", plant.units_are_off, 30)
    said = controller_log.read_text()
    assert said.count("connected to") >= 2, said
    assert "no connection" in said


def test_it_tells_how_it_is_used(controller: Path) -> None:
    told = subprocess.run([str(controller)], check=False, capture_output=True, text=True, timeout=10)
    assert told.returncode == 2
    assert "usage: controller HOST PORT" in told.stderr
