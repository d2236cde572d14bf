from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everyframe.demo import Manifest, ManifestRow
from everyframe.demo.manifest import EXPECTED, KINDS

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_VALUES = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), _TEXT)
_MAYBE = st.none() | _TEXT.filter(bool)
_DEGREES = st.floats(-180, 180)

ROWS = st.builds(
    ManifestRow,
    path=st.binary(min_size=1, max_size=20),
    kind=st.sampled_from(KINDS),
    expected=st.sampled_from(EXPECTED),
    members=st.lists(_TEXT, max_size=3).map(tuple),
    certain=st.booleans(),
    source=_MAYBE,
    edit=_MAYBE,
    parameters=st.dictionaries(_TEXT, _VALUES, max_size=3),
    gps=st.none() | st.tuples(_DEGREES, _DEGREES),
    orientation=st.none() | st.sampled_from([1, 3, 6, 8]),
    size=st.none() | st.integers(0, 1 << 40),
    sha256=_MAYBE,
)


@given(st.lists(ROWS, max_size=5))
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read(rows: list[ManifestRow]) -> None:
    manifest = Manifest(files=len(rows), seed=1, rows=tuple(rows))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "manifest.json")
        manifest.write(path)
        assert Manifest.read(path) == manifest
        assert [each.name for each in path.parent.iterdir()] == ["manifest.json"]


def test_only_paths_that_are_not_utf8_are_kept_as_bytes() -> None:
    plain = ManifestRow(path="caf\xe9 \n.jpg".encode(), kind="photo", expected="media").to_json()
    odd = ManifestRow(path=b"caf\xe9.jpg", kind="photo", expected="media").to_json()
    assert (plain["path"], "path_b64" in plain) == ("caf\xe9 \n.jpg", False)
    assert (odd["path"], odd["path_b64"]) == ("caf\\xe9.jpg", "Y2Fm6S5qcGc=")


@pytest.mark.parametrize("text", ["[]", '{"format": "other"}', '{"format": "everyframe-demo-manifest", "version": 9}'])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text)
    with pytest.raises(ValueError, match="manifest"):
        Manifest.read(path)


def test_a_failed_write_leaves_the_old_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "manifest.json"
    Manifest(0, 1, ()).write(path)
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("everyframe.atomic.os.fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        Manifest(5, 2, ()).write(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_counts_are_written_for_people(tmp_path: Path) -> None:
    row = ManifestRow(path=b"a", kind="photo", expected="media")
    Manifest(1, 1, (row, row)).write(tmp_path / "m.json")
    assert json.loads((tmp_path / "m.json").read_text())["counts"] == {"photo": 2}
