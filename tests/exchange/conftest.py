"""A case that was taken in by real workers and decided on, copied for each test that needs it."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.exchange.exchanging import MEMBERS, command, decided

from everyframe.store.case import Case
from everyframe.testing.exhibits import quick_exhibit


@pytest.fixture(scope="session")
def seized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exchange") / "stick"
    quick_exhibit(folder, pictures=6)
    picture = (folder / "DCIM/100/IMG_0003.JPG").read_bytes()
    for name in (b"caf\xe9 \xff.jpg", b"new\nline.jpg", b"=1+1.jpg", "Bild \u202e\u65e5\u672c.jpg".encode()):
        path = os.fsencode(folder) + b"/" + name
        with Path(os.fsdecode(path)).open("wb") as file:
            file.write(picture)
        os.utime(path, (1_700_000_500, 1_700_000_500))
    return folder


@pytest.fixture(scope="session")
def finished_case(tmp_path_factory: pytest.TempPathFactory, seized: Path) -> Path:
    directory = tmp_path_factory.mktemp("exchange-case") / "case"
    handlers = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVERYFRAME_HOME", str(directory.parent / "home"))
        patch.setenv("EVERYFRAME_ACTOR", "tester@test")
        words = ("--number", "T/1", "--organization", "Unit", "--contact", "Ann", "--scheme", "projectvic-us")
        assert command("case", "create", directory, *words) == 0
        assert command("intake", directory, seized, "--exhibit", "JS/1", "--workers", "1") == 1
        decided(directory)
    for number, handler in handlers:
        signal.signal(number, handler)
    return directory


@pytest.fixture
def origin(finished_case: Path, tmp_path: Path) -> Path:
    """Give a case of one's own."""
    return shutil.copytree(finished_case, tmp_path / "origin")


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    assert command("case", "create", tmp_path / "other", "--number", "T/2", "--scheme", "projectvic-us") == 0
    return tmp_path / "other"


@pytest.fixture
def open_case(origin: Path) -> Iterator[Case]:
    with Case(origin) as case:
        yield case


@pytest.fixture(autouse=True)
def _keep_signals() -> Iterator[None]:
    handlers = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]
    yield
    for number, handler in handlers:
        signal.signal(number, handler)


assert MEMBERS == 6
