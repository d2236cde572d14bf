"""The truth about a simulated case, for the reviewer who plays and for the measure; no signal reads it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from everyframe.errors import UsageError
from everyframe.store.case import Case
from everyframe.store.order_facts import Facts, media_by_path

__all__ = ["FORMAT", "VERSION", "Truth", "read_truth"]

FORMAT: Final = "everyframe-truth"
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Truth:
    """Hold the truth about N rows.

    Args:
        answers: (N,) what a person would decide: relevant or not.
        targets: (N,) what is to be found: relevant and first-generation.
        files: in the case.
    """

    answers: npt.NDArray[np.bool_]
    targets: npt.NDArray[np.bool_]
    files: int


def read_truth(case: Case, facts: Facts, path: Path) -> Truth:
    """Read a truth file and match it with a case by path; a content is what any of its files is.

    Raises:
        UsageError: it is no truth file, or names a file that the case does not have.
    """
    rows = _rows(path)
    with case.database.read() as connection:
        media = media_by_path(connection)
    missing = [r["path"] for r in rows if r["path"].encode() not in media]
    if missing:
        raise UsageError(f"{path} names {missing[0]}, which the case does not have ({len(missing)} such files)")
    found = []
    for field in ("relevant", "first_generation"):
        ids = [media[r["path"].encode()] for r in rows if r["relevant"] and r[field]]
        true = np.zeros(len(facts), bool)
        true[facts.rows([i for i in ids if i is not None])] = True
        found.append(true)
    return Truth(found[0], found[1], len(media))


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT or document.get("version") != VERSION:
        raise UsageError(f'{path} is no truth file: "format" must be "{FORMAT}", "version" {VERSION}')
    rows = document.get("rows")
    good = isinstance(rows, list) and all(
        isinstance(r, dict)
        and isinstance(r.get("path"), str)
        and isinstance(r.get("relevant"), bool)
        and isinstance(r.get("first_generation"), bool)
        for r in rows
    )
    if not good or not rows:
        raise UsageError(f"{path}: each row needs path (text), relevant and first_generation (true or false)")
    return list(rows)
