"""Broken, cut, encrypted and mutated archives: what is there is listed, what is wrong is said, nothing else is raised."""

import bz2
import gzip
import io
import random
import struct
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.evidence.forge import (
    RAR4,
    Builder,
    Members,
    cab_of,
    cpio_of,
    iso_of,
    made_by_program,
    program_7z_of,
    rar4_block,
    rar4_of,
    rar5_of,
    reader,
    seven_zip_of,
    tar_bz2_of,
    tar_gz_of,
    tar_of,
    written_by_libarchive,
    xar_of,
    zip_of,
)

from everyframe.errors import EvidenceError
from everyframe.evidence.archive import ArchiveLimits, ArchiveReader
from everyframe.model.states import EntryKind
from everyframe.model.warning import WarningCode

NOISE = random.Random(1)
PHOTOS: Members = [(b"photo%02d.jpg" % number, NOISE.randbytes(20_000 + number)) for number in range(12)]
BROKEN, ENCRYPTED = WarningCode.ARCHIVE_BROKEN, WarningCode.ARCHIVE_ENCRYPTED


def harvest(data: bytes) -> tuple[dict[bytes, bytes | str], list[WarningCode]]:
    """List and open everything; give bytes or the error's code for each name, and the archive's own problems."""
    try:
        found = reader(data)
    except EvidenceError as error:
        return {}, [WarningCode(error.code)]
    result: dict[bytes, bytes | str] = {}
    for entry in list(found.entries()):
        try:
            result[entry.path] = found.open(entry).read()
        except EvidenceError as error:
            result[entry.path] = error.code
    problems = [problem.code for problem in found.problems]
    found.close()
    return result, problems


CUT = {
    "zip": zip_of,
    "tar": tar_of,
    "tar.gz": tar_gz_of,
    "tar.bz2": tar_bz2_of,
    "cpio": cpio_of,
    "7z": seven_zip_of,
    "rar4": rar4_of,
    "rar5": rar5_of,
}


@pytest.mark.parametrize("build", CUT.values(), ids=CUT)
def test_cut_archive_lists_what_is_there(build: Builder) -> None:
    whole = build(PHOTOS)
    expected = dict(PHOTOS)
    counts = []
    for tenth in range(10):
        read, problems = harvest(whole[: len(whole) * tenth // 10])
        good = {name: data for name, data in read.items() if isinstance(data, bytes)}
        assert good.items() <= expected.items()
        assert set(read.values()) - set(good.values()) <= {"archive-broken"}
        assert BROKEN in problems or good == expected
        counts.append(len(good))
    assert counts == sorted(counts)
    if build not in {seven_zip_of, tar_bz2_of}:
        assert counts[5] >= (2 if build is tar_gz_of else 5)


ENDED = {"zip": zip_of, "tar": tar_of, "cpio": cpio_of, "rar4": rar4_of, "rar5": rar5_of}


@pytest.mark.parametrize("build", ENDED.values(), ids=ENDED)
def test_archive_cut_between_two_members_is_not_taken_for_whole(build: Builder) -> None:
    one, two = build([(b"a", b"a" * 512)]), build([(b"a", b"a" * 512), (b"b", b"b" * 512)])
    same = next(at for at, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1])
    for cut in range(same - 8, same + 1):
        read, problems = harvest(two[:cut])
        assert BROKEN in problems
        assert read.keys() <= {b"a"}


def test_cut_image_of_a_disc() -> None:
    whole = iso_of(PHOTOS)
    read, problems = harvest(whole[: len(whole) * 3 // 10])
    assert problems == [BROKEN]
    assert "archive-broken" in read.values()


def test_cut_cabinet() -> None:
    whole = cab_of([(b"a", NOISE.randbytes(90_000)), (b"b", NOISE.randbytes(90_000))])
    read, problems = harvest(whole[:120_000])
    assert problems == [BROKEN]
    assert len(read) == 2


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress])
def test_cut_single_file(compress: Callable[[bytes], bytes]) -> None:
    data = compress(NOISE.randbytes(3_000_000))
    read, _ = harvest(data[: len(data) // 2])
    assert read == {b"data": "archive-broken"}


def _streamed_zip() -> bytes:
    """Write a zip whose members' lengths follow their bytes, as a program that cannot seek does."""

    class Unseekable(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise io.UnsupportedOperation

        def seek(self, offset: int, whence: int = 0) -> int:
            raise io.UnsupportedOperation

    target = Unseekable()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in PHOTOS:
            archive.writestr(name.decode(), data)
    return target.getvalue()


def test_zip_whose_lengths_follow_is_salvaged() -> None:
    whole = _streamed_zip()
    assert harvest(whole) == (dict(PHOTOS), [])
    directory = whole.index(b"PK\1\2")
    assert harvest(whole[:directory]) == (dict(PHOTOS), [BROKEN])
    read, problems = harvest(whole[: directory - 1000])
    assert [name for name, data in read.items() if data == "archive-broken"] == [PHOTOS[-1][0]]
    assert problems == [BROKEN]


def test_one_damaged_member_of_a_zip_costs_only_itself() -> None:
    whole = bytearray(zip_of(PHOTOS))
    third = [place for place in range(len(whole)) if whole[place : place + 4] == b"PK\3\4"][2]
    whole[third] = 0
    read, problems = harvest(bytes(whole))
    assert read == {**dict(PHOTOS), PHOTOS[2][0]: "archive-broken"}
    assert problems == []


def test_field_that_libarchive_dislikes_costs_nothing() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        info = zipfile.ZipInfo("a")
        info.extra = struct.pack("<HHBlH", 0x5455, 7, 1, 1, 0)
        archive.writestr(info, b"a")
        archive.writestr("b", b"b")
    assert harvest(target.getvalue()) == ({b"a": b"a", b"b": b"b"}, [])


def test_damaged_directory_is_completed_from_the_members() -> None:
    whole = bytearray(zip_of(PHOTOS))
    records = [place for place in range(len(whole)) if whole[place : place + 4] == b"PK\1\2"]
    whole[records[4]] = 0
    assert harvest(bytes(whole)) == (dict(PHOTOS), [BROKEN])


def test_two_names_for_one_place_are_both_listed() -> None:
    whole = bytearray(zip_of(PHOTOS[:2]))
    first = whole.index(b"PK\1\2")
    second = whole.index(b"PK\1\2", first + 4)
    whole[second + 16 : second + 28] = whole[first + 16 : first + 28]
    whole[second + 42 : second + 46] = whole[first + 42 : first + 46]
    read, _ = harvest(bytes(whole))
    assert read == {PHOTOS[0][0]: PHOTOS[0][1], PHOTOS[1][0]: PHOTOS[0][1]}


def test_folder_of_a_zip_that_has_bytes_is_a_file() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("empty/", b"")
        archive.writestr("full/", b"hidden")
    assert harvest(target.getvalue()) == ({b"full/": b"hidden"}, [])


def test_name_that_reaches_past_the_end_of_a_zip() -> None:
    whole = bytearray(_streamed_zip())
    del whole[whole.index(b"PK\1\2") :]
    last = whole.rindex(b"PK\3\4")
    whole[last + 28 : last + 30] = b"\xff\xff"
    read, problems = harvest(bytes(whole))
    assert read == {**dict(PHOTOS), PHOTOS[-1][0]: "archive-broken"}
    assert problems == [BROKEN]


def test_wrong_checksum_is_told() -> None:
    for build in (zip_of, seven_zip_of):
        whole = bytearray(build([(b"a", b"abcabc" * 999), (b"b", b"b")]))
        whole[42] ^= 0x40
        read, _ = harvest(bytes(whole))
        assert read.get(b"a", "archive-broken") == "archive-broken"


ENCRYPTING = {
    "zipcrypto": lambda: written_by_libarchive(PHOTOS, "zip", options="zip:encryption=zipcrypt"),
    "aes": lambda: written_by_libarchive(PHOTOS, "zip", options="zip:encryption=aes256"),
    "7z": lambda: made_by_program(PHOTOS, ["7z", "a", "-bd", "-psecret", "OUT", "ALL"], ".7z"),
    "rar4": lambda: rar4_of(PHOTOS, flags=0x8004),
}


@pytest.mark.parametrize("build", ENCRYPTING.values(), ids=ENCRYPTING)
def test_encrypted_members_are_listed_and_named(build: Callable[[], bytes]) -> None:
    found = reader(build())
    entries = list(found.entries())
    assert sorted(entry.path for entry in entries) == sorted(name for name, _ in PHOTOS)
    assert {entry.problem.code for entry in entries if entry.problem} == {ENCRYPTED}
    (problem,) = found.problems
    assert problem.code is ENCRYPTED
    assert problem.reason.startswith("12 of 12 members are encrypted: photo00.jpg, ")
    assert problem.reason.endswith(" and 7 more")
    with pytest.raises(EvidenceError) as caught:
        found.open(entries[3])
    assert caught.value.code == "archive-encrypted"


def test_one_encrypted_member_among_others() -> None:
    plain = zip_of(PHOTOS[:2])
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        local = archive.infolist()[1].header_offset
    whole = bytearray(plain)
    central = whole.index(b"PK\1\2", whole.index(b"PK\1\2") + 4)
    whole[local + 6] |= 1
    whole[central + 8] |= 1
    read, problems = harvest(bytes(whole))
    assert read == {PHOTOS[0][0]: PHOTOS[0][1], PHOTOS[1][0]: "archive-encrypted"}
    assert problems == [ENCRYPTED]


def test_archive_with_encrypted_names() -> None:
    found = reader(made_by_program(PHOTOS, ["7z", "a", "-bd", "-psecret", "-mhe=on", "OUT", "ALL"], ".7z"))
    assert list(found.entries()) == []
    assert [problem.code for problem in found.problems] == [ENCRYPTED]


def test_rar_with_encrypted_names() -> None:
    found = reader(RAR4 + rar4_block(0x73, 0x80, bytes(6)) + bytes(100))
    assert list(found.entries()) == []
    assert [problem.code for problem in found.problems] == [ENCRYPTED]


def test_members_of_another_archive_are_not_given() -> None:
    found, other = reader(zip_of(PHOTOS)), reader(zip_of(PHOTOS[3:]))
    with pytest.raises(EvidenceError) as caught:
        other.open(next(found.entries()))
    assert caught.value.code == "source-changed"


class FailingStream(io.BytesIO):
    """Fail like a disk with a bad sector behind some position."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 100_000:
            raise OSError(5, "Input/output error")
        return super().read(size)


@pytest.mark.parametrize("build", [tar_of, cpio_of, seven_zip_of, zip_of], ids=["tar", "cpio", "7z", "zip"])
def test_read_error_of_the_disk_is_told(build: Builder) -> None:
    with pytest.raises(EvidenceError, match="Input/output error"):  # noqa: PT012 - where it shows depends on the format
        found = ArchiveReader(FailingStream(build(PHOTOS)), b"x", ArchiveLimits(), lambda: None)
        for entry in found.entries():
            found.open(entry)
        raise EvidenceError(found.problems[0].reason)


def test_beat_may_stop_the_work() -> None:
    class Stop(BaseException):
        pass

    beats = 0

    def beat() -> None:
        nonlocal beats
        beats += 1
        if beats > 20:
            raise Stop

    found = ArchiveReader(io.BytesIO(tar_gz_of([*PHOTOS] * 100)), b"x", ArchiveLimits(), beat)
    with pytest.raises(Stop):
        list(found.entries())


FUZZED = {
    "zip": zip_of,
    "tar": tar_of,
    "tar.gz": tar_gz_of,
    "7z": program_7z_of,
    "rar4": rar4_of,
    "rar5": rar5_of,
    "cpio": cpio_of,
    "xar": xar_of,
    "cab": cab_of,
    "iso": iso_of,
}
SMALL: Members = [(b"a", b"abc" * 50), (b"b", b""), (b"c", bytes(range(200)))]


@pytest.mark.parametrize("build", FUZZED.values(), ids=FUZZED)
def test_mutations_raise_nothing_else(build: Builder) -> None:
    whole = build(SMALL)
    places = len(whole) if build is not iso_of else 60_000
    chance = random.Random(7)
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 1, 2, 8])):
            data[chance.randrange(places)] = chance.randrange(256)
        harvest(bytes(data))


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name in ("../up", str(tmp_path / "absolute"), "here"):
            info = tarfile.TarInfo(name)
            info.size = 1
            archive.addfile(info, io.BytesIO(b"x"))
    read, problems = harvest(target.getvalue())
    assert len(read) == 3
    assert problems == []
    assert list(tmp_path.iterdir()) == []
    assert not (tmp_path.parent / "up").exists()


def test_kinds_of_a_zip_made_on_unix(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    packed = tmp_path / "a.zip"
    subprocess.run(["zip", "-qy", packed, "file", "link"], cwd=tmp_path, check=True)
    found = reader(packed.read_bytes())
    assert {entry.path: entry.kind for entry in found.entries()} == {
        b"file": EntryKind.FILE,
        b"link": EntryKind.SYMLINK,
    }
