"""What a user is told when something given is wrong."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(Exception):
    """Something given from outside is wrong; the message says what, where, what was given and what is allowed.

    Shown to a person as one line, without a traceback; the command exits with 2.
    """


class RigError(Exception):
    """The rig itself could not do its work (a port taken, a broker gone); the command exits with 3."""


def nearest(name: str, allowed: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the closest allowed name, or `; allowed: a, b, c` where none is close."""
    names = sorted(set(allowed))
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]!r}?"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"; allowed: {shown}" if names else ""


def unknown(what: str, name: str, allowed: Iterable[str], where: str = "") -> InputError:
    """The error for a name that does not exist: `scenario x.yaml:3: no point 'leaving_tmp'; did you mean ...`."""
    prefix = f"{where}: " if where else ""
    return InputError(f"{prefix}no {what} {name!r}{nearest(name, allowed)}")
