"""The report: whole, offline, small, drawn by a real browser, and deaf to hostile text."""

import hashlib
import html
import importlib.util
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hil.books.beyond import Beyond
from hil.reports.happenings import Happening, happenings
from hil.reports.page import why, write_report
from hil.reports.result import RunResult, write_result
from hil.reports.signal_choice import MOST_SIGNALS, choose, panels
from scenarios import Outcome
from twin.event import Event
from twin.recorded import open_recording
from twin.recorder import Column, Recorder, Source

_spec = importlib.util.spec_from_file_location("browser", Path(__file__).with_name("browser.py"))
assert _spec is not None
assert _spec.loader is not None
browser = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(browser)

HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


class Cells(HTMLParser):
    """The text of the cells of a table, row by row."""

    def __init__(self, table: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._table, self._inside, self._cell = table, False, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._inside = ("id", self._table) in attrs
        if self._inside and tag == "tr":
            self.rows.append([])
        if self._inside and tag in ("td", "th"):
            self.rows[-1].append("")
            self._cell = True
        if self._cell and tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._inside and self._cell:
            self.rows[-1][-1] += data


def cells(page: str, table: str) -> list[list[str]]:
    parser = Cells(table)
    parser.feed(page)
    return [[" ".join(cell.split()) for cell in row] for row in parser.rows]


def test_a_browser_draws_it_without_network_and_without_complaint(make: Any, run_folder: Path, tmp_path: Path) -> None:
    file = write_report(make(), run_folder)
    assert file.stat().st_size < 4_000_000
    with browser.Browser(tmp_path / "profile") as page:
        page.open(file)
        inks = page.evaluate(browser.DRAWN)
        titles = page.evaluate(
            "Bokeh.documents[0]._roots.length && Array.from(Bokeh.documents[0]._all_models.values())"
            ".filter(m => m.type === 'Title').map(m => m.text)"
        )
        assert page.complaints() == []
        assert [url for url in page.requests() if not url.startswith(("file:", "data:", "blob:"))] == []
    coloured = [set(ink) for ink in inks if len(ink) > 10]
    assert len(coloured) >= 6
    everywhere = set().union(*coloured)
    assert "0,114,178" in everywhere, "a curve in the first colour"
    assert "179,38,30" in everywhere, "the cross at the worst point of what failed"
    assert "Temperatures, judged [°C]" in titles
    assert "Pressures, judged [bar]" in titles
    assert "What happened" in titles


def test_hostile_text_does_nothing(make: Any, run_folder: Path, tmp_path: Path) -> None:
    text = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    result = make(
        "title: A source pump fails during the morning peak", f'title: "{text}"', controller=HOSTILE, notes=[HOSTILE]
    )
    odd = replace(result.outcomes[0], id=HOSTILE, sentence=HOSTILE, detail="\x1b[31m\u202e" + HOSTILE)
    file = write_report(replace(result, outcomes=[odd, *result.outcomes[1:]]), run_folder)
    page_text = file.read_text(encoding="utf-8")
    assert "<img src=x" not in page_text
    assert html.escape(HOSTILE, quote=False).replace("'", "&#39;").split("&lt;img")[0] in page_text
    assert "\x1b" not in page_text
    assert "\u202e" not in page_text
    with browser.Browser(tmp_path / "profile") as page:
        page.open(file)
        assert page.evaluate(browser.DRAWN)
        assert page.evaluate("document.title") == f"fail: {HOSTILE}"
        assert page.evaluate("document.querySelectorAll('main img, main script').length") == 0
        assert page.complaints() == []


def test_its_tables_say_what_was_judged(make: Any, run_folder: Path) -> None:
    page = write_report(make(), run_folder).read_text(encoding="utf-8")
    rows = {row[0].split()[0]: row for row in cells(page, "verdicts")[1:]}
    assert list(rows) == ["warm", "standby", "alarm", "loop-pressure", "energy", "defrosts"]
    assert rows["standby"][1:4] == ["REQ-HP-021", "pass", "20 s"]
    assert rows["standby"][4] == "day 1 06:10:40 2 h 10 min 40 s from the start"
    assert rows["loop-pressure"][1:4] == ["–", "pass", "30 kPa"]
    assert rows["warm"][2] == "fail"
    assert "violated for" in rows["warm"][0]
    requirements = {row[0]: row[2] for row in cells(page, "requirements")[1:]}
    assert requirements == {
        "REQ-HP-014": "fail",
        "REQ-HP-021": "pass",
        "REQ-ALM-003": "pass",
        "REQ-DOC-001": "not covered",
    }
    assert [row[:2] + row[3:] for row in cells(page, "happened")[1:]] == [
        ["day 1 05:00:00", "", "peak"],
        ["day 1 06:10:00", "40 min", "p1_down"],
        ["day 1 08:00:00", "30 min", "reads_high"],
    ]


def test_laws_that_were_left_are_listed(make: Any, run_folder: Path) -> None:
    left = [
        Beyond("hp_1.map_clamped", "performance map, held at its edge", "1", 600.0, 240.0, 1.0, 700.0),
        Beyond("pipe_2.ice", "water below its freezing point", "K", 3600.0, 60.0, 1.25, 3630.0),
    ]
    result = make(beyond=left)
    page = write_report(result, run_folder).read_text(encoding="utf-8")
    assert cells(page, "beyond")[1:] == [
        ["day 1 04:10:00", "4 min", "hp_1", "performance map, held at its edge", "–", ""],
        ["day 1 05:00:00", "1 min", "pipe_2", "water below its freezing point", "1.25 K", "day 1 05:00:30"],
    ]
    page = write_report(replace(result, beyond=[]), run_folder).read_text(encoding="utf-8")
    assert "Every law stayed within" in page


def test_files_are_listed_with_their_checksums(make: Any, run_folder: Path) -> None:
    result = make()
    written = write_result(result, run_folder)
    write_report(result, run_folder)
    page = write_report(result, run_folder).read_text(encoding="utf-8")
    for file in (written, run_folder / "recording.parquet"):
        assert hashlib.sha256(file.read_bytes()).hexdigest() in page
    assert hashlib.sha256((run_folder / "report.html").read_bytes()).hexdigest() not in page


def test_a_rig_that_broke_gets_a_report_without_plots(make: Any, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    broken = make(verdict="error", outcomes=[], notes=["port 502 is taken by another process"])
    page = write_report(broken, empty).read_text(encoding="utf-8")
    assert "There is no recording to draw." in page
    assert "port 502 is taken by another process" in why(broken)
    assert "bokeh" not in page.lower()
    assert {row[2] for row in cells(page, "requirements")[1:]} == {"not judged", "not covered"}


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (
            Outcome("a", "pass", "A holds", margin=2.5, unit="K"),
            "The one criterion holds; the least margins are 2.5 K (a).",
        ),
        (
            Outcome("a", "fail", "A holds", margin=-1e4, unit="W"),
            "1 of 1 criteria is violated. A holds (margin -10 kW).",
        ),
        (Outcome("a", "inconclusive", "A"), "1 of 1 criteria is inconclusive: the recording ends too early. A."),
    ],
)
def test_the_verdict_in_one_sentence(make: Any, outcome: Outcome, sentence: str) -> None:
    assert why(make(outcomes=[outcome], verdict=outcome.verdict)) == sentence


def wide(folder: Path, columns: int, rows: int) -> None:
    """A recording of many rooms."""
    kinds = (("room_temp", "degC"), ("power", "W"), ("flow", "m3/h"), ("pressure", "Pa"), ("running", "1"))
    names = [Column(f"unit_{n // 5}.{kinds[n % 5][0]}", kinds[n % 5][1], n) for n in range(columns)]
    numbers = np.random.default_rng(1).normal(20.0, 3.0, (rows, columns))
    numbers[:, 4::5] = numbers[:, 4::5] > 20.0
    values = np.zeros(columns)
    with Recorder(folder, [Source(values, names)], 1000, {}) as tape:
        for row in range(rows):
            values[:] = numbers[row]
            tape.record(row * 1000)


def test_a_wide_recording_stays_small(make: Any, tmp_path: Path) -> None:
    wide(tmp_path / "wide", 300, 6000)
    recording = open_recording(tmp_path / "wide")
    asked = tuple(f"unit_{n}.room_temp" for n in range(30, 48))
    outcomes = [Outcome("rooms", "fail", "Rooms", signals=asked, at_s=40.0, margin=-1.0, unit="K")]
    chosen = choose(recording, outcomes)
    assert len(chosen) <= MOST_SIGNALS
    assert [one.path for one in chosen[:18]] == list(asked)
    assert {one.path for one in chosen if not one.asked} >= {"unit_0.power", "unit_0.running"}
    assert all(len(members) <= 8 for title, members in panels(chosen) if "Operation" not in title)
    file = write_report(make(outcomes=outcomes), tmp_path / "wide")
    assert file.stat().st_size < 4_000_000


def test_only_columns_that_are_drawn_are_read(make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide(tmp_path / "wide", 300, 50)
    recording = open_recording(tmp_path / "wide")
    chosen = choose(recording, [])
    assert len(recording._signals) < 100
    assert 10 < len(chosen) <= MOST_SIGNALS


def test_events_become_windows() -> None:
    events = [
        Event(5.0, "a", "physical", True, "x = 1"),
        Event(5.0, "a", "physical", True, "y = 1"),
        Event(7.0, "set", "set", True, "z = 2"),
        Event(9.0, "a", "physical", False),
        Event(9.0, "a", "physical", False),
        Event(11.0, "b", "modbus.no_reply", True),
    ]
    found = happenings(events)
    assert found == [
        Happening("a", "physical", 5.0, 9.0, "x = 1; y = 1"),
        Happening("set", "set", 7.0, None, "z = 2"),
        Happening("b", "modbus.no_reply", 11.0),
    ]
    assert [one.fault for one in found] == [True, False, True]


def test_the_page_names_every_verdict_in_words(make: Any, run_folder: Path) -> None:
    result: RunResult = make()
    words = ["pass", "warn", "not exercised", "inconclusive", "fail", "error"]
    outcomes = [Outcome(f"c{number}", word, "S", at_s=60.0) for number, word in enumerate(words)]
    page = write_report(replace(result, outcomes=outcomes, verdict="error"), run_folder).read_text(encoding="utf-8")
    assert [row[2] for row in cells(page, "verdicts")[1:]] == words
    for word in words:
        assert re.search(rf"\.v-{word.replace(' ', '-')}\b", page), "each has a colour of its own"
