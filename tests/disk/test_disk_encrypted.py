"""LUKS 2 volumes made by cryptsetup: opened with their password, locked without it, refused where they are broken."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.disk.making import content, digests_of, empty, tool

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.image import ImageReader
from everyframe.evidence.disk.keys import Keys
from everyframe.evidence.disk.luks2 import Luks2
from everyframe.evidence.disk.media import Files
from everyframe.model.disk import VolumeState
from everyframe.model.states import EntryKind, Provenance

WORD = "correct horse"
PBKDF2 = ("--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000")
ARGON2 = ("--pbkdf", "argon2id", "--pbkdf-force-iterations", "4", "--pbkdf-memory", "64", "--pbkdf-parallel", "1")
WAYS = {
    "pbkdf2": PBKDF2,
    "argon2id": ARGON2,
    "sectors of 4,096 bytes": (*PBKDF2, "--sector-size", "4096"),
    "CBC": (*PBKDF2, "--cipher", "aes-cbc-essiv:sha256", "--key-size", "256"),
    "SHA-512": (*PBKDF2, "--hash", "sha512"),
}


def encrypted(raw: Path, folder: Path, options: tuple[str, ...]) -> Path:
    image, word = folder / "locked.img", folder / "word"
    shutil.copy(raw, image)
    os.truncate(image, raw.stat().st_size + (16 << 20))
    word.write_text(WORD)
    common = ("--type", "luks2", "--batch-mode", "--key-file", word, "--reduce-device-size", "16M")
    tool("cryptsetup", "reencrypt", "--encrypt", *common, *options, image)
    return image


def files_of(image: Path, keys: Keys) -> tuple[VolumeState, dict[str, str]]:
    reader = ImageReader(os.fsencode(image), keys=keys)
    (volume,) = reader.layout.volumes
    if not volume.readable:
        return volume.state, {}
    live = [e for e in reader.entries() if e.provenance is Provenance.LIVE and e.kind is EntryKind.FILE]
    found = {e.path.decode(): content(reader, e) for e in live}
    reader.close()
    return volume.state, found


@pytest.mark.parametrize("way", WAYS)
def test_a_volume_opens_with_its_password(
    way: str, tree: Path, raw_image: Callable[[str], Path], tmp_path: Path
) -> None:
    raw = raw_image("ext2")
    if "4,096" in way:  # blocks that are smaller than a sector cannot be
        raw = empty(tmp_path / "raw.dd", 16 << 20)
        tool("mkfs.ext4", "-q", "-b", "4096", "-d", tree, raw)
    image = encrypted(raw, tmp_path, WAYS[way])
    assert files_of(image, Keys()) == (VolumeState.LOCKED, {})
    assert files_of(image, Keys(("wrong",))) == (VolumeState.LOCKED, {})
    assert files_of(image, Keys(("wrong", WORD))) == (VolumeState.UNLOCKED, digests_of(tree))


def test_the_second_header_is_taken_when_the_first_is_damaged(
    tree: Path, raw_image: Callable[[str], Path], tmp_path: Path
) -> None:
    image = encrypted(raw_image("ext2"), tmp_path, PBKDF2)
    with image.open("r+b") as stream:
        stream.seek(4200)
        stream.write(b"\0" * 64)
    assert files_of(image, Keys((WORD,))) == (VolumeState.UNLOCKED, digests_of(tree))
    with image.open("r+b") as stream:
        stream.seek(16384 + 4200)
        stream.write(b"\0" * 64)
    reader = ImageReader(os.fsencode(image), keys=Keys((WORD,)))
    (volume,) = reader.layout.volumes
    assert (volume.kind, volume.state) == ("LUKS", VolumeState.UNREADABLE)
    assert "fails its checksum, and so does its copy" in volume.reason


def test_a_header_that_asks_for_too_much_is_refused(tmp_path: Path) -> None:
    import hashlib
    import json

    image, word = tmp_path / "l.img", tmp_path / "word"
    word.write_text(WORD)
    image.write_bytes(bytes(20 << 20))
    tool("cryptsetup", "luksFormat", "--type", "luks2", "--batch-mode", "--key-file", word, *ARGON2, image)
    data = bytearray(image.read_bytes())
    for change in ({"memory": 1 << 40}, {"memory": 1}, {"memory": 64, "time": 0}, {"cpus": "many"}, {"type": "scrypt"}):
        for at in (0, 16384):
            header = bytes(data[at + 4096 : at + 16384]).partition(b"\0")[0]
            said = json.loads(header)
            said["keyslots"]["0"]["kdf"] |= change
            data[at + 4096 : at + 16384] = json.dumps(said).encode().ljust(12288, b"\0")
            data[at + 448 : at + 512] = bytes(64)
            data[at + 448 : at + 480] = hashlib.sha256(data[at : at + 16384]).digest()
        changed = tmp_path / "changed.img"
        changed.write_bytes(data)
        volume = Luks2(Files([os.fsencode(changed)]))
        began = time.monotonic()
        with pytest.raises(EvidenceError, match="LUKS 2"):
            volume.unlock(WORD)
        assert time.monotonic() - began < 60
