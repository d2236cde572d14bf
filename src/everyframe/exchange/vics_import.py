"""Taking a case of another tool in: its listing is what its file says, its bytes go through intake like any others."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from everyframe.errors import ExhibitError, SourceKnown, UsageError
from everyframe.evidence.source import SourceIdentity, fingerprint, overlaps
from everyframe.exchange.vics_names import OWN
from everyframe.exchange.vics_read import claim_of, head_of
from everyframe.intake.progress import Progress
from everyframe.known.json_stream import JsonStream
from everyframe.known.lint import FAULTS, Lint
from everyframe.known.vics_walk import HINT, LABEL, VicsWalk, objects
from everyframe.model.entry import display_path
from everyframe.model.features import Digests
from everyframe.model.warning import Problem, WarningCode
from everyframe.store import audit_log, files, sources, vics_imports, warnings
from everyframe.store.case import Case
from everyframe.store.sources import Source
from everyframe.store.vics_imports import Claim, Import

__all__ = ["ImportRequest", "VicsLister"]

HEAD: Final = 1 << 16
BOM: Final = b"\xef\xbb\xbf"
VERSION: Final = re.compile(rb"DataModels/([0-9]+\.[0-9]+)(?:\.xml)?(?:/([A-Za-z]{1,16})/)?", re.IGNORECASE)
#: The scheme that a segment of the label stands for; others become a scheme id of their own.
SCHEMES: Final = {"US": "projectvic-us"}
CHUNK: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """Hold what a person says of an import; what is empty is taken from the file.

    Args:
        file: the VICS file; its media folder stands beside it.
        exhibit: the reference that its files are listed under.
        person: whose categories they are.
        scheme: of the categories.
    """

    file: Path
    exhibit: str = ""
    person: str = ""
    scheme: str = ""


class VicsLister:
    """List what a VICS file names. ``lint`` is filled while it is read, and ``counts`` says what was listed."""

    def __init__(self, request: ImportRequest) -> None:
        try:
            with request.file.open("rb") as file:
                self._head = file.read(HEAD)
                self.sha256 = hashlib.file_digest(_rewound(file), "sha256").hexdigest()
        except OSError as error:
            raise UsageError(f"{request.file}: {error.strerror}") from error
        if not self._head.removeprefix(BOM).lstrip().startswith((b"{", b"[")) or not HINT.search(self._head):
            raise UsageError(f"{request.file}: is no VICS file: no JSON that begins with cases or Media")
        self._request = request
        self._name = os.fsencode(request.file.name)
        label = VERSION.search(self._head)
        self.version = label[1].decode() if label else ""
        self.segment = (label[2] or b"").decode() if label else ""
        self.lint = Lint()
        self.counts: Counter[str] = Counter()

    @property
    def reference(self) -> str:
        """Give the reference of the exhibit."""
        return self._request.exhibit or display_path(os.fsencode(self._request.file.stem))

    def plan(self, case: Case, actor: str) -> list[Source]:
        """Find the import that this file is, or add it."""
        identity = self._identity(case)
        with case.database.write() as connection:
            imported = {i.source_id: i for i in vics_imports.imports(connection)}
            for source in sources.sources(connection):
                before = imported.get(source.id)
                if before is None:
                    self._refuse_overlap(source, identity)
                elif (source.path, before.file) == (identity.realpath, self._name):
                    return [self._same(source, before)]
                elif before.sha256 == self.sha256:
                    raise SourceKnown(f"{self._request.file} was taken in before, as exhibit {source.reference}")
            return [self._add(connection, identity, actor)]

    def commit(self, case: Case, source: Source, actor: str, progress: Progress, pause: Callable[[], bool]) -> None:
        """Read the file, and commit a part of the listing at a time."""
        self.lint, self.counts = Lint(), Counter()
        parent = files.Parent(source.exhibit_id, source.id)
        with case.database.write() as connection:
            vics_imports.clear(connection, source.id)
        with self._request.file.open("rb") as file:
            file.seek(len(BOM) if self._head.startswith(BOM) else 0)
            walk = VicsWalk(JsonStream(file, self.lint), self.lint, LABEL.search(self._head))
            for claims in _chunks(self._claims(walk)):
                with case.database.write() as connection:
                    added = vics_imports.add_claims(connection, parent, claims, self.counts["files"])
                self.counts["media"] += len(claims)
                self.counts["files"] += added
                progress.stages["listed"] += added
                if pause():
                    return
        if not walk.lists:
            self.lint.add("bad-envelope", "the whole file", "no list of Media")
        self._listed(case, source, actor, [head_of(h, self.lint, f"case {n}") for n, h in enumerate(walk.heads, 1)])

    def unchanged(self, case: Case, source: Source) -> Problem | None:
        """Say of the files that did not come that they are referenced only; a Warning when the VICS file has changed."""
        with case.database.write() as connection:
            self.counts["referenced"] = vics_imports.mark_referenced(connection, source.id)
        with self._request.file.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == self.sha256:
                return None
        return Problem(WarningCode.SOURCE_CHANGED, f"{self._request.file} is not the file that was listed", "import")

    def problem(self, case: Case, file_id: int, digests: Digests) -> Problem | None:
        """Hold the digests of the bytes that came against those that the file names."""
        with case.database.read() as connection:
            reason = vics_imports.broken_promise(connection, file_id, digests)
        return Problem(WarningCode.DIGEST_DIFFERS, reason, "import") if reason else None

    def _claims(self, walk: VicsWalk) -> Iterator[Claim]:
        number = 0
        old = self.version.startswith("1")
        for batch in walk.media():
            for media in objects(batch):
                number += 1
                claim = claim_of(media, self.lint, f"entry {number}", none_is_zero=old)
                if claim:
                    yield claim
                else:
                    self.counts["left out"] += 1

    def _identity(self, case: Case) -> SourceIdentity:
        folder, own = fingerprint(self._request.file.resolve().parent), fingerprint(case.directory)
        if folder.realpath == own.realpath or folder.realpath.startswith(own.realpath + b"/"):
            raise ExhibitError(
                f"{self._request.file} lies within the case itself; copy it elsewhere with its media folder"
            )
        return folder

    def _refuse_overlap(self, source: Source, identity: SourceIdentity) -> None:
        theirs = SourceIdentity(source.path, source.device, source.inode, source.filesystem)
        if overlaps(theirs, identity):
            raise SourceKnown(
                f"{self._request.file} lies in {source.display}, which is taken in as exhibit {source.reference}, or that in "
                "its folder; nothing is taken in twice: copy the file with its media folder elsewhere"
            )

    def _same(self, source: Source, before: Import) -> Source:
        if before.sha256 != self.sha256:
            raise SourceKnown(
                f"{self._request.file} was taken in before as exhibit {source.reference}, and has changed since; "
                "to take the new one in, give it another name"
            )
        if self._request.exhibit and self._request.exhibit != source.reference:
            raise SourceKnown(f"{self._request.file} was taken in before, as exhibit {source.reference}")
        return source

    def _add(self, connection: Any, identity: SourceIdentity, actor: str) -> Source:  # noqa: ANN401 - a Connection
        exhibit = sources.exhibit_id(connection, self.reference)
        numbers = {"device": identity.device, "inode": identity.inode, "filesystem": identity.filesystem}
        source_id = sources.add_source(connection, exhibit, identity.realpath, **numbers)
        new = Import(
            source_id, self._name, self.sha256, self.version, self.segment, self._request.scheme, self._request.person
        )
        vics_imports.add_import(connection, new)
        body = {"exhibit": self.reference, "file": str(self._request.file).encode(errors="backslashreplace").decode()}
        audit_log.append(connection, actor, "import.add", body | {"sha256": self.sha256, "version": self.version})
        return sources.find(connection, source_id)

    def _listed(self, case: Case, source: Source, actor: str, head: list[dict[str, Any]]) -> None:
        """State that the listing stands in full. Commit point: this transaction."""
        lint = dict(sorted(self.lint.counts.items()))
        with case.database.write() as connection:
            vics_imports.set_head(connection, source.id, head, lint)
            vics_imports.set_words(connection, source.id, self._scheme(head), self._person(head))
            if faults := {k: n for k, n in lint.items() if k in FAULTS}:
                words = ", ".join(f"{FAULTS[k]}: {n:,}" for k, n in faults.items())
                problem = Problem(WarningCode.IMPORT_REPAIRED, f"{self._request.file.name!a}: {words}", "import")
                warnings.add_to_exhibit(connection, source.exhibit_id, [problem])
            sources.mark_listed(connection, source.id, self.sha256)
            body = {"exhibit": source.reference, "files": self.counts["files"], "media": self.counts["media"]}
            audit_log.append(connection, actor, "import.listed", body | {"lint": lint, "digest": self.sha256})

    def _scheme(self, head: list[dict[str, Any]]) -> str:
        own = _own(head, "CategoryScheme")
        return self._request.scheme or own or SCHEMES.get(self.segment, f"vics-{self.segment.lower() or 'unknown'}")

    def _person(self, head: list[dict[str, Any]]) -> str:
        said = next((str(h["ContactName"]) for h in head if h.get("ContactName")), "")
        return self._request.person or display_path(said.encode("utf-8", "surrogatepass")) or "unknown"


def _own(head: list[dict[str, Any]], name: str) -> str:
    """Give what an export of ours said of itself in CaseMetadata."""
    rows = [row for h in head for row in h.get("CaseMetadata", []) if row.get("PropertyName") == OWN + name]
    said = str(rows[0].get("PropertyValue", "")) if rows else ""
    return said if said.isprintable() else ""


def _chunks(claims: Iterator[Claim]) -> Iterator[list[Claim]]:
    part: list[Claim] = []
    for claim in claims:
        part.append(claim)
        if len(part) >= CHUNK:
            yield part
            part = []
    if part:
        yield part


def _rewound(file: Any) -> Any:  # noqa: ANN401 - a file opened for bytes
    file.seek(0)
    return file
