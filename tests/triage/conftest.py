from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from everyframe.store.case import Case
from everyframe.testing.synthetic import synthetic_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("triage") / "case"
    synthetic_case(directory, media=300, pictures=3, scheme="triage").close()
    return directory


@pytest.fixture
def case(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    monkeypatch.setenv("EVERYFRAME_HOME", str(tmp_path / "home"))
    directory = tmp_path / "case"
    shutil.copytree(template, directory)
    with Case(directory) as opened:
        yield opened
