"""Views: which Media a person wants to see, of which exhibit, in what order; each view is also a URL."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, or_, select

from everyframe.errors import UsageError
from everyframe.model.query import Node
from everyframe.model.states import MediaKind, MediaOutcome
from everyframe.store import filters, order_schema, schema
from everyframe.store.ids import id_list_literal
from everyframe.store.remaining import remaining
from everyframe.store.stack_members import stack_of
from everyframe.store.stack_schema import stack_member

__all__ = ["MADE", "ORDERS", "SHOWS", "View", "conditions", "ordering", "shown", "unfolded"]

M, F, E = schema.media, schema.media_file, schema.exhibit
S, T = schema.standing, stack_member

SHOWS = (
    "all", "remaining", "looked", "undecided", "decided", "video", "damaged", "differs", "stacked", "variants", "known",
    "sample",
)  # fmt: skip
ORDERS = ("listing", "largest", "newest", "nearest", "next", "ranked", "drawn")
#: Orders that the triage makes; here they stand as listed.
MADE = ("next", "ranked")
CATEGORY = "category:"
STACK = "stack:"
SAMPLE = "sample"  # shows every kind of what is left out otherwise: each was drawn by itself
#: Views that also have what the grid leaves out otherwise: what is known, and what is folded under a representative.
UNFOLDED = ("decided", "known")


@dataclass(frozen=True, slots=True)
class View:
    """Name a part of the case in an order.

    Args:
        show: one of ``SHOWS``, ``category:CODE`` of the case's own scheme, or ``stack:ID``, the whole stack of a Media.
        exhibit: its reference; every exhibit when empty.
        order: one of ``ORDERS``.
        q: a query as it was written.
        where: the same, understood; None asks for everything.
        unnamed: Media whose decision the person who asks is not told of; they count as undecided.
    """

    show: str = "all"
    exhibit: str = ""
    order: str = "listing"
    q: str = ""
    where: Node | None = None
    unnamed: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.show not in SHOWS and not self.category and self.stack is None:
            there = f"{', '.join(SHOWS)}, {CATEGORY}CODE, {STACK}ID"
            raise UsageError(f"nothing to show is called {self.show!r}; there is {there}")
        if self.order not in ORDERS:
            raise UsageError(f"no order is called {self.order!r}; there is {', '.join(ORDERS)}")

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> "View":
        """Read a view from the fields of a query string.

        Raises:
            UsageError: it names something that does not exist.
        """
        return cls(values.get("show") or "all", values.get("exhibit") or "", values.get("order") or "listing")

    @property
    def category(self) -> str:
        """Give the code of the category that is shown, or nothing."""
        return self.show.removeprefix(CATEGORY) if self.show.startswith(CATEGORY) else ""

    @property
    def stack(self) -> int | None:
        """Give the Media whose stack is shown, or None."""
        number = self.show.removeprefix(STACK)
        return int(number) if number != self.show and re.fullmatch(r"[0-9]{1,9}", number) else None

    def check(self, connection: Connection) -> None:
        """Check that the case has the exhibit.

        Raises:
            UsageError: it has none with this reference.
        """
        _of_exhibit(connection, self.exhibit)

    def as_json(self) -> dict[str, str]:
        """Give the view as records and URLs name it."""
        named = {"show": self.show, "exhibit": self.exhibit, "order": self.order}
        return named | {"q": self.q} if self.q else named


def shown() -> ColumnElement[bool]:
    """Tell which Media stand in the grid: viewable, not folded under another, and not known."""
    return and_(unfolded(), M.c.aside == 0)


def unfolded() -> ColumnElement[bool]:
    """Tell which Media can be shown, and are not folded under the picture that they are embedded in."""
    return and_(M.c.outcome == MediaOutcome.VIEWABLE, M.c.folded == false())


def conditions(connection: Connection, view: View, scheme: str) -> list[ColumnElement[bool]]:
    """Give what a Media must satisfy to be in a view; ``scheme`` is that of the case.

    Raises:
        UsageError: the case has no such exhibit.
    """
    if view.category:
        code = (S.c.media_id == M.c.id, S.c.scheme == scheme, S.c.code == view.category)
        found = [unfolded(), exists().where(*code), *_told(view)]
    elif view.stack is not None:
        found = [M.c.outcome == MediaOutcome.VIEWABLE, M.c.id.in_(stack_of(view.stack))]
    else:
        everything = view.show in UNFOLDED or (view.where is not None and filters.unfolds(view.where))
        base = [] if view.show == SAMPLE else [unfolded() if everything else shown()]
        found = [*base, *_SHOW[view.show](connection)]
        if view.show == "decided":
            found += _told(view)
        elif view.show == "undecided" and view.unnamed:
            found = [*base, or_(*_undecided(connection), M.c.id.in_(id_list_literal(view.unnamed)))]
    if view.where is not None:
        found.append(filters.condition(connection, view.where, scheme, view.unnamed))
    return found + _of_exhibit(connection, view.exhibit)


def _told(view: View) -> list[ColumnElement[bool]]:
    return [M.c.id.not_in(id_list_literal(view.unnamed))] if view.unnamed else []


def ordering(query: Select[Any], order: str) -> Select[Any]:
    """Put a query over Media into an order; the listing decides where all else is equal."""
    if order == "newest":
        first = F.alias("first")
        joined = query.join(first, first.c.id == M.c.first_file_id)
        return joined.order_by(first.c.modified.desc().nulls_last(), M.c.first_file_id)
    if order == "drawn":
        item = order_schema.sample_item
        newest = select(func.max(order_schema.sample.c.id)).scalar_subquery()
        joined = query.outerjoin(item, and_(item.c.media_id == M.c.id, item.c.sample_id == newest))
        return joined.order_by(item.c.ordinal.nulls_last(), M.c.first_file_id)
    if order == "largest":
        return query.order_by(M.c.size.desc(), M.c.first_file_id.desc())
    return query.order_by(M.c.first_file_id)


def _of_exhibit(connection: Connection, reference: str) -> list[ColumnElement[bool]]:
    if not reference:
        return []
    known = dict(connection.execute(select(E.c.reference, E.c.id)).all())
    if reference not in known:
        raise UsageError(f"the case has no exhibit {reference}")
    if len(known) == 1:
        return []
    ids = select(F.c.media_id).where(F.c.exhibit_id == known[reference], F.c.media_id.is_not(None))
    return [M.c.id.in_(ids)]


def _all(_connection: Connection) -> list[ColumnElement[bool]]:
    return []


def _looked(_connection: Connection) -> list[ColumnElement[bool]]:
    return [M.c.looked]


def _decided(_connection: Connection) -> list[ColumnElement[bool]]:
    some = S.alias("some")
    return [exists().where(some.c.media_id == M.c.id)]


def _undecided(_connection: Connection) -> list[ColumnElement[bool]]:
    return [~exists().where(S.c.media_id == M.c.id)]


def _video(_connection: Connection) -> list[ColumnElement[bool]]:
    return [M.c.kind == MediaKind.VIDEO]


def _damaged(_connection: Connection) -> list[ColumnElement[bool]]:
    return [M.c.damaged != ""]


def _differs(_connection: Connection) -> list[ColumnElement[bool]]:
    embedded = schema.embedding
    return [M.c.id.in_(select(embedded.c.media_id).where(embedded.c.differs))]


def _sample(_connection: Connection) -> list[ColumnElement[bool]]:
    """Give the newest sample."""
    item = order_schema.sample_item
    newest = select(func.max(order_schema.sample.c.id)).scalar_subquery()
    return [M.c.id.in_(select(item.c.media_id).where(item.c.sample_id == newest))]


def _stacked(_connection: Connection) -> list[ColumnElement[bool]]:
    return [M.c.id.in_(select(T.c.representative_id))]


def _variants(_connection: Connection) -> list[ColumnElement[bool]]:
    return [M.c.id.in_(select(T.c.media_id).where(T.c.differs))]


def _known(_connection: Connection) -> list[ColumnElement[bool]]:
    return [M.c.known_by.is_not(None)]


_SHOW: dict[str, Callable[[Connection], list[ColumnElement[bool]]]] = {
    "all": _all,
    "remaining": remaining,
    "looked": _looked,
    "undecided": _undecided,
    "decided": _decided,
    "video": _video,
    "damaged": _damaged,
    "differs": _differs,
    "sample": _sample,
    "stacked": _stacked,
    "variants": _variants,
    "known": _known,
}
