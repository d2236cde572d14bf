"""Workers die: their items are tried once more alone, then set apart; everything else is taken in."""

from pathlib import Path

import pytest
from sqlalchemy import select
from tests.intake import killing_workers
from tests.intake.taking_in import account, codes, digest, fresh_case, states

from everyframe.errors import WorkerError
from everyframe.intake.run import Intake, IntakeRequest
from everyframe.intake.worker import WorkerLimits
from everyframe.store import schema
from everyframe.store.case import Case
from everyframe.store.verify import verify
from everyframe.testing.exhibits import jpeg, quick_exhibit


def killer(seed: int, words: bytes) -> bytes:
    """Make a sound JPEG with a comment that the test's workers die on."""
    data = jpeg(seed)
    return data[:2] + b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words + data[2:]


def request(folder: Path, **limits: float) -> IntakeRequest:
    return IntakeRequest(
        sources=(folder,),
        exhibit="A",
        actor="t",
        workers=2,
        limits=WorkerLimits(**limits),  # type: ignore[arg-type]
        worker=killing_workers.dying_worker,
    )


def test_a_content_that_kills_twice_is_quarantined_and_nothing_else_is_lost(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "e"
    expected = quick_exhibit(folder, pictures=25)
    (folder / "DCIM/100/killer.jpg").write_bytes(killer(900, killing_workers.BOMB))
    (folder / "other killer.jpg").write_bytes(killer(901, killing_workers.BOMB))
    result = Intake(case, request(folder)).run()
    assert result.done
    found = states(case)
    assert {k: v for k, v in found.items() if k in expected} == expected
    for name in ("DCIM/100/killer.jpg", "other killer.jpg"):
        assert found[name] == "unreadable"
        assert codes(case)[name] == ["quarantined"]
    assert result.snapshot.workers_replaced == 4
    assert account(case).balanced
    assert verify(case).problems == []


def test_copies_of_a_killer_kill_no_more_workers(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "e"
    quick_exhibit(folder, pictures=10)
    for n in range(20):
        (folder / f"copy {n:02}.jpg").write_bytes(killer(900, killing_workers.BOMB))
    result = Intake(case, request(folder)).run()
    assert result.snapshot.workers_replaced == 2
    found = states(case)
    assert {found[f"copy {n:02}.jpg"] for n in range(20)} == {"unreadable"}
    assert all("quarantined" in codes(case)[f"copy {n:02}.jpg"] for n in range(20))
    assert account(case).balanced


def test_an_item_that_killed_once_is_taken_in(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "e"
    expected = quick_exhibit(folder, pictures=10)
    (folder / "sometimes.jpg").write_bytes(killer(900, killing_workers.ONCE))
    monkeypatch.setenv("EVERYFRAME_TEST_MARK", str(tmp_path / "mark"))
    result = Intake(case, request(folder)).run()
    assert states(case) | expected == states(case)
    assert states(case)["sometimes.jpg"] == "remaining"
    assert result.snapshot.workers_replaced >= 1
    assert "sometimes.jpg" not in codes(case)


@pytest.mark.parametrize("content", [killing_workers.SLEEPER, killing_workers.STUTTER], ids=["silent", "half"])
def test_an_item_that_never_ends_is_ended(content: bytes, case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "e"
    expected = quick_exhibit(folder, pictures=5)
    (folder / "endless.jpg").write_bytes(killer(900, content))
    Intake(case, request(folder, wall_seconds=2.0)).run()
    assert states(case) == states(case) | expected
    assert codes(case)["endless.jpg"] == ["quarantined"]
    with case.database.read() as connection:
        reason = connection.execute(
            select(schema.warning.c.reason).where(schema.warning.c.code == "quarantined")
        ).scalar_one()
    assert "no sign of progress" in reason


def test_the_result_is_the_same_whatever_died_on_the_way(tmp_path: Path) -> None:
    folder = tmp_path / "e"
    quick_exhibit(folder, pictures=15)
    (folder / "killer.jpg").write_bytes(killer(900, killing_workers.BOMB))
    found = set()
    for n in range(2):
        with fresh_case(tmp_path / f"c{n}") as case:
            Intake(case, request(folder)).run()
            found.add(digest(case))
    assert len(found) == 1


def test_workers_that_cannot_start_are_an_error_not_a_loop(case: Case, tmp_path: Path) -> None:
    quick_exhibit(tmp_path / "e", pictures=3)
    asked = IntakeRequest(
        sources=(tmp_path / "e",), exhibit="A", actor="t", workers=1, worker=killing_workers.stillborn_worker
    )
    with pytest.raises(WorkerError, match="before they are ready"):
        Intake(case, asked).run()
    assert account(case).balanced


def test_a_worker_that_asks_without_end_and_never_listens_is_ended(case: Case, tmp_path: Path) -> None:
    quick_exhibit(tmp_path / "e", pictures=3)
    asked = IntakeRequest(
        sources=(tmp_path / "e",), exhibit="A", actor="t", workers=1, worker=killing_workers.asking_worker
    )
    with pytest.raises(WorkerError, match="without a result"):
        Intake(case, asked).run()
    assert account(case).balanced


def test_a_worker_that_was_taken_over_cannot_run_code_in_the_parent(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick_exhibit(tmp_path / "e", pictures=3)
    monkeypatch.chdir(tmp_path)
    asked = IntakeRequest(
        sources=(tmp_path / "e",), exhibit="A", actor="t", workers=1, worker=killing_workers.lying_worker
    )
    with pytest.raises(WorkerError, match="without a result"):
        Intake(case, asked).run()
    assert not (tmp_path / "taken-over").exists()
