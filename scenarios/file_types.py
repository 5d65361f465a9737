"""The kinds of value in a scenario file, each read from text and described for editors in the JSON Schema."""

import re
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from scenarios.expressions.binding import fit_constant
from scenarios.expressions.moments import Moment, read_moment
from scenarios.expressions.text import Expression, Number, parse
from scenarios.recording import Directory
from twin.errors import InputError
from twin.units import seconds
from twin.yaml_lines import Text, place_of

_NAME = r"^[A-Za-z][A-Za-z0-9_-]{0,99}$"
_EVENT = r"^[a-z][a-z0-9_]{0,99}$"
_WHOLE = r"^(0|[1-9][0-9]{0,17})$"
_LABEL = r"^[^\n\r]{1,200}$"


def setting(given: Expression, path: str, directory: Directory) -> float:
    """The number that a point is set to: a quantity in the unit of the point, or a name of its enumeration."""
    try:
        unit, names = directory.unit(path) or "1", {text: code for code, text in directory.values(path).items()}
    except InputError as error:
        given.refuse(given.root, str(error))
    if given.text in names:
        return float(names[given.text])
    if not isinstance(given.root, Number):
        allowed = f"one of {', '.join(names)}" if names else f"a number in {unit}"
        hint = "; write 1 or 0" if unit == "1" and given.text in ("on", "off", "yes", "no", "true", "false") else ""
        given.refuse(given.root, f"{path} cannot be set to {given.text!r}; expected {allowed}{hint}")
    return fit_constant(given, unit)


def _refuse(given: object, expected: str) -> InputError:
    where = place_of(given)
    return InputError(f"{where + ': ' if where else ''}{str(given)!r} is not {expected}")


def _text(given: Any, expected: str) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise _refuse(given, expected)
    return str(given)


def read_duration(given: Any) -> float:
    """A duration in seconds; below zero is refused."""
    value = seconds(_text(given, "a duration, such as 90 s"), place_of(given))
    if value < 0:
        raise _refuse(given, "a duration of zero or more")
    return value


def read_formula(given: Any) -> Expression:
    """A condition or a formula, not yet bound to names."""
    if isinstance(given, Expression):
        return given
    return parse(_text(given, "a condition, such as supply.temp > 33 degC"), place_of(given))


def read_quantity(given: Any) -> Expression:
    """A number with its unit, or a name of an enumeration; the unit is checked where the point is known."""
    expression = read_formula(given)
    if not isinstance(expression.root, Number):
        raise _refuse(expression.text, "a number with its unit, such as 33 degC") from None
    return expression


def read_whole(given: Any) -> int:
    """A whole number; `012` and `1.0` are refused."""
    text = _text(given, "a whole number")
    if re.fullmatch(_WHOLE, text) is None:
        raise _refuse(given, "a whole number")
    return int(text)


def _named(pattern: str, expected: str) -> PlainValidator:
    def read(given: Any) -> str:
        text = _text(given, expected)
        if re.fullmatch(pattern, text) is None:
            raise _refuse(given, expected)
        return given if isinstance(given, str) else text

    return PlainValidator(read)


def _plant(given: Any) -> str:
    """A ready plant's name, or the path of a plant file: beside the file that names it."""
    text = _text(given, "a plant")
    if text.endswith((".yaml", ".yml")) and isinstance(given, Text):
        return given.beside()
    if not text.endswith((".yaml", ".yml")) and re.fullmatch(_NAME, text) is None:
        raise _refuse(given, "the name of a plant, or a plant file such as my_plant.yaml")
    return given if isinstance(given, str) else text


def _beside(given: Any) -> str:
    """The path of a file that lies beside the file that names it."""
    text = _text(given, "a file")
    if re.fullmatch(r"(?s).+\.(csv|parquet)", text) is None:
        raise _refuse(given, "a file .csv, or the recording of a run (.parquet), beside this one")
    return given.beside() if isinstance(given, Text) else text


def _moment(given: Any) -> Moment:
    if isinstance(given, Moment):
        return given
    return read_moment(_text(given, "a moment: a time, an id or a condition"), place_of(given))


def described(description: str, kind: Any = "string", **more: Any) -> WithJsonSchema:
    """What editors are told of a kind of value."""
    return WithJsonSchema({"type": kind, "description": description, **more})


_DURATION = r"^\s*([0-9]+\.?[0-9]*|\.[0-9]+)\s*(ms|s|min|h|d)(\s+([0-9]+\.?[0-9]*|\.[0-9]+)\s*(ms|s|min|h|d))*\s*$"

Duration = Annotated[
    float, PlainValidator(read_duration), described("a duration: 90 s, 2 h 10 min, 3 d", pattern=_DURATION)
]
Formula = Annotated[
    Expression, PlainValidator(read_formula), described("a condition or a formula", ["string", "number"])
]
Quantity = Annotated[
    Expression, PlainValidator(read_quantity), described("a number with its unit: 33 degC", ["string", "number"])
]
Moments = Annotated[
    Moment, PlainValidator(_moment), described("a time (2 h), an id (p1_down, p1_down.end + 5 min) or a condition")
]
Whole = Annotated[
    int,
    PlainValidator(read_whole),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": _WHOLE}]}),
]
Name = Annotated[
    str,
    _named(_NAME, "a name: letters, digits, - and _, beginning with a letter"),
    described("a name", pattern=_NAME),
]
PlantName = Annotated[
    str,
    PlainValidator(_plant),
    described("a ready plant, or a plant file beside this one", pattern=r"^([A-Za-z][A-Za-z0-9_-]*|.+\.ya?ml)$"),
]
BesideName = Annotated[
    str, PlainValidator(_beside), described("a file .csv or .parquet beside this one", pattern=r"^.+\.(csv|parquet)$")
]
EventId = Annotated[
    str,
    _named(_EVENT, "an id: small letters, digits and _, beginning with a letter"),
    described("an id that other lines refer to", pattern=_EVENT),
]
Label = Annotated[
    str,
    _named(_LABEL, "a name of one line, of up to 200 characters"),
    described("a name of one line", pattern=_LABEL),
]
Line = Annotated[
    str,
    _named(r"(?s)^.{1,2000}$", "a text of one to 2000 characters"),
    described("a text", minLength=1, maxLength=2000),
]
