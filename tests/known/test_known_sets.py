"""Import, look-up and removal of known sets: every hit of every set, and nothing else."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.known.known_samples import ROWS, SAMPLES, md5, sha1, write

from everyframe.errors import UsageError
from everyframe.known import sorting
from everyframe.known.importing import NewSet, import_set, remove_set
from everyframe.known.info import SetInfo
from everyframe.known.lint import Lint
from everyframe.known.readers import find_reader
from everyframe.known.sets import KnownSets
from everyframe.known.sorting import Sorter, keys_of
from everyframe.known.source import Source
from everyframe.known.table import Table, write_table
from everyframe.known.trivial import CONTENTS, TRIVIAL


def take(path: Path, home: Path, kind: str = "alert", **said: str) -> SetInfo:
    return import_set(path, NewSet(kind=kind, **said), home=home, actor="tester@test")  # type: ignore[arg-type]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.mark.parametrize("name", SAMPLES)
def test_import_gives_back_what_was_read(name: str, tmp_path: Path, home: Path) -> None:
    path = write(name, tmp_path)
    info = take(path, home)
    source = Source(path)
    (known,) = KnownSets.open(home).sets
    assert list(known.entries()) == list(find_reader(source).entries(source, Lint()))
    assert known.entry(5) == list(known.entries())[5]
    assert known.verify() == []
    assert info.rows == ROWS


def test_every_set_answers_for_itself(tmp_path: Path, home: Path) -> None:
    first = take(write("vics 2.0", tmp_path), home, name="A", version="1", scheme="projectvic-us")
    second = take(write("md5sum", tmp_path), home, kind="known-software", name="B")
    hits = KnownSets.open(home).lookup_one("md5", bytes.fromhex(md5(3)))
    assert {(h.set_id, h.kind, h.scheme, h.category, h.row) for h in hits} == {
        (first.id, "alert", "projectvic-us", "3", 3),
        (second.id, "known-software", "", "", 3),
    }
    only = KnownSets.open(home, [second.id]).lookup("md5", [bytes.fromhex(md5(99)), bytes.fromhex(md5(1))])
    assert [(h.query, h.name) for h in only] == [(1, "B")]
    assert len(only) == 1


def test_trivial_digests_never_match(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "list"
    path.write_text("".join(f"{row[1]}  {row[0]}\n" for row in TRIVIAL) + f"{md5(1)}  real\n")
    info = take(path, home)
    assert info.lint["trivial-digest"] == len(TRIVIAL)
    hits = KnownSets.open(home).lookup("md5", [bytes.fromhex(row[1]) for row in TRIVIAL] + [bytes.fromhex(md5(1))])
    assert [h.query for h in hits] == [len(TRIVIAL)]


def test_trivial_digests_are_those_of_the_contents() -> None:
    import hashlib

    for (name, *digests), content in zip(TRIVIAL, CONTENTS.values(), strict=True):
        assert digests == [hashlib.new(a, content).hexdigest() for a in ("md5", "sha1", "sha256")], name
    assert TRIVIAL[0][1] == "d41d8cd98f00b204e9800998ecf8427e"


def test_same_file_is_one_set(tmp_path: Path, home: Path) -> None:
    path = write("md5sum", tmp_path)
    info = take(path, home)
    with pytest.raises(UsageError, match=f"is set {info.id} already"):
        take(path, home)


def test_kind_must_be_said_except_for_nsrl(tmp_path: Path, home: Path) -> None:
    with pytest.raises(UsageError, match="--kind"):
        take(write("md5sum", tmp_path), home, kind="")
    assert take(write("nsrl", tmp_path), home, kind="").kind == "known-software"


def test_failed_import_leaves_nothing(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "list"
    path.write_text("# nothing but this\n")
    with pytest.raises(UsageError, match="no row could be read"):
        take(path, home, format="list")
    assert [f.name for f in (home / "known").iterdir()] == [".lock"]


def test_killed_import_is_cleared_away(tmp_path: Path, home: Path) -> None:
    left = home / "known" / ".building-x"
    left.mkdir(parents=True)
    (left / "md5.run0.keys").write_bytes(b"x")
    assert KnownSets.open(home).sets == ()
    take(write("md5sum", tmp_path), home)
    assert not left.exists()


def test_removal_stays_on_record(tmp_path: Path, home: Path) -> None:
    info = take(write("md5sum", tmp_path), home)
    open_before = KnownSets.open(home)
    remove_set(info.id, home=home, actor="tester@test", why="withdrawn")
    assert KnownSets.open(home).sets == ()
    assert open_before.lookup_one("md5", bytes.fromhex(md5(1)))
    lines = [json.loads(x) for x in (home / "known" / "log.jsonl").read_text().splitlines()]
    assert [(x["action"], x["set"], x["why"]) for x in lines] == [
        ("import", info.id, ""),
        ("remove", info.id, "withdrawn"),
    ]
    with pytest.raises(UsageError, match="no known set"):
        remove_set(info.id, home=home, actor="tester@test", why="again")


def test_categories_outside_the_scheme_are_counted(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"md5,category\n{md5(1)},1\n{md5(2)},Z\n{md5(3)},Z\n")
    info = take(path, home, scheme="projectvic-us")
    assert info.lint == {"category-outside-scheme": 2}
    assert info.categories == {"1": 1, "Z": 2}


@pytest.mark.parametrize("damage", ["cut", "header", "category", "info"])
def test_damaged_set_is_refused(damage: str, tmp_path: Path, home: Path) -> None:
    folder = home / "known" / take(write("md5sum", tmp_path), home).id
    path = folder / {"category": "category.u16", "info": "info.json"}.get(damage, "md5.table")
    content = path.read_bytes()
    path.write_bytes(b"x" + content[1:] if damage == "header" else content[:-1])
    with pytest.raises(UsageError, match="import"):
        KnownSets.open(home)


def test_changed_table_does_not_verify(tmp_path: Path, home: Path) -> None:
    path = home / "known" / take(write("md5sum", tmp_path), home).id / "md5.table"
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)
    assert KnownSets.open(home).sets[0].verify() == ["md5"]


def test_wrong_questions_are_refused(home: Path) -> None:
    sets = KnownSets([])
    with pytest.raises(UsageError, match="no exact look-up"):
        sets.lookup("pdq", [])
    with pytest.raises(UsageError, match="16 bytes"):
        sets.lookup("md5", [b"short"])
    with pytest.raises(UsageError, match="array of 20 bytes"):
        sets.lookup("sha1", np.zeros((3, 16), np.uint8))
    assert not list(sets.lookup("md5", []))
    with pytest.raises(UsageError, match="no known set"):
        KnownSets.open(home, ["x"])


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    rows=st.integers(1, 400),
    alphabet=st.sampled_from([1, 2, 256]),
    run=st.sampled_from([64, 1000, 10**6]),
)
def test_tables_find_what_a_scan_finds(
    tmp_path_factory: pytest.TempPathFactory, seed: int, rows: int, alphabet: int, run: int
) -> None:
    """Runs, ties and duplicates: few different bytes make many equal beginnings."""
    dice = random.Random(seed)
    folder = tmp_path_factory.mktemp("table")
    digests = [
        bytes(dice.randrange(alphabet) for _ in range(8)) + bytes(dice.randrange(2) for _ in range(12))
        for _ in range(rows)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "RUN_BYTES", run)
        patch.setattr(sorting, "MERGE_ROWS", 10)
        sorter = Sorter(folder, "sha1", 20)
        for row in range(0, rows, 7):
            some = digests[row : row + 7]
            sorter.add(b"".join(some), np.arange(row, row + len(some), dtype=np.uint32))
        path = folder / "sha1.table"
        write_table(path, algorithm="sha1", name="t", length=20, count=rows, pieces=sorter.pieces())
        sorter.close()
    table = Table(path)
    assert [d.tobytes() for d in table.digests()] == sorted(digests)
    asked = [*digests[:20], bytes(20), b"\xff" * 20]
    which, found = table.find(np.frombuffer(b"".join(asked), np.uint8).reshape(-1, 20))
    got = sorted(zip(which.tolist(), found.tolist(), strict=True))
    assert got == sorted((q, r) for q, a in enumerate(asked) for r, d in enumerate(digests) if a == d)
    assert table.verify()
    assert list(folder.iterdir()) == [path]


def test_keys_sort_as_bytes_do() -> None:
    digests = np.frombuffer(bytes.fromhex(sha1(1) + sha1(2)), np.uint8).reshape(2, 20)
    assert [hex(int(k)) for k in keys_of(digests)] == ["0x" + sha1(n)[:16].lstrip("0") for n in (1, 2)]
