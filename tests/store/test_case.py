"""A case on disk: made once, opened by one writer at a time, refused when it is not ours to open."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from everyframe.errors import CaseExists, CaseInUse, CaseMissing, CaseTooNew, DecisionError, SchemeError
from everyframe.store import audit_log, operations, schema
from everyframe.store.case import Case, NewCase
from everyframe.store.migrations import MIGRATIONS, applied
from everyframe.store.seat import holder


def test_a_new_case_says_what_was_given(tmp_path: Path) -> None:
    new = NewCase(number="2024/17", organization="Unit", contact_name="A. Officer", scheme="projectvic-us")
    with Case.create(tmp_path / "c", new, actor="me") as case:
        assert (case.info.number, case.info.organization, case.info.contact_name) == ("2024/17", "Unit", "A. Officer")
        assert [c.code for c in case.scheme.categories] == ["0", "1", "2", "3", "4", "5"]
        with case.database.read() as connection:
            assert [(r.seq, r.action, r.actor) for r in audit_log.records(connection)] == [(1, "case.create", "me")]
            assert applied(connection) == tuple(name for name, _ in MIGRATIONS)


def test_the_database_is_as_durable_as_promised(case: Case) -> None:
    with case.database.write() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_a_case_is_not_made_over_anything(tmp_path: Path, case: Case) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    for directory in (case.directory, tmp_path / "full"):
        with pytest.raises(CaseExists, match="directory of its own"):
            Case.create(directory, NewCase(number="1"), actor="me")


def test_a_scheme_that_does_not_exist_makes_no_case(tmp_path: Path) -> None:
    with pytest.raises(SchemeError, match="no category scheme 'x'"):
        Case.create(tmp_path / "c", NewCase(number="1", scheme="x"), actor="me")
    assert not (tmp_path / "c").exists()


def test_no_case_is_an_error_that_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(CaseMissing, match="case create"):
        Case(tmp_path)


def test_a_case_of_a_later_version_is_refused(case: Case) -> None:
    with case.database.write() as connection:
        connection.execute(insert(schema.migration).values(name="9999-from-the-future", applied_at="x"))
    with pytest.raises(CaseTooNew, match="9999-from-the-future"):
        Case(case.directory)


HOLD = """
import sys, pathlib
from everyframe.store.seat import seat
with seat(pathlib.Path(sys.argv[1]), "intake", purpose="intake of exhibit A"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_who_holds_the_seat(case: Case) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(case.directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(CaseInUse, match=rf"process {other.pid} on .*intake of exhibit A"),
            case.seat("intake", purpose="x"),
        ):
            pytest.fail("two processes hold one seat")
        held = holder(case.directory, "intake")
        assert held is not None
        assert held["pid"] == str(other.pid)
        with case.seat("review", purpose="the other seat is free"):
            pass
        other.kill()
    assert holder(case.directory, "intake") is None
    with case.seat("intake", purpose="free again"):
        pass


def write_and_fail(case: Case) -> None:
    with case.database.write() as connection:
        connection.execute(insert(schema.exhibit).values(reference="A", created_at="now"))
        audit_log.append(connection, "me", "test", {})
        raise InterruptedError("the machine stopped here")


def test_a_write_that_fails_leaves_no_trace(case: Case) -> None:
    with pytest.raises(InterruptedError):
        write_and_fail(case)
    with case.database.read() as connection:
        assert connection.execute(select(schema.exhibit)).all() == []
        assert audit_log.head(connection)[0] == 1


def test_an_operation_asked_for_twice_is_carried_out_once(case: Case) -> None:
    calls: list[int] = []

    def change() -> dict[str, int]:
        calls.append(1)
        return {"answer": len(calls)}

    for _ in range(3):
        with case.database.write() as connection:
            assert operations.once(connection, "op-1", "test", change) == {"answer": 1}
    with pytest.raises(DecisionError, match="op-1"), case.database.write() as connection:
        operations.once(connection, "op-1", "another", change)


def test_opening_fifty_times_leaves_nothing_open(case: Case) -> None:
    import threading

    descriptors = Path("/proc/self/fd")
    with Case(case.directory) as opened, opened.database.read() as connection:
        audit_log.head(connection)
    before = (len(list(descriptors.iterdir())), threading.active_count())
    for _ in range(50):
        with Case(case.directory) as opened, opened.database.read() as connection:
            audit_log.head(connection)
    after = (len(list(descriptors.iterdir())), threading.active_count())
    assert after[0] - before[0] <= 2
    assert after[1] - before[1] <= 2
