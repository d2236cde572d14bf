"""One Media of another tool's case as a claim: what it says of its files, and all the rest, kept for the way back."""

import re
from collections.abc import Iterator
from typing import Any, Final

from everyframe.exchange.vics_entities import LISTS
from everyframe.exchange.vics_names import OWN
from everyframe.exchange.vics_normal import normal, normal_list
from everyframe.known.lint import Lint
from everyframe.known.values import digest
from everyframe.model.entry import Entry
from everyframe.model.states import Provenance
from everyframe.model.warning import Problem, WarningCode
from everyframe.store.vics_imports import Claim, ClaimedFile, stored_json

__all__ = ["claim_of", "head_of"]

Json = dict[str, Any]
NOTE: Final = re.compile(re.escape(OWN) + r"MediaFile\.([0-9]{1,10})\.(.+)", re.DOTALL)
TIMES: Final = {"Created": "created", "Written": "modified", "Accessed": "accessed", "Changed": "changed"}
#: Of a Media these are columns, or are told anew.
OWN_COLUMNS: Final = ("MD5", "MediaID", "RelativeFilePath", "Category", "MediaFiles")
HEX: Final = re.compile(r"(?:[0-9a-f]{2})+")


def claim_of(media: Json, lint: Lint, where: str, *, none_is_zero: bool = False) -> Claim | None:
    """Read one Media; None when it has no MD5, which VICS knows a content by. Uses the dictionary up.

    Args:
        media: as parsed.
        lint: hears of everything odd.
        where: which one it is.
        none_is_zero: category 0 stands for no category, as in 1.x, which has no null.
    """
    md5 = digest(media.get("MD5"), "md5", lint, where)
    if not md5:
        lint.add("no-digest", where, sorted(map(str, media))[:8])
        return None
    listed = media.pop("MediaFiles", None)
    clean, odd = normal("Media", media, lint, where)
    _lists(clean, odd, lint, where)
    sha1 = bytes.fromhex(clean["SHA1"]) if clean.get("SHA1") else b""
    category = clean.get("Category")
    if category is None:
        lint.add("category-null" if "Category" in media else "category-missing", where)
    relative = clean.get("RelativeFilePath") or ""
    _photodna(clean)
    notes = _file_notes(clean)
    files = tuple(_files(clean, listed, notes, relative, lint, where))
    kept = {k: v for k, v in clean.items() if k not in OWN_COLUMNS}
    _keep_odd(kept, odd, md5)
    number = None if category is None or (none_is_zero and category == 0) else str(category)
    return Claim(md5, sha1, number, stored_json(kept), files)


def head_of(case: Json, lint: Lint, where: str) -> Json:
    """Read what a file says of its case; values that VICS does not allow become CaseMetadata."""
    clean, odd = normal("Case", case, lint, where)
    for name, entity, _ in LISTS["Case"]:
        if name in clean:
            clean[name] = normal_list(clean[name], entity, odd, lint, where, name)
    if odd:
        clean["CaseMetadata"] = _with_odd(clean.get("CaseMetadata", []), odd, {})
    return clean


def _lists(clean: Json, odd: list[tuple[str, str]], lint: Lint, where: str) -> None:
    for name, entity, _ in LISTS["Media"]:
        if name in clean and name != "MediaFiles":
            clean[name] = normal_list(clean[name], entity, odd, lint, where, name)


def _keep_odd(kept: Json, odd: list[tuple[str, str]], md5: bytes) -> None:
    if odd:
        kept["MediaMetadata"] = _with_odd(kept.get("MediaMetadata", []), odd, {"MD5": md5.hex().upper()})


def _with_odd(rows: list[Json], odd: list[tuple[str, str]], key: Json) -> list[Json]:
    """Add what was set apart as properties of names that nothing else has."""
    names = {row.get("PropertyName") for row in rows}
    added = []
    for name, text in odd:
        own, number = f"Kept.{name}", 1
        while own in names:
            number += 1
            own = f"Kept.{name} ({number})"
        names.add(own)
        added.append({**key, "PropertyName": own, "PropertyValue": text})
    return [*rows, *added]


def _photodna(clean: Json) -> None:
    """Put a PhotoDNA value where 2.0 has it; 1.x has it among the other hashes."""
    others = clean.get("AlternativeHashes", [])
    for item in others:
        name = str(item.get("HashName", "")).lower()
        if name in {"photodna", "pdna"} and not clean.get("PhotoDNA") and isinstance(item.get("HashValue"), str):
            clean["PhotoDNA"] = item["HashValue"]
            clean["AlternativeHashes"] = [o for o in others if o is not item]
            return


def _file_notes(clean: Json) -> dict[int, dict[str, str]]:
    """Take out what an export of ours told of single files, by their MediaFileID."""
    found: dict[int, dict[str, str]] = {}
    rest = []
    for item in clean.get("MediaMetadata", []):
        match = NOTE.fullmatch(str(item.get("PropertyName", "")))
        if match and isinstance(item.get("PropertyValue"), str):
            found.setdefault(int(match[1]), {})[match[2]] = item["PropertyValue"]
        else:
            rest.append(item)
    if found:
        clean["MediaMetadata"] = rest
    return found


def _files(
    clean: Json, listed: object, notes: dict[int, dict[str, str]], relative: str, lint: Lint, where: str
) -> Iterator[ClaimedFile]:
    odd: list[tuple[str, str]] = []
    rows = normal_list(listed, "MediaFile", odd, lint, where, "MediaFiles") if listed is not None else []
    if not rows:
        lint.add("file-added", where)
        name = clean.get("Name") if isinstance(clean.get("Name"), str) else ""
        rows = [{"FileName": name or relative.replace("\\", "/").rpartition("/")[2] or "unnamed"}]
    if not relative:
        lint.add("no-media-file", where)
    for number, row in enumerate(rows):
        own = notes.get(row.get("MediaFileID", -1), {}) | ({f"Kept.{n}": t for n, t in odd} if not number else {})
        yield _file(row, own, relative, clean.get("MediaSize"))


def _file(row: Json, notes: dict[str, str], relative: str, size: int | None) -> ClaimedFile:
    entity = {k: v for k, v in row.items() if k not in {"MD5", "MediaFileID"}}
    times = {column: row.get(name) or notes.get(name) for name, column in TIMES.items()}
    member = relative.replace("\\", "/").encode("utf-8", "surrogatepass")
    while member.startswith((b"./", b"/")):
        member = member.partition(b"/")[2]
    missing = Problem(WarningCode.UNREADABLE_FILE, "the import names no file for these bytes", "import")
    entry = Entry(
        path=member or b"unnamed",
        size=size,
        provenance=_provenance(row) if member else Provenance.REFERENCED,
        problem=None if member else missing,
        modified=times["modified"],
        accessed=times["accessed"],
        changed=times["changed"],
        created=times["created"],
    )
    return ClaimedFile(entry, _path(row, notes), stored_json({"entity": entity, "notes": notes}))


def _provenance(row: Json) -> Provenance:
    if row.get("Unallocated") is True:
        return Provenance.CARVED
    return Provenance.DELETED if row.get("Deleted") is True else Provenance.LIVE


def _path(row: Json, notes: dict[str, str]) -> bytes:
    """Give where the file was, as its tool recorded it: name and directory put together where they are apart."""
    recorded = notes.get("PathBytes", "")
    if HEX.fullmatch(recorded):
        return bytes.fromhex(recorded)
    name, path = row.get("FileName") or "", row.get("FilePath") or ""
    between = "\\" if "\\" in path and "/" not in path else "/"
    if path and name and not path.endswith(name):
        path = path.rstrip(between) + between + name
    return (path or name or "unnamed").encode("utf-8", "surrogatepass")
