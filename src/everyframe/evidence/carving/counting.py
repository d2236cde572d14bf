"""Counting bits by one instruction of the machine, in compiled loops."""

from typing import TYPE_CHECKING, Any, cast

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ones", "zeros_below"]

_NEVER_UNDEFINED = ir.Constant(ir.IntType(1), 0)


def _ones(_typing: Any, _bits: Any) -> Any:  # noqa: ANN401 - numba hands its own types in
    return types.int64(types.int64), lambda _context, builder, _signature, values: builder.ctpop(values[0])


def _zeros_below(_typing: Any, _bits: Any) -> Any:  # noqa: ANN401 - numba hands its own types in
    return types.int64(types.int64), lambda _context, builder, _signature, values: builder.cttz(
        values[0], _NEVER_UNDEFINED
    )


ones = cast("Callable[[Any], Any]", intrinsic(_ones))
"""Count the bits of an int64 that are set."""
zeros_below = cast("Callable[[Any], Any]", intrinsic(_zeros_below))
"""Count the zeros below the lowest bit of an int64 that is set; 64 where none is."""
