"""What is said of an error that ends a command or one of its scenarios, and the exit code that it means."""

import errno
import shlex
import signal
import sys
import tempfile
import traceback
from importlib.metadata import version

from hil.commands.ending import SIGNALLED
from twin.errors import InputError, RigError

BAD_INPUT, RIG_ERROR = 2, 3


def told(error: BaseException) -> tuple[str, int]:
    """What is said of an error, and the exit code."""
    if isinstance(error, InputError):
        return str(error), BAD_INPUT
    if isinstance(error, RigError):
        return str(error), RIG_ERROR
    if isinstance(error, KeyboardInterrupt):
        number = getattr(error, "number", signal.SIGINT)
        return f"ended by {signal.Signals(number).name}; what was recorded until now is kept", SIGNALLED + number
    return _unforeseen(error), RIG_ERROR


def _unforeseen(error: BaseException) -> str:
    """One sentence on what nobody foresaw, and the file that helps whoever mends it."""
    what = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"the disk is full ({error.filename or 'no file named'}); what was written until now is kept"
    words = " ".join(shlex.quote(word) for word in sys.argv[1:])
    text = f"geotwin {version('geotwin')}, Python {sys.version.split()[0]}\ngeotwin {words}\n\n"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="geotwin-error-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(text + "".join(traceback.format_exception(error)))
        return f"an error of the rig, not of a controller: {what}; please send {file.name} to whoever maintains it"
    except OSError:
        return f"an error of the rig, not of a controller: {what}"
