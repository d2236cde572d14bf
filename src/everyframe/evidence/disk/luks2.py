"""LUKS 2 (the LUKS2 On-Disk Format Specification 1.1): header in JSON, keys behind an anti-forensic splitter, one segment.

The master key is proved by its digest before a byte is decrypted. Segments with integrity tags, tweaked or detached
headers and volumes in the middle of a re-encryption are refused, not guessed at.
"""

import base64
import hashlib
import json
import struct
from collections.abc import Callable
from typing import Any, TypeAlias

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.media import Bytes

__all__ = ["Luks2", "is_luks2", "master_key"]

MAGICS = (b"LUKS\xba\xbe", b"SKUL\xba\xbe")
BINARY = struct.Struct(">6s H Q Q 48s 32s 64s 40s 48s Q 184x 64s")
SECTOR = 512
SECOND = tuple(1 << n for n in range(14, 23))
"""Where the second header may stand: behind a first one of 16 KiB to 4 MiB."""
MOST_KEY_BYTES, MOST_STRIPES = 512, 65536
MOST_ITERATIONS, MOST_MEMORY_KIB, MOST_PASSES, MOST_LANES = 1 << 28, 4 << 20, 1 << 10, 64
Json: TypeAlias = dict[str, Any]


def is_luks2(data: Bytes) -> bool:
    """Tell whether a LUKS header is one of version 2."""
    return data.read(0, 8) == MAGICS[0] + b"\0\x02"


def _refuse(words: str) -> EvidenceError:
    return EvidenceError(f"LUKS 2 {words}", "volume-unreadable")


def _header(data: Bytes) -> Json:
    """Read the newer of the two headers that pass their checksum."""
    found: list[tuple[int, Json]] = []
    for at in (0, *SECOND):
        raw = data.read(at, BINARY.size) if at + BINARY.size <= data.size else b""
        if len(raw) < BINARY.size:
            continue
        magic, version, size, sequence, _, named, _, _, _, place, checksum = BINARY.unpack(raw)
        if magic != MAGICS[at > 0] or version != 2 or place != at or not 1 << 14 <= size <= 1 << 22:  # noqa: PLR2004 - version 2
            continue
        whole = bytearray(data.read(at, size))
        whole[BINARY.size - 64 : BINARY.size] = bytes(64)
        name = named.rstrip(b"\0").decode("ascii", "replace")
        if name in hashlib.algorithms_guaranteed and checksum.startswith(hashlib.new(name, whole).digest()):
            text = bytes(whole[4096:]).partition(b"\0")[0]
            found.append((sequence, json.loads(text)))
    if not found:
        raise _refuse("header that fails its checksum, and so does its copy")
    return max(found, key=lambda pair: pair[0])[1]


def _cipher(name: str, key: bytes) -> Callable[[int], Cipher[Any]]:
    """Give what makes the cipher of a sector by its number.

    Raises:
        EvidenceError: a cipher or mode that is not read.
    """
    match name:
        case "aes-xts-plain64":
            return lambda n: Cipher(algorithms.AES(key), modes.XTS(n.to_bytes(16, "little")))
        case "aes-cbc-plain64":
            return lambda n: Cipher(algorithms.AES(key), modes.CBC(n.to_bytes(16, "little")))
        case "aes-cbc-essiv:sha256":
            salted = algorithms.AES(hashlib.sha256(key).digest())

            def essiv(n: int) -> Cipher[Any]:
                encryptor = Cipher(salted, modes.ECB()).encryptor()  # noqa: S305 - how ESSIV makes its vector
                return Cipher(algorithms.AES(key), modes.CBC(encryptor.update(n.to_bytes(16, "little"))))

            return essiv
    raise _refuse(f"with the cipher {name}, which is not read")


def _decrypt(raw: bytes, cipher: Callable[[int], Cipher[Any]], first: int, sector: int) -> bytes:
    """Decrypt whole sectors; the vector counts in 512 bytes, whatever the size of a sector."""
    view, out = memoryview(raw), bytearray()
    for at in range(0, len(raw), sector):
        out += cipher(first + at // SECTOR).decryptor().update(view[at : at + sector])
    return bytes(out)


def _stretched(password: bytes, kdf: Json, size: int) -> bytes:
    """Make a key of a password; what a header may ask for is bounded."""
    salt = base64.b64decode(kdf["salt"])
    if kdf["type"] == "pbkdf2":
        if not 0 < kdf["iterations"] <= MOST_ITERATIONS:
            raise _refuse("header that asks for too many iterations")
        return hashlib.pbkdf2_hmac(kdf["hash"], password, salt, kdf["iterations"], size)
    kinds = {"argon2i": Type.I, "argon2id": Type.ID}
    if kdf["type"] not in kinds:
        raise _refuse(f"with the key derivation {kdf['type']}, which is not read")
    passes, memory, lanes = kdf["time"], kdf["memory"], kdf["cpus"]
    if not (0 < passes <= MOST_PASSES and 0 < memory <= MOST_MEMORY_KIB and 0 < lanes <= MOST_LANES):
        raise _refuse("header that asks for more memory or time than is given")
    try:
        return hash_secret_raw(password, salt, passes, memory, lanes, size, kinds[kdf["type"]])
    except HashingError as error:
        raise _refuse(f"key slot whose derivation fails: {error}") from error


def _merged(split: bytes, size: int, name: str) -> bytes:
    """Put together what the anti-forensic splitter took apart."""
    held = bytes(size)
    for at in range(0, len(split), size):
        mixed = bytes(a ^ b for a, b in zip(held, split[at : at + size], strict=True))
        if at + size == len(split):
            return mixed
        held = _diffused(mixed, name)
    return held


def _diffused(block: bytes, name: str) -> bytes:
    length = hashlib.new(name).digest_size
    parts = []
    for number, at in enumerate(range(0, len(block), length)):
        part = block[at : at + length]
        parts.append(hashlib.new(name, number.to_bytes(4, "big") + part).digest()[: len(part)])
    return b"".join(parts)


def _tried(data: Bytes, slot: Json, password: bytes) -> bytes:
    """Give what a key slot holds, if the password is the right one."""
    area, splitter, size = slot["area"], slot["af"], slot["key_size"]
    stripes = splitter["stripes"]
    if splitter["type"] != "luks1" or area["type"] != "raw":
        raise _refuse("key slot of a kind that is not read")
    if not (0 < size <= MOST_KEY_BYTES and 0 < stripes <= MOST_STRIPES and 0 < area["key_size"] <= MOST_KEY_BYTES):
        raise _refuse("key slot of a size that cannot be")
    key, length = _stretched(password, slot["kdf"], area["key_size"]), size * stripes
    raw = data.read(int(area["offset"]), -(-length // SECTOR) * SECTOR)
    plain = _decrypt(raw, _cipher(area["encryption"], key), 0, SECTOR)
    return _merged(plain[:length], size, splitter["hash"])


def master_key(data: Bytes, header: Json, password: bytes) -> tuple[bytes, str] | None:
    """Try a password on each key slot; gives the master key and the name of its segment, None where no slot opens."""
    for name, slot in sorted(header["keyslots"].items()):
        if slot.get("type") != "luks2":
            continue
        key = _tried(data, slot, password)
        for proof in header["digests"].values():
            if name not in proof["keyslots"] or proof["type"] != "pbkdf2":
                continue
            right = base64.b64decode(proof["digest"])
            salt = base64.b64decode(proof["salt"])
            if hashlib.pbkdf2_hmac(proof["hash"], key, salt, proof["iterations"], len(right)) == right:
                return key, next(iter(proof["segments"]), "")
    return None


class Luks2:
    """Read a LUKS 2 volume; ``unlock`` with a password first.

    Raises:
        EvidenceError: its header is broken, or asks for something that is not read.
    """

    def __init__(self, data: Bytes) -> None:
        self._data = data
        try:
            self._header = _header(data)
            segments = self._header["segments"]
            if len(segments) != 1:
                raise _refuse("volume in the middle of a re-encryption: finish that with cryptsetup on a copy")
            ((self._name, segment),) = segments.items()
            if segment["type"] != "crypt" or segment.get("integrity"):
                raise _refuse("segment with integrity tags, or of another kind, which is not read")
            self._start, self._sector = int(segment["offset"]), int(segment["sector_size"])
            given, self._tweak = str(segment["size"]), int(segment["iv_tweak"])
            if self._sector not in (512, 1024, 2048, 4096):
                raise _refuse("sectors of a size that cannot be")
            self.size = (data.size - self._start if given == "dynamic" else int(given)) // self._sector * self._sector
            self._encryption = str(segment["encryption"])
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise _refuse(f"header that makes no sense: {error!r}") from error
        self._cipher: Callable[[int], Cipher[Any]] | None = None

    def unlock(self, password: str) -> bool:
        """Try a password."""
        try:
            found = master_key(self._data, self._header, password.encode())
            if found is None or found[1] != self._name:
                return False
            cipher = _cipher(self._encryption, found[0])
            cipher(0)
        except (KeyError, TypeError, ValueError, AttributeError, MemoryError) as error:
            raise _refuse(f"header that makes no sense: {error!r}") from error
        self._cipher = cipher
        return True

    def read(self, offset: int, length: int) -> bytes:
        """Read decrypted bytes."""
        length = max(0, min(length, self.size - offset))
        if not length or self._cipher is None:
            return b""
        first = offset // self._sector * self._sector
        behind = -(-(offset + length) // self._sector) * self._sector
        raw = self._data.read(self._start + first, behind - first)
        plain = _decrypt(raw, self._cipher, self._tweak + first // SECTOR, self._sector)
        return plain[offset - first : offset - first + length]
