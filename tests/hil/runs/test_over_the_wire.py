"""The reference controller as a program of its own, over Modbus TCP in lockstep: the same verdicts as in process."""

import json
import subprocess
import sys

import pytest

GEOTWIN = [sys.executable, "-m", "hil.cli"]


def run_over_the_wire(tmp_path, scenario, scan, port):
    controller = subprocess.Popen(
        [*GEOTWIN, "controller", "reference", "--modbus", f"127.0.0.1:{port}", "--scan", scan],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        rig = subprocess.run(
            [*GEOTWIN, "run", scenario, "--controller", f"modbus:127.0.0.1:{port}", "--clock", "lockstep",
             "--out", str(tmp_path)],
            capture_output=True, text=True, timeout=540, check=False,
        )  # fmt: skip
    finally:
        controller.terminate()
        said, _ = controller.communicate(timeout=20)
    return rig, said


@pytest.mark.parametrize(("scenario", "scan"), [("seasonal_switch", "2")])
def test_the_reference_controller_passes_over_modbus(tmp_path, scenario, scan, two_ports):
    rig, said = run_over_the_wire(tmp_path, scenario, scan, two_ports)
    assert rig.returncode == 0, rig.stdout + rig.stderr + said
    assert "Traceback" not in said, "a signal ends the controller quietly"
    result = json.loads((tmp_path / "office" / scenario / "result.json").read_text())
    assert result["verdict"] == "pass"
    assert result["controller"] == "modbus"
    assert result["clock"] == "lockstep"
    assert 'failures="0"' in (tmp_path / "office" / scenario / "junit.xml").read_text()
    report = (tmp_path / "office" / scenario / "report.html").read_text()
    assert len(report) < 4_000_000
    assert "All" in report
