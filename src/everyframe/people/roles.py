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
    STATE = "state"  # how the case stands, in figures and names: exhibits, known sets, runs; no picture
    CHECK = "check"  # verify, validate, match again; pause and stop what runs
    LEAD = "lead"  # what is handed out, and which known sets count
    TAKE_IN = "take in"  # begin an intake on the machine that serves


_LOOK = frozenset({Right.OWN, Right.STATE, Right.SEE})
_DECIDE = _LOOK | {Right.DECIDE}
RIGHTS: dict[str, frozenset[Right]] = {
    "reviewer": _DECIDE,
    "supervisor": _DECIDE | {Right.SUPERVISE, Right.CHECK, Right.LEAD},
    "administrator": frozenset({Right.OWN, Right.ADMINISTER, Right.STATE, Right.CHECK, Right.TAKE_IN}),
    "read-only": _LOOK,
    OWNER: _DECIDE | {Right.CHECK, Right.LEAD, Right.TAKE_IN},
}
#: The roles that an account can have.
ROLES: tuple[str, ...] = tuple(role for role in RIGHTS if role != OWNER)
