"""Blocks of sound Media and entries one by one say the same: the same rows, the same lint, whatever is mixed in."""

import base64
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.known.known_samples import SAMPLES, md5, photodna, sha1, write

from everyframe.known import json_stream, read_nsrl, vics_block
from everyframe.known.block import Block
from everyframe.known.entry import KnownEntry
from everyframe.known.importing import NewSet, import_set
from everyframe.known.lint import Lint
from everyframe.known.reader import read_blocks
from everyframe.known.readers import READERS, find_reader
from everyframe.known.sets import KnownSets
from everyframe.known.source import Source

CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media"
TEXTS = st.one_of(st.none(), st.text(max_size=6))
ODD_FLAGS = ["true", "FALSE", "maybe", "", 1]
MEDIA = st.fixed_dictionaries(
    {"MD5": st.one_of(st.integers(0, 99).map(md5), st.sampled_from(["", "zz", md5(1) + " ", " " * 32, None, 7]))},
    optional={
        "MediaID": st.integers(),
        "SHA1": st.one_of(st.none(), st.integers(0, 99).map(sha1), st.just("0g" * 20)),
        "Category": st.one_of(st.integers(-1, 2**70), st.sampled_from([None, "3", True, 2.0, 2.5, []])),
        "MediaSize": st.one_of(st.integers(-2, 2**64), st.sampled_from([None, "12", 7.0, True])),
        "VictimIdentified": st.one_of(st.booleans(), st.none(), st.sampled_from(ODD_FLAGS)),
        "IsDistributed": st.one_of(st.booleans(), st.sampled_from(["true", "False"])),
        "Tags": TEXTS,
        "Comments": st.one_of(TEXTS, st.integers()),
        "DateUpdated": TEXTS,
        "PhotoDNA": st.sampled_from(["", base64.b64encode(photodna(1)).decode(), photodna(2).hex(), "short"]),
        "AlternativeHashes": st.sampled_from([None, [], [{"HashName": "SHA-1", "HashValue": sha1(3)}], 3]),
        "MediaFiles": st.lists(st.fixed_dictionaries({"FileName": TEXTS, "n": st.integers()}), max_size=2),
        "Case No.": TEXTS,
    },
)


def said_by(entries: list[KnownEntry]) -> list[dict[str, Any]]:
    return [{name: getattr(e, name) for name in e.__struct_fields__} for e in entries]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(odd=st.lists(MEDIA, max_size=5), sound=st.integers(1, 12), indent=st.sampled_from([None, 1]))
def test_both_ways_give_the_same(
    tmp_path_factory: pytest.TempPathFactory, odd: list[dict[str, Any]], sound: int, indent: int | None
) -> None:
    folder = tmp_path_factory.mktemp("set")
    media = [{"MD5": md5(n), "Category": n % 3, "Tags": "a\nb", "IsDistributed": "true"} for n in range(sound)]
    path = folder / "set.json"
    path.write_text(json.dumps({"@odata.context": CONTEXT, "value": media + odd}, indent=indent))
    source, lint = Source(path), Lint()
    expected = list(find_reader(source).entries(source, lint))
    info = import_set(path, NewSet(kind="alert"), home=folder, actor="tester@test")
    (known,) = KnownSets.open(folder).sets
    assert said_by(list(known.entries())) == said_by(expected)
    assert info.lint == {**lint.counts}
    assert {kind: len(kept) for kind, kept in info.lint_examples.items()} == {
        k: len(v) for k, v in lint.examples.items()
    }


def test_sound_media_take_the_short_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "CHUNK", 4000)
    media = [{"MD5": md5(n), "SHA1": sha1(n), "Category": 1, "Name": f"Ü{n}"} for n in range(500)]
    path = tmp_path / "set.json"
    path.write_text(json.dumps({"@odata.context": CONTEXT, "value": media}))
    made: list[int] = []
    original = vics_block.SoundMedia.__call__

    def watched(self: vics_block.SoundMedia, data: bytes) -> Block | None:
        block = original(self, data)
        made.append(block.rows if block else 0)
        return block

    monkeypatch.setattr(vics_block.SoundMedia, "__call__", watched)
    source = Source(path)
    blocks = list(read_blocks(find_reader(source), source, Lint()))
    assert sum(b.rows for b in blocks) == 500
    assert sum(made) >= 480  # the end of the file goes one by one


HEX = st.one_of(st.none(), st.integers(0, 99).map(sha1), st.sampled_from(["", "zz" * 20, " " * 40, 5, b"x"]))
ROW = st.tuples(
    HEX, st.integers(0, 9).map(md5), st.one_of(st.text(max_size=5), st.none(), st.integers(0, 9)),
    st.one_of(st.integers(-1, 2**62), st.none(), st.just("12"), st.just(2.5)), st.one_of(st.integers(0, 9), st.none(), st.binary(max_size=2)),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(odd=st.lists(ROW, max_size=4), sound=st.integers(0, 5), at_once=st.integers(1, 6))
def test_both_ways_of_nsrl_give_the_same(
    tmp_path_factory: pytest.TempPathFactory, odd: list[Any], sound: int, at_once: int
) -> None:
    folder = tmp_path_factory.mktemp("set")
    listed = [(sha1(n), md5(n), f"f{n}", n, n) for n in range(sound)] + odd
    with closing(sqlite3.connect(folder / "rds.db")) as connection:
        connection.execute("CREATE TABLE FILE(sha1 TEXT, md5 TEXT, file_name, file_size, package_id)")
        connection.execute("CREATE TABLE PKG(package_id INTEGER)")
        connection.executemany("INSERT INTO FILE VALUES(?,?,?,?,?)", listed)
        connection.commit()
    source, lint = Source(folder / "rds.db"), Lint()
    expected = list(find_reader(source).entries(source, lint))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read_nsrl, "STEP", at_once)
        if not expected:
            return
        info = import_set(folder / "rds.db", NewSet(), home=folder, actor="tester@test")
    (known,) = KnownSets.open(folder).sets
    assert said_by(list(known.entries())) == said_by(expected)
    assert info.lint == {**lint.counts}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_reader_gives_blocks_of_its_entries(name: str, tmp_path: Path) -> None:
    source = Source(write(name, tmp_path))
    reader = find_reader(source)
    counted, again = Lint(), Lint()
    entries = list(reader.entries(source, counted))
    blocks = list(read_blocks(reader, source, again))
    assert sum(b.rows for b in blocks) == len(entries)
    assert [c for b in blocks for c in b.categories] == [e.category for e in entries]
    assert b"".join(b.values["md5"][0] for b in blocks if "md5" in b.values) == b"".join(e.md5 for e in entries)
    assert again.counts == counted.counts
    assert reader in READERS
