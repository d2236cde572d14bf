"""What known sets say of what is handed out: exact hits that count, never near ones, never those of a set left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, case, func, select

from everyframe.store import folding, schema
from everyframe.store.ids import id_list, id_select
from everyframe.store.match_schema import known_hit, known_set

__all__ = ["KnownBy", "known_by", "known_columns", "with_known_set"]

M, S, H = schema.media, known_set, known_hit
BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class KnownBy:
    """Hold what one known set says of a content.

    Args:
        ident: id of the set.
        name: of the set.
        version: of the set.
        kind: what a hit means.
        scheme: of its categories.
        categories: as the set writes them, each once, in order.
        accounts: this set is the one that accounts for the content.
    """

    ident: str
    name: str
    version: str
    kind: str
    scheme: str
    categories: tuple[str, ...]
    accounts: bool

    @property
    def source(self) -> str:
        """Name the set with its version."""
        return f"{self.name} {self.version}".strip()


def known_by(connection: Connection, ids: Iterable[int]) -> dict[int, list[KnownBy]]:
    """Give what each set says of some Media, in the order in which the sets entered the case."""
    query = (
        select(H.c.media_id, S.c.id, S.c.ident, S.c.name, S.c.version, S.c.kind, S.c.scheme, H.c.category, M.c.known_by)
        .select_from(H.join(S, S.c.id == H.c.set_id).join(M, M.c.id == H.c.media_id))
        .where(H.c.media_id.in_(id_select()), *_counts())
        .order_by(H.c.media_id, S.c.id, H.c.category)
    )
    found: dict[int, dict[int, KnownBy]] = {}
    for row in connection.execute(query, id_list(ids)):
        of = found.setdefault(row.media_id, {})
        said = of[row.id].categories if row.id in of else ()
        parts = (row.ident, row.name, row.version, row.kind, row.scheme, (*said, row.category))
        of[row.id] = KnownBy(*parts, accounts=row.known_by == row.id)
    return {media: [*sets.values()] for media, sets in found.items()}


def with_known_set(files: FromClause) -> FromClause:
    """Join files, which ``folding.under`` has joined before, with the set that accounts for each."""
    return files.outerjoin(S, S.c.id == folding.known_set_of())


def known_columns() -> tuple[ColumnElement[Any], ...]:
    """Give name, version and kind of the set that accounts for a file, and the categories that it says of it."""
    own = case((M.c.known_by.is_not(None), M.c.id), else_=folding.OVER.c.id)
    said = select(H.c.category).where(H.c.media_id == own, H.c.set_id == S.c.id, *_of_hit()).order_by(H.c.category)
    inner = said.correlate(M, folding.OVER, S).subquery()
    joined = select(func.group_concat(inner.c.category, BETWEEN)).scalar_subquery()
    return (
        S.c.name.label("known_set"),
        S.c.version.label("known_version"),
        S.c.kind.label("known_kind"),
        case((S.c.id.is_not(None), joined)).label("known_category"),
    )


def _of_hit() -> tuple[ColumnElement[bool], ...]:
    return H.c.manner == "exact", H.c.agrees.is_(True)


def _counts() -> tuple[ColumnElement[bool], ...]:
    return (*_of_hit(), S.c.left_out.is_(False))
