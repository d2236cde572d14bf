"""Writing VICS: a case with its Media, or a hash set, one Media at a time."""

import contextlib
import fcntl
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from everyframe.errors import UsageError
from everyframe.exchange.handing_out import Handed, Outfile, check_place, handed_out, record
from everyframe.exchange.originals import Originals, settle
from everyframe.exchange.vics_case import Head, case_entity
from everyframe.exchange.vics_categories import NumberedScheme
from everyframe.exchange.vics_entities import VERSIONS, context
from everyframe.exchange.vics_media import MediaWriter
from everyframe.exchange.vics_versions import shaped
from everyframe.store import exchange_rows, sources, vics_imports
from everyframe.store.case import Case
from everyframe.store.exchange_choice import Choice

__all__ = ["SEGMENTS", "WHATS", "VicsRequest", "segment_of", "write_vics"]

SEGMENTS: Final = ("US", "UK", "CUSTOM", "Default")
WHATS: Final = ("case", "hashset")
NAME: Final = re.compile(r"[^A-Za-z0-9._-]+")
#: What a hash set says of a content: nothing of where it was found.
OF_A_SET: Final = (
    "MediaID", "MD5", "SHA1", "Category", "MediaSize", "MimeType", "VictimIdentified", "OffenderIdentified",
    "IsDistributed", "IsSuspected", "IsPrecategorized", "PrecategorizationSource", "SelfGenerated", "Series", "Tags",
    "PhotoDNA", "AlternativeHashes",
)  # fmt: skip
STEP: Final = 200
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class VicsRequest:
    """Hold what is asked of an export.

    Args:
        out: the file; with ``files`` the folder that is to hold the file and the originals.
        actor: who asks.
        scheme: whose categories go out, with the numbers of its codes.
        version: of VICS.
        segment: of the label.
        what: ``case`` or ``hashset``.
        files: the originals, too.
        choice: which part of the case.
    """

    out: Path
    actor: str
    scheme: NumberedScheme
    version: str = "2.0"
    segment: str = "CUSTOM"
    what: str = "case"
    files: bool = False
    choice: Choice = field(default_factory=Choice)


def segment_of(scheme: str) -> str:
    """Give the segment that a scheme is written under."""
    return {"projectvic-us": "US", "uk-caid": "UK"}.get(scheme, "CUSTOM")


def write_vics(case: Case, request: VicsRequest, step: Callable[[int, int], None] = lambda _d, _t: None) -> Json:
    """Write the export; gives what went out and what did not.

    Raises:
        SchemeError: a category in force has no number.
        UsageError: it cannot be written there, or what was asked contradicts itself.
    """
    if request.version not in VERSIONS or request.segment not in SEGMENTS or request.what not in WHATS:
        raise UsageError("there is no such version, segment or kind of VICS file")
    if not request.files:
        with handed_out(case, request.out, f"vics-{request.what}", request.actor) as handed:
            _Writing(case, request, step, None).write(handed)
        return _summary(request, handed)
    if request.what == "hashset":
        raise UsageError("a hash set holds no files: --files goes with --what case")
    with _staging(case, request.out) as folder:
        originals = Originals(case, folder, _name(request.out))
        try:
            with (folder / f"{_name(request.out)}.json").open("wb") as raw:
                handed = Handed(Outfile(raw))
                _Writing(case, request, step, originals).write(handed)
                handed.file.flush()
        finally:
            originals.close()
        originals.clear_leftovers()
        settle(folder)
        handed.problems = originals.problems
        record(case, f"vics-{request.what}", request.out, request.actor, handed)
        folder.rename(request.out)
    return _summary(request, handed)


@contextlib.contextmanager
def _staging(case: Case, out: Path) -> Iterator[Path]:
    """Hold the folder that an export is made in; one that was stopped is gone on with. Commit point: its renaming."""
    check_place(case, out)
    folder = out.with_name(f".{out.name}.making")
    folder.mkdir(exist_ok=True, mode=0o700)
    with (out.parent / f".{out.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"another export to {out} is running; wait for it") from error
        yield folder
        Path(lock.name).unlink()


class _Writing:
    def __init__(
        self, case: Case, request: VicsRequest, step: Callable[[int, int], None], originals: Originals | None
    ) -> None:
        self._case, self._request, self._step, self._originals = case, request, step, originals
        self._writer = MediaWriter(request.scheme)
        self._left: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()

    def write(self, handed: Handed) -> None:
        out, asked = handed.file, self._request
        what = "Cases" if asked.what == "case" else "Media"
        with self._case.database.read() as connection:
            counts = exchange_rows.count(connection, asked.choice)
            key, label = context(asked.version, asked.segment, what)
            out.write(f'{{"{key}":{_text(label).decode()},"value":['.encode())
            head = self._head(connection) if what == "Cases" else {}
            if head:
                out.write(_text(head)[:-1] + b',"Media":[')
            self._media(out, connection, counts.media)
            if head:
                totals = {"TotalMediaFiles": self._writer.files, "TotalPrecategorized": self._writer.precategorized}
                out.write(b"]," + _text(totals)[1:])
            out.write(b"]}\n")
        handed.facts |= self._facts(counts.other_files)

    def _media(self, out: Outfile, connection: Any, total: int) -> None:  # noqa: ANN401 - a Connection
        between = b"\n"
        for content in exchange_rows.contents(connection, self._request.choice):
            path = self._originals.copy(content) if self._originals else None
            entity = self._writer.entity(content, path)
            self._count(content, entity)
            if self._request.what == "hashset":
                entity = {k: entity[k] for k in OF_A_SET if k in entity}
            out.write(between + _text(shaped("Media", entity, self._request.version, self._left)))
            between = b",\n"
            if self._writer.media % STEP == 0:
                self._step(min(self._writer.media, total), max(total, self._writer.media))
        self._step(self._writer.media, self._writer.media)

    def _count(self, content: exchange_rows.Content, entity: Json) -> None:
        self._seen["without_category"] += "Category" not in entity
        self._seen["other_scheme"] += bool(content.category) and content.category["scheme"] != self._request.scheme.id
        self._seen["never_read"] += content.media is None

    def _head(self, connection: Any) -> Json:  # noqa: ANN401 - a Connection
        heads = [Head(file, said) for file, said in vics_imports.heads(connection)]
        every = [*sources.sources(connection)]
        alone = len(every) == 1 and len(heads) == 1 and self._request.choice.everything
        head = case_entity(self._case.info, heads, self._request.scheme, alone=alone)
        return shaped("Case", head, self._request.version, self._left)

    def _facts(self, other_files: int) -> Json:
        asked = self._request
        facts: Json = {
            "version": asked.version,
            "segment": asked.segment,
            "scheme": asked.scheme.id,
            "choice": asked.choice.as_json(),
            "media": self._writer.media,
            "files": self._writer.files,
            "other_files": other_files,
            **self._seen,
            "left_out_by_version": {k: n for k, n in sorted(self._left.items()) if n},
        }
        return facts | ({"originals": dict(self._originals.counts)} if self._originals else {})


def _summary(request: VicsRequest, handed: Handed) -> Json:
    own = {"kind": f"vics-{request.what}", "out": str(request.out)}
    return own | {"sha256": handed.file.sha256, "bytes": handed.file.bytes} | handed.facts


def _name(out: Path) -> str:
    return NAME.sub("_", out.name) or "export"


def _text(value: object) -> bytes:
    """Write JSON as UTF-8; half of a surrogate pair, which UTF-8 cannot hold, as its escape."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
