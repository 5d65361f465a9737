"""Signals for threads that are held: their calls end as the kernel would end them.

The filter is installed so that a signal cannot take a held call away; the rig hands it over instead.
"""

from contextlib import suppress

from hil.virtual_time.supervisor import Supervisor
from hil.virtual_time.waits import Wait

INTERRUPTED, _RESTARTED = -514, -512
"""ERESTARTNOHAND: EINTR where a handler runs, and else the call comes again; ERESTARTSYS for an untimed futex."""


def let_in(rig: Supervisor, wait: Wait, handled: int) -> None:
    """A signal has come that the mask of a call lets in: the kernel ends the call at once.

    It begins the call again where nobody handles the signal, and the old deadline holds.
    """
    if not handled and wait.kind != "signal":
        wait.task.resumed = (wait.deadline, wait.notice.number, wait.notice.arguments)
    rig.pass_on(wait)


def hand_over(rig: Supervisor) -> bool:
    """End the wait of one thread for which a signal has come; whether there was one."""
    found: tuple[Wait, int, bool] | None = None
    for wait in sorted(rig.waits.values(), key=lambda one: one.order):
        if (program := rig.programs.get(wait.task.program)) is not None and program.frozen:
            continue
        pending, blocked, handled = wait.task.signals()
        if wait.mask is not None:
            blocked = wait.mask
        came = pending & ~blocked
        if came and (found is None or wait.task.number == wait.task.group):
            found = wait, came & handled, wait.mask is not None
    if found is None:
        return False
    wait, handled, masked = found
    if masked:
        let_in(rig, wait, handled)
        return True
    if handled:
        with suppress(OSError):
            wait.broken(rig.time.now)
    else:
        wait.task.resumed = (wait.deadline, wait.notice.number, wait.notice.arguments)
    rig.finish(wait, 0, _RESTARTED if wait.kind == "futex" and wait.untimed else INTERRUPTED)
    return True
