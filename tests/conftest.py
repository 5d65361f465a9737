"""The `validation` fixture: what an independent source says, what the model gave, and how near is near."""

import contextlib
import json
import math
import os
import random
import shutil
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

VALIDATION = Path(__file__).parents[1] / "docs" / "validation.json"
"""What `make validation` recorded; docs/validation.md is made of it."""


class Validation:
    """Asserts one case after the other against its source, and keeps them for the page."""

    def __init__(self, test: str) -> None:
        self.test, self.cases = test, []

    def __call__(
        self, case: str, source: str, *, expected: Any, got: Any, tolerance: float | str = 0.0, unit: str = "",
        x: tuple[str, Sequence[float]] | None = None, note: str = "",
    ) -> None:  # fmt: skip
        """Assert that `got` is `expected` within `tolerance`, and record it under the name `case`.

        expected:  a number; a range (low, high) as a tuple; or a list of numbers, one for each of the list `got`
        tolerance: in `unit`, or a share of the expected value as text: "3 %"
        x:         name with unit and values of the horizontal axis, ("days", [30, 60]): lists are drawn as a plot
        note:      one sentence that a sceptical engineer needs
        """
        many = isinstance(expected, list)
        points = [list(e) if isinstance(e, tuple) else float(e) for e in (expected if many else [expected])]
        found = [float(g) for g in (got if many else [got])]
        assert len(points) == len(found), f"{case}: {len(points)} values expected, {len(found)} given"
        assert x is None or len(x[1]) == len(found), f"{case}: {len(found)} values over {len(x[1])} of x"
        assert case not in [c["case"] for c in self.cases], f"{case!r} is recorded twice"
        axis = x and [x[0], [float(v) for v in x[1]]]
        self.cases.append(
            {"test": self.test, "case": case, "source": source, "expected": points,
             "got": [float(f"{g:.5g}") for g in found], "tolerance": tolerance, "unit": unit, "x": axis, "note": note}
        )  # fmt: skip
        for number, (e, g) in enumerate(zip(points, found, strict=True)):
            low, high = limits(e, tolerance)
            place = f" at {x[0]} {x[1][number]:g}" if x else ""
            assert low <= g <= high, f"{case}{place}: got {g:.6g} {unit}, expected {e} within {tolerance}; {source}"


def limits(expected: Any, tolerance: float | str) -> tuple[float, float]:
    """Lowest and highest value allowed about a number or a range."""
    low, high = expected if isinstance(expected, list) else (expected, expected)
    share = float(tolerance.removesuffix("%")) / 100.0 if isinstance(tolerance, str) else 0.0
    below, above = (share * abs(low), share * abs(high)) if isinstance(tolerance, str) else (tolerance, tolerance)
    return low - below, high + above


RECORDED = pytest.StashKey[list[dict[str, Any]]]()


@pytest.fixture
def validation(request: pytest.FixtureRequest) -> Any:
    """Call it as `validation(case, source, expected=, got=, tolerance=, unit=)`: asserts, and records for the page."""
    record = Validation(request.node.nodeid.split("[")[0])
    yield record
    request.config.stash[RECORDED].extend(record.cases)


@pytest.fixture
def validated(pytestconfig: pytest.Config) -> list[dict[str, Any]]:
    """The cases recorded by this run so far."""
    return pytestconfig.stash[RECORDED]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--within", type=float, default=math.inf, help="begin no test after so many seconds; say which")
    parser.addoption("--validation", action="store_true", help="run what is on docs/validation.md, and record it there")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--validation") and hasattr(config, "workerinput"):
        raise pytest.UsageError("--validation writes one record: run it in one process, without -n")
    times = int(os.environ.get("GEOTWIN_EXAMPLES", "1"))
    if times > 1:
        settings.register_profile("wide", max_examples=times * settings().max_examples, deadline=None)
        settings.load_profile("wide")
    config.stash[RECORDED] = []


@pytest.fixture(scope="session")
def copy_packages() -> Callable[..., Path]:
    """Copies our packages into a folder, leaving out what matches `without`; returns the folder."""

    def copy(folder: Path, *without: str) -> Path:
        for package in ("twin", "plant_models", "scenarios", "hil"):
            left_out = shutil.ignore_patterns("__pycache__", *without)
            shutil.copytree(VALIDATION.parents[1] / package, folder / package, ignore=left_out)
        return folder

    return copy


FIRST_PORT, LAST_PORT = 20_000, 32_000
"""Below the ports that a system gives out by itself, so that nobody takes the second of a pair in the meantime."""


@pytest.fixture
def two_ports() -> int:
    """A free TCP port whose next one is free too: the bench of the office has two, one behind the other."""
    return free_pair()


@pytest.fixture
def ports() -> Callable[[], int]:
    """As `two_ports`, for several rigs at a time."""
    return free_pair


def free_pair() -> int:
    """A free TCP port whose next one is free too."""
    for _ in range(200):
        port = random.SystemRandom().randrange(FIRST_PORT, LAST_PORT)
        with contextlib.suppress(OSError), socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", port))
            second.bind(("127.0.0.1", port + 1))
            return port
    raise AssertionError("no two ports are free")


BEGAN = time.monotonic()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What `make quick` has no time for is left to `make test`, and shown as skipped."""
    within = item.config.getoption("--within")
    if time.monotonic() - BEGAN > within:
        pytest.skip(f"not begun within {within:g} s; `make test` runs it")


def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    if config.getoption("--validation"):
        items[:] = [item for item in items if "validation" in getattr(item, "fixturenames", ())]
    if math.isinf(config.getoption("--within")):
        long = [item for item in items if item.path.name in LONGEST]
        others = [item for item in items if item.path.name not in LONGEST]
        early = len(others) // 10
        items[:] = [*others[:early], *long, *others[early:]]  # else one worker ends long after the other


LONGEST = ("test_soak_on_one_port.py", "test_vacuous.py")
"""Minutes each: they begin early, when everything is compiled."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Put the cases of the tests that ran in the place of their earlier ones; tests of files that are gone leave."""
    if not session.config.getoption("--validation"):
        return
    cases = session.config.stash[RECORDED]
    ran = {item.nodeid.split("[")[0] for item in session.items}
    kept = json.loads(VALIDATION.read_text(encoding="utf-8")) if VALIDATION.exists() else []
    root = session.config.rootpath
    kept = [case for case in kept if case["test"] not in ran and defines(root, case["test"])]
    ordered = sorted([*kept, *cases], key=lambda case: case["test"])
    lines = [json.dumps(case, ensure_ascii=False) for case in ordered]
    VALIDATION.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def defines(root: Path, test: str) -> bool:
    """Whether a test that was recorded still stands in its file."""
    file, _, function = test.partition("::")
    return (root / file).exists() and f"def {function}(" in (root / file).read_text(encoding="utf-8")
