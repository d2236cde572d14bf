"""A case made before known sets and stacks gets what one made now has, and keeps what it had."""

import sqlite3
from pathlib import Path
from typing import Any

from everyframe.store import migration_known
from everyframe.store.account import read_account
from everyframe.store.case import Case
from everyframe.store.digest import result_digest
from everyframe.store.orders import read_order
from everyframe.store.verify import verify
from everyframe.store.views import View
from everyframe.testing.synthetic import synthetic_case

OLD_INDEXES = (
    "CREATE INDEX media_grid ON media (outcome, folded, first_file_id, looked, kind)",
    "CREATE INDEX media_largest ON media (outcome, folded, size, first_file_id, looked)",
    "CREATE INDEX media_damaged ON media (outcome, folded, first_file_id, looked) WHERE damaged <> ''",
)


def form(path: Path) -> list[Any]:
    """Give columns and indexes, whatever the order of the columns."""
    with sqlite3.connect(path) as database:
        tables = [r[0] for r in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        columns = {t: sorted(tuple(r)[1:4] for r in database.execute(f"PRAGMA table_info({t})")) for t in tables}
        indexes = database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> '' ORDER BY name"
        )
        return [columns, [tuple(r) for r in indexes]]


def set_back(path: Path) -> None:
    """Take away what the migration adds."""
    with sqlite3.connect(path) as database:
        for table in reversed(migration_known.TABLES):
            database.execute(f"DROP TABLE {table.name}")
        for index in migration_known.CHANGED:
            database.execute(f"DROP INDEX {index}")
        for column in migration_known.COLUMNS:
            database.execute(f"ALTER TABLE media DROP COLUMN {column}")
        for index in OLD_INDEXES:
            database.execute(index)
        database.execute("DELETE FROM migration WHERE name = '0002-known-and-stacks'")


def test_a_case_from_before_is_brought_up_to_date(tmp_path: Path) -> None:
    with synthetic_case(tmp_path / "case", media=40, pictures=2) as case:
        expected, path = form(case.directory / "case.db"), case.directory / "case.db"
        with case.database.read() as connection:
            before = (
                read_account(connection),
                result_digest(connection),
                len(read_order(connection, View(), "", ()).ids),
            )
    set_back(path)
    assert form(path) != expected
    for _ in range(2):
        with Case(tmp_path / "case") as case:
            assert verify(case).problems == []
            with case.database.read() as connection:
                now = (
                    read_account(connection),
                    result_digest(connection),
                    len(read_order(connection, View(), "", ()).ids),
                )
        assert now == before
        assert form(path) == expected
