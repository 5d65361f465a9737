"""Makes docs/validation.md, one table and small plots, of what `pytest --validation` recorded.

Run by `make validation`. The text depends on docs/validation.json and docs/validation_history.csv only, so a test can
tell a stale page.
"""

import ast
import json
import math
import re
from itertools import groupby
from pathlib import Path
from typing import Any

from validation_history import Line, earlier, figures, renew, since, versions

ROOT = Path(__file__).parents[1]
RECORDED, PAGE, PLOTS = ROOT / "docs/validation.json", ROOT / "docs/validation.md", ROOT / "docs/validation"
HEAD = """# Validation

What the models give, beside what an independent source says. Every row is asserted by a test of the same run that wrote
it: `make validation` runs those tests and makes this page anew. A range is the span that a standard accepts. *Off* is
the distance from the expected value, or from the nearer end of a range; of several values, the largest. In the plots
dots are expected values with their tolerance, the line is the model.

*Since* is the first version with that row. What an earlier version gave stands beside today's figure: = where it was
the same, nothing where it had no such row. A plus marks what is not released yet. Recorded: {recorded}.

"""
SHOWN = 3
"""So many versions stand side by side; the file keeps them all."""
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 420, 200, 56, 14, 12, 36
Case = dict[str, Any]


def page(cases: list[Case], lines: list[Line]) -> str:
    """The Markdown of the page: one table of all cases, then a section a test file with its words and plots."""
    groups = [(file, list(members)) for file, members in groupby(cases, lambda case: case["test"].split("::")[0])]
    days = versions(lines)
    before = list(days)[:-1][-SHOWN + 1 :]
    columns = ["of", "case", "since", "source", "expected", *(f"in {v}" for v in before), f"in {list(days)[-1]}"]
    columns += ["tolerance", "off"]
    text = [HEAD.format(recorded=", ".join(f"{version} on {day}" for version, day in days.items()))]
    text += ["| " + " | ".join(columns) + " |\n", "|---" * len(columns) + "|\n"]
    for file, members in groups:
        text += [f"| [{title(file)}](#{slug(title(file))}) {row(case, before, lines)}" for case in members]
    for file, members in groups:
        doc = ast.get_docstring(ast.parse((ROOT / file).read_text(encoding="utf-8"))) or file
        text.append(f"\n## {title(file)}\n\n{doc.splitlines()[0]}\n([{file}](../{file}))\n")
        plotted = [case for case in members if case["x"]]
        text += ["\n"] if plotted else []
        text += [f"![{case['case']}](validation/{slug(case['case'])}.svg)\n" for case in plotted]
    return "".join(text)


def title(file: str) -> str:
    stem = Path(file).stem.removeprefix("test_").replace("_", " ")
    return {"ashrae 140": "ASHRAE 140", "epanet": "EPANET"}.get(stem, stem.capitalize())


def row(case: Case, before: list[str], lines: list[Line]) -> str:
    """One line of the table; `before` are the earlier versions that have a column."""
    note = f" *{case['note']}*" if case["note"] else ""
    unit = f" {case['unit']}" if case["unit"] else ""
    tolerance = case["tolerance"] if isinstance(case["tolerance"], str) else f"{case['tolerance']:g}{unit}"
    if tolerance == f"0{unit}":
        tolerance = "-"
    expected, got = ", ".join(map(written, case["expected"])), figures(case["got"])
    name = case["case"] + (f" (over {case['x'][0]})" if case["x"] else "") + note
    was = [earlier(lines, version, case["case"]) for version in before]
    past = ["=" if then == got else then and then + unit for then in was]
    cells = [name, since(lines, case["case"]), case["source"], expected + unit, *past, got + unit, tolerance]
    return f"| {' | '.join(cells)} | {off(case):.2g}{unit} |\n"


def written(value: Any) -> str:
    return f"{value[0]:g} to {value[1]:g}" if isinstance(value, list) else f"{value:g}"


def off(case: Case) -> float:
    """The largest distance of a case from what was expected."""
    ranges = [e if isinstance(e, list) else [e, e] for e in case["expected"]]
    return max(max(low - g, g - high, 0.0) for (low, high), g in zip(ranges, case["got"], strict=True))


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def plot(case: Case) -> str:
    """A small picture: expected values as dots with their tolerance, the model's as a line with crosses."""
    name, xs = case["x"]
    ranges = [e if isinstance(e, list) else [e, e] for e in case["expected"]]
    tol = case["tolerance"]
    share = float(tol.removesuffix("%")) / 100.0 if isinstance(tol, str) else 0.0
    bars = [(lo - (share * abs(lo) if share else tol), hi + (share * abs(hi) if share else tol)) for lo, hi in ranges]
    ys = [*case["got"], *(v for bar in bars for v in bar)]
    across, down = scale(xs, LEFT, WIDTH - RIGHT), scale(ys, HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="sans-serif" font-size="11" fill="#333"><rect width="100%" height="100%" fill="#fff"/>',
        *axis(xs, ys, across, down),
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 6}" text-anchor="middle">{name}</text>',
        f'<text x="{LEFT + 4}" y="{TOP + 9}">{case["unit"]}</text>',
    ]
    for x, (lo, hi), (low, high) in zip(xs, ranges, bars, strict=True):
        px, middle = across(x), down((lo + hi) / 2)
        parts.append(
            f'<path d="M{px:.1f} {down(low):.1f}V{down(high):.1f}" stroke="#d97706" stroke-width="3" opacity=".45"/>'
        )
        parts.append(f'<circle cx="{px:.1f}" cy="{middle:.1f}" r="3.5" fill="#d97706"/>')
    line = "L".join(f"{across(x):.1f} {down(y):.1f}" for x, y in sorted(zip(xs, case["got"], strict=True)))
    parts.append(f'<path d="M{line}" fill="none" stroke="#2563eb" stroke-width="1.5"/>')
    for x, y in zip(xs, case["got"], strict=True):
        parts.append(f'<path d="M{across(x) - 3:.1f} {down(y):.1f}h6m-3-3v6" stroke="#2563eb" stroke-width="1.5"/>')
    return "\n".join([*parts, "</svg>\n"])


def scale(values: list[float], first: float, last: float) -> Any:
    """From values to pixels, with a margin of a twelfth; logarithmic over more than two decades."""
    if min(values) > 0.0 and max(values) > 100.0 * min(values):
        line = scale([math.log10(value) for value in values], first, last)
        return lambda value: line(math.log10(value))
    low, high = min(values), max(values)
    margin = (high - low) / 12.0 or abs(high) / 12.0 or 1.0
    low, high = low - margin, high + margin
    return lambda value: first + (value - low) / (high - low) * (last - first)


def axis(xs: list[float], ys: list[float], across: Any, down: Any) -> list[str]:
    """Frame and the lowest, middle and highest value of both axes."""
    return [
        f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="#999"/>',
        *(
            f'<text x="{LEFT - 5}" y="{down(y) + 4:.1f}" text-anchor="end">{y:.4g}</text>'
            f'<path d="M{LEFT} {down(y):.1f}H{WIDTH - RIGHT}" stroke="#eee"/>'
            for y in (min(ys), (min(ys) + max(ys)) / 2, max(ys))
        ),
        *(
            f'<text x="{across(x):.1f}" y="{HEIGHT - BOTTOM + 14}" text-anchor="middle">{x:.4g}</text>'
            for x in dict.fromkeys((min(xs), sorted(xs)[len(xs) // 2], max(xs)))
        ),
    ]


def read_cases() -> list[Case]:
    cases: list[Case] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return cases


def main() -> None:
    """Write the page and its plots; plots of cases that are gone are removed."""
    cases = read_cases()
    PLOTS.mkdir(exist_ok=True)
    wanted = {PLOTS / f"{slug(case['case'])}.svg": plot(case) for case in cases if case["x"]}
    for file in set(PLOTS.glob("*.svg")) - set(wanted):
        file.unlink()
    for file, text in wanted.items():
        file.write_text(text, encoding="utf-8")
    PAGE.write_text(page(cases, renew(cases)), encoding="utf-8")


if __name__ == "__main__":
    main()
