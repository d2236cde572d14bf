"""Bombs: each limit stops the listing or the reading, and names itself and the figure."""

import bz2
import gzip
import io
import struct
import tarfile
import time
import zipfile
import zlib

import pytest
from tests.evidence.forge import SOME, reader, seven_zip_of, tar_gz_of, tar_of, zip_of

from everyframe.errors import EvidenceError, WorkerError
from everyframe.evidence import libarchive
from everyframe.evidence.archive import ArchiveLimits
from everyframe.model.warning import WarningCode

LIMIT = WarningCode.ARCHIVE_LIMIT
MIB = 1 << 20


def zeros(size: int) -> bytes:
    """Deflate zeros without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = bytes(MIB)
    return b"".join(packer.compress(block) for _ in range(size // MIB)) + packer.flush()


def test_members() -> None:
    found = reader(tar_of([(b"%d" % number, b"") for number in range(30)]), limits=ArchiveLimits(members=20))
    assert len(list(found.entries())) == 20
    assert [(problem.code, problem.reason) for problem in found.problems] == [
        (LIMIT, "more than 20 members; listing stopped")
    ]


def test_total() -> None:
    for build in (zip_of, tar_of, tar_gz_of, seven_zip_of):
        found = reader(
            build([(b"%d" % number, bytes(1000)) for number in range(9)]), limits=ArchiveLimits(total_bytes=5500)
        )
        entries = list(found.entries())
        assert len(entries) == 6
        assert [entry.problem is None for entry in entries] == [True] * 5 + [False]
        assert [problem.code for problem in found.problems] == [LIMIT]
        assert "6,000 bytes, more than the 5,500" in found.problems[0].reason
        with pytest.raises(EvidenceError) as caught:
            found.open(entries[5])
        assert caught.value.code == "archive-limit"
        assert found.open(entries[4]).read() == bytes(1000)


def test_member_size_declared() -> None:
    found = reader(zip_of([(b"large", bytes(2000)), (b"small", b"x")]), limits=ArchiveLimits(member_bytes=1000))
    large, small = found.entries()
    assert large.problem is not None
    assert "2,000 bytes or more, and at most 1,000" in large.problem.reason
    assert found.open(small).read() == b"x"
    assert found.problems == ()


def test_member_size_not_declared() -> None:
    found = reader(gzip.compress(bytes(50 * MIB)), limits=ArchiveLimits(member_bytes=MIB))
    (entry,) = found.entries()
    with pytest.raises(EvidenceError, match="at most 1,048,576") as caught:
        found.open(entry)
    assert caught.value.code == "archive-limit"


def test_name() -> None:
    found = reader(tar_of([(b"n" * 3000, b"")]), limits=ArchiveLimits(name_bytes=1000))
    (entry,) = found.entries()
    assert len(entry.path) == 1000
    assert [problem.code for problem in found.problems] == [LIMIT]
    assert "3,000 bytes" in found.problems[0].reason


def _zip_declaring(packed: bytes, size: int, crc: int = 0) -> bytes:
    name = b"zeros"
    sizes = (crc, len(packed), size, len(name))
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, *sizes, 0) + name + packed
    central = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, *sizes, 0, 0, 0, 0, 0, 0) + name
    return local + central + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local), 0)


def test_ratio_declared() -> None:
    found = reader(_zip_declaring(zeros(400 * MIB), 400 * MIB), limits=ArchiveLimits(ratio=100))
    (entry,) = found.entries()
    assert [problem.code for problem in found.problems] == [LIMIT]
    assert "more than 100 times" in found.problems[0].reason
    with pytest.raises(EvidenceError):
        found.open(entry)


def test_ratio_of_what_is_really_unpacked() -> None:
    data = bz2.compress(bytes(300 * MIB))
    found = reader(data)
    (entry,) = found.entries()
    with pytest.raises(EvidenceError, match=r"more than 1,000 times") as caught:
        found.open(entry)
    assert caught.value.code == "archive-limit"


def test_small_files_of_zeros_are_no_bombs() -> None:
    found = reader(_zip_declaring(zeros(20 * MIB), 20 * MIB, zlib.crc32(bytes(20 * MIB))))
    (entry,) = found.entries()
    assert found.problems == ()
    assert found.open(entry).read() == bytes(20 * MIB)


def test_zip_that_declares_less_than_it_holds() -> None:
    found = reader(_zip_declaring(zeros(50 * MIB), 10))
    (entry,) = found.entries()
    with pytest.raises(EvidenceError) as caught:
        found.open(entry)
    assert caught.value.code == "archive-broken"


def _overlapping(names: int) -> bytes:
    """Build a zip whose every name points to the same bytes, which unpack to 8 MiB."""
    packed = zeros(8 * MIB)
    sizes = (zlib.crc32(bytes(8 * MIB)), len(packed), 8 * MIB, 4)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, *sizes, 0) + b"0000" + packed
    central = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, *sizes, 0, 0, 0, 0, 0, 0) + b"%04d" % number
        for number in range(names)
    )
    return local + central + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, names, names, len(central), len(local), 0)


def test_overlapping_members() -> None:
    found = reader(_overlapping(500))
    entries = list(found.entries())
    assert len(entries) < 100
    reasons = [problem.reason for problem in found.problems]
    assert [problem.code for problem in found.problems] == [LIMIT, LIMIT]
    assert "listing stopped" in reasons[0]
    assert reasons[1].startswith("members share bytes: ")
    few = reader(_overlapping(20))
    assert len(list(few.entries())) == 20
    assert [problem.reason[:20] for problem in few.problems] == ["members share bytes:"]


def test_sparse_file_of_a_tar_is_not_filled() -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("hole")
        info.pax_headers = {
            "GNU.sparse.major": "0",
            "GNU.sparse.minor": "1",
            "GNU.sparse.map": f"{1 << 42},0",
            "GNU.sparse.size": str(1 << 42),
        }
        archive.addfile(info)
    found = reader(target.getvalue())
    (entry,) = found.entries()
    assert entry.size == 1 << 42
    assert [problem.code for problem in found.problems] == [LIMIT]
    with pytest.raises(EvidenceError):
        found.open(entry)


def test_compressed_many_times_over() -> None:
    data = b"x"
    for _ in range(40):
        data = gzip.compress(data)
    with pytest.raises(EvidenceError) as caught:
        reader(data)
    assert caught.value.code == "archive-broken"


def test_many_members_of_a_solid_archive_cost_one_pass() -> None:
    members = [(b"%04d" % number, b"%d" % number * 99) for number in range(800)]
    for build in (tar_gz_of, seven_zip_of):
        found = reader(build(members))
        for entry, (name, data) in zip(list(found.entries()), members, strict=True):
            assert (entry.path, found.open(entry).read()) == (name, data)
        assert found.passes == 1
        entries = list(found.entries())
        found.open(entries[700])
        found.open(entries[10])
        found.open(entries[10])
        assert found.passes == 4


def test_reading_again_counts_once() -> None:
    found = reader(zip_of(SOME), limits=ArchiveLimits(total_bytes=200_000))
    entries = list(found.entries())
    for _ in range(9):
        for entry in entries:
            found.open(entry)


def test_many_small_members_are_quick() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(5000):
            archive.writestr(f"{number}", b"x")
    found = reader(target.getvalue())
    began = time.perf_counter()
    assert len(list(found.entries())) == 5000
    assert time.perf_counter() - began < 5


def test_memory_that_runs_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def starve(*_: object) -> None:
        raise MemoryError

    found = reader(zip_of(SOME))
    entries = list(found.entries())
    with monkeypatch.context() as patched:
        patched.setattr("everyframe.evidence.limits.Tally.unpacked", starve)
        with pytest.raises(EvidenceError, match="more memory") as caught:
            found.open(entries[0])
        assert caught.value.code == "archive-limit"
        patched.setattr("everyframe.evidence.limits.Tally.listed", starve)
        assert list(found.entries()) == []
        assert [problem.code for problem in found.problems] == [LIMIT]
        patched.setattr("everyframe.evidence.archive.recognise", starve)
        with pytest.raises(EvidenceError, match="more memory"):
            reader(tar_of(SOME))
    assert found.open(entries[0]).read() == b"first"


def test_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    data = tar_of(SOME)
    monkeypatch.setattr(libarchive, "_library", None)
    libarchive._function.cache_clear()
    with pytest.raises(WorkerError, match="apt install libarchive13"):
        reader(data)
