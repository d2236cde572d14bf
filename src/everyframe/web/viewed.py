"""Views of pictures at full size, each in the audit with the person before it is sent.

Several that are asked for at once share one transaction: whoever finds nobody writing writes for all who wait.
"""

import threading
from dataclasses import dataclass, field

from everyframe.store import audit_log
from everyframe.store.case import Case

__all__ = ["Viewed"]


@dataclass(slots=True)
class _Batch:
    rows: dict[str, list[list[int | str]]] = field(default_factory=dict)
    stored: bool = False


class Viewed:
    """Record views.

    Args:
        case: whose pictures.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._waiting = _Batch()
        self._writing = threading.Lock()
        self._lock = threading.Lock()

    def record(self, actor: str, media_id: int, role: str, ordinal: int) -> None:
        """Record that a person is sent a picture; returns when it is stored."""
        with self._lock:
            batch = self._waiting
            batch.rows.setdefault(actor, []).append([media_id, role, ordinal])
        with self._writing:
            if batch.stored:
                return  # somebody who waited before wrote for this one, too
            with self._lock:
                if self._waiting is batch:
                    self._waiting = _Batch()
            with self._case.database.write() as connection:
                for name, seen in batch.rows.items():
                    audit_log.append(connection, name, "view", {"pictures": seen})
            batch.stored = True
