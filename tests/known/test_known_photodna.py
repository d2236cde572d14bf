"""PhotoDNA values: given back as they came, compared by a distance that can be exchanged, never computed."""

import base64
import json
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.known.known_samples import ROWS, media, photodna, vics_1, write

from everyframe.errors import UsageError
from everyframe.known.importing import NewSet, import_set
from everyframe.known.photodna import DISTANCES, Distances, SquaredEuclid, find_distance, search_photodna
from everyframe.known.sets import KnownSet, KnownSets
from everyframe.known.sorting import Bytes2D

VALUE = st.binary(min_size=144, max_size=144)


def array(*values: bytes) -> Bytes2D:
    return np.frombuffer(b"".join(values), np.uint8).reshape(-1, 144)


def sets_of(tmp_path: Path, *paths: Path) -> tuple[KnownSet, ...]:
    for number, path in enumerate(paths):
        import_set(path, NewSet(kind="alert", name=f"s{number}"), home=tmp_path / "home", actor="tester@test")
    return KnownSets.open(tmp_path / "home").sets


def moved(value: bytes, *steps: tuple[int, int]) -> bytes:
    changed = bytearray(value)
    for at, by in steps:
        changed[at] = changed[at] + by if changed[at] + by < 256 else changed[at] - by
    return bytes(changed)


def test_known_distances() -> None:
    zero, full = bytes(144), b"\xff" * 144
    found = SquaredEuclid().between(array(zero, full), array(zero, full, bytes([3]) + bytes(143)))
    assert found.tolist() == [[0, 9_363_600, 9], [9_363_600, 0, 9_363_600 - 65_025 + 252 * 252]]


@given(one=VALUE, other=VALUE)
def test_squared_euclid_is_exact(one: bytes, other: bytes) -> None:
    expected = sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
    assert SquaredEuclid().between(array(one), array(other)).tolist() == [[expected]]


@pytest.mark.parametrize("distance", DISTANCES, ids=lambda d: d.NAME)
def test_every_distance_keeps_its_contract(distance: SquaredEuclid) -> None:
    values = array(*(photodna(n) for n in range(20)))
    found = distance.between(values, values)
    assert found.shape == (20, 20)
    assert (found == found.T).all()
    assert (found >= 0).all()
    assert (np.diag(found) == 0).all()
    assert find_distance(distance.NAME) is distance


def test_values_within_the_threshold_are_found_in_every_set(tmp_path: Path) -> None:
    case = tmp_path / "case.json"
    listed = [media(n, PhotoDNA=base64.b64encode(photodna(n)).decode(), Category=2) for n in range(ROWS)]
    case.write_text(json.dumps({"@odata.context": "DataModels/2.0.xml/US/$metadata#Media", "value": listed}))
    sets = sets_of(tmp_path, write("photodna", tmp_path), case)
    asked = array(photodna(4), moved(photodna(7), (0, 3), (143, 4)), photodna(99))
    hits = list(search_photodna(sets, asked, threshold=25))
    assert sorted((h.query, h.set_id[:2], h.category, h.row, h.distance) for h in hits) == [
        (0, "s0", "", 4, 0), (0, "s1", "2", 4, 0), (1, "s0", "", 7, 25), (1, "s1", "2", 7, 25),
    ]  # fmt: skip
    assert [h.query for h in search_photodna(sets, asked, threshold=24)] == [0, 0]


def test_blocks_leave_nothing_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sets = sets_of(tmp_path, write("photodna", tmp_path))
    asked = array(*(photodna(n) for n in range(ROWS)))
    expected = {(h.query, h.row, h.distance) for h in search_photodna(sets, asked, threshold=10**7)}
    monkeypatch.setattr("everyframe.known.photodna.BLOCK", 5)
    monkeypatch.setattr("everyframe.known.photodna.QUERIES", 3)
    found = [(h.query, h.row, h.distance) for h in search_photodna(sets, asked, threshold=10**7)]
    assert len(found) == ROWS * ROWS
    assert set(found) == expected


def test_another_distance_can_be_put_in_place(tmp_path: Path) -> None:
    class Unequal:
        NAME: ClassVar = "unequal"
        DESCRIPTION: ClassVar = "bytes that differ"

        def between(self, queries: Bytes2D, values: Bytes2D) -> Distances:
            unequal: Distances = (queries[:, None, :] != values[None, :, :]).sum(axis=2, dtype=np.int64)
            return unequal

    sets = sets_of(tmp_path, write("photodna", tmp_path))
    asked = array(moved(photodna(2), (1, 100), (2, 100)))
    assert [(h.row, h.distance) for h in search_photodna(sets, asked, threshold=2, distance=Unequal())] == [(2, 2)]


def test_values_are_given_back_as_they_came(tmp_path: Path) -> None:
    (known,) = sets_of(tmp_path, write("photodna", tmp_path))
    assert [e.photodna for e in known.entries()] == [photodna(n) for n in range(ROWS)]
    assert known.entry(3).photodna == photodna(3)


def test_what_makes_no_sense_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    path.write_text(vics_1("1.3"))
    sets = sets_of(tmp_path, path)
    assert not list(search_photodna(sets, array(photodna(1)), threshold=0))
    with pytest.raises(UsageError, match="144 bytes"):
        list(search_photodna(sets, np.zeros((2, 32), np.uint8), threshold=1))
    with pytest.raises(UsageError, match="0 or more"):
        list(search_photodna(sets, array(photodna(1)), threshold=-1))
    with pytest.raises(UsageError, match="squared-euclid"):
        find_distance("manhattan")
