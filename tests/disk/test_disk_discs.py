"""Files of discs that are too large to be unpacked into memory are read where they lie."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.disk.making import digests_of, empty, read_image, sha, tool

from everyframe.evidence.disk.iso_places import places_of
from everyframe.evidence.disk.media import Files
from everyframe.evidence.limits import ArchiveLimits

KINDS = {"Rock Ridge": ("-R",), "Joliet": ("-J",), "neither": ()}


@pytest.mark.parametrize("kind", ["ISO 9660 (Rock Ridge)", "ISO 9660 (Joliet, UDF)"])
def test_large_files_are_read_in_place(
    kind: str, tree: Path, raw_image: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("everyframe.evidence.disk.iso.LIMITS", ArchiveLimits(ratio=1 << 40, member_bytes=5000))
    found, entries = read_image(raw_image(kind))
    assert found == digests_of(tree)
    placed = [e for e in entries if e.locator.startswith("@:c")]
    assert {e.path for e in placed} == {e.path for e in entries if (e.size or 0) > 5000}
    assert len(placed) > 5


@pytest.mark.parametrize("kind", KINDS)
def test_paths_lead_to_places(kind: str, tmp_path: Path) -> None:
    tree = tmp_path / "tree" / "folder"
    tree.mkdir(parents=True)
    names = ["a.bin", "name-longer-than-eight.and-three-" + "x" * 20] if kind != "neither" else ["A.BIN", "B.BIN"]
    for number, name in enumerate(names):
        (tree / name).write_bytes(bytes([number + 1]) * 9000)
    image = tmp_path / "disc.iso"
    tool("genisoimage", "-quiet", *KINDS[kind], "-o", image, tree.parent)
    folder = b"FOLDER/" if kind == "neither" else b"folder/"
    data = image.read_bytes()
    found = places_of(Files([os.fsencode(image)]), {folder + n.encode() for n in names} | {b"absent"})
    got = {p: b"".join(data[a : a + n] for a, n in pieces) for p, pieces in found.items()}
    assert got == {folder + n.encode(): bytes([k + 1]) * 9000 for k, n in enumerate(names)}


@pytest.mark.soak
def test_a_film_of_more_than_four_gibibytes_lies_in_two_pieces(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    film = empty(tree / "film.avi", (4 << 30) + 5000)
    with film.open("r+b") as stream:
        stream.seek((4 << 30) + 100)
        stream.write(b"the end")
    image = tmp_path / "disc.iso"
    tool("genisoimage", "-quiet", "-R", "-iso-level", "3", "-allow-limited-size", "-o", image, tree)
    _, entries = read_image(image)
    (entry,) = entries
    assert entry.size == (4 << 30) + 5000
    assert entry.locator.count("+") == 1
    assert sha(b"the end") == sha(_tail(image, entry.locator))


def _tail(image: Path, locator: str) -> bytes:
    from everyframe.evidence.disk.pieces import open_pieces

    with open_pieces(Files([os.fsencode(image)]), locator.removeprefix("@:")) as stream:
        stream.seek((4 << 30) + 100)
        return stream.read(7)
