"""Who sends the request that is being answered: set at the border, read wherever a change is recorded."""

from contextvars import ContextVar
from dataclasses import dataclass

__all__ = ["CALLER", "OWNER", "Caller"]

OWNER = "owner"  # alone at the machine: may do everything that needs no account


@dataclass(frozen=True, slots=True)
class Caller:
    """Name the person behind a request.

    Args:
        name: as it stands in the records.
        display: as others see it.
        role: one of the roles of an account, or ``OWNER``.
        session: number of the session, 0 without accounts.
        stage: what the person still has to do before the session is ``open``.
    """

    name: str
    display: str
    role: str = OWNER
    session: int = 0
    stage: str = "open"


CALLER: ContextVar[Caller | None] = ContextVar("everyframe_caller", default=None)
