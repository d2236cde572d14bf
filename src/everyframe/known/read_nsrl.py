"""NSRL RDS 3: SQLite, full (table ``FILE``) and minimal (``DISTINCT_HASH``)."""

from collections.abc import Iterator
from typing import ClassVar, Final

from everyframe.errors import UsageError
from everyframe.known import foreign_database
from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source
from everyframe.known.values import digest, number

__all__ = ["DIGESTS", "NsrlReader", "nsrl_entry"]

#: In the order of what they say: the full set names files and packages, the minimal one only digests.
TABLES: Final = ("FILE", "METADATA", "DISTINCT_HASH")
DIGESTS: Final = ("md5", "sha1", "sha256")
STEP: Final = 65_536


class NsrlReader:
    """Read an RDS 3 database; a file in several packages is several rows, as NIST lists it."""

    NAME: ClassVar = "nsrl"
    DESCRIPTION: ClassVar = "NSRL RDS 3 (SQLite), full or minimal"
    KIND: ClassVar = "known-software"

    def recognises(self, source: Source) -> bool:
        """Look for the tables of an RDS."""
        found = foreign_database.tables(source)
        return bool(found & {"file", "distinct_hash"}) and bool(found & {"pkg", "version", "mfg", "distinct_hash"})

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:
        """Give every row of the fullest table."""
        with foreign_database.opened(source) as connection:
            foreign_database.check(connection, source, lint)
            for table in TABLES:
                names = [c.lower() for c in foreign_database.columns(connection, table)]
                if set(names) & set(DIGESTS):
                    break
            else:
                raise UsageError(f"{source.path}: no table of digests; an RDS 3 has one of {', '.join(TABLES)}")
            listed = ", ".join(f'"{n}"' for n in names if '"' not in n)
            for number_, row in enumerate(connection.execute(f"SELECT {listed} FROM {table}"), 1):  # noqa: S608 - names above
                if not number_ % STEP:
                    source.step(min(number_ * 200, source.size - 1), source.size)
                entry = nsrl_entry(dict(zip(names, row, strict=False)), lint, f"row {number_}")
                if entry:
                    yield entry
        source.step(source.size, source.size)


def nsrl_entry(row: dict[str, object], lint: Lint, where: str) -> KnownEntry | None:
    """Read one row, its columns named in small letters; uses the dictionary up. A row without any digest is counted."""
    digests = {a: digest(row.pop(a, None), a, lint, where) for a in DIGESTS}
    if not any(digests.values()):
        lint.add("no-digest", where)
        return None
    name = row.pop("file_name", None)
    return KnownEntry(
        **digests,  # type: ignore[arg-type]  # digest fields by name
        name=name if isinstance(name, str) else "",
        size=number(row.pop("file_size", None), lint, where),
        extra={k: v if isinstance(v, (str, int, float)) else str(v) for k, v in row.items() if v is not None},
    )
