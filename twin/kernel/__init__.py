"""The `@kernel` decorator: plain Python functions over tables, compiled once and cached.

Under NUMBA_DISABLE_JIT=1 the same functions run as plain Python and give the same bits: no fastmath, no contraction,
no BLAS. In kernels `x * x` stands for a square: `x ** 2` is pow() in one world and a product in the other.
"""

import os
from collections.abc import Callable
from typing import Any, TypeVar

import numba

from twin.kernel.cache import KernelCache, compiled_before

__all__ = ["JIT", "PARTS", "Rows", "compiled_before", "joins_parts", "kernel"]

F = TypeVar("F", bound=Callable[..., Any])
Rows = Any
"""A table: a record array with one row per component (see twin.store)."""

JIT = not numba.config.DISABLE_JIT
PROVEN = "0.68."
"""The releases of numba that twin.kernel.parts is proven with: it uses what numba keeps for itself. With any other
release kernels compile as numba does it: the same bits, in three times the time."""


def joins_parts(version: str, asked: str) -> bool:
    """Whether called kernels become parts of their callers: with a proven numba, unless `asked` is "0"."""
    return version.startswith(PROVEN) and asked != "0"


PARTS = JIT and joins_parts(numba.__version__, os.environ.get("GEOTWIN_KERNEL_PARTS", "1"))


def kernel(function: F) -> F:
    """Compile a function over tables and numbers to machine code, cached on disk; or leave it as it is without JIT.

    Kernels make no arrays, so nothing in them counts references (`_nrt`): that alone takes three quarters of the time.
    """
    compiled: Any = numba.njit(error_model="numpy", _nrt=False, no_cfunc_wrapper=True)(function)
    if JIT:
        compiled._cache = KernelCache(function)
    if PARTS:
        from twin.kernel.parts import Parts  # noqa: PLC0415  (of use with a proven numba only)

        parts = Parts(compiled)
        compiled.get_call_template, compiled.get_overload = parts.get_call_template, parts.get_overload
    return compiled  # type: ignore[no-any-return]
