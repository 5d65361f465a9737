"""Two versions of a controller beside each other: what became worse, since when, and what is no regression."""

import json
import shutil
from pathlib import Path

import pytest

from hil.cli import main
from hil.comparison.writes import first_difference

SCENARIO = """\
scenario: {name}
title: A winter morning
why: to be compared
requirements: {{REQ-1: "Rooms stay warm"}}
plant: office
clock: {{start: "2026-01-15T08:00:00+08:00", duration: 30 min, scan: 10 s}}
expect:
  - {{id: warm, requirement: REQ-1, always: "zone_*.temp > 10 degC"}}
  - {{id: heated, count: "rising(hp_[1-2].running)", per: 30 min, at_least: 1}}
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two trees: of the reference, and of no controller at all; the second has a scenario more."""
    folder = tmp_path_factory.mktemp("compared")
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text(SCENARIO.format(name=name))
    one, two = (str(folder / f"{name}.yaml") for name in ("one", "two"))
    assert main(["run", one, "--out", str(folder / "a"), "--dut", "ACME HPC, 1.0"]) == 0
    assert main(["run", one, two, "--out", str(folder / "b"), "--controller", "none", "--dut", "ACME HPC, 1.1"]) == 1
    return folder


def compared(capsys, *words):
    code = main(["compare", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_what_became_worse_is_a_regression(runs, capsys):
    code, out, _ = compared(capsys, runs / "a", runs / "b", "--out", runs / "pages")
    assert code == 1
    assert "worse: office/one / heated: pass became fail" in out
    assert "office/one: ACME HPC, 1.0 -> ACME HPC, 1.1" in out
    assert "first written differently: day 1 08:00:00: " in out
    assert "before, nothing after" in out
    assert f"only in {runs / 'b'}: office/two" in out
    assert "1 scenario compared: 1 regression\n" in out
    index, page = ((runs / "pages" / name).read_text() for name in ("index.html", "office.one.html"))
    assert 'href="office.one.html"' in index
    assert "ACME HPC, 1.1" in page
    assert "hp_1.running" in page


def test_the_other_way_round_nothing_became_worse(runs, capsys):
    code, out, _ = compared(capsys, runs / "b", runs / "a", "--out", runs / "back")
    assert (code, "no regressions" in out) == (0, True)
    assert "fail -> pass" in out


def test_a_run_and_itself_are_the_same(runs, capsys):
    code, out, _ = compared(capsys, runs / "a" / "office" / "one", runs / "a" / "office", "--out", runs / "same")
    assert code == 0
    assert "written: the same throughout" in out
    assert "energy: the same" in out
    assert "every signal that a report would show is the same in both" in (runs / "same/office.one.html").read_text()


def test_a_margin_that_shrank_too_far_is_a_regression_where_asked(runs, capsys, tmp_path):
    shutil.copytree(runs / "a" / "office" / "one", tmp_path / "one")
    file = tmp_path / "one" / "result.json"
    result = json.loads(file.read_text())
    warm = next(one for one in result["criteria"] if one["id"] == "warm")
    warm["margin"] *= 0.7
    file.write_text(json.dumps(result))
    words = (runs / "a", tmp_path / "one", "--out", tmp_path / "pages")
    code, out, _ = compared(capsys, *words)
    assert (code, "-30 %" in out) == (0, True)
    assert compared(capsys, *words, "--most-shrunk", "40 %")[0] == 0
    code, out, _ = compared(capsys, *words, "--most-shrunk", "20%")
    assert code == 1
    assert "worse: office/one / warm: the margin lost 30 % of itself" in out


def test_what_is_no_longer_judged_is_a_regression_and_a_warning_is_none(runs, capsys, tmp_path):
    shutil.copytree(runs / "a" / "office" / "one", tmp_path / "one")
    file = tmp_path / "one" / "result.json"
    result = json.loads(file.read_text())
    result["criteria"][0]["verdict"] = "warn"
    file.write_text(json.dumps(result))
    assert compared(capsys, runs / "a", tmp_path, "--out", tmp_path / "pages")[0] == 0
    del result["criteria"][0]
    file.write_text(json.dumps(result))
    code, out, _ = compared(capsys, runs / "a", tmp_path, "--out", tmp_path / "pages")
    assert (code, "pass became not judged" in out) == (1, True)


def test_results_without_recording_and_journal_are_compared_as_far_as_they_go(runs, capsys, tmp_path):
    shutil.copy(runs / "b" / "office" / "one" / "result.json", tmp_path)
    code, out, _ = compared(capsys, runs / "a", tmp_path, "--out", tmp_path / "pages")
    assert code == 1
    assert "what the controllers wrote was not compared" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("{a}", "{a}/none"), "there is no such folder of results"),
        (("{a}", "{empty}"), "no results below it"),
        (("{a}", "{b}/office/two"), "nothing to compare"),
        (("{a}", "{damaged}"), "not a result of geotwin"),
        (("{a}", "{b}", "--most-shrunk", "much"), "--most-shrunk 'much' is not a share"),
        (("{a}", "{b}", "--most-shrunk", "nan"), "--most-shrunk 'nan' is not a share"),
        (("{a}", "{b}", "--out", "{foreign}"), "was not written by geotwin"),
    ],
)
def test_bad_input_is_told_in_a_line(runs, capsys, tmp_path, words, said):
    for name in ("empty", "damaged", "foreign"):
        (tmp_path / name).mkdir()
    (tmp_path / "damaged" / "result.json").write_text('{"verdict": "fine"}')
    (tmp_path / "foreign" / "index.html").write_text("somebody else's")
    places = {"a": runs / "a", "b": runs / "b"} | {name: tmp_path / name for name in ("empty", "damaged", "foreign")}
    code, _, err = compared(capsys, "--out", tmp_path / "pages", *(word.format(**places) for word in words))
    assert code == 2
    assert said in err
    assert err.count("\n") == 1
    assert (tmp_path / "foreign" / "index.html").read_text() == "somebody else's"


def journal(file, *writes):
    lines = [{"geotwin_journal": 1}, *({"t_ms": t, "path": p, "value": v, "source": "x"} for t, p, v in writes)]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def test_the_first_difference_is_that_of_values_not_of_repetitions(tmp_path):
    a = journal(tmp_path / "a", (0, "p.x", 1), (0, "p.y", 2), (1000, "rig.heartbeat", 1), (5000, "p.x", 3))
    b = journal(tmp_path / "b", (0, "p.y", 2), (0, "p.x", 1), (1000, "p.x", 1), (5000, "p.x", 4))
    found = first_difference(a, b)
    assert (found.at_s, found.writes) == (5.0, (("p.x", 3.0, 4.0),))
    c = journal(tmp_path / "c", (0, "p.x", 1), (0, "p.y", 2))
    found = first_difference(c, a)
    assert (found.at_s, found.writes) == (5.0, (("p.x", None, 3.0),))
    assert first_difference(a, a) is None
