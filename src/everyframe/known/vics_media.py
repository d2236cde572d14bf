"""One Media of a VICS file as an entry: every version, every dialect that is known."""

from typing import Any, Final

from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.values import MAX_NUMBER, boolean, digest, number

__all__ = ["media_entry"]

FLAGS: Final = (
    "VictimIdentified",
    "OffenderIdentified",
    "IsDistributed",
    "IsSuspected",
    "IsPrecategorized",
    "SelfGenerated",
)
TEXTS: Final = ("Name", "Tags", "Series", "Comments")
OTHER_HASHES: Final = {
    "photodna": "photodna",
    "pdna": "photodna",
    "pdq": "pdq",
    "sha256": "sha256",
    "sha2256": "sha256",
    "sha1": "sha1",
}
MISSING: Final = object()


def media_entry(media: dict[str, Any], lint: Lint, where: str) -> KnownEntry | None:
    """Read one Media; its unknown keys, files and properties are kept as extra. Uses the dictionary up."""
    md5 = digest(media.pop("MD5", None), "md5", lint, where)
    sha1 = digest(media.pop("SHA1", None), "sha1", lint, where)
    digests: dict[str, Any] = {"sha1": sha1} if sha1 else {}
    if "PhotoDNA" in media or "AlternativeHashes" in media:
        _other_hashes(media, digests, lint, where)
    if not (md5 or digests):
        lint.add("no-digest", where, sorted(media)[:8])
        return None
    if "MediaID" not in media and "Category" not in media and ("FileName" in media or "FilePath" in media):
        lint.add("stray-nested", where, media.get("FileName", ""))
        return None
    category, size = media.pop("Category", MISSING), media.pop("MediaSize", None)
    texts = _texts(media, lint, where)
    return KnownEntry(
        md5=md5,
        **digests,
        category=str(category) if type(category) is int else _category(category, lint, where),
        size=size if type(size) is int and 0 <= size <= MAX_NUMBER else _size(size, lint, where),
        name=texts[0],
        tags=texts[1],
        series=texts[2],
        comments=texts[3],
        flags=_flags(media, lint, where),
        extra=media,
    )


def _other_hashes(media: dict[str, Any], digests: dict[str, Any], lint: Lint, where: str) -> None:
    """Take PhotoDNA, and the hashes that are looked up out of AlternativeHashes; the others stay."""
    value = digest(media.pop("PhotoDNA", None), "photodna", lint, where)
    if value:
        digests["photodna"] = value
    listed = media.pop("AlternativeHashes", None)
    if not isinstance(listed, list):
        if listed is not None:
            lint.add("bad-field", where, "AlternativeHashes is no list")
            media["AlternativeHashes"] = listed
        return
    kept = [item for item in listed if not _taken(item, digests, lint, where)]
    if kept:
        media["AlternativeHashes"] = kept


def _taken(item: object, digests: dict[str, bytes], lint: Lint, where: str) -> bool:
    name = item.get("HashName") if isinstance(item, dict) else None
    algorithm = OTHER_HASHES.get("".join(filter(str.isalnum, name.lower()))) if isinstance(name, str) else None
    if not algorithm or not isinstance(item, dict) or algorithm in digests:
        return False
    value = digest(item.get("HashValue"), algorithm, lint, where)
    if value:
        digests[algorithm] = value
    return bool(value)


def _category(value: object, lint: Lint, where: str) -> str:
    if type(value) is int:
        return str(value)
    if value is MISSING:
        lint.add("category-missing", where)
    elif value is None:
        lint.add("category-null", where)
    elif isinstance(value, str):
        return value.strip()
    elif isinstance(value, float) and value.is_integer():
        return str(int(value))
    else:
        lint.add("bad-category", where, repr(value)[:60])
    return ""


def _size(value: object, lint: Lint, where: str) -> int:
    if isinstance(value, str) and value.strip():
        lint.add("number-as-text", where)
    return number(value, lint, where)


def _flags(media: dict[str, Any], lint: Lint, where: str) -> dict[str, bool]:
    flags: dict[str, bool] = {}
    for name in FLAGS:
        if name in media:
            said = media.pop(name)
            if said is True or said is False:
                flags[name] = said
            elif (read := boolean(said, lint, where)) is not None:
                flags[name] = read
    return flags


def _texts(media: dict[str, Any], lint: Lint, where: str) -> list[str]:
    texts = ["", "", "", ""]
    for spot, name in enumerate(TEXTS):
        if name in media:
            value = media.pop(name)
            if type(value) is str:
                texts[spot] = value
            elif value is not None:
                lint.add("bad-field", where, f"{name} is {value!r:.60}")
                media[name] = value
    return texts
