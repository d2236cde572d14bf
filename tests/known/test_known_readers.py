"""Every reader reads its format in full; damaged files give errors or lint, never a crash or a silent skip."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.known.known_samples import ROWS, SAMPLES, bits_half_set, md5, photodna, sha1, sha256, write

from everyframe.errors import UsageError
from everyframe.known.entry import ALGORITHMS, KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.reader import Reader, read_blocks
from everyframe.known.readers import READERS, find_reader
from everyframe.known.source import Source

DAMAGED = 200


def read(path: Path, name: str = "", **mapping: str) -> tuple[list[KnownEntry], Lint]:
    source, lint = Source(path, mapping), Lint()
    return list(find_reader(source, name).entries(source, lint)), lint


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_is_recognised_and_read_in_full(name: str, tmp_path: Path) -> None:
    path = write(name, tmp_path)
    reader, algorithm, _ = SAMPLES[name]
    assert reader == find_reader(Source(path)).NAME
    entries, lint = read(path)
    bits = bits_half_set if name == "pdq bare" else sha256
    expected: dict[str, Any] = {
        "md5": md5,
        "sha1": sha1,
        "sha256": sha256,
        "pdq": bits,
        "photodna": lambda n: photodna(n).hex(),
    }
    assert [getattr(e, algorithm).hex() for e in entries] == [expected[algorithm](n) for n in range(ROWS)]
    assert not lint.faults


def test_every_reader_has_a_sample() -> None:
    assert {r.NAME for r in READERS} - {"nsrl-delta"} == {reader for reader, _, _ in SAMPLES.values()}


@pytest.mark.parametrize("name", SAMPLES)
def test_damaged_files_give_errors_or_lint(name: str, tmp_path: Path) -> None:
    path = write(name, tmp_path)
    whole = path.read_bytes()
    reader = SAMPLES[name][0]
    dice = random.Random(name)
    for number in range(DAMAGED):
        damaged = damage(whole, number % 4, dice)
        path.write_bytes(damaged)
        try:
            entries, lint = read(path, reader)
        except UsageError:
            continue
        assert len(entries) >= ROWS or lint.counts, (number, damaged)
        again = Lint()
        blocks = read_blocks(find_reader(Source(path), reader), Source(path), again)
        assert sum(block.rows for block in blocks) == len(entries), (number, damaged)
        assert again.counts == lint.counts, (number, damaged)


def damage(whole: bytes, kind: int, dice: random.Random) -> bytes:
    spot = dice.randrange(len(whole))
    if kind == 0:
        return whole[:spot] if not whole[:spot].endswith((b"\n", b"\0")) else whole[: spot + 3]
    if kind == 1:
        return whole[:spot] + bytes([dice.randrange(256)]) + whole[spot + 1 :]
    if kind == 2:
        return whole[:spot] + dice.randbytes(dice.randrange(1, 40)) + whole[spot:]
    noise = dice.randbytes(dice.randrange(1, 60))
    return whole[:spot] + noise + whole[spot + len(noise) :]


CONTENT = st.one_of(
    st.binary(max_size=400),
    st.tuples(st.integers(0, 3000), st.binary(max_size=60), st.integers(0, 3000)),
)


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r.NAME)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=CONTENT)
def test_any_bytes_are_refused_or_counted(
    tmp_path: Path, reader: Reader, content: bytes | tuple[int, bytes, int]
) -> None:
    """Bytes of no format at all, and bytes put in place of a part of a sample."""
    path = tmp_path / "any"
    if isinstance(content, tuple):
        name = next((n for n, (form, _, _) in SAMPLES.items() if form == reader.NAME), "md5sum")
        start, middle, length = content
        whole = write(name, tmp_path).read_bytes()
        content = whole[:start] + middle + whole[start + length :]
    path.write_bytes(content)
    source, lint = Source(path), Lint()
    try:
        entries = list(reader.entries(source, lint))
    except UsageError:
        return
    assert entries or lint.counts or not content.strip()
    for entry in entries:
        for algorithm, length in ALGORITHMS.items():
            assert len(getattr(entry, algorithm)) in {0, length}


def test_delta_is_no_set_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "delta.sql"
    path.write_text("BEGIN;\nINSERT INTO FILE VALUES('a','b');\nCOMMIT;\n")
    with pytest.raises(UsageError, match="is no set by itself"):
        read(path)


def test_columns_can_be_mapped(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"Prüfsumme;Stufe\n{md5(1)};III\n")
    with pytest.raises(UsageError, match="no known format"):
        read(path)
    (entry,), lint = read(path, Prüfsumme="md5", Stufe="category")
    assert (entry.md5.hex(), entry.category) == (md5(1), "III")
    assert not lint.counts


def test_nsrl_rows_keep_name_size_and_package(tmp_path: Path) -> None:
    entries, _ = read(write("nsrl", tmp_path))
    assert (entries[3].name, entries[3].size, entries[3].extra) == ("f3.dll", 3, {"package_id": 7})


def test_icse_baseline_is_the_category(tmp_path: Path) -> None:
    entries, _ = read(write("icse", tmp_path))
    assert entries[2].category == "B2"


def test_quality_and_frames_are_kept(tmp_path: Path) -> None:
    assert read(write("pdq", tmp_path))[0][4].quality == 54
    assert read(write("vpdq", tmp_path))[0][4].extra == {"frame": 4, "milliseconds": 4500}


def test_open_quote_costs_one_line(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("md5,name\n" + "".join(f"{md5(n)},{chr(34) if n == 3 else ''}x\n" for n in range(200)))
    entries, lint = read(path)
    assert len(entries) == 199
    assert lint.counts == {"unbalanced-quote": 1}


def test_utf16_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(f"md5,name\r\n{md5(1)},ä\r\n".encode("utf-16"))
    (entry,), _ = read(path)
    assert entry.name == "ä"
