from __future__ import annotations

from sqlalchemy import insert, select, update

from everyframe.store import order_schema, schema
from everyframe.store.case import Case
from everyframe.store.jobs import plan_missing
from everyframe.triage.index import VERSION

M, T = schema.media, order_schema.trait


def test_a_case_with_the_first_traits_gets_those_in_force_at_the_next_intake(case: Case) -> None:
    directory = case.directory
    with case.database.write() as connection:
        connection.execute(update(M).values(stages=",pdq,preview,traits,video,"))
        connection.execute(
            insert(T),
            [
                {"media_id": 1, "version": "plain-1", "vector": b"old"},
                {"media_id": 2, "version": VERSION, "vector": b"new"},
            ],
        )
        connection.execute(schema.migration.delete().where(schema.migration.c.name == "0012-order"))
    case.close()
    with Case(directory) as again, again.database.write() as connection:
        stages = {r.id: r.stages for r in connection.execute(select(M.c.id, M.c.stages).where(M.c.id <= 3))}
        assert stages == {1: ",pdq,preview,video,", 2: ",pdq,preview,traits,video,", 3: ",pdq,preview,traits,video,"}
        assert [tuple(r) for r in connection.execute(select(T.c.media_id, T.c.version))] == [(2, VERSION)]
        sources = list(connection.execute(select(schema.media_file.c.source_id).distinct()).scalars())
        assert plan_missing(connection, ["pdq", "traits"], sources) == 1
