"""Planted hits: known answers that matching must give in every run, or the run fails.

Two kinds. Before a run, a set is imported that knows one drawn picture, and the whole way from pixels to a hit is gone
with that picture in each orientation. During a run, each batch carries entries of the very set that is asked, by each of
its digests, and near its hashes in each orientation; they have negative ids, and must all come back.
"""

import hashlib
import tempfile
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from everyframe.analysis.perceptual import pdq
from everyframe.analysis.pixels import Pixels, raster, sample, upright
from everyframe.analysis.renditions import encode
from everyframe.analysis.turning import INVERSE, ORIENTATIONS, hash_turned
from everyframe.errors import MissedMatchError
from everyframe.known.entry import EXACT
from everyframe.known.importing import NewSet, import_set
from everyframe.known.match_exact import exact_hits
from everyframe.known.match_near import NearSet
from everyframe.known.nearest import MATCH_RADIUS
from everyframe.known.sets import KnownSet, sets_folder
from everyframe.known.trivial import is_trivial
from everyframe.store.known_facts import HitRow
from everyframe.store.match_queries import DigestBatch, Turned

__all__ = ["checked", "plant_exact", "plant_near", "self_test"]

_PLANTS: Final = 4
_FINE: Final = 100
_BITS: Final = 256


def plant_exact(known: KnownSet, batch: DigestBatch) -> tuple[DigestBatch, set[int]]:
    """Add entries of the set to a batch, for each of its digests; gives their ids, all negative."""
    added: dict[str, list[bytes]] = {a: [] for a in batch.digests}
    for algorithm in EXACT:
        table = known.tables.get(algorithm)
        for at in _spread(table.rows if table else 0):
            value = table.digests(at, at + 1).tobytes() if table else b""
            if not is_trivial(algorithm, value):
                for each, column in added.items():
                    column.append(value if each == algorithm else b"\xa5" * batch.digests[each].shape[1])
    count = len(added[EXACT[0]])
    ids = np.append(batch.ids, -1 - np.arange(count))
    digests = {a: _joined(batch.digests[a], added[a]) for a in batch.digests}
    return DigestBatch(ids, digests), set(ids[len(batch.ids) :].tolist())


def plant_near(near: NearSet, batch: Turned) -> tuple[Turned, set[int]]:
    """Add pictures to a batch that lie up to 31 bits from hashes of the set, one in each orientation."""
    if not len(near.index):
        return batch, set()
    table = near.known.tables["pdq"]
    count = len(ORIENTATIONS)
    hashes = np.zeros((count, count, 32), dtype=np.uint8)
    quality = np.zeros((count, count), dtype=np.uint8)
    spots = np.flatnonzero(np.isin(table.row_numbers, near.rows[np.linspace(0, len(near.rows) - 1, count).astype(int)]))
    for turn in range(count):
        at = int(spots[turn % len(spots)])
        off = MATCH_RADIUS * turn // (count - 1)
        hashes[turn, turn], quality[turn, turn] = flipped(table.digests(at, at + 1)[0], off), _FINE
    ids = np.append(batch.ids, -1 - np.arange(count))
    both = np.concatenate([batch.hashes, hashes]), np.concatenate([batch.quality, quality])
    return Turned(ids, *both), set(ids[len(batch.ids) :].tolist())


def checked(hits: list[HitRow], planted: set[int], where: str) -> list[HitRow]:
    """Take the planted hits out again.

    Raises:
        MissedMatchError: one of them is not there, or not in the orientation in which it was planted.
    """
    found = {h.media_id: h for h in hits if h.media_id < 0}
    lost = [p for p in planted if p not in found]
    lost += [p for p, h in found.items() if h.manner == "near" and h.orientation != -p]
    if lost:
        raise MissedMatchError(
            f"{len(lost)} of {len(planted)} planted entries of {where} were not found: its files or this machine are "
            f"damaged. Check with: everyframe known show SET --check; then import the set again"
        )
    return [h for h in hits if h.media_id >= 0]


def flipped(value: NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    """Give a hash (32,) so many bits away, the bits spread over all of it."""
    bits = np.unpackbits(value)
    bits[np.linspace(0, _BITS - 1, count).astype(int)] ^= 1
    return np.packbits(bits)


def self_test() -> None:
    """Import a set that knows a drawn picture, and find the picture by its bytes and in every orientation.

    Raises:
        MissedMatchError: it was not found, or something was that should not be.
    """
    picture = _picture()
    data = encode("viewer", 0, picture).data
    value, quality = pdq(sample(picture))
    digests = {a: hashlib.new(a, data, usedforsecurity=False).hexdigest() for a in EXACT}
    with tempfile.TemporaryDirectory() as scratch:
        home, path = Path(scratch), Path(scratch) / "planted.csv"
        path.write_text(
            f"md5,sha1,sha256,pdq,quality,category\n{','.join(digests.values())},{value.hex()},{quality},7\n"
        )
        info = import_set(path, NewSet(kind="reference"), home=home, actor="self-test")
        known = KnownSet(sets_folder(home) / info.id)
        _exact(known, digests)
        near = NearSet.open(known)
        if near is None:
            raise MissedMatchError("the planted set has no perceptual hash")
        _every_orientation(near, picture)
        _radius(near, value)


def _exact(known: KnownSet, digests: dict[str, str]) -> None:
    for algorithm in EXACT:
        asked = {a: bytes.fromhex(d) if a == algorithm else b"\xa5" * (len(d) // 2) for a, d in digests.items()}
        batch = DigestBatch(np.array([1]), {a: _joined(np.zeros((0, len(v)), np.uint8), [v]) for a, v in asked.items()})
        hits = exact_hits(known, batch)
        if [(h.category, h.algorithm, h.agrees) for h in hits] != [("7", algorithm, False)]:
            raise MissedMatchError(f"a planted {algorithm} was not found as it should be")


def _every_orientation(near: NearSet, picture: Pixels) -> None:
    for number in INVERSE:
        lying = upright(picture, number)
        hits = near.hits(_one(*hash_turned(raster(lying), 1)))
        if [h.orientation for h in hits] != [INVERSE[number]]:
            raise MissedMatchError(f"a planted picture, {ORIENTATIONS[number - 1]}, was not found as it should be")


def _radius(near: NearSet, value: bytes) -> None:
    base = np.frombuffer(value, dtype=np.uint8)
    for off, expected in ((MATCH_RADIUS, 1), (MATCH_RADIUS + 1, 0)):
        hashes = np.zeros((len(ORIENTATIONS), 32), dtype=np.uint8)
        hashes[0] = flipped(base, off)
        hits = near.hits(_one(hashes.tobytes(), bytes([_FINE]) + bytes(len(ORIENTATIONS) - 1)))
        if len(hits) != expected:
            raise MissedMatchError(f"{len(hits)} instead of {expected} hits at {off} bits")


def _one(hashes: bytes, quality: bytes) -> Turned:
    shape = (1, len(ORIENTATIONS), 32)
    return Turned(
        np.array([1]),
        np.frombuffer(hashes, np.uint8).reshape(shape),
        np.frombuffer(quality, np.uint8).reshape(shape[:2]),
    )


def _picture() -> Pixels:
    """Draw a picture that has no symmetry, in whole numbers: 192 x 256 x 3."""
    y, x = np.mgrid[0:192, 0:256]
    layers = [(x * x // 61 + y * 2) % 256, (y * y // 47 + x) % 256, ((x - 80) * (y - 20) // 53) % 256]
    return np.stack(layers, axis=-1).astype(np.uint8)


def _spread(count: int) -> list[int]:
    return sorted(set(np.linspace(0, count - 1, min(_PLANTS, count)).astype(int).tolist())) if count else []


def _joined(column: NDArray[np.uint8], more: list[bytes]) -> NDArray[np.uint8]:
    width = column.shape[1]
    return np.concatenate([column, np.frombuffer(b"".join(more), dtype=np.uint8).reshape(-1, width)])
