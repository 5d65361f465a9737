"""The `@kernel` decorator: plain Python functions over tables, compiled once and cached.

Under NUMBA_DISABLE_JIT=1 the same functions run as plain Python and give the same bits: no fastmath, no contraction,
no BLAS. In kernels `x * x` stands for a square: `x ** 2` is pow() in one world and a product in the other.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
Rows = Any
"""A table: a record array with one row per component (see twin.store)."""


KERNEL_SOURCES = ("twin/**/*.py", "plant_models/**/*.py", "hil/bus/**/*.py")
"""The packages that hold kernels, whole."""


def kernel_sources(root: Path) -> list[Path]:
    """Every file below `root` whose change may change compiled code, in a fixed order."""
    return sorted({file for pattern in KERNEL_SOURCES for file in root.glob(pattern)})


def sources_key(root: Path) -> str:
    """A digest of the names and contents of all kernel sources: numba itself does not see that a called kernel
    has changed."""
    digest = hashlib.sha256()
    for source in kernel_sources(root):
        digest.update(source.relative_to(root).as_posix().encode() + b"\0")
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> str:
    """A folder of the user's own, named after the sources of all kernels."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = home / "geotwin" / sources_key(Path(__file__).resolve().parents[1])
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="geotwin-"))  # of this process alone: what is cached here is trusted
    return str(folder)


os.environ.setdefault("NUMBA_CACHE_DIR", _cache_folder())
import numba as numba  # noqa: E402, PLC0414  (reads its configuration from the environment when imported)

JIT = not numba.config.DISABLE_JIT
PROVEN = "0.68."
"""The releases of numba that twin.kernel_parts is proven with: it uses what numba keeps for itself. With any other
release kernels compile as numba does it: the same bits, in three times the time."""


def joins_parts(version: str, asked: str) -> bool:
    """Whether called kernels become parts of their callers: with a proven numba, unless `asked` is "0"."""
    return version.startswith(PROVEN) and asked != "0"


PARTS = JIT and joins_parts(numba.__version__, os.environ.get("GEOTWIN_KERNEL_PARTS", "1"))


def kernel(function: F) -> F:
    """Compile a function over tables and numbers to machine code, cached on disk; or leave it as it is without JIT.

    Kernels make no arrays, so nothing in them counts references (`_nrt`): that alone takes three quarters of the time.
    """
    compiled: Any = numba.njit(cache=True, error_model="numpy", _nrt=False, no_cfunc_wrapper=True)(function)
    if PARTS:
        from twin.kernel_parts import Parts  # noqa: PLC0415  (imports numba, which must find its cache folder set)

        parts = Parts(compiled)
        compiled.get_call_template, compiled.get_overload = parts.get_call_template, parts.get_overload
    return compiled  # type: ignore[no-any-return]
