import hashlib
import io

import pytest
from tests.analysis.samples import blob_of

from everyframe.analysis import Blob, digest
from everyframe.analysis.digests import HELD_BYTES, digest_bytes
from everyframe.errors import EvidenceError

#: Literal answers: RFC 1321 and FIPS 180 test vectors, the empty input, one zero byte.
KNOWN = [
    (
        b"",
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ),
    (
        b"\0",
        "93b885adfe0da089cdf634904fd59f71",
        "5ba93c9db0cff93f52b521d7420e43f6eda2784f",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    ),
    (
        b"abc",
        "900150983cd24fb0d6963f7d28e17f72",
        "a9993e364706816aba3e25717850c26c9cd0d89d",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ),
    (
        b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "8215ef0796a20bcaaae116d3876c664a",
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ),
    (
        b"a" * 1_000_000,
        "7707d6ae4e027c70eea2a935c2296f21",
        "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    ),
]


@pytest.mark.parametrize(("data", "md5", "sha1", "sha256"), KNOWN)
def test_known_answers(data: bytes, md5: str, sha1: str, sha256: str) -> None:
    found = digest(blob_of(data))
    assert (found.md5.hex(), found.sha1.hex(), found.sha256.hex(), found.size) == (md5, sha1, sha256, len(data))
    assert found == digest_bytes(data)


def test_small_contents_are_read_once() -> None:
    class Counting(io.BytesIO):
        given = 0

        def read(self, size: int | None = -1, /) -> bytes:
            found = super().read(size)
            self.given += len(found)
            return found

    stream = Counting(b"x" * 5000)
    blob = Blob(stream, 5000)
    digest(blob)
    assert blob.data() == b"x" * 5000
    assert blob.head(3) + blob.tail(3) + blob.read_at(10, 2) == b"x" * 8
    assert stream.given == 5000


def test_large_contents_are_streamed_with_beats() -> None:
    class Zeros(io.RawIOBase):
        def __init__(self, size: int) -> None:
            self.size, self.at = size, 0

        def seekable(self) -> bool:
            return True

        def seek(self, offset: int, whence: int = 0, /) -> int:
            self.at = offset
            return offset

        def read(self, size: int | None = -1, /) -> bytes:
            count = min(size or 0, self.size - self.at)
            self.at += count
            return bytes(count)

    beats = []
    size = HELD_BYTES + 1
    with Blob(Zeros(size), size, beat=lambda: beats.append(1)) as blob:  # type: ignore[arg-type]
        found = digest(blob)
        assert found.size == size
        assert found.sha256 == hashlib.sha256(bytes(size)).digest()
        assert len(beats) == size // (1 << 20) + 1
        assert blob._data is None


def test_bytes_beyond_the_listed_size_are_digested_too() -> None:
    found = digest(Blob(io.BytesIO(b"abc"), 2))
    assert found.size == 3
    assert found.md5.hex() == "900150983cd24fb0d6963f7d28e17f72"


def test_reading_errors_carry_a_code() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(EvidenceError) as caught:
        digest(Blob(Broken(), 10))
    assert caught.value.code == "unreadable-file"
    with pytest.raises(EvidenceError) as caught:
        Blob(io.BytesIO(b"12345"), 5, memory_bytes=4).data()
    assert caught.value.code == "size-limit"
    with pytest.raises(EvidenceError) as caught:
        Blob(io.BytesIO(b"12345"), 3, memory_bytes=4).data()
    assert caught.value.code == "size-limit"
