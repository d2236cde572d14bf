"""A case on disk: one directory with its database, preview packs, indexes and exports."""

import tempfile
import uuid
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import insert, select

import everyframe
from everyframe.errors import CaseExists, CaseMissing
from everyframe.model.clock import now
from everyframe.model.scheme import CategoryScheme
from everyframe.store import audit_log, schema
from everyframe.store.database import Database
from everyframe.store.packs import PackReader
from everyframe.store.scheme_files import load_scheme
from everyframe.store.seat import seat

__all__ = ["DATABASE", "Case", "CaseInfo", "NewCase"]

DATABASE = "case.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """Hold what a person says of a new case; the fields are those of a VICS Case."""

    number: str
    organization: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    contact_title: str = ""
    scheme: str = "triage"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInfo(NewCase):
    """Hold what the case says of itself."""

    case_id: str
    created_at: str
    software: str


class Case:
    """Open a case. Use as a context manager, or call ``close``.

    Args:
        directory: the case directory.

    Raises:
        CaseMissing: no case stands there.
        CaseTooNew: a later version of Everyframe made it.
    """

    def __init__(self, directory: Path) -> None:
        if not (directory / DATABASE).is_file():
            raise CaseMissing(
                f"{directory} holds no case; make one with: everyframe case create {directory} --number …"
            )
        self.directory = directory
        self.database = Database.at(directory / DATABASE)
        self.database.migrate()
        self.previews = PackReader(directory / "previews")

    @classmethod
    def create(cls, directory: Path, new: NewCase, *, actor: str) -> "Case":
        """Make a case in an empty or missing directory.

        Raises:
            CaseExists: something stands there already.
            SchemeError: the category scheme does not exist.
        """
        load_scheme(new.scheme)
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise CaseExists(f"{directory} is not empty; a case gets a directory of its own")
        directory.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
        for part in ("previews", "index", "export", "locks"):
            (making / part).mkdir(mode=0o700)
        database = Database.at(making / DATABASE)
        database.migrate()
        (making / DATABASE).chmod(0o600)
        row = asdict(new) | {
            "case_id": str(uuid.uuid4()),
            "created_at": now(),
            "software": f"Everyframe {everyframe.__version__}",
        }
        with database.write() as connection:
            connection.execute(insert(schema.case_info).values(id=1, **row))
            audit_log.append(connection, actor, "case.create", row)
        database.close()
        making.rename(directory)  # commit point: a case is there whole, or not at all
        return cls(directory)

    @cached_property
    def info(self) -> CaseInfo:
        """Give what the case says of itself; it does not change."""
        with self.database.read() as connection:
            row = connection.execute(select(schema.case_info)).one()
        return CaseInfo(**{k: v for k, v in row._mapping.items() if k != "id"})  # noqa: SLF001 - SQLAlchemy's public name

    @cached_property
    def scheme(self) -> CategoryScheme:
        """Give the category scheme of the case."""
        return load_scheme(self.info.scheme)

    def seat(self, name: str, *, purpose: str) -> AbstractContextManager[None]:
        """Hold the ``intake`` or ``review`` seat of the case while a block runs."""
        return seat(self.directory, name, purpose=purpose)

    def close(self) -> None:
        """Let go of database and packs."""
        self.previews.close()
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
