"""What the hashes of a case fold to, kept in ``CASE/index``, so that a person's split or merge does not measure all of it anew.

The file is only ever a short cut: it is named by a digest of all that was measured, and taken only when every member in it is within
the radius of its representative. Without it, or with another, everything is measured again.
"""

import contextlib
import hashlib
from dataclasses import fields
from pathlib import Path
from typing import Final

import numpy as np

from everyframe.atomic import atomic_file
from everyframe.grouping.copies import Pictures
from everyframe.grouping.stacks import fits, measured
from everyframe.known._kernel import Ints

__all__ = ["measured_or_kept"]

_NAME: Final = "stacks-1.bin"
_DIGEST: Final = 32


def measured_or_kept(folder: Path, pictures: Pictures, radius: int) -> Ints:
    """Give the representative (N,) of each picture as the hashes alone have it.

    Args:
        folder: where the newest measurement is kept; one that cannot be written to is no obstacle.
        pictures: to fold.
        radius: of a stack, 0-31.
    """
    key = _key(pictures, radius)
    owner = _kept(folder / _NAME, key)
    if owner is not None and fits(pictures, radius, owner):
        return owner
    owner = measured(pictures, radius)
    with contextlib.suppress(OSError), atomic_file(folder / _NAME) as file:
        data = owner.astype("<i8").tobytes()
        file.write(key + hashlib.sha256(key + data).digest() + data)
    return owner


def _key(pictures: Pictures, radius: int) -> bytes:
    total = hashlib.sha256(b"%d %d" % (radius, len(pictures)))
    for field in fields(pictures):
        total.update(np.ascontiguousarray(getattr(pictures, field.name)).tobytes())
    return total.digest()


def _kept(path: Path, key: bytes) -> Ints | None:
    """Read what is kept; None when it is of other pictures, damaged, or not there."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    head, digest, rows = data[:_DIGEST], data[_DIGEST : 2 * _DIGEST], data[2 * _DIGEST :]
    if head != key or len(rows) % 8 or digest != hashlib.sha256(key + rows).digest():
        return None
    return np.frombuffer(rows, "<i8").astype(np.int64)
