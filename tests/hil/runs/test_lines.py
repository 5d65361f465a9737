"""A new protocol is a room of its own and one line in the list of transports: `run` and `serve` both take it."""

import contextlib
import json

import pytest

from hil import cli
from hil.bus.transport import Health, Line, running
from hil.runs import ports

SCENARIO = """\
scenario: short
title: Two minutes of winter
why: to see a line at work
plant: single_well
clock: {start: "2026-01-15T08:00:00+08:00", duration: 2 min}
expect:
  - {id: any, always: weather.outdoor_temp > -60 degC}
"""


class Probe:
    """A protocol that keeps what it would have sent."""

    def __init__(self, served, wish):
        self.served, self.wish, self.sent, self.steps = served, wish, [], []

    async def start(self):
        self.steps.append("started")

    def publish(self):
        outdoor = self.served.bus.view[self.served.bus.slot("weather.outdoor_temp").place]
        self.sent.append((self.served.now_ms(), outdoor))

    async def stop(self):
        self.steps.append("stopped")

    def where(self):
        return f"answers by probe {self.wish}"

    def status(self):
        return f"sent {len(self.sent)}"

    def complaints(self):
        return []

    def health(self):
        return Health()


@pytest.fixture
def probes(monkeypatch):
    made = []

    @contextlib.asynccontextmanager
    async def opened(served, wish):
        made.append(Probe(served, wish))
        async with running(made[-1]) as transport:
            yield transport

    def add_option(command):
        command.add_argument("--probe", metavar="WORD")

    line = Line("probe", opened, add_option, lambda options: options.probe)
    monkeypatch.setattr(ports, "LINES", [*ports.LINES, line])
    return made


def test_run_takes_it(probes, tmp_path, monkeypatch, capsys):
    (tmp_path / "short.yaml").write_text(SCENARIO)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["run", "short.yaml", "--probe", "aloud"]) == 0
    (probe,) = probes
    assert (probe.wish, probe.steps) == ("aloud", ["started", "stopped"])
    assert [time for time, _ in probe.sent] == [1000 * n for n in range(121)]
    assert all(-40.0 < outdoor < 20.0 for _, outdoor in probe.sent)
    cli.main(["run", "short.yaml"])
    assert len(probes) == 1
    assert "pass" in capsys.readouterr().out


def test_serve_takes_it_and_keeps_a_journal(probes, tmp_path, capsys):
    journal = tmp_path / "journal.jsonl"
    words = ["serve", "single_well", "--modbus-port", "0", "--speed", "20", "--for", "0.5", "--probe", "loud"]
    assert cli.main([*words, "--journal", str(journal)]) == 0
    said = capsys.readouterr().out
    assert "single_well answers on 127.0.0.1, Modbus TCP port" in said
    assert "single_well answers by probe loud" in said
    assert probes[0].steps == ["started", "stopped"]
    assert len(probes[0].sent) >= 5
    assert json.loads(journal.read_text().splitlines()[0])["plant"] == "single_well"
