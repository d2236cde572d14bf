"""The same files in every container and file system that Debian's tools can make: the same list, the same digests."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.disk.making import CONTAINERS, FILE_SYSTEMS, digests_of, partitioned, read_image

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.image import ImageReader, recognise_image
from everyframe.model.disk import VolumeState

LARGE = {"XFS", "Btrfs"}  # 300 MB and 100 MB each
DOCS = Path(__file__).resolve().parents[2] / "docs" / "images.md"


@pytest.mark.parametrize("kind", FILE_SYSTEMS)
def test_every_container_gives_the_files_of_the_folder(
    kind: str, tree: Path, raw_image: Callable[[str], Path], tmp_path: Path
) -> None:
    expected = digests_of(tree)
    for number, (name, convert) in enumerate(CONTAINERS.items()):
        if kind in LARGE and name not in ("raw", "E01, uncompressed", "QCOW2"):
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        found, entries = read_image(convert(raw_image(kind), folder))
        assert found == expected, name
        assert [e.path for e in entries if e.problem] == [], name


@pytest.mark.parametrize("label", ["gpt", "dos"])
def test_partitions_are_read_each_under_its_key(
    label: str, tree: Path, raw_image: Callable[[str], Path], tmp_path: Path
) -> None:
    image = partitioned([raw_image("ext4"), raw_image("FAT16")], tmp_path / "disk.dd", label)
    found, _ = read_image(image)
    assert found == {f"p{n}/{path}": digest for n in (1, 2) for path, digest in digests_of(tree).items()}
    layout = recognise_image(os.fsencode(image))
    assert layout is not None
    assert layout.table == {"gpt": "GPT", "dos": "MBR"}[label]
    assert [(v.key, v.offset, v.size, v.kind) for v in layout.volumes] == [
        ("p1", 1 << 20, 16 << 20, "ext4"),
        ("p2", 17 << 20, 16 << 20, "FAT16"),
    ]


def test_a_volume_that_nobody_reads_is_unread_bytes(tmp_path: Path) -> None:
    from tests.disk.making import empty, tool

    image = empty(tmp_path / "disk.dd", 8 << 20)
    tool("mkswap", image)
    layout = recognise_image(os.fsencode(image))
    assert layout is not None
    (volume,) = layout.volumes
    assert (volume.kind, volume.state, volume.size) == ("Linux swap", VolumeState.UNREADABLE, 8 << 20)
    assert [p.code for p in layout.problems] == ["volume-unreadable"]


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"ADSEGMENTEDFILE", "AD1"),
        (b"ADCRYPT", "encrypted by FTK"),
        (b"LVF\x09\r\n\xff\0", "L01"),
        (b"AFF10\r\n", "AFF image"),
        (b"PK\x03\x04" + b"aff4://".rjust(60), "AFF4"),
        (b"encrcdsa", "encrypted DMG"),
    ],
)
def test_an_image_that_is_not_read_is_refused_with_its_name(head: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "image"
    path.write_bytes(head.ljust(8192, b"\0"))
    with pytest.raises(EvidenceError, match=re.escape(words)):
        ImageReader(os.fsencode(path))


def test_a_file_that_is_no_image_is_none(tmp_path: Path) -> None:
    for number, data in enumerate((b"", b"text\n" * 999, bytes(70_000), os.urandom(70_000))):
        path = tmp_path / f"{number}.jpg"
        path.write_bytes(data)
        assert recognise_image(os.fsencode(path)) is None
    named = tmp_path / "stick.dd"
    named.write_bytes(bytes(70_000))
    layout = recognise_image(os.fsencode(named))
    assert layout is not None
    assert [(v.size, v.unread) for v in layout.volumes] == [(70_000, True)]


def test_the_table_in_the_docs_has_every_pair() -> None:
    text = DOCS.read_text("utf-8")
    assert [name for name in (*FILE_SYSTEMS, *CONTAINERS) if f"| {name} |" not in text] == []
