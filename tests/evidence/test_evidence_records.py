"""The small parts: times as text, zip records in all their forms, and what cannot easily be met in a real archive."""

import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.forge import SOME, contents, reader, tar_of, zip_of

from everyframe.errors import EvidenceError
from everyframe.evidence import descriptors, walk
from everyframe.evidence.archive import ArchiveLimits, ArchiveReader
from everyframe.evidence.feed import Feed
from everyframe.evidence.folder import FolderReader
from everyframe.evidence.status import Status, status_of
from everyframe.evidence.times import dos_text, local_text, utc_text
from everyframe.evidence.zip_times import extra_fields, times_of, unicode_name


def test_times_of_the_unix_clock() -> None:
    assert utc_text(0) == "1970-01-01T00:00:00.000000000+00:00"
    assert utc_text(-62_135_596_800) == "0001-01-01T00:00:00.000000000+00:00"
    assert utc_text(253_402_300_799, 999_999_999) == "9999-12-31T23:59:59.999999999+00:00"
    assert utc_text(253_402_300_800) is None
    assert utc_text(1 << 62) is None
    assert utc_text(0, -1) == "1969-12-31T23:59:59.999999999+00:00"


def test_clock_readings() -> None:
    assert dos_text(44 << 9 | 1 << 5 | 31, 10 << 11 | 15 << 5 | 1) == "2024-01-31T10:15:02"
    assert dos_text(33, 0) == "1980-01-01T00:00:00"
    assert dos_text(0, 0) is None
    assert dos_text(0xFFFF, 0xFFFF) is None
    assert local_text(1 << 62) is None
    text = local_text(1_706_696_102, 5)
    assert text is not None
    assert text.endswith(":02.000000005")


@given(data=st.binary(max_size=80))
def test_any_optional_fields(data: bytes) -> None:
    extra = dict(extra_fields(data))
    assert sum(4 + len(body) for body in extra.values()) <= len(data)
    times_of(extra, 0, 0)
    unicode_name(b"name", extra)


def test_older_unix_field() -> None:
    extra = {0x5855: struct.pack("<ll", 1, 2)}
    assert times_of(extra, 0, 0).modified == "1970-01-01T00:00:02.000000000+00:00"
    assert times_of(extra, 0, 0).accessed == "1970-01-01T00:00:01.000000000+00:00"


def test_unicode_name_counts_only_for_its_name() -> None:
    body = b"\1" + struct.pack("<L", zlib.crc32(b"caf\x82")) + "caf\u00e9".encode()
    assert unicode_name(b"caf\x82", {0x7075: body}) == "caf\u00e9".encode()
    assert unicode_name(b"renamed", {0x7075: body}) == b"renamed"


def test_large_forms_of_zip_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)
    data = zip_of(SOME)
    assert b"PK\6\6" in data
    assert contents(data) == list(SOME)
    assert contents(b"MZ" + bytes(600) + data) == list(SOME)
    found = reader(data[: data.index(b"PK\1\2")])
    assert [found.open(entry).read() for entry in list(found.entries())] == [content for _, content in SOME]
    damaged = reader(data.replace(b"PK\6\6", b"PK\6\0"))
    assert [entry.path for entry in damaged.entries()] == [name for name, _ in SOME]


def test_empty_zip_is_an_archive_without_members() -> None:
    target = io.BytesIO()
    zipfile.ZipFile(target, "w").close()
    assert contents(target.getvalue()) == []


def test_header_by_chance_is_passed_over() -> None:
    stored = b"PK\3\4" + b"\xff" * 40
    whole = zip_of([(b"a", stored), (b"b", b"b")], zipfile.ZIP_STORED)
    cut = whole[: whole.index(b"PK\1\2")].replace(struct.pack("<LL", len(stored), len(stored)), b"\xff\xff\xff\0" * 2)
    found = reader(cut)
    assert [entry.path for entry in found.entries()] == [b"a", b"b"]


def test_stream_that_cannot_be_read_at_all() -> None:
    class Dead(io.BytesIO):
        def seek(self, offset: int, whence: int = 0, /) -> int:
            raise OSError(5, "Input/output error")

    with pytest.raises(EvidenceError, match="Input/output error"):
        ArchiveReader(Dead(), b"x", ArchiveLimits(), lambda: None)


def test_locator_of_another_reader_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_bytes(b"")
    folder = FolderReader(tmp_path)
    (entry,) = folder.entries()
    folder.close()
    with pytest.raises(EvidenceError, match="not a file"):
        reader(tar_of(SOME)).open(entry)


def test_feed_goes_nowhere_before_the_start() -> None:
    feed = Feed(io.BytesIO(b"12345"), 5, lambda: None)
    assert feed._seek(0, 0, -6, 2) == -30
    assert feed._seek(0, 0, 4, 0) == 4
    assert feed._skip(0, 0, 3) == 1
    assert feed.missing == 2


def test_folder_that_contains_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "loop").mkdir()
    itself = status_of(bytes(tmp_path))

    def looping(name: bytes, directory: int | None = None) -> Status:
        return itself

    monkeypatch.setattr(walk, "status_of", looping)
    found = FolderReader(tmp_path)
    (entry,) = found.entries()
    found.close()
    assert entry.problem is not None
    assert (entry.path, entry.problem.reason) == (b"loop", "the directory contains itself")


def test_files_of_other_owners_are_opened_without_sparing_the_access_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    really = os.open

    def refuse(path: bytes, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if flags & descriptors.NO_ATIME:
            raise PermissionError(1, "Operation not permitted")
        return really(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refuse)
    found = FolderReader(tmp_path)
    (entry,) = found.entries()
    with found.open(entry) as stream:
        assert stream.read() == b"x"
    found.close()
