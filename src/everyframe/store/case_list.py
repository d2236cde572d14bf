"""The cases of a folder, each read without changing it: how far it is, who holds it, what it needs."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DatabaseError

from everyframe.errors import UsageError
from everyframe.model.states import MediaOutcome
from everyframe.store import runs, schema
from everyframe.store.case import DATABASE
from everyframe.store.database import Database
from everyframe.store.migrations import MIGRATIONS, applied
from everyframe.store.seat import holder

__all__ = ["CaseLine", "case_lines"]


@dataclass(frozen=True, slots=True)
class CaseLine:
    """Hold one case.

    Args:
        directory: its name in the folder.
        state: ``ready``; ``empty``: nothing was taken in; ``old``: an update of its tables is due, made when it is opened;
            ``new``: made by a later version; ``damaged``: it cannot be read.
        number: of the case.
        organization: whose.
        created_at: UTC.
        media: contents that can be shown.
        looked: of these, looked at.
        pending: things that intake still has to do.
        warnings: how many.
        held: what holds it now: ``intake``, ``review`` or both.
        verified: how it verified last from the screen: ``yes``, ``no``, or empty when it was not.
        verified_at: when.
    """

    directory: str
    state: str
    number: str = ""
    organization: str = ""
    created_at: str = ""
    media: int = 0
    looked: int = 0
    pending: int = 0
    warnings: int = 0
    held: tuple[str, ...] = ()
    verified: str = ""
    verified_at: str = ""

    def as_json(self) -> dict[str, Any]:
        """Give it as scripts read it."""
        return asdict(self)


def case_lines(folder: Path) -> Iterator[CaseLine]:
    """Give every case that stands in a folder, by name.

    Raises:
        UsageError: there is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder; name the one that the case directories stand in")
    for directory in sorted(folder.iterdir()):
        if not directory.name.startswith(".") and (directory / DATABASE).is_file():
            yield _line(directory)


def _line(directory: Path) -> CaseLine:
    database = Database.at(directory / DATABASE)
    try:
        with database.read() as connection:
            return _read(connection, directory)
    except DatabaseError:
        return CaseLine(directory.name, "damaged")
    finally:
        database.close()


def _read(connection: Connection, directory: Path) -> CaseLine:
    have, known = set(applied(connection)), {name for name, _ in MIGRATIONS}
    if have - known:
        return CaseLine(directory.name, "new")
    info = connection.execute(select(schema.case_info)).one()
    m = schema.media
    counted = select(func.count(), func.count().filter(m.c.looked)).where(m.c.outcome == MediaOutcome.VIEWABLE)
    media, looked = connection.execute(counted).one()
    pending, warnings, files = (
        int(connection.execute(select(func.count()).select_from(t)).scalar_one())
        for t in (schema.job, schema.warning, schema.media_file)
    )
    run = runs.last(connection, "verify", ("done", "warnings")) if have == known else None
    held = tuple(name for name in ("intake", "review") if holder(directory, name))
    state = "old" if have != known else "ready" if files else "empty"
    own = (
        directory.name,
        state,
        info.number,
        info.organization,
        info.created_at,
        media,
        looked,
        pending,
        warnings,
        held,
    )
    if run is None:
        return CaseLine(*own)
    return CaseLine(*own, "yes" if run.result.get("verified") else "no", run.started_at)
