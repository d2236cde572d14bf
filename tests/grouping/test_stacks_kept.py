"""What the hashes fold to is kept, and is only ever a short cut."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.grouping.test_stacks import line, some

from everyframe.grouping import kept
from everyframe.grouping.kept import measured_or_kept
from everyframe.grouping.stacks import fold, measured

if TYPE_CHECKING:
    from pathlib import Path

    from everyframe.grouping.copies import Pictures
    from everyframe.known._kernel import Ints

PICTURES = some(5, 60)


def only_kept(*_: object) -> Ints:
    raise AssertionError("it was measured again")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert measured_or_kept(tmp_path, PICTURES, 31).tolist() == measured(PICTURES, 31).tolist()
    assert len(list(tmp_path.iterdir())) == 1
    return tmp_path


def test_the_same_pictures_are_measured_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "measured", only_kept)
    owner = measured_or_kept(folder, PICTURES, 31)
    found = fold(PICTURES, keep_apart=[(0, int(owner[0]))], owner=owner)
    monkeypatch.undo()
    assert owner.tolist() == measured(PICTURES, 31).tolist(), "what people decide is not kept with it"
    assert found.representative.tolist() == fold(PICTURES, keep_apart=[(0, int(owner[0]))]).representative.tolist()


@pytest.mark.parametrize(
    ("pictures", "radius"),
    [
        (PICTURES, 30),
        (replace(PICTURES, sizes=PICTURES.sizes + 1), 31),
        (replace(PICTURES, quality=PICTURES.quality // 2), 31),
        (line(4, 10), 31),
    ],
)
def test_others_are_measured_anew(pictures: Pictures, radius: int, folder: Path) -> None:
    assert measured_or_kept(folder, pictures, radius).tolist() == measured(pictures, radius).tolist()


@pytest.mark.parametrize("at", [0, 33, 70, -1])
def test_a_damaged_file_counts_for_nothing(at: int, folder: Path) -> None:
    (file,) = folder.iterdir()
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    for spoilt in (bytes(data), bytes(data[:at]), b""):
        file.write_bytes(spoilt)
        assert measured_or_kept(folder, PICTURES, 31).tolist() == measured(PICTURES, 31).tolist()


@pytest.mark.parametrize("wrong", [np.zeros(60, np.int64), np.arange(60) - 1, np.arange(60) + 1, np.arange(59)])
def test_a_file_that_folds_what_is_not_near_is_not_believed(wrong: Ints, folder: Path) -> None:
    (file,) = folder.iterdir()
    key, data = file.read_bytes()[:32], wrong.astype("<i8").tobytes()
    file.write_bytes(key + hashlib.sha256(key + data).digest() + data)
    assert measured_or_kept(folder, PICTURES, 31).tolist() == measured(PICTURES, 31).tolist()


def test_a_folder_that_cannot_be_written_to_is_no_obstacle(tmp_path: Path) -> None:
    assert measured_or_kept(tmp_path / "not there", PICTURES, 31).tolist() == measured(PICTURES, 31).tolist()
