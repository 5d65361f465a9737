"""The start of a program that is held on plant time from its first instruction on."""

import array
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic

from hil.virtual_time import kernel
from hil.virtual_time.filter import trapping_filter
from hil.virtual_time.image import USUAL_PATH
from hil.virtual_time.program import Program
from hil.virtual_time.supervisor import Supervisor
from hil.virtual_time.tasks import Process
from hil.virtual_time.tracing import Tracer
from twin.errors import InputError, RigError

STARTER = Path(__file__).with_name("starter.py")
_HEAD = 256
"""The kernel looks at no more of a script's first line [bytes]."""
START_S = 20.0
"""So long the start may take, beside a busy machine [s of real time]."""
FIXED = {"TZ": "UTC", "PYTHONHASHSEED": "0"}
"""What a program finds in its environment beside what the rig's own holds."""
NO_PTRACE = (
    "the system does not let the rig hold a program (ptrace, pidfd_getfd): in a container give it --cap-add SYS_PTRACE"
)


def found(word: str) -> str:
    """The file of a program; InputError where it is none that can be held."""
    path = shutil.which(word)
    if path is None:
        there = Path(word).exists()
        raise InputError(f"exec: {word!r} {'is not executable' if there else 'is not there'}")
    mode = os.stat(path).st_mode
    if mode & 0o6000:
        raise InputError(f"exec: {word!r} runs with the rights of its owner (setuid); such a program cannot be held")
    with open(path, "rb") as file:
        head = file.read(_HEAD)
    if head[:4] == b"\x7fELF" and head[4] != 2:
        raise InputError(f"exec: {word!r} is a 32-bit program; only 64-bit programs can be held")
    interpreter = head[2:].split(b"\n")[0].split() if head[:2] == b"#!" else []
    if interpreter and not os.path.exists(interpreter[0]):
        raise InputError(f"exec: {word!r} needs {os.fsdecode(interpreter[0])}, which is not there")
    return path


def begin(rig: Supervisor, tracer: Tracer, program: Program, listener: Callable[[int], None] = lambda _: None) -> None:
    """Start a program, held from its first instruction on.

    listener: given the descriptor from which its output is read. InputError where it cannot be executed, RigError where
    the system does not allow to hold it.
    """
    words, files = _command(program)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    reading, writing = os.pipe()
    with theirs:
        try:
            child = subprocess.Popen(
                [sys.executable, "-I", "-S", str(STARTER), str(theirs.fileno()), files, *words],
                stdin=subprocess.DEVNULL, stdout=writing, stderr=writing, pass_fds=(theirs.fileno(),),
                cwd=program.folder, env=_environment(program), start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            os.close(reading)
            raise RigError(f"{program.name} cannot be started: {error}") from error
        finally:
            os.close(writing)
    program.root, program.begun, program.code = child.pid, False, None
    child.returncode = 0  # its end is the tracer's to see
    os.set_blocking(reading, False)
    rig.programs[program.name] = program
    try:
        with ours:
            _hold(rig, tracer, program, ours)
    except BaseException:
        os.close(reading)
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(child.pid, signal.SIGKILL)
            os.waitpid(child.pid, 0)
        if (task := rig.tasks.get(child.pid)) is not None:
            rig.leave(task)
        rig.silence(program.name)
        del rig.programs[program.name]
        raise
    listener(reading)


def _command(program: Program) -> tuple[list[str], str]:
    """The words of a program, and what the starter is told of the files it is to see."""
    if program.image is None:
        return [found(program.words[0]), *program.words[1:]], ""
    root = program.image.unpacked()
    files = {"root": str(root), "changes": str(program.folder.absolute()), "folder": program.image.folder}
    return [program.image.found(root), *program.words[1:]], json.dumps(files)


def _environment(program: Program) -> dict[str, str]:
    """What the program finds in its environment: the rig's own, or its image's."""
    own = dict(os.environ) if program.image is None else {"PATH": USUAL_PATH, **program.image.environment}
    return own | FIXED | dict(program.environment)


def _reach(process: int) -> None:
    """OSError where the descriptors of a process are out of reach."""
    one = Process(process)
    try:
        os.close(kernel.descriptor_of(one.pidfd(), 1))
    finally:
        one.close()


def _hold(rig: Supervisor, tracer: Tracer, program: Program, line: socket.socket) -> None:
    """Install the filter, and see the program begin."""
    line.settimeout(START_S)
    try:
        line.sendall(trapping_filter(seeded=True))
        line.recv(1)
        kernel.seize(program.root)
        _reach(program.root)
    except OSError as error:
        raise RigError(f"{program.name}: {NO_PTRACE} ({error.strerror or error})") from error
    rig.enter(program.root, program.name, program.root)
    line.sendall(b"g")
    line.setblocking(False)
    until = monotonic() + START_S
    while monotonic() < until:
        tracer.look()
        rig.take_notices()
        with suppress(BlockingIOError):
            word, ancillary, *_ = line.recvmsg(4096, 64)
            if word == b"l":
                rig.listen(program.name, array.array("i", ancillary[0][2])[0])
                line.sendall(b"x")
            elif word[:1] == b"e":
                raise InputError(f"exec: {program.words[0]!r} cannot be executed ({word[1:].decode(errors='replace')})")
            elif word[:1] == b"k":
                raise RigError(f"{program.name}: {word[1:].decode(errors='replace')}")
            else:
                return
        os.sched_yield()
    raise RigError(f"{program.name} did not begin within {START_S:g} s")
