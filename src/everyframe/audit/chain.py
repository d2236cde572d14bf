"""The chain: each record's hash covers the one before it, so that no record can change, vanish or move unseen.

``hash(n) = SHA-256(hash(n-1) || canonical JSON of [seq, at, actor, action, body])``, with 32 zero bytes before the first.
Cutting off the newest records is shown by the head (count and hash), which is kept beside the records and, since whoever
can rewrite the whole file can rewrite both, should also be noted outside the case: ``everyframe verify`` prints it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["START", "Record", "canonical", "found_digest", "link", "problems"]

START = bytes(32)


@dataclass(frozen=True, slots=True)
class Record:
    """Hold one record as stored; ``body`` is canonical JSON text."""

    seq: int
    at: str
    actor: str
    action: str
    body: str
    hash: bytes


_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def canonical(value: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    """Write a value as JSON in the one form that is hashed: sorted keys, no spaces, ASCII."""
    return _ENCODER.encode(value)


def link(before: bytes, seq: int, at: str, actor: str, action: str, body: str) -> bytes:
    """Give the hash (32 bytes) of a record that follows ``before``."""
    return hashlib.sha256(before + canonical([seq, at, actor, action, body]).encode()).digest()


def found_digest(found: list[list[Any]]) -> str:
    """Digest what a batch of intake found, [file, task, content] in order, so that its rows can be held against it."""
    return hashlib.sha256(canonical(found).encode()).hexdigest()


def problems(records: Iterable[Record], head_seq: int, head_hash: bytes) -> Iterator[str]:
    """Check a chain from its first record to its head; yield what is wrong, naming the record."""
    before, expected = START, 1
    for record in records:
        if record.seq != expected:
            yield f"audit record {expected} is missing (the next one found is {record.seq})"
            expected = record.seq
        if link(before, record.seq, record.at, record.actor, record.action, record.body) != record.hash:
            yield f"audit record {record.seq} does not follow from the one before it"
        before, expected = record.hash, record.seq + 1
    if (head_seq, head_hash) != (expected - 1, before):
        yield f"the audit ends at record {expected - 1}, but its head names record {head_seq}"
