"""The digests of the empty file and of trivial files: too many innocent files have them to be a match of anything."""

from collections import Counter
from typing import Final

import numpy as np
import numpy.typing as npt

from everyframe.known.sorting import Bytes2D, keys_of

__all__ = ["CONTENTS", "TRIVIAL", "is_trivial", "trivial_counts", "trivial_digests", "trivial_mask"]

#: The smallest GIF (one transparent pixel), as thousands of web pages embed it.
PIXEL: Final = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
#: What the files hold, so that a test can compute the digests below again.
CONTENTS: Final[dict[str, bytes]] = {
    "empty file": b"",
    "one zero byte": b"\0",
    "one space": b" ",
    "one line feed": b"\n",
    "carriage return, line feed": b"\r\n",
    "512 zero bytes": bytes(512),
    "4,096 zero bytes": bytes(4096),
    "65,536 zero bytes": bytes(65536),
    "1,048,576 zero bytes": bytes(1 << 20),
    "512 bytes 0xFF": b"\xff" * 512,
    "4,096 bytes 0xFF": b"\xff" * 4096,
    "GIF of one pixel": PIXEL,
}
TRIVIAL: Final[tuple[tuple[str, str, str, str], ...]] = (
    (
        "empty file",
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ),
    (
        "one zero byte",
        "93b885adfe0da089cdf634904fd59f71",
        "5ba93c9db0cff93f52b521d7420e43f6eda2784f",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    ),
    (
        "one space",
        "7215ee9c7d9dc229d2921a40e899ec5f",
        "b858cb282617fb0956d960215c8e84d1ccf909c6",
        "36a9e7f1c95b82ffb99743e0c5c4ce95d83c9a430aac59f84ef3cbfab6145068",
    ),
    (
        "one line feed",
        "68b329da9893e34099c7d8ad5cb9c940",
        "adc83b19e793491b1c6ea0fd8b46cd9f32e592fc",
        "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b",
    ),
    (
        "carriage return, line feed",
        "81051bcc2cf1bedf378224b0a93e2877",
        "ba8ab5a0280b953aa97435ff8946cbcbb2755a27",
        "7eb70257593da06f682a3ddda54a9d260d4fc514f645237f5ca74b08f8da61a6",
    ),
    (
        "512 zero bytes",
        "bf619eac0cdf3f68d496ea9344137e8b",
        "5c3eb80066420002bc3dcc7ca4ab6efad7ed4ae5",
        "076a27c79e5ace2a3d47f9dd2e83e4ff6ea8872b3c2218f66c92b89b55f36560",
    ),
    (
        "4,096 zero bytes",
        "620f0b67a91f7f74151bc5be745b7110",
        "1ceaf73df40e531df3bfb26b4fb7cd95fb7bff1d",
        "ad7facb2586fc6e966c004d7d1d16b024f5805ff7cb47c7a85dabd8b48892ca7",
    ),
    (
        "65,536 zero bytes",
        "fcd6bcb56c1689fcef28b57c22475bad",
        "1adc95bebe9eea8c112d40cd04ab7a8d75c4f961",
        "de2f256064a0af797747c2b97505dc0b9f3df0de4f489eac731c23ae9ca9cc31",
    ),
    (
        "1,048,576 zero bytes",
        "b6d81b360a5672d80c27430f39153e2c",
        "3b71f43ff30f4b15b5cd85dd9e95ebc7e84eb5a3",
        "30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58",
    ),
    (
        "512 bytes 0xFF",
        "de03fe65a6765caa8c91343acc62cffc",
        "9d0ac37bb3ec8c95990fd37a962a17a95ce97aa0",
        "9f56cda75fefeab90f6fa5d5ddc9601544b121732c5ecccab32e631060453a5d",
    ),
    (
        "4,096 bytes 0xFF",
        "6ae59e64850377ee5470c854761551ea",
        "e0c66649d1434eca3435033a32634cb90cef0f31",
        "f47a8ec3e9aff2318d896942282ad4fe37d6391c82914f54a5da8a37de1300c6",
    ),
    (
        "GIF of one pixel",
        "a5098c60b3b0c879a2c7af6c68b7b53f",
        "939f40be7f1aaf623f62886de4aaba3886df9b65",
        "693d949d8c3fdc7fd4ace7c340b5f177a9f0c5be7bafee8bc93a7d88b7523d75",
    ),
)
COLUMNS: Final = {"md5": 1, "sha1": 2, "sha256": 3}
_SETS: Final = {name: frozenset(bytes.fromhex(row[c]) for row in TRIVIAL) for name, c in COLUMNS.items()}

_LENGTHS: Final = {"md5": 16, "sha1": 20, "sha256": 32}
_KEYS: Final = {
    name: keys_of(np.frombuffer(b"".join(sorted(found)), np.uint8).reshape(-1, _LENGTHS[name]))
    for name, found in _SETS.items()
}


def trivial_digests(algorithm: str) -> frozenset[bytes]:
    """Give the digests that never match; none for what is not a digest of the bytes."""
    return _SETS.get(algorithm, frozenset())


def is_trivial(algorithm: str, digest: bytes) -> bool:
    """Say whether this is the digest of an empty or trivial file."""
    return digest in trivial_digests(algorithm)


def trivial_counts(algorithm: str, joined: bytes) -> dict[bytes, int]:
    """Count the trivial digests among many that are joined; none for what is not a digest of the bytes."""
    if algorithm not in _LENGTHS:
        return {}
    digests = np.frombuffer(joined, np.uint8).reshape(-1, _LENGTHS[algorithm])
    near = np.flatnonzero(np.isin(keys_of(digests), _KEYS[algorithm]))
    found = Counter(digests[spot].tobytes() for spot in near.tolist())
    return {digest: count for digest, count in found.items() if is_trivial(algorithm, digest)}


def trivial_mask(algorithm: str, digests: Bytes2D) -> npt.NDArray[np.bool_]:
    """Say for each digest whether it is trivial."""
    found = np.zeros(len(digests), dtype=bool)
    for one in trivial_digests(algorithm):
        value = np.frombuffer(one, dtype=np.uint8)
        near = np.flatnonzero(digests[:, 0] == value[0])
        found[near] |= (digests[near] == value).all(axis=1)
    return found
