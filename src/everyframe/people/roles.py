"""What a person may do: a handful of rights, and the roles that have them."""

from enum import StrEnum

__all__ = ["OWNER", "RIGHTS", "ROLES", "Right"]

OWNER = "owner"  # alone at the machine, without accounts


class Right(StrEnum):
    """Name a right."""

    OWN = "own"  # what concerns the person alone: password, sessions, preferences
    SEE = "see"  # the case and its pictures
    DECIDE = "decide"  # looks that count, decisions, votes
    SUPERVISE = "supervise"  # how many opinions are needed; settling disagreements
    ADMINISTER = "administer"  # accounts


RIGHTS: dict[str, frozenset[Right]] = {
    "reviewer": frozenset({Right.OWN, Right.SEE, Right.DECIDE}),
    "supervisor": frozenset({Right.OWN, Right.SEE, Right.DECIDE, Right.SUPERVISE}),
    "administrator": frozenset({Right.OWN, Right.ADMINISTER}),
    "read-only": frozenset({Right.OWN, Right.SEE}),
    OWNER: frozenset({Right.OWN, Right.SEE, Right.DECIDE}),
}
#: The roles that an account can have.
ROLES: tuple[str, ...] = tuple(role for role in RIGHTS if role != OWNER)
