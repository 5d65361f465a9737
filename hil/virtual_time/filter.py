"""The seccomp filter of a program: which of its calls come to the rig, as a program of the kernel's packet filter.

Facts: https://docs.kernel.org/userspace-api/seccomp_filter.html and linux/filter.h.
"""

import struct
from collections.abc import Iterable

from hil.virtual_time.calls import ARCHITECTURES, TRAPPED, machine, number

_LOAD, _EQUAL, _AND, _AT_LEAST, _RETURN = 0x20, 0x15, 0x54, 0x35, 0x06
_NOTIFY, _ALLOW, _NO_SUCH_CALL = 0x7FC00000, 0x7FFF0000, 0x00050000 | 38
_NR, _ARCH, _ARGUMENTS = 0, 4, 16
X32 = 0x40000000
"""Numbers from here on belong to the x32 calls, which are refused: few programs have them, and nobody needs them."""
FUTEX_COMMANDS = 127
FUTEXES = (0, 1, 3, 4, 5, 6, 9, 10, 13)
"""WAIT, WAKE, REQUEUE, CMP_REQUEUE, WAKE_OP, LOCK_PI, WAIT_BITSET, WAKE_BITSET, LOCK_PI2."""
SOL_SOCKET, TIMEOUTS = 1, (20, 21, 66, 67)
"""SO_RCVTIMEO and SO_SNDTIMEO, in their old and new form."""


def trapping_filter(seeded: bool) -> bytes:
    """The filter as `struct sock_filter`s. seeded: `getrandom` comes to the rig, too"""
    calls = [found for name in TRAPPED if (seeded or name != "getrandom") and (found := number(name)) is not None]
    steps = [_load(_ARCH), *_unless_equal(ARCHITECTURES[machine()][1], _ALLOW), _load(_NR)]
    if machine() == "x86_64":
        steps += [struct.pack("HBBI", _AT_LEAST, 0, 1, X32), _give(_NO_SUCH_CALL)]
    for call in calls:
        steps += _if_equal([call], _NOTIFY)
    steps += _for_call("setsockopt", _of_timeouts())
    steps += _for_call("futex", [_load(_argument(1)), _step(_AND, FUTEX_COMMANDS), *_if_equal(FUTEXES, _NOTIFY)])
    return b"".join([*steps, _give(_ALLOW)])


def _step(code: int, value: int) -> bytes:
    return struct.pack("HBBI", code, 0, 0, value)


def _load(offset: int) -> bytes:
    return _step(_LOAD, offset)


def _give(action: int) -> bytes:
    return _step(_RETURN, action)


def _argument(place: int) -> int:
    return _ARGUMENTS + 8 * place


def _if_equal(values: Iterable[int], action: int) -> list[bytes]:
    return [step for value in values for step in (struct.pack("HBBI", _EQUAL, 0, 1, value), _give(action))]


def _unless_equal(value: int, action: int) -> list[bytes]:
    return [struct.pack("HBBI", _EQUAL, 1, 0, value), _give(action)]


def _for_call(name: str, steps: list[bytes]) -> list[bytes]:
    """Steps for one call only, after which everything else of it is allowed; for another call they are skipped."""
    inside = [*steps, _give(_ALLOW)]
    return [struct.pack("HBBI", _EQUAL, 0, len(inside), number(name)), *inside]


def _of_timeouts() -> list[bytes]:
    level = [_load(_argument(1)), *_unless_equal(SOL_SOCKET, _ALLOW)]
    return [*level, _load(_argument(2)), *_if_equal(TIMEOUTS, _NOTIFY)]
