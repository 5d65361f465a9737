"""Types of values as makers write them: INT16, S16, unsigned int, DWORD, REAL, FLOAT (CDAB), STRING[8]."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from hil.bus.maps.register_types import TYPES
from hil.tables.entry import NotUnderstoodError
from hil.tables.words import phrase, plain

_ORDER = re.compile(r"\b(ABCD|CDAB|BADC|DCBA)\b", re.IGNORECASE)
_EXACT = {
    "word": "uint16", "dword": "uint32", "lword": "uint64", "qword": "uint64", "byte": "uint8", "usint": "uint8",
    "sint": "int8", "dint": "int32", "udint": "uint32", "lint": "int64", "ulint": "uint64", "short": "int16",
    "ushort": "uint16", "long": "int32", "ulong": "uint32", "longlong": "int64", "real": "float32", "single": "float32",
    "double": "float64", "lreal": "float64", "char": "string", "sunssf": "int16", "pad": "uint16", "digital": "bool",
    "binary": "bool", "binar": "bool", "logical": "bool", "logisch": "bool", "booleen": "bool", "coil": "bool",
    "wort": "uint16", "doppelwort": "uint32", "mot": "uint16", "entier": "int", "ganzzahl": "int",
}  # fmt: skip
_FAMILIES = (
    ("string", r"string|char|ascii|text|zeichenkette|chaine|str"),
    ("bcd", r"bcd"),
    ("bitfield", r"bit ?field|bit ?map|bit ?mask|flags?|bits|bitfeld|bitleiste"),
    ("enum", r"enum|enumeration|aufzahlung|list|liste"),
    ("bool", r"bool|boolean|on off|ein aus|bit|1 bit"),
    ("float", r"(ieee )?(float|real|single)?( ieee)?|ieee|f|flt|gleitkomma|fliesskomma|virgule flottante|flottant"),
    ("uint", r"u|ui|uint|unsigned|uinteger|unsigned int|unsigned integer|acc|ohne vorzeichen|non signe|uword|word|hex"),
    ("int", r"i|s|si|int|sword|integer|signed|signed int|signed integer|mit vorzeichen|signe|entier|ganzzahl"),
)  # fmt: skip
_SIZES = {
    "int": {8: "int8", 16: "int16", 24: "int24", 32: "int32", 48: "int48", 64: "int64"},
    "uint": {8: "uint8", 16: "uint16", 24: "uint24", 32: "uint32", 48: "uint48", 64: "uint64"},
    "float": {32: "float32", 64: "float64"},
    "bcd": {16: "bcd16", 32: "bcd32"},
    "bitfield": {16: "bitfield", 32: "uint32", 64: "uint64"},
    "enum": {16: "enum", 32: "uint32"},
    "bool": {1: "bool", 16: "bool"},
}
_UNSIGNED, _FILLING = {"unsigned", "ohne", "non", "u"}, {"bit", "bits", "de", "sur", "a"}
_WHOLE = {
    "int",
    "integer",
    "entier",
    "ganzzahl",
    "signed",
    "signe",
    "mit",
    "vorzeichen",
    "word",
    "dword",
    "wort",
    "mot",
}
_LONG = {"short": 16, "word": 16, "wort": 16, "mot": 16, "long": 32, "dword": 32, "double": 32}
_USUAL = {"int": 16, "uint": 16, "float": 32, "bcd": 16, "bitfield": 16, "enum": 16, "bool": 1}


@dataclass(frozen=True)
class ValueType:
    """A type: its name, the family whose size may follow from the number of registers ("" where it is fixed).

    order: of its bytes, where it says so. length: of a string, in registers, where it says so
    """

    name: str
    family: str = ""
    order: str = ""
    length: int = 0

    def in_words(self, words: int) -> "ValueType":
        """The same where it takes so many registers; NotUnderstoodError where it cannot."""
        if not words or self.name == "string":
            return self if not words else replace(self, length=words)
        if TYPES[self.name].words == words:
            return self
        if self.family and 16 * words in _SIZES[self.family]:
            return replace(self, name=_SIZES[self.family][16 * words])
        raise NotUnderstoodError(f"a {self.name} takes {TYPES[self.name].words} registers, not {words}")


def value_type(text: str, own: Mapping[str, str], orders: Mapping[str, str]) -> ValueType:
    """The type that a cell names; NotUnderstoodError for one that is not known. own: words of the mapping file."""
    named = plain(text)
    if named in own:
        return ValueType(own[named])
    order = _ORDER.search(text)
    told = order[1].upper() if order else phrase(text, orders)
    bare = named.replace(order[1].lower(), " ") if order else named
    for word in orders if told else ():
        bare = f" {bare} ".replace(f" {word} ", " ") if len(word) > 4 else bare
    bare = " ".join(re.sub(r"\b(?:be|le|number|value|type|register|registers|zahl|wert)\b", " ", bare).split())
    found = _known(bare)
    if found is None:
        raise NotUnderstoodError(f"the type {text!r} is not known")
    return replace(found, order=told if TYPES[found.name].words > 1 else "")


def _known(bare: str) -> ValueType | None:
    if bare in TYPES and bare not in ("bit", "enum", "bitfield", "string"):
        return ValueType(bare)
    joined = bare.replace(" ", "")
    if joined in _EXACT:
        name = _EXACT[joined]
        return ValueType("int16", "int") if name == "int" else ValueType(name)
    bare = bare.replace("ieee 754", "ieee").replace("ieee754", "ieee")
    size = re.search(r"\d+", bare)
    stem = " ".join(re.sub(r"\d+", " ", bare).split())
    sized = int(size[0]) if size else 0
    for candidate in (re.sub(r"\b(?:bits?|t)\b", "", stem).strip(), stem):
        for family, pattern in _FAMILIES:
            if candidate and re.fullmatch(pattern, candidate):
                return _sized(family, sized)
    tokens = set(stem.split()) - _FILLING
    family = "uint" if tokens & _UNSIGNED else "int"
    sized = sized or next((_LONG[token] for token in tokens if token in _LONG), 0)
    return _sized(family, sized) if tokens and tokens <= {*_UNSIGNED, *_WHOLE, *_LONG} else None


def _sized(family: str, size: int) -> ValueType | None:
    if family == "string":
        return ValueType("string", length=-(-size // 2))
    if family == "bool" and size in (16, 32):
        return ValueType(_SIZES["uint"][size])
    if not size:
        return ValueType(_SIZES[family][_USUAL[family]], family)
    name = _SIZES[family].get(size)
    return None if name is None else ValueType(name)
