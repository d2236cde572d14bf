"""Older versions of VICS, made from 2.0: what they have no place for is left out and counted, what moved is moved."""

from collections import Counter
from typing import Any, Final

from everyframe.exchange.vics_entities import ENTITIES, LISTS, fields_of

__all__ = ["shaped"]

PHOTODNA: Final = "PhotoDNA"
Json = dict[str, Any]


def shaped(entity: str, item: Json, version: str, left: Counter[str]) -> Json:
    """Give an entity as a version has it; keys that no version knows stay. ``left`` counts what was left out, by name."""
    if version == "2.0":
        return item
    if entity == "Media":
        item = _media_1(item)
    known = {f.name for f in ENTITIES[entity]}
    kept = {f.name for f in fields_of(entity, version)}
    lists = {name: (inner, since) for name, inner, since in LISTS.get(entity, ())}
    made: Json = {}
    for name, value in item.items():
        if name in lists:
            inner, since = lists[name]
            if since > version:
                left[f"{entity}.{name}"] += len(value)
            else:
                made[name] = [shaped(inner, v, version, left) if isinstance(v, dict) else v for v in value]
        elif name in known and name not in kept:
            left[f"{entity}.{name}"] += bool(value)
        else:
            made[name] = value
    return made


def _media_1(item: Json) -> Json:
    """Put PhotoDNA where 1.x has it, and the category that stands for none."""
    item = dict(item)
    value = item.pop(PHOTODNA, None)
    if value:
        row = {"MD5": item["MD5"], "HashName": PHOTODNA, "HashValue": value}
        item["AlternativeHashes"] = [*item.get("AlternativeHashes", []), row]
    item.setdefault("Category", 0)
    return item
