"""Compiling the loops of carving while files can still be made: a confined process cannot keep what it compiles."""

import sys

import numpy as np
import simplejpeg
from numba.core.caching import NullCache

from everyframe.evidence.carving import carve

__all__ = ["warm_up"]

PACKAGE = "everyframe.evidence.carving."


def warm_up() -> None:
    """Carve a picture and a broken one out of a few kilobytes, then let nothing more be kept on disk."""
    picture = simplejpeg.encode_jpeg(np.arange(120 * 160 * 3, dtype=np.uint32).astype(np.uint8).reshape(120, 160, 3))
    data = bytes(4096) + picture + bytes(4096) + picture[:900] + bytes(8192)
    for _ in carve(lambda offset, length: data[offset : offset + length], [(0, len(data))]):
        pass
    for name, module in list(sys.modules.items()):
        if name.startswith(PACKAGE):
            for value in vars(module).values():
                if hasattr(value, "_cache") and hasattr(value, "py_func"):
                    value._cache = NullCache()  # noqa: SLF001 - numba has no other way to say so
