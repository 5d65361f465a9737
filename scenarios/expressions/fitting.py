"""Units of terms: what a quantity is, and how terms are brought to one unit.

Temperatures: a temperature is in degC, a difference of temperatures in K, and the two never mix.
"""

from scenarios.expressions.term import CLOCK, TEMPERATURE, Term
from scenarios.expressions.text import Expression, Node, Number
from twin.errors import InputError
from twin.units import convert

CLOCK_EXAMPLE = "time_of_day >= 06:30"
_OTHER_SCALES = ("°C", "celsius", "degF", "°F", "fahrenheit")


def constant(expression: Expression, node: Number) -> Term:
    """A quantity in the unit that it is written in; InputError where that is none."""
    try:
        if node.unit in _OTHER_SCALES:
            return Term("constant", TEMPERATURE, value=convert(node.value, node.unit, TEMPERATURE))
        if node.unit not in ("", CLOCK):
            convert(1.0, node.unit, node.unit if node.unit == TEMPERATURE else _plain(node.unit))
    except InputError:
        expression.refuse(node, f"{node.unit!r} is not a unit")
    return Term("constant", node.unit or "1", value=node.value)


def fitted(expression: Expression, node: Node, terms: list[Term]) -> tuple[Term, ...]:
    """The terms in one unit: that of the first one which is not a constant."""
    unit = next((term.unit for term in terms if term.op != "constant"), terms[0].unit)
    return tuple(to_unit(expression, node, term, unit) for term in terms)


def to_unit(expression: Expression, node: Node, term: Term, unit: str) -> Term:
    """The term in `unit`; InputError where it does not fit."""
    if term.unit == unit:
        return term
    if term.op == "constant" and term.unit == "1":
        expression.refuse(node, f"{term.value:g} has no unit; expected a quantity in {unit}")
    if CLOCK in (term.unit, unit):
        expression.refuse(node, f"a time of day is compared with another, as in {CLOCK_EXAMPLE}")
    if TEMPERATURE in (term.unit, unit):
        rule = "a temperature is in degC, a difference of temperatures in K"
        expression.refuse(node, f"{term.unit} does not fit {unit}: {rule}")
    try:
        if term.op == "constant":
            return Term("constant", unit, value=convert(term.value, term.unit, unit))
        factor = Term("constant", "1", value=convert(1e6, term.unit, unit) / 1e6)
    except InputError as error:
        expression.refuse(node, f"{term.unit} does not fit {unit}: {error}")
    return Term("*", unit, (factor, term))


def _plain(unit: str) -> str:
    """The unit itself in another spelling, so that converting to it proves that it is a unit."""
    return f"1*{unit}" if not unit.startswith("%") else f"percent{unit[1:]}"
