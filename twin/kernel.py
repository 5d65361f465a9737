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

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])
Rows = Any
"""A table: a record array with one row per component (see twin.store)."""


def _cache_folder() -> str:
    """A folder named after the sources of all kernels: numba itself does not see that a called kernel has changed."""
    digest = hashlib.sha256()
    here = Path(__file__).resolve().parent
    for source in sorted([*here.glob("*.py"), *(here.parent / "plant_models").glob("*.py")]):
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = home / "geotwin" / digest.hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"geotwin-{os.getuid()}" / digest.hexdigest()[:16]
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return str(folder)


os.environ.setdefault("NUMBA_CACHE_DIR", _cache_folder())
import numba  # noqa: E402  (reads its configuration from the environment when imported)

JIT = not numba.config.DISABLE_JIT


def kernel(function: F) -> F:
    """Compile a function over tables and numbers to machine code, cached on disk; or leave it as it is without JIT."""
    compiled: F = numba.njit(cache=True, error_model="numpy")(function)
    return compiled


@numba.extending.intrinsic  # type: ignore[untyped-decorator]
def _pointer(typing_context: Any, address: Any) -> Any:  # noqa: ARG001
    """An address as a pointer, for `carray`."""
    from numba.core import cgutils  # noqa: PLC0415

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return numba.types.voidptr(address), generate


@numba.njit(inline="never")  # type: ignore[untyped-decorator]
def array_at(addresses: Any, number: int, dtype: Any) -> Any:
    """The array number `number` behind `addresses` (a row of address and two lengths each), in compiled code only."""
    return numba.carray(_pointer(addresses[number, 0]), (addresses[number, 1],), dtype)


@numba.njit(inline="never")  # type: ignore[untyped-decorator]
def grid_at(addresses: Any, number: int, dtype: Any) -> Any:
    """The same for a two-dimensional array."""
    return numba.carray(_pointer(addresses[number, 0]), (addresses[number, 1], addresses[number, 2]), dtype)


def addresses_of(arrays: list[Any]) -> Any:
    """Where arrays lie: a row of address, rows and columns for each. The arrays must outlive every use of it."""
    rows = [(a.ctypes.data, a.shape[0], a.shape[1] if a.ndim > 1 else 0) for a in arrays]
    return np.array(rows, np.int64)


def record(dtype: Any) -> Any:
    """The layout of a table as compiled code knows it."""
    return np.dtype([(name, dtype.fields[name][0]) for name in dtype.names])
