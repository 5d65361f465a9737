"""An expression with its names looked up and its units made to fit: a tree of terms ready to be evaluated.

Temperatures: a temperature is in degC, a difference of temperatures in K, and the two never mix.
"""

from collections.abc import Callable
from functools import reduce
from typing import NoReturn

from scenarios.expressions.fitting import CLOCK_EXAMPLE, constant, fitted, to_unit
from scenarios.expressions.term import CLOCK, DIFFERENCE, TEMPERATURE, YES_NO, Term, difference, product
from scenarios.expressions.text import (
    COMPARISONS,
    HELD,
    SINCE,
    TIME_OF_DAY,
    WITHIN,
    Expression,
    Node,
    Number,
    Operation,
    Signal,
    is_event,
)
from scenarios.recording import Directory
from twin.errors import InputError, near, unknown
from twin.units import convert

_GATHERED = {"and": "and", "or": "or", "any": "or", "all": "and"}
LOCAL_TIME = "rig.local_time"
"""Local standard time of the plant, in seconds since a midnight."""
_AS_IT_WAS = ("previous", "at_trigger")


def bind_condition(expression: Expression, directory: Directory, triggered: bool = False) -> Term:
    """The expression as a condition. Raises InputError for unknown names and units that do not fit.

    triggered: it belongs to a criterion with a trigger, so that at_trigger(..) and before(..) have a meaning
    """
    binder = _Binder(expression, directory, triggered)
    return binder.condition(expression.root)


def bind_number(expression: Expression, directory: Directory, triggered: bool = False) -> Term:
    """The expression as a number with a unit; a condition counts as 1 or 0."""
    binder = _Binder(expression, directory, triggered)
    return binder.number(expression.root)


def fit_constant(expression: Expression, unit: str) -> float:
    """A single quantity as a number in `unit`; InputError where it does not fit (a difference for a temperature)."""
    binder = _Binder(expression, _NOTHING)
    return to_unit(expression, expression.root, binder.term(expression.root), unit).value


class _Nothing:
    """The directory without a path."""

    def unit(self, path: str) -> str:
        raise InputError(f"expected a number with its unit, got {path!r}")

    def paths(self) -> tuple[str, ...]:
        return ()

    def values(self, path: str) -> dict[int, str]:
        raise InputError(f"{path!r} has no values")


_NOTHING = _Nothing()


class _Binder:
    def __init__(self, expression: Expression, directory: Directory, triggered: bool = False) -> None:
        self.expression, self.directory, self.triggered = expression, directory, triggered

    def condition(self, node: Node) -> Term:
        term = self.term(node)
        if term.unit == YES_NO:
            return term
        if term.unit != "1" or term.op == "constant":
            self.expression.refuse(node, f"this is a number in {term.unit}, not a yes or no; compare it with something")
        return Term("truth", YES_NO, (term,))

    def number(self, node: Node) -> Term:
        term = self.term(node)
        return Term("number", "1", (term,)) if term.unit == YES_NO else term

    def term(self, node: Node) -> Term:
        if isinstance(node, Number):
            return constant(self.expression, node)
        if isinstance(node, Signal):
            return Term("read", self.unit(node), path=node.path)
        if node.name in _GATHERED:
            name = _GATHERED[node.name]
            return reduce(lambda a, b: Term(name, YES_NO, (a, b)), [self.condition(n) for n in node.operands])
        return _BY_NAME.get(node.name, _Binder.function)(self, node)

    def time_of_day(self, node: Operation) -> Term:
        """Local standard time of the plant, as the rig shows it to controllers."""
        self.unit(Signal(LOCAL_TIME, node.column))
        return Term(TIME_OF_DAY, CLOCK, (Term("read", "s", path=LOCAL_TIME),))

    def since(self, node: Operation) -> Term:
        """`since(p1_down)`, `since(p1_down.end)`, or since a condition became true."""
        if len(node.operands) != 1:
            self.expression.refuse(node, "since(..) takes one event of the timeline, or one condition")
        of = node.operands[0]
        if isinstance(of, Signal) and is_event(of.path):
            return Term(SINCE, "s", event=of.path)
        return Term(SINCE, "s", (self.condition(of),))

    def previous(self, node: Operation) -> Term:
        """`previous(x)`, the value before this one, or `previous(x, 5 min)`, the one that held so long ago."""
        if len(node.operands) > 2:
            self.expression.refuse(node, "previous(..) takes a signal, and a time such as 5 min")
        inner = self.number(node.operands[0])
        ago = self.width(node, node.operands[1]) if len(node.operands) == 2 else 0.0
        return Term("previous", inner.unit, (inner,), value=ago)

    def count(self, node: Operation) -> Term:
        """`count(hp_1.running, 1 h)`: how often it became true in the last hour."""
        if len(node.operands) != 2:
            self.expression.refuse(node, "count(..) takes a condition and a time, such as 1 h")
        return Term("count", "1", (self.condition(node.operands[0]),), value=self.width(node, node.operands[1]))

    def held(self, node: Operation) -> Term:
        """`hp_1.running held for 5 min`."""
        inner = self.condition(node.operands[0])
        if inner.momentary:
            self.expression.refuse(node, "what holds for a moment only is never held for a time")
        return Term(HELD, YES_NO, (inner,), value=self.width(node, node.operands[1]))

    def within(self, node: Operation) -> Term:
        """`within 5 s of hp_1.running`: before or after."""
        return Term(WITHIN, YES_NO, (self.condition(node.operands[0]),), value=self.width(node, node.operands[1]))

    def width(self, node: Operation, given: Node) -> float:
        """A time above zero [s] that is an operand of `node`."""
        window = to_unit(self.expression, given, self.number(given), "s")
        if window.op != "constant" or window.value <= 0.0:
            self.expression.refuse(node, f"{node.name} takes a time above zero, such as 20 min")
        return window.value

    def numbers(self, node: Operation) -> list[Term]:
        """The operands of a calculation, each a number; a time of day is none."""
        terms = [self.number(operand) for operand in node.operands]
        if any(term.unit == CLOCK for term in terms):
            self.expression.refuse(node, f"a time of day is compared with another, as in {CLOCK_EXAMPLE}")
        return terms

    def unit(self, node: Signal) -> str:
        if "." not in node.path:
            self.no_path(node)
        try:
            return self.directory.unit(node.path) or "1"
        except InputError as error:
            self.expression.refuse(node, str(error))

    def no_path(self, node: Signal) -> NoReturn:
        meant = f"; did you mean {TIME_OF_DAY!r}?" if near(node.path, (TIME_OF_DAY,)) else ""
        self.expression.refuse(node, f"{node.path!r} is not a path; expected component.point{meant}")

    def logic(self, node: Operation) -> Term:
        terms = [self.condition(operand) for operand in node.operands]
        if node.name != "implies" and len(terms) != 1:
            self.expression.refuse(node, f"{node.name}(..) takes one condition")
        inverse = Term("not", YES_NO, (terms[0],))
        if node.name == "implies":
            return Term("or", YES_NO, (inverse, terms[1]))
        return (
            inverse if node.name == "not" else Term("rising", YES_NO, (terms[0] if node.name == "rising" else inverse,))
        )

    def comparison(self, node: Operation) -> Term:
        left, right = node.operands
        for name, other in ((left, right), (right, left)):
            if isinstance(name, Signal) and "." not in name.path:
                return self.named(node, name, other)
        pair = fitted(self.expression, node, [self.number(left), self.number(right)])
        if node.name in ("==", "!="):
            equal = Term("==", YES_NO, pair)
            return equal if node.name == "==" else Term("not", YES_NO, (equal,))
        return Term(node.name, YES_NO, pair)

    def named(self, node: Operation, name: Signal, other: Node) -> Term:
        """`hp_1.state == run`, also of what it was: `previous(hp_1.state) == run`."""
        of = other.operands[0] if isinstance(other, Operation) and other.name in _AS_IT_WAS else other
        if node.name not in ("==", "!=") or not isinstance(of, Signal) or "." not in of.path:
            self.no_path(name)
        term = self.term(other)
        names = {text: code for code, text in self.directory.values(of.path).items()}
        if name.path not in names:
            self.expression.refuse(name, str(unknown(f"value of {of.path}", name.path, names)))
        equal = Term("==", YES_NO, (term, Term("constant", term.unit, value=float(names[name.path]))))
        return equal if node.name == "==" else Term("not", YES_NO, (equal,))

    def sum_of_two(self, node: Operation) -> Term:
        left, right = self.numbers(node)
        if TEMPERATURE not in (left.unit, right.unit):
            left, right = fitted(self.expression, node, [left, right])
            return Term(node.name, left.unit, (left, right))
        if left.unit == right.unit:
            if node.name == "+":
                self.expression.refuse(node, "two temperatures cannot be added; use mean(a, b)")
            return Term("-", DIFFERENCE, (left, right))
        if node.name == "-" and right.unit == TEMPERATURE:
            self.expression.refuse(node, "a temperature cannot be taken from a difference")
        pair = tuple(
            t if t.unit == TEMPERATURE else to_unit(self.expression, node, t, DIFFERENCE) for t in (left, right)
        )
        return Term(node.name, TEMPERATURE, pair)

    def scaled(self, node: Operation) -> Term:
        left, right = self.numbers(node)
        if TEMPERATURE in (left.unit, right.unit):
            self.expression.refuse(node, "a temperature in degC cannot be multiplied or divided; use a difference")
        if node.name == "*":
            return Term("*", product(left.unit, right.unit), (left, right))
        unit = "1" if left.unit == right.unit else left.unit if right.unit == "1" else f"{left.unit}/({right.unit})"
        return Term("/", unit, (left, right))

    def at_trigger(self, node: Operation) -> Term:
        """`at_trigger(x)`, or `before(x, 20 min)` for the mean of that time before the trigger."""
        if not self.triggered:
            self.expression.refuse(node, f"{node.name}(..) needs a criterion with a trigger: after, or from")
        many = 1 if node.name == "at_trigger" else 2
        if len(node.operands) != many:
            self.expression.refuse(
                node, f"{node.name}(..) takes {'one signal' if many == 1 else 'a signal and a time'}"
            )
        inner = self.number(node.operands[0])
        if many == 2:
            inner = Term("rolling", inner.unit, (inner,), value=self.width(node, node.operands[1]))
        return Term("at_trigger", inner.unit, (inner,))

    def function(self, node: Operation) -> Term:
        terms = self.numbers(node)
        if node.name in ("neg", "abs", "rate"):
            return self.of_one(node, terms)
        last = terms[-1]
        if node.name == "mean" and len(terms) == 2 and last.op == "constant" and last.unit in ("s", "min", "h", "d"):
            window = convert(last.value, last.unit, "s")
            if window <= 0:
                self.expression.refuse(node, "the time to take the mean over must be above zero")
            return Term("rolling", terms[0].unit, (terms[0],), value=window)
        if node.name == "sum" and TEMPERATURE in [term.unit for term in terms]:
            self.expression.refuse(node, "temperatures cannot be added; use mean(..)")
        alike = fitted(self.expression, node, terms)
        return Term(node.name, alike[0].unit, alike)

    def of_one(self, node: Operation, terms: list[Term]) -> Term:
        if len(terms) != 1:
            self.expression.refuse(node, f"{node.name}(..) takes one signal")
        if node.name == "neg" and terms[0].unit == TEMPERATURE:
            self.expression.refuse(node, "a temperature has no negative; take a difference")
        unit = terms[0].unit
        return Term(node.name, f"{difference(unit)}/s" if node.name == "rate" else unit, tuple(terms))


_BY_NAME: dict[str, Callable[[_Binder, Operation], Term]] = {
    **dict.fromkeys(COMPARISONS, _Binder.comparison),
    **dict.fromkeys(("+", "-"), _Binder.sum_of_two),
    **dict.fromkeys(("*", "/"), _Binder.scaled),
    **dict.fromkeys(("not", "implies", "rising", "falling"), _Binder.logic),
    **dict.fromkeys(("at_trigger", "before"), _Binder.at_trigger),
    TIME_OF_DAY: _Binder.time_of_day,
    SINCE: _Binder.since,
    "previous": _Binder.previous,
    "count": _Binder.count,
    HELD: _Binder.held,
    WITHIN: _Binder.within,
}
"""What binds an operation; every other one is a function of numbers."""
