"""A phase of a tick as a list of steps, and the compiled function that takes them in that order."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from twin.errors import unknown
from twin.kernel import kernel


class Step(NamedTuple):
    """One kernel of a phase, and what it is given: tables by their names, the first one its own, and `dt`."""

    kernel: Any
    given: str

    @property
    def name(self) -> str:
        """File and function of the kernel, such as `pump.actuate`."""
        return f"{self.kernel.__module__.rpartition('.')[2]}.{self.kernel.__name__}"

    @property
    def tables(self) -> list[str]:
        """The names of the tables that it is given."""
        return [word for word in self.given.split() if word != "dt"]


def phase(name: str, steps: Sequence[Step], tables: Sequence[str]) -> Any:
    """A kernel `name(t, dt)` that calls all steps in order with the tables of `t`; dt [s].

    tables: the names that a step may use; InputError names the step that uses another
    The kernel is made of text, one call a line: compiled code cannot go through a list of kernels.
    """
    calls = []
    for number, step in enumerate(steps):
        for table in step.tables:
            if table not in tables:
                raise unknown("table", table, tables, f"{name}: {step.name}")
        given = ", ".join(word if word == "dt" else f"t.{word}" for word in step.given.split())
        calls.append(f"    step_{number}({given})\n")
    names: dict[str, Any] = {"__name__": __name__, **{f"step_{n}": step.kernel for n, step in enumerate(steps)}}
    exec(compile(f"def {name}(t, dt):\n{''.join(calls)}", __file__, "exec"), names)  # noqa: S102  (our own text)
    return kernel(names[name])
