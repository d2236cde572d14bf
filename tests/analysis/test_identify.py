import gzip
import io
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.samples import FILMS, PICTURES, blob_of, film, jpeg

from everyframe.analysis import Identified, identify, name_disagrees
from everyframe.model.states import MediaKind


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name.replace("__", "/")), data)
    return out.getvalue()


def tarred(kind: int = tarfile.USTAR_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = 3
        archive.addfile(info, io.BytesIO(b"abc"))
    return out.getvalue()


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(name: str) -> None:
    mime, make = PICTURES[name]
    assert identify(blob_of(make())) == Identified(MediaKind.IMAGE, mime)


@pytest.mark.parametrize("name", FILMS)
def test_films(name: str) -> None:
    mime, make = FILMS[name]
    assert identify(blob_of(make())) == Identified(MediaKind.VIDEO, mime)


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (zipped(a=b"1"), "application/zip"),
        (b"PK\5\6" + bytes(18), "application/zip"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument.text"),
        (zipped(mimetype=b"application/epub+zip"), "application/epub+zip"),
        (zipped(word__document=b""), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (zipped(ppt__slide=b""), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        (tarred(), "application/x-tar"),
        (tarred().replace(b"ustar\x0000", b"\0" * 8), "application/x-tar"),
        (gzip.compress(b"abc", mtime=0), "application/gzip"),
        (b"BZh91AY&SY" + bytes(20), "application/x-bzip2"),
        (b"\xfd7zXZ\0" + bytes(20), "application/x-xz"),
        (b"\x28\xb5\x2f\xfd" + bytes(20), "application/zstd"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(30), "application/x-7z-compressed"),
        (b"Rar!\x1a\x07\x01\0" + bytes(20), "application/vnd.rar"),
        (b"MSCF\0\0\0\0" + bytes(30), "application/vnd.ms-cab-compressed"),
        (bytes(32769) + b"CD001\1" + bytes(2000), "application/x-iso9660-image"),
    ],
)
def test_archives(data: bytes, mime: str) -> None:
    if mime == "application/x-tar" and b"ustar" not in data:
        header = bytearray(data[:512])
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        data = bytes(header) + data[512:]
    assert identify(blob_of(data)) == Identified(MediaKind.ARCHIVE, mime)


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (b"", "inode/x-empty"),
        (b"%PDF-1.4\n%\xe2\xe3\n1 0 obj<<>>endobj\n", "application/pdf"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>', "image/svg+xml"),
        (b"hello this is a note\n" * 9, "text/plain"),
        (bytes(5000), "application/octet-stream"),
    ],
)
def test_the_rest(data: bytes, mime: str) -> None:
    assert identify(blob_of(data)) == Identified(MediaKind.OTHER, mime)


SOUND = {"m4a": film("ipod", sound=True, pictures=False), "m4a in mp4": film("mp4", sound=True, pictures=False)}


@pytest.mark.parametrize("name", SOUND)
def test_sound_shares_its_container_with_films(name: str) -> None:
    assert identify(blob_of(SOUND[name])).kind is MediaKind.VIDEO


@given(st.text(max_size=400))
@settings(max_examples=100)
def test_text_is_no_picture_film_or_archive(text: str) -> None:
    data = text.encode()
    if data[:2] in {b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"P7", b"Pf", b"PF"}:
        return
    assert identify(blob_of(data)).kind is MediaKind.OTHER


@given(st.integers(0, 2**32), st.integers(1, 4000))
@settings(max_examples=100)
def test_random_bytes_are_no_picture_film_or_archive(seed: int, length: int) -> None:
    import random

    assert identify(blob_of(random.Random(seed).randbytes(length))).kind is MediaKind.OTHER


@given(st.binary(max_size=64), st.sampled_from(sorted(PICTURES)))
@settings(max_examples=100)
def test_identify_takes_any_start(tail: bytes, name: str) -> None:
    head = PICTURES[name][1]()[: len(tail)]
    assert identify(blob_of(head + tail)).mime


@pytest.mark.parametrize(
    ("name", "data", "disagrees"),
    [
        (b"a.jpg", jpeg(), False),
        (b"A.JPEG", jpeg(), False),
        (b"a.thm", jpeg(), False),
        (b"a.png", jpeg(), True),
        (b"a.txt", jpeg(), True),
        (b"a.dat", jpeg(), False),
        (b"noextension", jpeg(), False),
        (b".jpg", b"text of a note", False),
        (b"a.jpg", b"text of a note\n", True),
        (b"a.jpg", bytes(100), True),
        (b"a.zip", b"text of a note\n", True),
        (b"a.py", b"text of a note\n", False),
        (b"a.doc", b"text of a note\n", False),
        (b"\xff\xfe.jpg", jpeg(), False),
        (b"a.docx", zipped(word__document=b""), False),
        (b"a.jpg", zipped(a=b""), True),
        (b"a.mov", FILMS["mp4"][1](), False),
        (b"a.jpg", FILMS["mp4"][1](), True),
        (b"a.nef", PICTURES["tiff"][1](), False),
        (b"a.tif", PICTURES["dng"][1](), False),
    ],
)
def test_names_that_disagree(name: bytes, data: bytes, *, disagrees: bool) -> None:
    found = identify(blob_of(data, name))
    assert name_disagrees(name, found.mime, found.kind) is disagrees
