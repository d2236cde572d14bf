"""CASE/UCO 1.4 as JSON-LD: the investigation, its exhibits, their files with hashes, and the actions of people on them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from everyframe.exchange.handing_out import handed_out
from everyframe.exchange.uco_objects import CONTEXT, Objects
from everyframe.store import exchange_files
from everyframe.store.case import Case
from everyframe.store.exchange_choice import Choice

__all__ = ["write_uco"]

STEP: Final = 500


def write_uco(
    case: Case, out: Path, choice: Choice, actor: str, step: Callable[[int, int], None] = lambda _d, _t: None
) -> dict[str, Any]:
    """Write the graph, one object at a time.

    Raises:
        UsageError: it cannot be written there, or there is no such exhibit.
    """
    objects = Objects(case.info)
    with handed_out(case, out, "case", actor) as handed, case.database.read() as connection:
        total = exchange_files.count_files(connection, choice)
        handed.file.write(b'{"@context":' + _text(CONTEXT) + b',"@graph":[')
        between = b"\n"
        for node in _nodes(objects, connection, choice, lambda: step(min(objects.files, total), total)):
            handed.file.write(between + _text(node))
            between = b",\n"
        handed.file.write(b"\n]}\n")
        step(objects.files, objects.files)
        handed.facts |= {"files": objects.files, "decisions": objects.decisions, "choice": choice.as_json()}
    return {"kind": "case", "out": str(out), "sha256": handed.file.sha256, "bytes": handed.file.bytes} | handed.facts


def _nodes(
    objects: Objects,
    connection: Any,  # noqa: ANN401 - a Connection
    choice: Choice,
    tell: Callable[[], None],
) -> Iterator[dict[str, Any]]:
    exhibits = exchange_files.exhibits(connection, choice)
    yield from objects.frame(exhibits)
    for row in exchange_files.files(connection, choice):
        yield from objects.file(row)
        if objects.files % STEP == 0:
            tell()
    for row in exchange_files.decisions(connection, choice):
        yield from objects.decision(row)


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
