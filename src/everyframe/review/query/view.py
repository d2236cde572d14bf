"""Views as addresses name them: what is shown, of which exhibit, in what order, and the query beside it."""

from collections.abc import Mapping
from dataclasses import replace

from everyframe.model.query import All
from everyframe.review.query.parser import parse
from everyframe.store.views import View

__all__ = ["view_of"]


def view_of(values: Mapping[str, str]) -> View:
    """Read a view from the fields of a query string; ``q`` is its query.

    Raises:
        UsageError: it names something that does not exist.
        QueryError: the query cannot be understood.
    """
    text = values.get("q", "").strip()
    where = parse(text)
    return replace(View.parse(values), q=text, where=None if where == All(()) else where)
