"""What becomes the program: installs the filter that it is given, and executes. Run by path, alone, with no package.

    python -I -S starter.py SOCKET PROGRAM ARGUMENTS...

Over the socket come the filter and `g` when the rig holds this process; over it go the descriptor of the filter's
notifications, and the reason where one of these steps fails. The socket closes when the program has begun.
"""

import array
import ctypes
import os
import signal
import socket
import sys

NO_NEW_PRIVS, NEW_LISTENER, WAIT_KILLABLE = 38, 1 << 3, 1 << 5
NO_RANDOM_ADDRESSES = 0x0040000
SECCOMP = {"x86_64": 317, "aarch64": 277}


def main() -> None:
    """Become the program."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    line = socket.socket(fileno=int(sys.argv[1]))
    line.set_inheritable(False)
    try:
        code = line.recv(65536)
        line.sendall(b"r")
        line.recv(1)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        personality = libc.personality(0xFFFFFFFF)
        libc.personality(personality | NO_RANDOM_ADDRESSES)
        libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0)
        text = ctypes.create_string_buffer(code)
        program = ctypes.create_string_buffer(16)
        ctypes.c_uint16.from_buffer(program).value = len(code) // 8
        ctypes.c_uint64.from_buffer(program, 8).value = ctypes.addressof(text)
        listener = libc.syscall(SECCOMP[os.uname().machine], 1, NEW_LISTENER | WAIT_KILLABLE, program)
        if listener < 0:
            raise OSError(ctypes.get_errno(), "the kernel has no seccomp notification (5.19 or later is needed)")
        line.sendmsg([b"l"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [listener]))])
        line.recv(1)
        os.close(listener)
    except OSError as error:
        line.sendall(b"k" + (error.strerror or str(error)).encode())
        os._exit(127)
    try:
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  (a shell is what it must not be)
    except OSError as error:
        line.sendall(b"e" + (error.strerror or str(error)).encode())
        os._exit(127)


main()
