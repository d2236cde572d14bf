from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from typing import TYPE_CHECKING

import libarchive
import pytest

from everyframe.demo.archives import BOMB_SIZE, PACKS, PASSWORD, pack_bomb, pack_encrypted_zip
from everyframe.demo.documents import DOCUMENTS
from everyframe.demo.noise import stream

if TYPE_CHECKING:
    from .conftest import Exhibit

MEMBERS = [("one.txt", b"one" * 400), ("folder/two.bin", bytes(range(256)) * 9)]


@pytest.mark.parametrize("name", [name for name, _ in PACKS])
def test_each_archive_is_the_same_every_time(name: str) -> None:
    pack = dict(PACKS)[name]
    assert pack(MEMBERS) == pack(MEMBERS)


def _members(data: bytes) -> dict[str, bytes]:
    with libarchive.memory_reader(data) as archive:
        return {entry.pathname: b"".join(entry.get_blocks()) for entry in archive if entry.isreg}


@pytest.mark.parametrize("name", ["zip", "tar.gz", "7z"])
def test_good_archives_hold_their_members(name: str) -> None:
    assert _members(dict(PACKS)[name](MEMBERS)) == dict(MEMBERS)


def test_encryption_is_undone_by_the_standard_library() -> None:
    with zipfile.ZipFile(io.BytesIO(pack_encrypted_zip(MEMBERS))) as archive:
        assert {name: archive.read(name, pwd=PASSWORD) for name in archive.namelist()} == dict(MEMBERS)


def test_the_bomb_declares_what_it_holds_and_is_small() -> None:
    data = pack_bomb(())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (info,) = archive.infolist()
        with archive.open(info) as member:
            assert member.read(1 << 20) == bytes(1 << 20)
    assert info.file_size == BOMB_SIZE
    assert BOMB_SIZE / len(data) > 900


def test_members_of_the_exhibit_match_the_manifest(exhibit: Exhibit) -> None:
    found: dict[tuple[str, ...], str | None] = {}
    for row in exhibit.top():
        if row.kind == "archive":
            found |= _digests((row.display,), exhibit.read(row))
    listed = {(row.display, *row.members): row.sha256 for row in exhibit.manifest.rows if row.members and row.certain}
    hidden = {key for key in listed if key[0] == "Documents/private.zip"}
    assert found == {key: digest for key, digest in listed.items() if key not in hidden}
    assert any(len(key) == 4 for key in found)


def _digests(chain: tuple[str, ...], data: bytes) -> dict[tuple[str, ...], str]:
    found = {}
    for name, member in _members(data).items():
        found[*chain, name] = hashlib.sha256(member).hexdigest()
        if name.endswith((".zip", ".tar.gz")):
            found |= _digests((*chain, name), member)
    return found


def test_the_broken_archive_has_lost_its_directory(exhibit: Exhibit) -> None:
    (row,) = (row for row in exhibit.top() if row.kind == "broken-archive")
    data = exhibit.read(row)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(data))
    members = [each for each in exhibit.manifest.rows if each.path == row.path and each.members]
    assert {each.expected for each in members} == {"media", "media-damaged"}
    assert not any(each.certain for each in members)


def test_nested_archives_are_real_tar_and_zip(exhibit: Exhibit) -> None:
    data = exhibit.read(next(row for row in exhibit.top() if row.path == b"Backup/nested.zip"))
    inner = _members(data)["phone backup.tar.gz"]
    with tarfile.open(fileobj=io.BytesIO(inner), mode="r:gz") as archive:
        assert "deep/inner.zip" in archive.getnames()


@pytest.mark.parametrize(("name", "magic"), [
    ("pdf", b"%PDF-1.4"),
    ("docx", b"PK\3\4"),
    ("sqlite", b"SQLite format 3\0"),
    ("wav", b"RIFF"),
    ("exe", b"MZ"),
    ("txt", b"1. "),
    ("csv", b"day,amount"),
])  # fmt: skip
def test_documents_are_what_they_say(name: str, magic: bytes) -> None:
    make = dict(DOCUMENTS)[name]
    assert make(stream(1)).startswith(magic)
    assert make(stream(1)) == make(stream(1))
