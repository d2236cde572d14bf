from __future__ import annotations

from typing import TYPE_CHECKING

import numba
from numba.core.caching import CompileResultCacheImpl

from everyframe.analysis.compiling import compiled_once

if TYPE_CHECKING:
    import pytest


def test_without_a_place_for_what_is_compiled_it_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CompileResultCacheImpl, "_locator_classes", [])

    @compiled_once(numba.int64)
    def twice(value: int) -> int:
        return value * 2

    assert twice(21) == 42
