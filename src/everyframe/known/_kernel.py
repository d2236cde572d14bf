"""Compiled loops over tables of 256-bit hashes: filling a table, and finding what is near.

A hash is four little-endian 64-bit words. Its 256 bits are cut into sixteen chunks of sixteen bits; chunk ``t`` is bits
``16 * (t % 4)`` and up of word ``t // 4``. Table ``t`` holds every hash once, in the order of chunk ``t``; ``offsets[t, v]``
is where the hashes with value ``v`` begin. An entry of a table is two words: the number of the hash in the low half of the
first, and 96 bits of the hash beside it, from the 32-bit words after the chunk's own. They reject all but about one in
3,000 unrelated hashes without leaving the table, which is what makes a look-up quick: reading a table runs on, while
fetching a whole hash is a jump in memory.

Nothing here allocates more than one table's probes, and nothing holds the interpreter's lock.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic
from numpy.typing import NDArray

__all__ = ["CHUNKS", "VALUES", "Index", "Ints", "Words", "bits_between", "chunk_counts", "compiled", "fill", "search"]

#: Chunks of a hash, and tables of an index.
CHUNKS: Final = 16
#: Values that a chunk can have.
VALUES: Final = 1 << 16

Words: TypeAlias = NDArray[np.uint64]
Ints: TypeAlias = NDArray[np.int64]
#: Hashes (U, 4), offsets (16, 65537) and entries (16, U, 2).
Index: TypeAlias = tuple[Words, NDArray[np.uint32], Words]
_Function = TypeVar("_Function", bound=Callable[..., Any])

_LOW: Final = np.uint64(0xFFFFFFFF)
_HIGH: Final = np.uint64(0xFFFFFFFF00000000)
#: Probes between asking for a bucket and reading it: about as long as memory takes to answer.
_AHEAD: Final = 12
_HALF: Final = np.uint64(32)
_CHUNK: Final = np.uint64(0xFFFF)


def compiled(function: _Function) -> _Function:
    """Compile a function when it is first called; keep the result on disk where a place can be written to."""
    try:
        return cast("_Function", numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:  # neither the package's folder nor the user's cache can be written to
        return cast("_Function", numba.njit(nogil=True)(function))


def _count_ones(_context: Any, _word: Any) -> Any:  # noqa: ANN401 - the compiler's own objects
    """Count the bits that are set in a 64-bit word: one instruction."""

    def generate(_: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401 - as above
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


def _fetch_line(_context: Any, array: Any) -> Any:  # noqa: ANN401 - as above
    """Ask for the cache line of an array's first element, without waiting for it."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401 - as above
        made = context.make_array(signature.args[0])(context, builder, arguments[0])
        kind = ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer(), *[ir.IntType(32)] * 3])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [ir.IntType(8).as_pointer()], kind)
        spot = builder.bitcast(made.data, ir.IntType(8).as_pointer())
        builder.call(prefetch, [spot, *(ir.Constant(ir.IntType(32), n) for n in (0, 3, 1))])
        return context.get_dummy_value()

    return types.void(array), generate


_ones = cast("Callable[[np.uint64], int]", intrinsic(_count_ones))
_fetch = cast("Callable[[Words], None]", intrinsic(_fetch_line))


@compiled
def bits_between(one: Words, other: Words) -> int:
    """Count the bits in which two hashes of four words differ."""
    count = 0
    for word in range(4):
        count += _ones(one[word] ^ other[word])
    return count


@compiled
def _chunk(words: Words, table: int) -> np.int64:
    return np.int64((words[table // 4] >> np.uint64(16 * (table % 4))) & _CHUNK)


@compiled
def _half(words: Words, number: int) -> np.uint64:
    place = number % 8
    return np.uint64((words[place // 2] >> np.uint64(32 * (place % 2))) & _LOW)


@compiled
def _first(words: Words, table: int) -> np.uint64:
    """Give the first word of an entry, but for its number."""
    return np.uint64(_half(words, table // 2 + 1) << _HALF)


@compiled
def _second(words: Words, table: int) -> np.uint64:
    return np.uint64(_half(words, table // 2 + 2) | (_half(words, table // 2 + 3) << _HALF))


@compiled
def chunk_counts(hashes: Words, table: int, counts: Ints) -> None:
    """Count, into ``counts`` (65536), the hashes (U, 4) that have each value of chunk ``table``."""
    for number in range(hashes.shape[0]):
        counts[_chunk(hashes[number], table)] += 1


@compiled
def fill(hashes: Words, table: int, bounds: tuple[int, int], places: Ints, out: Words) -> None:
    """Put the entries of one table whose chunk lies within ``bounds`` into ``out`` (n, 2), in order of chunk and number.

    Args:
        hashes: (U, 4).
        table: which.
        bounds: the first value, and the one after the last.
        places: (65536,) where in ``out`` the next entry of each value goes; counted on.
        out: large enough for all of them.
    """
    for number in range(hashes.shape[0]):
        words = hashes[number]
        value = _chunk(words, table)
        if bounds[0] <= value < bounds[1]:
            place = places[value]
            places[value] = place + 1
            out[place, 0] = _first(words, table) | np.uint64(number)
            out[place, 1] = _second(words, table)


@compiled
def _found_before(query: Words, words: Words, table: int, reach: Ints) -> bool:
    """Say whether an earlier table gives the same pair, so that it is reported once."""
    for earlier in range(table):
        if _ones(np.uint64(_chunk(query, earlier) ^ _chunk(words, earlier))) <= reach[earlier]:
            return True
    return False


@compiled
def search(queries: Words, radius: int, reach: Ints, index: Index, out: Ints) -> int:
    """Find every hash within ``radius`` bits of each query, each once; in no order that means anything.

    Args:
        queries: (Q, 4).
        radius: bits.
        reach: (16,) flips allowed in each chunk: 1, 0, or -1 where the table need not be asked.
        index: the tables.
        out: (room, 3) for the places of query and hash, and their distance.

    Returns how many there are; when that is more than ``room``, those beyond it were counted only.
    """
    found = 0
    probes = np.empty((17 * queries.shape[0], 4), np.uint64)
    for table in range(CHUNKS):
        if reach[table] >= 0:
            count = _probes(queries, table, reach[table], probes)
            found = _scan(queries, probes[:count], (radius, table, found), reach, index, out)
    return found


@compiled
def _probes(queries: Words, table: int, flips: int, probes: Words) -> int:
    """List the buckets that each query reaches: its own, and those one flipped bit away; give their number.

    A probe is the bucket, the place of the query, and the two words to compare entries with.
    """
    count = 0
    for asked in range(queries.shape[0]):
        words = queries[asked]
        chunk, first, second = _chunk(words, table), _first(words, table), _second(words, table)
        for flip in range(16 * flips + 1):
            probes[count, 0] = np.uint64(chunk ^ np.int64((1 << flip) >> 1))
            probes[count, 1], probes[count, 2], probes[count, 3] = np.uint64(asked), first, second
            count += 1
    return count


@compiled
def _scan(queries: Words, probes: Words, state: tuple[int, int, int], reach: Ints, index: Index, out: Ints) -> int:
    """Compare each query with the entries of the buckets listed for it in one table."""
    radius, table, found = state
    offsets, entries = index[1][table], index[2][table]
    for probe in range(min(_AHEAD, probes.shape[0])):
        _fetch_bucket(offsets, entries, probes[probe, 0])
    for probe in range(probes.shape[0]):
        if probe + _AHEAD < probes.shape[0]:
            _fetch_bucket(offsets, entries, probes[probe + _AHEAD, 0])
        value, asked = np.int64(probes[probe, 0]), np.int64(probes[probe, 1])
        first, second = probes[probe, 2], probes[probe, 3]
        for place in range(np.int64(offsets[value]), np.int64(offsets[value + 1])):
            entry = entries[place, 0]
            if _ones((entry ^ first) & _HIGH) + _ones(entries[place, 1] ^ second) > radius:
                continue
            query, words = queries[asked], index[0][np.int64(entry & _LOW)]
            apart = bits_between(query, words)
            if apart <= radius and not _found_before(query, words, table, reach):
                if found < out.shape[0]:
                    out[found, 0], out[found, 1], out[found, 2] = asked, np.int64(entry & _LOW), apart
                found += 1
    return found


@compiled
def _fetch_bucket(offsets: NDArray[np.uint32], entries: Words, value: np.uint64) -> None:
    """Ask for the first lines of a bucket that is read soon."""
    begin, end = np.int64(offsets[np.int64(value)]), np.int64(offsets[np.int64(value) + 1])
    for place in range(begin, min(end, begin + 16), 4):
        _fetch(entries[place])
