"""Damaged files of other tools: an error or a count for whatever is not as it was, never a crash, never a silent gap."""

import random
from collections import Counter
from pathlib import Path

import pytest
from tests.exchange.exchanging import command, foreign_case, read

from everyframe.errors import EveryframeError
from everyframe.exchange.vics_check import check_document
from everyframe.exchange.vics_import import ImportRequest, VicsLister
from everyframe.intake.progress import Progress
from everyframe.store import warnings
from everyframe.store.case import Case, NewCase

VARIANTS = 240
FILES = 8


def damaged(data: bytes, kind: int, rng: random.Random) -> bytes:
    """Damage a file in one of six ways."""
    at, length = rng.randrange(len(data)), rng.randrange(1, 200)
    match kind % 6:
        case 0:
            return data[:at]
        case 1:
            return data[:at] + data[at + length :]
        case 2:
            return data[:at] + bytes(rng.randrange(256) for _ in range(length)) + data[at + length :]
        case 3:
            return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
        case 4:
            return data[:at] + data[at : at + length] + data[at:]
        case _:
            return data[:at] + rng.choice([b'"', b"\\", b"{", b"]", b",", b"null", b"NaN", b"1e999"]) + data[at:]


def listed(case: Case, path: Path) -> VicsLister:
    lister = VicsLister(ImportRequest(file=path, exhibit=path.stem))
    (source,) = lister.plan(case, "tester@test")
    lister.commit(case, source, "tester@test", Progress(path.stem), lambda: False)
    return lister


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    data = foreign_case(tmp_path_factory.mktemp("whole")).read_bytes()
    assert b"MediaFiles" in data
    return data


def test_an_undamaged_file_has_no_faults(whole: bytes, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/whole.json").write_bytes(whole)
    with Case.create(tmp_path / "case", NewCase(number="T", scheme="projectvic-us"), actor="t@t") as case:
        lister = listed(case, tmp_path / "in/whole.json")
        assert (lister.counts["files"], lister.lint.faults) == (FILES, 0), lister.lint.examples


def test_hundreds_of_damaged_files(whole: bytes, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    ends: Counter[str] = Counter()
    with Case.create(tmp_path / "case", NewCase(number="T", scheme="projectvic-us"), actor="t@t") as case:
        for number in range(VARIANTS):
            path = tmp_path / "in" / f"{number}.json"
            path.write_bytes(damaged(whole, number, random.Random(number)))
            try:
                lister = listed(case, path)
            except EveryframeError:
                ends["refused"] += 1
                continue
            with case.database.read() as connection:
                told = [w for w in warnings.read_warnings(connection, code="import-repaired") if w.exhibit == path.stem]
            assert bool(told) == bool(lister.lint.faults)
            if lister.counts["files"] != FILES:
                assert lister.lint.faults, f"variant {number}: {lister.counts} without a word"
            ends["faults" if lister.lint.faults else "notes"] += 1
    assert ends["faults"] > 40
    assert sum(ends.values()) == VARIANTS
    assert command("export", "vics", tmp_path / "case", tmp_path / "x.json") == 0
    assert [*check_document(read(tmp_path / "x.json"), "2.0", "US", extra=True)] == []
    assert command("account", tmp_path / "case") == 0
