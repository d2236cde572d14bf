"""How loops are compiled here: without the interpreter's lock, in the order of operations as written."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

__all__ = ["compiled", "compiled_once"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile as part of what calls it."""
    return cast("_Function", numba.njit(nogil=True, error_model="numpy")(function))


def compiled_once(*takes: object) -> Callable[[_Function], _Function]:
    """Compile for arguments of these types at once, or take what an earlier process has compiled.

    Where no folder can be written to that could keep it, every process compiles anew.
    """

    def wrap(function: _Function) -> _Function:
        try:
            done = numba.njit(takes, nogil=True, error_model="numpy", cache=True)(function)
        except RuntimeError:  # numba's word for a cache without a place
            done = numba.njit(takes, nogil=True, error_model="numpy")(function)
        return cast("_Function", done)

    return wrap
