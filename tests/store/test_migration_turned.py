"""A case from before turned hashes were stored by intake can be matched by the hashes that it has."""

import sqlite3
from pathlib import Path

from sqlalchemy import select

from everyframe.store import schema
from everyframe.store.case import Case
from everyframe.store.match_queries import turned_batch
from everyframe.store.verify import verify
from everyframe.testing.synthetic import synthetic_case


def test_a_case_from_before_keeps_the_hashes_it_has(tmp_path: Path) -> None:
    with synthetic_case(tmp_path / "case", media=40, pictures=2) as case:
        path = case.directory / "case.db"
    with sqlite3.connect(path) as database:
        database.execute(
            "UPDATE media SET orientation = 6, upright_pdq = ?, upright_quality = 90 WHERE id = 3", (b"u" * 32,)
        )
        database.execute("UPDATE media SET pdq = ?, pdq_quality = 80 WHERE id = 3", (b"p" * 32,))
        database.execute("DELETE FROM turned_hash")
        database.execute("ALTER TABLE stack_member DROP COLUMN turn")
        database.execute("DELETE FROM migration WHERE name = '0009-turned'")
    with Case(tmp_path / "case") as case:
        assert verify(case).problems == []
        with case.database.read() as connection:
            hashed = (
                connection.execute(select(schema.media.c.id).where(schema.media.c.pdq.is_not(None))).scalars().all()
            )
            found = turned_batch(connection, 0, 1000)
        assert found.ids.tolist() == sorted(hashed)
        at = found.ids.tolist().index(3)
        # turned by 90 degrees clockwise it is upright; so the upright picture lies as stored when turned back (8)
        assert (found.hashes[at, 0].tobytes(), found.hashes[at, 7].tobytes()) == (b"u" * 32, b"p" * 32)
        assert found.quality[at].tolist() == [90, 0, 0, 0, 0, 0, 0, 80]
    with sqlite3.connect(path) as database:
        assert {r[1] for r in database.execute("PRAGMA table_info(stack_member)")} >= {"turn"}
