"""Sources: the same one is recognised whatever its path, another one is not taken for it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from everyframe.errors import EvidenceError
from everyframe.evidence.source import fingerprint, overlaps


def test_same_source_under_other_paths(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    one = fingerprint(tmp_path / "real")
    for path in (b"/link", b"/real/", b"/real/.", b"/link/../real"):
        other = fingerprint(os.fsencode(tmp_path) + path)
        assert other == one
        assert overlaps(one, other)


def test_nested_and_separate_sources(tmp_path: Path) -> None:
    for name in ("a", "a/b", "ab"):
        (tmp_path / name).mkdir()
    outer, inner, beside = (fingerprint(tmp_path / name) for name in ("a", "a/b", "ab"))
    assert overlaps(outer, inner)
    assert overlaps(inner, outer)
    assert not overlaps(outer, beside)
    assert overlaps(fingerprint(Path("/")), beside)


def test_bind_mount_and_another_stick(tmp_path: Path) -> None:
    one = replace(fingerprint(tmp_path), filesystem=7)
    assert overlaps(one, replace(one, realpath=b"/elsewhere"))
    assert not overlaps(one, replace(one, filesystem=8))
    assert overlaps(one, replace(one, device=99))
    assert overlaps(one, replace(one, filesystem=0))


def test_no_source(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="No such file"):
        fingerprint(tmp_path / "missing")
