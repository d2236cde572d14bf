"""An import's categories as decisions of the person whose they are, with where they came from; never as looks."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from everyframe.exchange.vics_categories import NumberedScheme
from everyframe.exchange.vics_names import IMPORT_OPERATION, OWN
from everyframe.store import audit_log, deciding, vics_imports
from everyframe.store.case import Case
from everyframe.store.operations import once
from everyframe.store.row_digest import TABLES, digest_rows
from everyframe.store.vics_imports import Import

__all__ = ["Decided", "decide_import"]


@dataclass(frozen=True, slots=True)
class Decided:
    """Hold how many Media got a category, and how many kept the one that was in force already."""

    media: int = 0
    already: int = 0


def decide_import(case: Case, source_id: int, actor: str) -> Decided:
    """Put the categories of an import in force, each once, however often this is called.

    Where a category is in force already, that one stays. Commit point: one transaction for all of them.
    """
    media = already = 0
    with case.database.write() as connection:
        found = vics_imports.find(connection, source_id)
        if found is None or found.decided_at:
            return Decided()
        scheme = NumberedScheme(found.scheme, _given(found))
        for number, ids, taken in list(vics_imports.to_decide(connection, source_id)):
            already += taken
            if ids:
                op = f"{IMPORT_OPERATION}{found.sha256[:24]}-{source_id}-{number}"
                answer = once(
                    connection, op, "decide", lambda n=number, i=ids, o=op: _decide(connection, found, scheme, n, i, o, actor)  # type: ignore[misc]  # bound to this turn of the loop
                )  # fmt: skip
                media += answer["decided"]
        vics_imports.decided(connection, source_id)
    return Decided(media, already)


def _decide(
    connection: Connection, found: Import, scheme: NumberedScheme, number: str, ids: list[int], op: str, actor: str
) -> dict[str, Any]:
    code = scheme.code(int(number))
    decided = deciding.add_category(connection, op, found.person, (scheme.id, code), ids)
    origin = {"file": found.file.decode(errors="backslashreplace"), "sha256": found.sha256, "person": found.person}
    body: dict[str, Any] = {"op": op, "scheme": scheme.id, "code": code, "media": decided, "ids": ids, "origin": origin}
    body["rows"] = digest_rows(connection, TABLES["decide"], op)
    audit_log.append(connection, actor, "decide", body)
    return {"decided": decided}


def _given(found: Import) -> dict[str, int]:
    """Give the numbers that an export of ours gave to codes that are none."""
    prefix = OWN + "CategoryNumber."
    rows = [row for head in json.loads(found.head) for row in head.get("CaseMetadata", [])]
    named = {str(r["PropertyName"]): str(r.get("PropertyValue", "")) for r in rows}
    if named.get(OWN + "CategoryScheme") != found.scheme:
        return {}
    return {n.removeprefix(prefix): int(v) for n, v in named.items() if n.startswith(prefix) and v.isdecimal()}
