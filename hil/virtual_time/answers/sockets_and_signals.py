"""Sockets, signals and random numbers: calls that hide a clock of the kernel's, or chance."""

import socket
from errno import EDOM, EINVAL

from hil.virtual_time.chance import Chances
from hil.virtual_time.kernel import descriptor_of
from hil.virtual_time.plant_time import NotATimeError, timeval
from hil.virtual_time.socket_timeouts import RECEIVE, SEND
from hil.virtual_time.supervisor import Answer, Call

_RECEIVING = (20, 66)
"""SO_RCVTIMEO in its two forms."""
_MOST_RANDOM = 1 << 20


def setsockopt(call: Call) -> None:
    """A time-out of a socket: kept here, and not told to the kernel."""
    number, _, option, address, size = call.arguments[:5]
    if size < 16:
        call.give(0, -EINVAL)
        return
    way = RECEIVE if option in _RECEIVING else SEND
    try:
        time = timeval(call.process.read(address, 16))
    except NotATimeError:
        call.give(0, -EDOM)
        return
    if call.rig.timeouts.keep(call.process, number, way, time):
        call.give()
    else:
        call.pass_on()


def without_delay(call: Call) -> None:
    """`connect` and `listen`: Nagle's algorithm waits for delayed acknowledgements, 40 ms of the real clock."""
    try:
        own = descriptor_of(call.process.pidfd(), call.arguments[0])
    except OSError:
        call.pass_on()
        return
    with socket.socket(fileno=own) as one:
        if one.type == socket.SOCK_STREAM and one.family in (socket.AF_INET, socket.AF_INET6):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    call.pass_on()


def signalled(call: Call) -> None:
    """A signal is on its way, perhaps to a thread that is held."""
    call.rig.marked = True
    call.pass_on()


def random_answers(chances: Chances) -> dict[str, Answer]:
    """`getrandom` for programs, each with its own chance."""

    def getrandom(call: Call) -> None:
        address, count = call.arguments[:2]
        count = min(count, _MOST_RANDOM)
        call.process.write(address, chances.draw(call.task.program, call.task.group, count))
        call.give(count)

    return {"getrandom": getrandom}


_SIGNALS = ("exit_group", "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal")
ANSWERS: dict[str, Answer] = {
    "setsockopt": setsockopt,
    "connect": without_delay,
    "listen": without_delay,
    **dict.fromkeys(_SIGNALS, signalled),
}
