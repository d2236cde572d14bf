"""One tree of files, and one image of each file system that holds it."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.disk.making import FILE_SYSTEMS

from everyframe.testing.exhibits import jpeg, quick_exhibit


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the files of the quick exhibit, by names that every file system and tool takes."""
    top = tmp_path_factory.mktemp("tree") / "files"
    quick_exhibit(top, pictures=40)
    for path in sorted(top.rglob("*")):
        path.rename(path.with_name(path.name.replace(" ", "-")))
    deep = top / "a" / "b" / "c" / "d"
    deep.mkdir(parents=True)
    (deep / "a-name-that-is-longer-than-thirty-characters.jpeg").write_bytes(jpeg(77))
    (deep / "empty.bin").write_bytes(b"")
    (deep / "large.bin").write_bytes(bytes(itertools.islice(itertools.cycle(range(251)), 300_001)))
    return top


@pytest.fixture(scope="session")
def raw_image(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give the image of a file system, made once."""
    made: dict[str, Path] = {}

    def give(kind: str) -> Path:
        if kind not in made:
            image = tmp_path_factory.mktemp("raw") / "disk.dd"
            FILE_SYSTEMS[kind](tree, image)
            made[kind] = image
        return made[kind]

    return give
