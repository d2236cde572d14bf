"""Who sends the request that is being answered: set at the border, read wherever a change is recorded."""

from contextvars import ContextVar
from dataclasses import dataclass

from everyframe.people.roles import OWNER, RIGHTS, Right

__all__ = ["CALLER", "Caller", "who"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Name the person behind a request.

    Args:
        name: as it stands in the records.
        display: as others see it.
        role: one of the roles of an account, or that of a person alone at the machine.
        session: number of the session, 0 without accounts.
        stage: what the person still has to do before the session is ``open``.
    """

    name: str
    display: str
    role: str = OWNER
    session: int = 0
    stage: str = "open"

    @property
    def rights(self) -> frozenset[Right]:
        """Give what this person may do; nothing before they have signed in."""
        return RIGHTS.get(self.role, frozenset()) if self.stage == "open" else frozenset()

    @property
    def alone(self) -> bool:
        """Tell whether there are no accounts."""
        return self.role == OWNER


NOBODY = Caller("", "", "nobody", stage="none")
CALLER: ContextVar[Caller | None] = ContextVar("everyframe_caller", default=None)


def who() -> Caller:
    """Give the person behind the request that is being answered."""
    return CALLER.get() or NOBODY
