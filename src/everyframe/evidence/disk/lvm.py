"""LVM 2 on one physical volume: the label, the description of the group in text, and where each logical volume lies.

libvslvm 20260901 refuses logical volumes of more than one segment, which is what any volume becomes that was enlarged.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.media import Bytes

__all__ = ["Logical", "Pieces", "logical_volumes"]

LABEL, KIND = b"LABELONE", b"LVM2 001"
AREA = b" LVM2 x[5A%r0N*>"
SECTOR = 512
MOST_TEXT, MOST_AREAS, MOST_SEGMENTS, DEEPEST = 16 << 20, 16, 1 << 16, 16
WORDS = re.compile(r'#[^\n]*|"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?)(?![\w.+-])|([A-Za-z0-9_.+-]+)|([{}\[\]=,])')
Config: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Logical:
    """Hold one logical volume: its name, its pieces (place and bytes in the physical volume), and why it is not read."""

    name: str
    size: int
    pieces: tuple[tuple[int, int], ...] = ()
    refused: str = ""


class Pieces:
    """Show stretches of other bytes one behind the other."""

    def __init__(self, base: Bytes, pieces: tuple[tuple[int, int], ...]) -> None:
        self._base = base
        self._pieces = pieces
        self.size = sum(length for _, length in pieces)

    def read(self, offset: int, length: int) -> bytes:
        """Read from an offset; what lies behind the end of the other bytes is an error."""
        length = max(0, min(length, self.size - offset))
        parts: list[bytes] = []
        for start, held in self._pieces:
            if offset < held and length:
                part = self._base.read(start + offset, min(length, held - offset))
                if len(part) < min(length, held - offset):
                    raise OSError(5, "the physical volume ends before its logical volume")
                parts.append(part)
                length -= len(part)
                offset += len(part)
            offset -= held
            if not length:
                break
        return b"".join(parts)


def _tokens(text: str) -> Iterator[tuple[str, Any]]:
    for found in WORDS.finditer(text):
        quoted, number, word, mark = found.groups()
        if quoted is not None:
            yield "value", re.sub(r"\\(.)", r"\1", quoted)
        elif number is not None:
            yield "value", float(number) if "." in number else int(number)
        elif word is not None:
            yield "word", word
        elif mark is not None:
            yield mark, mark


def _section(tokens: Iterator[tuple[str, Any]], depth: int = 0) -> Config:
    """Read sections and values up to the closing brace."""
    if depth > DEEPEST:
        raise ValueError("a description that is too deep")
    found: Config = {}
    for kind, name in tokens:
        if kind == "}":
            return found
        mark = next(tokens)[0]
        if mark == "{":
            found[str(name)] = _section(tokens, depth + 1)
        elif mark == "=":
            begun, value = next(tokens)
            found[str(name)] = _row(tokens) if begun == "[" else value
        else:
            raise ValueError(f"a description with {mark!r} behind {name!r}")
    return found


def _row(tokens: Iterator[tuple[str, Any]]) -> list[Any]:
    values: list[Any] = []
    for kind, value in tokens:
        if kind == "]":
            return values
        if kind != ",":
            values.append(value)
    raise ValueError("a list without an end")


def _areas(data: Bytes) -> tuple[str, list[tuple[int, int]]]:
    """Give the identity of a physical volume, and where descriptions of the group may stand."""
    for at in range(0, 4 * SECTOR, SECTOR):
        raw = data.read(at, SECTOR)
        if raw[:8] != LABEL or raw[24:32] != KIND:
            continue
        (place,) = struct.unpack_from("<I", raw, 20)
        header = data.read(at + place, SECTOR)
        pairs = list(struct.iter_unpack("<QQ", header[40 : 40 + (SECTOR - 40) // 16 * 16]))
        behind = pairs.index((0, 0)) + 1  # the first list is that of the data
        ends = pairs.index((0, 0), behind)
        return header[:32].decode("ascii", "replace"), pairs[behind:ends][:MOST_AREAS]
    raise ValueError("no label of LVM 2")


def _newest(told: list[tuple[int, Config] | None]) -> Config:
    found = [said for said in told if said is not None]
    if not found:
        raise ValueError("nothing describes the group")
    return max(found, key=lambda said: said[0])[1]


def _description(data: Bytes, start: int) -> tuple[int, Config] | None:
    """Read the description that one area holds: its number, and what it says of the group."""
    head = data.read(start, SECTOR)
    if head[4:20] != AREA:
        return None
    size, offset, length = struct.unpack_from("<Q", head, 32)[0], *struct.unpack_from("<QQ", head, 40)
    if not 0 < length <= MOST_TEXT or not SECTOR <= offset < size:
        return None
    text = data.read(start + offset, min(length, size - offset))
    if len(text) < length:  # it goes round
        text += data.read(start + SECTOR, length - len(text))
    said = _section(_tokens(text.rstrip(b"\0\n").decode("utf-8", "replace")))
    found = [group for group in said.values() if isinstance(group, dict) and "extent_size" in group]
    return (int(found[0]["seqno"]), found[0]) if found else None


def logical_volumes(data: Bytes) -> list[Logical]:
    """Give the logical volumes of the group that this physical volume belongs to, by name.

    Raises:
        EvidenceError: nothing describes them.
    """
    try:
        identity, areas = _areas(data)
        group = _newest([_description(data, start) for start, _ in areas])
        volumes = group.get("logical_volumes", {})
        shown = {n: v for n, v in sorted(volumes.items()) if "VISIBLE" in v["status"]}
        return [_logical(name, said, group, identity) for name, said in shown.items()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, StopIteration, struct.error) as error:
        raise EvidenceError(f"LVM: its logical volumes cannot be found: {error}", "volume-unreadable") from error


def _logical(name: str, said: Config, group: Config, identity: str) -> Logical:
    extent = int(group["extent_size"]) * SECTOR
    segments = [said[f"segment{n + 1}"] for n in range(min(int(said["segment_count"]), MOST_SEGMENTS))]
    segments.sort(key=lambda s: int(s["start_extent"]))
    size = sum(int(s["extent_count"]) for s in segments) * extent
    pieces = []
    for segment in segments:
        if segment["type"] not in ("striped", "linear") or int(segment.get("stripe_count", 1)) != 1:
            return Logical(
                name, size, refused=f"a logical volume of the kind {segment['type']}, which is not put together"
            )
        device, first = segment["stripes"]
        physical = group["physical_volumes"][device]
        if str(physical["id"]).replace("-", "") != identity:
            return Logical(name, size, refused="a logical volume that lies on another disk, too")
        pieces.append((int(physical["pe_start"]) * SECTOR + int(first) * extent, int(segment["extent_count"]) * extent))
    return Logical(name, size, tuple(pieces))
