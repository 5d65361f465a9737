"""Kernels as their compiled callers see them: translated once into what their callers are made of.

By itself numba optimises every kernel, makes machine code and two wrappers for Python of it, stores it on disk, and
does it all again for each caller that it is a part of. Only what Python calls needs that; so a kernel that another one
calls is only translated, and the whole is optimised once. Same bits, in a third of the time (measured by
benchmarks/office_kernels.py).

Written against numba 0.68, where a dispatcher's `get_call_template` tells the types of a call, and `get_overload` what
to call; twin.kernel leaves it out with any other release, or where GEOTWIN_KERNEL_PARTS is 0.
"""

import gc
from typing import Any

import numba
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Flags, compile_extra
from numba.core.typing.templates import make_concrete_template


class _Part(JITCodeLibrary):  # type: ignore[misc]
    """The code of a kernel, to be optimised and made into machine code as a part of its callers."""

    def _optimize_functions(self, ll_module: Any) -> None:
        """Left to the callers."""

    def _optimize_final_module(self) -> None:
        """Left to the callers."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


class Parts:
    """The parts made of one kernel, by the types of its arguments."""

    def __init__(self, dispatcher: Any) -> None:
        self._dispatcher = dispatcher
        self._made: dict[Any, tuple[_Part, Any]] = {}

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """How numba types a call: a template, the signature in Python, and the arguments in order."""
        in_python, args = self._dispatcher._compiler.fold_argument_types(args, kws)
        args = tuple(numba.types.unliteral(arg) for arg in args)
        if args not in self._made:
            self._made[args] = self._make(args)
        name = self._dispatcher.py_func.__name__
        return make_concrete_template(name, name, [self._made[args][1]]), in_python, args, {}

    def get_overload(self, args: Any) -> Any:
        """What numba calls for arguments of these types."""
        return self._made[tuple(args)][0]

    def _make(self, args: Any) -> tuple[_Part, Any]:
        """Translate the kernel. Nothing made here is garbage before the end, so looking for some is left out."""
        target, flags = self._dispatcher.targetdescr, Flags()
        target.options.parse_as_flags(flags, self._dispatcher.targetoptions)
        flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
        context, function = target.target_context, self._dispatcher.py_func
        part = _Part(context.codegen(), function.__name__)
        collecting = gc.isenabled()
        gc.disable()
        try:
            result = compile_extra(target.typing_context, context, function, args, None, flags, {}, part)
        finally:
            if collecting:
                gc.enable()
        context.insert_user_function(part, result.fndesc, [part])
        return part, result.signature
