"""Words that tables use, by what they mean; a mapping file of the user's adds its own, which go first."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from hil.bus.maps.register_fields import one_of
from hil.bus.maps.register_types import ORDERS_WIDE, TABLES, TYPES
from twin.errors import InputError, unknown
from twin.units import is_unit
from twin.yaml_lines import FileModel, load, place_of, read, validate

MEANINGS = (
    "address", "name", "comment", "type", "table", "unit", "factor", "divisor", "decimals", "offset", "access",
    "function", "values", "min", "max", "length", "order", "bit", "missing", "point", "index",
)  # fmt: skip
"""What a column may hold."""
_SPACE = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """A text without case, accents and punctuation: `Zugriff (L/S)` is `zugriff l s`."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return _SPACE.sub(" ", "".join(one for one in letters if not unicodedata.combining(one))).strip()


def _words_of(what: str, known: Any) -> BeforeValidator:
    """A mapping from what is known to words: one text, or a list of texts."""

    def listed(given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        for key in given:
            if known is not None and key not in known:
                raise unknown(what, str(key), known, place_of(key))
        return {key: tuple(words) if isinstance(words, list) else (words,) for key, words in given.items()}

    return BeforeValidator(listed)


class _Units:
    """Every unit that can be converted is known."""

    def __contains__(self, unit: object) -> bool:
        return is_unit(str(unit))

    def __iter__(self) -> Iterator[str]:
        return iter(("degC", "kW", "m3/h", "%", "1"))


_LISTED = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
Words = Annotated[dict[str, tuple[str, ...]], WithJsonSchema({"type": "object", "additionalProperties": _LISTED})]


class MappingFile(FileModel):
    """What a maker's words mean, where the words that are known do not do; and what a table does not say.

    columns: the words (or the numbers, from 1) of columns by what they hold
    """

    columns: Annotated[Words, _words_of("meaning of a column", MEANINGS)] = Field(default={})
    access: Annotated[Words, _words_of("access", ("r", "w", "rw"))] = Field(default={})
    tables: Annotated[Words, _words_of("table", TABLES)] = Field(default={})
    orders: Annotated[Words, _words_of("order", ORDERS_WIDE)] = Field(default={})
    numberings: Annotated[Words, _words_of("numbering", ("zero", "one"))] = Field(default={})
    types: Annotated[Words, _words_of("type", TYPES)] = Field(default={})
    units: Annotated[Words, _words_of("unit", _Units())] = Field(default={})
    points: Annotated[Words, _words_of("word of a point", None)] = Field(default={})
    device: str = ""
    source: str = ""
    sheet: str = ""
    header: Annotated[int | None, Field(ge=1, description="row of the header; found by its words if left out")] = None
    unit: Annotated[int | None, Field(ge=0, le=255, description="unit id in a Telegraf file of several")] = None
    numbering: Literal["", "zero", "one", "manual"] = ""
    factors: Literal["", "multiply", "divide"] = ""
    decimal: Literal["", ",", "."] = ""
    order: Annotated[str, BeforeValidator(one_of("order", ("", *ORDERS_WIDE)))] = ""
    table: Annotated[str, BeforeValidator(one_of("table", ("", *TABLES)))] = ""
    type: Annotated[str, BeforeValidator(one_of("type", ("", *TYPES)))] = ""


class Vocabulary:
    """The words of a mapping file and those that are known, looked up by `plain` text.

    columns: words of headers by their meaning; meanings: the same, the other way round
    """

    def __init__(self, own: MappingFile) -> None:
        self.own, shipped = own, _shipped()
        self.columns = _both(own.columns, shipped.columns)
        self.meanings: dict[str, list[str]] = {}
        for meaning, known in self.columns.items():
            for word in known:
                self.meanings.setdefault(word, []).append(meaning)
        self.access = _looked_up(own.access, shipped.access)
        self.tables = _looked_up(own.tables, shipped.tables)
        self.orders = _looked_up(own.orders, shipped.orders)
        self.numberings = _looked_up(own.numberings, shipped.numberings)
        self.types = _looked_up(own.types, shipped.types)
        self.points = _both(own.points, shipped.points)
        self.units = {
            word: unit for words in (shipped.units, own.units) for unit, all_ in words.items() for word in all_
        }


def _both(own: Words, shipped: Words) -> dict[str, list[str]]:
    names = dict.fromkeys((*own, *shipped))
    return {name: [plain(word) for word in (*own.get(name, ()), *shipped.get(name, ()))] for name in names}


def _looked_up(own: Words, shipped: Words) -> dict[str, str]:
    return {plain(word): name for words in (shipped, own) for name, all_ in words.items() for word in all_}


def phrase(text: str, words: Mapping[str, str], shortest: int = 5) -> str:
    """What the longest known phrase within a text means; empty where none is in it."""
    spaced = f" {plain(text)} "
    inside = [word for word in words if len(word) >= shortest and f" {word} " in spaced]
    return words[max(inside, key=len)] if inside else ""


@cache
def _shipped() -> MappingFile:
    file = resources.files("hil") / "tables" / "words.yaml"
    return validate(MappingFile, load(file.read_text(encoding="utf-8"), "words.yaml"))


def read_mapping(path: str) -> MappingFile:
    """A mapping file; InputError with the place of what is wrong in it."""
    found = validate(MappingFile, read(Path(path)))
    numbered = [word for words in found.columns.values() for word in words if word.isdecimal()]
    if found.header is None and numbered and all(w.isdecimal() for words in found.columns.values() for w in words):
        raise InputError(
            f"{path}:1:1: columns are named by numbers only: say with `header` which row is the last before the data"
        )
    return found
