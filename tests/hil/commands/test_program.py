"""The rig starts the program of a controller for each run, gives it ports of its own, and ends all it has started."""

import json
import sys
import time

import pytest

from hil.cli import main
from hil.runs.started.beside import LOG_FILE, Program
from hil.runs.started.placeholders import placed, words_of
from twin.errors import InputError

SCENARIO = """\
scenario: {name}
title: Ten minutes of winter
why: to be run by a program
plant: single_well
clock: {{start: "2026-01-15T08:00:00+08:00", duration: 10 min, scan: 5 s}}
expect:
  - {{id: told, always: "rig.heartbeat >= 0 s"}}
"""
PATIENT = ["--limit", "lag=60s", "--limit", "skipped=1h"]
ON_MQTT = "mosquitto_pub -h {host} -p {port} -q 1 -t geotwin/single_well/panel/life_sign/set -m 1"
CONTROLLER = "-m hil.cli controller reference --modbus {host}:{port} --plant single_well --scan 5"


@pytest.fixture
def files(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(SCENARIO.format(name=name))
    return [str(tmp_path / f"{name}.yaml") for name in ("one", "two")]


def test_two_scenarios_side_by_side_have_a_program_each(files, tmp_path, two_ports, capsys):
    out = tmp_path / "runs"
    words = [
        "--controller",
        f"modbus:127.0.0.1:{two_ports}",
        "--speed",
        "60",
        *PATIENT,
    ]
    code = main(["run", *files, *words, "--exec", f"{sys.executable} {CONTROLLER}", "--jobs", "2", "--out", str(out)])
    said = capsys.readouterr().out
    for name in ("one", "two"):
        folder = out / "single_well" / name
        result = json.loads((folder / "result.json").read_text())
        [seen] = result["bus"]
        assert seen["requests"] > 20, said
        assert (folder / LOG_FILE).exists()
    assert code == 0, said


def test_programs_on_mqtt_are_told_where_their_brokers_are(files, tmp_path, capsys):
    words = [
        "--controller",
        "mqtt",
        "--mqtt",
        "embedded",
        "--speed",
        "600",
        *PATIENT,
    ]
    code = main(["run", *files, *words, "--exec", ON_MQTT, "--jobs", "2", "--out", str(tmp_path)])
    said = capsys.readouterr().out
    assert code == 0, said
    for name in ("one", "two"):
        report = (tmp_path / "single_well" / name / "report.html").read_text()
        assert "ended by itself with exit code 0" in report


def test_programs_side_by_side_cannot_share_a_broker(files, tmp_path, capsys):
    words = [
        "--controller",
        "mqtt",
        "--mqtt",
        "127.0.0.1:1883",
        "--exec",
        ON_MQTT,
        "--jobs",
        "2",
        "--out",
        str(tmp_path),
    ]
    assert main(["run", *files, *words]) == 2
    assert "rigs side by side need a broker each: --mqtt embedded" in capsys.readouterr().err


def test_a_program_that_ends_by_itself_is_told(files, tmp_path, two_ports, capsys):
    program = f"{sys.executable} -c \"print('no licence'); raise SystemExit(7)\""
    words = [
        "--controller",
        f"modbus:127.0.0.1:{two_ports}",
        "--wait",
        "2 s",
        "--exec",
        program,
        "--out",
        str(tmp_path),
    ]
    assert main(["run", files[0], *words]) == 3
    folder = tmp_path / "single_well" / "one"
    assert (folder / LOG_FILE).read_text() == "no licence\n"
    assert "ended by itself with exit code 7; its output is in controller.log" in (folder / "report.html").read_text()
    capsys.readouterr()


def test_what_a_program_has_started_ends_with_it(tmp_path):
    child = tmp_path / "child"
    script = f"import subprocess, time; subprocess.Popen(['sleep', '60']); open({str(child)!r}, 'w').write('x')"
    script += "; time.sleep(60)"
    program = Program([sys.executable, "-c", script], tmp_path / LOG_FILE)
    try:
        while not child.exists():
            time.sleep(0.05)
        group = program._process.pid
        assert program.fate() == ""
    finally:
        program.end()
    alive = [line for line in _processes() if line.split()[1] == str(group)]
    assert not alive


def _processes():
    """Process number, group and state of every process that is not dead."""
    import subprocess

    told = subprocess.run(["ps", "-eo", "pid,pgid,stat"], capture_output=True, text=True, check=True).stdout
    return [line for line in told.splitlines()[1:] if "Z" not in line.split()[2]]


def test_the_words_of_a_command():
    words = words_of("./c '{host}:{port}' --x")
    assert placed(words, {"host": "127.0.0.1", "port": "5020"}) == ["./c", "127.0.0.1:5020", "--x"]
    assert placed(["{a", "{}", '{"x": 1}', "{port:hp_1}"], {"port:hp_1": "5"}) == ["{a", "{}", '{"x": 1}', "5"]
    with pytest.raises(InputError, match="means nothing here: that line is not open"):
        placed(["{mqtt}"], {"port": "5020"})
    with pytest.raises(InputError, match="No closing quotation"):
        words_of("./c 'a")
    with pytest.raises(InputError, match="no program is named"):
        words_of("  ")


def test_a_program_needs_a_wire_and_must_be_there(files, tmp_path, two_ports, capsys):
    assert main(["run", files[0], "--exec", "./c"]) == 2
    assert "give --controller modbus:HOST:PORT" in capsys.readouterr().err
    words = ["--controller", f"modbus:127.0.0.1:{two_ports}", "--exec", "./no-such", "--out", str(tmp_path)]
    assert main(["run", files[0], *words]) in (2, 3)
    told = capsys.readouterr()
    assert "exec ./no-such: No such file or directory" in told.out + told.err
