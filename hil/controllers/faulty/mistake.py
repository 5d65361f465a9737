"""How a mistake is told: its name, the clause of the sequence that it breaks, and what it changes in a program."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

Change = Callable[[Any], None]


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    sentence: what the controller does wrong
    clause:   of docs/sequences that it breaks; breaks: requirements of the library that are about it
    change:   done to a sound program that has just been made; settings: numbers that are others
    """

    name: str
    sentence: str
    clause: str
    breaks: tuple[str, ...]
    change: Change | None = None
    settings: dict[str, Any] = field(default_factory=dict)

    def of(self, program: type[Any]) -> type[Any]:
        """The program with this mistake."""
        mistake = self

        class Faulty(program):  # type: ignore[misc]
            breaks = mistake.breaks
            clause = mistake.clause

            def __init__(self, link: Any, wiring: Any, settings: Any) -> None:
                super().__init__(link, wiring, replace(settings, **mistake.settings))
                if mistake.change is not None:
                    mistake.change(self)

        Faulty.__doc__ = f"{self.sentence} ({self.clause})"
        Faulty.__name__ = Faulty.__qualname__ = "".join(word.capitalize() for word in self.name.split("_"))
        return Faulty


class Mistakes:
    """The mistakes of a kind of program, in the order in which they are told."""

    def __init__(self, *more: "Mistakes") -> None:
        """more: those of its parts."""
        self._told: dict[str, Mistake] = {}
        for other in more:
            self._told |= other._told

    def numbers(self, name: str, sentence: str, clause: str, *breaks: str, **settings: Any) -> None:
        """Tell of one that is other numbers only."""
        self._add(Mistake(name, sentence, clause, breaks, None, settings))

    def mistake(self, clause: str, *breaks: str, **settings: Any) -> Callable[[Change], Change]:
        """Tell of one that is a function: its name is that of the mistake, its docstring says what is done wrong."""

        def told(change: Change) -> Change:
            sentence = (change.__doc__ or "").strip()
            self._add(Mistake(change.__name__, sentence, clause, breaks, change, settings))
            return change

        return told

    def of(self, program: type[Any]) -> dict[str, type[Any]]:
        """The program with each of the mistakes, by their names."""
        return {name: mistake.of(program) for name, mistake in self._told.items()}

    def only(self, *names: str) -> "Mistakes":
        """These of them, where a program has some of the parts."""
        chosen = Mistakes()
        chosen._told = {name: self._told[name] for name in names}
        return chosen

    def __iter__(self) -> Iterator[Mistake]:
        return iter(self._told.values())

    def _add(self, mistake: Mistake) -> None:
        if mistake.name in self._told:
            raise ValueError(f"two mistakes are called {mistake.name}")
        self._told[mistake.name] = mistake


def never(*_: Any, **__: Any) -> None:
    """Takes the place of something that is to be done."""


class Believed:
    """What a part sees, with one place of somebody's choice."""

    def __init__(self, view: Any, place: int, value: float) -> None:
        self._view, self._place, self._value = view, place, value

    def __getitem__(self, place: int) -> float:
        return self._value if place == self._place else float(self._view[place])


def believe(part: Any, place: int, value: float) -> None:
    """Let a part of a program see a value of somebody's choice at a place."""
    part._view = Believed(part._view, place, value)


def count_as(part: Any, hours: float) -> None:
    """Let a pump or a unit count so many run hours for its program."""
    part._run_hours = -1
    believe(part, part._run_hours, hours)
