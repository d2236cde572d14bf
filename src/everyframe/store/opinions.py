"""Second opinions as rows: how many a category needs, what was said, and where each Media stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Subquery, case, delete, exists, func, insert, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from everyframe.model.clock import now
from everyframe.store import audit_log, schema
from everyframe.store.people_schema import settlement, vote, vote_rule

__all__ = [
    "Opinion", "Waiting", "add_settlement", "add_vote", "asked_of", "counts", "disputed", "opinions", "rated", "rules",
    "set_rule", "waiting_ids",
]  # fmt: skip

S, D, V, Q, T = schema.standing.c, schema.decision.c, vote.c, vote_rule.c, settlement.c


@dataclass(frozen=True, slots=True)
class Waiting:
    """Name a Media that somebody is asked about, and the decision that is in force."""

    media_id: int
    decision_id: int


@dataclass(frozen=True, slots=True)
class Opinion:
    """Hold what one person said of a Media."""

    media_id: int
    actor: str
    at: str
    scheme: str
    code: str


def rules(connection: Connection) -> dict[tuple[str, str], int]:
    """Give how many people have to give an opinion, for each (scheme, code) where that is more than one."""
    return {(r.scheme, r.code): r.votes for r in connection.execute(select(vote_rule))}


def set_rule(connection: Connection, category: tuple[str, str], votes: int, actor: str) -> None:
    """Set how many people a category needs; one takes the rule away."""
    scheme, code = category
    before = rules(connection).get(category, 1)
    if votes > 1:
        row = upsert(vote_rule).values(scheme=scheme, code=code, votes=votes)
        connection.execute(row.on_conflict_do_update(index_elements=["scheme", "code"], set_={"votes": votes}))
    else:
        connection.execute(delete(vote_rule).where(Q.scheme == scheme, Q.code == code))
    body = {"scheme": scheme, "code": code, "before": before, "votes": votes}
    audit_log.append(connection, actor, "opinions.require", body)


def _examined() -> Subquery:
    """Give every decision in force that needs more opinions than one, with those given so far and those against it."""
    against = case((or_(V.code != S.code, V.scheme != S.scheme), 1), else_=0)
    settled = exists().where(T.decision_id == S.decision_id)
    return (
        select(
            S.media_id,
            S.decision_id,
            D.actor,
            Q.votes,
            func.count(V.id).label("given"),
            func.coalesce(func.sum(case((V.id.is_not(None), against), else_=0)), 0).label("against"),
        )
        .select_from(
            vote_rule.join(schema.standing, (S.scheme == Q.scheme) & (S.code == Q.code))
            .join(schema.decision, D.id == S.decision_id)
            .outerjoin(vote, V.decision_id == S.decision_id)
        )
        .where(~settled)
        .group_by(S.media_id)
        .subquery()
    )


def _is_waiting(e: Subquery) -> ColumnElement[bool]:
    return e.c.given + 1 < e.c.votes


def asked_of(connection: Connection, actor: str, limit: int, media_id: int = 0) -> list[Waiting]:
    """Give what waits for this person's opinion, the oldest decision first: all, or one Media."""
    e = _examined()
    said = exists().where(V.decision_id == e.c.decision_id, V.actor == actor)
    query = select(e.c.media_id, e.c.decision_id).where(_is_waiting(e), e.c.actor != actor, ~said)
    if media_id:
        query = query.where(e.c.media_id == media_id)
    return [Waiting(*row) for row in connection.execute(query.order_by(e.c.decision_id).limit(limit))]


def waiting_ids(connection: Connection, actor: str) -> list[int]:
    """Give the Media on which this person has still to give an opinion of their own."""
    if not rules(connection):
        return []
    return [one.media_id for one in asked_of(connection, actor, -1)]


def disputed(connection: Connection, limit: int, media_id: int = 0) -> list[Waiting]:
    """Give the Media on which the opinions differ: all, or one."""
    e = _examined()
    query = select(e.c.media_id, e.c.decision_id).where(~_is_waiting(e), e.c.against > 0)
    if media_id:
        query = query.where(e.c.media_id == media_id)
    return [Waiting(*row) for row in connection.execute(query.order_by(e.c.decision_id).limit(limit))]


def counts(connection: Connection) -> dict[str, int]:
    """Count what waits, what is confirmed, and what is disagreed on."""
    e = _examined()
    where = case((_is_waiting(e), "waiting"), (e.c.against > 0, "disputed"), else_="confirmed")
    found: dict[str, int] = dict(connection.execute(select(where, func.count()).group_by(where)).all())
    return {name: found.get(name, 0) for name in ("waiting", "confirmed", "disputed")}


def opinions(connection: Connection, decision_id: int) -> list[Opinion]:
    """Give the decision and what was said of it, in that order."""
    first = select(D.media_id, D.actor, D.at, D.scheme, D.code).where(D.id == decision_id)
    others = select(V.media_id, V.actor, V.at, V.scheme, V.code).where(V.decision_id == decision_id).order_by(V.id)
    return [Opinion(*row) for query in (first, others) for row in connection.execute(query)]


def rated(connection: Connection) -> Iterator[list[Opinion]]:
    """Give the opinions on each decision that was examined at all."""
    ids = connection.execute(select(V.decision_id).distinct().order_by(V.decision_id)).scalars().all()
    yield from (opinions(connection, ident) for ident in ids)


def add_vote(connection: Connection, op: str, actor: str, one: Waiting, category: tuple[str, str]) -> None:
    """Store an opinion."""
    values = {"op": op, "media_id": one.media_id, "decision_id": one.decision_id, "actor": actor, "at": now()}
    connection.execute(insert(vote).values(values | {"scheme": category[0], "code": category[1]}))


def add_settlement(connection: Connection, op: str, actor: str, one: Waiting) -> None:
    """Mark the decision now in force as the one that ends a disagreement."""
    new = connection.execute(select(S.decision_id).where(S.media_id == one.media_id)).scalar_one()
    values = {"op": op, "media_id": one.media_id, "decision_id": new, "settles_id": one.decision_id}
    connection.execute(insert(settlement).values(values | {"actor": actor, "at": now()}))
