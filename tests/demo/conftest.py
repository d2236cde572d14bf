from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from everyframe.demo import make_exhibit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from everyframe.demo import Manifest, ManifestRow


@dataclass(frozen=True)
class Exhibit:
    directory: Path
    manifest: Manifest

    def read(self, row: ManifestRow) -> bytes:
        return read_bytes(self.directory / "exhibit", row.path)

    def top(self) -> Iterator[ManifestRow]:
        return (row for row in self.manifest.rows if not row.members and row.kind != "symlink")


def read_bytes(root: Path, path: bytes) -> bytes:
    with open(bytes(root) + b"/" + path, "rb") as file:  # noqa: PTH123 - paths of bytes
        return file.read()


@pytest.fixture(scope="session")
def exhibit(tmp_path_factory: pytest.TempPathFactory) -> Exhibit:
    directory = tmp_path_factory.mktemp("demo")
    return Exhibit(directory, make_exhibit(directory, files=40, seed=3))
