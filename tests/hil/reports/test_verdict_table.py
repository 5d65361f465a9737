"""The terminal's table in a build's log, and the exit codes."""

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from hil.commands.verdict_table import exit_code, print_verdicts
from scenarios import Outcome


def printed(results: list[Any]) -> str:
    text = io.StringIO()
    print_verdicts(results, Console(file=text, width=100))
    return text.getvalue()


def test_a_log_of_a_build_is_readable_without_colour(make: Any) -> None:
    text = printed([make()])
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines() if "─" in line or "  " in line) <= 100
    line = next(line for line in text.splitlines() if " standby " in line)
    assert line.split() == ["standby", "pass", "20", "s", "day", "1", "06:10:40"]
    assert text.splitlines()[-1] == "1 scenario: 1 fail; 6 criteria: 1 fail, 1 not exercised, 4 pass"
    assert "fail: source-pump-failure / warm: Always supply.supply_temp > 38 degC" in text


def test_its_own_console_has_100_columns(make: Any, capsys: pytest.CaptureFixture[str]) -> None:
    long = make(outcomes=[Outcome("a" * 90, "pass", margin=1.0, unit="K")])
    print_verdicts([long])
    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines[:6]) <= 100
    assert sum(line.count("a") for line in lines[:6]) >= 90, "nothing is cut off"


def test_a_sentence_of_a_log_stays_on_its_line(make: Any) -> None:
    """A log is searched for words: a line break of ours would hide them."""
    why = "a reason of many words " * 20
    text = printed([make(outcomes=[Outcome("warm", "fail", "Always warm", detail=why)], notes=(why,))])
    assert sum(why.strip() in line for line in text.splitlines()) == 2


def test_markup_and_escapes_are_only_text(make: Any) -> None:
    result = make(outcomes=[Outcome("[red]x[/red]", "fail", "\x1b[2J[bold]gone", margin=-1.0, unit="K")])
    text = printed([result])
    assert "[red]x[/red]" in text
    assert "[2J[bold]gone" in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        (["pass", "pass"], 0),
        (["pass", "warn"], 0),
        (["warn", "fail", "inconclusive"], 1),
        (["fail", "error"], 3),
        (["pass", "inconclusive"], 4),
        (["pass", "not exercised"], 4),
        ([], 4),
    ],
)
def test_exit_codes(make: Any, verdicts: list[str], code: int) -> None:
    one = make()
    results = [replace(one, outcomes=[Outcome("a", verdict)], verdict=verdict) for verdict in verdicts]
    assert exit_code(results) == code


def test_a_broken_rig_is_an_error_whatever_was_judged(make: Any) -> None:
    result = make(outcomes=[Outcome("a", "pass")], verdict="error", notes=["the clock failed"])
    assert exit_code([result]) == 3
    assert "the clock failed" in printed([result])
