"""One case that was taken in, copied for each test that needs it."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from everyframe.cli import main
from everyframe.testing.exhibits import quick_exhibit


def command(*arguments: str | Path) -> int:
    """Run a command in this process, outside of any test's own fixtures."""
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    return ended.value.code if isinstance(ended.value.code, int) else 0


@pytest.fixture(scope="session")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw a small seized folder."""
    folder = tmp_path_factory.mktemp("seized") / "stick"
    quick_exhibit(folder, pictures=8)
    return folder


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, stick: Path) -> Path:
    """Take the folder in, once for all tests; they work on copies."""
    directory = tmp_path_factory.mktemp("cases") / "finished"
    handlers = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVERYFRAME_HOME", str(directory.parent / "home"))
        patch.setenv("EVERYFRAME_ACTOR", "tester@test")
        assert command("case", "create", directory, "--number", "T/1", "--organization", "Unit") == 0
        assert command("intake", directory, stick, "--exhibit", "JS/1", "--workers", "1") == 1
    for number, handler in handlers:
        signal.signal(number, handler)
    return directory


@pytest.fixture
def taken(finished: Path, tmp_path: Path) -> Path:
    """Give a case of one's own with the folder taken in."""
    return shutil.copytree(finished, tmp_path / "case")


@pytest.fixture
def keep_signals() -> Iterator[None]:
    """Put the handlers back that an intake in this process replaces."""
    handlers = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]
    yield
    for number, handler in handlers:
        signal.signal(number, handler)
