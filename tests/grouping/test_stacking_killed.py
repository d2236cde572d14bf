"""Stacking killed for real, and asked for again."""

import shutil
from pathlib import Path

import pytest
from tests.exchange.test_exchange_killed import killed
from tests.grouping.test_stacking_case import FOLDED, made, members

from everyframe.store.case import Case
from everyframe.store.verify import verify

assert made is not None  # the fixture


@pytest.mark.parametrize(
    ("module", "name", "nth"),
    [
        ("everyframe.store.stacking", "add_comparisons", 3),
        ("everyframe.store.stacking", "put_members", 1),
        ("everyframe.store.stacking", "members_digest", 1),
    ],
)
def test_it_goes_on(module: str, name: str, nth: int, made: Path, tmp_path: Path) -> None:
    directory = shutil.copytree(made / "case", tmp_path / "case")
    killed(module, name, nth, "stacks", directory)
    with Case(directory) as case:
        assert members(case) == {}, "all of it or nothing"
        assert verify(case).problems == []
    from tests.exchange.exchanging import command

    assert command("stacks", directory) == 0
    with Case(directory) as case:
        assert members(case) == FOLDED
        assert verify(case).problems == []
