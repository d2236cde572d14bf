"""The plain signals: what is true of a picture by stored facts alone, each of which a person can check."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from everyframe.store.order_facts import Codes, Facts

__all__ = ["SIGNALS", "Link", "Signal", "columns_of", "link_columns", "measure"]

Bools = npt.NDArray[np.bool_]
RECENT_SECONDS: Final = 180 * 86400
#: Cells of about 100 metres of latitude.
CELLS_PER_DEGREE: Final = 1000
_FEW: Final = 3


@dataclass(frozen=True, slots=True)
class Signal:
    """Name one signal, and the function that tells for which rows it is true; None where nothing can be told.

    Its words stand in ``drawing_words``.
    """

    name: str
    run: Callable[[Facts], Bools | None]


@dataclass(frozen=True, slots=True)
class Link:
    """Hold one way to belong together: rows (N,) with the same code, and how many codes there are."""

    name: str
    codes: Codes
    number: int


def _in_camera_folder(facts: Facts) -> Bools:
    named = np.array([b"DCIM" in path.upper().split(b"/") for _, path in facts.folder.names] or [False], bool)
    return np.asarray(named[facts.folder.codes], bool)


def _own_camera(facts: Facts) -> Bools:
    """Tell what a camera took that has at least three pictures in camera folders of the exhibit."""
    codes = facts.camera.codes
    own = np.bincount(codes[_in_camera_folder(facts) & (codes >= 0)], minlength=len(facts.camera.names) + 1)
    return (codes >= 0) & (own[codes] >= _FEW)


def _original_size(facts: Facts) -> Bools:
    """Tell what has as many pixels as most pictures of its camera, turned or not."""
    tall, wide = facts.pixels & ((1 << 20) - 1), facts.pixels >> 20
    shape = np.minimum(wide, tall) << 20 | np.maximum(wide, tall)
    found = np.zeros(len(facts), bool)
    for code in range(len(facts.camera.names)):
        rows = np.flatnonzero(facts.camera.codes == code)
        if len(rows) >= _FEW:
            shapes, counts = np.unique(shape[rows], return_counts=True)
            found[rows] = shape[rows] == shapes[counts.argmax()]
    return found


def _hidden(facts: Facts) -> Bools:
    def hides(path: bytes) -> bool:
        return any(part.startswith((b".", b"$")) for part in path.split(b"/"))

    named = np.array([hides(path) for _, path in facts.folder.names] or [False], bool)
    return np.asarray(named[facts.folder.codes], bool)


def _recent(facts: Facts) -> Bools | None:
    """Tell what is young beside the newest time recorded; clocks that are far ahead of the rest do not set it."""
    known = facts.taken[~np.isnan(facts.taken)]
    if not known.size:
        return None
    newest = np.quantile(known, 0.999)
    with np.errstate(invalid="ignore"):
        return np.asarray(facts.taken >= newest - RECENT_SECONDS, bool)


SIGNALS: Final[tuple[Signal, ...]] = (
    Signal("unknown", lambda f: None if f.known is None else ~f.known),
    Signal("own-camera", _own_camera),
    Signal("camera-folder", _in_camera_folder),
    Signal("camera-metadata", lambda f: f.camera.codes >= 0),
    Signal("original-size", _original_size),
    Signal("recovered", lambda f: f.recovered),
    Signal("hidden", _hidden),
    Signal("thumbnail-differs", lambda f: f.differs),
    Signal("recent", _recent),
    Signal("sound", lambda f: f.film & f.sound),
)


def measure(facts: Facts) -> dict[str, Bools]:
    """Tell for each signal that can be told for which rows (N,) it is true."""
    found = {s.name: s.run(facts) for s in SIGNALS}
    return {name: values for name, values in found.items() if values is not None}


def link_columns(facts: Facts) -> tuple[Link, ...]:
    """Give the ways in which rows belong together, those of grouping included."""
    hour, day = (_whole(facts.taken, seconds) for seconds in (3600, 86400))
    north, east = (_whole(facts.place[:, axis] * CELLS_PER_DEGREE, 1) for axis in (0, 1))
    columns = {
        "camera": facts.camera.codes,
        "moment": _joined(facts.camera.codes.astype(np.int64), hour),
        "day": _joined(day, day),
        "place": _joined(north, east),
        "folder": facts.folder.codes,
    }
    columns |= {name: column.codes for name, column in facts.links.items()}
    return tuple(Link(n, c, int(c.max(initial=-1)) + 1) for n, c in columns.items())


def columns_of(columns: list[Codes]) -> tuple[Codes, int]:
    """Put code columns side by side (N, C), each with numbers of its own; gives how many there are in all."""
    first, found = 0, []
    for codes in columns:
        found.append(np.where(codes >= 0, codes + first, -1).astype(np.int32))
        first += int(codes.max(initial=-1)) + 1
    return np.ascontiguousarray(np.stack(found, axis=1)), first


_NONE: Final = np.iinfo(np.int64).min


def _whole(values: npt.NDArray[np.float64], unit: float) -> npt.NDArray[np.int64]:
    """Count whole units; what is unknown stays so."""
    known = ~np.isnan(values)
    return np.where(known, np.floor(np.where(known, values, 0) / unit), _NONE).astype(np.int64)


def _joined(one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> Codes:
    """Number pairs; where either is unknown, -1."""
    known = (one != _NONE) & (other != _NONE) & (one != -1)
    codes = np.full(len(one), -1, np.int32)
    if known.any():
        pairs = np.stack((one[known], other[known]), axis=1)
        codes[known] = np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1)
    return codes
