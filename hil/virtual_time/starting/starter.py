"""What becomes the program: installs the filter that it is given, and executes. Run by path, alone, with no package.

    python -I -S starter.py SOCKET FILES PROGRAM ARGUMENTS...

FILES is empty, or says as JSON whose files the program is to see: `root`, the folder with them; `changes`, where what
it writes to them is kept; `folder`, where it begins.

Over the socket come the filter and `g` when the rig holds this process; over it go the descriptor of the filter's
notifications, and the reason where one of these steps fails. The socket closes when the program has begun.
"""

import array
import ctypes
import json
import os
import signal
import socket
import sys

NO_NEW_PRIVS, NEW_LISTENER, WAIT_KILLABLE = 38, 1 << 3, 1 << 5
NO_RANDOM_ADDRESSES = 0x0040000
NEW_NAMES, NEW_USER, PRIVATE, BIND = 0x20000, 0x10000000, 1 << 18 | 1 << 14, 1 << 12 | 1 << 14
"""Of mounts: CLONE_NEWNS, CLONE_NEWUSER, MS_PRIVATE and MS_BIND with MS_REC."""
SECCOMP = {"x86_64": 317, "aarch64": 277}


def enter(libc: ctypes.CDLL, files: dict[str, str]) -> None:
    """Give this process other files, over which it can write without changing them."""
    user, group = os.getuid(), os.getgid()

    def check(result: int, what: str) -> None:
        if result < 0:
            error = ctypes.get_errno()
            raise OSError(error, f"{what} is refused: {os.strerror(error)}")

    check(libc.unshare(NEW_NAMES | (NEW_USER if user else 0)), "a name space for the files of the image")
    if user:
        for name, text in ("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1"):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    changes = files["changes"]
    for name in ("files", "work", "root"):
        os.makedirs(f"{changes}/{name}", exist_ok=True)
    seen = f"{changes}/root".encode()
    how = f"lowerdir={files['root']},upperdir={changes}/files,workdir={changes}/work".encode()
    check(libc.mount(None, b"/", None, PRIVATE, None), "a private view of the files")
    check(libc.mount(b"overlay", seen, b"overlay", 0, how), "an overlay of the image's files")
    for own in (b"/proc", b"/dev"):
        os.makedirs(seen + own, exist_ok=True)
        check(libc.mount(own, seen + own, None, BIND, None), f"{own.decode()} among the image's files")
    os.chroot(seen)
    os.chdir(files["folder"])


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
        if sys.argv[2]:
            enter(libc, json.loads(sys.argv[2]))
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
        os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606  (a shell is what it must not be)
    except OSError as error:
        line.sendall(b"e" + (error.strerror or str(error)).encode())
        os._exit(127)


main()
