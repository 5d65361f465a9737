"""What a user is told when something given is wrong."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import SequenceMatcher

_SHOWN = 12
_ALIKE = 0.6
_LONGEST_NAME = 200
_LONGEST, _MOST_PARTS = 1500, 100
"""Characters of one message, and mistakes that are told at once."""
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_PLACED = re.compile(r"[^:\n]+:\d+(:\d+)?: ")
_WORDS = re.compile(r"[^\W_]+")


def _one_line(message: str) -> str:
    """The message on one line that cannot hurt its reader: control characters as their escapes, the middle cut out."""
    if len(message) > _LONGEST:
        message = f"{message[: _LONGEST // 2]} ... {message[-_LONGEST // 2 :]}"
    return _UNSHOWN.sub(lambda sign: ascii(sign[0])[1:-1], message)


class InputError(ValueError):
    """Something given from outside is wrong; the message says what, where, what was given and what is allowed.

    Shown to a person as one line, without a traceback; the command exits with 2.

    nearest: the right name that was probably meant, empty where none is near; allowed: what may be given
    """

    def __init__(self, message: str, nearest: str = "", allowed: Sequence[str] = ()) -> None:
        super().__init__(_one_line(message))
        self.nearest, self.allowed = nearest, tuple(allowed)

    @property
    def parts(self) -> tuple["InputError", ...]:
        """The mistakes that are told at once: this one."""
        return (self,)

    def under(self, prefix: str) -> "InputError":
        """The same error with words in front, such as the place in a file."""
        return InputError(f"{prefix}: {self}" if prefix else str(self), self.nearest, self.allowed)

    def at(self, place: str) -> "InputError":
        """The same error with a place in front, unless it tells one of its own."""
        return self if _PLACED.match(str(self)) else self.under(place)


class JoinedInputError(InputError):
    """Several mistakes told at once, one a line; of very many only the first ones."""

    def __init__(self, parts: Sequence[InputError]) -> None:
        unique = {str(part): part for part in parts}
        told = list(unique.values())[:_MOST_PARTS]
        if len(unique) > len(told):
            told.append(InputError(f"{len(unique) - len(told)} more mistakes are not told"))
        super().__init__("")
        self.args = ("\n".join(map(str, told)),)
        self._parts = tuple(told)

    @property
    def parts(self) -> tuple[InputError, ...]:
        """The mistakes, in the order in which they were found."""
        return self._parts

    def under(self, prefix: str) -> InputError:
        """The same errors, each with words in front."""
        return JoinedInputError([part.under(prefix) for part in self._parts])

    def at(self, place: str) -> InputError:
        """The same errors, each with a place in front unless it tells one of its own."""
        return JoinedInputError([part.at(place) for part in self._parts])


class RigError(Exception):
    """The rig itself could not do its work (a port taken, a broker gone); the command exits with 3."""

    def __init__(self, message: str) -> None:
        super().__init__(_one_line(message))


class Gathered:
    """The mistakes of steps that do not need one another, to be told all at once.

    found = Gathered()
    for entry in entries:
        with found.trying():
            check(entry)
    found.tell()
    """

    def __init__(self) -> None:
        self.parts: list[InputError] = []

    @contextmanager
    def trying(self, prefix: str = "") -> Iterator[None]:
        """Keep an InputError from within for later, with words in front."""
        try:
            yield
        except InputError as error:
            self.parts += error.under(prefix).parts
        if len(self.parts) > _MOST_PARTS:
            raise JoinedInputError([*self.parts[:_MOST_PARTS], InputError("what follows was not looked at")])

    def tell(self) -> None:
        """Raise what was gathered, if anything was."""
        if len(self.parts) == 1:
            raise self.parts[0]
        if self.parts:
            raise JoinedInputError(self.parts)


def near(name: str, allowed: Iterable[str]) -> str:
    """The allowed name that was probably meant; empty where none is near.

    Case and the order of words do not matter, and a name that contains the word goes before one that looks like it.
    """
    word = name.casefold()
    if len(word) > _LONGEST_NAME:
        return ""
    words = sorted(_WORDS.findall(word))
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(word)
    best, nearest = 0.0, ""
    for known in sorted(set(allowed)):
        other = known.casefold()
        matcher.set_seq1(other)
        if other == word or sorted(_WORDS.findall(other)) == words:
            score = 3.0
        elif (len(word) > 2 and word in other) or word in other.split("_"):
            score = 1.0 + len(word) / len(other)
        elif any(most() < _ALIKE or most() <= best for most in (matcher.real_quick_ratio, matcher.quick_ratio)):
            continue
        else:
            score = matcher.ratio()
        if score > best and score >= _ALIKE:
            best, nearest = score, known
    return nearest


def nearest(name: str, allowed: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the closest allowed name, or `; allowed: a, b, c` where none is close."""
    names = sorted(set(allowed))
    return _told_nearest(near(name, names), names)


def _told_nearest(close: str, names: Sequence[str]) -> str:
    if close:
        return f"; did you mean {close!r}?"
    more = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"; allowed: {', '.join(names[:_SHOWN])}{more}" if names else ""


def unknown(what: str, name: str, allowed: Iterable[str], where: str = "") -> InputError:
    """The error for a name that does not exist: `scenario x.yaml:3: no point 'leaving_tmp'; did you mean ...`."""
    names = sorted(set(allowed))
    close = near(name, names)
    return InputError(f"no {what} {name!r}{_told_nearest(close, names)}", close, names).under(where)
