"""What is done with each call that comes to the rig."""

from collections.abc import Mapping

from hil.virtual_time.answers import clocks, futexes, sockets_and_signals, timers, waits
from hil.virtual_time.chance import Chances
from hil.virtual_time.supervisor import Answer


def answers(chances: Chances) -> Mapping[str, Answer]:
    """All of them by the name of the call; a trapped call that is not among them is left to the kernel, and counted."""
    return {
        **clocks.ANSWERS,
        **waits.ANSWERS,
        **futexes.ANSWERS,
        **timers.ANSWERS,
        **sockets_and_signals.ANSWERS,
        **sockets_and_signals.random_answers(chances),
    }
