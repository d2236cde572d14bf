"""Leases: a group of pictures belongs to one person for ten minutes, renewed by whatever they do in it.

A lease keeps two people from looking at the same group by accident. It keeps nobody from deciding.
"""

import re
from datetime import UTC, datetime, timedelta

from everyframe.errors import UsageError
from everyframe.store import leases as rows
from everyframe.store.case import Case
from everyframe.store.leases import Lease

__all__ = ["LEASE_MINUTES", "MOST_LEASES", "leases", "release", "take"]

LEASE_MINUTES = 10
MOST_LEASES = 500
NAME = re.compile(r"[\x21-\x7e]{1,128}")


def take(case: Case, name: str, *, actor: str, at: datetime | None = None) -> Lease:
    """Take a group, or renew one's own lease of it; gives the lease that stands, which may be somebody else's.

    Raises:
        UsageError: the name is none, or this person holds too many.
    """
    if not NAME.fullmatch(name):
        raise UsageError("the name of a group is 1 to 128 characters of ASCII without spaces")
    here = at or datetime.now(UTC)
    with case.database.write() as connection:
        rows.clear(connection, _text(here))
        held = rows.find(connection, name, _text(here))
        if held and held.person != actor:
            return held
        mine = [one for one in rows.standing(connection, _text(here)) if one.person == actor]
        if held is None and len(mine) >= MOST_LEASES:
            raise UsageError(f"one person holds at most {MOST_LEASES} groups; give some back")
        until = _text(here + timedelta(minutes=LEASE_MINUTES))
        new = Lease(name, actor, held.since if held else _text(here), until)
        rows.put(connection, new)
        return new


def release(case: Case, name: str, *, actor: str) -> bool:
    """Give a group back; tells whether this person held it."""
    with case.database.write() as connection:
        return rows.drop(connection, actor, name)


def leases(case: Case, at: datetime | None = None) -> list[Lease]:
    """Give the leases that stand."""
    with case.database.read() as connection:
        return rows.standing(connection, _text(at or datetime.now(UTC)))


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
