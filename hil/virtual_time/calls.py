"""The system calls that tell, or wait for, time: their numbers on each architecture, and what is done with each.

Numbers: the tables of the Linux kernel, https://github.com/torvalds/linux/blob/master/arch/x86/entry/syscalls/syscall_64.tbl
and https://github.com/torvalds/linux/blob/master/scripts/syscall.tbl (aarch64). A call without a number on an
architecture does not exist there.
"""

import platform

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""The column of NUMBERS, and what seccomp calls the architecture (linux/audit.h)."""

NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "clock_gettime": (228, 113), "gettimeofday": (96, 169), "time": (201, None),
    "nanosleep": (35, 101), "clock_nanosleep": (230, 115),
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72),
    "epoll_wait": (232, None), "epoll_pwait": (281, 22), "epoll_pwait2": (441, 441),
    "futex": (202, 98), "futex_waitv": (449, 449), "rt_sigtimedwait": (128, 137),
    "timerfd_create": (283, 85), "timerfd_settime": (286, 86), "timerfd_gettime": (287, 87),
    "alarm": (37, None), "setitimer": (38, 103), "getitimer": (36, 102),
    "timer_create": (222, 107), "timer_settime": (223, 110), "timer_gettime": (224, 108),
    "timer_getoverrun": (225, 109), "timer_delete": (226, 111),
    "times": (100, 153), "sysinfo": (99, 179), "getrandom": (318, 278),
    "clock_settime": (227, 112), "settimeofday": (164, 170), "clock_adjtime": (305, 266), "adjtimex": (159, 171),
    "io_uring_setup": (425, 425),
    "connect": (42, 203), "listen": (50, 201), "setsockopt": (54, 208),
    "exit_group": (231, 94), "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "pidfd_send_signal": (424, 424),
    "semtimedop": (220, 192), "mq_timedsend": (242, 182), "mq_timedreceive": (243, 183), "recvmmsg": (299, 243),
    "io_getevents": (208, 4), "io_pgetevents": (333, 292),
    "read": (0, 63), "readv": (19, 65), "recvfrom": (45, 207), "recvmsg": (47, 212),
    "accept": (43, 202), "accept4": (288, 242),
    "write": (1, 64), "writev": (20, 66), "sendto": (44, 206), "sendmsg": (46, 211),
}  # fmt: skip

TRAPPED = (
    "clock_gettime", "gettimeofday", "time", "nanosleep", "clock_nanosleep", "poll", "ppoll", "select", "pselect6",
    "epoll_wait", "epoll_pwait", "epoll_pwait2", "futex_waitv", "rt_sigtimedwait",
    "timerfd_create", "timerfd_settime", "timerfd_gettime", "alarm", "setitimer", "getitimer",
    "timer_create", "timer_settime", "timer_gettime", "timer_getoverrun", "timer_delete",
    "times", "sysinfo", "getrandom", "clock_settime", "settimeofday", "clock_adjtime", "adjtimex", "io_uring_setup",
    "connect", "listen", "exit_group", "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
    "pidfd_send_signal", "semtimedop", "mq_timedsend", "mq_timedreceive", "recvmmsg", "io_getevents", "io_pgetevents",
)  # fmt: skip
"""Calls that always come to the rig; `futex` and `setsockopt` come where their arguments are about time."""

ESCAPES = {
    "semtimedop": "waits for a semaphore in real time", "mq_timedsend": "waits for a queue in real time",
    "mq_timedreceive": "waits for a queue in real time", "recvmmsg": "waits for messages in real time",
    "io_getevents": "waits for files in real time", "io_pgetevents": "waits for files in real time",
    "clock_adjtime": "reads the real clock", "adjtimex": "reads the real clock",
    "futex_lock_pi": "waits for a lock in real time",
    "descriptors": "waits for more descriptors than the rig may have, in real time",
}  # fmt: skip
"""What is left to the kernel and its own clock; the report names each that a program used."""

RECEIVING = ("read", "readv", "recvfrom", "recvmsg", "accept", "accept4", "recvmmsg")
SENDING = ("write", "writev", "sendto", "sendmsg", "connect")
"""Calls that end with a socket's own time-out."""
WAITING = ("poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait")
"""Calls that wait for descriptors."""


def machine() -> str:
    """The architecture of this machine, as in ARCHITECTURES where it is known."""
    return platform.machine()


def number(name: str) -> int | None:
    """The number of a call on this machine."""
    return NUMBERS[name][ARCHITECTURES[machine()][0]]


def names() -> dict[int, str]:
    """The names of all calls of this machine by their numbers."""
    column = ARCHITECTURES[machine()][0]
    return {found: name for name, both in NUMBERS.items() if (found := both[column]) is not None}
