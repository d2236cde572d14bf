"""The order of a view: every id at once, as numbers, so that the screen can reach any place of a million without asking."""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Connection, Select, case, exists, func, select

from everyframe.model.states import MediaKind
from everyframe.store import schema
from everyframe.store.likeness import alike, likeness_in
from everyframe.store.views import View, conditions, ordering

__all__ = ["LOOKED", "Order", "as_told", "count", "counts", "newer", "read_order"]

M, S = schema.media, schema.standing
LOOKED = 1
CODE_SHIFT = 1
OTHER_CODE = 63  # decided under another scheme
_BITS = 6

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Order:
    """Hold the ids of a view in order, with one byte each for what is known of them.

    Args:
        ids: of Media, int32.
        states: uint8: bit 0 is set when a Look stands; the bits above are 0 when undecided, else 1 + the category's place
            in the scheme (63 for a category of another scheme).
        newest: the highest Media id there was; what has a higher one came later.
    """

    ids: npt.NDArray[np.int32]
    states: npt.NDArray[np.uint8]
    newest: int

    @property
    def key(self) -> str:
        """Name this list of ids; another list has another name."""
        return hashlib.sha256(self.ids.tobytes()).hexdigest()[:32]


def read_order(connection: Connection, view: View, scheme: str, codes: tuple[str, ...]) -> Order:
    """Read the order of a view. ``codes`` are the categories of ``scheme``, in its order."""
    where = conditions(connection, view, scheme)
    packed = _numbers(connection, ordering(select(M.c.id * 2 + M.c.looked).where(*where), view.order))
    newest = connection.execute(select(func.coalesce(func.max(M.c.id), 0))).scalar_one()
    if view.order == "nearest":
        packed = _nearest(connection, view, packed)
    ids = (packed >> 1).astype(np.int32)
    states = (packed & LOOKED).astype(np.uint8)
    _add_categories(connection, ids, states, scheme, codes)
    if view.unnamed:
        states[np.isin(ids, np.asarray(view.unnamed, dtype=np.int32))] &= LOOKED
    return Order(ids, states, int(newest))


def _nearest(connection: Connection, view: View, packed: Numbers) -> Numbers:
    """Put what looks most like the picture that the query names first; without such a query the listing stands."""
    asked = likeness_in(view.where)
    if asked is None:
        return packed
    ids = alike(connection, asked).ids
    rank = np.full(int(max(ids.max(initial=0), (packed >> 1).max(initial=0))) + 1, len(ids))
    rank[ids] = np.arange(len(ids))
    nearest: Numbers = packed[np.argsort(rank[packed >> 1], kind="stable")]
    return nearest


def newer(connection: Connection, view: View, scheme: str, after: int) -> int:
    """Count the Media of a view that came after an order was read."""
    query = select(func.count()).where(*conditions(connection, view, scheme), M.c.id > after)
    return int(connection.execute(query).scalar_one())


def counts(connection: Connection, exhibit: str, scheme: str, codes: tuple[str, ...]) -> dict[str, int]:
    """Count the Media of every view of an exhibit, or of the case when it is empty."""
    where = conditions(connection, View("all", exhibit), scheme)
    looked, film = func.sum(case((M.c.looked, 1), else_=0)), func.sum(case((M.c.kind == MediaKind.VIDEO, 1), else_=0))
    total, seen, films = connection.execute(select(func.count(), looked, film).select_from(M).where(*where)).one()
    found = {"all": total, "looked": seen or 0, "video": films or 0}
    for name in ("damaged", "differs", "stacked", "variants", "known", "sample"):
        found[name] = count(connection, View(name, exhibit), scheme)
    excluding = connection.execute(select(exists().where(schema.exclusion.c.withdrawn_at.is_(None)))).scalar_one()
    found["remaining"] = count(connection, View("remaining", exhibit), scheme) if excluding else total - (seen or 0)
    found["undecided"] = total - sum(_by_category(connection, where).values())
    by_code = _by_category(connection, conditions(connection, View("decided", exhibit), scheme))
    found["decided"] = sum(by_code.values())
    return found | {f"category:{code}": by_code.get((scheme, code), 0) for code in codes}


def as_told(
    connection: Connection, found: dict[str, int], view: View, scheme: str, codes: tuple[str, ...]
) -> dict[str, int]:
    """Give the counts of all views as somebody sees them who is not told of some decisions: those named in ``view``."""
    if not view.unnamed:
        return found
    names = ("decided", "undecided", *(f"category:{code}" for code in codes))
    return found | {name: count(connection, replace(view, show=name), scheme) for name in names}


def _by_category(connection: Connection, where: Sequence[ColumnElement[bool]]) -> dict[tuple[str, str], int]:
    query = select(S.c.scheme, S.c.code, func.count()).join(M, M.c.id == S.c.media_id).where(*where)
    return {(r[0], r[1]): r[2] for r in connection.execute(query.group_by(S.c.scheme, S.c.code))}


def count(connection: Connection, view: View, scheme: str) -> int:
    """Count the Media of one view."""
    query = select(func.count()).select_from(M).where(*conditions(connection, view, scheme))
    return int(connection.execute(query).scalar_one())


def _numbers(connection: Connection, query: Select[Any]) -> Numbers:
    """Read one column of whole numbers through the driver's own cursor: a million row objects would cost a second."""
    rows: Any = connection.execute(query).cursor
    return np.fromiter(itertools.chain.from_iterable(rows), dtype=np.int64)


def _add_categories(
    connection: Connection,
    ids: npt.NDArray[np.int32],
    states: npt.NDArray[np.uint8],
    scheme: str,
    codes: tuple[str, ...],
) -> None:
    query = select(S.c.media_id * (1 << _BITS) + _place(scheme, codes)).order_by(S.c.media_id)
    packed = _numbers(connection, query)
    if not packed.size:
        return
    decided, places = packed >> _BITS, (packed & OTHER_CODE).astype(np.uint8)
    at = np.searchsorted(decided, ids)
    at[at == decided.size] = 0
    hit = decided[at] == ids
    states[hit] |= places[at[hit]] << CODE_SHIFT


def _place(scheme: str, codes: tuple[str, ...]) -> ColumnElement[int]:
    whens = [(S.c.code == code, place) for place, code in enumerate(codes[: OTHER_CODE - 1], 1)]
    return case((S.c.scheme != scheme, OTHER_CODE), *whens, else_=OTHER_CODE)
