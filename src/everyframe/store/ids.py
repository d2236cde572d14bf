"""Many ids in one statement: a list of numbers as a table, so that the statement stays the same however many there are."""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Integer, LargeBinary, Select, Text, bindparam, column, func, literal, select

from everyframe.audit.chain import canonical

__all__ = ["id_list", "id_list_literal", "id_select", "one_of"]

NAME = "ids"
MANY: Final = 20_000  # ids; looking each row up in a list of more takes longer than a byte for every row there is
YES: Final = b"\x01"


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


def one_of(ident: ColumnElement[int], ids: NDArray[Any]) -> ColumnElement[bool]:
    """Tell that a number is one of some ids (N,), of which there may be a million."""
    if len(ids) < MANY:
        return ident.in_(id_list_literal(ids.tolist()))
    there = np.zeros(int(ids.max()) + 1, dtype=np.uint8)
    there[ids] = 1
    return func.substr(literal(there.tobytes(), LargeBinary), ident + 1, 1) == literal(YES, LargeBinary)
