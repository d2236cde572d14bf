"""MD5, SHA-1 and SHA-256 of one content in one pass over its bytes."""

import hashlib

from everyframe.analysis.blob import Blob
from everyframe.model.features import Digests

__all__ = ["HELD_BYTES", "digest", "digest_bytes"]

#: Up to this size the bytes are read whole and kept for the stages that follow; above it they are streamed.
HELD_BYTES = 64 << 20


def digest_bytes(data: bytes) -> Digests:
    """Digest bytes that are in memory."""
    return Digests(
        md5=hashlib.md5(data, usedforsecurity=False).digest(),
        sha1=hashlib.sha1(data, usedforsecurity=False).digest(),
        sha256=hashlib.sha256(data).digest(),
        size=len(data),
    )


def digest(blob: Blob) -> Digests:
    """Digest a content; ``size`` is the count of the bytes that were really read.

    Raises:
        EvidenceError: when they cannot be read.
    """
    if blob.size <= min(HELD_BYTES, blob.memory_bytes):
        return digest_bytes(blob.data())
    md5, sha1, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha1(usedforsecurity=False), hashlib.sha256()
    size = 0
    for chunk in blob.chunks():
        for running in (md5, sha1, sha256):
            running.update(chunk)
        size += len(chunk)
    return Digests(md5.digest(), sha1.digest(), sha256.digest(), size)
