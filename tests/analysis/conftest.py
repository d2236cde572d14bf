from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from everyframe.analysis import Tools

settings.register_profile("analysis", deadline=None)  # other programs share the machine
settings.load_profile("analysis")


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Find the folder of real files beside the checkout."""
    for parent in Path(__file__).resolve().parents:
        if (found := parent.parent / "shared" / "corpora").is_dir():
            return found
    pytest.skip("no shared/corpora beside the checkout: real files are not tested")


@pytest.fixture(scope="session")
def tools() -> Iterator[Tools]:
    with Tools() as opened:
        if not opened.available():
            pytest.skip("exiftool is not installed")
        yield opened
