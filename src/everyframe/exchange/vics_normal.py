"""Entities of other tools brought to the types of the table: what can be read another way is, what cannot is set apart."""

import json
import math
import re
from typing import Any, Final

from everyframe.exchange.vics_check import GUID, RANGES
from everyframe.exchange.vics_entities import ENTITIES, LISTS, Field
from everyframe.exchange.vics_times import as_offset, read_time
from everyframe.known.lint import Lint
from everyframe.known.values import boolean, digest

__all__ = ["NAMES", "normal", "normal_list"]

Json = dict[str, Any]
NUMBER: Final = re.compile(r"\s*-?[0-9]{1,19}\s*")
DIGESTS: Final = {"MD5": "md5", "ParentMD5": "md5", "SHA1": "sha1"}
FIELDS: Final = {entity: {f.name: f for f in fields} for entity, fields in ENTITIES.items()}
#: What tells one entity of such a list from another.
NAMES: Final = {
    "AlternativeHash": "HashName", "CaseMetadata": "PropertyName", "Exif": "PropertyName", "MediaMetadata": "PropertyName",
    "Repository": "RepositoryName", "Segment": "SegmentIndex",
}  # fmt: skip
#: What is filled in by us, and so may be missing.
FILLED: Final = ("MD5", "CaseID", "MediaFileID")
DEEPEST: Final = 64
MISSING: Final = object()


def normal(entity: str, item: Json, lint: Lint, where: str) -> tuple[Json, list[tuple[str, str]]]:
    """Give an entity with every known property of its type, and (name, JSON text) of those that could not be brought to it.

    Keys that no version knows stay as they are; null is the same as nothing said.
    """
    clean: Json = {}
    odd: list[tuple[str, str]] = []
    for name, value in item.items():
        field = FIELDS[entity].get(name)
        if value is None:
            continue
        if field is None:
            clean[name] = _sound(value, lint, where)
            continue
        read = _read(value, field, lint, where)
        if read is MISSING:
            odd.append((name, json.dumps(_sound(value, lint, where), ensure_ascii=False)))
        elif read is not None:
            clean[name] = read
    return clean, odd


def normal_list(
    value: object, entity: str, odd: list[tuple[str, str]], lint: Lint, where: str, name: str
) -> list[Json]:
    """Give a list of entities, inner lists too; what is no entity, or lacks what it is known by, is set apart."""
    if not isinstance(value, list):
        lint.add("bad-field", where, f"{name} is no list")
        odd.append((name, json.dumps(_sound(value, lint, where), ensure_ascii=False)))
        return []
    found = []
    for number, item in enumerate(value):
        at = f"{name}[{number}]"
        if not isinstance(item, dict):
            lint.add("bad-field", where, f"{at} is no object")
            odd.append((at, json.dumps(_sound(item, lint, where), ensure_ascii=False)))
            continue
        clean, beside = normal(entity, item, lint, where)
        for inner, kind, _ in LISTS.get(entity, ()):
            if inner in clean:
                clean[inner] = normal_list(clean[inner], kind, beside, lint, where, inner)
        odd.extend((f"{at}.{n}", text) for n, text in beside)
        if lacking := _lacking(clean, entity):
            lint.add("bad-field", where, f"{at} has no {lacking}")
            odd.append((at, json.dumps(_sound(item, lint, where), ensure_ascii=False)))
        else:
            found.append(clean)
    return _each_once(found, entity, odd, lint, where, name)


def _lacking(clean: Json, entity: str) -> str:
    filled = FILLED if entity != "Identifier" else ()
    return next((f.name for f in ENTITIES[entity] if f.required and f.name not in filled and f.name not in clean), "")


def _each_once(
    found: list[Json], entity: str, odd: list[tuple[str, str]], lint: Lint, where: str, name: str
) -> list[Json]:
    """Set apart what has the name of an earlier one; the same twice is one."""
    key = NAMES.get(entity)
    if not key:
        return found
    once: dict[Any, Json] = {}
    for item in found:
        before = once.setdefault(item[key], item)
        if before != item:
            lint.add("bad-field", where, f"{name} has {item[key]!r:.40} twice")
            odd.append((f"{name}.{item[key]}", json.dumps(item, ensure_ascii=False)))
    return [*once.values()]


def _sound(value: object, lint: Lint, where: str, depth: int = 0) -> object:
    """Give a value that JSON can hold, whatever its kind."""
    if isinstance(value, float) and not math.isfinite(value):
        lint.add("bad-number", where, repr(value))
        return repr(value)
    if depth > DEEPEST and isinstance(value, (dict, list)):
        lint.add("too-deep", where)
        return None
    if isinstance(value, dict):
        return {k: _sound(v, lint, where, depth + 1) for k, v in value.items()}
    return [_sound(v, lint, where, depth + 1) for v in value] if isinstance(value, list) else value


def _read(value: object, field: Field, lint: Lint, where: str) -> object:
    """Read one value; None for nothing said, MISSING for what cannot be read as its kind."""
    if field.kind == "Boolean":
        faults = lint.counts["bad-boolean"]
        said = boolean(value, lint, where)
        return MISSING if lint.counts["bad-boolean"] > faults else said
    if field.kind in RANGES:
        return _number(value, field, lint, where)
    if field.kind == "DateTimeOffset":
        return _time(value, field, lint, where)
    if not isinstance(value, str) or (field.kind == "Guid" and not GUID.fullmatch(value)):
        lint.add("bad-field", where, f"{field.name} is {value!r:.60}")
        return MISSING
    if field.name in DIGESTS:
        found = digest(value, DIGESTS[field.name], lint, where)
        return found.hex().upper() if found else (None if not value.strip() else MISSING)
    return value


def _number(value: object, field: Field, lint: Lint, where: str) -> object:
    least, most = RANGES[field.kind]
    if type(value) is int and least <= value <= most:
        return value
    if isinstance(value, str) and not value.strip():
        return None
    if isinstance(value, float) and value.is_integer():
        value = str(int(value))
    if isinstance(value, str) and NUMBER.fullmatch(value) and least <= int(value) <= most:
        lint.add("number-as-text", where)
        return int(value)
    lint.add("bad-category" if field.name == "Category" else "bad-number", where, f"{field.name} {value!r:.60}")
    return MISSING


def _time(value: object, field: Field, lint: Lint, where: str) -> object:
    if isinstance(value, str) and not value.strip():
        return None
    if isinstance(value, str) and as_offset(value) == value:
        return value
    read = read_time(value)
    if as_offset(read):
        lint.add("time-rewritten", where, f"{field.name} {value!r:.60}")
        return read
    lint.add("bad-time", where, f"{field.name} {value!r:.60}")
    return MISSING
