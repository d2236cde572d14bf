"""Decisions as rows that are only ever added, and the summary of what is in force."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Text,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    select,
)

from everyframe.model.clock import now
from everyframe.model.states import MediaOutcome
from everyframe.store import schema
from everyframe.store.ids import id_list, id_select

__all__ = ["Restored", "Step", "add_category", "add_reversal", "restored", "size", "steps"]

M, D, S = schema.media, schema.decision, schema.standing
COLUMNS = ("op", "media_id", "kind", "scheme", "code", "actor", "at", "undoes", "before_id")


@dataclass(frozen=True, slots=True)
class Step:
    """Name one operation on decisions: ``category``, ``undo`` or ``redo``; the latter two with the one they reverse."""

    op: str
    kind: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """Hold what is in force for one Media after an undo or redo; ``code`` is empty when nothing is."""

    media_id: int
    scheme: str
    code: str


def add_category(connection: Connection, op: str, actor: str, category: tuple[str, str], ids: Sequence[int]) -> int:
    """Decide (scheme, code) for every viewable Media among some ids; gives how many that are."""
    scheme, code = category
    values = {"op": op, "scheme": scheme, "code": code, "actor": actor, "at": now()}
    added = connection.execute(_ADD, {**values, **id_list(ids)}).rowcount
    _bring_in_force(connection, op)
    return added


def add_reversal(connection: Connection, op: str, actor: str, kind: str, target: str) -> int:
    """Put back what stood before operation ``target``, wherever its effect still stands; gives for how many Media."""
    done, before = D.alias("done"), D.alias("before")
    stood = (func.coalesce(before.c.scheme, ""), func.coalesce(before.c.code, ""))
    values = (literal(op), done.c.media_id, literal(kind), *stood, literal(actor), literal(now()))
    chosen = (
        select(*values, done.c.id, S.c.decision_id)
        .select_from(
            done.outerjoin(before, before.c.id == done.c.before_id).outerjoin(S, S.c.media_id == done.c.media_id)
        )
        .where(done.c.op == target, S.c.decision_id.is_not_distinct_from(_effect(done)))
        .order_by(done.c.media_id)
    )
    added = connection.execute(insert(D).from_select(COLUMNS, chosen)).rowcount
    _bring_in_force(connection, op)
    return added


def restored(connection: Connection, op: str, limit: int) -> list[Restored]:
    """Tell what an operation brought in force, for the first ``limit`` Media of it."""
    query = select(D.c.media_id, D.c.scheme, D.c.code).where(D.c.op == op).order_by(D.c.id).limit(limit)
    return [Restored(*row) for row in connection.execute(query)]


def size(connection: Connection, op: str) -> int:
    """Count the Media that an operation decided on."""
    return int(connection.execute(select(func.count()).where(D.c.op == op)).scalar_one())


def steps(connection: Connection, actor: str) -> Iterator[Step]:
    """Give the operations of one person, newest first, without reading the rows of the large ones."""
    undone = D.alias("undone")
    joined = D.outerjoin(undone, undone.c.id == D.c.undoes)
    columns = select(D.c.id, D.c.op, D.c.kind, undone.c.op.label("target")).select_from(joined)
    below: int | None = None
    while True:
        where = [D.c.actor == actor] if below is None else [D.c.actor == actor, D.c.id < below]
        row = connection.execute(columns.where(*where).order_by(D.c.id.desc()).limit(1)).one_or_none()
        if row is None:
            return
        yield Step(row.op, row.kind, row.target or "")
        below = connection.execute(select(func.min(D.c.id)).where(D.c.op == row.op)).scalar_one()


def _effect(row: FromClause) -> ColumnElement[int | None]:
    """Give the category decision that a row brought in force: itself, or for a reversal the one it put back."""
    reversed_row = D.alias("reversed_row")
    put_back = select(reversed_row.c.before_id).where(reversed_row.c.id == row.c.undoes).scalar_subquery()
    return case((row.c.kind == "category", row.c.id), else_=put_back)


def _bring_in_force(connection: Connection, op: str) -> None:
    """Make what an operation brought in force the summary of its Media."""
    connection.execute(_CLEAR, {"op": op})
    connection.execute(_STAND, {"op": op})


#: Made once: writing a statement anew takes longer than running it. The outcome is no plain column, as its index would be
#: taken in place of the ids: every Media of the case for each decision.
_CHOSEN = (
    select(
        bindparam("op", type_=Text),
        M.c.id,
        literal("category"),
        *(bindparam(name, type_=Text) for name in ("scheme", "code", "actor", "at")),
        literal(None),
        S.c.decision_id,
    )
    .select_from(M.outerjoin(S, S.c.media_id == M.c.id))
    .where(M.c.id.in_(id_select()), M.c.outcome.concat("") == MediaOutcome.VIEWABLE)
    .order_by(M.c.id)
)
_ADD = insert(D).from_select(COLUMNS, _CHOSEN)
_CLEAR = delete(S).where(S.c.media_id.in_(select(D.c.media_id).where(D.c.op == bindparam("op"))))
_STAND = insert(S).from_select(
    ["media_id", "decision_id", "scheme", "code"],
    select(D.c.media_id, _effect(D), D.c.scheme, D.c.code).where(D.c.op == bindparam("op"), D.c.code != ""),
)
