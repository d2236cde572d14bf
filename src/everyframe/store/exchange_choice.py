"""Which files of a case are handed out: by exhibit, state, category and what a view of the grid shows."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, or_, select

from everyframe.errors import UsageError
from everyframe.model.states import State
from everyframe.store import schema, sources
from everyframe.store.account import state_of, with_state
from everyframe.store.views import View, conditions

__all__ = ["NO_CATEGORY", "Choice", "of_files", "of_media"]

F, M = schema.media_file, schema.media
S = schema.standing.alias("chosen_standing")  # a query that shows categories has the table itself
NO_CATEGORY = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Name a part of a case; what is empty does not narrow.

    Args:
        exhibits: references.
        states: of the account, one of which a file must be in.
        categories: codes under ``scheme``, one of which must be in force; ``none`` stands for no category.
        scheme: of the categories.
        view: files whose content the grid shows in it; its order does not matter.
    """

    exhibits: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    categories: tuple[str, ...] = ()
    scheme: str = ""
    view: View | None = None

    @property
    def everything(self) -> bool:
        """Tell whether nothing is left out."""
        return not (self.exhibits or self.states or self.categories or self.view)

    def as_json(self) -> dict[str, list[str] | dict[str, str]]:
        """Give it as records name it."""
        viewed: dict[str, list[str] | dict[str, str]] = {} if self.view is None else {"view": self.view.as_json()}
        return viewed | {
            "exhibits": list(self.exhibits),
            "states": [s.value for s in self.states],
            "categories": list(self.categories),
        }


def of_files(connection: Connection, choice: Choice, within: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """Give the condition on ``media_file``.

    The states of all files are computed for it, or of those ``within`` a condition on ``media_file``, which the caller has
    to demand as well.

    Raises:
        UsageError: the case has no such exhibit.
    """
    parts: list[ColumnElement[bool]] = [F.c.id.is_not(None)]
    if choice.exhibits:
        known = {reference: ident for ident, reference in sources.references(connection).items()}
        lost = [r for r in choice.exhibits if r not in known]
        if lost:
            raise UsageError(f"the case has no exhibit {lost[0]}; it has {', '.join(known) or 'none'}")
        parts.append(F.c.exhibit_id.in_([known[r] for r in choice.exhibits]))
    if choice.states:
        states = with_state(F.c.id).where(state_of().in_(choice.states))
        parts.append(F.c.id.in_(states if within is None else states.where(within)))
    if choice.categories:
        parts.append(_category(choice))
    if choice.view is not None:
        parts.append(F.c.media_id.in_(_viewed(connection, choice.view)))
    return and_(*parts)


def of_media(connection: Connection, choice: Choice) -> ColumnElement[bool]:
    """Give the condition on ``media``: at least one file of it was chosen."""
    if choice.everything:
        return M.c.id.is_not(None)
    return M.c.id.in_(select(F.c.media_id).where(of_files(connection, choice), F.c.media_id.is_not(None)))


def _viewed(connection: Connection, view: View) -> Select[tuple[int]]:
    """Give the Media of a view; the query stands for itself, wherever it is put."""
    own = connection.execute(select(schema.case_info.c.scheme)).scalar_one()
    return select(M.c.id).where(*conditions(connection, view, own)).correlate(None)


def _category(choice: Choice) -> ColumnElement[bool]:
    codes = [c for c in choice.categories if c != NO_CATEGORY]
    under = (S.c.media_id == F.c.media_id, S.c.scheme == choice.scheme)
    undecided = ~exists().where(*under) if NO_CATEGORY in choice.categories else false()
    return or_(exists().where(*under, S.c.code.in_(codes)), undecided)
