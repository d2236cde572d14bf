"""Taking a folder in, and asking the case what came of it."""

from pathlib import Path

from sqlalchemy import select

from everyframe.intake.run import Intake, IntakeRequest, IntakeResult
from everyframe.model.account import Account
from everyframe.store import schema, warnings
from everyframe.store.account import read_account, state_of, with_state
from everyframe.store.case import Case, NewCase
from everyframe.store.digest import result_digest

F = schema.media_file


def take_in(
    case: Case, *sources: Path, exhibit: str = "JS/1", workers: int = 2, stages: tuple[str, ...] = ()
) -> IntakeResult:
    request = IntakeRequest(sources=sources, exhibit=exhibit, actor="tester@test", workers=workers, stages=stages)
    with case.seat("intake", purpose="test"):
        return Intake(case, request).run()


def account(case: Case) -> Account:
    with case.database.read() as connection:
        return read_account(connection)


def digest(case: Case) -> str:
    with case.database.read() as connection:
        return result_digest(connection)


def states(case: Case) -> dict[str, str]:
    with case.database.read() as connection:
        rows = connection.execute(with_state(F.c.display, state_of().label("state"))).all()
    return {r.display: r.state for r in rows}


def codes(case: Case) -> dict[str, list[str]]:
    """Give the Warnings of each path; one about a content stands for every file of it."""
    found: dict[str, list[str]] = {}
    with case.database.read() as connection:
        for w in warnings.read_warnings(connection):
            same = connection.execute(select(F.c.display).where(F.c.media_id == w.media_id)).scalars().all()
            for path in same if w.media_id is not None else [w.path]:
                found.setdefault(path, []).append(w.code)
    return found


def fresh_case(directory: Path) -> Case:
    return Case.create(directory, NewCase(number="T"), actor="tester@test")
