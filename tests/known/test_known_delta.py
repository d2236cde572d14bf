"""NSRL deltas: what a set is afterwards is what the database would be; what cannot be done exactly changes nothing."""

import json
import random
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.known.known_samples import md5, sha1, sha256
from tests.known.test_known_readers import DAMAGED, damage

from everyframe.errors import UsageError
from everyframe.known import rows, shelf, sorting
from everyframe.known.importing import NewSet, import_set
from everyframe.known.info import SetInfo, read_info, write_info
from everyframe.known.sets import KnownSet, KnownSets

COLUMNS = "sha256,sha1,md5,crc32,file_name,file_size,package_id"
SCHEMA = """
CREATE TABLE FILE (sha256 VARCHAR, sha1 VARCHAR, md5 VARCHAR, crc32 VARCHAR, file_name VARCHAR, file_size INTEGER,
  package_id INTEGER);
CREATE TABLE PKG (package_id INTEGER, name VARCHAR);
CREATE TABLE VERSION (version VARCHAR, description VARCHAR);
CREATE VIEW DISTINCT_HASH AS SELECT DISTINCT sha256, sha1, md5, crc32 FROM FILE;
"""
BASE, NEXT = "RDS_2026.03.1_modern_minimal.db", "RDS_2026.06.1_modern_minimal_delta.sql"
TABLES = ("md5", "sha1", "sha256")


def values(n: int, package: int = 1, name: str = "") -> str:
    digests = f"'{sha256(n).upper()}','{sha1(n).upper()}','{md5(n).upper()}','{n:08X}'"
    return f"({digests},'{name or f'file {n}.dll'}',{n},{package})"


def insert(n: int, package: int = 1, name: str = "") -> str:
    return f"INSERT INTO FILE({COLUMNS}) VALUES{values(n, package, name)};"


def database(path: Path, *statements: str) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA + "\n".join(statements))
    connection.commit()
    connection.close()
    return path


def delta(path: Path, *statements: str) -> Path:
    path.write_text("BEGIN TRANSACTION;\n" + "\n".join(statements) + "\nCOMMIT;\n")
    return path


def take(path: Path, home: Path, **asked: Any) -> SetInfo:
    return import_set(path, NewSet(**asked), home=home, actor="tester@test")


def content(known: KnownSet) -> list[tuple[object, ...]]:
    return sorted(
        (
            e.sha256.hex(), e.sha1.hex(), e.md5.hex(), e.extra.get("crc32"), e.name, e.size, e.extra.get("package_id"),
        )
        for e in known.entries()
    )  # fmt: skip


def of_database(path: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        found = connection.execute(f"SELECT {COLUMNS} FROM FILE").fetchall()
    connection.close()
    return sorted((a.lower(), b.lower(), c.lower(), *rest) for a, b, c, *rest in found)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    take(database(tmp_path / BASE, *map(insert, range(20))), tmp_path / "home")
    return tmp_path / "home"


def test_a_delta_makes_the_next_version(tmp_path: Path, home: Path) -> None:
    (old,) = KnownSets.open(home).sets
    said = [
        insert(30), insert(31, name="it''s; -- one"),
        f"DELETE FROM FILE WHERE sha256='{sha256(3).upper()}' AND package_id=1;",
        f"UPDATE FILE SET file_name='renamed.dll', package_id=9 WHERE sha1 = '{sha1(4).upper()}';",
        f"UPDATE FILE SET file_size=7 WHERE md5='{md5(30).upper()}';",
        f"DELETE FROM FILE WHERE md5='{md5(31).upper()}' AND file_name='it''s; -- one';",
        "INSERT INTO PKG VALUES(9,'New');", "PRAGMA optimize;",
    ]  # fmt: skip
    info = take(delta(tmp_path / NEXT, *said), home)
    assert (info.version, info.format, info.kind, info.onto, info.rows) == (
        "2026.06.1", "nsrl", "known-software", old.info.id, 20,
    )  # fmt: skip
    assert info.lint == {"other-table": 1, "statement-without-rows": 3}
    (known,) = KnownSets.open(home).sets
    assert known.info == info
    assert known.verify() == []
    assert known.info.algorithms == {"md5": 20, "sha1": 20, "sha256": 20}
    with sqlite3.connect(tmp_path / BASE) as connection:
        connection.executescript("\n".join(said))
    connection.close()
    assert content(known) == of_database(tmp_path / BASE)
    hits = KnownSets.open(home).lookup("sha1", [bytes.fromhex(sha1(n)) for n in (3, 4, 30, 31)])
    assert [h.query for h in hits] == [1, 2]
    lines = [json.loads(x) for x in (home / "known" / "log.jsonl").read_text().splitlines()]
    assert [(x["action"], x["set"]) for x in lines] == [
        ("import", old.info.id), ("delta", info.id), ("replace", old.info.id),
    ]  # fmt: skip


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["insert", "delete", "rename", "move", "rehash"]),
        st.integers(0, 12), st.integers(0, 2), st.sampled_from(["sha256", "sha1", "md5"]), st.booleans(),
    ),
    max_size=25,
)  # fmt: skip


def statement(kind: str, n: int, package: int, column: str, narrow: bool) -> str:  # noqa: FBT001 - drawn
    digest = {"sha256": sha256, "sha1": sha1, "md5": md5}[column](n).upper()
    where = f"WHERE {column}='{digest}'" + (f" AND package_id={package}" if narrow else "")
    return {
        "insert": insert(n, package),
        "delete": f"DELETE FROM FILE {where};",
        "rename": f"UPDATE FILE SET file_name='new {package}' {where};",
        "move": f"UPDATE FILE SET package_id={(package + 1) % 3} {where};",
        "rehash": f"UPDATE FILE SET md5='{md5(n + 1).upper()}' {where};",
    }[kind]


@settings(max_examples=40, deadline=None)
@given(base=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), min_size=1, max_size=12), changes=CHANGES)
def test_the_set_is_what_the_database_would_be(
    tmp_path_factory: pytest.TempPathFactory, base: list[tuple[int, int]], changes: list[Any]
) -> None:
    folder = tmp_path_factory.mktemp("delta")
    path = database(folder / BASE, *(insert(n, package) for n, package in base))
    said = [statement(*change) for change in changes]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "RUN_BYTES", 100)
        patch.setattr(sorting, "MERGE_ROWS", 10)
        patch.setattr(rows, "FLUSH_ROWS", 3)
        take(path, folder)
        with sqlite3.connect(path) as connection:
            connection.executescript("\n".join(said))
        connection.close()
        expected = of_database(path)
        if not expected:
            with pytest.raises(UsageError, match="no row"):
                take(delta(folder / NEXT, *said), folder, format="nsrl-delta")
            return
        take(delta(folder / NEXT, *said), folder, format="nsrl-delta")
    (known,) = KnownSets.open(folder).sets
    assert content(known) == expected
    assert known.verify() == []
    for algorithm in TABLES:
        digests = known.tables[algorithm].digests()
        assert [d.tobytes() for d in digests] == sorted(d.tobytes() for d in digests)
        which, found = known.tables[algorithm].find(np.ascontiguousarray(digests))
        assert set(found.tolist()) == set(range(known.info.rows))
        assert set(which.tolist()) == set(range(known.info.rows))


REFUSED = {
    "its COMMIT": "BEGIN;\n" + insert(1),
    "ends inside a statement": "BEGIN;\n" + insert(1)[:-20],
    "names its rows by no digest": "DELETE FROM FILE WHERE package_id=1;",
    "none of an RDS": "INSERT INTO FILE VALUES" + values(1) + ";\nDELETE FROM audit WHERE md5='x';",
    "line 2 is not one": insert(1) + "\nDROP TABLE FILE;",
    "at 'select'": insert(1) + "SELECT * FROM FILE;",
    "is no sha1": f"DELETE FROM FILE WHERE sha1='{md5(1)}';",
    "at 'or'": f"DELETE FROM FILE WHERE sha1='{sha1(1)}' or 1=1;",
    "at 'its end'": insert(1) + "DELETE FROM FILE;",
    "values for the columns": "INSERT INTO FILE VALUES(1,2);",
    "at 'random'": f"UPDATE FILE SET md5=random() WHERE sha1='{sha1(1)}';",
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_done_exactly_changes_nothing(why: str, tmp_path: Path, home: Path) -> None:
    (before,) = KnownSets.open(home).sets
    path = tmp_path / NEXT
    path.write_text(REFUSED[why])
    with pytest.raises(UsageError, match=why.replace("(", r"\(")):
        take(path, home, format="nsrl-delta")
    (after,) = KnownSets.open(home).sets
    assert (after.info, content(after)) == (before.info, content(before))
    assert [f.name for f in (home / "known").iterdir() if f.name.startswith(".")] == [".lock"]


def test_only_the_right_set_is_changed(tmp_path: Path, home: Path) -> None:
    (old,) = KnownSets.open(home).sets
    other = take(database(tmp_path / "RDS_2026.03.1_android_minimal.db", insert(1)), home)
    listed = tmp_path / "list"
    listed.write_text(f"{md5(1)}  x\n")
    plain = take(listed, home, kind="reference")
    path = delta(tmp_path / NEXT, insert(40))
    for onto, why in ((other.id, "not plain"), (plain.id, "is no NSRL"), ("x", "no known set")):
        with pytest.raises(UsageError, match=why):
            take(path, home, onto=onto)
    with pytest.raises(UsageError, match="those of the set"):
        take(path, home, kind="alert")
    with pytest.raises(UsageError, match="only a delta"):
        take(listed, home, kind="alert", onto=plain.id)
    unnamed = delta(tmp_path / "changes.sql", insert(41))
    with pytest.raises(UsageError, match="--onto"):
        take(unnamed, home)
    new = take(path, home)
    assert {s.info.id for s in KnownSets.open(home).sets} == {new.id, other.id, plain.id}
    assert new.onto == old.info.id
    with pytest.raises(UsageError, match=r"leads to 2026\.06\.1"):
        take(path, home)
    renamed = tmp_path / "again.sql"
    renamed.write_bytes(path.read_bytes())
    with pytest.raises(UsageError, match="before"):
        take(renamed, home, onto=new.id)
    assert take(unnamed, home, onto=new.id).rows == 22


def test_rows_that_are_not_there_are_counted(tmp_path: Path, home: Path) -> None:
    said = [
        f"DELETE FROM FILE WHERE sha1='{sha1(99)}';",
        f"DELETE FROM FILE WHERE sha1='{sha1(1)}' AND package_id=5;",
        f"DELETE FROM FILE WHERE sha1='{sha1(1)}' AND bytes=5;",
        f"INSERT INTO FILE(sha1,file_name) VALUES('zz','x'),('{sha1(50)}',NULL);",
    ]
    info = take(delta(tmp_path / NEXT, *said), home)
    assert info.lint == {"row-not-there": 3, "no-digest": 1, "bad-digest": 1, "statement-without-rows": 2}
    assert info.rows == 21


def test_a_kill_between_the_two_versions_is_mended(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    path = delta(tmp_path / NEXT, insert(30))
    with monkeypatch.context() as patch:
        patch.setattr("everyframe.known.delta_import.retire", killed)
        with pytest.raises(KeyboardInterrupt):
            take(path, home)
    assert len(KnownSets.open(home).sets) == 2
    with shelf.seat(home):
        pass
    (known,) = KnownSets.open(home).sets
    assert known.info.rows == 21
    later = take(tmp_path / BASE, home)  # asked for again by a person: kept
    place = home / "known" / later.id
    write_info(
        place, SetInfo(**{**json.loads((place / "info.json").read_text()), "imported_at": "2999-01-01T00:00:00"})
    )
    with shelf.seat(home):
        pass
    assert {s.info.id for s in KnownSets.open(home).sets} == {known.info.id, later.id}


def test_damaged_deltas_change_nothing_or_say_so(tmp_path: Path) -> None:
    """A changed letter of a name or a number cannot be told from a right one; every row is there all the same."""
    base = database(tmp_path / BASE, *map(insert, range(6)))
    whole = delta(
        tmp_path / NEXT, *map(insert, range(10, 20)), f"DELETE FROM FILE WHERE sha1='{sha1(1)}';"
    ).read_bytes()
    dice = random.Random(4)
    first = tmp_path / "first"
    take(base, first)
    for number in range(DAMAGED):
        damaged = damage(whole, number % 4, dice)
        (tmp_path / NEXT).write_bytes(damaged)
        before = read_info(next(f for f in (first / "known").iterdir() if f.is_dir()))
        try:
            info = take(tmp_path / NEXT, first, format="nsrl-delta")
        except UsageError:
            (known,) = KnownSets.open(first).sets
            assert known.info == before
            continue
        assert info.rows == 15 or set(info.lint) - {"statement-without-rows"}, (number, damaged)
        remake(base, first)


def remake(base: Path, home: Path) -> None:
    import shutil

    shutil.rmtree(home)
    take(base, home)


def test_a_delta_alone_is_no_set(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="which set it changes is not plain"):
        take(delta(tmp_path / NEXT, insert(1)), tmp_path / "home")
