"""Arrays handed to compiled code by their addresses: one small array of numbers in place of fifty arrays.

Handing an array through the interpreter costs about as much as the kernels need for it.
"""

from typing import Any

import numpy as np

from twin.kernel import numba

COLUMNS = 3
"""Address, rows and columns of an array."""


def addresses_of(arrays: list[Any]) -> Any:
    """Where arrays lie: a row of address, rows and columns for each. The arrays must outlive every use of it."""
    rows = [(a.ctypes.data, a.shape[0], a.shape[1] if a.ndim > 1 else 0) for a in arrays]
    return np.array(rows, np.int64).reshape(-1, COLUMNS)


def record(dtype: Any) -> Any:
    """The layout of a table as compiled code knows it."""
    return np.dtype([(name, dtype.fields[name][0]) for name in dtype.names])


def _view(dtype: Any, dimensions: int) -> Any:
    """The type of an array, and the code that makes one from a row of `addresses_of`."""
    made = numba.types.Array(dtype.dtype, dimensions, "C")

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        from numba.np.arrayobj import make_array, populate_array  # noqa: PLC0415

        addresses = make_array(signature.args[0])(context, builder, arguments[0])
        first = builder.mul(arguments[1], context.get_constant(numba.types.intp, COLUMNS))
        address, *shape = (
            builder.load(builder.gep(addresses.data, [builder.add(first, context.get_constant(numba.types.intp, k))]))
            for k in range(1 + dimensions)
        )
        element = context.get_data_type(made.dtype)
        size = context.get_constant(numba.types.intp, context.get_abi_sizeof(element))
        strides = [builder.mul(size, shape[1]), size] if dimensions > 1 else [size]
        view = make_array(made)(context, builder)
        data = builder.inttoptr(address, element.as_pointer())
        populate_array(view, data=data, shape=shape, strides=strides, itemsize=size, meminfo=None)
        return view._getvalue()

    return made, generate


@numba.extending.intrinsic  # type: ignore[untyped-decorator]
def array_at(typing_context: Any, addresses: Any, number: Any, dtype: Any) -> Any:  # noqa: ARG001
    """The array number `number` behind `addresses`, in compiled code only."""
    made, generate = _view(dtype, 1)
    return made(addresses, numba.types.intp, dtype), generate


@numba.extending.intrinsic  # type: ignore[untyped-decorator]
def grid_at(typing_context: Any, addresses: Any, number: Any, dtype: Any) -> Any:  # noqa: ARG001
    """The same for a two-dimensional array."""
    made, generate = _view(dtype, 2)
    return made(addresses, numba.types.intp, dtype), generate
