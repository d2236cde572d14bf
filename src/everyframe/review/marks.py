"""Tags, notes, clues and accepted Warnings: each change once, under its operation id, with its audit record."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection

from everyframe.errors import DecisionError
from everyframe.store import acceptances, audit_log, clues, remarks
from everyframe.store.case import Case
from everyframe.store.clues import NewClue
from everyframe.store.operations import once
from everyframe.store.row_digest import TABLES, digest_rows

__all__ = ["MOST_LETTERS", "accept", "add_clue", "note", "reopen", "tag", "take_note_back", "untag", "withdraw_clue"]

MOST_LETTERS: Final = 2000
_MOST_TAG: Final = 60


def tag(case: Case, name: str, ids: Sequence[int], *, op: str, actor: str) -> dict[str, Any]:
    """Give Media a tag; those that have it already stay as they are.

    Raises:
        DecisionError: the tag is empty or too long.
    """
    short = _short(name, _MOST_TAG, "a tag")
    with case.database.write() as connection:
        return once(connection, op, "tag", lambda: _tag(connection, short, ids, op, actor))


def untag(case: Case, name: str, ids: Sequence[int], *, op: str, actor: str) -> dict[str, Any]:
    """Take a tag from Media, by a further row."""
    with case.database.write() as connection:
        return once(connection, op, "untag", lambda: _untag(connection, name, ids, op, actor))


def note(case: Case, text: str, media_id: int, *, op: str, actor: str) -> dict[str, Any]:
    """Store a note on a Media.

    Raises:
        DecisionError: the note is empty or too long.
    """
    short = _short(text, MOST_LETTERS, "a note")
    with case.database.write() as connection:
        return once(connection, op, "note", lambda: _note(connection, short, media_id, op, actor))


def take_note_back(case: Case, note_id: int, *, op: str, actor: str) -> dict[str, Any]:
    """Take a note back; it stays in the record.

    Raises:
        DecisionError: no such note stands.
    """
    with case.database.write() as connection:
        return once(connection, op, "note.withdraw", lambda: _unnote(connection, note_id, op, actor))


def add_clue(case: Case, new: NewClue, *, op: str, actor: str) -> dict[str, Any]:
    """Store a clue with its crop.

    Raises:
        DecisionError: its kind is unknown, or its words are too long.
    """
    if new.kind not in clues.KINDS:
        raise DecisionError(f"a clue is one of: {', '.join(clues.KINDS)}")
    if len(new.text) > MOST_LETTERS:
        raise DecisionError(f"a clue has at most {MOST_LETTERS} letters")
    with case.database.write() as connection:
        return once(connection, op, "clue", lambda: _clue(connection, new, op, actor))


def withdraw_clue(case: Case, clue_id: int, *, op: str, actor: str) -> dict[str, Any]:
    """Withdraw a clue; it stays in the record.

    Raises:
        DecisionError: no such clue stands.
    """
    with case.database.write() as connection:
        return once(connection, op, "clue.withdraw", lambda: _unclue(connection, clue_id, op, actor))


def accept(case: Case, warning_id: int, why: str, *, op: str, actor: str) -> dict[str, Any]:
    """Accept a Warning, with the reason; the Warning itself stays as it is.

    Raises:
        DecisionError: there is no such Warning, or no reason.
    """
    short = _short(why, MOST_LETTERS, "the reason")
    with case.database.write() as connection:
        return once(connection, op, "warning.accept", lambda: _accept(connection, warning_id, short, op, actor))


def reopen(case: Case, warning_id: int, *, op: str, actor: str) -> dict[str, Any]:
    """Take the acceptance of a Warning back, by a further row.

    Raises:
        DecisionError: there is no such Warning.
    """
    with case.database.write() as connection:
        return once(connection, op, "warning.reopen", lambda: _reopen(connection, warning_id, op, actor))


def _short(text: str, most: int, what: str) -> str:
    short = " ".join(text.split())
    if not short or len(short) > most:
        raise DecisionError(f"{what} has 1 to {most} letters")
    return short


def _tag(connection: Connection, name: str, ids: Sequence[int], op: str, actor: str) -> dict[str, Any]:
    media = remarks.add_tag(connection, op, actor, name, ids)
    body = {"op": op, "name": name, "media": media, "rows": digest_rows(connection, TABLES["tag"], op)}
    audit_log.append(connection, actor, "tag", body)
    return {"name": name, "media": media}


def _untag(connection: Connection, name: str, ids: Sequence[int], op: str, actor: str) -> dict[str, Any]:
    media = remarks.remove_tag(connection, op, actor, name, ids)
    body = {"op": op, "name": name, "media": media, "rows": digest_rows(connection, TABLES["untag"], op)}
    audit_log.append(connection, actor, "untag", body)
    return {"name": name, "media": media}


def _note(connection: Connection, text: str, media_id: int, op: str, actor: str) -> dict[str, Any]:
    ident = remarks.add_note(connection, op, actor, text, media_id)
    body = {"op": op, "media": media_id, "rows": digest_rows(connection, TABLES["note"], op)}
    audit_log.append(connection, actor, "note", body)
    return {"id": ident}


def _unnote(connection: Connection, note_id: int, op: str, actor: str) -> dict[str, Any]:
    media_id = remarks.take_note_back(connection, op, actor, note_id)
    if not media_id:
        raise DecisionError("this note was taken back already")
    body = {"op": op, "media": media_id, "rows": digest_rows(connection, TABLES["note.withdraw"], op)}
    audit_log.append(connection, actor, "note.withdraw", body)
    return {"media": media_id}


def _clue(connection: Connection, new: NewClue, op: str, actor: str) -> dict[str, Any]:
    ident = clues.add_clue(connection, op, actor, new)
    said = asdict(new)
    said["crop"] = hashlib.sha256(said["crop"]).hexdigest()
    audit_log.append(connection, actor, "clue", {"op": op, "id": ident, **said})
    return {"id": ident}


def _unclue(connection: Connection, clue_id: int, op: str, actor: str) -> dict[str, Any]:
    media_id = clues.withdraw_clue(connection, clue_id, actor)
    if not media_id:
        raise DecisionError("this clue was withdrawn already")
    audit_log.append(connection, actor, "clue.withdraw", {"op": op, "id": clue_id, "media": media_id})
    return {"media": media_id}


def _accept(connection: Connection, warning_id: int, why: str, op: str, actor: str) -> dict[str, Any]:
    _has_warning(connection, warning_id)
    acceptances.add_acceptance(connection, op, actor, warning_id, "accepted", why)
    body = {"op": op, "warning": warning_id, "rows": digest_rows(connection, TABLES["warning.accept"], op)}
    audit_log.append(connection, actor, "warning.accept", body)
    return {"warning": warning_id}


def _reopen(connection: Connection, warning_id: int, op: str, actor: str) -> dict[str, Any]:
    _has_warning(connection, warning_id)
    acceptances.add_acceptance(connection, op, actor, warning_id, "reopened", "")
    body = {"op": op, "warning": warning_id, "rows": digest_rows(connection, TABLES["warning.reopen"], op)}
    audit_log.append(connection, actor, "warning.reopen", body)
    return {"warning": warning_id}


def _has_warning(connection: Connection, warning_id: int) -> None:
    if not acceptances.warning_exists(connection, warning_id):
        raise DecisionError(f"there is no warning {warning_id}")
