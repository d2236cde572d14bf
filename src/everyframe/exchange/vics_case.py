"""The Case around the Media: the case's own particulars, or those it came with."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import everyframe
from everyframe.exchange.vics_categories import NumberedScheme
from everyframe.exchange.vics_names import OWN
from everyframe.store.case import CaseInfo

__all__ = ["Head", "case_entity"]

Json = dict[str, Any]
LISTS: Final = ("CaseMetadata", "Identifiers")
#: Of an import's Case these are never taken over: they say who wrote the file and what it holds.
OURS: Final = ("SourceApplicationName", "SourceApplicationVersion", "TotalMediaFiles", "TotalPrecategorized", "Media")


@dataclass(frozen=True, slots=True)
class Head:
    """Hold what an import said of its case: the name of its file, and its keys."""

    file: str
    said: Json


def case_entity(info: CaseInfo, heads: Iterable[Head], scheme: NumberedScheme, *, alone: bool) -> Json:
    """Give the Case without its Media. A case that holds nothing but one import (``alone``) goes back under its head."""
    entity: Json = {
        "CaseID": info.case_id,
        "CaseNumber": info.number,
        "ContactOrganization": info.organization,
        "ContactName": info.contact_name,
        "ContactPhone": info.contact_phone,
        "ContactEmail": info.contact_email,
        "ContactTitle": info.contact_title,
    }
    found = [*heads]
    if alone and found and found[0].said.get("CaseID"):
        said = found[0].said
        entity = {k: said.get(k) for k in (*entity, "SeizureDate")}
    entity |= {"SourceApplicationName": "Everyframe", "SourceApplicationVersion": everyframe.__version__}
    rows, lists, rest = _gathered(found, entity)
    own = {"CategoryScheme": scheme.id} | {f"CategoryNumber.{code}": str(n) for code, n in scheme.given.items()}
    rows += [{"PropertyName": OWN + name, "PropertyValue": value} for name, value in own.items()]
    entity["CaseMetadata"] = [{"CaseID": entity["CaseID"], **row} for row in rows]
    entity |= {**lists, **rest}
    return {k: v for k, v in entity.items() if v not in (None, "", [])}


def _gathered(heads: list[Head], entity: Json) -> tuple[list[Json], Json, Json]:
    """Give CaseMetadata, other lists and further keys of every import; of two that say different things both stand."""
    rows: list[Json] = []
    lists: Json = {}
    rest: Json = {}
    for head in heads:
        for row in head.said.get("CaseMetadata", []):
            _add(rows, {k: v for k, v in row.items() if k != "CaseID"}, head.file)
        for key, value in head.said.items():
            if key in (*OURS, "CaseMetadata") or key in entity:
                continue
            if key in LISTS or isinstance(value, list):
                lists[key] = lists.get(key, []) + [v for v in value if v not in lists.get(key, [])]
            elif key not in rest:
                rest[key] = value
            elif rest[key] != value:
                _add(rows, {"PropertyName": key, "PropertyValue": json.dumps(value, ensure_ascii=False)}, head.file)
    return rows, lists, rest


def _add(rows: list[Json], row: Json, file: str) -> None:
    """Add a property; when another import has one of this name with another value, under a name that says whose it is."""
    name = str(row.get("PropertyName", ""))
    if name.startswith(OWN) or row in rows:
        return
    if any(r.get("PropertyName") == name for r in rows):
        row = row | {"PropertyName": f"{name} ({file})"}
    rows.append(row)
