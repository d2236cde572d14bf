"""What a case keeps of known sets: which it was matched against, what was hit, and what people left out."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, delete, func, insert, select, update

from everyframe.audit.chain import canonical
from everyframe.errors import UsageError
from everyframe.model.clock import now
from everyframe.store import audit_log, folding, schema
from everyframe.store.ids import id_list, id_select
from everyframe.store.match_schema import known_choice, known_hit, known_set

__all__ = [
    "CaseSet",
    "HitRow",
    "add_hits",
    "as_entered",
    "choose",
    "counts",
    "drop_sets",
    "go_back",
    "hits_digest",
    "known_value",
    "move_on",
    "put_set",
    "read_hits",
    "read_sets",
    "settle_known",
]

M, S, H, C = schema.media, known_set, known_hit, known_choice
#: Which set accounts for a file that several have: one that somebody acts on before one that only says what is common.
PRECEDENCE = {"alert": 0, "reference": 1, "known-software": 2}
_RANK = 1 << 32


@dataclass(frozen=True, slots=True)
class CaseSet:
    """Hold a known set as the case was matched against it.

    Args:
        id: number within the case.
        ident: id of the set.
        name: of the set.
        version: of the set.
        kind: what a hit means.
        scheme: of its categories.
        exact_to: highest Media id that was looked up by digests.
        near_to: highest Media id that was looked up by perceptual hashes.
        left_out: whether a person left it out of this case.
    """

    id: int
    ident: str
    name: str
    version: str
    kind: str
    scheme: str
    exact_to: int
    near_to: int
    left_out: bool


@dataclass(frozen=True, slots=True)
class HitRow:
    """Hold what one set says, under one category, of one Media.

    Args:
        media_id: the Media.
        manner: ``exact`` or ``near``.
        category: as the set writes it.
        algorithm: the strongest that agrees.
        row: of the set, the first or the nearest.
        rows: how many of this category were hit.
        distance: bits; 0 for an exact hit.
        orientation: 1-8, the turn that brings the picture to how the known one lies; 1 for an exact hit.
        agrees: False when a digest that the set has of every row says otherwise.
    """

    media_id: int
    manner: str
    category: str
    algorithm: str
    row: int
    rows: int
    distance: int = 0
    orientation: int = 1
    agrees: bool = True


def read_sets(connection: Connection) -> list[CaseSet]:
    """Give the sets that the case was matched against."""
    names = [S.c[name] for name in CaseSet.__slots__]
    return [CaseSet(*row) for row in connection.execute(select(*names).order_by(S.c.id))]


def put_set(connection: Connection, ident: str, facts: dict[str, Any]) -> CaseSet:
    """Enter a set. One that was imported anew under the same id starts anew: what the earlier import said goes away."""
    text = canonical(facts)
    row = connection.execute(select(S.c.id, S.c.facts).where(S.c.ident == ident)).one_or_none()
    if row is not None and row.facts != text:
        _forget(connection, [row.id])
        row = None
    if row is None:
        chosen = select(C.c.kind).where(C.c.ident == ident).order_by(C.c.id.desc()).limit(1)
        left_out = connection.execute(chosen).scalar_one_or_none() == "without"
        values = {name: facts[name] for name in ("name", "version", "kind", "scheme")}
        values |= {"ident": ident, "facts": text, "exact_to": 0, "near_to": 0, "left_out": left_out}
        connection.execute(insert(S).values(values))
    return next(s for s in read_sets(connection) if s.ident == ident)


def as_entered(connection: Connection, ident: str, facts: dict[str, Any]) -> bool:
    """Tell whether the case was matched against the very import that these facts are of."""
    return connection.execute(select(S.c.facts).where(S.c.ident == ident)).scalar_one_or_none() == canonical(facts)


def drop_sets(connection: Connection, keep: Iterable[str]) -> list[str]:
    """Forget the sets that are not among those to keep, with all that they said; gives their ids."""
    gone = [s for s in read_sets(connection) if s.ident not in set(keep)]
    _forget(connection, [s.id for s in gone])
    return [s.ident for s in gone]


def _forget(connection: Connection, ids: Sequence[int]) -> None:
    connection.execute(delete(H).where(H.c.set_id.in_(id_select())), id_list(ids))
    connection.execute(delete(S).where(S.c.id.in_(id_select())), id_list(ids))


def add_hits(connection: Connection, set_id: int, hits: Sequence[HitRow]) -> None:
    """Store hits of Media that were looked up for the first time; the account follows."""
    if hits:
        rows = [{name: getattr(h, name) for name in HitRow.__slots__} | {"set_id": set_id} for h in hits]
        connection.execute(insert(H), rows)
        settle_known(connection, sorted({h.media_id for h in hits if h.manner == "exact"}))


def move_on(connection: Connection, set_id: int, *, manner: str, to: int) -> None:
    """State up to which Media a set was looked into."""
    column = {"exact": "exact_to", "near": "near_to"}[manner]
    connection.execute(update(S).where(S.c.id == set_id).values({column: to}))


def go_back(connection: Connection, to: int) -> None:
    """Look pictures above an id up again by their hashes: some of them have hashes only now."""
    connection.execute(delete(H).where(H.c.manner == "near", H.c.media_id > to))
    connection.execute(update(S).where(S.c.near_to > to).values(near_to=to))


def settle_known(connection: Connection, ids: Sequence[int] | None = None) -> int:
    """Bring the summaries of what is known up to date, of all Media or of some; gives how many changed.

    A near hit never makes a file known, nor does one of a set that was left out, nor one whose digests disagree.
    """
    value = known_value()
    some = M.c.id.in_(select(H.c.media_id)) | M.c.known_by.is_not(None)
    changes = update(M).where(some, M.c.known_by.is_distinct_from(value)).values(known_by=value)
    if ids is None:
        changed = connection.execute(changes).rowcount
    else:
        changed = connection.execute(changes.where(M.c.id.in_(id_select())), id_list(ids)).rowcount
    folding.settle_aside(connection, ids)
    return changed


def known_value() -> ColumnElement[int | None]:
    """Give what ``media.known_by`` must be."""
    rank = case(PRECEDENCE, value=S.c.kind, else_=len(PRECEDENCE)) * _RANK + S.c.id
    of_media = (H.c.media_id == M.c.id, H.c.manner == "exact", H.c.agrees, S.c.left_out.is_(False))
    best = select(func.min(rank) % _RANK).select_from(H.join(S, S.c.id == H.c.set_id)).where(*of_media)
    return best.correlate(M).scalar_subquery()


def choose(connection: Connection, named: str, kind: str, *, why: str, actor: str) -> CaseSet:
    """Leave a set out of this case (``without``), or take that back (``with``).

    Raises:
        UsageError: the case was not matched against such a set, or the choice is in force already.
    """
    found = [s for s in read_sets(connection) if named in (s.ident, s.name)]
    if len(found) != 1:
        there = ", ".join(s.ident for s in (found or read_sets(connection))) or "none yet"
        raise UsageError(f"{'several sets are' if found else 'this case knows no set'} called {named!r}: {there}")
    (one,) = found
    if one.left_out == (kind == "without"):
        raise UsageError(f"{one.ident} is {'left out' if one.left_out else 'in use'} already")
    connection.execute(update(S).where(S.c.id == one.id).values(left_out=kind == "without"))
    connection.execute(insert(C).values(ident=one.ident, kind=kind, why=why, actor=actor, at=now()))
    changed = settle_known(connection)
    body = {"kind": kind, "set": one.ident, "why": why, "media": changed}
    audit_log.append(connection, actor, "match.choice", body)
    return one


def counts(connection: Connection) -> list[dict[str, Any]]:
    """Count the Media that each set has, by manner."""
    query = (
        select(S.c.id, H.c.manner, func.count(H.c.media_id.distinct()).label("media"))
        .join(H, H.c.set_id == S.c.id)
        .group_by(S.c.id, H.c.manner)
    )
    media = {(r.id, r.manner): r.media for r in connection.execute(query)}
    return [
        {
            "set": s.name,
            "id": s.ident,
            "version": s.version,
            "kind": s.kind,
            "left_out": s.left_out,
            "exact": media.get((s.id, "exact"), 0),
            "near": media.get((s.id, "near"), 0),
        }
        for s in read_sets(connection)
    ]


def hits_digest(connection: Connection) -> str:
    """Digest every hit: SHA-256 over canonical JSON, a line a hit, which the audit vouches for."""
    total = hashlib.sha256()
    query = select(S.c.ident, H).join(S, S.c.id == H.c.set_id)
    query = query.order_by(H.c.media_id, S.c.ident, H.c.manner, H.c.category)
    for row in connection.execute(query.execution_options(yield_per=2000)):
        total.update(canonical([v for n, v in zip(row._fields, row, strict=True) if n != "set_id"]).encode() + b"\n")
    return total.hexdigest()


def read_hits(connection: Connection, media_id: int) -> list[dict[str, Any]]:
    """Give every hit of one Media, exact ones first, then the nearest; what each set says stays its own."""
    names = ("category", "manner", "algorithm", "rows", "distance", "orientation", "agrees")
    columns = (S.c.name.label("set"), S.c.version, S.c.kind, S.c.scheme, S.c.left_out, *(H.c[n] for n in names))
    query = select(*columns).join(S, S.c.id == H.c.set_id).where(H.c.media_id == media_id)
    rows = connection.execute(query.order_by(H.c.manner, H.c.distance, S.c.id, H.c.category))
    return [dict(r._mapping) for r in rows]  # noqa: SLF001 - SQLAlchemy's public name
