"""What a table's row has become: the keys of a register, or why it is none."""

from dataclasses import dataclass, field

from hil.plain_text import one_line

Key = str | dict[int, str] | tuple[str, ...]


class NotUnderstoodError(ValueError):
    """A cell says nothing that is known here; the message says why."""


@dataclass
class Entry:
    """One row of a table.

    place: file and row. text: the row as it was delivered, in one line
    keys:  what stands for it in a device file, in its order; empty for a heading
    lost:  why it is no register, empty where it is one; such rows become comments
    notes: cells that were not understood, but without which it is a register all the same
    ideas: points that may be meant, the nearest first
    """

    place: str
    text: str
    keys: dict[str, Key] = field(default_factory=dict)
    lost: str = ""
    notes: list[str] = field(default_factory=list)
    ideas: list[str] = field(default_factory=list)

    @property
    def register(self) -> bool:
        """Whether the row is a register."""
        return bool(self.keys) and not self.lost


@dataclass
class Table:
    """All rows of a table, what was guessed about it, and where it came from."""

    name: str
    entries: list[Entry] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)

    def guess(self, text: str) -> None:
        """Keep what was guessed, once."""
        if text not in self.guesses:
            self.guesses.append(text)


def cut(text: str, most: int = 300) -> str:
    """A text of a table's on one line, fit to be shown, and not longer than so many characters."""
    line = one_line(text)
    return line if len(line) <= most else line[: most - 3] + "..."
