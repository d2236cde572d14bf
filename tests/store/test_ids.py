"""Many ids in one statement: the same answer whichever way they are handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import select

from everyframe.store import ids, schema
from everyframe.testing.synthetic import synthetic_case

if TYPE_CHECKING:
    from pathlib import Path

HIGHEST = 63  # 60 Media and 3 embedded pictures


@pytest.mark.parametrize("many", [1, 1000])
def test_one_of_some_ids(tmp_path: Path, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "MANY", many)
    with synthetic_case(tmp_path / "case", media=60, pictures=4) as case, case.database.read() as connection:
        for wanted in ([], [1], [HIGHEST], [2, 3, 5, 59, 60], [7, 1000], list(range(1, HIGHEST + 1))):
            query = select(schema.media.c.id).where(ids.one_of(schema.media.c.id, np.array(wanted, dtype=np.int64)))
            found = sorted(connection.execute(query).scalars())
            assert found == [n for n in wanted if n <= HIGHEST]
