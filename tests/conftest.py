"""Fixtures that every part of the tests shares."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from everyframe.cli import main
from everyframe.store.case import Case, NewCase

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVERYFRAME_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("EVERYFRAME_ACTOR", "tester@test")


@pytest.fixture(scope="session")
def corpora() -> Path:
    if not CORPORA.is_dir():
        pytest.skip("the folder of real files is not beside the checkout")
    return CORPORA


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out.strip().splitlines()[-1])


Command = Callable[..., Ran]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Command:
    """Run a command in this process."""

    def call(*arguments: str | Path) -> Ran:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        out, err = capfd.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, out, err)

    return call


@pytest.fixture
def program() -> Command:
    """Run a command as its own program, as a person would."""

    def call(*arguments: str | Path, **environment: str) -> Ran:
        command = [sys.executable, "-m", "everyframe", *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=280, env=os.environ | environment
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case", NewCase(number="T/1"), actor="tester@test") as made:
        yield made
