"""The plugin for pytest: fixtures `rig`, `plant` and `controller`, scenario files as tests, marks for requirements."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hil.runs.folder import MARK

if TYPE_CHECKING:
    from hil.testing.rig import Rig

_SCENARIO = re.compile(r"^scenario:", re.MULTILINE)
_HEAD = 20_000
"""Within so many characters a scenario file has its first key."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("geotwin")
    group.addoption("--geotwin-controller", metavar="NAME", help="the controller of fixtures and scenario files")
    group.addoption("--geotwin-out", metavar="DIR", default="runs", help="folder for results of scenario files")


def pytest_configure(config: pytest.Config) -> None:
    """The marks of the plugin."""
    config.addinivalue_line("markers", "requirement(id, ...): the requirements that a test is about, for JUnit")
    config.addinivalue_line("markers", "plant(name): the plant of the fixtures, instead of the office")


@pytest.fixture
def plant(request: pytest.FixtureRequest) -> str:
    """The plant of `rig`: that of the mark `plant`, else the office. Override it for a file of yours."""
    mark = request.node.get_closest_marker("plant")
    return str(mark.args[0]) if mark else "office"


@pytest.fixture
def controller(request: pytest.FixtureRequest) -> str | Callable[[Any], Any]:
    """The controller of `rig`: --geotwin-controller, else the reference. Override it for one of yours."""
    return request.config.getoption("--geotwin-controller") or "reference"


@pytest.fixture
def rig(plant: str, controller: str | Callable[[Any], Any]) -> "Rig":
    """The plant with its devices and the controller, at plant time 0 s."""
    from hil.testing.rig import Rig  # noqa: PLC0415  (seconds to import: for tests that ask for it)

    return Rig(plant, controller)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ScenarioFile | None":
    """A YAML file with the key `scenario` is a test."""
    if file_path.suffix not in (".yaml", ".yml") or not file_path.is_file():
        return None
    if (file_path.parent / MARK).exists():  # of a run, whose folder keeps the scenario as it was run
        return None
    with file_path.open(encoding="utf-8", errors="replace") as opened:
        if not _SCENARIO.search(opened.read(_HEAD)):
            return None
    made: ScenarioFile = ScenarioFile.from_parent(parent, path=file_path)
    return made


class ScenarioFile(pytest.File):
    """A scenario file."""

    def collect(self) -> Iterator["ScenarioItem"]:
        """One test: the run of the scenario."""
        yield ScenarioItem.from_parent(self, name=self.path.stem)


class ScenarioItem(pytest.Item):
    """The run of a scenario file; it passes where its verdict is pass or warn."""

    def runtest(self) -> None:
        """Run it, and keep what JUnit is to know."""
        from hil.testing.judged import complaint, judged  # noqa: PLC0415  (seconds to import)

        out = self.config.rootpath / self.config.getoption("--geotwin-out")
        result = judged(self.path, self.config.getoption("--geotwin-controller") or "reference", out)
        known = {outcome.requirement for outcome in result.outcomes if outcome.requirement}
        self.user_properties += [("requirement", str(requirement)) for requirement in sorted(known)]
        self.user_properties.append(("report", str(out / str(result.name) / "report.html")))
        if said := complaint(result):
            raise ScenarioError(f"{result.name}: {result.verdict}\n{said}\nreport: {out / result.name / 'report.html'}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What a person needs: the verdicts, or what is wrong with the file; no trace of ours."""
        from twin.errors import InputError  # noqa: PLC0415

        if isinstance(excinfo.value, ScenarioError | InputError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it stands."""
        return self.path, None, f"scenario {self.name}"


class ScenarioError(AssertionError):
    """A scenario did not pass."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every requirement of a mark becomes a property of its test."""
    for item in items:
        for mark in item.iter_markers("requirement"):
            item.user_properties += [("requirement", str(one)) for one in mark.args]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The requirements that the tests were about, each with how they ended."""
    found: dict[str, list[str]] = {}
    for outcome in ("passed", "failed", "skipped"):
        for report in terminalreporter.getreports(outcome):
            for name, value in getattr(report, "user_properties", ()):
                if name == "requirement" and (report.when == "call" or outcome != "passed"):
                    found.setdefault(str(value), []).append(outcome)
    if found:
        terminalreporter.section("requirements")
        for requirement, outcomes in sorted(found.items()):
            counts = {outcome: outcomes.count(outcome) for outcome in dict.fromkeys(outcomes)}
            terminalreporter.line(f"{requirement}: {', '.join(f'{number} {word}' for word, number in counts.items())}")
