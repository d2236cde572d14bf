"""The state of every MediaFile, as one expression over facts, and its sums."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select

from everyframe.model.account import Account, Tally
from everyframe.model.states import FileOutcome, MediaOutcome, State
from everyframe.store import folding, images, known_account, schema, sources

__all__ = ["read_account", "state_of", "with_state"]

F = schema.media_file
M = schema.media


def state_of() -> ColumnElement[str]:
    """Give the state expression over ``media_file`` joined with its Media and what it stands under.

    The order decides where several hold. What a person has seen is seen, even if it is excluded later; what is excluded
    is excluded, whatever else would be said of it.
    """
    done = F.c.outcome == FileOutcome.DONE
    seen = and_(done, M.c.outcome == MediaOutcome.VIEWABLE)
    return case(
        (and_(seen, M.c.looked, F.c.id == M.c.first_file_id), State.LOOKED),
        (and_(seen, M.c.looked), State.DUPLICATE_OF_LOOKED),
        (F.c.exclusion_id.is_not(None), State.EXCLUDED),
        (F.c.outcome == FileOutcome.PENDING, State.PENDING),
        (folding.known_set_of().is_not(None), State.KNOWN),
        (F.c.outcome == FileOutcome.NOT_MEDIA, State.NOT_MEDIA),
        (F.c.outcome == FileOutcome.UNREADABLE, State.UNREADABLE),
        (and_(done, M.c.outcome == MediaOutcome.UNDECODED), State.PENDING),
        (and_(done, M.c.outcome == MediaOutcome.NOT_MEDIA), State.NOT_MEDIA),
        (and_(done, M.c.outcome == MediaOutcome.UNREADABLE), State.UNREADABLE),
        (and_(seen, folding.over_looked()), State.STACKED_UNDER_LOOKED),
        (seen, State.REMAINING),
    )


def with_state(*columns: Any) -> Select[Any]:  # noqa: ANN401 - any selectable column
    """Select columns over every MediaFile, joined so that ``state_of`` can be one of them."""
    return select(*columns).select_from(folding.under(F.outerjoin(M, M.c.id == F.c.media_id)))


def read_account(connection: Connection) -> Account:
    """Compute the account of the case, with that of each exhibit."""
    state = state_of().label("state")
    query = with_state(
        F.c.exhibit_id, state, func.count(), func.count(F.c.media_id.distinct()), func.coalesce(func.sum(F.c.size), 0)
    ).group_by(F.c.exhibit_id, state)
    rows = connection.execute(query).all()
    listed = sources.listed_totals(connection)
    open_ones = {s.exhibit_id for s in sources.sources(connection) if s.state == "listing"}
    missed = images.unread(connection)
    known = known_account.tallies(connection, with_state, state_of())
    exhibits = []
    for ident, reference in sorted(sources.references(connection).items(), key=lambda pair: pair[0]):
        distinct = _distinct(connection, ident)
        sums = {r[1]: Tally(*r[2:]) for r in rows if r[0] == ident}
        unread = tuple(u for exhibit, u in missed if exhibit == ident)
        part = _account(reference, listed.get(ident, (0, 0)), sums, distinct, complete=ident not in open_ones)
        exhibits.append(replace(part, known=known.get(ident, ()), unread=unread))
    return replace(_total(connection, state, exhibits), known=known.get(None, ()))


def _account(reference: str, listed: tuple[int, int], sums: dict[Any, Tally], media: int, *, complete: bool) -> Account:
    states = {s: sums.get(s, Tally()) for s in State}
    stateless = sums.get(None, Tally()).files
    return Account(reference, listed[0], listed[1], states, stateless, media, complete)


def _total(connection: Connection, state: ColumnElement[str], exhibits: list[Account]) -> Account:
    """Add the exhibits up; distinct Media are counted anew, since exhibits share them."""
    query = with_state(state, func.count(F.c.media_id.distinct())).group_by(state)
    media: dict[Any, int] = dict(connection.execute(query).all())
    states = {}
    for s in State:
        added = sum((e.states[s] for e in exhibits), Tally())
        states[s] = Tally(added.files, media.get(s, 0), added.bytes)
    return Account(
        "",
        sum(e.listed for e in exhibits),
        sum(e.listed_bytes for e in exhibits),
        states,
        sum(e.stateless for e in exhibits),
        _distinct(connection, None),
        all(e.complete for e in exhibits),
        tuple(exhibits),
        tuple(u for e in exhibits for u in e.unread),
    )


def _distinct(connection: Connection, exhibit_id: int | None) -> int:
    query = select(func.count(F.c.media_id.distinct()))
    if exhibit_id is not None:
        query = query.where(F.c.exhibit_id == exhibit_id)
    return int(connection.execute(query).scalar_one())
