"""The cases of a folder: each in its state, and none changed by being listed."""

import hashlib
import shutil
from pathlib import Path

import pytest

from everyframe.errors import UsageError
from everyframe.store import runs
from everyframe.store.case import Case, NewCase
from everyframe.store.case_list import case_lines
from everyframe.testing.synthetic import synthetic_case


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_each_case_is_listed_in_its_state_and_none_is_changed(tmp_path: Path) -> None:
    synthetic_case(tmp_path / "b-full", media=40, pictures=2).close()
    Case.create(tmp_path / "a-empty", NewCase(number="2026-1"), actor="t").close()
    for name, change in (
        ("c-old", "DELETE FROM migration WHERE name = '0010-screens'"),
        ("d-new", "INSERT INTO migration (name, applied_at) VALUES ('9999-later', '')"),
        ("e-bad", ""),
    ):
        shutil.copytree(tmp_path / "b-full", tmp_path / name)
        with Case(tmp_path / name) as case, case.database.write() as connection:
            connection.exec_driver_sql(change or "SELECT 1")
    (tmp_path / "e-bad" / "case.db").write_bytes(b"no database" * 1000)
    (tmp_path / "f-folder").mkdir()
    (tmp_path / "g-file").touch()
    with Case(tmp_path / "b-full") as case:
        with case.database.write() as connection:
            runs.end(connection, runs.begin(connection, "verify", "t", {}), "done", {"verified": True}, "")
        with case.seat("review", purpose="review"):
            held = next(line.held for line in case_lines(tmp_path) if line.directory == "b-full")
    before = {p: digest(p) for p in tmp_path.glob("*/case.db")}
    found = {line.directory: line for line in case_lines(tmp_path)}
    assert {name: line.state for name, line in found.items()} == {
        "a-empty": "empty", "b-full": "ready", "c-old": "old", "d-new": "new", "e-bad": "damaged",
    }  # fmt: skip
    assert held == ("review",)
    assert (found["a-empty"].number, found["b-full"].verified, found["b-full"].held) == ("2026-1", "yes", ())
    assert 0 < found["b-full"].media <= 60
    assert {p: digest(p) for p in tmp_path.glob("*/case.db")} == before
    with pytest.raises(UsageError, match="is no folder"):
        list(case_lines(tmp_path / "nowhere"))
