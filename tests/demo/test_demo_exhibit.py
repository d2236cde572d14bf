from __future__ import annotations

import hashlib
import os
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

import pytest

import everyframe.demo
from everyframe.demo import DemoPlan, Manifest, make_exhibit
from everyframe.demo.edits import EDITS
from everyframe.demo.formats import FORMATS
from everyframe.demo.layout import lay_out
from everyframe.demo.manifest import KINDS
from everyframe.demo.names import ODD_NAMES
from everyframe.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Exhibit


def test_exports_are_sorted() -> None:
    assert everyframe.demo.__all__ == sorted(everyframe.demo.__all__)


def test_same_plan_gives_same_bytes_with_any_number_of_workers(exhibit: Exhibit, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    again = make_exhibit(tmp_path, files=40, seed=3, workers=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]
    assert again == exhibit.manifest
    assert _times(tmp_path) == _times(exhibit.directory)


def _times(directory: Path) -> dict[bytes, int]:
    root = bytes(directory / "exhibit")
    found = {}
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = os.path.join(folder, name)  # noqa: PTH118 - paths of bytes
            found[os.path.relpath(path, root)] = int(os.lstat(path).st_mtime)
    return found


def test_another_seed_gives_another_exhibit() -> None:
    first, second = (lay_out(DemoPlan(40, seed)) for seed in (1, 2))
    assert first == lay_out(DemoPlan(40, 1))
    assert first != second


def test_manifest_lists_exactly_the_files_on_disk(exhibit: Exhibit) -> None:
    root = bytes(exhibit.directory / "exhibit")
    found = {os.path.relpath(os.path.join(at, name), root) for at, _, names in os.walk(root) for name in names}  # noqa: PTH118 - paths of bytes
    assert found == {row.path for row in exhibit.manifest.rows if not row.members}
    assert Manifest.read(exhibit.directory / "manifest.json") == exhibit.manifest


def test_digests_and_sizes_are_those_of_the_bytes(exhibit: Exhibit) -> None:
    for row in exhibit.top():
        data = exhibit.read(row)
        assert (row.size, row.sha256) == (len(data), hashlib.sha256(data).hexdigest()), row.name


def test_one_of_everything(exhibit: Exhibit) -> None:
    rows = exhibit.manifest.rows
    assert {row.kind for row in rows} == set(KINDS)
    assert {row.edit for row in rows if row.edit} == {name for name, _ in EDITS}
    assert {name for name, _ in FORMATS} <= {row.format for row in rows}
    assert {"mp4", "avi", "mkv"} <= {row.format for row in rows if row.kind == "video"}
    assert {row.oddity for row in rows if row.oddity} == {name for name, _ in ODD_NAMES}
    assert {row.orientation for row in rows if row.kind == "photo"} == {1, 3, 6, 8}
    assert {row.thumbnail for row in rows} == {"none", "same", "differs"}
    assert len({row.serial for row in rows if row.serial}) == 6
    assert {row.expected for row in rows} == {"media", "media-damaged", "not-media", "unreadable"}


@pytest.mark.parametrize("files", [200, 400, 3000, 10_000])
def test_the_plan_keeps_to_the_number_asked_for(files: int) -> None:
    groups = lay_out(DemoPlan(files))
    paths = [spec.path for group in groups for spec in group]
    assert len(paths) == len(set(paths))
    assert abs(len(paths) - files) <= 0.05 * files + 20


def test_exact_copies_have_the_bytes_of_their_parent(exhibit: Exhibit) -> None:
    digests = {row.display: row.sha256 for row in exhibit.top()}
    copies = [row for row in exhibit.manifest.rows if row.kind == "exact-copy"]
    assert copies
    for row in copies:
        assert row.parent is not None
        assert row.sha256 == digests[row.parent]


def test_all_other_pictures_differ(exhibit: Exhibit) -> None:
    others = [row for row in exhibit.manifest.rows if row.sha256 and row.kind not in {"exact-copy", "not-media"}]
    assert Counter(row.sha256 for row in others).most_common(1)[0][1] == 1


def test_odd_names_are_on_disk(exhibit: Exhibit) -> None:
    names = [os.path.basename(row.path) for row in exhibit.top()]  # noqa: PTH119 - paths of bytes
    assert any(len(name) == 255 for name in names)
    assert any(b"\n" in name for name in names)
    assert any(name.startswith(b"-") for name in names)
    assert any(name.endswith(b" ") for name in names)
    assert any(row.display.encode() != row.path for row in exhibit.top())


def test_links_and_an_empty_folder(exhibit: Exhibit) -> None:
    root = exhibit.directory / "exhibit"
    assert not (root / "Pictures/gone.jpg").exists()
    assert (root / "Pictures/outside.json").resolve() == (exhibit.directory / "manifest.json").resolve()
    assert not list((root / "Pictures/Empty folder").iterdir())


def test_an_exhibit_is_never_overwritten(exhibit: Exhibit) -> None:
    with pytest.raises(UsageError, match="exists already"):
        make_exhibit(exhibit.directory)


def test_encrypted_archive_needs_its_password(exhibit: Exhibit) -> None:
    from everyframe.demo.archives import PASSWORD  # the only test that opens it

    rows = [row for row in exhibit.manifest.rows if row.path == b"Documents/private.zip"]
    with zipfile.ZipFile(exhibit.directory / "exhibit/Documents/private.zip") as archive:
        for row in rows[1:]:
            with pytest.raises(RuntimeError, match="password required"):
                archive.read(row.members[0])
            with pytest.raises((RuntimeError, zipfile.BadZipFile)):
                archive.read(row.members[0], pwd=b"wrong")
            data = archive.read(row.members[0], pwd=PASSWORD)
            assert hashlib.sha256(data).hexdigest() == row.sha256
            assert row.expected == "unreadable"
