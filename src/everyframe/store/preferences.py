"""What each person prefers: names with small JSON values. Theirs alone, and no matter of the audit."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from everyframe.audit.chain import canonical
from everyframe.errors import UsageError
from everyframe.store.people_schema import preference

__all__ = ["MOST_BYTES", "MOST_NAMES", "read", "write"]

P = preference.c
MOST_NAMES = 200
MOST_BYTES = 16 << 10


def read(connection: Connection, person: str) -> dict[str, Any]:
    """Give what a person set."""
    rows = connection.execute(select(P.name, P.value).where(P.person == person).order_by(P.name))
    return {name: json.loads(value) for name, value in rows}


def write(connection: Connection, person: str, changes: Mapping[str, Any]) -> None:
    """Set some preferences of a person; None takes one away, so that its default holds again.

    Raises:
        UsageError: a value is too large, or they are too many.
    """
    for name, value in changes.items():
        if value is None:
            connection.execute(delete(preference).where(P.person == person, P.name == name))
            continue
        text = canonical(value)
        if len(text) > MOST_BYTES:
            raise UsageError(f"the preference {name} is larger than {MOST_BYTES} bytes")
        row = upsert(preference).values(person=person, name=name, value=text)
        connection.execute(row.on_conflict_do_update(index_elements=["person", "name"], set_={"value": text}))
    count = connection.execute(select(func.count()).where(P.person == person)).scalar_one()
    if count > MOST_NAMES:
        raise UsageError(f"a person can keep at most {MOST_NAMES} preferences")
