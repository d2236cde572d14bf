"""Every format: what goes in comes out, with names and times as recorded."""

import bz2
import gzip
import io
import lzma
import os
import struct
import subprocess
import sys
import tarfile
import time
import unicodedata
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import libarchive
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evidence.forge import (
    KEEPING_ORDER,
    REORDERING,
    SOME,
    Builder,
    cab_of,
    contents,
    cpio_of,
    iso_of,
    program_7z_of,
    rar4_of,
    rar5_of,
    reader,
    seven_zip_of,
    tar_gz_of,
    tar_of,
    zip_of,
)

from everyframe.errors import EvidenceError
from everyframe.model.states import EntryKind

INSTANT = "2024-01-31T10:15:02.000000000+00:00"


@pytest.mark.parametrize("build", KEEPING_ORDER.values(), ids=KEEPING_ORDER)
def test_members_come_out_as_they_went_in(build: Builder) -> None:
    assert contents(build(SOME)) == list(SOME)


@pytest.mark.parametrize("build", REORDERING.values(), ids=REORDERING)
def test_members_come_out_whatever_their_order(build: Builder) -> None:
    assert sorted(contents(build(SOME))) == sorted(SOME)


def test_cabinet() -> None:
    flat = [(b"one.txt", b"first"), (b"two.bin", bytes(100_000))]
    assert contents(cab_of(flat)) == flat


@pytest.mark.parametrize("name", [b"photo.jpg.gz", b"photo.jpg.XZ", b"deep/photo.jpg.bz2"])
@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_single_compressed_file_is_named_after_its_archive(name: bytes, compress: Any) -> None:
    assert contents(compress(b"pixels" * 999), name) == [(b"photo.jpg", b"pixels" * 999)]


def test_single_compressed_file_without_suffix_is_data() -> None:
    assert contents(bz2.compress(b"pixels"), b"photo") == [(b"data", b"pixels")]
    assert contents(bz2.compress(b"pixels"), b".bz2") == [(b"data", b"pixels")]


def test_gzip_keeps_the_name_it_records() -> None:
    target = io.BytesIO()
    with gzip.GzipFile("IMG_1.jpg", "wb", fileobj=target, mtime=1_706_696_102) as packed:
        packed.write(b"pixels")
    found = reader(target.getvalue(), b"x.gz")
    (entry,) = found.entries()
    assert (entry.path, entry.size, entry.modified) == (b"IMG_1.jpg", None, INSTANT)


def test_compressed_zip_is_a_file_first() -> None:
    inner = zip_of(SOME)
    assert contents(gzip.compress(inner), b"a.zip.gz") == [(b"a.zip", inner)]
    assert contents(gzip.compress(bytes(5000)), b"zeros.gz") == [(b"zeros", bytes(5000))]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a",
        b"hello " * 999,
        bytes(20_000),
        b"\xff\xd8\xff\xe0" * 999,
        b"PK",
        b"PK\3\4",
        b"begin 644 x\n#86)C\n`\nend\n",
    ],
)
def test_other_files_are_no_archives(data: bytes) -> None:
    with pytest.raises(EvidenceError) as caught:
        reader(data)
    assert caught.value.code == "archive-broken"


def test_self_extracting_zip() -> None:
    assert contents(b"MZ" + bytes(9000) + zip_of(SOME)) == list(SOME)


def test_zip_with_a_long_comment() -> None:
    target = io.BytesIO(zip_of(SOME))
    with zipfile.ZipFile(target, "a") as archive:
        archive.comment = b"c" * 65_000
    assert contents(target.getvalue()) == list(SOME)


def test_names_are_names_and_nothing_else() -> None:
    names = [b"/etc/passwd", b"../../up", b"same", b"same", b"a//b", b"-rf"]
    members = [(name, name + b"!") for name in names]
    assert contents(tar_of(members)) == members
    assert contents(cpio_of(members)) == members


def test_names_that_are_not_utf8() -> None:
    members = [(b"caf\xe9.jpg", b"1"), ("caf\u00e9.jpg".encode(), b"2"), ("cafe\u0301.jpg".encode(), b"3")]
    assert contents(tar_of(members)) == members
    raw = zip_of([(b"cafX.jpg", b"1")]).replace(b"cafX", b"caf\xe9")
    assert contents(raw) == [(b"caf\xe9.jpg", b"1")]


ODD = ["caf\u00e9.jpg", "cafe\u0301.jpg", "\u65e5\u672c\u8a9e.jpg", "\U0001f3d6.jpg", "\u202egpj.exe"]


@pytest.mark.parametrize("build", [zip_of, rar5_of, tar_of, tar_gz_of], ids=["zip", "rar5", "tar", "tar.gz"])
def test_names_in_utf8_stay_as_recorded(build: Builder) -> None:
    members = [(name.encode(), name.encode()) for name in ODD]
    assert contents(build(members)) == members


@pytest.mark.parametrize("build", [program_7z_of, iso_of], ids=["7z", "iso"])
def test_names_in_utf16_have_their_characters_composed(build: Builder) -> None:
    members = [(name.encode(), name.encode()) for name in ("caf\u00e9.jpg", "\u65e5\u672c\u8a9e.jpg")]
    assert sorted(contents(build(members))) == sorted(members)


def test_names_do_not_depend_on_the_locale() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.evidence.forge import reader\n"
        "print([e.path.hex() for e in reader(sys.stdin.buffer.read()).entries()])\n"
    )
    names = [unicodedata.normalize("NFC", name).encode() for name in ODD]
    data = seven_zip_of([(name, b"x") for name in names])
    expected = str([name.hex() for name in names])
    root = str(Path(__file__).parents[2])
    for setting in ("C", "POSIX", "C.UTF-8"):
        command = [sys.executable, "-c", program, root]
        environment = {**os.environ, "LC_ALL": setting, "PYTHONUTF8": "0"}
        done = subprocess.run(command, input=data, capture_output=True, check=True, env=environment)
        assert done.stdout.decode().strip() == expected


def test_special_members_are_listed_and_not_opened() -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for number, (name, kind) in enumerate(
            [
                ("file", tarfile.REGTYPE),
                ("link", tarfile.SYMTYPE),
                ("hard", tarfile.LNKTYPE),
                ("pipe", tarfile.FIFOTYPE),
                ("disk", tarfile.BLKTYPE),
                ("folder", tarfile.DIRTYPE),
            ]
        ):
            info = tarfile.TarInfo(name)
            info.type, info.mtime = kind, number
            info.linkname = "file" if kind in {tarfile.SYMTYPE, tarfile.LNKTYPE} else ""
            archive.addfile(info)
    found = reader(target.getvalue())
    listed = {entry.path: entry for entry in found.entries()}
    assert {path: entry.kind for path, entry in listed.items()} == {
        b"file": EntryKind.FILE,
        b"link": EntryKind.SYMLINK,
        b"hard": EntryKind.SYMLINK,
        b"pipe": EntryKind.FIFO,
        b"disk": EntryKind.DEVICE,
    }
    for path in (b"link", b"hard", b"pipe", b"disk"):
        with pytest.raises(EvidenceError, match="not a file"):
            found.open(listed[path])


@pytest.mark.parametrize(
    ("build", "expected"),
    [(tar_of, INSTANT), (tar_gz_of, INSTANT), (cpio_of, INSTANT), (rar5_of, INSTANT), (seven_zip_of, INSTANT)],
    ids=["tar", "tar.gz", "cpio", "rar5", "7z"],
)
def test_formats_that_record_an_instant(build: Builder, expected: str) -> None:
    (entry,) = reader(build([(b"a", b"a")])).entries()
    assert entry.modified == expected


def test_formats_that_record_a_clock_reading() -> None:
    for build in (zip_of, rar4_of):
        (entry,) = reader(build([(b"a", b"a")])).entries()
        assert entry.modified == "2024-01-31T10:15:02"
    (entry,) = reader(cab_of([(b"a", b"a")])).entries()
    assert entry.modified is not None
    assert len(entry.modified) == 19


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_times_do_not_depend_on_the_zone_of_the_process(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", zone)
        time.tzset()
        shown = [next(reader(build([(b"a", b"a")])).entries()).modified for build in (rar4_of, zip_of, tar_of)]
    time.tzset()
    assert shown == ["2024-01-31T10:15:02", "2024-01-31T10:15:02", INSTANT]


def _zip_with_extra(extra: bytes, date: tuple[int, int, int, int, int, int] = (2024, 1, 31, 12, 15, 2)) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        info = zipfile.ZipInfo("a", date)
        info.extra = extra
        archive.writestr(info, b"a")
        archive.writestr(zipfile.ZipInfo("b", date), b"b")
    return target.getvalue()


def test_zip_times_with_a_zone_are_preferred() -> None:
    extended = struct.pack("<HHBlll", 0x5455, 13, 7, 1_706_696_102, 1_706_696_103, 1_706_696_104)
    first, second = reader(_zip_with_extra(extended)).entries()
    assert (first.modified, second.modified) == (INSTANT, "2024-01-31T12:15:02")
    assert first.accessed == "2024-01-31T10:15:03.000000000+00:00"
    assert (first.created, first.changed) == ("2024-01-31T10:15:04.000000000+00:00", None)


def test_zip_times_of_ntfs_are_exact() -> None:
    ticks = (1_706_696_102 + 11_644_473_600) * 10**7 + 1_234_567
    ntfs = struct.pack("<HHLHHQQQ", 0x000A, 32, 0, 1, 24, ticks, 0, ticks + 1)
    first, _ = reader(_zip_with_extra(ntfs)).entries()
    assert (first.modified, first.accessed) == ("2024-01-31T10:15:02.123456700+00:00", None)
    assert first.created == "2024-01-31T10:15:02.123456800+00:00"


def test_zip_times_that_are_no_times() -> None:
    data = _zip_with_extra(struct.pack("<HHH", 0x5455, 0, 0xFFFF)).replace(
        struct.pack("<H", 44 << 9 | 1 << 5 | 31), b"\0\0"
    )
    assert [entry.modified for entry in reader(data).entries()] == [None, None]


def test_zip_times_of_an_archive_cut_short() -> None:
    extended = struct.pack("<HHBl", 0x5455, 5, 1, 1_706_696_102)
    data = _zip_with_extra(extended)
    first, second = reader(data[: data.index(b"PK\1\2")]).entries()
    assert (first.modified, second.modified) == (INSTANT, "2024-01-31T12:15:02")


def test_7z_times_come_from_the_file() -> None:
    (entry,) = reader(program_7z_of([(b"a", b"a")])).entries()
    assert entry.modified is not None
    age = datetime.now(UTC) - datetime.fromisoformat(entry.modified[:26] + "+00:00")
    assert abs(age.total_seconds()) < 3600


def test_nested_archives_open_from_memory() -> None:
    data = tar_gz_of([(b"mid.7z", seven_zip_of([(b"in.zip", zip_of(SOME))]))])
    for expected in (b"mid.7z", b"in.zip"):
        ((name, data),) = contents(data)
        assert name == expected
    assert contents(data) == list(SOME)


NAMES = st.lists(
    st.text(
        st.characters(codec="utf-8", exclude_characters="\0/\\", exclude_categories=["Cs"]), min_size=1, max_size=20
    ),
    unique=True,
    max_size=8,
).map(lambda names: [name for name in names if name not in {".", ".."}])


@st.composite
def members(draw: st.DrawFn) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), draw(st.binary(max_size=2000))) for name in draw(NAMES)]


@pytest.mark.parametrize("build", [zip_of, tar_of, tar_gz_of, seven_zip_of], ids=["zip", "tar", "tar.gz", "7z"])
@given(made=members())
@settings(max_examples=60, deadline=None)
def test_any_members_come_back(build: Builder, made: list[tuple[bytes, bytes]]) -> None:
    if made:
        assert sorted(contents(build(made))) == sorted(made)


def test_library_is_not_configured_by_these_tests() -> None:
    assert libarchive.ffi.version_number() >= 3_004_000
