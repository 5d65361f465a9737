"""Names of registers from the words of a table: letters, digits and _, each once in a device."""

import re
import unicodedata

_SPELT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ø": "oe", "æ": "ae", "°": "deg"}
)
_GOOD = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_LONGEST = 60


def register_name(text: str, otherwise: str) -> str:
    """The words of a table as a name; `otherwise` where none of its letters can be written in ASCII."""
    if _GOOD.fullmatch(text) and len(text) <= _LONGEST:
        return text
    letters = unicodedata.normalize("NFKD", text.translate(_SPELT)).encode("ascii", "ignore").decode("ascii")
    name = re.sub(r"[^a-z0-9]+", "_", letters.casefold()).strip("_")[:_LONGEST].strip("_")
    if not name:
        return otherwise
    return name if name[0].isalpha() else f"r_{name}"


class Names:
    """The names that a device has so far."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def once(self, name: str) -> str:
        """The name itself, or with a number behind it where it is taken."""
        found = name
        while found in self._taken:
            self._next[name] = self._next.get(name, 1) + 1
            found = f"{name}_{self._next[name]}"
        self._taken.add(found)
        return found
