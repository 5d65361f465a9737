"""Arrays handed to compiled code by their addresses: one small array of numbers in place of fifty arrays.

Handing an array through the interpreter costs about as much as the kernels need for it.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple

import numba
import numpy as np

COLUMNS = 3
"""Address, rows and columns of an array."""


class Array(NamedTuple):
    """One array as compiled code knows it: the layout of an element, and one or two dimensions."""

    dtype: Any
    dimensions: int = 1


class Layout(NamedTuple):
    """A named tuple as compiled code knows it: its class, and for every field an Array or the Layout of a tuple."""

    kind: Any
    fields: tuple[Any, ...]


def addresses_of(arrays: Any) -> Any:
    """Where arrays lie: a row of address, rows and columns for each. The arrays must outlive every use of it.

    arrays: a list or tuple of arrays; tuples within it are taken field by field
    """
    rows = [(a.ctypes.data, a.shape[0], a.shape[1] if a.ndim > 1 else 0) for a in _flat(arrays)]
    return np.array(rows, np.int64).reshape(-1, COLUMNS)


def _flat(arrays: Any) -> Iterator[Any]:
    for one in arrays:
        if isinstance(one, tuple):
            yield from _flat(one)
        else:
            yield one


def record(dtype: Any) -> Any:
    """The layout of a table as compiled code knows it."""
    return np.dtype([(name, dtype.fields[name][0]) for name in dtype.names])


def _array(context: Any, builder: Any, addresses: Any, made: Any, number: Any) -> Any:
    """Code that makes the array of type `made` from row `number` of the addresses."""
    from numba.np.arrayobj import make_array, populate_array  # noqa: PLC0415

    first = builder.mul(number, context.get_constant(numba.types.intp, COLUMNS))
    address, *shape = (
        builder.load(builder.gep(addresses.data, [builder.add(first, context.get_constant(numba.types.intp, k))]))
        for k in range(1 + made.ndim)
    )
    element = context.get_data_type(made.dtype)
    size = context.get_constant(numba.types.intp, context.get_abi_sizeof(element))
    strides = [builder.mul(size, shape[1]), size] if made.ndim > 1 else [size]
    view = make_array(made)(context, builder)
    data = builder.inttoptr(address, element.as_pointer())
    populate_array(view, data=data, shape=shape, strides=strides, itemsize=size, meminfo=None)
    return view._getvalue()


def _opened(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """The array of addresses itself, as code that is being made sees it."""
    from numba.np.arrayobj import make_array  # noqa: PLC0415

    return make_array(signature.args[0])(context, builder, arguments[0])


@numba.extending.intrinsic  # type: ignore[untyped-decorator]
def array_at(typing_context: Any, addresses: Any, number: Any, dtype: Any) -> Any:  # noqa: ARG001
    """The array number `number` behind `addresses`, in compiled code only."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        opened = _opened(context, builder, signature, arguments)
        return _array(context, builder, opened, signature.return_type, arguments[1])

    made = numba.types.Array(dtype.dtype, 1, "C")
    return made(addresses, numba.types.intp, dtype), generate


def _type(part: Array | Layout) -> Any:
    """What an array, or a tuple of arrays, is to compiled code."""
    if isinstance(part, Layout):
        return numba.types.BaseTuple.from_types([_type(field) for field in part.fields], part.kind)
    return numba.types.Array(numba.from_dtype(np.dtype(part.dtype)), part.dimensions, "C")


def tuple_at(layout: Layout) -> Any:
    """What makes the tuple of this layout out of `addresses_of` that tuple, in compiled code only."""

    def built(context: Any, builder: Any, addresses: Any, made: Any, numbers: Iterator[int]) -> Any:
        if isinstance(made, numba.types.Array):
            number = context.get_constant(numba.types.intp, next(numbers))
            return _array(context, builder, addresses, made, number)
        fields = [built(context, builder, addresses, field, numbers) for field in made.types]
        return context.make_tuple(builder, made, fields)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        opened = _opened(context, builder, signature, arguments)
        return built(context, builder, opened, signature.return_type, count())

    @numba.extending.intrinsic  # type: ignore[untyped-decorator]
    def made_at(typing_context: Any, addresses: Any) -> Any:  # noqa: ARG001
        return _type(layout)(addresses), generate

    return made_at
