"""How numbers and times are said in sentences and messages."""

_PARTS = (("d", 86400), ("h", 3600), ("min", 60))


def measured(value: float, unit: str) -> str:
    """`1.25 K`; a number alone where the unit is 1: a ratio, a count, a share."""
    return f"{value:.6g}" if unit in ("", "1") else f"{value:.6g} {unit}"


def said(seconds: float) -> str:
    """`2 h 10 min 5 s`; fractions of a second to the hundredth."""
    sign, rest = ("-", -seconds) if seconds < 0 else ("", seconds)
    rest = round(rest, 2)
    words = []
    for unit, size in _PARTS:
        number, rest = int(rest // size), rest % size
        if number:
            words.append(f"{number} {unit}")
    if rest or not words:
        words.append(f"{round(rest, 2):g} s")
    return sign + " ".join(words)
