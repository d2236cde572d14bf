"""Many ids in one statement: a list of numbers as a table, so that the statement stays the same however many there are."""

from collections.abc import Iterable

from sqlalchemy import Integer, Select, Text, bindparam, column, func, literal, select

from everyframe.audit.chain import canonical

__all__ = ["id_list", "id_list_literal", "id_select"]

NAME = "ids"


def id_select() -> Select[tuple[int]]:
    """Select the numbers of the parameter ``ids``, given through ``id_list``."""
    table = func.json_each(bindparam(NAME, type_=Text)).table_valued(column("value", Integer))
    return select(table.c.value)


def id_list(ids: Iterable[int]) -> dict[str, str]:
    """Give the parameter for ``id_select``."""
    return {NAME: canonical([int(i) for i in ids])}


def id_list_literal(ids: Iterable[int]) -> Select[tuple[int]]:
    """Select the numbers given here and now, for a condition that stands beside others."""
    table = func.json_each(literal(canonical([int(i) for i in ids]), Text)).table_valued(column("value", Integer))
    return select(table.c.value)
