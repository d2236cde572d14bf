"""Holding a VICS file against the table of entities: types, required properties, ranges, keys that stand twice."""

import re
from collections.abc import Iterator
from typing import Any, Final

from everyframe.exchange.vics_entities import ENTITIES, LISTS, context, fields_of
from everyframe.exchange.vics_times import as_offset

__all__ = ["check_document"]

GUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
MD5: Final = re.compile(r"[0-9A-F]{32}")
SHA1: Final = re.compile(r"[0-9A-F]{40}")
RANGES: Final = {"Byte": (0, 255), "Int32": (-(2**31), 2**31 - 1), "Int64": (-(2**63), 2**63 - 1)}
#: What tells one entity of a list from another.
KEYS: Final = {
    "CaseMetadata": ("PropertyName",),
    "Media": ("MD5",),
    "MediaFile": ("MediaFileID",),
    "Exif": ("PropertyName",),
    "AlternativeHash": ("HashName",),
    "Segment": ("SegmentIndex",),
    "MediaMetadata": ("PropertyName",),
    "Repository": ("RepositoryName",),
}


def check_document(document: Any, version: str, segment: str = "Default", *, extra: bool = False) -> Iterator[str]:  # noqa: ANN401 - what JSON may hold
    """Name everything in a parsed file that the table does not allow; ``extra`` allows keys that no entity has."""
    if not isinstance(document, dict) or not isinstance(document.get("value"), list):
        yield "no object with a list named value"
        return
    cases = any("Media" in item or "CaseID" in item for item in document["value"] if isinstance(item, dict))
    what = "Cases" if cases else "Media"
    key, label = context(version, segment, what)
    if next(iter(document)) != key or document[key] != label:
        yield f"the file does not begin with {key} {label}"
    yield from _list(document["value"], "Case" if cases else "Media", version, "value", extra=extra)


def _list(items: Any, entity: str, version: str, where: str, *, extra: bool) -> Iterator[str]:  # noqa: ANN401 - the same
    if not isinstance(items, list):
        yield f"{where}: is no list"
        return
    seen = set()
    for number, item in enumerate(items):
        at = f"{where}[{number}]"
        if not isinstance(item, dict):
            yield f"{at}: is no object"
            continue
        yield from _entity(item, entity, version, at, extra=extra)
        if entity in KEYS:
            key = tuple(item.get(k) for k in KEYS[entity])
            if key in seen:
                yield f"{at}: {key} stands twice"
            seen.add(key)


def _entity(item: dict[str, Any], entity: str, version: str, at: str, *, extra: bool) -> Iterator[str]:
    fields = {f.name: f for f in fields_of(entity, version)}
    lists = {name: inner for name, inner, since in LISTS.get(entity, ()) if since <= version}
    for name, value in item.items():
        if name in fields:
            if value is None and fields[name].required:
                yield f"{at}.{name}: may not be null"
            elif value is not None and not _fits(value, fields[name].kind, name):
                yield f"{at}.{name}: {value!r:.60} is no {fields[name].kind}"
        elif name in lists:
            yield from _list(value, lists[name], version, f"{at}.{name}", extra=extra)
        elif not extra or name in {f.name for f in ENTITIES[entity]}:
            yield f"{at}.{name}: {entity} has no such property in {version}"
    for name, field in fields.items():
        if field.required and name not in item:
            yield f"{at}.{name}: is missing"


def _fits(value: object, kind: str, name: str) -> bool:
    if kind == "Boolean":
        return isinstance(value, bool)
    if kind in RANGES:
        least, most = RANGES[kind]
        return type(value) is int and least <= value <= most
    if not isinstance(value, str):
        return False
    if kind == "DateTimeOffset":
        return as_offset(value) == value
    if kind == "Guid":
        return GUID.fullmatch(value) is not None
    pattern = {"MD5": MD5, "ParentMD5": MD5, "SHA1": SHA1}.get(name)
    return pattern is None or pattern.fullmatch(value) is not None
