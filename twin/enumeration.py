"""Enumerations: the numbers that stand for states and kinds, and their names, declared once."""


class Enumeration(tuple[float, ...]):
    """The numbers 0, 1, 2 ... of so many names: unpacked they are the floats of kernels, `names` are for people.

    STATES = Enumeration("off", "firing")
    OFF, FIRING = STATES
    state = status(values=STATES.names)
    """

    names: dict[int, str]

    def __new__(cls, *names: str) -> "Enumeration":
        """names: what people call the numbers, from 0 on."""
        made = super().__new__(cls, (float(number) for number in range(len(names))))
        made.names = dict(enumerate(names))
        return made
