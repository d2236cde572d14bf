"""Folding: what stands under another picture, and what the grid leaves out for it.

There is one way in which a file stands under a picture: the picture that it is embedded in and shows the same as, or else
the representative of its content's stack. The picture that it stands under may itself stand under a representative.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, exists, false, func, or_, update

from everyframe.store import schema
from everyframe.store.ids import id_list, id_select

__all__ = ["HEAD", "KNOWN", "OVER", "STACKED", "aside_value", "known_set_of", "over_looked", "settle_aside", "under"]

F, M = schema.media_file, schema.media
OVER = M.alias("over")  # the Media that a file stands under
HEAD = M.alias("head")  # the representative of that one's stack

#: Bits of ``media.aside``.
KNOWN: Final = 1
STACKED: Final = 2


def under(files: FromClause) -> FromClause:
    """Join ``media_file`` and its Media with the Media that the file stands under, and that one's representative."""
    over = func.coalesce(F.c.folded_under, M.c.stacked_under)
    return files.outerjoin(OVER, OVER.c.id == over).outerjoin(HEAD, HEAD.c.id == OVER.c.stacked_under)


def over_looked() -> ColumnElement[bool]:
    """Say whether a picture that the file stands under was looked at."""
    return or_(OVER.c.looked, HEAD.c.looked)


def known_set_of() -> ColumnElement[int | None]:
    """Give the known set that accounts for a file.

    An embedded picture that shows the same as the one around it is a part of that one's bytes: it is known with them.
    """
    return func.coalesce(M.c.known_by, case((F.c.folded_under.is_not(None), OVER.c.known_by)))


def settle_aside(connection: Connection, ids: Sequence[int] | None = None) -> int:
    """Bring ``media.aside`` up to date with known sets, stacks and exclusions; gives how many Media changed.

    Of all Media, or only where ``ids`` have changed.

    A member is left out of the grid only while its representative is in it: if that one is known, or all its files are
    excluded, the member stands for itself.
    """
    value = aside_value()
    some = or_(M.c.known_by.is_not(None), M.c.stacked_under.is_not(None), M.c.aside != 0)
    changes = update(M).where(some, M.c.aside != value).values(aside=value)
    if ids is None:
        return connection.execute(changes).rowcount
    own = connection.execute(changes.where(M.c.id.in_(id_select())), id_list(ids)).rowcount
    return own + connection.execute(changes.where(M.c.stacked_under.in_(id_select())), id_list(ids)).rowcount


def aside_value() -> ColumnElement[int]:
    """Give what ``media.aside`` must be."""
    head, file = M.alias("rep"), F.alias("rep_file")
    open_file = exists().where(file.c.media_id == head.c.id, file.c.exclusion_id.is_(None))
    there = exists().where(
        head.c.id == M.c.stacked_under, head.c.known_by.is_(None), head.c.folded == false(), open_file
    )
    stacked = and_(M.c.stacked_under.is_not(None), there)
    return case((M.c.known_by.is_not(None), KNOWN), else_=0) + case((stacked, STACKED), else_=0)
